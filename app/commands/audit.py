"""Commands about the log: its verification, and the checkpoints that make a rewriting show."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import orjson
from flask import Flask
from flask.cli import AppGroup
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from app.audit.verification import Heads, read_heads, verify_chains
from app.content.typography import french
from app.db import db, reading
from app.reports.replay import verify_reports
from app.workflow import plural

audit = AppGroup("audit", help="Journal : vérification, points de contrôle.")


def register(app: Flask) -> None:
    app.cli.add_command(audit)


@audit.command("verify")
@click.option(
    "--checkpoint",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Un point de contrôle imprimé plus tôt et gardé ailleurs : une réécriture du journal se voit alors aussi.",
)
def verify(checkpoint: Path | None) -> None:
    """Vérifie tout le journal, puis les rapports d’après lui. Ne modifie rien ; finit par 1 si quelque chose cloche."""
    noted = _read_checkpoint(checkpoint) if checkpoint else {}
    tally: Counter[str] = Counter()
    started = time.perf_counter()
    with _snapshot() as connection:
        findings = verify_chains(connection, tally, noted) + verify_reports(connection, tally)
    seconds = time.perf_counter() - started
    _say(_account(tally, seconds))
    for finding in findings:
        _say(f"– {finding.sentence}")
    _say(f"Anomalies : {len(findings)}." if findings else "Tout concorde.")
    if findings:
        raise SystemExit(1)


@audit.command("checkpoint")
def checkpoint() -> None:
    """Imprime un point de contrôle : la fin de chaque journal. À garder hors de cette machine."""
    with _snapshot() as connection:
        heads = read_heads(connection)
    click.echo(orjson.dumps(heads, option=orjson.OPT_INDENT_2).decode())


@contextmanager
def _snapshot() -> Iterator[Connection]:
    """The database as it is at one moment, for reading only, while others go on writing."""
    token = reading.set(True)
    try:
        with db.engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            yield connection
    except DBAPIError as error:
        raise click.ClickException(f"La base ne se laisse pas lire : {error.orig}") from error
    finally:
        reading.reset(token)


def _read_checkpoint(path: Path) -> Heads:
    try:
        noted = orjson.loads(path.read_bytes())
        return {stream: (int(seq), str(last)) for stream, (seq, last) in noted.items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise click.ClickException(french(f"{path} n’est pas un point de contrôle : {error}")) from error


def _account(tally: Counter[str], seconds: float) -> str:
    counted = (
        plural(tally["events"], "événement", "événements"),
        plural(tally["streams"], "journal", "journaux"),
        plural(tally["reports"], "rapport", "rapports"),
        plural(tally["revisions"], "révision", "révisions"),
    )
    return f"Vérifié : {', '.join(counted)}, en {seconds:.1f}".replace(".", ",") + " s."


def _say(sentence: str) -> None:
    click.echo(french(sentence))

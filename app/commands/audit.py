"""Verifying the log from the command line: its chains, the reports told by them, its tree and checkpoints."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
import orjson
from flask import Flask, current_app
from flask.cli import AppGroup
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from app.audit import log_key, note, restorations, witness
from app.audit.log_key import NoLogKey
from app.audit.note import BadNote, Checkpointed, Verifier
from app.audit.tree_verification import verify_tree
from app.audit.verification import Finding, Heads, read_heads, verify_chains
from app.content.typography import french
from app.db import db, only_reading, reading
from app.documents.store import Store
from app.reports.erasure.persons import CannotErase, erase_events
from app.reports.erasure.texts import erase_list
from app.reports.replay.journal_index import verify_files
from app.reports.replay.registers.verifying import verify_registers
from app.reports.replay.verifying import verify_reports
from app.reports.stored_files import checking, naming
from app.reports.stored_files.naming import NamedFile
from app.template import PERSONAL
from app.workflow import plural
from app.workshops.texts.checking import verify_texts

audit = AppGroup("audit", help="Journal : vérification, points de contrôle.")


def register(app: Flask) -> None:
    app.cli.add_command(audit)


@audit.command("verify")
@click.option(
    "--checkpoint",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Des points de contrôle gardés ailleurs : une réécriture du journal se voit alors aussi.",
)
@click.option(
    "--heads",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Les fins de journaux imprimées plus tôt par « flask audit heads » et gardées ailleurs.",
)
@click.option(
    "--files/--no-files",
    "with_files",
    default=True,
    help="Lit ou non chaque fichier que la base nomme, et compare son empreinte.",
)
def verify(checkpoint: Path | None, heads: Path | None, with_files: bool) -> None:
    """Vérifie le journal, les rapports d’après lui et les fichiers. Ne modifie rien ; finit par 1 si une chose cloche."""
    known = keys()
    kept = _read_checkpoints(checkpoint, known) if checkpoint else []
    alarm = _alarm(known)
    noted = _read_heads(heads) if heads else {}
    tally: Counter[str] = Counter()
    started = time.perf_counter()
    with _snapshot() as connection:
        findings = verify_chains(connection, tally, noted)
        findings += verify_reports(connection, tally) + verify_registers(connection, tally)
        findings += verify_files(connection, tally) + verify_texts(connection, tally)
        findings += verify_tree(connection, known, kept, tally)
        named = naming.named(connection) if with_files else {}
        declared = restorations.declared(connection)
    findings += alarm
    seconds = time.perf_counter() - started
    _say(_account(tally, seconds))
    for restoration in declared:
        _say(f"{restoration.sentence}")
    if left := tally["left_behind"]:
        _say(
            f"De l’histoire abandonnée : {plural(left, 'point de contrôle gardé', 'points de contrôle gardés')} ailleurs."
        )
    if with_files:
        findings += _check_files(named)
    if erased := [
        plural(tally[name], *said)
        for name, said in (("erased", ("événement", "événements")), ("erased_texts", ("texte", "textes")))
        if tally[name]
    ]:
        _say(f"Effacés et déclarés : {', '.join(erased)}.")
    if unknown := tally["unknown"]:
        _say(f"Non comparées, le journal ne les dit pas ou plus : {plural(unknown, 'valeur', 'valeurs')}.")
    for finding in findings:
        _say(f"– {finding.sentence}")
    sound = (
        "Tout concorde." if with_files else "Le journal concorde ; les fichiers n’ont pas été vérifiés (--no-files)."
    )
    _say(f"Anomalies : {len(findings)}." if findings else sound)
    if findings:
        raise SystemExit(1)


def _alarm(known: Sequence[Verifier]) -> list[Finding]:
    """Whether the log goes on from the file elsewhere that the settings name."""
    place = current_app.config["CHECKPOINT_FILE"]
    if not place:
        return []
    with only_reading():
        try:
            found = witness.examine(Path(place), known)
        except OSError as error:
            sentence = (
                f"Le fichier des points de contrôle ne se laisse pas lire, le journal n’y est pas comparé : {error}."
            )
            return [Finding("witness", "", 0, sentence)]
    return [Finding("witness", "", 0, found.sentence)] if found else []


def _check_files(named: Mapping[str, NamedFile]) -> list[Finding]:
    """After the database has been let go: files may take long, and one that is named was stored before."""
    tally: Counter[str] = Counter()
    started = time.perf_counter()
    findings = checking.check(named, Store(current_app.config["STORE_URL"], make=False), tally)
    seconds = time.perf_counter() - started
    size = f"{tally['bytes'] / 1_000_000:.1f} Mo, en {seconds:.1f} s".replace(".", ",")
    _say(f"Fichiers : {tally['files']} intacts sur {len(named)} que la base nomme, {size}.")
    if gone := tally["let_go"]:
        _say(f"Retirés, et qui ne sont plus là : {plural(gone, 'fichier', 'fichiers')}.")
    if extra := tally["extra"]:
        _say(f"Sans nom dans la base : {plural(extra, 'fichier', 'fichiers')}.")
    return findings


@audit.command("heads")
def heads() -> None:
    """Imprime la fin de chaque journal : à garder ailleurs, dit aussi quel rapport a été réécrit."""
    with _snapshot() as connection:
        found = read_heads(connection)
    click.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())


def keys() -> tuple[Verifier, ...]:
    """The log's public keys."""
    try:
        return log_key.verifiers(Path(current_app.config["KEYS_FOLDER"]))
    except NoLogKey as error:
        raise click.ClickException(str(error)) from error


@audit.command("erase")
@click.argument("named", metavar="ÉVÉNEMENT…", nargs=-1, required=True)
@click.option("--reason", default="", help="Pourquoi : reste au journal, sans rien dire de ce qui est effacé.")
def erase(named: tuple[str, ...], reason: str) -> None:
    """Efface les données personnelles mises à part de ces événements (leur numéro à l’écran, ou « people:12 »).

    L’effacement est lui-même un événement, dans la même transaction : un trou déclaré, que la vérification compte. La
    chaîne tient toujours. Avec PostgreSQL, à lancer avec le DATABASE_URL du propriétaire des tables.
    """
    with erasing_refused():
        done = erase_events(named, reason)
        db.session.commit()
    _say(f"Effacé : les données de {plural(done.events, 'événement', 'événements')}. {BACKUPS}")


@audit.command("erase-list")
@click.option("--report", type=int, required=True, help="Le numéro du rapport.")
@click.option("--part", "key", type=click.Choice(sorted(PERSONAL)), default="attendance", show_default=True)
@click.option("--revision", "numbers", type=int, multiple=True, help="Une révision ; plusieurs fois pour plusieurs.")
@click.option("--current", is_flag=True, help="Aussi la révision en vigueur : seulement d’un rapport publié.")
@click.option("--reason", default="", help="Pourquoi : reste au journal, sans rien dire de ce qui est effacé.")
def erase_list_texts(report: int, key: str, numbers: tuple[int, ...], current: bool, reason: str) -> None:
    """Efface les textes des révisions de la liste de présence d’un rapport : toutes, sauf celle en vigueur.

    L’effacement est un événement, dans la même transaction : un trou déclaré, que la vérification compte. Les fichiers
    déjà signés ne changent pas. Avec PostgreSQL, à lancer avec le DATABASE_URL du propriétaire des tables.
    """
    with erasing_refused():
        done = erase_list(report, key, numbers, reason, current=current)
        db.session.commit()
    said = ", ".join(str(number) for number in done.numbers)
    _say(f"Effacé : le texte de {plural(len(done.numbers), 'révision', 'révisions')} (n° {said}). {BACKUPS}")
    if done.current:
        _say(
            "La liste en vigueur est effacée à l’écran et dans la version publique ; le fichier signé, lui, la porte encore."
        )


BACKUPS = "Les sauvegardes faites jusqu’ici les ont encore : voyez docs/operations.md."


@contextmanager
def erasing_refused() -> Iterator[None]:
    """Why an erasure is refused, said in its own words; nothing of it stays."""
    try:
        yield
    except CannotErase as refusal:
        db.session.rollback()
        raise click.ClickException(french(str(refusal))) from None
    except DBAPIError as error:
        db.session.rollback()
        raise click.ClickException(f"La base a refusé, rien n’est effacé : {error.orig}") from error


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


def _read_checkpoints(path: Path, known: Sequence[Verifier]) -> list[Checkpointed]:
    try:
        notes = note.notes_in(path.read_text("utf-8", "replace"))
        if not notes:
            raise BadNote("le fichier est vide")
        return [note.checkpoint(each, known) for each in notes]
    except ValueError as error:
        raise click.ClickException(french(f"{path} n’est pas un point de contrôle de ce journal : {error}")) from error


def _read_heads(path: Path) -> Heads:
    try:
        noted = orjson.loads(path.read_bytes())
        return {stream: (int(seq), str(last)) for stream, (seq, last) in noted.items()}
    except (ValueError, TypeError, AttributeError) as error:
        raise click.ClickException(french(f"{path} ne donne pas des fins de journaux : {error}")) from error


def _account(tally: Counter[str], seconds: float) -> str:
    counted = (
        plural(tally["events"], "événement", "événements"),
        plural(tally["streams"], "journal", "journaux"),
        plural(tally["reports"], "rapport", "rapports"),
        plural(tally["revisions"], "révision", "révisions"),
        plural(tally["rows"], "fiche", "fiches"),
        plural(tally["checkpoints"], "point de contrôle", "points de contrôle"),
    )
    return f"Vérifié : {', '.join(counted)}, en {seconds:.1f}".replace(".", ",") + " s."


def _say(sentence: str) -> None:
    click.echo(french(sentence))

"""How long the verifier that stands alone takes. Run: python -m bench.verifier [events …]   (default: 10000 100000 1000000)

The log is that of a report that went through every act, copied as often as it takes, with all its rows and texts, each copy
with a territory and a meeting of its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import orjson
from flask_migrate import upgrade
from sqlalchemy import Connection, insert, select, update

from app import create_app
from app.audit import checkpoints
from app.audit.events import GENESIS, link
from app.audit.log_key import LogKey
from app.audit.models import AuditEvent, ChainHead
from app.audit.note import Signer
from app.audit.standalone import seben_audit
from app.content.canonical import canonical
from app.db import db, now
from app.documents import authority
from app.documents.store import Store
from app.reports.signing.acts import Sealer
from tests.cast import read_cast, settle
from tests.registers import entered
from tests.workflow.long_story import lived_through

SIGNER = Signer("exemple.ml", bytes(range(32)))
LOG = LogKey(SIGNER, (SIGNER.verifier,))
TABLES = (
    "territory",
    "workshop",
    "report",
    "report_part",
    "amendment",
    "revision",
    "revision_private",
    "comment",
    "ballot",
    "proxy",
    "read_mark",
    "signature",
    "invitation",
    "scan",
    "substitution",
    "attachment",
)
OWN = {"id", "report_id", "part_id", "revision_id", "amendment_id", "workshop_id", "territory_id"}
"""Columns that differ from copy to copy."""
STEP = 1_000
"""More than any number of one report's rows: each copy's numbers start this much further."""


def main(sizes: list[int]) -> None:
    for size in sizes:
        folder = Path(tempfile.mkdtemp())
        place, events = made(folder, size)
        for jobs in (1, 2):
            started = time.perf_counter()
            command = [sys.executable, "-I", seben_audit.__file__, "verify", str(place), "--json", "--jobs", str(jobs)]
            done = subprocess.run([*command, "--key", str(SIGNER.verifier)], capture_output=True, text=True, check=True)
            seconds = time.perf_counter() - started
            counted = json.loads(done.stdout)["counted"]
            megabytes = place.stat().st_size >> 20
            print(
                f"{events:>9,} events, {counted['reports']:,} reports, {counted['revisions']:,} revisions, {megabytes} MB, "
                f"{jobs} processes: {seconds:6.2f} s, {events / seconds:>9,.0f} a second"
            )


def made(folder: Path, size: int) -> tuple[Path, int]:
    """A database with at least `size` events, and how many they are."""
    place = folder / "log.sqlite"
    app = create_app({"TESTING": True, "DATABASE_URL": f"sqlite:///{place}"}, folder / "instance")
    with app.app_context():
        upgrade()
        settle("x")
        authority.create(folder / "keys", "Groupe de Suivi Budgétaire")
        entered()
        desk = Sealer(authority.load(folder / "keys"), Store((folder / "files").as_uri()))
        lived_through(read_cast(), desk)
        db.session.commit()
        events = _multiplied(size)
        checkpoints.advance(LOG, "period", now())
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return place, events


def _multiplied(size: int) -> int:
    bodies = db.session.scalars(select(AuditEvent.body).where(AuditEvent.stream == "report:1").order_by(AuditEvent.seq))
    story = [orjson.loads(body) for body in bodies]
    total = db.session.scalar(select(db.func.count()).select_from(AuditEvent)) or 0
    db.session.remove()
    copies = max(0, -(-(size - total) // (len(story) + 2)))
    with db.engine.begin() as connection:
        for copy in range(1, copies + 1):
            _copy(connection, story, copy * STEP + 1)
        _register(connection, copies)
        for table in TABLES:
            _copy_rows(connection, table, copies)
    return total + copies * (len(story) + 2)


def _copy(connection: Connection, story: list[dict[str, Any]], report: int) -> None:
    stream, last, rows = f"report:{report}", GENESIS, []
    for told in story:
        told["stream"], told["facts"]["report"] = stream, report
        if told["act"] == "open":
            told["facts"]["workshop"] = report
        if told["act"] == "invite":  # no two links have the same hash
            told["facts"]["token"] = told["facts"]["token"][:64] + str(report // STEP)
        body = canonical(told)
        at = seben_audit.datetime.fromisoformat(told["at"])
        row = {"stream": stream, "seq": told["seq"], "at": at, "actor_id": told["actor"], "actor_role": told["role"]}
        rows.append({**row, "act": told["act"], "body": body.decode(), "prev": last, "hash": link(last, body)})
        last = rows[-1]["hash"]
    connection.execute(insert(AuditEvent), rows)
    connection.execute(insert(ChainHead), [{"stream": stream, "seq": len(rows), "hash": last}])


def _register(connection: Connection, copies: int) -> None:
    """The events that enter each copy's territory and meeting, made like those of the first."""
    for stream, act in (("people", "territory_add"), ("campaign:1", "workshop_create")):
        query = (
            select(AuditEvent.body).where(AuditEvent.stream == stream, AuditEvent.act == act).order_by(AuditEvent.id)
        )
        told = orjson.loads(connection.execute(query.limit(1)).scalar_one())
        facts, name = told["facts"], told["facts"].get("name", "")
        head = connection.execute(select(ChainHead.seq, ChainHead.hash).where(ChainHead.stream == stream)).one()
        last, rows = head.hash, []
        for copy in range(1, copies + 1):
            told["seq"] = head.seq + copy
            facts |= {"territory": copy * STEP + 1} | (
                {"name": f"{name}{copy}"} if name else {"workshop": copy * STEP + 1}
            )
            body = canonical(told)
            at = seben_audit.datetime.fromisoformat(told["at"])
            row = {"stream": stream, "seq": told["seq"], "at": at, "actor_role": told["role"], "act": act}
            rows.append({**row, "body": body.decode(), "prev": last, "hash": link(last, body)})
            last = rows[-1]["hash"]
        if rows:
            connection.execute(insert(AuditEvent), rows)
            where = ChainHead.__table__.c.stream == stream
            connection.execute(update(ChainHead).where(where).values(seq=told["seq"], hash=last))


def _copy_rows(connection: Connection, table: str, copies: int) -> None:
    """Every row of the first report, its meeting and its territory once for each copy, the numbers moved on."""
    columns = [column.name for column in db.metadata.tables[table].columns]
    shifted = ", ".join(f"{name} + {STEP} * copy.n" if name in OWN else name for name in columns)
    if table == "territory":
        shifted = shifted.replace("name,", "name || copy.n,").replace("path", f"'/' || (id + {STEP} * copy.n) || '/'")
    if table == "invitation":
        shifted = shifted.replace("token_hash", "token_hash || copy.n")
    first = "id = 1" if table in ("territory", "workshop") else "1"
    connection.exec_driver_sql(
        f"WITH RECURSIVE copy(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copy WHERE n < {copies}) "
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {shifted} FROM {table}, copy WHERE {copies} AND {first}"
    )


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [10_000, 100_000, 1_000_000])

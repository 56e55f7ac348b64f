"""How long the tree over the log takes, and what its guards cost. Run: python -m bench.checkpoints [events]

Without a number, a million.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from flask_migrate import upgrade
from sqlalchemy import Connection, insert, select

from app import create_app
from app.audit import canary, checkpoints, merkle, tree, watch
from app.audit.log_key import LogKey
from app.audit.models import AuditEvent, ChainHead
from app.audit.note import Signer
from app.audit.tree_verification import verify_tree
from app.db import db, now
from app.directory.models import Person
from bench.audit import EVENTS_OF_A_REPORT, _events

SIGNER = Signer("exemple.ml", bytes(32))
LOG = LogKey(SIGNER, (SIGNER.verifier,))


def main(size: int) -> None:
    with timed(f"tree of {size:,} leaves in memory"):
        builder = merkle.Builder()
        leaves = [merkle.leaf_hash(number.to_bytes(32, "big")) for number in range(size)]
        builder.extend(leaves)
        builder.root()
    app = create_app({"TESTING": True}, Path(tempfile.mkdtemp()))
    with app.app_context():
        upgrade()
        with db.engine.begin() as connection:
            _cost_of_the_watcher(connection)
        _fill(size)
        with timed(f"first checkpoint of {size:,} events"):
            checkpoints.advance(LOG, "period", now())
            db.session.commit()
        _fill(EVENTS_OF_A_REPORT, start=size)
        with timed(f"checkpoint of {EVENTS_OF_A_REPORT} events more"):
            made = checkpoints.advance(LOG, "period", now())
            db.session.commit()
        assert made is not None
        spent("whether one is due", checkpoints.standing, 20)
        spent("inclusion proof", lambda: tree.prove(db.session, size // 3, made.size), 50)
        db.session.remove()
        with timed(f"tree of {made.size:,} events verified"), db.engine.connect() as connection:
            assert verify_tree(connection, LOG.known) == []
        spent("canary at the start of a server", lambda: canary.require_guarded(db.engine, strict=True), 10)


@contextmanager
def timed(name: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    print(f"{name:45} {time.perf_counter() - started:9.2f} s")


def spent(name: str, job: Callable[[], object], times: int) -> None:
    found = []
    for _ in range(times):
        started = time.perf_counter()
        job()
        found.append((time.perf_counter() - started) * 1000)
    print(f"{name:45} {median(found):9.2f} ms")


def _fill(size: int, start: int = 0) -> None:
    if not start:
        db.session.add(Person(id=3, email="x", first_name="x", surname="x", fs_uniquifier="x"))
        db.session.commit()
        db.session.remove()
    with db.engine.begin() as connection:
        first_report = start + 1
        for report, first in enumerate(range(0, size, EVENTS_OF_A_REPORT), start=first_report):
            events = _events(report, min(EVENTS_OF_A_REPORT, size - first))
            connection.execute(insert(AuditEvent), events)
            last = events[-1]
            connection.execute(
                insert(ChainHead), [{"stream": last["stream"], "seq": last["seq"], "hash": last["hash"]}]
            )


def _cost_of_the_watcher(connection: Connection) -> None:
    """What it adds to preparing a statement that SQLite has not prepared before, and to one it has."""
    narrow = str(select(AuditEvent.seq).where(AuditEvent.stream == "x").compile(compile_kwargs={"literal_binds": True}))
    wide = str(select(AuditEvent).where(AuditEvent.stream == "x").compile(compile_kwargs={"literal_binds": True}))
    driver = connection.connection.driver_connection
    for name, query in (("1 column", narrow), ("with a join, 30 columns", wide)):
        for state, change in (("watched", watch.rewatch), ("unwatched", watch.unwatch)):
            change(connection)
            for kind, fresh in (("first time", True), ("again", False)):
                started = time.perf_counter()
                for turn in range(2_000):
                    driver.execute(f"{query} -- {turn if fresh else 0}").fetchall()
                each = (time.perf_counter() - started) / 2_000
                print(f"query {name}, {state}, {kind:20} {each * 1_000_000:9.1f} µs")
    watch.rewatch(connection)


if __name__ == "__main__":
    main(*([int(size) for size in sys.argv[1:]] or [1_000_000]))

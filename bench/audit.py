"""How long verifying the whole log takes. Run: python -m bench.audit [events …]   (default: 10000 100000)"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, create_engine, insert

from app.audit import guards
from app.audit.events import GENESIS, body_of, link
from app.audit.models import AuditEvent, ChainHead
from app.audit.verification import verify_chains
from app.db import db, engine_options
from app.reports.models.report import Revision

START = datetime(2026, 1, 5, 8, tzinfo=UTC)
EVENTS_OF_A_REPORT = 120
FACTS = {"part": "method", "from": "drafting", "to": "drafting", "base": 7, "parent": 7, "number": 8, "merged": False}


def main(sizes: list[int]) -> None:
    for size in sizes:
        url = f"sqlite:///{Path(tempfile.mkdtemp()) / 'log.sqlite'}"
        engine = create_engine(url, **engine_options(url))
        with engine.begin() as connection:
            _fill(connection, size)
        with engine.connect() as connection:
            started = time.perf_counter()
            findings = verify_chains(connection)
            seconds = time.perf_counter() - started
        assert findings == []
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        print(f"{size:>9,} events: {seconds:6.2f} s, {size / seconds:>9,.0f} a second, at most {memory} MB in all")
        engine.dispose()


def _fill(connection: Connection, size: int) -> None:
    """A guarded log of `size` events in streams like those of reports."""
    event, head = _table(AuditEvent), _table(ChainHead)
    db.metadata.create_all(connection, [event, head, _table(Revision)])
    guards.install(connection, ("audit_event", "revision"))
    for report, first in enumerate(range(0, size, EVENTS_OF_A_REPORT), start=1):
        events = _events(report, min(EVENTS_OF_A_REPORT, size - first))
        connection.execute(insert(event), events)
        last = events[-1]
        connection.execute(insert(head), [{"stream": last["stream"], "seq": last["seq"], "hash": last["hash"]}])


def _table(model: Any) -> Table:
    table: Table = model.__table__
    return table


def _events(report: int, count: int) -> list[dict[str, Any]]:
    stream, last = f"report:{report}", GENESIS
    events: list[dict[str, Any]] = []
    for seq in range(1, count + 1):
        at = START + timedelta(minutes=seq)
        body = body_of(stream, seq, at, 3, "facilitator", "draft", {**FACTS, "report": report, "hash": f"{seq:064x}"})
        row = {"stream": stream, "seq": seq, "at": at, "actor_id": 3, "actor_role": "facilitator", "act": "draft"}
        events.append({**row, "body": body.decode(), "prev": last, "hash": link(last, body)})
        last = events[-1]["hash"]
    return events


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [10_000, 100_000])

"""What the log takes of a save: the whole request, and what of it goes to the event, its hash, its file and notices.

Run: python -m bench.log_cost [saves]

Real saves over the application; clocks and counters around the functions that write the log, here alone. Times of a part
exclude those of the parts inside it.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from types import ModuleType
from typing import Any

from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from app import warm
from app.audit import entries, events
from app.audit.models import AuditEvent
from app.db import db
from app.demo.people import cast_of
from app.demo.places import MOPTI
from app.demo.stages import FACILITATOR
from app.reports.notifications import recipients
from bench._visitors import Meter, Visitor
from bench._world import World
from bench.pages import Journey

WARM_UP = 20
PARTS: tuple[tuple[str, ModuleType, str], ...] = (
    ("head of the chain read and locked", events, "_head"),
    ("canonical body", events, "body_of"),
    ("hash", events, "link"),
    ("personal data apart", events, "apart"),
    ("words found for the files", entries, "words_of"),
    ("filed: entry and words", entries, "file"),
    ("event row, head moved (the rest)", events, "record"),
    ("notices", recipients, "tell"),
)
LOG = tuple(name for name, *_ in PARTS if name != "notices")


class Clock:
    """The time of one request, shared out among the parts that were under way, the innermost alone."""

    def __init__(self, app: Flask) -> None:
        self.spent: dict[str, float] = {}
        self.statements: dict[str, int] = {}
        self.open: list[str] = []
        self.since = 0.0
        for name, module, function in PARTS:
            setattr(module, function, self._timed(name, getattr(module, function)))
        commit = Session.commit
        setattr(Session, "commit", self._timed("commit", commit))  # noqa: B010  # a method is not assigned to
        with app.app_context():
            event.listen(db.engine, "before_cursor_execute", self._count)

    def start(self) -> None:
        self.spent, self.statements, self.open = {}, {}, []
        self.since = time.perf_counter()
        self.open.append("all else")

    def stop(self) -> None:
        self._turn()
        self.open.clear()

    def _turn(self) -> None:
        now = time.perf_counter()
        if self.open:
            self.spent[self.open[-1]] = self.spent.get(self.open[-1], 0.0) + now - self.since
        self.since = now

    def _timed(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*given: Any, **named: Any) -> Any:
            self._turn()
            self.open.append(name)
            try:
                return function(*given, **named)
            finally:
                self._turn()
                self.open.pop()

        return timed

    def _count(self, connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if self.open and not statement.startswith("BEGIN"):
            self.statements[self.open[-1]] = self.statements.get(self.open[-1], 0) + 1


def main(saves: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        warm(world.app)
        journey = Journey(world)
        journey.send_back()
        visitor = Visitor(world.app, cast_of(MOPTI)[FACILITATOR].email, Meter(world.app))
        place = f"/rapports/{journey.round_report}/parties/proceedings/modifier"
        clock = Clock(world.app)
        samples = [_save(visitor, place, clock, number) for number in range(-WARM_UP, saves)][WARM_UP:]
        with world.app.app_context():
            written = db.session.scalar(select(AuditEvent.body).order_by(AuditEvent.id.desc()).limit(1)) or ""
    _show(samples, saves, len(written))


def _save(visitor: Visitor, place: str, clock: Clock, number: int) -> tuple[dict[str, float], dict[str, int]]:
    typed = visitor.fields(place)
    typed["zone-body"] = typed["zone-body"].rpartition(" Reprise ")[0] or typed["zone-body"]
    typed["zone-body"] += f" Reprise n° {number + WARM_UP}."
    clock.start()
    visitor.post(place, {**typed, "do": "save"}, htmx=True)
    clock.stop()
    return clock.spent, clock.statements


def _show(samples: list[tuple[dict[str, float], dict[str, int]]], saves: int, body: int) -> None:
    whole = [sum(spent.values()) for spent, _ in samples]
    log = [sum(spent.get(name, 0.0) for name in LOG) for spent, _ in samples]
    print(f"{saves} saves; the body of an event has {body} bytes")
    print(f"{'':<36}{'ms':>8}{'share':>8}{'SQL':>5}")
    for name in ("all else", "commit", *(name for name, *_ in PARTS)):
        times = [spent.get(name, 0.0) for spent, _ in samples]
        share = median(part / total for part, total in zip(times, whole, strict=True))
        statements = median(counted.get(name, 0) for _, counted in samples)
        print(f"{name:<36}{median(times) * 1000:>8.2f}{share:>8.1%}{statements:>5g}")
    statements = median(sum(counted.get(name, 0) for name in LOG) for _, counted in samples)
    every = median(sum(counted.values()) for _, counted in samples)
    share = median(part / total for part, total in zip(log, whole, strict=True))
    print(f"{'the log, without notices':<36}{median(log) * 1000:>8.2f}{share:>8.1%}{statements:>5g}")
    print(f"{'the whole save':<36}{median(whole) * 1000:>8.2f}{1:>8.1%}{every:>5g}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 300)

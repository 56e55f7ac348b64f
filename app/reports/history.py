"""Reading a report's history: its events, newest first, bursts of saves folded into one line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any

import orjson
from sqlalchemy import select

from app import template
from app.audit.models import AuditEvent
from app.db import db
from app.people.models import ROLE_LABELS, Person, Role
from app.reports import standing
from app.reports.models import Report

PAGE = 50
"""Events on one page; folded, they make fewer lines."""
BURST = timedelta(minutes=30)
"""Saves of one part by one person, each within this time of the one before, are one line."""
SAVES = frozenset({"draft", "edit"})


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the history. `saves` holds the events of a burst, newest first, where there are several."""

    seq: int
    at: datetime
    who: str
    role: str
    act: str
    facts: dict[str, Any]
    saves: tuple[Line, ...] = ()

    @property
    def deadline(self) -> date:
        return date.fromisoformat(self.facts["deadline"])

    @property
    def begun(self) -> datetime:
        """When the first save of a burst was made."""
        return self.saves[-1].at if self.saves else self.at

    @property
    def before(self) -> int:
        """The number of the revision that the first save of a burst was made on."""
        first = self.saves[-1] if self.saves else self
        return int(first.facts["parent"])


@dataclass(frozen=True, slots=True)
class Chronicle:
    """One page of the history. `older` is where the next one starts: the number to pass as `before`; 0 at the end."""

    lines: Sequence[Line]
    older: int

    @property
    def days(self) -> list[tuple[date, list[Line]]]:
        """The lines by day (in UTC, which is Mali's time)."""
        return [
            (day, list(lines)) for day, lines in groupby(self.lines, key=lambda line: line.at.astimezone(UTC).date())
        ]


def may_see(report: Report, person: Person) -> bool:
    """Everybody with a part in the report sees its history; readers of published reports see the document alone."""
    return bool(standing.roles(report, person) - {Role.READER})


def chronicle(report: Report, before: int = 0) -> Chronicle:
    """A page of events with numbers below `before` (0: the newest), in one query."""
    query = (
        select(
            AuditEvent.seq,
            AuditEvent.at,
            AuditEvent.actor_role,
            AuditEvent.act,
            AuditEvent.body,
            Person.first_name,
            Person.surname,
        )
        .outerjoin(Person, Person.id == AuditEvent.actor_id)
        .where(AuditEvent.stream == f"report:{report.id}")
        .order_by(AuditEvent.seq.desc())
        .limit(PAGE + 1)
    )
    rows = db.session.execute(query.where(AuditEvent.seq < before) if before else query).all()
    lines = [_line(row) for row in rows[:PAGE]]
    return Chronicle(list(_folded(lines)), older=lines[-1].seq if len(rows) > PAGE else 0)


def _line(row: Any) -> Line:
    who = f"{row.first_name} {row.surname}" if row.surname else "Le système"
    return Line(row.seq, row.at, who, role_name(row.actor_role), row.act, orjson.loads(row.body)["facts"])


def role_name(role: str) -> str:
    """A stored role inside a sentence: "membre de la CRSB"; nothing for none."""
    label = ROLE_LABELS[Role(role)] if role else ""
    return label[:1].lower() + label[1:]


def _folded(lines: Sequence[Line]) -> Iterator[Line]:
    burst: list[Line] = []
    for line in lines:
        if burst and not _goes_on(burst[-1], line):
            yield _one(burst)
            burst = []
        burst.append(line)
    if burst:
        yield _one(burst)


def _goes_on(newer: Line, older: Line) -> bool:
    """Whether two neighbouring events are saves of one burst."""
    same = (newer.act, newer.who, newer.facts.get("part")) == (older.act, older.who, older.facts.get("part"))
    return newer.act in SAVES and same and newer.at - older.at <= BURST


def _one(burst: list[Line]) -> Line:
    return replace(burst[0], saves=tuple(burst)) if len(burst) > 1 else burst[0]


def part_label(key: str) -> str:
    return template.BY_KEY[key].label if key in template.BY_KEY else key

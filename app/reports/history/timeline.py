"""Reading a report's history: its events, newest first, bursts of saves folded into one line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from typing import Any

import orjson
from sqlalchemy import Select, or_, select

from app import template
from app.audit.models import AuditEvent
from app.db import db
from app.directory.models import ROLE_LABELS, Person, Role
from app.reports.access import situation
from app.reports.models.report import Report

PAGE = 50
"""Events on one page; folded, they make fewer lines."""
BURST = timedelta(minutes=30)
"""Saves of one part by one person, each within this time of the one before, are one line."""
SAVES = frozenset({"draft", "edit"})
ON_AMENDMENTS = frozenset({"amend", "opine", "adopt", "reject", "defer", "lapse", "withdraw", "transmit"})
"""Acts that say, or change, where an amendment stands."""
PERSONS = ("for", "giver", "holder", "instead_of", "proxy_ended", "signatory", "substitute", "stands_for", "filer")
"""Facts that tell of a person by identifier."""


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of the history. `saves` holds the events of a burst, newest first, where there are several."""

    seq: int
    at: datetime
    who: str
    role: str
    act: str
    facts: dict[str, Any]
    saves: tuple[HistoryLine, ...] = ()
    people: Mapping[int, str] = field(default_factory=dict)
    """The names of the other persons whom the facts tell of, by identifier."""

    @property
    def deadline(self) -> date:
        return date.fromisoformat(self.facts["deadline"])

    @property
    def deadline_before(self) -> date:
        return date.fromisoformat(self.facts["before"])

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

    lines: Sequence[HistoryLine]
    older: int

    @property
    def days(self) -> list[tuple[date, list[HistoryLine]]]:
        """The lines by day (in UTC, which is Mali's time)."""
        return [
            (day, list(lines)) for day, lines in groupby(self.lines, key=lambda line: line.at.astimezone(UTC).date())
        ]


def may_see(report: Report, person: Person) -> bool:
    """Everybody with a part in the report sees its history; readers of published reports see the document alone."""
    return bool(situation.roles(report, person) - {Role.READER})


def chronicle(report: Report, before: int = 0) -> Chronicle:
    """A page of events with numbers below `before` (0: the newest), in one query."""
    query = events_of(report).limit(PAGE + 1)
    rows = db.session.execute(query.where(AuditEvent.seq < before) if before else query).all()
    lines = _lines(rows[:PAGE])
    return Chronicle(list(folded(lines)), older=lines[-1].seq if len(rows) > PAGE else 0)


def since(report: Report, seq: int, person: Person) -> list[HistoryLine]:
    """What others than this person have done since event `seq`, newest first, PAGE at most."""
    others = or_(AuditEvent.actor_id.is_(None), AuditEvent.actor_id != person.id)
    rows = db.session.execute(events_of(report).where(AuditEvent.seq > seq, others).limit(PAGE))
    return list(folded(_lines(rows)))


def of_amendment(report: Report, number: int) -> list[HistoryLine]:
    """What has been done about one amendment, by itself or by the adoption of another, newest first."""
    rows = db.session.execute(events_of(report).where(AuditEvent.act.in_(ON_AMENDMENTS)))
    about = (row for row in rows if _concerns(orjson.loads(row.body)["facts"], number))
    return _lines(about)


def _concerns(facts: Mapping[str, Any], number: int) -> bool:
    return facts.get("amendment") == number or number in facts.get("overtaken", ())


def events_of(report: Report) -> Select[int, datetime, str, str, str, str, str]:
    """The report's events with who took them, newest first."""
    return (
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
    )


def _lines(rows: Iterable[Any]) -> list[HistoryLine]:
    """The events as lines, with the names of those they tell of: one query where there are any."""
    lines = [line_of(row) for row in rows]
    ids = {line.facts[name] for line in lines for name in PERSONS if line.facts.get(name)}
    if not ids:
        return lines
    found = db.session.execute(select(Person.id, Person.first_name, Person.surname).where(Person.id.in_(ids)))
    people = {row.id: f"{row.first_name} {row.surname}" for row in found}
    return [replace(line, people=people) for line in lines]


def line_of(row: Any) -> HistoryLine:
    who = f"{row.first_name} {row.surname}" if row.surname else "Le système"
    return HistoryLine(row.seq, row.at, who, role_name(row.actor_role), row.act, orjson.loads(row.body)["facts"])


def role_name(role: str) -> str:
    """A stored role inside a sentence: "membre de la CRSB"; nothing for none."""
    label = ROLE_LABELS[Role(role)] if role else ""
    return label[:1].lower() + label[1:]


def folded(lines: Sequence[HistoryLine]) -> Iterator[HistoryLine]:
    burst: list[HistoryLine] = []
    for line in lines:
        if burst and not _goes_on(burst[-1], line):
            yield _one(burst)
            burst = []
        burst.append(line)
    if burst:
        yield _one(burst)


def _goes_on(newer: HistoryLine, older: HistoryLine) -> bool:
    """Whether two neighbouring events are saves of one burst."""
    same = (newer.act, newer.who, newer.facts.get("part")) == (older.act, older.who, older.facts.get("part"))
    same = same and "taken_out" not in older.facts  # each that takes an adopted amendment out again is told by itself
    return newer.act in SAVES and same and newer.at - older.at <= BURST


def _one(burst: list[HistoryLine]) -> HistoryLine:
    return replace(burst[0], saves=tuple(burst)) if len(burst) > 1 else burst[0]


def part_label(key: str) -> str:
    return template.BY_KEY[key].label if key in template.BY_KEY else key

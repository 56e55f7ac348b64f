"""Presence: who is at work on a part right now. It warns and never blocks, fades by itself and is no part of the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Moment, db, now
from app.directory.models import Person
from app.reports.models.report import Report

EVERY = 25
"""Seconds between two signs of an open editor."""
LIVES = timedelta(seconds=70)
"""A sign counts for as long: two may be lost on the way."""


class Presence(Base):
    """A sign of somebody at work on a part: for as long as `seen_at` is recent. No part of the record."""

    __tablename__ = "presence"

    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"), primary_key=True)
    part_key: Mapped[str] = mapped_column(String(40), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    since: Mapped[datetime] = mapped_column(Moment)
    seen_at: Mapped[datetime] = mapped_column(Moment)


@dataclass(frozen=True, slots=True)
class AtWork:
    """Somebody else at work on a part, without a pause since `since`."""

    part: str
    person_id: int
    name: str
    since: datetime

    @property
    def token(self) -> str:
        """Names the mark in an address: whoever knows it need not be told again."""
        return f"{self.part}.{self.person_id}"


def beat(report: Report, key: str, person: Person) -> None:
    """A sign of life from this person's editor of a part; signs on this report that are too old go.

    The report's row must be held, so that the same person's two tabs do not write at once.
    """
    moment = now()
    mine = db.session.get(Presence, (report.id, key, person.id))
    if mine is None:
        mine = Presence(report_id=report.id, part_key=key, person_id=person.id, since=moment, seen_at=moment)
        db.session.add(mine)
    elif mine.seen_at < moment - LIVES:
        mine.since = moment
    mine.seen_at = moment
    db.session.flush()
    db.session.execute(delete(Presence).where(Presence.report_id == report.id, Presence.seen_at < moment - LIVES))


def leave(report: Report, key: str, person: Person) -> None:
    """The person's editor of a part is closed."""
    mine = (Presence.report_id == report.id, Presence.part_key == key, Presence.person_id == person.id)
    db.session.execute(delete(Presence).where(*mine))


def others(report: Report, key: str, person: Person) -> Sequence[AtWork]:
    """Everybody else at work on a part, the longest there first."""
    rows = db.session.execute(
        select(Presence.part_key, Presence.person_id, Person.first_name, Person.surname, Presence.since)
        .join(Person, Person.id == Presence.person_id)
        .where(Presence.report_id == report.id, Presence.part_key == key, *alive(person))
        .order_by(Presence.since, Presence.person_id)
    )
    return [mark(*row) for row in rows]


def alive(person: Person) -> tuple[ColumnElement[bool], ...]:
    """The signs that still count, of everybody but this person."""
    return Presence.person_id != person.id, Presence.seen_at >= now() - LIVES


def mark(part: str, person_id: int, first_name: str, surname: str, since: datetime) -> AtWork:
    return AtWork(part, person_id, f"{first_name} {surname}", since)

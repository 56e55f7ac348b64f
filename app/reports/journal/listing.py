"""The journal: the events of a supervisor's territories, newest first, page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Any

import orjson
from sqlalchemy import Row, Select, and_, false, func, or_, select, true

from app.audit import private
from app.audit.entries import JournalEntry as Entry
from app.audit.models import AuditEvent, EventPrivate
from app.db import db
from app.directory.models import Person
from app.directory.territories import Territory
from app.reports.history.timeline import HistoryLine, role_name
from app.reports.journal.search import Filters, drawers, keys
from app.workshops.models import Campaign

PAGE = 50
ABOUT_ACCOUNTS = (
    *("person_add", "person_change", "person_deactivate", "person_activate", "erase"),
    *("grant_propose", "grant_decline", "grant_give", "grant_take"),
    *("factor_add", "factor_remove", "factor_asked", "reset_link", "password_change", "password_reset"),
)
"""The acts on people, their roles and the keys of their accounts: few among many, and none to be missed."""
LATEST = 10


@dataclass(frozen=True, slots=True)
class EventFor(HistoryLine):
    """One event of the journal: a line of a history, with whom it concerns, and its seal: the hash of the event before, its
    own, and the body they are taken of.
    """

    id: int = 0
    stream: str = ""
    actor: int | None = None
    report: int | None = None
    territory: str = ""
    campaign: str = ""
    prev: str = ""
    hash: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True)
class JournalPage:
    """One page. `older`: the key below which the next begins, 0 at the end. `looked_to`: the moment down to which events
    were looked at, where that did not fill the page.
    """

    lines: Sequence[EventFor] = ()
    older: int = 0
    looked_to: datetime | None = None

    @property
    def days(self) -> list[tuple[date, list[EventFor]]]:
        """The lines by day, in UTC, which is Mali's time."""
        return [
            (day, list(lines)) for day, lines in groupby(self.lines, key=lambda line: line.at.astimezone(UTC).date())
        ]


def page(person: Person, asked: Filters, before: int = 0, size: int = PAGE) -> JournalPage:
    """The events with keys below `before` (0: the newest) that this person may read and that answer to what is asked."""
    ids, end = keys(drawers(person, asked), asked, before, size)
    lines = _told(db.session.execute(_events().where(AuditEvent.id.in_(ids[:size]))).all()) if ids else []
    if len(ids) > size:
        return JournalPage(lines, older=ids[size - 1])
    if not end:
        return JournalPage(lines)
    return JournalPage(
        lines, older=end + 1, looked_to=db.session.scalar(select(AuditEvent.at).where(AuditEvent.id == end))
    )


def about_accounts(person: Person, most: int = LATEST) -> Sequence[EventFor]:
    """The latest acts on people and their accounts that this person may read, newest first."""
    places = drawers(person, Filters())
    here = [and_(true(), *(getattr(Entry, name) == value for name, value in drawer.items())) for drawer in places]
    query = select(Entry.event_id).where(Entry.act.in_(ABOUT_ACCOUNTS), or_(false(), *here))
    ids = db.session.scalars(query.order_by(Entry.event_id.desc()).limit(most)).all()
    return _told(db.session.execute(_events().where(AuditEvent.id.in_(ids))).all()) if ids else []


def event(person: Person, event_id: int) -> EventFor:
    """One event. Raises LookupError where there is none, or this person may not read it."""
    for drawer in drawers(person, Filters()):
        here = [getattr(Entry, name) == value for name, value in drawer.items()]
        row = db.session.execute(_events().where(AuditEvent.id == event_id, *here)).one_or_none()
        if row is not None:
            return _told([row])[0]
    raise LookupError(event_id)


def _events() -> Select[*tuple[Any, ...]]:
    """Events with who took them and whom they concern, newest first."""
    return (
        select(
            AuditEvent.id,
            AuditEvent.stream,
            AuditEvent.seq,
            AuditEvent.at,
            AuditEvent.actor_id,
            AuditEvent.actor_role,
            AuditEvent.act,
            AuditEvent.body,
            AuditEvent.prev,
            AuditEvent.hash,
            EventPrivate.payload,
            Entry.report_id,
            Person.first_name,
            Person.surname,
            Territory.name.label("territory"),
            Campaign.name.label("campaign"),
        )
        .join(Entry, Entry.event_id == AuditEvent.id)
        .outerjoin(EventPrivate, EventPrivate.event_id == AuditEvent.id)
        .outerjoin(Person, Person.id == AuditEvent.actor_id)
        .outerjoin(Territory, Territory.id == func.coalesce(Entry.place_3, Entry.place_2, Entry.place_1))
        .outerjoin(Campaign, Campaign.id == Entry.campaign_id)
        .order_by(AuditEvent.id.desc())
    )


def _told(rows: Sequence[Row[*tuple[Any, ...]]]) -> list[EventFor]:
    """The events as they are told; which data were erased is asked only where some are gone."""
    facts = [orjson.loads(row.body)["facts"] for row in rows]
    gone = any(row.payload is None and private.SEALED in each for row, each in zip(rows, facts, strict=True))
    erased = private.declared() if gone else set()
    pairs = zip(rows, facts, strict=True)
    return [_line(row, private.whole(each, row.payload, row.id in erased)) for row, each in pairs]


def _line(row: Row[*tuple[Any, ...]], facts: dict[str, Any]) -> EventFor:
    return EventFor(
        seq=row.seq,
        at=row.at,
        who=f"{row.first_name} {row.surname}" if row.surname else "Le système",
        role=role_name(row.actor_role),
        act=row.act,
        facts=facts,
        id=row.id,
        stream=row.stream,
        actor=row.actor_id,
        report=row.report_id,
        territory=row.territory or "",
        campaign=row.campaign or "",
        prev=row.prev,
        hash=row.hash,
        body=row.body,
    )

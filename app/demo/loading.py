"""Loading the demo into an empty database: people, campaigns, meetings, then each report to its stage."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import func, select

from app.db import db
from app.demo import founding, planning, sessions, stages
from app.demo.founding import Ground
from app.demo.people import COORDINATION, SUPERVISOR
from app.demo.sessions import Session
from app.demo.stages import DemoTable, House
from app.directory.models import Person
from app.people import persons
from app.reports.models.report import Report
from app.workshops.models import Workshop

REPORTS: tuple[tuple[Session, Callable[[DemoTable], Report]], ...] = (
    (sessions.KAYES, stages.published),
    (sessions.KOULIKORO, stages.signed_partly_on_paper),
    (sessions.SIKASSO, stages.chair_invited),
    (sessions.SEGOU, stages.under_amendment),
    (sessions.MOPTI, stages.overdue),
    (sessions.BAMAKO, stages.sent_back),
    (sessions.TOMBOUCTOU, stages.almost_written),
    (sessions.GAO, stages.opened),
    (sessions.MENAKA, stages.waiting_for_an_attester),
)
"""How far each report of the campaign goes. Kidal has none yet."""


def is_there() -> bool:
    """Whether the demo has been loaded."""
    return persons.by_email(COORDINATION.email) is not None


def is_empty() -> bool:
    """Whether nobody is registered yet: only then may the demo be loaded."""
    return not db.session.scalar(select(func.count(Person.id)))


def load(hashed_password: str, house: House) -> None:
    """Bring the whole demo about through the domain; the caller commits. All people get the one password."""
    ground = founding.found(hashed_password)
    before = planning.campaign_before(ground)
    # What this meeting leaves open is in annex 2 of the next: it must be published first.
    stages.illustrated(_table(sessions.SEGOU_BEFORE, before, ground, house), ground.people[SUPERVISOR])
    workshops = planning.campaign(ground)
    tables = [_table(session, workshops[session.place.name], ground, house) for session, _ in REPORTS]
    first, *_ = [bring(table) for table, (_, bring) in zip(tables, REPORTS, strict=True)]
    stages.being_rectified(tables[0], first)


def _table(session: Session, workshop: Workshop, ground: Ground, house: House) -> DemoTable:
    return stages.seated(session, workshop, ground.people, ground.coordination, house)

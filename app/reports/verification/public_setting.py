"""Whether verification is open to anybody: the log says so, and nothing beside it that could disagree."""

from __future__ import annotations

from datetime import datetime

import orjson
from sqlalchemy import select

from app.audit import events
from app.audit.models import AuditEvent
from app.db import db
from app.directory.models import Person, Role
from app.people import keeping
from app.people.invalid import Forbidden

STREAM = "settings"
ACT = "verification_setting"


def last() -> AuditEvent | None:
    """The event by which it was last opened or closed; None where nobody ever did."""
    decided = select(AuditEvent).where(AuditEvent.stream == STREAM, AuditEvent.act == ACT)
    return db.session.scalar(decided.order_by(AuditEvent.seq.desc()).limit(1))


def last_by() -> tuple[str, datetime] | None:
    """By whom and when, by the name of today."""
    event = last()
    person = db.session.get(Person, event.actor_id) if event and event.actor_id else None
    return (person.name, event.at) if event and person else None


def is_open() -> bool:
    """Whether one may verify without signing in; so it is as long as nobody has closed it."""
    event = last()
    return event is None or bool(orjson.loads(event.body)["facts"]["public"])


def settle(public: bool, actor: Person) -> bool:
    """Open or close it; answers whether that changed anything. Raises `Forbidden` for who coordinates a part only."""
    if not keeping.reaches(actor, None):
        raise Forbidden
    if public == is_open():
        return False
    events.record(STREAM, ACT, actor, {"public": public}, Role.COORDINATION.value)
    return True

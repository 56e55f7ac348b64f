"""What events say of persons stands beside the log, sealed into it by a salted hash: it can be erased, and nothing forged.

An erasure is itself an event, `erase`, that names the events it emptied and never what they said: a declared hole.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import delete, select

from app.audit import watch
from app.audit.entries import JournalEntry
from app.audit.models import AuditEvent, EventPrivate
from app.content.canonical import canonical
from app.db import db

SEALED = "private"
"""The name under which a body's facts hold the salted hash."""
ERASED = "[données effacées]"
MISSING = "[données manquantes, sans effacement déclaré]"
ACT = "erase"
STREAM = "people"


def seal(salt: str, payload: bytes) -> str:
    """SHA-256 of the salt's 32 bytes (64 hexadecimal digits here) and the payload. Raises ValueError for another salt.

    Without the salt, which goes with the payload, nobody can try names until one fits.
    """
    if len(salt) != 64:  # else where the salt ends and the payload begins could be shifted
        raise ValueError("a salt is 32 bytes")
    return hashlib.sha256(bytes.fromhex(salt) + payload).hexdigest()


def apart(private: Mapping[str, Any]) -> tuple[str, EventPrivate]:
    """The hash for the body, and the row that is to stand beside the event."""
    salt, payload = secrets.token_hex(32), canonical(dict(private))
    return seal(salt, payload), EventPrivate(salt=salt, payload=payload.decode("utf-8"))


def whole(facts: Mapping[str, Any], payload: str | None, declared: bool) -> dict[str, Any]:
    """An event's facts with what stands beside it; `erased` says so where that is gone, `declared` if by an erasure."""
    if SEALED not in facts:
        return dict(facts)
    if payload is None:
        return {**facts, "erased": ERASED if declared else MISSING}
    return {**facts, **orjson.loads(payload)}


def named(facts: Mapping[str, Any]) -> set[tuple[int, str, int]]:
    """The events which the facts of an `erase` event declare emptied, each as (id, stream, seq)."""
    return {(each["id"], each["stream"], each["seq"]) for each in facts["events"]}


def declared() -> set[int]:
    """The ids of all events that were emptied by a declared erasure."""
    bodies = select(AuditEvent.body).join(JournalEntry, JournalEntry.event_id == AuditEvent.id)
    found = db.session.scalars(bodies.where(JournalEntry.act == ACT, AuditEvent.act == ACT))
    return {number for body in found for number, _, _ in named(orjson.loads(body)["facts"])}


def about(person_id: int) -> Sequence[AuditEvent]:
    """The events about this person that still have something beside them, oldest first."""
    query = select(AuditEvent).join(EventPrivate, EventPrivate.event_id == AuditEvent.id).order_by(AuditEvent.id)
    found = db.session.scalars(query.where(AuditEvent.stream == STREAM))
    return [event for event in found if orjson.loads(event.body)["facts"].get("person") == person_id]


def beside(event: AuditEvent) -> bool:
    """Whether something stands beside this event."""
    return db.session.get(EventPrivate, event.id) is not None


def places(erased: Iterable[AuditEvent]) -> list[dict[str, Any]]:
    """How an `erase` event names those that it empties."""
    return [{"id": event.id, "stream": event.stream, "seq": event.seq} for event in erased]


def remove(erased: Iterable[AuditEvent]) -> None:
    """Delete what stands beside these events, which an `erase` event must name already: else the database refuses.

    For commands only: on PostgreSQL the role that serves the site may not delete there.
    """
    db.session.flush()
    with watch.erasing(db.session.connection()):
        for event in erased:
            db.session.execute(delete(EventPrivate).where(EventPrivate.event_id == event.id))

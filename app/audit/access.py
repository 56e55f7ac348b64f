"""Who came in, who was refused: events of the stream "access", written beside what is answered, and never in a flood."""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import select

from app.audit import events
from app.audit.entries import NOWHERE, JournalEntry, Where
from app.audit.models import AuditEvent
from app.db import db, now
from app.directory.models import Person

STREAM = "access"
DOWNLOAD = "download"
AGAIN = timedelta(hours=1)
"""Within which the same file taken by the same person is told once."""
MOST = 10
"""Events about one person within one minute; the rest of that minute is one line that counts them."""
PROMPT = timedelta(minutes=1)
"""What is written later than this says itself when it was asked for: the database did not answer meanwhile."""
KEPT = 10_000
"""Persons counted at a time; whoever floods under more names is counted by the minute all the same."""


@dataclass(frozen=True, slots=True)
class AccessNote:
    """Something to be written: `person` is whose account it concerns, 0 for nobody's; `known` whether it was that person,
    signed in.
    """

    act: str
    person: int
    facts: Mapping[str, Any]
    known: bool = True
    where: Where = NOWHERE
    at: datetime = field(default_factory=now)


@dataclass
class Tally:
    """How many events each person has had in the minute that runs; safe between threads."""

    minute: int = 0
    counts: dict[int, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def admit(self, person: int, minute: int) -> tuple[bool, dict[int, int]]:
        """Whether one more event of this person's is written; and how many were left out of minutes gone by, by person."""
        with self.lock:
            left: dict[int, int] = {}
            if minute != self.minute:
                left = {each: count - MOST for each, count in self.counts.items() if count > MOST}
                self.minute, self.counts = minute, {}
            if person not in self.counts and len(self.counts) >= KEPT:
                return False, left
            self.counts[person] = self.counts.get(person, 0) + 1
            return self.counts[person] <= MOST, left


def write(tally: Tally, note: AccessNote) -> None:
    """Write the event, and what was left out before it; the caller commits."""
    if note.act == DOWNLOAD:  # never counted in the place of being told: there are as many as there are files
        if not told_lately(note):
            _record(note)
        return
    admitted, left = tally.admit(note.person, int(time.time()) // 60)
    for person, count in left.items():
        events.record(STREAM, "access_left_out", None, {"person": person, "events": count})
    if admitted:
        _record(note)


def _record(note: AccessNote) -> None:
    actor = db.session.get(Person, note.person) if note.known else None
    facts = dict(note.facts) if note.known or not note.person else {"person": note.person, **note.facts}
    if now() - note.at > PROMPT:
        facts["asked_at"] = note.at.isoformat(timespec="seconds")
    events.record(STREAM, note.act, actor, facts, "", note.where)


def told_lately(note: AccessNote) -> bool:
    """Whether the log has it already that this person took this file within the hour, from whatever network."""
    lately = (
        select(AuditEvent.body)
        .join(JournalEntry, JournalEntry.event_id == AuditEvent.id)
        .where(JournalEntry.report_id == note.facts["report"], JournalEntry.act == DOWNLOAD)
        .where(AuditEvent.at > note.at - AGAIN, AuditEvent.at < note.at + AGAIN)
    )
    return any(_taken(orjson.loads(body)) == _taken_by(note) for body in db.session.scalars(lately))


_APART = frozenset({"address", "asked_at", "person"})


def _taken(body: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
    facts = body["facts"]
    return body["actor"] or facts["person"], {name: facts[name] for name in facts if name not in _APART}


def _taken_by(note: AccessNote) -> tuple[int, dict[str, Any]]:
    return note.person, {name: fact for name, fact in note.facts.items() if name not in _APART}


def hashed_address(address: str, secret: str) -> str:
    """A network address as 16 digits that say whether two are the same, and nothing to who has no key."""
    key = hashlib.sha256(b"access:" + secret.encode()).digest()
    return hmac.new(key, address.encode(), hashlib.sha256).hexdigest()[:16]

"""Who came in, who was refused: events of the stream "access", written beside what is answered, and never in a flood."""

from __future__ import annotations

import hashlib
import hmac
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.audit import events
from app.audit.entries import NOWHERE, Where
from app.db import db
from app.people.models import Person

STREAM = "access"
MOST = 10
"""Events about one person within one minute; the rest of that minute is one line that counts them."""
KEPT = 10_000
"""Persons counted at a time; whoever floods under more names is counted by the minute all the same."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something to be written: `person` is whose account it concerns, 0 for nobody's; `known` whether it was that person,
    signed in.
    """

    act: str
    person: int
    facts: Mapping[str, Any]
    known: bool = True
    where: Where = NOWHERE


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


def write(tally: Tally, note: Note) -> None:
    """Write the event, and what was left out before it; the caller commits."""
    admitted, left = tally.admit(note.person, int(time.time()) // 60)
    for person, count in left.items():
        events.record(STREAM, "access_left_out", None, {"person": person, "events": count})
    if admitted:
        actor = db.session.get(Person, note.person) if note.known else None
        facts = dict(note.facts) if note.known or not note.person else {"person": note.person, **note.facts}
        events.record(STREAM, note.act, actor, facts, "", note.where)


def hashed_address(address: str, secret: str) -> str:
    """A network address as 16 digits that say whether two are the same, and nothing to who has no key."""
    key = hashlib.sha256(b"access:" + secret.encode()).digest()
    return hmac.new(key, address.encode(), hashlib.sha256).hexdigest()[:16]

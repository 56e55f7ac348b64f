"""What the holder of an account is to be told of: noted by each act, written as a letter when its transaction ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from app.audit.models import AuditEvent
from app.db import db, now
from app.directory.models import Person

_NOTED = "tidings"


@dataclass(frozen=True, slots=True)
class Tiding:
    """`kind` is what happened to the person's account, `by` who did it (None: a command on the machine), `at` when.

    `addresses` is where it is to be told, `said` what the sentence names.
    """

    person: Person
    kind: str
    by: Person | None
    at: datetime
    addresses: tuple[str, ...]
    said: Mapping[str, Any]


def tell(
    person: Person,
    kind: str,
    by: Person | None,
    told: AuditEvent | None = None,
    at: tuple[str, ...] = (),
    **said: Any,
) -> None:
    """Have the person told, at their address or at those given `at`; `told` is the event of the act."""
    addresses = tuple(dict.fromkeys(each for each in at or (person.email or "",) if each))
    if addresses:
        moment = told.at if told is not None else now()
        noted: list[Tiding] = db.session.info.setdefault(_NOTED, [])
        noted.append(Tiding(person, kind, by, moment, addresses, said))


def taken(session: Session) -> list[Tiding]:
    """What was noted in this session, once."""
    noted: list[Tiding] = session.info.pop(_NOTED, [])
    return noted


@event.listens_for(db.session, "after_rollback")
def _undone(session: Session) -> None:
    """What did not happen is not told."""
    session.info.pop(_NOTED, None)

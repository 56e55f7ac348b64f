"""Open sessions: who is signed in, on which device, since when. A session lives here; the browser has only its secret."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ForeignKey, String, delete, or_, select, update
from sqlalchemy.orm import Mapped, joinedload, mapped_column

from app.audit import events
from app.content.canonical import digest
from app.db import Base, Moment, db, now
from app.directory.models import Grant, Person

STAMPED_EVERY = timedelta(minutes=10)
"""How exactly one knows when a session was last used: the stamp is not written at every request."""
LONGEST_DEVICE, LONGEST_ADDRESS = 60, 45


class OpenSession(Base):
    """One session of one person. `key` is the hash of the secret that the browser sends.

    `factor` is the second factor by which it was opened, or empty; `device` says the browser in a few French words.
    """

    __tablename__ = "open_session"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    device: Mapped[str] = mapped_column(String(LONGEST_DEVICE))
    address: Mapped[str] = mapped_column(String(LONGEST_ADDRESS))
    factor: Mapped[str] = mapped_column(String(20), default="")
    at: Mapped[datetime] = mapped_column(Moment, default=now)
    seen_at: Mapped[datetime] = mapped_column(Moment, default=now)


class SessionLimits(NamedTuple):
    """How long a session lives unused, and how long at all."""

    idle: timedelta
    longest: timedelta

    def over(self, at: datetime, seen_at: datetime, moment: datetime) -> bool:
        return moment - seen_at >= self.idle or moment - at >= self.longest


class OpenedSession(NamedTuple):
    """What a request needs to know of its session."""

    id: int
    factor: str
    at: datetime
    seen_at: datetime


class DevicePlace(NamedTuple):
    """From where somebody signs in: the browser in words, and its network address."""

    device: str
    address: str


def begin(person: Person, where: DevicePlace, limits: SessionLimits, factor: str = "") -> str:
    """Open a session; answers with its secret, which nobody else ever learns. Sessions that are over go."""
    secret, moment = secrets.token_urlsafe(32), now()
    gone = or_(OpenSession.seen_at <= moment - limits.idle, OpenSession.at <= moment - limits.longest)
    db.session.execute(delete(OpenSession).where(gone))
    db.session.add(
        OpenSession(
            key=_key(secret),
            person_id=person.id,
            device=where.device[:LONGEST_DEVICE],
            address=where.address[:LONGEST_ADDRESS],
            factor=factor,
            at=moment,
            seen_at=moment,
        )
    )
    db.session.flush()
    return secret


def found(secret: str, limits: SessionLimits) -> tuple[Person, OpenedSession] | None:
    """Whose session this is the secret of, with roles and territories, in one query; None where there is none any more."""
    whole = joinedload(Person.grants).joinedload(Grant.territory)
    columns = (OpenSession.id, OpenSession.factor, OpenSession.at, OpenSession.seen_at)
    query = select(Person, *columns).join(OpenSession, OpenSession.person_id == Person.id).options(whole)
    row = db.session.execute(query.where(OpenSession.key == _key(secret))).unique().one_or_none()
    if row is None:
        return None
    person, opened = row[0], OpenedSession(*row[1:])
    return (person, opened) if person.active and not limits.over(opened.at, opened.seen_at, now()) else None


def wants_stamp(session: OpenedSession, moment: datetime) -> bool:
    """Whether it was stamped so long ago that it is to be done again; a clock that was put back counts as well."""
    return abs(moment - session.seen_at) >= STAMPED_EVERY


def stamp(session_id: int, moment: datetime) -> None:
    """Note that the session is in use."""
    db.session.execute(update(OpenSession).where(OpenSession.id == session_id).values(seen_at=moment))


def prove(session_id: int, factor: str) -> None:
    """The session counts as one that was opened with this second factor."""
    db.session.execute(update(OpenSession).where(OpenSession.id == session_id).values(factor=factor))


def listing(person: Person, limits: SessionLimits) -> Sequence[OpenSession]:
    """The person's open sessions, the latest used first."""
    mine = select(OpenSession).where(OpenSession.person_id == person.id)
    rows = db.session.scalars(mine.order_by(OpenSession.seen_at.desc(), OpenSession.id.desc())).all()
    return [each for each in rows if not limits.over(each.at, each.seen_at, now())]


def close(secret: str) -> None:
    """End the session with this secret, as at signing out."""
    db.session.execute(delete(OpenSession).where(OpenSession.key == _key(secret)))


def end(person: Person, session_id: int) -> bool:
    """End one of one's own sessions, on another device; answers whether there was one."""
    mine = (OpenSession.person_id == person.id, OpenSession.id == session_id)
    return _ended(person, db.session.execute(delete(OpenSession).where(*mine)).rowcount)  # type: ignore[attr-defined]


def end_others(person: Person, kept: int) -> bool:
    """End all of one's own sessions but the one that asks; answers whether there were any."""
    others = (OpenSession.person_id == person.id, OpenSession.id != kept)
    return _ended(person, db.session.execute(delete(OpenSession).where(*others)).rowcount)  # type: ignore[attr-defined]


def forget(person_id: int) -> None:
    """End all sessions of the person; the event is the caller's."""
    db.session.execute(delete(OpenSession).where(OpenSession.person_id == person_id))


def _ended(person: Person, count: int) -> bool:
    if count:
        events.record("people", "session_end", person, {"person": person.id, "sessions": count})
    return count > 0


def _key(secret: str) -> str:
    return digest(secret.encode())

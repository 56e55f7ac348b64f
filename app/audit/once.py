"""Forms already received: the same key is answered with the same place, and has no second effect."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, String, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from app.content.canonical import canonical, digest
from app.db import Base, Moment, db, now

# Longer than a form can come back: a session lasts twelve hours, a text that waits on a device is sent for sixty days.
KEPT = timedelta(days=90)


class Once(Base):
    """`key` is drawn when the form is made, and stands here bound to who sent it where; `place` is where they were led."""

    __tablename__ = "once"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    place: Mapped[str] = mapped_column(String(300), default="")
    at: Mapped[datetime] = mapped_column(Moment, default=now)


def take(key: str, person_id: int, form: str) -> Once | None:
    """What became of this key when this person sent it to this form (an address) before; None takes it in, as new.

    Of two that come at the same moment the later waits until the first is done.
    """
    dialect = sqlite if db.engine.dialect.name == "sqlite" else postgresql
    bound = _bound(key, person_id, form)
    row = {"key": bound, "person_id": person_id, "place": "", "at": now()}
    fresh = dialect.insert(Once).values(row).on_conflict_do_nothing().returning(Once.key)
    return None if db.session.scalar(fresh) else db.session.get_one(Once, bound)


def led(key: str, person_id: int, form: str, place: str) -> None:
    """Note where the sender of this key was led."""
    theirs = update(Once).where(Once.key == _bound(key, person_id, form)).values(place=place)
    db.session.execute(theirs.execution_options(synchronize_session=False))


def forget_old(at: datetime) -> None:
    """Empty the keys of forms that no longer come back."""
    db.session.execute(delete(Once).where(Once.at < at - KEPT))


def _bound(key: str, person_id: int, form: str) -> str:
    """No two persons, and no two forms of one, ever share a key, whatever they send."""
    return digest(canonical([key, person_id, form]))

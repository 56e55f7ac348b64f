"""The outbox: one row a letter, kept until long after it was sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Moment

_WAITING = text("sent_at IS NULL AND dead_at IS NULL")


class Letter(Base):
    """A letter to one person, as it was written; `message_id` (with its angle brackets) is its own for good.

    It waits until `sent_at` or `dead_at` is set: the next try is at `due_at`, and while `lease_until` lies ahead a worker
    has it in hand. `attempts` counts the tries begun; `last_error` is what the last one met, in the server's words.
    """

    __tablename__ = "letter"
    __table_args__ = (
        Index("ix_letter_waiting", "due_at", "id", sqlite_where=_WAITING, postgresql_where=_WAITING),
        Index("ix_letter_sent_at", "sent_at"),
        Index("ix_letter_dead_at", "dead_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(String(200), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recipient: Mapped[str] = mapped_column(String(255))
    subject: Mapped[str] = mapped_column(String(300))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    dead_at: Mapped[datetime | None] = mapped_column(Moment)
    last_error: Mapped[str] = mapped_column(Text, default="")

"""The log: one line per act, chained by hashes, never changed."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Moment
from app.people.models import Person


class AuditEvent(Base):
    """One act. `body` is the canonical JSON that `hash` is taken of; the other columns repeat parts of it for reading.

    `stream` is "report:12", "campaign:3" or "people"; `seq` counts from 1 within it; `prev` is the hash of the event
    before.
    """

    __tablename__ = "audit_event"
    __table_args__ = (UniqueConstraint("stream", "seq"),)

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    stream: Mapped[str] = mapped_column(String(40))
    seq: Mapped[int]
    at: Mapped[datetime] = mapped_column(Moment)
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    actor_role: Mapped[str] = mapped_column(String(16), default="")
    act: Mapped[str] = mapped_column(String(40))
    body: Mapped[str] = mapped_column(Text)
    prev: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))

    actor: Mapped[Person | None] = relationship(lazy="joined")


class ChainHead(Base):
    """The last link of a stream; its row is the lock that orders writers."""

    __tablename__ = "chain_head"

    stream: Mapped[str] = mapped_column(String(40), primary_key=True)
    seq: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(String(64), default="")

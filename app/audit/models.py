"""The log: one line per act, chained by hashes, never changed; the tree over it, and its signed checkpoints."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Moment
from app.directory.models import Person

Number = BigInteger().with_variant(Integer, "sqlite")


class AuditEvent(Base):
    """One act. `body` is the canonical JSON that `hash` is taken of; the other columns repeat parts of it for reading.

    `stream` is "report:12", "campaign:3" or "people"; `seq` counts from 1 within it; `prev` is the hash of the event
    before.
    """

    __tablename__ = "audit_event"
    __table_args__ = (UniqueConstraint("stream", "seq"),)

    id: Mapped[int] = mapped_column(Number, primary_key=True)
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


class EventPrivate(Base):
    """What an event says of persons: canonical JSON, whose hash with `salt` (64 hexadecimal digits) is in the event's body.

    Gone where it was erased (`app.audit.private`).
    """

    __tablename__ = "event_private"

    event_id: Mapped[int] = mapped_column(Number, ForeignKey("audit_event.id"), primary_key=True, autoincrement=False)
    salt: Mapped[str] = mapped_column(String(64))
    payload: Mapped[str] = mapped_column(Text)


class ChainHead(Base):
    """The last link of a stream; its row is the lock that orders writers."""

    __tablename__ = "chain_head"

    stream: Mapped[str] = mapped_column(String(40), primary_key=True)
    seq: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(String(64), default="")


class Leaf(Base):
    """The place of an event in the tree, counted from 0: events are taken in as they are found, for good.

    `code` is that of the text which the event validates (`app.audit.codes`).
    """

    __tablename__ = "leaf"

    number: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(Number, ForeignKey("audit_event.id"), unique=True)
    code: Mapped[str | None] = mapped_column(String(16), index=True)


class Node(Base):
    """A whole node of the tree at every eighth level, so that no proof has to hash the log again.

    Kept for speed alone: whatever is made of it is compared with a signed root.
    """

    __tablename__ = "node"

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    hash: Mapped[str] = mapped_column(String(64))


class Checkpoint(Base):
    """The tree at `size` leaves: its root (hexadecimal) and the signed note that says so; `reason` is an act or a word."""

    __tablename__ = "checkpoint"

    size: Mapped[int] = mapped_column(Number, primary_key=True, autoincrement=False)
    root: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(String(40))


class Witnessed(Base):
    """One row: how far the file of checkpoints elsewhere went, and what was found wrong with the log beside it.

    `alarm` is the French sentence of what is wrong, empty for nothing.
    """

    __tablename__ = "witnessed"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    path: Mapped[str] = mapped_column(Text, default="")
    size: Mapped[int] = mapped_column(Number, default=0)
    root: Mapped[str] = mapped_column(String(64), default="")
    appended_at: Mapped[datetime | None] = mapped_column(Moment)
    alarm: Mapped[str] = mapped_column(Text, default="")
    found_at: Mapped[datetime | None] = mapped_column(Moment)


class TreeLock(Base):
    """One row: whoever makes the tree grow holds it."""

    __tablename__ = "tree_lock"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)

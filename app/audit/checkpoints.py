"""Checkpoints: the tree brought up to date and signed, when one is due, and what is not covered by any yet.

No function here ends a transaction, and none belongs into one that serves a request's own change.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, DateTime, Interval, exists, func, literal, select, type_coerce

from app.audit import note, tree
from app.audit.events import ANCHORED
from app.audit.log_key import LogKey
from app.audit.merkle import Builder
from app.audit.models import AuditEvent, Checkpoint, Leaf, TreeLock
from app.audit.note import BadNote, Checkpointed, Verifier
from app.content.typography import french
from app.db import db

PERIOD = timedelta(minutes=15)
"""The longest that an event waits for a checkpoint while anybody is at work to make one."""
LONGEST_TRANSACTION = timedelta(days=1)
PERIODIC = "period"

BROKEN = (
    "Le journal ne correspond plus à son dernier point de contrôle ({size} événements) : aucun autre n’est signé. "
    "Lancez « flask audit verify »."
)


class Broken(Exception):
    """The tree is not the one that was signed last: nothing more is signed on it. The message is a French sentence."""


@dataclass(frozen=True, slots=True)
class CheckpointReach:
    """How far the checkpoints reach: the newest one, and how many events, since when, it does not cover."""

    latest: Checkpoint | None
    waiting: int
    oldest: datetime | None


def advance(log: LogKey, reason: str, at: datetime) -> Checkpoint | None:
    """Take the new events into the tree and sign its root; None where there are none.

    Raises `Broken` rather than sign what does not go on from the checkpoint before, and `tree.Unfit`.
    """
    _lock()
    last = latest()
    builder = tree.resume(db.session)
    _require_sound(builder, last, log.known)
    if not tree.take_in(builder, db.session.scalar(select(_floor())) or 0):
        return None
    head = Checkpointed(log.signer.name, builder.size, builder.root())
    made = Checkpoint(
        size=head.size, root=head.root.hex(), note=log.signer.sign(str(head)), at=at, reason=reason[:40] or PERIODIC
    )
    db.session.add(made)
    db.session.flush()
    return made


def _lock() -> None:
    """One at a time: leaves are numbered without gaps, and checkpoints follow each other."""
    if db.session.scalar(select(TreeLock.id).with_for_update()) is None:
        db.session.add(TreeLock(id=1))
        db.session.flush()


def _require_sound(builder: Builder, last: Checkpoint | None, known: Iterable[Verifier]) -> None:
    """What is signed must go on from what was: a tree that was altered is not made good by a new signature."""
    if last is None and not builder.size:
        return
    if last is None or not holds(last, known) or (builder.size, builder.root().hex()) != (last.size, last.root):
        raise Broken(french(BROKEN.format(size=last.size if last else 0)))


def holds(checkpoint: Checkpoint, known: Iterable[Verifier]) -> bool:
    """Whether its note says what its row says, signed by one of these keys."""
    try:
        head = note.checkpoint(checkpoint.note, known)
    except BadNote:
        return False
    return (head.size, head.root.hex()) == (checkpoint.size, checkpoint.root)


def latest() -> Checkpoint | None:
    return db.session.scalar(select(Checkpoint).order_by(Checkpoint.size.desc()).limit(1))


def covering(number: int) -> Checkpoint | None:
    """The first checkpoint whose tree holds leaf `number`: once there is one it is the same for ever."""
    return db.session.scalar(select(Checkpoint).where(Checkpoint.size > number).order_by(Checkpoint.size).limit(1))


def due(at: datetime) -> str:
    """Why a checkpoint is due at `at`: an act that asks for one, or time; empty where none is."""
    found = standing()
    if found.waiting:
        asking = select(AuditEvent.act).where(_uncovered(), AuditEvent.act.in_(sorted(ANCHORED)))
        if act := db.session.scalar(asking.order_by(AuditEvent.act).limit(1)):
            return str(act)
    return PERIODIC if found.oldest is not None and at - found.oldest >= PERIOD else ""


def standing() -> CheckpointReach:
    """Reads the newest checkpoint and the events that came since, in one query."""
    since = (
        select(func.count().label("waiting"), func.min(AuditEvent.at).label("oldest")).where(_uncovered()).subquery()
    )
    newest = select(func.max(Checkpoint.size)).scalar_subquery()
    query = select(Checkpoint, since.c.waiting, since.c.oldest).select_from(since)
    last, count, oldest = db.session.execute(query.outerjoin(Checkpoint, Checkpoint.size == newest)).one()
    return CheckpointReach(last, count, oldest)


def _uncovered() -> ColumnElement[bool]:
    return (AuditEvent.id > _floor()) & ~exists().where(Leaf.event_id == AuditEvent.id)


def _floor() -> ColumnElement[int]:
    """An id up to which every event is in the tree, as the database works it out.

    SQLite has one writer, so ids are committed in their order. PostgreSQL may commit them out of order, and a gap may be
    for good; so the largest id in the tree tells nothing. But the newest leaf of a checkpoint made a day before the last
    one had its id before that; what had a lower id was committed before the last one was made, for no transaction lives
    so long, and was taken in by it.
    """
    if db.session.get_bind().dialect.name == "sqlite":
        return func.coalesce(select(func.max(Leaf.event_id)).scalar_subquery(), 0)
    last = select(Checkpoint.at).order_by(Checkpoint.size.desc()).limit(1).scalar_subquery()
    earlier = type_coerce(last, DateTime(timezone=True)) - literal(LONGEST_TRANSACTION, Interval())
    before = select(Checkpoint.size).where(type_coerce(Checkpoint.at, DateTime(timezone=True)) <= earlier)
    size = before.order_by(Checkpoint.size.desc()).limit(1).scalar_subquery()
    return func.coalesce(select(Leaf.event_id).where(Leaf.number == size - 1).scalar_subquery(), 0)

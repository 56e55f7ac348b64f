"""The proof that an event is in the log's tree, as a file that needs nothing of ours to be checked."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.audit import checkpoints, tree
from app.audit.merkle import leaf_hash
from app.audit.models import AuditEvent, Leaf
from app.db import db

FORMAT = "seben-proof/1"


class NotCovered(Exception):
    """No checkpoint covers the event yet."""


def of_event(event_id: int) -> dict[str, Any]:
    """What `seben_audit check-proof` reads: the event as it was sealed, its leaf, the path to the root, the checkpoint.

    Hashes are lower-case hexadecimal. Raises `NotCovered`, and LookupError where there is no such event.
    """
    event = db.session.get(AuditEvent, event_id)
    if event is None:
        raise LookupError(event_id)
    leaf = db.session.scalar(select(Leaf).where(Leaf.event_id == event_id))
    covering = checkpoints.covering(leaf.number) if leaf else None
    if leaf is None or covering is None:
        raise NotCovered(event_id)
    return {
        "format": FORMAT,
        "event": {"stream": event.stream, "seq": event.seq, "prev": event.prev, "body": event.body, "hash": event.hash},
        "leaf": leaf_hash(bytes.fromhex(event.hash)).hex(),
        "index": leaf.number,
        "size": covering.size,
        "path": [each.hex() for each in tree.prove(db.session, leaf.number, covering.size)],
        "checkpoint": covering.note,
    }

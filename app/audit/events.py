"""Writing the log: one event per act, in the act's own transaction, linked to the one before."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.audit import entries
from app.audit.entries import NOWHERE, Where
from app.audit.models import AuditEvent, ChainHead
from app.audit.private import SEALED, apart
from app.content.canonical import canonical
from app.db import db, now
from app.directory.models import Person

GENESIS = "0" * 64
ANCHORED = frozenset({"validate", "sign", "attest", "publish", "make_public"})
"""Acts that want a checkpoint of the log at once; `asked_for` says which was recorded."""
_ASKED = "checkpoint"


def link(prev: str, body: bytes) -> str:
    """The hash of an event: SHA-256 of the previous hash (64 hexadecimal digits) followed by the canonical body."""
    return hashlib.sha256(prev.encode("ascii") + body).hexdigest()


def body_of(
    stream: str, seq: int, at: datetime, actor: int | None, role: str, act: str, facts: dict[str, Any]
) -> bytes:
    """The canonical JSON (RFC 8785) of one event; `at` in ISO 8601, UTC, microseconds."""
    return canonical(
        {
            "stream": stream,
            "seq": seq,
            "at": at.isoformat(timespec="microseconds"),
            "actor": actor,
            "role": role,
            "act": act,
            "facts": facts,
        }
    )


def record(
    stream: str,
    act: str,
    actor: Person | None,
    facts: dict[str, Any],
    role: str = "",
    where: Where = NOWHERE,
    private: dict[str, Any] | None = None,
) -> AuditEvent:
    """Append one event to `stream`. `facts` must be JSON: text, whole numbers, booleans, lists and objects of them.

    `actor` is None for what a command does on the machine itself; `where` says whom the event concerns, so that those who
    supervise there find it. `private` are facts that hold personal data: they stand beside the event, which has their
    salted hash only, so that they can be erased. The stream's head row is locked until the transaction ends.
    """
    head = _head(stream)
    at = now()
    actor_id = actor.id if actor else None
    beside = None
    if private:
        sealed, beside = apart(private)
        facts = {**facts, SEALED: sealed}
    body = body_of(stream, head.seq + 1, at, actor_id, role, act, facts)
    prev = head.hash or GENESIS
    event = AuditEvent(
        stream=stream,
        seq=head.seq + 1,
        at=at,
        actor_id=actor_id,
        actor_role=role,
        act=act,
        body=body.decode("utf-8"),
        prev=prev,
        hash=link(prev, body),
    )
    head.seq, head.hash = event.seq, event.hash
    db.session.add(event)
    db.session.flush()
    if beside is not None:
        beside.event_id = event.id
        db.session.add(beside)
        db.session.flush()
    entries.file(event, facts, where)
    if act in ANCHORED:
        db.session.info[_ASKED] = act
    return event


def hold(stream: str) -> None:
    """Let nobody else write to this stream until the transaction ends: what is read now still holds when it is told."""
    _head(stream)


def asked_for() -> str:
    """The act recorded in this session that wants a checkpoint, told once; empty where none does."""
    return str(db.session.info.pop(_ASKED, ""))


def _head(stream: str) -> ChainHead:
    head = db.session.scalar(select(ChainHead).where(ChainHead.stream == stream).with_for_update())
    if head is None:
        head = ChainHead(stream=stream, seq=0, hash="")
        db.session.add(head)
        db.session.flush()
    return head

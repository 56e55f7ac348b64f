"""The tree over the log as the database keeps it: events taken in as leaves, whole nodes kept, proofs made of both."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import orjson
from sqlalchemy import case, exists, func, insert, literal, select

from app.audit.merkle import TILE, TILE_LEVELS, Builder, inclusion_proof, leaf_hash, root, unfinished
from app.audit.models import AuditEvent, Leaf, Node
from app.audit.verification import Source
from app.content.codes import code_of
from app.content.typography import french
from app.db import db

BATCH = 5_000
CODED = "validate"
"""The act whose events get a code: they say which text was validated."""
_HASH = re.compile(r"[0-9a-f]{64}")


class UnfitLeaf(Exception):
    """An event that cannot be a leaf: its hash is none. The message is a French sentence."""


def size(source: Source) -> int:
    """How many leaves the tree has."""
    last = source.execute(select(func.max(Leaf.number))).scalar()
    return 0 if last is None else int(last) + 1


def resume(source: Source) -> Builder:
    """The tree as it stands, ready to grow. Reads some hundred rows, however large it is."""
    count = size(source)
    return Builder(count, [_hashes(source, level, start, end) for level, start, end in unfinished(count)])


def take_in(builder: Builder, floor: int) -> int:
    """Append the events that are not in the tree yet, looking at ids above `floor` only; says how many.

    In the order of their ids, so that who reads the log finds its leaves in a sensible order; the order in which they
    were taken in is what counts. The caller holds the lock. Raises `UnfitLeaf`.
    """
    first = builder.size
    connection = db.session.connection()  # rows by the thousand, of which the session need know nothing
    for events in _new_events(floor):
        leaves = [leaf_hash(_data(event)) for event in events]
        rows = [
            {"number": number, "event_id": event.id, "code": _code(event, leaf)}
            for number, (event, leaf) in enumerate(zip(events, leaves, strict=True), start=builder.size)
        ]
        connection.execute(insert(Leaf), rows)
        builder.extend(leaves)
        nodes = [{"level": level, "number": number, "hash": made.hex()} for level, number, made in builder.finished]
        if nodes:
            connection.execute(insert(Node), nodes)
            builder.finished.clear()
    return builder.size - first


def _new_events(floor: int) -> Iterator[Sequence[Any]]:
    taken = exists().where(Leaf.event_id == AuditEvent.id)
    body = case((AuditEvent.act == CODED, AuditEvent.body), else_=literal("")).label("body")
    query = select(AuditEvent.id, AuditEvent.hash, AuditEvent.stream, AuditEvent.seq, body).where(~taken)
    while True:
        events = db.session.execute(query.where(AuditEvent.id > floor).order_by(AuditEvent.id).limit(BATCH)).all()
        if events:
            yield events
        if len(events) < BATCH:
            return
        floor = events[-1].id


def _data(event: Any) -> bytes:
    if not _HASH.fullmatch(event.hash):
        raise UnfitLeaf(french(f"L’empreinte de l’événement {event.seq} de « {event.stream} » n’en est pas une."))
    return bytes.fromhex(event.hash)


def _code(event: Any, leaf: bytes) -> str | None:
    """A spoilt body has no code, but is a leaf all the same: it is for the verification to say what is wrong with it."""
    try:
        text_hash = orjson.loads(event.body)["facts"]["text_hash"] if event.body else ""
    except (ValueError, TypeError, KeyError):
        return None
    return code_of(text_hash, leaf) if isinstance(text_hash, str) and _HASH.fullmatch(text_hash) else None


class Nodes:
    """The hashes of whole nodes, read a tile at a time: what proofs are made of (`merkle.NodeOf`)."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._tiles: dict[tuple[int, int], list[bytes]] = {}

    def __call__(self, level: int, number: int) -> bytes:
        above = level % TILE_LEVELS
        start, end = number << above, (number + 1) << above
        key = (level - above, start // TILE)
        if key not in self._tiles:
            self._tiles[key] = _hashes(self._source, level - above, key[1] * TILE, (key[1] + 1) * TILE)
        within = key[1] * TILE
        return root(self._tiles[key][start - within : end - within])


def prove(source: Source, number: int, count: int) -> list[bytes]:
    """The inclusion proof of leaf `number` in the tree of the first `count` leaves."""
    return inclusion_proof(number, count, Nodes(source))


def _hashes(source: Source, level: int, start: int, end: int) -> list[bytes]:
    """The whole nodes of a level that is kept, from `start` to before `end`, as far as there are any."""
    if level:
        nodes = select(Node.hash).where(Node.level == level, Node.number >= start, Node.number < end)
        return [bytes.fromhex(found) for found in source.execute(nodes.order_by(Node.number)).scalars()]
    events = select(AuditEvent.hash).join(Leaf, Leaf.event_id == AuditEvent.id)
    within = events.where(Leaf.number >= start, Leaf.number < end).order_by(Leaf.number)
    return [leaf_hash(bytes.fromhex(found)) for found in source.execute(within).scalars()]

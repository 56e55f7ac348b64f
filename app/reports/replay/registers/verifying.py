"""The registers' rows against the log: every event about them replayed, every row accounted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import or_, select, type_coerce
from sqlalchemy.types import NullType

from app.audit.models import AuditEvent, EventPrivate
from app.audit.private import SEALED, seal
from app.audit.verification import BATCH, Finding, Source
from app.db import Base
from app.directory.models import Commission, Grant, Person, RoleProposal
from app.directory.territories import Territory
from app.reports.replay.registers import comparing
from app.reports.replay.registers.applying import tell
from app.reports.replay.registers.state import LoggedEvent, Place, Registers
from app.workshops.models import Campaign, Workshop

_KINDS: dict[str, type[Base]] = {
    "person": Person,
    "grant": Grant,
    "role_proposal": RoleProposal,
    "territory": Territory,
    "commission": Commission,
    "campaign": Campaign,
    "workshop": Workshop,
}
_KEYED = {"grant": ("person_id", "role", "territory_id"), "role_proposal": ("person_id", "role")}
"""The columns by which the log names rows that have no number in it."""


def verify_registers(source: Source, tally: Counter[str] | None = None) -> list[Finding]:
    """Replay what the log says of persons, roles, territories, commissions, campaigns and workshops, and compare.

    Kinds: "event" (one that cannot have been), "person", "grant", "role_proposal", "territory", "commission", "campaign",
    "workshop".
    `tally` counts "rows" and "unknown" values. Not replayed: passwords, sign-in secrets, telephone numbers, which the log
    does not hold. No finding says anything of what is known of a person. Reads only; the hashes of the events, and what
    stands beside them, are `app.audit.verification`'s to check: what is not as sealed is unknown here.
    """
    registers = Registers()
    for told in _events(source):
        tell(registers, told)
    findings = [
        Finding("event", stream, seq, f"L’événement {seq} de « {stream} » {what}.")
        for stream, seq, what in registers.doubts
    ]
    return findings + list(comparing.disagreements(registers.lines, _stored(source), tally))


def _events(source: Source) -> Iterator[LoggedEvent]:
    """What can be read of these streams, in order; the rest is the chain's own check to say."""
    query = (
        select(AuditEvent.stream, AuditEvent.body, EventPrivate.salt, EventPrivate.payload)
        .outerjoin(EventPrivate, EventPrivate.event_id == AuditEvent.id)
        .where(or_(AuditEvent.stream == "people", AuditEvent.stream.startswith("campaign:", autoescape=True)))
        .order_by(AuditEvent.stream, AuditEvent.seq)
    )
    for event in source.execute(query, execution_options={"yield_per": BATCH}):
        told = _told(event)
        if told is not None:
            yield told


def _told(event: Any) -> LoggedEvent | None:
    try:
        body = orjson.loads(event.body)
        at = datetime.fromisoformat(body["at"]).astimezone(UTC)
        facts = dict(body["facts"])
        beside = _beside(event, facts.get(SEALED))
        said = {**facts, **(beside or {})}
        return LoggedEvent(
            event.stream,
            int(body["seq"]),
            at,
            str(body["act"]),
            said,
            SEALED not in facts or beside is not None,
            body["actor"],
        )
    except (ValueError, TypeError, KeyError):
        return None


def _beside(event: Any, sealed: Any) -> dict[str, Any] | None:
    """What stands beside the event, where it is there and as it was sealed."""
    try:
        payload = event.payload.encode("utf-8")
        return dict(orjson.loads(payload)) if seal(event.salt, payload) == sealed else None
    except (ValueError, TypeError, AttributeError):
        return None


def _stored(source: Source) -> Iterator[tuple[Place, comparing.Row]]:
    """All rows, as the driver gives them: a spoilt value must not stop the check."""
    for kind, model in _KINDS.items():
        table = model.__table__
        keyed = _KEYED.get(kind, ("id",))
        names = {"id", *comparing.COLUMNS[kind], *keyed}
        columns = [
            type_coerce(column, NullType()).label(column.name) for column in table.columns if column.name in names
        ]
        for row in source.execute(select(*columns).order_by(table.c.id)).mappings():
            key = tuple(row[name] for name in keyed)
            yield (kind, key if len(key) > 1 else key[0]), dict(row)

"""Restorations that were declared: the log went on from an old backup, and says so itself, from when to when.

Each is an event of the log, so that it can be hidden no more than any other; whoever keeps checkpoints of the history that
was left finds it named. What was not declared stays a finding.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select

from app.audit.models import AuditEvent, Leaf
from app.audit.note import Checkpointed
from app.audit.verification import Source
from app.content.typography import french

STREAM = "settings"
ACT = "restored"


@dataclass(frozen=True, slots=True)
class Restoration:
    """`left`: the last checkpoint of the history that was left; `common`: the last one that both share (size 0: none);
    `gone_on`: the log as it stood when this was declared. Each as (size, root in hexadecimal, when, "" where unknown).
    `abandoned`: all checkpoints of the history that was left, as (size, root).
    """

    seq: int
    declared_at: str
    person: int | None
    reason: str
    left: tuple[int, str, str]
    common: tuple[int, str, str]
    gone_on: tuple[int, str, str]
    abandoned: frozenset[tuple[int, str]]

    def covers(self, head: Checkpointed) -> bool:
        """Whether this very checkpoint is one of the history that was left."""
        return (head.size, head.root.hex()) in self.abandoned

    @property
    def sentence(self) -> str:
        common, left = self.common, self.left
        since = f"après le point de contrôle commun de {events_of(common[0])}{_on(common[2])}" if common[0] else ""
        until = f"{events_of(left[0])}{_on(left[2])}"
        return french(
            f"Restauration déclarée {said(self.declared_at)} : l’histoire qui allait jusqu’à {until} est abandonnée "
            f"{since or 'depuis son début'} ; le journal continue de {events_of(self.gone_on[0])}"
            f"{_on(self.gone_on[2])}. Motif : {self.reason}"
        )


def facts(
    places: dict[str, tuple[int, str, str]], abandoned: Iterable[tuple[int, str]], reason: str, person: int
) -> dict[str, Any]:
    """What the event says; `places` are "left", "common" and "gone_on"."""
    names = ("size", "root", "at")
    return {
        **{name: dict(zip(names, place, strict=True)) for name, place in places.items()},
        "abandoned": [[size, root] for size, root in sorted(set(abandoned))],
        "reason": reason,
        "person": person,
    }


def declared(source: Source) -> list[Restoration]:
    """All of them, the oldest first, as the log tells."""
    query = select(AuditEvent.seq, AuditEvent.at, AuditEvent.body, Leaf.number).outerjoin(
        Leaf, Leaf.event_id == AuditEvent.id
    )
    rows = source.execute(query.where(AuditEvent.stream == STREAM, AuditEvent.act == ACT).order_by(AuditEvent.seq))
    return [found for row in rows if (found := _read(row.seq, row.body, row.number)) is not None]


def covering(restorations: Iterable[Restoration], head: Checkpointed) -> Restoration | None:
    return next((each for each in restorations if each.covers(head)), None)


def _read(seq: int, body: str, leaf: int | None) -> Restoration | None:
    """None where it cannot be read, or was not in the log that it says it goes on from."""
    try:
        told = orjson.loads(body)
        facts = told["facts"]
        left, common, gone_on = (
            (int(facts[name]["size"]), str(facts[name]["root"]), str(facts[name]["at"]))
            for name in ("left", "common", "gone_on")
        )
        abandoned = frozenset((int(size), str(root)) for size, root in facts["abandoned"])
        found = Restoration(
            seq, str(told["at"]), facts["person"], str(facts["reason"]), left, common, gone_on, abandoned
        )
    except (ValueError, TypeError, KeyError):
        return None
    return found if leaf is None or leaf >= gone_on[0] else None


def events_of(number: int) -> str:
    return f"{figures(number)} événement{'s' if number > 1 else ''}"


def figures(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")


def said(at: str) -> str:
    """A moment in French, "le 3 mars 2026 à 10 h 12"; empty for none."""
    try:
        moment = datetime.fromisoformat(at)
    except ValueError:
        return ""
    day = "1er" if moment.day == 1 else str(moment.day)
    return f"le {day} {MONTHS[moment.month - 1]} {moment.year} à {moment.hour} h {moment.minute:02}"


MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)


def _on(at: str) -> str:
    return f", {said(at)}" if said(at) else ""

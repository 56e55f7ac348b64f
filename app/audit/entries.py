"""Where each event of the log is filed, so that it is found by person, act, report, part, place, campaign, day and word.

Nothing here is evidence: all of it follows from the sealed events, and the verification compares the two.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Index, Integer, String, insert, text
from sqlalchemy.orm import Mapped, mapped_column

from app.audit.models import AuditEvent
from app.db import Base, db

_EVENT = BigInteger().with_variant(Integer, "sqlite")
MOST_WORDS = 200
"""Different words of one event that can be looked for; what is said beyond is read by opening the event."""
_WORD = re.compile(r"[^\W_]{3,40}")
_DIGEST = re.compile(r"[0-9a-f]{64}")
# What names things for programs; and what personal data may still have to be erased of.
_NOT_SAID = frozenset(
    {"from", "to", "part", "block", "role", "slot", "stage", "level", "choice", "opinion", "majority", "votes", "state"}
    | {"deadline", "before", "email", "phone", "address"}
)


def _filed_under(name: str, only: str = "") -> Index:
    """An index that gives the events of one drawer in order: the event's own number is its last column."""
    limit = text(only) if only else None
    return Index(f"ix_journal_entry_{name}", name, "event_id", sqlite_where=limit, postgresql_where=limit)


class JournalEntry(Base):
    """One event's place in the files. `day` counts from the year 1, in UTC; `place_1` to `place_3` name the region or
    district, and what stands below it down to the territory concerned.
    """

    __tablename__ = "journal_entry"
    __table_args__ = (
        _filed_under("day"),
        _filed_under("actor_id"),
        _filed_under("act"),
        _filed_under("report_id", "report_id IS NOT NULL"),
        _filed_under("part_key", "part_key <> ''"),
        _filed_under("campaign_id", "campaign_id IS NOT NULL"),
        *(_filed_under(f"place_{depth}", f"place_{depth} IS NOT NULL") for depth in (1, 2, 3)),
    )

    event_id: Mapped[int] = mapped_column(_EVENT, primary_key=True, autoincrement=False)
    day: Mapped[int]
    actor_id: Mapped[int | None]
    act: Mapped[str] = mapped_column(String(40))
    report_id: Mapped[int | None]
    part_key: Mapped[str] = mapped_column(String(40))
    campaign_id: Mapped[int | None]
    place_1: Mapped[int | None]
    place_2: Mapped[int | None]
    place_3: Mapped[int | None]


class JournalWord(Base):
    """A word that somebody wrote in an event's facts, without accents or capitals."""

    __tablename__ = "journal_word"
    __table_args__ = ({"sqlite_with_rowid": False},)

    word: Mapped[str] = mapped_column(String(40), primary_key=True)
    event_id: Mapped[int] = mapped_column(_EVENT, primary_key=True, autoincrement=False)


@dataclass(frozen=True, slots=True)
class Where:
    """What territory an event concerns, as the path from the root ("/3/17/"; "" for none), and which campaign."""

    path: str = ""
    campaign: int | None = None


NOWHERE = Where()


def file(event: AuditEvent, facts: Mapping[str, Any], where: Where) -> None:
    """File a new event; it must have been flushed."""
    row = entry(event.id, event.at, event.actor_id, event.act, facts, where)
    db.session.execute(insert(JournalEntry).values(row))
    if said := words_of(event.stream, facts):
        db.session.execute(insert(JournalWord), [{"word": word, "event_id": event.id} for word in said])


def entry(
    event_id: int, at: datetime, actor_id: int | None, act: str, facts: Mapping[str, Any], where: Where
) -> dict[str, Any]:
    """The row of `journal_entry` that follows from an event."""
    report, part = facts.get("report"), facts.get("part")
    steps = [int(step) for step in where.path.split("/") if step]
    first, second, third = [*steps, None, None, None][:3]
    return {
        "event_id": event_id,
        "day": at.astimezone(UTC).toordinal(),
        "actor_id": actor_id,
        "act": act,
        "report_id": report if isinstance(report, int) else None,
        "part_key": part if isinstance(part, str) else "",
        "campaign_id": where.campaign,
        "place_1": first,
        "place_2": second,
        "place_3": third,
    }


def words_of(stream: str, facts: Mapping[str, Any]) -> list[str]:
    """The words people wrote in these facts, each once, in the order of the alphabet, MOST_WORDS at most.

    None of the events about persons and their accounts: what is said of a person there may have to be erased.
    """
    if stream in ("people", "access"):
        return []
    return sorted({word for said in _texts(facts) for word in folded(said)})[:MOST_WORDS]


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if not _DIGEST.fullmatch(value):
            yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if key not in _NOT_SAID:
                yield from _texts(item)
    elif isinstance(value, Iterable):
        for item in value:
            yield from _texts(item)


def folded(said: str) -> list[str]:
    """The words of three letters and more, without accents or capitals: what is filed and what is looked for."""
    plain = unicodedata.normalize("NFD", said.lower().replace("œ", "oe").replace("æ", "ae"))
    return _WORD.findall("".join(sign for sign in plain if not unicodedata.combining(sign)))

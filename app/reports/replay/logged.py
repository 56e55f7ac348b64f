"""What the log tells of one thing of a report: an event, a version of a part, an amendment, a ballot, a signature."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.content.canonical import digest
from app.reports.models.report import AmendmentState, Origin


@dataclass(frozen=True, slots=True)
class ReportEvent:
    """What replaying needs of one event of the log."""

    seq: int
    at: datetime
    act: str
    actor: int | None
    role: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class LoggedRevision:
    """A revision as the log tells it."""

    at: datetime
    hash: str
    runs: str
    """The hash of who wrote each word."""
    parent: int
    author: int | None
    role: str | None
    """None where the log does not say."""
    origin: Origin
    merged: bool = False
    amendment: int | None = None
    adopted_by: int | None = None
    salted: bool = False
    """Whether its text stands beside its row, and its hash is salted."""


@dataclass(frozen=True, slots=True)
class LoggedAmendment:
    """An amendment as the log tells it."""

    at: datetime
    part: str
    base: int
    hash: str
    author: int | None
    reason: str
    deposit: int
    formal: bool
    comment: int | None
    state: AmendmentState
    opinion: str | None = None
    opinion_text: str = ""
    opinion_by: int | None = None
    decided_by: int | None = None
    decided_at: datetime | None = None
    decision_reason: str = ""


@dataclass(frozen=True, slots=True)
class Adoption:
    """An amendment made in a part, which read as revision `parent`; the numbers of the author's and the president's text.

    `by_hand`: words clashed, and the president chose between them.
    """

    amendment: int
    part: str
    parent: int
    number: int | None
    modified: int | None
    by_hand: bool


@dataclass(frozen=True, slots=True)
class LoggedComment:
    """An observation as the log tells it; `quote` and `text` are the hashes of its words."""

    at: datetime
    author: int | None
    role: str
    thread: int
    part: str
    revision: int
    block: str
    quote: str
    text: str
    mention: int | None
    resolved_by: int | None = None
    resolved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LoggedBallot:
    """A ballot as the log tells it."""

    at: datetime
    choice: str
    reason: str
    text_hash: str
    stands: bool = True
    cast_by: int | None = None


@dataclass(frozen=True, slots=True)
class Mandate:
    """A proxy as the log tells it."""

    at: datetime
    holder: int | None
    ended_at: datetime | None = None


NO_DETAILS = digest(b"")


@dataclass(frozen=True, slots=True)
class Seal:
    """A signature as the log tells it."""

    at: datetime
    slot: str
    person: int | None
    final_hash: str
    file_hash: str
    way: str = "electronic"
    details: str = NO_DETAILS
    attester: int | None = None
    void: bool = False

"""A paper and a substitution as the log of their report tells them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.reports.models.scan import ScanState


@dataclass(frozen=True, slots=True)
class LoggedScan:
    """A scan as the log tells it."""

    at: datetime
    final_hash: str
    file: str
    pages: int
    slots: tuple[str, ...]
    placed: tuple[int, ...]
    kept_at: str
    filed_by: int | None
    state: ScanState = ScanState.FILED
    settled_by: int | None = None
    settled_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class StandIn:
    """A substitution as the log tells it."""

    at: datetime
    slot: str
    person: int
    named: int
    document: str
    reference: str
    by: int | None
    ended: bool = False

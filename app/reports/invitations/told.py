"""An invitation to sign as the log tells it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Invite:
    """An invitation to sign by code, as the log tells it; `code` is the hash of the hash that is kept."""

    at: datetime
    slot: str
    signatory: int
    by: int | None
    deadline: str
    token: str
    code: str
    ended: str | None = None
    ended_at: datetime | None = None

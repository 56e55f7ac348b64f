"""An invitation to sign as the log tells it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Invite:
    """An invitation to sign by code, as the log tells it; `code` is the hash of the hash that is kept.

    `code_by` drew it; nobody of his own where the log tells of both secrets in one event, as it once did.
    """

    at: datetime
    slot: str
    signatory: int
    by: int | None
    deadline: str
    token: str
    code: str
    code_by: int | None = None
    code_at: datetime | None = None
    ended: str | None = None
    ended_at: datetime | None = None

"""A file beside a report as the log tells it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class LoggedAttachment:
    """A file beside the report, as the log tells it."""

    at: datetime
    kind: str
    name: str
    media_type: str
    size: int
    file: str
    author: int | None
    role: str
    withdrawn_by: int | None = None
    withdrawn_at: datetime | None = None

"""The rows of one report as the driver gives them: a spoilt value must not stop what compares them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.content.blocks import Content
from app.reports.models.report import decode
from app.reports.replay.private_texts import PrivateTexts

Row = Any
"""A row with the columns of its table, each value as the driver gives it."""


@dataclass
class StoredReport:
    """The rows of one report; parts by key, revisions by (part, number)."""

    report: Row = None
    parts: dict[str, Row] = field(default_factory=dict)
    revisions: dict[tuple[str, int], Row] = field(default_factory=dict)
    beside: PrivateTexts = field(default_factory=PrivateTexts)
    amendments: list[Row] = field(default_factory=list)
    comments: list[Row] = field(default_factory=list)
    ballots: list[Row] = field(default_factory=list)
    proxies: list[Row] = field(default_factory=list)
    read_marks: list[Row] = field(default_factory=list)
    signatures: list[Row] = field(default_factory=list)
    invitations: list[Row] = field(default_factory=list)
    attachments: list[Row] = field(default_factory=list)
    papers: list[Row] = field(default_factory=list)

    def content(self, revision: Row) -> Content | None:
        """The stored text of a revision; None where it is gone, or cannot be read, which its hash says already."""
        try:
            return decode(text) if (text := self.beside.text(revision)) else None
        except (ValueError, KeyError, TypeError):
            return None

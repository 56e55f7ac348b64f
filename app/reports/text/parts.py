"""The parts of a report with their current texts, as those see them who work on it, and as readers do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from app import template
from app.content.blocks import Content
from app.content.canonical import content_bytes
from app.db import db
from app.reports.models.report import Report, ReportPart, Revision, decode
from app.reports.text import erased
from app.reports.text.masked import for_readers
from app.reports.text.photographs import shown


@dataclass(frozen=True, slots=True)
class PartView:
    """One part as the page shows it, with its current revision's number, hash and stored text."""

    part: template.Part
    number: int
    content_json: str
    content_hash: str
    filled: bool
    open_amendments: int

    @property
    def content(self) -> Content:
        return decode(self.content_json)

    @property
    def missing(self) -> bool:
        return bool(self.part.required_zones) and not self.filled and not self.part.optional


def part_views(report: Report, waiting: Mapping[str, int] | None = None) -> list[PartView]:
    """The report's stored parts in the template's order, each with its current content: one query, two where one is gone.

    `waiting` counts the undecided amendments by part.
    """
    rows = db.session.execute(
        select(ReportPart.key, ReportPart.number, ReportPart.filled, Revision.hash, Revision.content_json)
        .join(Revision, (Revision.part_id == ReportPart.id) & (Revision.number == ReportPart.number))
        .where(ReportPart.report_id == report.id)
    ).all()
    stored = {row.key: row for row in rows}
    texts = erased.stated(report.id, {(row.key, row.number): row.content_json for row in rows})
    return [
        PartView(part, row.number, texts[part.key, row.number], row.hash, row.filled, (waiting or {}).get(part.key, 0))
        for part in template.STORED
        if (row := stored.get(part.key))
    ]


def as_published(parts: Sequence[PartView]) -> list[PartView]:
    """The parts as readers of published reports see them: the attendance list masked, and no photograph without the
    consent of those in it. Who works on the report sees them whole.
    """
    return [_FOR_READERS[view.part.key](view) if view.part.key in _FOR_READERS else view for view in parts]


def _masked(view: PartView) -> PartView:
    return replace(view, content_json=for_readers(view.content_json))


def _with_consent(view: PartView) -> PartView:
    agreed = tuple(block for block in view.content if shown(block))
    return replace(view, content_json=content_bytes(agreed).decode("utf-8"))


_FOR_READERS: dict[str, Callable[[PartView], PartView]] = {
    "attendance": _masked,
    "photographs": _with_consent,
}

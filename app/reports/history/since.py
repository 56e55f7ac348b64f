"""What has changed in a report since a moment: part by part, word by word."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import func, select

from app import template
from app.audit.models import AuditEvent
from app.content.diff import BlockChange, Op, PieceState, Words, compare
from app.db import db
from app.reports.history.versions import labelled
from app.reports.models.report import Report, ReportPart, Revision, decode
from app.reports.text import erased, masthead


@dataclass(frozen=True, slots=True)
class Reworded:
    """A part that reads otherwise now: its revisions then and now, and the blocks that differ, in reading order."""

    part: template.Part
    then: int
    now: int
    changes: Sequence[BlockChange]

    def labelled(self, change: BlockChange) -> list[tuple[str, Words]]:
        """The fields of one of the changes: those that differ, or all of a block that came, went or moved."""
        touched = {
            name: words
            for name, words in change.fields.items()
            if change.state is not PieceState.CHANGED or any(op is not Op.EQUAL for op, _ in words)
        }
        return labelled(self.part, change.zone, touched)


def since(report: Report, moment: datetime) -> list[Reworded]:
    """The parts whose words or order differ from what stood at that moment, in the template's order: two queries."""
    now = _texts(report, ReportPart.number)
    then = _texts(report, _newest_by(moment))
    return [
        Reworded(part, then[part.key][0], now[part.key][0], changes)
        for part in template.STORED
        if part.key in now and part.key in then and then[part.key] != now[part.key]
        if (changes := _between(then[part.key][1], now[part.key][1]))
    ]


def reheaded(report: Report, moment: datetime) -> list[tuple[str, str, str]]:
    """What of the masthead differs from what stood at that moment: its name, then and now. One query."""
    kept = masthead.kept(report)
    told = select(AuditEvent.body).where(
        AuditEvent.stream == f"report:{report.id}", AuditEvent.act.in_(masthead.KEPT_BY), AuditEvent.at <= moment
    )
    bodies = db.session.scalars(told.order_by(AuditEvent.seq.desc())).all()
    then = next((facts["masthead"] for body in bodies if "masthead" in (facts := orjson.loads(body)["facts"])), None)
    return masthead.changes(then, kept) if then is not None and kept else []


def _newest_by(moment: datetime) -> object:
    """The number of a part's newest revision at that moment."""
    return (
        select(func.max(Revision.number))
        .where(Revision.part_id == ReportPart.id, Revision.at <= moment)
        .correlate(ReportPart)
        .scalar_subquery()
    )


def _texts(report: Report, number: object) -> dict[str, tuple[int, str]]:
    """By part, the revision of that number and its stored text."""
    rows = db.session.execute(
        select(ReportPart.key, Revision.number, Revision.content_json)
        .join(Revision, (Revision.part_id == ReportPart.id) & (Revision.number == number))
        .where(ReportPart.report_id == report.id)
    )
    texts = {(row.key, row.number): row.content_json for row in rows}
    return {key: (number, text) for (key, number), text in erased.stated(report.id, texts).items()}


def _between(then: str, now: str) -> list[BlockChange]:
    return [change for change in compare(decode(then), decode(now)) if change.state is not PieceState.SAME]

"""Amendments overtaken by the text: the words they touch have changed, and they are to be looked at again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select

from app import template
from app.content import changes
from app.content.blocks import Content
from app.db import db
from app.reports.models.report import Amendment, AmendmentState, Report, ReportPart, Revision, decode


def overtake(report: Report) -> list[int]:
    """Put to review the amendments waiting on any part that the text no longer takes as they are.

    Answers with their numbers in order. At most two queries, whatever their number.
    """
    waiting = undecided(report, None, _WAITING)
    return _review(waiting, contents(report, {each.part_key for each in waiting}) if waiting else {})


def overtake_on(report: Report, key: str, content: Content) -> list[int]:
    """The same of the amendments on part `key` alone, whose text is now `content`: one query."""
    return _review(undecided(report, key, _WAITING), {key: content})


_WAITING = (AmendmentState.OPEN, AmendmentState.DEFERRED)


def _review(waiting: Iterable[Amendment], texts: Mapping[str, Content]) -> list[int]:
    found = [each for each in waiting if is_overtaken(each.change, texts.get(each.part_key))]
    for amendment in found:
        amendment.state = AmendmentState.REVIEW
    return [amendment.number for amendment in found]


def is_overtaken(change: changes.Change, content: Content | None) -> bool:
    """Whether `content` (None: the part is no more) does not take the change as it is."""
    return content is None or changes.overtaken(change, content)


def undecided(report: Report, key: str | None, states: tuple[AmendmentState, ...]) -> list[Amendment]:
    """The report's amendments in these states, of one part or of all, by number."""
    query = select(Amendment).where(Amendment.report_id == report.id, Amendment.state.in_(states))
    if key is not None:
        query = query.where(Amendment.part_key == key)
    return list(db.session.scalars(query.order_by(Amendment.number)))


def contents(report: Report, keys: set[str]) -> dict[str, Content]:
    """The current texts of these parts, of those that are still parts of the report."""
    rows = db.session.execute(
        select(ReportPart.key, Revision.content_json)
        .join(Revision, (Revision.part_id == ReportPart.id) & (Revision.number == ReportPart.number))
        .where(ReportPart.report_id == report.id, ReportPart.key.in_(keys))
    )
    return {key: decode(stored) for key, stored in rows if key in template.BY_KEY}

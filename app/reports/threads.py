"""The threads of observations beside a report: each with its answers, and where its passage stands now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app import template
from app.content import passages
from app.content.passages import Place, Readings, Standing
from app.db import db
from app.people.models import Person
from app.reports.models import Amendment, Comment, Report, ReportPart, Revision, decode
from app.reports.proposals import Proposal


@dataclass(frozen=True, slots=True)
class Thread:
    """An observation with its answers; `place` is where its passage stands now, `amendments` what grew out of it."""

    first: Comment
    answers: Sequence[Comment]
    part: template.Part
    place: Place
    amendments: Sequence[int] = ()

    @property
    def number(self) -> int:
        return self.first.number

    @property
    def open(self) -> bool:
        return self.first.resolved_at is None

    @property
    def lost(self) -> bool:
        """Whether its passage is no longer there as it was."""
        return self.place.standing in (Standing.CHANGED, Standing.GONE)


def threads(
    report: Report, texts: Mapping[str, str] | None = None, amendments: Iterable[Proposal] | None = None
) -> list[Thread]:
    """The report's threads: open ones first, in the document's order; then those that are settled, the same.

    One query, and one each for the parts' stored texts by key and the amendments where they are not given.
    """
    if not report.comment_count:
        return []
    answers: dict[int, list[Comment]] = defaultdict(list)
    firsts: list[Comment] = []
    for row in _rows(report):
        firsts.append(row) if row.number == row.thread else answers[row.thread].append(row)
    stored = _texts(report, {row.part_key for row in firsts}) if texts is None else texts
    grown = _grown(report, amendments)
    found = [_thread(first, answers[first.number], stored, grown[first.number]) for first in firsts]
    return sorted(found, key=lambda thread: _order(thread, stored))


def _rows(report: Report) -> Sequence[Comment]:
    people = [
        joinedload(each).lazyload(Person.grants) for each in (Comment.author, Comment.mention, Comment.resolved_by)
    ]
    query = select(Comment).where(Comment.report_id == report.id).order_by(Comment.number)
    return db.session.scalars(query.options(*people)).all()


def _texts(report: Report, keys: set[str]) -> dict[str, str]:
    current = (Revision.part_id == ReportPart.id) & (Revision.number == ReportPart.number)
    rows = db.session.execute(
        select(ReportPart.key, Revision.content_json)
        .join(Revision, current)
        .where(ReportPart.report_id == report.id, ReportPart.key.in_(keys))
    )
    return {row.key: row.content_json for row in rows}


def _grown(report: Report, amendments: Iterable[Proposal] | None) -> dict[int, list[int]]:
    """By observation, the numbers of the amendments that grew out of it."""
    grown: dict[int, list[int]] = defaultdict(list)
    if amendments is None:
        query = select(Amendment.comment, Amendment.number).where(Amendment.report_id == report.id)
        pairs = [(row.comment, row.number) for row in db.session.execute(query)]
    else:
        pairs = [(each.comment, each.number) for each in amendments]
    for observation, number in sorted((pair for pair in pairs if pair[0] is not None), key=lambda pair: pair[1]):
        grown[observation].append(number)
    return grown


def _thread(first: Comment, answers: Sequence[Comment], texts: Mapping[str, str], amendments: Sequence[int]) -> Thread:
    read = read_part(texts[first.part_key]) if first.block_id else {}
    return Thread(
        first,
        answers,
        template.BY_KEY[first.part_key],
        passages.place(first.block_id, first.quote, read),
        amendments,
    )


@lru_cache(maxsize=256)
def read_part(content_json: str) -> Readings:
    """The words of a stored part, block by block."""
    return passages.readings(decode(content_json))


_PARTS = [part.key for part in template.PARTS]


def _order(thread: Thread, texts: Mapping[str, str]) -> tuple[bool, int, int, int, int]:
    """Of one part: what is about the whole of it, then passages as they follow each other, then those that are gone."""
    at, within = 0, 0
    if thread.place.block:
        read = read_part(texts[thread.part.key])
        at = list(read).index(thread.place.block)
        within = read[thread.place.block][-1].find(thread.first.quote)
    group = {Standing.PART: 0, Standing.GONE: 2}.get(thread.place.standing, 1)
    return not thread.open, _PARTS.index(thread.part.key) * 3 + group, at, within, thread.number

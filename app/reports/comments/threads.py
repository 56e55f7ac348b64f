"""The threads of observations beside a report: each with its answers, and where its passage stands now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload

from app import template
from app.content import passages
from app.content.blocks import BlockKind
from app.content.passages import PassagePlace, PassageState, Readings
from app.content.typography import french
from app.db import db
from app.directory.models import Person
from app.reports.amending.listing import AmendmentRow
from app.reports.models.report import Amendment, Comment, Report, ReportPart, Revision, decode


@dataclass(frozen=True, slots=True)
class Thread:
    """An observation with its answers; `place` is where its passage stands now, `amendments` what grew out of it.

    `words` are those of the passage as they stand there, `spot` says of a passage that was moved which paragraph it is in.
    """

    first: Comment
    answers: Sequence[Comment]
    part: template.Part
    place: PassagePlace
    amendments: Sequence[int] = ()
    words: str = ""
    spot: str = ""

    @property
    def number(self) -> int:
        return self.first.number

    @property
    def open(self) -> bool:
        return self.first.resolved_at is None

    @property
    def there(self) -> str:
        """The address, within the report's page, of the words of the passage: its part where a browser knows no better."""
        spoken = quote(french(self.words), safe="").replace("-", "%2D")
        return f"#part-{self.part.key}:~:text={spoken}"

    @property
    def lost(self) -> bool:
        """Whether its passage is no longer there as it was."""
        return self.place.standing in (PassageState.CHANGED, PassageState.GONE)


def threads(
    report: Report, texts: Mapping[str, str] | None = None, amendments: Iterable[AmendmentRow] | None = None
) -> list[Thread]:
    """The report's threads: open ones first, in the document's order; then those that are settled, the same.

    One query, and one each for the parts' stored texts by key and the amendments where they are not given, and for the
    texts that passages were pointed at in which are no longer where they were.
    """
    if not report.comment_count:
        return []
    answers: dict[int, list[Comment]] = defaultdict(list)
    firsts: list[Comment] = []
    for row in _rows(report):
        firsts.append(row) if row.number == row.thread else answers[row.thread].append(row)
    stored = _texts(report, {row.part_key for row in firsts}) if texts is None else texts
    grown = _grown(report, amendments)
    before = _before(report, firsts, stored)
    found = [_thread(first, answers[first.number], stored, before, grown[first.number]) for first in firsts]
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


def _grown(report: Report, amendments: Iterable[AmendmentRow] | None) -> dict[int, list[int]]:
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


def _before(report: Report, firsts: Iterable[Comment], texts: Mapping[str, str]) -> dict[tuple[str, int], str]:
    """By part and revision, the texts in which passages were pointed at that no longer stand where they did."""
    wanted = {(first.part_key, first.revision) for first in firsts if first.block_id and not _still(first, texts)}
    if not wanted:
        return {}
    one_of = or_(*(and_(ReportPart.key == key, Revision.number == number) for key, number in sorted(wanted)))
    rows = db.session.execute(
        select(ReportPart.key, Revision.number, Revision.content_json)
        .join(Revision, Revision.part_id == ReportPart.id)
        .where(ReportPart.report_id == report.id, one_of)
    )
    return {(row.key, row.number): row.content_json for row in rows if row.content_json}


def _still(first: Comment, texts: Mapping[str, str]) -> bool:
    return passages.stands(first.quote, read_part(texts[first.part_key]).get(first.block_id, ()), either=True)


def _thread(
    first: Comment,
    answers: Sequence[Comment],
    texts: Mapping[str, str],
    before: Mapping[tuple[str, int], str],
    amendments: Sequence[int],
) -> Thread:
    text = texts[first.part_key] if first.block_id else "[]"
    read = read_part(text)
    then = before.get((first.part_key, first.revision))
    place = passages.place(first.block_id, first.quote, read, read_part(then) if then else None)
    here = read.get(place.block, ()) if place.standing in (PassageState.PRESENT, PassageState.MOVED) else ()
    words = passages.as_it_stands(first.quote, here) or passages.picked(first.quote, here)
    spot = _spot(text, place.block) if place.standing is PassageState.MOVED else ""
    return Thread(first, answers, template.BY_KEY[first.part_key], place, amendments, words, spot)


def _spot(content_json: str, block_id: str) -> str:
    """Where a block is found, in words: paragraphs are counted, and rows, of all the part."""
    content, read = decode(content_json), read_part(content_json)
    row = next(block for block in content if block.id == block_id).kind is BlockKind.ROW
    alike = [block.id for block in content if (block.kind is BlockKind.ROW) is row and block.id in read]
    return f"{'à la ligne' if row else 'dans le paragraphe'} {alike.index(block_id) + 1}"


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
        within = passages.where(thread.first.quote, read[thread.place.block][-1])
    group = {PassageState.PART: 0, PassageState.GONE: 2}.get(thread.place.standing, 1)
    return not thread.open, _PARTS.index(thread.part.key) * 3 + group, at, within, thread.number

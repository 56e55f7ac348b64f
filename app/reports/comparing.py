"""Texts at two moments laid side by side, part by part, as words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, or_, select

from app import template
from app.content.blocks import Content
from app.content.canonical import content_hash
from app.content.diff import compare
from app.db import db
from app.reports.models import ReportPart, Revision, decode
from app.reports.versions import Passage, passages

Numbers = Mapping[str, int]
"""By part, the number of its revision; a part that is not there, or 0, is empty."""
EMPTY = ("", "[]")


@dataclass(frozen=True, slots=True)
class Compared:
    """One part that differs: its numbers on either side (0: nothing, or a text that is no revision), and what changed."""

    part: template.Part
    older: int
    newer: int
    passages: Sequence[Passage]


def between(report_id: int, older: Numbers, newer: Numbers) -> list[Compared]:
    """The parts that differ, in the template's order; those of one hash are skipped. One query."""
    pairs = {key: (older.get(key, 0), number) for key, number in newer.items() if older.get(key, 0) != number}
    texts = _texts(report_id, pairs)
    found = []
    for part in template.STORED:
        before, after = pairs.get(part.key, (0, 0))
        old_hash, old = texts.get((part.key, before), EMPTY)
        new_hash, new = texts.get((part.key, after), EMPTY)
        if old_hash != new_hash:
            found.append(_compared(part, before, after, decode(old), decode(new)))
    return found


def against(report_id: int, numbers: Numbers, contents: Mapping[str, Content]) -> list[Compared]:
    """The parts whose text in `contents` (by key) is not that of the revisions `numbers`. One query."""
    texts = _texts(report_id, {key: (number, number) for key, number in numbers.items()})
    found = []
    for part in template.STORED:
        number = numbers.get(part.key, 0)
        kept, told = texts.get((part.key, number), EMPTY)[1], contents.get(part.key, ())
        if content_hash(decode(kept)) != content_hash(told):
            found.append(_compared(part, number, 0, decode(kept), told))
    return found


def _compared(part: template.Part, older: int, newer: int, before: Content, after: Content) -> Compared:
    return Compared(part, older, newer, list(passages(part, compare(before, after), {}, whole=False)))


def _texts(report_id: int, pairs: Mapping[str, tuple[int, int]]) -> dict[tuple[str, int], tuple[str, str]]:
    """Hash and stored text by part and number."""
    if not pairs:
        return {}
    wanted = or_(*(and_(ReportPart.key == key, Revision.number.in_(set(numbers))) for key, numbers in pairs.items()))
    rows = db.session.execute(
        select(ReportPart.key, Revision.number, Revision.hash, Revision.content_json)
        .join(Revision, Revision.part_id == ReportPart.id)
        .where(ReportPart.report_id == report_id, wanted)
    )
    return {(row.key, row.number): (row.hash, row.content_json) for row in rows}


def texts_at(report_id: int, numbers: Numbers) -> dict[str, str]:
    """The stored text of each part at these revisions, by key. One query."""
    found = _texts(report_id, {key: (number, number) for key, number in numbers.items()})
    return {key: text for (key, _), (_, text) in found.items()}

"""Texts at two moments laid side by side, part by part, as words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, or_, select

from app import template
from app.audit import private
from app.content.blocks import Content
from app.content.canonical import content_bytes, content_hash
from app.content.diff import Op, PieceState, compare
from app.db import db
from app.reports.history.versions import ComparedBlock, passages
from app.reports.models.report import ReportPart, Revision, decode
from app.reports.text import erased
from app.workshops.texts.versions import KINDS, texts

Numbers = Mapping[str, int]
"""By part, the number of its revision; a part that is not there, or 0, is empty."""
EMPTY = ("", "[]")
Salts = Mapping[str, str]
"""By part, what the hash of its text is salted with."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One part that differs: its numbers on either side (0: nothing, or a text that is no revision), and what changed."""

    part: template.Part
    older: int
    newer: int
    passages: Sequence[ComparedBlock]


def between(report_id: int, older: Numbers, newer: Numbers) -> list[Compared]:
    """The parts that differ, in the template's order; those of one hash or text are skipped. One query, two where a text
    is gone.
    """
    pairs = {key: (older.get(key, 0), number) for key, number in newer.items() if older.get(key, 0) != number}
    texts = _texts(report_id, pairs)
    found = []
    for part in template.STORED:
        before, after = pairs.get(part.key, (0, 0))
        old_hash, old = texts.get((part.key, before), EMPTY)
        new_hash, new = texts.get((part.key, after), EMPTY)
        if old_hash != new_hash and old != new:
            found.append(_compared(part, before, after, decode(old), decode(new)))
    return found


def against(report_id: int, numbers: Numbers, contents: Mapping[str, Content], salts: Salts) -> list[Compared]:
    """The parts whose text in `contents` (by key) is not that of the revisions `numbers`. One query.

    A text that was erased here is known by its hash, with the salt that came along with `contents`.
    """
    texts = _texts(report_id, {key: (number, number) for key, number in numbers.items()})
    found = []
    for part in template.STORED:
        number = numbers.get(part.key, 0)
        (sealed, kept), told = texts.get((part.key, number), EMPTY), contents.get(part.key, ())
        if not _same(decode(kept), sealed, salts.get(part.key, ""), told):
            found.append(_compared(part, number, 0, decode(kept), told))
    return found


def _same(kept: Content, sealed: str, salt: str, told: Content) -> bool:
    if not erased.told_by(kept):
        return content_hash(kept) == content_hash(told)
    try:
        return private.seal(salt, content_bytes(told)) == sealed
    except ValueError:
        return False


def of_contents(before: Mapping[str, Content], after: Mapping[str, Content]) -> list[Compared]:
    """The parts of two texts, by key, that differ. No query."""
    pairs = [(part, before.get(part.key, ()), after.get(part.key, ())) for part in template.STORED]
    return [_compared(part, 0, 0, old, new) for part, old, new in pairs if content_hash(old) != content_hash(new)]


def of_campaign(campaign_id: int, kind: str, older: int, newer: int) -> Compared | None:
    """Two versions of a campaign's terms or programme (`kind`); `older` 0 is an empty one. None where they are the same.

    One query. Raises LookupError where one of them was not kept.
    """
    found = texts(campaign_id, kind, older, newer)
    before = found[older].content if older else ()
    if older and found[older].hash == found[newer].hash:
        return None
    return _compared(KINDS[kind], older, newer, before, found[newer].content)


def _compared(part: template.Part, older: int, newer: int, before: Content, after: Content) -> Compared:
    """Beside a text that is gone nothing can be compared: it is said."""
    said = dict.fromkeys(text for text in (erased.told_by(before), erased.told_by(after)) if text)
    if said:
        return Compared(
            part, older, newer, [ComparedBlock(PieceState.SAME, [("", ((Op.EQUAL, text),))], ()) for text in said]
        )
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
    found = {(row.key, row.number): (row.hash, row.content_json) for row in rows}
    stated = erased.stated(report_id, {place: text for place, (_, text) in found.items()})
    return {place: (sealed, stated[place]) for place, (sealed, _) in found.items()}


def texts_at(report_id: int, numbers: Numbers) -> dict[str, str]:
    """The stored text of each part at these revisions, by key. One query."""
    found = _texts(report_id, {key: (number, number) for key, number in numbers.items()})
    return {key: text for (key, _), (_, text) in found.items()}

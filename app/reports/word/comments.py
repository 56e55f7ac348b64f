"""The comments of a returned file that are no observations of the report yet, and the passages they are about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app import template
from app.content.passages import one_line
from app.db import db
from app.documents.word.margins import MarginComment
from app.documents.word.reading import Copy, WordParagraph
from app.reports.models.report import Comment, Report
from app.reports.word.gathering import Gathered
from app.reports.word.placing import Placement


@dataclass(frozen=True, slots=True)
class Observation:
    """A new comment of the file: `key` names it in forms; `thread`: the number of the observation it answers.

    One that stands beside no part is told of the first.
    """

    key: str
    author: str
    at: str
    text: str
    part: template.Part
    block: str = ""
    quote: str = ""
    thread: int | None = None


def observations(report: Report, copy: Copy, said: Gathered) -> list[Observation]:
    """Those of the file's comments whose words nobody has written as an observation of this report."""
    known = _known(report)
    return [
        _observation(number, note, copy, said, known)
        for number, note in copy.notes.items()
        if note.text and one_line(note.text) not in known
    ]


def _known(report: Report) -> dict[str, int]:
    """The threads by the words of their observations."""
    if not report.comment_count:
        return {}
    rows = db.session.execute(select(Comment.text, Comment.thread).where(Comment.report_id == report.id))
    return {one_line(text): thread for text, thread in rows}


def _observation(number: str, note: MarginComment, copy: Copy, said: Gathered, known: dict[str, int]) -> Observation:
    parent = copy.notes.get(note.parent)
    thread = known.get(one_line(parent.text)) if parent else None
    paragraph, spot = next(_beside(number, said.spots), (None, Placement()))
    part = template.BY_KEY[spot.part]
    told_of = part if part.kind is not template.PartKind.DERIVED else template.STORED[0]
    quote = _quoted(number, paragraph) if paragraph else ""
    return Observation(number, note.author, note.at, note.text, told_of, spot.block or "", quote, thread)


def _beside(number: str, spots: Sequence[tuple[WordParagraph, Placement]]) -> Iterator[tuple[WordParagraph, Placement]]:
    return ((paragraph, spot) for paragraph, spot in spots if any(each[0] == number for each in paragraph.comments))


def _quoted(number: str, paragraph: WordParagraph) -> str:
    """The words that the comment is on, as they stand."""
    _, start, end = next(each for each in paragraph.comments if each[0] == number)
    position = 0
    words = ""
    for run in paragraph.runs:
        if run.deleted is None:
            words += run.text[max(0, start - position) : max(0, end - position)]
        position += len(run.text)
    return one_line(words)

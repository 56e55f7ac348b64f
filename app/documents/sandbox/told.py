"""What the reading process tells of a Word file, as the objects that it told of."""

from __future__ import annotations

from typing import Any

from app.documents.word.margins import MarginComment
from app.documents.word.reading import Copy, Run, TrackedBy, WordParagraph

Told = dict[str, Any]


def copy(told: Told) -> Copy:
    notes = {number: MarginComment(**note) for number, note in told["notes"].items()}
    return Copy(tuple(map(_paragraph, told["paragraphs"])), notes, told["properties"], tuple(told["extras"]))


def _paragraph(told: Told) -> WordParagraph:
    return WordParagraph(
        runs=tuple(map(_run, told["runs"])),
        style=told["style"],
        level=told["level"],
        listed=told["listed"],
        bookmarks=tuple(told["bookmarks"]),
        came=_mark(told["came"]),
        went=_mark(told["went"]),
        cell=tuple(told["cell"]) if told["cell"] else None,
        comments=tuple((number, start, end) for number, start, end in told["comments"]),
        extras=tuple(told["extras"]),
        images=tuple(told["images"]),
    )


def _run(told: Told) -> Run:
    return Run(**{**told, "inserted": _mark(told["inserted"]), "deleted": _mark(told["deleted"])})


def _mark(told: Told | None) -> TrackedBy | None:
    return TrackedBy(**told) if told else None

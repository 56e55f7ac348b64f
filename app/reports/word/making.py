"""The report as a Word file: its text, what is proposed in it as tracked changes, what is observed as comments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache

from app import template
from app.content.blocks import Content
from app.content.canonical import canonical
from app.content.changes import Change
from app.documents.pdf import RenderingFailed, render_apart
from app.documents.pictures import stand_in
from app.documents.store import Store
from app.documents.tree import Document, Picture
from app.documents.word.markup import WordComment, WordWriter
from app.documents.word.writing import Edition, write
from app.reports.amending.listing import AmendmentRow
from app.reports.comments.threads import Thread
from app.reports.models.report import Comment, Report
from app.reports.output import document
from app.reports.output.report_pdf import with_files
from app.reports.text.parts import PartView
from app.reports.word.manifest import Manifest
from app.reports.word.tagging import Proposed, Tagged, tag
from app.workflow import SETTLED


def word_file(
    report: Report,
    parts: Sequence[PartView],
    key: bytes,
    made_on: datetime,
    *,
    amendments: Sequence[AmendmentRow] = (),
    threads: Sequence[Thread] = (),
    store: Store | None = None,
) -> bytes:
    """The .docx of the report as these parts have it, with these amendments as tracked changes and the open threads as
    comments. `key` seals what the file says of itself; `store` keeps the photographs: a report without any does without.
    Raises `documents.pdf.RenderingFailed` where a photograph is not to be had.
    """
    contents = {view.part.key: view.content for view in parts}
    project = report.stage not in SETTLED
    numbers = {view.part.key: view.number for view in parts}
    made = tag(report, contents, numbers, proposals(amendments), project=project)
    slip = Manifest(
        report.id,
        numbers,
        report.text_hash,
        tuple(amendment.number for amendment in amendments),
    )
    edition = Edition(
        made_on,
        pages=_pages(document.whole(report, contents, project=project), made_on),
        names=made.names,
        voices={each.number: WordWriter(each.author.name, each.at) for each in amendments},
        remarks=tuple(_remarks(threads, made, contents)),
        properties=slip.properties(key),
        tracking=project,
    )
    return write(with_files(made.document, store), edition)


def proposals(amendments: Sequence[AmendmentRow]) -> Proposed:
    """The amendments' changes by part."""
    found: dict[str, list[tuple[int, Change]]] = {}
    for each in amendments:
        found.setdefault(each.part_key, []).append((each.number, Change.parse(each.change_json)))
    return found


def _pages(whole: Document, made_on: datetime) -> Mapping[str, int]:
    """The page of each heading in the PDF; none where it cannot be set: Word fills them in when it is asked to."""
    try:
        return dict(_set(whole))
    except RenderingFailed:
        return {}


@lru_cache(maxsize=16)
def _set(whole: Document) -> tuple[tuple[str, int], ...]:
    made_on = datetime.fromisoformat("1980-01-01T00:00:00+00:00")
    # Where a heading stands does not depend on what a photograph shows: none is fetched, none is kept in memory.
    blank = stand_in()
    files = {node.file: blank for node in whole.nodes if isinstance(node, Picture)}
    rendered = render_apart(replace(whole, files=files), source=canonical({}), made_on=made_on)
    return tuple((anchor, page) for anchor, _, page in rendered.contents)


def _remarks(threads: Sequence[Thread], made: Tagged, contents: Mapping[str, Content]) -> Iterator[WordComment]:
    for thread in threads:
        if thread.open:
            yield from (_remark(comment, thread, made) for comment in (thread.first, *thread.answers))


def _remark(comment: Comment, thread: Thread, made: Tagged) -> WordComment:
    by = WordWriter(comment.author.name, comment.at)
    block = thread.place.block
    fields = frozenset(
        number
        for number, place in enumerate(made.places, start=1)
        if block and place.part == thread.part.key and place.block == block
    )
    return WordComment(comment.text, by, fields, "" if fields else _heading(thread.part.key), thread.words)


def _heading(key: str) -> str:
    """The heading that the part stands under."""
    headed = ""
    for part in template.PARTS:
        headed = part.key if part.level else headed
        if part.key == key:
            break
    return headed

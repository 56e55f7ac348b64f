"""The report as a Word file: written with and without tracked changes, 2,000 attendees, and an edited copy read back."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from app.content.diff import Op
from app.content.inline import Span
from app.content.marks import MarkedPiece, marked
from app.content.stretches import tagged
from app.documents.tree import Document, Paragraph
from app.documents.word.layout import layout
from app.documents.word.markup import WordWriter
from app.documents.word.pairing import found, given, pair
from app.documents.word.reading import read
from app.documents.word.writing import Edition, write
from tests.unit.pdf_demo import demo

AT = datetime(2018, 3, 1, tzinfo=UTC)


def main() -> None:
    plain, crowd = demo(attendees=80), demo(attendees=2_000)
    changed = with_changes(plain)
    names = {number: f"s_bench_{number}" for number in range(1, 400)}
    edition = Edition(AT, names=names, voices={number: WordWriter("Mariam SANOGO", AT) for number in range(1, 400)})
    timed("written", lambda: write(plain, edition))
    timed("written, every paragraph reworded", lambda: write(changed, edition))
    timed("written, 2,000 attendees", lambda: write(crowd, edition))
    file, long = write(changed, edition), write(crowd, edition)
    timed("read", lambda: read(file))
    timed("read and paired", lambda: paired(changed, names, file))
    timed("read and paired, 2,000 attendees", lambda: paired(crowd, names, long))


def with_changes(document: Document) -> Document:
    """Each paragraph with a word taken out and two put in."""
    nodes = []
    for number, node in enumerate(document.nodes, start=1):
        if isinstance(node, Paragraph):
            text = node.spans[0].text if node.spans else ""
            pieces = (
                MarkedPiece(Op.EQUAL, text),
                MarkedPiece(Op.DELETE, " un", (number,)),
                MarkedPiece(Op.INSERT, " deux mots", (number,)),
            )
            node = replace(node, spans=(Span(tagged(marked(pieces, each=True), number)), *node.spans[1:]))
        nodes.append(node)
    return replace(document, nodes=tuple(nodes))


def paired(document: Document, names: dict[int, str], file: bytes) -> None:
    units = given(layout(document), names)
    pair(units, found(read(file).paragraphs, units))


def timed(what: str, work: Callable[[], object], rounds: int = 9) -> None:
    work()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    print(f"{what:40} {statistics.median(times) * 1000:8.1f} ms")


if __name__ == "__main__":
    main()

"""The paragraphs and tables that a neutral document makes in Word, in the order in which they stand in the file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.content.diff import Op
from app.content.inline import Span, Spans
from app.content.stretches import MarkedLine, Stretch, line
from app.content.typography import legible
from app.documents.tree import (
    Column,
    Document,
    Heading,
    Items,
    Marker,
    Node,
    Paragraph,
    Picture,
    Signatory,
    SignatureBlock,
    Table,
    leading,
)
from app.documents.typeset import french_across

LONGEST_TOGETHER = 2_500
"""Letters of a conclusion that can stay on one page with its signatures."""
HEADING = "Heading"
CAPTION = "Caption"
LIST_STYLES = {Marker.DASH: "ListBullet", Marker.TICK: "ListTick", Marker.NUMBER: "ListNumber"}


@dataclass(frozen=True, slots=True)
class Par:
    """One paragraph. `node` counts the document's nodes from 0; `number` is that of the list it stands in, from 1."""

    line: MarkedLine
    style: str
    node: int = -1
    anchor: str = ""
    level: int = 0
    in_contents: bool = False
    new_page: bool = False
    kept: bool = False
    marker: Marker | None = None
    number: int = 0
    start: int = 1
    room: bool = False
    """Whether it is the empty room for a signature."""
    picture: Picture | None = None
    """The photograph that stands here, or that this is the caption of."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table; `op` and `by` say that all of it is put in or taken out."""

    cells: tuple[Par, ...]
    op: Op = Op.EQUAL
    by: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: the first of `rows` bears the titles, the last is the total where there is one."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    label: str
    total: bool
    node: int


@dataclass(frozen=True, slots=True)
class Sides:
    """The two columns of the signature block."""

    left: tuple[Par, ...]
    right: tuple[Par, ...]
    node: int


Piece = Par | Grid | Sides


def layout(document: Document) -> tuple[Piece, ...]:
    """The document's nodes as Word has them, every text ready to be printed."""
    kept = _kept(document) | leading(document.nodes)
    pieces: list[Piece] = []
    lists = 0
    for index, node in enumerate(document.nodes):
        lists += isinstance(node, Items)
        pieces += _pieces(node, index, lists, index in kept)
    return tuple(pieces)


def _kept(document: Document) -> set[int]:
    """The nodes to be kept on one page: of a run that is to stay together, if it fits."""
    kept: set[int] = set()
    run: list[int] = []
    letters = 0
    inside = False
    for index, node in enumerate(document.nodes):
        if isinstance(node, Heading) and node.level == 1:
            inside, run, letters = node.anchor in document.keep_together, [], 0
        if inside:
            run.append(index)
            letters += _letters(node)
            if isinstance(node, SignatureBlock) and letters <= LONGEST_TOGETHER:
                kept.update(run)
    return kept


def _letters(node: Node) -> int:
    if isinstance(node, Paragraph):
        return sum(len(span.text) for span in node.spans)
    if isinstance(node, Items):
        return sum(len(span.text) for item in node.items for span in item)
    return 0


def _pieces(node: Node, index: int, lists: int, kept: bool) -> Iterator[Piece]:
    if isinstance(node, Heading):
        style = f"{HEADING}{node.level}" + ("" if node.in_contents else "Apart")
        made = _par(
            (Span(node.text),), style, index, anchor=node.anchor, level=node.level, in_contents=node.in_contents
        )
        yield replace(made, new_page=node.new_page, kept=kept)
    elif isinstance(node, Paragraph):
        yield _par(node.spans, "Centred" if node.centred else "Normal", index, kept=kept)
    elif isinstance(node, Items):
        for item in node.items:
            style = LIST_STYLES[node.marker]
            yield _par(item, style, index, kept=kept, marker=node.marker, number=lists, start=max(node.start, 0))
    elif isinstance(node, Table):
        yield _grid(node, index)
    elif isinstance(node, SignatureBlock):
        yield Sides(tuple(_side(node.left, "\u00a0", index)), tuple(_side(node.right, node.made_at, index)), index)
    elif isinstance(node, Picture):
        caption = _par(node.caption, CAPTION, index, picture=node)
        yield Par(MarkedLine(op=caption.line.op, by=caption.line.by), "Centred", index, kept=True, picture=node)
        yield caption
    else:
        raise TypeError(f"not a node of a document: {node!r}")


def _par(runs: Spans, style: str, node: int, **more: object) -> Par:
    return replace(Par(printed(line(runs)), style, node), **more)  # type: ignore[arg-type]  # the fields of Par


def printed(words: MarkedLine) -> MarkedLine:
    """The line with French spaces and nothing unprintable; what stands in a line that comes or goes does so with it."""
    texts = french_across([legible(stretch.text) for stretch in words.stretches]) if words.stretches else []
    stretches = (replace(stretch, text=text) for stretch, text in zip(words.stretches, texts, strict=True) if text)
    if words.op is Op.EQUAL:
        return replace(words, stretches=tuple(stretches))
    return replace(words, stretches=tuple(_drawn_along(stretch, words) for stretch in stretches))


def _drawn_along(stretch: Stretch, words: MarkedLine) -> Stretch:
    return replace(stretch, op=words.op, by=words.by) if stretch.op is Op.EQUAL else stretch


def _grid(node: Table, index: int) -> Grid:
    width = len(node.columns)
    titles = Row(tuple(_cell(column.title, "TableTitle", index) for column in node.columns))
    rows = [titles, *(_row(row, width, "TableText", index) for row in node.rows)]
    if node.total:
        rows.append(_row(node.total, width, "TableTotal", index))
    return Grid(node.columns, tuple(rows), node.label, node.total is not None, index)


def _row(texts: tuple[str, ...], width: int, style: str, index: int) -> Row:
    """One cell a column, whatever the row holds; what is said of one cell's row is said of all its cells."""
    cells = [_cell(text, style, index) for text in [*texts[:width], *[""] * (width - len(texts))]]
    op, by = next(((cell.line.op, cell.line.by) for cell in cells if cell.line.op is not Op.EQUAL), (Op.EQUAL, ()))
    if op is not Op.EQUAL:
        cells = [replace(cell, line=printed(replace(cell.line, op=op, by=by))) for cell in cells]
    return Row(tuple(cells), op, by)


def _cell(text: str, style: str, index: int) -> Par:
    return _par((Span(text),), style, index)


def _side(who: Signatory, above: str, index: int) -> Iterator[Par]:
    yield _par((Span(above),), "Signatory", index, kept=True)
    yield _par((Span(who.quality),), "SignatoryQuality", index, kept=True)
    yield Par(MarkedLine(), "Signatory", index, kept=True, room=True)
    yield _par(who.name, "Signatory", index, kept=True)
    for words in who.lines:
        yield _par(words, "Signatory", index, kept=True)


def paragraphs(pieces: tuple[Piece, ...]) -> Iterator[tuple[Par, tuple[int, int, int] | None]]:
    """Every paragraph in the file's order, with (table, row, column) for the cells of the tables, from 0."""
    tables = 0
    for piece in pieces:
        if isinstance(piece, Par):
            yield piece, None
        elif isinstance(piece, Sides):
            yield from ((par, None) for par in (*piece.left, *piece.right))
        else:
            for row_number, row in enumerate(piece.rows):
                yield from ((cell, (tables, row_number, at)) for at, cell in enumerate(row.cells))
            tables += 1

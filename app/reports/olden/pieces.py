"""An old Word report as a flat list of pieces: paragraphs, items of lists, and tables whole."""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.documents.word.reading import Paragraph, read

_BULLET = re.compile(r"^\s*(?:[-–—•▪●◦✓✔➢➤\uf0a7\uf0b7\uf0d8\uf0fc*]\s*)+(?=\S)")


@dataclass(frozen=True, slots=True)
class Piece:
    """One paragraph, or one table (`rows`, cells as texts; then `text` has the cells of each row parted by bars).

    `strong`: it stands out, by a heading's style or wholly in bold.
    """

    text: str
    listed: bool = False
    strong: bool = False
    rows: tuple[tuple[str, ...], ...] = ()

    def to_json(self) -> list[object]:
        return [self.text, self.listed, self.strong, self.rows]

    @classmethod
    def from_json(cls, told: list[object]) -> Piece:
        text, listed, strong, rows = told
        assert isinstance(rows, list)
        return cls(str(text), bool(listed), bool(strong), tuple(tuple(row) for row in rows))


@dataclass(frozen=True, slots=True)
class OldReport:
    """What the file holds. `besides`: what is no running text (footnotes, text boxes, pictures), named."""

    pieces: tuple[Piece, ...]
    besides: tuple[str, ...]


def read_old(data: bytes) -> OldReport:
    """The file's pieces in reading order, tracked changes accepted. Raises `documents.word.opening.Unreadable`."""
    copy = read(data)
    pieces: list[Piece] = []
    cells: dict[tuple[int, int], list[str]] = {}
    table = -1
    for paragraph in copy.paragraphs:
        if table >= 0 and (paragraph.cell is None or paragraph.cell[0] != table):
            pieces += _table(cells)
            cells, table = {}, -1
        if paragraph.cell is not None:
            table, row, column = paragraph.cell
            cells.setdefault((row, column), []).append(_words(paragraph))
        elif words := _words(paragraph):
            pieces += _paragraph(words, paragraph)
    pieces += _table(cells)
    pictures = sum(paragraph.extras.count("image") for paragraph in copy.paragraphs)
    shown = (f"Images, qui ne sont pas reprises\u00a0: {pictures}.",) if pictures else ()
    return OldReport(tuple(pieces), (*copy.extras, *shown))


def _words(paragraph: Paragraph) -> str:
    return "\n".join(" ".join(line.split()) for line in paragraph.standing.split("\n")).strip()


def _paragraph(words: str, paragraph: Paragraph) -> list[Piece]:
    """The paragraph's lines: who breaks lines by hand means paragraphs, or items, of their own."""
    runs = [run for run in paragraph.runs if run.deleted is None and run.text.strip()]
    strong = bool(paragraph.level) or all(run.bold for run in runs)
    found = []
    for line in filter(None, words.split("\n")):
        bare = _BULLET.sub("", line)
        found.append(Piece(bare, bool(paragraph.listed) or bare != line, strong))
    return found


def _table(cells: dict[tuple[int, int], list[str]]) -> list[Piece]:
    if not cells:
        return []
    height, width = max(row for row, _ in cells) + 1, max(column for _, column in cells) + 1
    rows = tuple(
        tuple("\n".join(filter(None, cells.get((row, column), []))) for column in range(width)) for row in range(height)
    )
    text = "\n".join(" | ".join(row) for row in rows if any(row))
    return [Piece(text, rows=rows)] if text else []

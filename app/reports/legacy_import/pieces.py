"""An old Word report as a flat list of pieces: paragraphs, items of lists, and tables whole."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.content.inline import Span, Spans
from app.documents.sandbox.reading import read_word
from app.documents.word.reading import Run, WordParagraph

_BLANKS = re.compile(r"\s+")
_BULLET = re.compile(r"^\s*(?:[-–—•▪●◦✓✔➢➤\uf0a7\uf0b7\uf0d8\uf0fc*]\s*)+(?=\S)")


@dataclass(frozen=True, slots=True)
class LegacyPiece:
    """One paragraph, or one table (`rows`, cells as texts; then `text` has the cells of each row parted by bars).

    `strong`: it stands out, by a heading's style or wholly in bold. `runs`: the text in its styles, where it has any.
    """

    text: str
    listed: bool = False
    strong: bool = False
    rows: tuple[tuple[str, ...], ...] = ()
    runs: Spans = ()

    def to_json(self) -> list[object]:
        runs = [[run.text, run.bold, run.italic, run.superscript] for run in self.runs]
        return [self.text, self.listed, self.strong, self.rows, runs]

    @classmethod
    def from_json(cls, told: list[object]) -> LegacyPiece:
        """The piece that `to_json` told. Raises ValueError for what it did not."""
        text, listed, strong, rows, runs = told
        assert isinstance(rows, list) and isinstance(runs, list)
        spans = tuple(Span(*run) for run in runs)
        return cls(str(text), bool(listed), bool(strong), tuple(tuple(row) for row in rows), spans)


@dataclass(frozen=True, slots=True)
class OldReport:
    """What the file holds. `besides`: what is no running text (footnotes, text boxes, pictures), named."""

    pieces: tuple[LegacyPiece, ...]
    besides: tuple[str, ...]


def read_old(data: bytes) -> OldReport:
    """The file's pieces in reading order, tracked changes accepted. Raises `documents.word.opening.Unreadable`."""
    copy = read_word(data)
    pieces: list[LegacyPiece] = []
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


def _words(paragraph: WordParagraph) -> str:
    return "\n".join(" ".join(line.split()) for line in paragraph.standing.split("\n")).strip()


def _paragraph(words: str, paragraph: WordParagraph) -> list[LegacyPiece]:
    """The paragraph's lines: who breaks lines by hand means paragraphs, or items, of their own."""
    runs = [run for run in paragraph.runs if run.deleted is None and run.text.strip()]
    strong = bool(paragraph.level) or all(run.bold for run in runs)
    lines = [line for line in words.split("\n") if line]
    marked = any(run.bold or run.italic or run.superscript for run in runs)
    styled = _lines(paragraph.runs) if marked else [()] * len(lines)
    found = []
    for line, spans in zip(lines, styled, strict=True):
        bare = _BULLET.sub("", line)
        listed = bool(paragraph.listed) or bare != line
        found.append(LegacyPiece(bare, listed, strong, runs=_without(spans, len(line) - len(bare))))
    return found


def _lines(runs: Sequence[Run]) -> list[Spans]:
    """The lines that are not blank, in their styles, with the blanks that `_words` leaves."""
    lines: list[list[tuple[str, Run]]] = [[]]
    for run in (run for run in runs if run.deleted is None):
        first, *others = run.text.split("\n")
        lines[-1].append((first, run))
        lines += ([(text, run)] for text in others)
    return [spans for spans in map(_tidied, lines) if spans]


def _tidied(line: Sequence[tuple[str, Run]]) -> Spans:
    """The line without blanks at its ends, and with one where there are several."""
    told: list[tuple[str, Run]] = []
    for text, run in line:
        text = _BLANKS.sub(" ", text)
        if not told or told[-1][0].endswith(" "):
            text = text.lstrip()
        if text:
            told.append((text, run))
    if told:
        last, run = told.pop()
        told += [(last.rstrip(), run)] if not last.isspace() else []
    return tuple(Span(text, run.bold, run.italic, run.superscript) for text, run in told)


def _without(spans: Spans, letters: int) -> Spans:
    """The spans without so many of their first letters."""
    if not letters:
        return spans
    left = []
    for span in spans:
        if text := span.text[letters:]:
            left.append(replace(span, text=text))
        letters = max(0, letters - len(span.text))
    return tuple(left)


def _table(cells: dict[tuple[int, int], list[str]]) -> list[LegacyPiece]:
    if not cells:
        return []
    height, width = max(row for row, _ in cells) + 1, max(column for _, column in cells) + 1
    rows = tuple(
        tuple("\n".join(filter(None, cells.get((row, column), []))) for column in range(width)) for row in range(height)
    )
    text = "\n".join(" | ".join(row) for row in rows if any(row))
    return [LegacyPiece(text, rows=rows)] if text else []

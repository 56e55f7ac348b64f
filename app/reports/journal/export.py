"""The journal as files: rows for spreadsheets, in which no cell is ever a formula, and sealed lines for programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import orjson

from app.directory.models import Person
from app.documents.sheets.writing import write_table
from app.reports.journal import listing as journal
from app.reports.journal.listing import EventFor
from app.reports.journal.search import Filters

MOST = 20_000
"""Events in one file: a few seconds' work."""
BATCH = 500
COLUMNS = (
    "Date (temps universel)",
    "Personne",
    "Rôle",
    "Événement",
    "Rapport",
    "Partie",
    "Collectivité",
    "Campagne",
    "Journal",
    "Numéro",
    "Empreinte",
)
_WIDTHS = (24, 26, 22, 70, 9, 22, 22, 26, 16, 9, 68)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
Sentence = Callable[[EventFor], str]
"""What an event says, as plain text."""


def events(person: Person, asked: Filters) -> Iterator[EventFor]:
    """The newest events that answer, MOST at most, read a batch at a time."""
    before, left = 0, MOST
    while left:
        sheet = journal.page(person, asked, before, min(BATCH, left))
        yield from sheet.lines
        left -= len(sheet.lines)
        before = sheet.older
        if not before:
            return


def sealed_lines(found: Iterable[EventFor]) -> Iterator[bytes]:
    """One JSON object a line: where the event stands in its chain, its hashes, and its body letter by letter as sealed."""
    for each in found:
        seal = {"stream": each.stream, "seq": each.seq, "prev": each.prev, "hash": each.hash, "body": each.body}
        yield orjson.dumps(seal, option=orjson.OPT_APPEND_NEWLINE)


def csv_lines(found: Iterable[EventFor], sentence: Sentence, part_label: Callable[[str], str]) -> Iterator[bytes]:
    """A table for spreadsheets: UTF-8 with its mark, cells parted by semicolons."""
    yield "\ufeff".encode()
    yield _csv_row(COLUMNS)
    for each in found:
        yield _csv_row(harmless(cell) for cell in cells(each, sentence, part_label))


def _csv_row(row: Iterable[str]) -> bytes:
    into = io.StringIO()
    csv.writer(into, delimiter=";", lineterminator="\r\n").writerow(row)
    return into.getvalue().encode()


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe stands before what could be one."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def write_workbook(path: Path, found: Iterable[EventFor], sentence: Sentence, part_label: Callable[[str], str]) -> None:
    """The same table as an XLSX workbook, written row by row: memory does not grow with it. Every cell is text."""
    rows = (cells(each, sentence, part_label) for each in found)
    write_table(path, "Journal", list(zip(COLUMNS, _WIDTHS, strict=True)), rows)


def cells(each: EventFor, sentence: Sentence, part_label: Callable[[str], str]) -> list[str]:
    part = each.facts.get("part")
    return [
        each.at.strftime("%Y-%m-%d %H:%M:%S"),
        each.who,
        each.role,
        sentence(each),
        str(each.report or ""),
        part_label(part) if isinstance(part, str) else "",
        each.territory,
        each.campaign,
        each.stream,
        str(each.seq),
        each.hash,
    ]

"""The sheets of a .xlsx, .ods or .csv file as texts, cell by cell; nothing in a cell is ever computed."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError, SheetTypeEnum

from app.content.canonical import clean
from app.documents.sheets.opening import (
    DAMAGED,
    LOCKED,
    MOST_LINES,
    OTHER,
    UnreadableSheet,
    check_size,
    inspect,
    is_workbook,
)

NOTHING = "Ce fichier ne contient aucune ligne\u00a0: vérifiez que c’est le bon, et qu’il a été enregistré."
DELIMITERS = ";,\t|"
_TRIED = 50
"""Lines by which the delimiter of a text is told."""
_HEAD = 20
"""Lines among which titles and column heads are looked for."""
_WIDEST_HEAD = 3
_LARGEST_WHOLE = 1e15
_UNCLEAN = re.compile(r"[\r\0]")
_FIRST_DAY = date(1900, 1, 1)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f]")
# An apostrophe that keeps a spreadsheet from taking the cell for a formula.
_GUARDED = re.compile(r"'+[=+\-@\t\r]")

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Spreadsheet:
    """A sheet's cells as texts, all rows from the first line on, each of the same width."""

    name: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """The sheets that hold something. `errors`: cells whose formula ended in an error, which are read as empty."""

    sheets: tuple[Spreadsheet, ...]
    errors: int = 0


def read(data: bytes) -> Book:
    """The file's sheets. Raises `opening.Unreadable`."""
    book = _workbook(data) if is_workbook(data) else Book((_delimited(data),))
    sheets = tuple(sheet for sheet in book.sheets if any(any(row) for row in sheet.rows))
    if not sheets:
        raise UnreadableSheet(NOTHING)
    return Book(sheets, book.errors)


def _workbook(data: bytes) -> Book:
    errors = inspect(data)
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            names = [each.name for each in book.sheets_metadata if each.typ == SheetTypeEnum.WorkSheet]
            return Book(tuple(_sheet(book.get_sheet_by_name(name)) for name in names), errors)
    except PasswordError as error:
        raise UnreadableSheet(LOCKED) from error
    except (CalamineError, OSError, ValueError) as error:
        raise UnreadableSheet(DAMAGED) from error


def _sheet(sheet: CalamineSheet) -> Spreadsheet:
    check_size((sheet.end or (0, 0))[0], (sheet.end or (0, 0))[1])
    rows = [[_text(value) for value in row] for row in sheet.to_python(skip_empty_area=False)]
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():
        _spread(rows, top, left, bottom, right)
    while rows and not any(rows[-1]):
        rows.pop()
    return Spreadsheet(sheet.name, tuple(tuple(row) for row in rows))


def _spread(rows: list[list[str]], top: int, left: int, bottom: int, right: int) -> None:
    """What stands in merged cells holds for all their rows; beside one another, for the few columns of a column head."""
    if top >= len(rows) or left >= len(rows[top]):
        return
    across = top < _HEAD and right - left < _WIDEST_HEAD
    for row in rows[top : bottom + 1]:
        for column in range(left, right + 1 if across else left + 1):
            if column < len(row):
                row[column] = row[column] or rows[top][left]


def _text(value: object) -> str:
    """A cell as it is read aloud: no figure in powers of ten, a date and an hour as they are written in French."""
    if isinstance(value, str):
        return value if value.isascii() and not _UNCLEAN.search(value) else clean(value)
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(value, int | float):
        whole = float(value).is_integer() and abs(value) < _LARGEST_WHOLE
        return f"{value:.0f}" if whole else f"{value:.15g}".replace(".", ",")
    if isinstance(value, datetime):
        moment = hours(value.time())
        if value.date() < _FIRST_DAY:  # before the first day there are only hours
            return moment
        return f"{value:%d/%m/%Y}" + (f" {moment}" if value.time() != time() else "")
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, time):
        return hours(value)
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60}h{minutes % 60:02d}"
    return clean(str(value))


def hours(moment: time) -> str:
    """An hour of the day: 8h30."""
    return f"{moment.hour}h{moment.minute:02d}"


def _delimited(data: bytes) -> Spreadsheet:
    text = _decoded(data)
    delimiter = _delimiter(text)
    try:
        rows = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), MOST_LINES + 1))
    except csv.Error as error:
        raise UnreadableSheet(DAMAGED) from error
    if rows and len(rows[0]) == 1 and rows[0][0].lower().startswith("sep="):
        rows[0] = []
    width = max((len(row) for row in rows), default=0)
    check_size(len(rows), width)
    cells = [[unguarded(clean(cell)) for cell in row] + [""] * (width - len(row)) for row in rows]
    while cells and not any(cells[-1]):
        cells.pop()
    return Spreadsheet("", tuple(tuple(row) for row in cells))


def _decoded(data: bytes) -> str:
    """The text, in UTF-8 or UTF-16 as it says of itself, else as Windows writes it in French."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", "replace")
    if _CONTROLS.search(text):
        raise UnreadableSheet(OTHER)
    return text


def _delimiter(text: str) -> str:
    """The sign by which most lines fall into the same number of cells, the more the better."""

    def evenness(delimiter: str) -> tuple[int, int]:
        reader = csv.reader(io.StringIO(text[:200_000], newline=""), delimiter=delimiter)
        try:
            widths = Counter(islice((len(row) for row in reader if len(row) > 1), _TRIED))
        except csv.Error:
            return 0, 0
        width, lines = max(widths.items(), key=lambda each: (each[1], each[0]), default=(0, 0))
        return lines, width

    return max(DELIMITERS, key=evenness)


def unguarded(cell: str) -> str:
    """The text without the apostrophe that `guarded` puts before it."""
    return cell[1:] if _GUARDED.match(cell) else cell


def guarded(cell: str) -> str:
    """The text as a cell of plain text that no spreadsheet takes for a formula; `unguarded` gives it back."""
    return f"'{cell}" if cell.lstrip("'").startswith(("=", "+", "-", "@", "\t", "\r")) else cell

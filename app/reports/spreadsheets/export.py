"""A part's rows as a table to take away: a workbook or plain text, in which no cell is ever a formula."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

from app.content.blocks import Content
from app.documents.sheets.reading import guarded
from app.documents.sheets.writing import LONGEST_CELL, write_table
from app.reports.spreadsheets.columns import zone_of
from app.template import Field, Part

_WIDE, _NARROW = 60, 26
TOO_LONG = (
    "Un texte de cette partie dépasse les 32\u202f767 lettres que peut tenir une cellule de classeur\u00a0: téléchargez-la "
    "plutôt au format .csv."
)


class TooLongForACell(ValueError):
    """A text that no cell of a workbook can hold; str() is the French sentence."""


def fields_of(part: Part, *, public: bool) -> list[Field]:
    """The fields that are given out as columns; readers of published reports are not told who agreed to what."""
    shape = zone_of(part).shape
    assert shape is not None
    return [field for field in shape.fields if not (public and field.name == "consent")]


def _cells(part: Part, content: Content, fields: list[Field]) -> Iterator[list[str]]:
    zone = zone_of(part)
    return ([block.fields.get(field.name, "") for field in fields] for block in content if block.zone == zone.key)


def workbook(part: Part, content: Content, *, public: bool) -> bytes:
    """The rows of `content` as a .xlsx file. Raises `TooLongForACell`."""
    fields = fields_of(part, public=public)
    rows = list(_cells(part, content, fields))
    if any(len(cell) > LONGEST_CELL for row in rows for cell in row):
        raise TooLongForACell(TOO_LONG)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.xlsx"
        columns = [(field.label, _WIDE if field.long else _NARROW) for field in fields]
        write_table(path, part.label[:31], columns, rows)
        return path.read_bytes()


def plain_table(part: Part, content: Content, *, public: bool) -> bytes:
    """The rows of `content` as text: UTF-8 with its mark, cells parted by semicolons."""
    fields = fields_of(part, public=public)
    into = io.StringIO()
    writer = csv.writer(into, delimiter=";", lineterminator="\r\n")
    writer.writerow(field.label for field in fields)
    writer.writerows([guarded(cell) for cell in row] for row in _cells(part, content, fields))
    return ("\ufeff" + into.getvalue()).encode("utf-8")

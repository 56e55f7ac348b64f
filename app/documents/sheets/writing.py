"""Tables written as spreadsheets, in which no cell is ever a formula."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import xlsxwriter


def write_table(path: Path, title: str, columns: list[tuple[str, int]], rows: Iterable[Iterable[str]]) -> None:
    """One sheet of texts under a bold first row that stays in sight; `columns` are (name, width in letters)."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = book.add_worksheet(title)
        bold = book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for column, (name, width) in enumerate(columns):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, name, bold)
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, cell[:LONGEST_CELL])


LONGEST_CELL = 32_767
"""Letters that a cell of a workbook may hold."""

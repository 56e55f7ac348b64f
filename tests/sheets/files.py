"""Spreadsheets made for tests: workbooks of Excel, sheets of LibreOffice, and what is wrong with them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

ODS = b"application/vnd.oasis.opendocument.spreadsheet"


def workbook(draw: Callable[[Worksheet, Any], None], *others: str) -> bytes:
    """A workbook of one sheet that `draw` fills, and of empty ones with these names."""
    into = io.BytesIO()
    with xlsxwriter.Workbook(into, {"in_memory": True}) as book:
        draw(book.add_worksheet("Liste"), book)
        for name in others:
            book.add_worksheet(name)
    return into.getvalue()


def table(*rows: tuple[object, ...]) -> bytes:
    """A workbook with these rows from its first line on; texts stay texts."""

    def draw(sheet: Worksheet, book: Any) -> None:
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                (sheet.write_string if isinstance(cell, str) else sheet.write)(number, column, cell)

    return workbook(draw)


def changed(data: bytes, **parts: bytes | Callable[[bytes], bytes]) -> bytes:
    """The zip with some parts put otherwise, or added; "__" in a name stands for "/", "_x_" for "."."""
    given = {name.replace("__", "/").replace("_x_", "."): part for name, part in parts.items()}
    into = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = given.pop(name, old.read(name))
            new.writestr(name, part(old.read(name)) if callable(part) else part)
        for name, part in given.items():
            assert isinstance(part, bytes)
            new.writestr(name, part)
    return into.getvalue()


def ods(rows: bytes, manifest: bytes = b"<manifest/>") -> bytes:
    """A sheet of LibreOffice with these rows."""
    content = (
        b'<?xml version="1.0" encoding="UTF-8"?><office:document-content '
        b'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        b'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        b'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
        b'<table:table table:name="Liste">' + rows + b"</table:table></office:spreadsheet></office:body>"
        b"</office:document-content>"
    )
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as zipped:
        zipped.writestr("mimetype", ODS)
        zipped.writestr("content.xml", content)
        zipped.writestr("META-INF/manifest.xml", manifest)
    return into.getvalue()


def ods_row(*cells: str, more: str = "") -> bytes:
    inside = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in cells
    )
    return f"<table:table-row{more}>{inside}</table:table-row>".encode()

"""A file's cells on their way through a form: nothing of them is kept here between two screens.

They come back from outside, so they are read as carefully as the file was.
"""

from __future__ import annotations

import base64
import binascii
import zlib

import orjson

from app.documents.sheets.opening import TOO_MUCH, UnreadableSheet, check_size
from app.documents.sheets.reading import Book, Spreadsheet

LARGEST = 6 * 1024 * 1024
"""Letters of what a form may carry."""
LARGEST_UNPACKED = 60 * 1024 * 1024
LOST = "Le tableur déposé n’est pas revenu en entier de cette page\u00a0: déposez-le de nouveau."


def pack(book: Book) -> str:
    """The sheets as a short text. Raises `UnreadableSheet` where they hold too much."""
    told = [book.errors, [[sheet.name, sheet.rows] for sheet in book.sheets]]
    packed = base64.b64encode(zlib.compress(orjson.dumps(told), 6)).decode("ascii")
    if len(packed) > LARGEST:
        raise UnreadableSheet(TOO_MUCH)
    return packed


def unpack(text: str) -> Book:
    """The sheets of a text that `pack` made. Raises `UnreadableSheet` for any other."""
    try:
        opener = zlib.decompressobj()
        data = opener.decompress(base64.b64decode(text[: LARGEST + 1], validate=True), LARGEST_UNPACKED)
        if not opener.eof:
            raise ValueError("cut short, or grown too large")
        errors, sheets = orjson.loads(data)
        book = Book(tuple(_sheet(name, rows) for name, rows in sheets), int(errors))
    except (binascii.Error, zlib.error, ValueError, TypeError, AttributeError) as error:
        raise UnreadableSheet(LOST) from error
    if not book.sheets:
        raise UnreadableSheet(LOST)
    return book


def _sheet(name: object, rows: list[list[object]]) -> Spreadsheet:
    check_size(len(rows), max(map(len, rows)))
    if len({len(row) for row in rows}) > 1 or not all(isinstance(cell, str) for row in rows for cell in row):
        raise ValueError("rows of texts are wanted, all of one width")
    return Spreadsheet(str(name), tuple(tuple(str(cell) for cell in row) for row in rows))

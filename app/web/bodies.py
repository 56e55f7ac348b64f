"""How much a form may bring: counted while it comes in, before any of it is taken apart.

Two letters a field make of 8 MB four million fields, and of those gigabytes: bytes alone are no limit.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import IO, TYPE_CHECKING

from flask import Request, current_app
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

if TYPE_CHECKING:
    from werkzeug.formparser import t_parse_result

STRANGER_BYTES = 1024 * 1024
STRANGER_FIELDS = 4_000
"""What a browser may send that shows no session: a long part of a report, whose session has ended, still comes back."""
_PIECE = 64 * 1024
_URLENCODED = "application/x-www-form-urlencoded"


class CountingParser(FormDataParser):
    """Werkzeug's own counts the parts of `multipart/form-data` alone; this one those of every form."""

    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> t_parse_result:
        if mimetype == _URLENCODED:
            stream = BytesIO(b"".join(self._counted(stream)))
        return super().parse(stream, mimetype, content_length, options)

    def _counted(self, stream: IO[bytes]) -> Iterator[bytes]:
        size, fields = 0, 1
        while piece := stream.read(_PIECE):
            size, fields = size + len(piece), fields + piece.count(b"&")
            if size > _most(self.max_form_memory_size) or fields > _most(self.max_form_parts):
                raise RequestEntityTooLarge
            yield piece


def _most(limit: int | None) -> float:
    return float("inf") if limit is None else limit


class CountedRequest(Request):
    """A request whose forms are counted."""

    form_data_parser_class = CountingParser


def limit(request: Request) -> None:
    """Before anything of a form is read: less for who shows no session than for who may be writing a report."""
    if current_app.config["SESSION_COOKIE_NAME"] in request.cookies:
        return
    request.max_form_memory_size = min(STRANGER_BYTES, current_app.config["MAX_FORM_MEMORY_SIZE"])
    request.max_form_parts = min(STRANGER_FIELDS, current_app.config["MAX_FORM_PARTS"])

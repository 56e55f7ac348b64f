"""Stored files over HTTP: the store of this process, and a file sent whole or in the pieces that were asked for."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, current_app, request
from werkzeug.http import unquote_etag

from app.documents.store import Store

PIECE = 4 * 1024 * 1024
"""Bytes of one answer to a range at most: a player asks for the next, and a thread is not held for the whole of a film."""
FOR_A_YEAR = "private, max-age=31536000, immutable"


def store() -> Store:
    """The store of files; one for the whole process."""
    kept: Store = current_app.extensions.setdefault("seben-store", Store(current_app.config["STORE_URL"]))
    return kept


def stored(file: str, size: int, media_type: str, name: str = "") -> Response:
    """The file of that hash and size; with `name` to be saved under it, else to be shown in a page.

    Answers 304 to who has it already, 206 with one range, 416 for a range beyond its end. Raises `store.Missing` and
    `store.Unreachable`.
    """
    headers = {
        "ETag": f'"{file}"',
        "Cache-Control": FOR_A_YEAR,
        "Accept-Ranges": "bytes",
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}" if name else "inline",
    }
    if request.if_none_match.contains(file):
        return Response(status=304, headers=headers)
    wanted = _range(file, size)
    if wanted is None:
        return _answer(file, 0, size, 200, headers, media_type)
    start, end = wanted
    if start >= end:
        return Response(status=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
    return _answer(file, start, end, 206, headers, media_type)


def _range(file: str, size: int) -> tuple[int, int] | None:
    """From where up to before where; None for all of it: also where the range was asked of another version."""
    asked = request.range
    condition = request.headers.get("If-Range")
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        return None
    if condition is not None and unquote_etag(condition) != (file, False):
        return None
    first, last = asked.ranges[0]
    start = first if first >= 0 else max(0, size + first)
    return start, min(size, size if last is None else last, start + PIECE)


def _answer(file: str, start: int, end: int, status: int, headers: dict[str, str], media_type: str) -> Response:
    pieces = store().pieces(file, start, end)
    response = Response(pieces, status, headers, mimetype=media_type, direct_passthrough=True)
    response.content_length = end - start
    return response

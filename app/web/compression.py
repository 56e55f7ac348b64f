"""Answers made small for poor links: gzip over everything that is text."""

from __future__ import annotations

import gzip
import io
import secrets
from functools import lru_cache
from pathlib import Path

from flask import Flask, Response, current_app, request
from werkzeug.security import safe_join

SMALLEST = 1024
"""Bytes under which nothing is gained."""
KINDS = frozenset({"text/html", "text/css", "text/javascript", "image/svg+xml", "application/json"})
LEVEL = 5
"""For pages, made anew each time: 0.6 ms for a report's; level 9 takes twice that to win one byte in eighty."""
LONGEST_PAD = 100


def init_app(app: Flask) -> None:
    """To be called before all else that works on answers: those called first come last."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if response.mimetype not in KINDS:
        return response
    response.headers.add("Vary", "Accept-Encoding")
    if not _may_be_compressed(response) or request.accept_encodings["gzip"] <= 0:
        return response
    if request.endpoint == "static":
        _send_compressed_file(response)
    else:
        response.set_data(_squeezed(response.get_data()))
    response.headers["Content-Encoding"] = "gzip"
    return response


def _may_be_compressed(response: Response) -> bool:
    """Whole answers only, of some length, that nobody has encoded yet."""
    whole = response.status_code not in (204, 206, 304) and "Content-Encoding" not in response.headers
    return whole and (response.content_length or 0) >= SMALLEST


def _send_compressed_file(response: Response) -> None:
    """The file's own tag, made weak: the same text under another encoding."""
    tag, _ = response.get_etag()
    path = safe_join(current_app.static_folder or "", (request.view_args or {})["filename"])
    assert path is not None and tag is not None  # the file was found
    response.close()
    response.direct_passthrough = False
    response.set_data(_squeezed_file(path, tag))
    response.set_etag(tag, weak=True)


@lru_cache(maxsize=256)
def _squeezed_file(path: str, tag: str) -> bytes:
    """Once in the life of a file as `tag` names it, and as small as can be."""
    return gzip.compress(Path(path).read_bytes(), 9, mtime=0)


def _squeezed(data: bytes) -> bytes:
    """Compressed, with a file name of any length in front.

    Who can make a page repeat a text of theirs and watch the length of the answers may guess what else stands in it,
    such as the form's token (the attack called BREACH). The session's cookie does not travel with what other sites ask
    for, and the length is blurred besides.
    """
    into = io.BytesIO()
    pad = "a" * (1 + secrets.randbelow(LONGEST_PAD))
    with gzip.GzipFile(pad, "wb", LEVEL, into, mtime=0) as packed:
        packed.write(data)
    return into.getvalue()

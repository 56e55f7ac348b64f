"""The text that a final PDF carries with it, read back from the file."""

from __future__ import annotations

import io
from typing import Any

import orjson
import pikepdf

NAME = "rapport.json"


def attached(pdf: bytes) -> dict[str, Any]:
    """What `app.reports.press.source` put there. Raises LookupError where the file carries no such text."""
    try:
        with pikepdf.open(io.BytesIO(pdf)) as document:
            told: dict[str, Any] = orjson.loads(document.attachments[NAME].get_file().read_bytes())
            return told
    except (KeyError, ValueError, pikepdf.PdfError) as error:
        raise LookupError(NAME) from error

"""A page of one of our own PDFs as a picture, to be laid beside a scan."""

from __future__ import annotations

import io
import threading

import pypdfium2

WIDE = 900  # pixels
_one_at_a_time = threading.Lock()
"""PDFium serves one thread."""


def count(pdf: bytes) -> int:
    """How many pages it has."""
    with _one_at_a_time:
        document = pypdfium2.PdfDocument(pdf)
        try:
            return len(document)
        finally:
            document.close()


def drawn(pdf: bytes, page: int) -> bytes:
    """Page `page` (from 1) as PNG, `WIDE` pixels wide. Raises LookupError where there is none. Only for files of our own."""
    with _one_at_a_time:
        document = pypdfium2.PdfDocument(pdf)
        try:
            if not 1 <= page <= len(document):
                raise LookupError(page)
            leaf = document[page - 1]
            image = leaf.render(scale=WIDE / leaf.get_width(), may_draw_forms=False).to_pil().convert("L")
        finally:
            document.close()
    made = io.BytesIO()
    image.quantize(16).save(made, "PNG", optimize=True)
    return made.getvalue()

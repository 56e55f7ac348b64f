"""Ways to forge one of our signed files, in families; `tests.unit.pdf_tampering` has all of them in one table."""

from __future__ import annotations

import io
from collections.abc import Callable

import pikepdf
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader

from tests.unit.sealing import signed

Forged = dict[str, Callable[[], bytes]]
"""By what was done, in plain words, the forged file."""


def final() -> bytes:
    """The file that two people signed."""
    return signed()[2]


def revised(change: Callable[[IncrementalPdfFileWriter], None], pdf: bytes | None = None) -> bytes:
    """`pdf` (the final file) with a revision appended to it, as any editor would."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf or final()))
    change(writer)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def rebuilt(change: Callable[[pikepdf.Pdf], None], pdf: bytes | None = None, **saving: object) -> bytes:
    """`pdf` (the final file) written anew as a whole."""
    saved = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf or final())) as document:
        change(document)
        document.save(saved, **saving)  # type: ignore[arg-type]
    return saved.getvalue()


def byte_range(pdf: bytes, slot: str) -> tuple[int, int, int, int]:
    """Start and end of the first part; start and length of the second: what signature `slot` covers."""
    found = {each.field_name: each for each in PdfFileReader(io.BytesIO(pdf)).embedded_signatures}[slot]
    start, until, after, length = (int(part) for part in found.byte_range)
    return start, until, after, length


def replaced(old: bytes, new: bytes, pdf: bytes | None = None, last: bool = False) -> bytes:
    """`pdf` with `old`, at its first (or last) place, put otherwise in as many bytes."""
    pdf = pdf or final()
    assert len(old) == len(new) and old in pdf and old != new, old
    at = pdf.rindex(old) if last else pdf.index(old)
    return pdf[:at] + new + pdf[at + len(old) :]

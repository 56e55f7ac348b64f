"""The visible signature: a small static page that says who signed, in what quality, when and by which certificate."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import typst
from babel.dates import format_date

from app.content.typography import french, printable
from app.documents.glyphs import FONTS, drawable
from app.documents.typeset import breakable

TEMPLATES = Path(__file__).resolve().parent / "typst"
NATURE = "Signature électronique interne (non qualifiée)"
LONGEST_TEXT = 440  # the nature of a signature by code names two persons (161 each), of one on paper one and a place
LARGEST = 10.0  # points; `stamp.typ` starts from it
INSET = 4.0

# The part of the stamp's height that is the drawn or written signature's, where there is one.
MARK_SHARE = 0.42

Strokes = tuple[tuple[tuple[int, int], ...], ...]
"""Lines of a drawing, each a row of points (x, y) from the upper left, in a measure of its own."""

_own = threading.local()


@dataclass(frozen=True, slots=True)
class HandMark:
    """What somebody drew by way of signature, or else wrote."""

    strokes: Strokes = ()
    written: str = ""


def draw(
    name: str,
    title: str,
    reference: str,
    at: datetime,
    *,
    width: float,
    height: float,
    nature: str = NATURE,
    mark: HandMark | None = None,
) -> bytes:
    """A PDF of one page, `width` by `height` points, fit for a PDF/A file. `at` must know its time zone."""
    data = {
        "name": _text(name, width),
        "title": _text(title, width),
        "nature": _text(nature, width),
        "date": in_words(at),
        "reference": f"Réf. {reference}",
        "width": width,
        "height": height,
        "strokes": _fitted(mark.strokes, width - 2 * INSET, height * MARK_SHARE - INSET) if mark else [],
        "written": _text(mark.written, width) if mark and not mark.strokes else "",
        "mark_height": height * MARK_SHARE if mark else 0,
    }
    pressed = _compiler().compile(
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["a-3b"],
        pdf_tags=False,
        timestamp=at.astimezone(UTC),
    )
    if not isinstance(pressed, bytes):
        raise TypeError("a visible signature is one page")
    return pressed


def _fitted(strokes: Strokes, width: float, height: float) -> list[list[list[float]]]:
    """The drawing in points, as large as fits in this room and never out of proportion."""
    points = [point for stroke in strokes for point in stroke]
    if not points:
        return []
    left, top = (min(each) for each in zip(*points, strict=True))
    right, bottom = (max(each) for each in zip(*points, strict=True))
    scale = min(width / max(1, right - left), height / max(1, bottom - top))
    return [[[round((x - left) * scale, 2), round((y - top) * scale, 2)] for x, y in stroke] for stroke in strokes]


def in_words(at: datetime) -> str:
    """The moment as it stands on the stamp: day in French, hour in UTC, and whose clock said so."""
    at = at.astimezone(UTC)
    day = format_date(at, "d MMMM y", locale="fr")
    day = day.replace("1 ", "1er ", 1) if at.day == 1 else day
    return f"Le {day} à {at:%H} h {at:%M} UTC (heure du serveur)"


def _text(text: str, width: float) -> str:
    """One paragraph for lines `width` points wide, filtered as every text that is printed."""
    return breakable(drawable(french(printable(" ".join(text.split())[:LONGEST_TEXT]))), LARGEST, width - 2 * INSET)


def _compiler() -> typst.Compiler:
    """One for each thread: a Typst compiler is not shared."""
    if not hasattr(_own, "compiler"):
        _own.compiler = typst.Compiler(
            str(TEMPLATES / "stamp.typ"),
            root=str(TEMPLATES),
            font_paths=typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS)]),
        )
    compiler: typst.Compiler = _own.compiler
    return compiler

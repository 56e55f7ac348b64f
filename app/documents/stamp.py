"""The visible signature: a small static page that says who signed, in what quality, when and by which certificate."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime
from pathlib import Path

import typst
from babel.dates import format_date

from app.content.typography import french, printable
from app.documents.glyphs import FONTS, drawable
from app.documents.typeset import breakable

TEMPLATES = Path(__file__).resolve().parent / "typst"
NATURE = "Signature électronique interne (non qualifiée)"
LONGEST_TEXT = 300
LARGEST = 10.0  # points; `stamp.typ` starts from it
INSET = 4.0

_own = threading.local()


def draw(
    name: str, title: str, reference: str, at: datetime, *, width: float, height: float, nature: str = NATURE
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

"""The demonstration report as made, and ways to read what stands on its pages."""

from __future__ import annotations

import re
import subprocess
from datetime import UTC, datetime
from functools import cache

from app.documents.conformance import pages_of
from app.documents.pdf import Rendered, render
from app.documents.tree import Document
from tests.unit.pdf_demo import demo

AT = datetime(2031, 3, 20, 10, tzinfo=UTC)
SOURCE = '{"titre":"Séance de Bougouni"}'.encode()


@cache
def report() -> Rendered:
    return made(demo())


@cache
def printed() -> list[str]:
    return pages_of(report().pdf)


def made(document: Document) -> Rendered:
    return render(document, source=SOURCE, made_on=AT)


def copied(pdf: bytes) -> str:
    """The text in the order of the file, line by line, hyphens at line ends included."""
    command = ["pdftotext", "-raw", "-", "-"]
    return subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()


def words_of(pdf: bytes, page: int) -> list[tuple[str, float, float, float, float]]:
    """(word, left, right, bottom, top) in points from the lower left corner of an A4 page."""
    command = ["pdftotext", "-bbox", "-f", str(page), "-l", str(page), "-", "-"]
    html = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
    found = re.findall(r'xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)<', html)
    return [
        (word, float(left), float(right), 841.89 - float(bottom), 841.89 - float(top))
        for left, top, right, bottom, word in found
    ]

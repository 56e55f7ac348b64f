"""The code in the foot of each page of a paper to be signed: which report, which validation, which page of how many."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from app.content.codes import BadCode, heard

LARGEST = 10**9
_PLACE = re.compile(r"/verifier/([^/]+)$")


@dataclass(frozen=True, slots=True)
class PageCode:
    """`code` names the validated text (without hyphens), `version` the event that validated it; `page` counts from 1."""

    code: str
    report: int
    version: int
    page: int
    pages: int


def addressed(address: str, page: int, pages: int) -> str:
    """What the QR code of one page says: where the text's code is answered, and which page this is."""
    return f"{address}&p={page}&t={pages}"


def read(text: str) -> PageCode | None:
    """What a QR code says of its page; None where it is no page's code."""
    parts = urlsplit(text[:500])
    place = _PLACE.search(parts.path)
    try:
        told = {name: _number(values) for name, values in parse_qs(parts.query).items() if name in ("r", "v", "p", "t")}
        code = heard(place[1]) if place else ""
    except (BadCode, ValueError):
        return None
    if not code or len(told) < 4 or not 1 <= told["p"] <= told["t"]:
        return None
    return PageCode(code, told["r"], told["v"], told["p"], told["t"])


def _number(values: list[str]) -> int:
    (value,) = values
    if not (value.isascii() and value.isdecimal()) or len(value) > 10 or int(value) > LARGEST:
        raise ValueError(value[:20])
    return int(value)

"""Uploads read in a process of their own, with limits: what they show, never whether it is true."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from app.content.codes import BadCode, heard
from app.documents.verifying import reader

MOST_PAGES = 400
MOST_PIXELS = 60_000_000
MOST_SIGNS = 60_000
"""Letters of one page."""
MEGABYTES = 1536
SECONDS = 20
"""Of processor time; on the clock `PATIENCE` times as many, since everybody else's pages come first."""
PATIENCE = 3
LARGEST_NUMBER = 2**53

WHY = {
    "encrypted": "Ce fichier est protégé par un mot de passe : il ne peut pas être comparé.",
    "damaged": "Ce fichier est endommagé : il ne peut pas être comparé.",
    "large": "Une image de ce fichier est trop grande : photographiez ou numérisez à une finesse moindre.",
    "many": f"Ce fichier a plus de {MOST_PAGES} pages : aucun rapport signé n’en a autant.",
    "heavy": "Les pages de ce fichier demandent trop de dessin : aucun rapport signé n’en demande autant.",
    "unknown": "Ce n’est ni un PDF, ni une photographie (JPEG, PNG, TIFF ou WebP) : changez son format.",
    "stopped": "La lecture de ce fichier a pris trop de temps ou de place : il ne peut pas être comparé.",
}
_PLACE = re.compile(r"/verifier/([^/]+)$")
_SPOKEN = re.compile(r"\b[0-9A-HJKMNP-TV-Z]{4}(?:-[0-9A-HJKMNP-TV-Z]{4}){3}\b")
_NUMBERS = ("r", "v", "f", "n", "p", "t")


@dataclass(frozen=True, slots=True)
class ReadPage:
    """One page: the words that can be selected on it, and the SHA-256 of how it is drawn."""

    words: str
    look: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A verification code found on page `page` (from 1); `numbers` is what its QR code says beside it (`r`, `v`, …)."""

    page: int
    code: str
    numbers: dict[str, int]


@dataclass(frozen=True, slots=True)
class Read:
    """What a file shows. `source` is the JSON text attached to it; `why_not` a French sentence where it was not read."""

    leaves: tuple[ReadPage, ...] = ()
    source: str | None = None
    codes: tuple[Seen, ...] = ()
    picture: bool = False
    why_not: str = ""

    @property
    def has_words(self) -> bool:
        return any(len(leaf.words.strip()) >= reader.FEW for leaf in self.leaves)


def read(files: Sequence[bytes]) -> list[Read]:
    """What each file shows, in their order. Never an exception that comes from the files."""
    with tempfile.TemporaryDirectory(prefix="seben-verify-") as name:
        paths = [Path(name) / f"file-{number}" for number in range(len(files))]
        for path, content in zip(paths, files, strict=True):
            path.write_bytes(content)
        found = [_understood(line) for line in _lines([str(path) for path in paths])]
    return found + [Read(why_not=WHY["stopped"])] * (len(files) - len(found))


def _lines(paths: list[str]) -> Iterator[dict[str, Any]]:
    """What the reader says, up to where it was stopped."""
    order = {
        "files": paths,
        "megabytes": MEGABYTES,
        "seconds": SECONDS,
        "most_pages": MOST_PAGES,
        "most_pixels": MOST_PIXELS,
        "most_signs": MOST_SIGNS,
    }
    command = [sys.executable, "-I", str(Path(reader.__file__))]
    try:
        said = subprocess.run(
            command, input=json.dumps(order).encode(), capture_output=True, timeout=SECONDS * PATIENCE
        ).stdout
    except subprocess.TimeoutExpired as stopped:
        said = stopped.stdout or b""
    for line in said.split(b"\n")[:-1]:
        yield json.loads(line)


def _understood(told: dict[str, Any]) -> Read:
    if "error" in told:
        return Read(why_not=WHY[told["error"]])
    leaves = tuple(ReadPage(words, look) for words, look in told["pages"])
    codes = [seen for page, text in told["codes"] if (seen := _addressed(page, text))]
    codes += _printed(leaves)
    return Read(leaves, told["source"], tuple(codes), told["kind"] == "picture")


def _addressed(page: int, text: str) -> Seen | None:
    """What a QR code says; None where it is none of ours."""
    try:
        parts = urlsplit(text)
        place = _PLACE.search(parts.path)
        told = parse_qs(parts.query)
        if place is None:
            return None
        return Seen(page, heard(place[1]), {name: number(told[name][0]) for name in _NUMBERS if name in told})
    except (BadCode, ValueError):
        return None


def number(said: str) -> int:
    """A number as an address says it; -1 for what is none."""
    plain = said.isascii() and said.isdecimal()
    return int(said) if plain and int(said[:20]) < LARGEST_NUMBER else -1


def _printed(leaves: Sequence[ReadPage]) -> Iterator[Seen]:
    """The codes that stand in the words of the pages, each once."""
    known: set[str] = set()
    for page, leaf in enumerate(leaves, start=1):
        for spoken in _SPOKEN.findall(leaf.words):
            code = spoken.replace("-", "")
            if code not in known:
                known.add(code)
                yield Seen(page, code, {})

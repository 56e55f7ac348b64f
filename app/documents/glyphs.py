"""What the shipped fonts can print, and □ for what they cannot: PDF/A refuses a missing glyph."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

FONTS = Path(__file__).resolve().parent / "fonts"
MANIFEST = FONTS / "manifest.json"
BOX = "\u25a1"
# Never drawn, so no font needs them.
INVISIBLE = frozenset("\n\u00ad\u200b\u200c\u200d\u2060\ufe0e\ufe0f")


def drawable(text: str) -> str:
    """`text` with □ in the place of every letter, with its accents, that no one shipped font family can draw."""
    if text.isascii():
        return text
    serif, fallback = _coverage()
    if serif.issuperset(text):
        return text
    return "".join(_drawn(cluster, serif, fallback) for cluster in _clusters(text))


def _drawn(cluster: str, serif: frozenset[str], fallback: frozenset[str]) -> str:
    if serif.issuperset(cluster) or fallback.issuperset(cluster):
        return cluster
    base = cluster[0]
    return base if base in serif or base in fallback else BOX


def _clusters(text: str) -> Iterator[str]:
    """A letter with the marks that follow it: a font draws them together or not at all."""
    cluster = ""
    for character in text:
        if cluster and (unicodedata.category(character).startswith("M") or character in "\u200d\ufe0e\ufe0f"):
            cluster += character
            continue
        if cluster:
            yield cluster
        cluster = character
    if cluster:
        yield cluster


@cache
def _coverage() -> tuple[frozenset[str], frozenset[str]]:
    """Characters of the serif in all its four styles, and of the one fallback."""
    fonts = json.loads(MANIFEST.read_text("utf-8"))["fonts"]
    sets = {name: _spread(font["characters"]) for name, font in fonts.items()}
    serif = frozenset.intersection(*(found for name, found in sets.items() if name.startswith("LiberationSerif")))
    return serif | INVISIBLE, sets["DejaVuSans.ttf"] | INVISIBLE


def _spread(ranges: Iterable[list[int]]) -> frozenset[str]:
    return frozenset(chr(code) for first, last in ranges for code in range(first, last + 1))


def describe(folder: Path = FONTS) -> dict[str, Any]:
    """The manifest as it should be: for each font its SHA-256, version, licence and the ranges of its characters.

    Needs fontTools, which only developers have.
    """
    from fontTools.ttLib import TTFont

    fonts = {}
    for path in sorted(folder.glob("*.ttf")):
        font = TTFont(path, lazy=True)
        licence = "LICENCE-DejaVu.txt" if path.name.startswith("DejaVu") else "LICENCE-Liberation.txt"
        fonts[path.name] = {
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "version": font["name"].getDebugName(5),
            "licence": licence,
            "characters": list(_ranges(sorted(font.getBestCmap()))),
        }
    return {"fonts": fonts}


def _ranges(codes: Iterable[int]) -> Iterator[list[int]]:
    run: list[int] = []
    for code in codes:
        if run and code == run[1] + 1:
            run[1] = code
            continue
        if run:
            yield run
        run = [code, code]
    if run:
        yield run


if __name__ == "__main__":
    MANIFEST.write_text(json.dumps(describe(), separators=(",", ":")).replace('"Lib', '\n"Lib') + "\n", "utf-8")

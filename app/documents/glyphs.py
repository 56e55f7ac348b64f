"""What the shipped fonts can print, and how wide it is; □ for the rest, since PDF/A refuses a missing glyph."""

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
BREAK = "\u200b"
FIRST_MEASURED, LAST_MEASURED = 0x20, 0x2AF  # Latin, with the Bambara letters
WIDEST = 1.2  # ems, for a letter that was not measured
# Never drawn, so no font needs them.
INVISIBLE = frozenset("\n\u200b\u200c\u200d\u2060\ufe0e\ufe0f")


def drawable(text: str) -> str:
    """`text` with □ in the place of every letter, with its accents, that no one shipped font family can draw.

    Soft hyphens go: words stay whole.
    """
    if text.isascii():
        return text
    text = text.replace("\u00ad", "")
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


def breakable(text: str, size: float, width: float, *, bold: bool = True) -> str:
    """`text`, `size` points tall, with a break chance in every word wider than a line of `width` points.

    Other words stay as they are, also those that came with break chances.
    """
    if len(text) * size * WIDEST < width and BREAK not in text:
        return text
    lines = text.replace(BREAK, "").split("\n")
    return "\n".join(" ".join(_broken(word, width / size, bold) for word in line.split(" ")) for line in lines)


def _broken(word: str, fits: float, bold: bool) -> str:
    if len(word) * WIDEST < fits:
        return word
    widths = _widths(bold)
    lines, line, room = [], "", fits
    for character in word:
        wide = widths.get(character, WIDEST)
        if wide > room and line:
            # After the last sign that parts an address, or else wherever the line is full.
            cut = 1 + max(map(line.rfind, "@./_-")) or len(line)
            lines.append(line[:cut])
            line = line[cut:]
            room = fits - sum(widths.get(kept, WIDEST) for kept in line)
        line += character
        room -= wide
    return BREAK.join((*lines, line))


@cache
def _widths(bold: bool) -> dict[str, float]:
    """Letter: its width in ems, upright or slanted, whichever is wider."""
    measured = json.loads(MANIFEST.read_text("utf-8"))["widths"]["bold" if bold else "regular"]
    return {chr(code): thousandths / 1000 for code, thousandths in enumerate(measured, start=FIRST_MEASURED)}


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

    And the widths of the serif's Latin letters in thousandths of an em. Needs fontTools, which only developers have.
    """
    from fontTools.ttLib import TTFont

    opened = {path: TTFont(path, lazy=True) for path in sorted(folder.glob("*.ttf"))}
    serif = {path.stem.removeprefix("LiberationSerif-"): _advances(font) for path, font in opened.items()}
    return {
        "fonts": {path.name: _description(path, font) for path, font in opened.items()},
        "widths": {
            "regular": list(map(max, serif["Regular"], serif["Italic"])),
            "bold": list(map(max, serif["Bold"], serif["BoldItalic"])),
        },
    }


def _description(path: Path, font: Any) -> dict[str, Any]:
    return {
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        "version": font["name"].getDebugName(5),
        "licence": "LICENCE-DejaVu.txt" if path.name.startswith("DejaVu") else "LICENCE-Liberation.txt",
        "characters": list(_ranges(sorted(font.getBestCmap()))),
    }


def _advances(font: Any) -> list[int]:
    glyphs, widths, em = font.getBestCmap(), font["hmtx"], font["head"].unitsPerEm
    missing = round(WIDEST * 1000)
    return [
        -(-widths[glyphs[code]][0] * 1000 // em) if code in glyphs else missing
        for code in range(FIRST_MEASURED, LAST_MEASURED + 1)
    ]


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
    MANIFEST.write_text(json.dumps(describe(), separators=(",", ":")) + "\n", "utf-8")

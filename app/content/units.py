"""The words and signs of a text one by one, as it is asked who wrote them: how alike, and how much each says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

_MARKS = "\u0300-\u036f"  # tones and accents that have no letter of their own: ɛ̀, ɔ́
_UNIT = re.compile(
    r"(\s*)("
    r"(?<!\d)\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d+)?(?!\d)"  # 1 200 000
    r"|\d+(?:[.,:/]\d+)+"  # 12,5  10:30  22/02/2018
    r"|(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)['’](?=[^\W_])"  # l’ before atelier
    r"|(?<![^\W_])(?:[^\W\d_]|mm|dr|pr|art)\.(?!\.)"  # M. DIALLO  Fatoumata B. TRAORÉ
    rf"|[^\W_]+(?:(?:[{_MARKS}]|[-‑'’](?=[^\W_]))+[^\W_]*)*"  # aujourd’hui  vice-président  2ème
    rf"|\*+|_+|\S[{_MARKS}]*)",
    re.IGNORECASE,
)
_ALIKE = str.maketrans({"’": "'", "‑": "-", "\u00a0": " ", "\u202f": " "})

_SMALL_WORDS = """
    le la les l' un une des du de d' au aux à en dans par pour sur sous avec sans chez vers entre contre selon dès depuis
    jusqu' jusque lors outre parmi malgré et ou ni mais or car donc que qu' qui dont où si comme lorsqu' puisqu' quoiqu'
    ne n' se s' ce c' me m' te t' j' y
"""
_SMALL = frozenset(_SMALL_WORDS.split())
"""Words that anybody's sentence has: articles, prepositions, conjunctions, and those that lose their vowel."""


class Weight(IntEnum):
    """How much it says about who wrote it."""

    SIGN = 0
    SMALL = 1  # an article, a preposition, a conjunction
    FULL = 2  # a noun, a verb, a name, a figure


class Unit(NamedTuple):
    """A word or a sign with the blanks before it; at the end of a text perhaps blanks alone."""

    blank: str
    word: str


def units(text: str) -> list[Unit]:
    """The units of `text`; joined they are `text`."""
    found = [Unit(blank, word) for blank, word in _UNIT.findall(text)]
    rest = text[len(text.rstrip()) :]
    return [*found, Unit(rest, "")] if rest else found


def alike(word: str) -> str:
    """What all ways of typing a word have in common: its capitals, its apostrophe and its spaces do not tell."""
    return word.casefold().translate(_ALIKE)


def weight(key: str) -> Weight:
    """The weight of a word in its `alike` form."""
    if not any(letter.isalnum() for letter in key):
        return Weight.SIGN
    return Weight.SMALL if key in _SMALL else Weight.FULL


def says_nothing(text: str) -> bool:
    """Whether a text is made of signs and small words only."""
    return all(weight(alike(word)) is not Weight.FULL for word in _words(text))


def _words(text: str) -> Iterator[str]:
    return (match[2] for match in _UNIT.finditer(text))

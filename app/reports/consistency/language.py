"""Reading French as it is typed: without accents and capitals, numbers in words, hours, names that are nearly the same."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from num2words import num2words

MONTHS = (
    *("janvier", "fevrier", "mars", "avril", "mai", "juin"),
    *("juillet", "aout", "septembre", "octobre", "novembre", "decembre"),
)
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_MOST = 200
_SMALL_WORDS = frozenset(
    {"a", "au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "ou", "un", "une"}
)
_WORD = re.compile(r"[a-z0-9]+")
_ORDINALS = {"premier": "1", "premiere": "1", "deuxieme": "2", "second": "2", "seconde": "2", "troisieme": "3"}
_ORDINAL = re.compile(r"(\d+)(?:er|ere|e|eme|ieme|nd|nde)?")
_STEM = 6
_HOUR = re.compile(r"(?<![\d/.,])(\d{1,2})\s*(?:h(?:eures?)?|:)\s*([0-5]\d)?(?!\d)")


class _Letters(dict[int, int | str]):
    """By character, the one it is levelled to; filled as characters are met."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        if letter in "’ʼ‘`´":
            level = "'"
        elif letter in "‐‑–—":
            level = "-"
        elif letter.isspace():
            level = " "
        else:
            bare = unicodedata.normalize("NFD", letter)[0].lower()
            level = bare if len(bare) == 1 else letter
        self[code] = level
        return level


_LETTERS = _Letters()


@lru_cache(maxsize=4096)
def levelled(text: str) -> str:
    """`text` in small letters without accents, with plain spaces, apostrophes and hyphens, sign for sign."""
    return text.translate(_LETTERS)


def words(text: str) -> list[str]:
    return _WORD.findall(levelled(text))


def stems(title: str) -> frozenset[str]:
    """What a title says, however it is written: its words but the small ones, cut short, ordinals as figures."""
    text = re.sub(r"\^\{([^}]*)\}", r"\1", levelled(title))
    text = re.sub(r"vice\s*-\s*", "vice", text)
    return frozenset(_stem(word) for word in _WORD.findall(text) if word not in _SMALL_WORDS)


def _stem(word: str) -> str:
    if word in _ORDINALS:
        return _ORDINALS[word]
    ordinal = _ORDINAL.fullmatch(word)
    return ordinal[1] if ordinal else word[:_STEM]


@cache
def numbers() -> dict[str, int]:
    """The numbers that a report writes in words: "quarante et un" to 41."""
    return {_spaced(num2words(number, lang="fr")): number for number in range(1, _MOST + 1)}


@cache
def years() -> dict[str, int]:
    return {_spaced(num2words(year, lang="fr")): year for year in range(_FIRST_YEAR, _LAST_YEAR + 1)}


def _spaced(text: str) -> str:
    return levelled(text).replace("-", " ")


@cache
def number_pattern(most: int = _MOST) -> str:
    """A pattern for the numbers up to `most`, in figures or in words with spaces; the longest first."""
    named = sorted((word for word, number in numbers().items() if number <= most), key=len, reverse=True)
    return r"\d{1,4}|" + "|".join(word.replace(" ", " +") for word in named)


def number(text: str) -> int | None:
    """The number that `text` is, in figures or in words; None for other words."""
    text = " ".join(_spaced(text).split())
    if text.isdecimal():
        return int(text)
    return 1 if text in ("premier", "1er") else numbers().get(text)


def year(text: str) -> int | None:
    """The year that `text` is, in figures or in words; None for other words."""
    text = " ".join(_spaced(text).split()).replace("deux mil ", "deux mille ")
    return int(text) if text.isdecimal() else years().get(text)


def hours(text: str) -> list[int]:
    """The hours named in a text, in minutes from midnight: "8 h 30 – 9h" gives 510 and 540."""
    found = _HOUR.findall(levelled(text))
    return [int(hour) * 60 + int(minute or 0) for hour, minute in found if int(hour) <= 24]


def nearly(one: str, other: str) -> bool:
    """Whether two different words differ by one letter: added, left out, or put for another."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    short, long = sorted((one, other), key=len)
    start = next((at for at, pair in enumerate(zip(short, long, strict=False)) if pair[0] != pair[1]), len(short))
    rest = start + 1 if len(short) == len(long) else start
    return short[rest:] == long[start + 1 :]


def plural(count: int, one: str, many: str) -> str:
    return f"{count}\u00a0{one if count < 2 else many}"


def listed(numbers: list[int]) -> str:
    """ "n° 1, 2 et 5"."""
    *first, last = (str(number) for number in numbers)
    said = f"{', '.join(first)} et {last}" if first else last
    return f"n{'os' if first else '°'}\u00a0{said}"

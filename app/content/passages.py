"""The passages of a part that one can point at: a block's words as they are read, and where quoted words stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from app.content.blocks import Block, BlockKind, Content
from app.content.markdown import plain, strip_marker
from app.content.typography import legible
from app.content.units import Weight, alike, says_nothing, units, weight

_SAME = dict.fromkeys("'’", "['’]") | dict.fromkeys("-‑", "[-‑]")

_AROUND = 5
"""Blocks on either side that a passage may run on into."""

Readings = Mapping[str, tuple[str, ...]]
"""By block id, in the part's order, the block's words as they may be read; the last one is the whole block."""


class PassageState(StrEnum):
    """What has become of a passage since it was pointed at."""

    PART = "part"  # none was: it is about the whole part
    PRESENT = "present"
    MOVED = "moved"  # the quoted words are in another block
    CHANGED = "changed"  # its block is there, the quoted words are not
    GONE = "gone"  # its block is not there any more

    @property
    def label(self) -> str:
        return {
            "part": "Toute la partie",
            "present": "Passage présent",
            "moved": "Passage déplacé",
            "changed": "Passage modifié",
            "gone": "Passage disparu",
        }[self.value]


class PassagePlace(NamedTuple):
    """Where a passage stands now; `block` is empty for a whole part and where it is gone."""

    standing: PassageState
    block: str = ""


def one_line(text: str) -> str:
    """`text` with each run of blanks, no-break ones too, as one space: what all renderings of a text have in common."""
    return " ".join(legible(text).split())


def readings(content: Content) -> Readings:
    """The words of every block that has some."""
    found = {block.id: _read(block) for block in content}
    return {block_id: texts for block_id, texts in found.items() if texts}


def _read(block: Block) -> tuple[str, ...]:
    if block.kind is not BlockKind.ROW:
        text = one_line(plain(strip_marker(block)))
        return (text,) if text else ()
    fields = [text for value in block.fields.values() if (text := one_line(value))]
    return (*fields, " ".join(fields)) if fields else ()


def stands(quote: str, texts: tuple[str, ...], either: bool = False) -> bool:
    """Whether a block's words hold the quoted ones, each as a whole word: « 12 écoles » is not in « 212 écoles ».

    `either`: the first letter may have become a capital, or a small one.
    """
    return as_it_stands(quote, texts, either) != ""


def as_it_stands(quote: str, texts: tuple[str, ...], either: bool = True) -> str:
    """The quoted words as the block has them now, with its own blanks and apostrophes; "" where it has not."""
    return next((text[begin:end] for text in texts for begin, end in _found(quote, text, either)), "")


def _found(quote: str, text: str, either: bool) -> Iterator[tuple[int, int]]:
    """Where the quoted words begin and end in a text."""
    pattern = _pattern(quote, either)
    edges: frozenset[int] = frozenset()
    for match in pattern.finditer(text) if pattern else ():
        edges = edges or _edges(text)
        if match.start() in edges and match.end() in edges:
            yield match.span()


def where(quote: str, text: str) -> int:
    """How far into a text the quoted words begin; -1 where they are not in it."""
    return text.find(as_it_stands(quote, (text,)) or quote)


def picked(quote: str, texts: tuple[str, ...]) -> str:
    """Words that were picked up, those at both ends made whole where a hasty hand cut them; "" where they are not there."""
    if stands(quote, texts):
        return quote
    pattern = _pattern(quote, either=False)
    for text in texts if pattern else ():
        match = pattern.search(text) if pattern else None
        if match:
            edges = _edges(text)
            begin = max(edge for edge in edges if edge <= match.start())
            return text[begin : min(edge for edge in edges if edge >= match.end())].strip()
    return ""


@lru_cache(maxsize=2_000)
def _pattern(quote: str, either: bool) -> re.Pattern[str] | None:
    """The words of a quote whatever their blanks and their apostrophes; signs at its ends do not count beside words."""
    words = [unit.word for unit in units(quote) if unit.word]
    said = [at for at, word in enumerate(words) if weight(alike(word)) is not Weight.SIGN]
    words = words[said[0] : said[-1] + 1] if said else words
    if not words:
        return None
    pattern = _letters(words[0][0], either) + _letters(words[0][1:])
    for before, word in pairwise(words):
        pattern += (r"\s+" if before[-1].isalnum() and word[0].isalnum() else r"\s*") + _letters(word)
    return re.compile(pattern)


def _letters(word: str, either: bool = False) -> str:
    """A word as a pattern; `either`: small or capital."""
    found = "".join(_SAME.get(letter) or (r"\s" if letter.isspace() else re.escape(letter)) for letter in word)
    return f"(?i:{found})" if either else found


@lru_cache(maxsize=2_000)
def _edges(text: str) -> frozenset[int]:
    """Where a word or a sign begins or ends in `text`: a figure with its thousands and its decimals is one word."""
    edges: set[int] = {0}
    position = 0
    for blank, word in units(text):
        edges |= {position + len(blank), position + len(blank) + len(word)}
        position += len(blank) + len(word)
    return frozenset(edges)


def holding(quote: str, read: Readings) -> list[str]:
    """The ids of the blocks in which the quoted words stand."""
    return [block_id for block_id, texts in read.items() if quote and stands(quote, texts)]


def picked_from(quote: str, read: Readings) -> list[str]:
    """The ids of the blocks that the words were picked up in: where they stand whole, else where a part of a word did."""
    return holding(quote, read) or [block_id for block_id, texts in read.items() if quote and picked(quote, texts)]


def place(block_id: str, quote: str, read: Readings, then: Readings | None = None) -> PassagePlace:
    """Where the passage `quote` of the block `block_id` stands; `then` is how the part read when it was pointed at.

    Words that have gone over to one other block, which had not the same ones before, are followed there.
    """
    if not block_id:
        return PassagePlace(PassageState.PART)
    texts = read.get(block_id)
    if texts and (stands(quote, texts, either=True) or _cut_alike(quote, texts, (then or {}).get(block_id, ()))):
        return PassagePlace(PassageState.PRESENT, block_id)
    if texts and _runs_on(quote, block_id, read):
        return PassagePlace(PassageState.PRESENT, block_id)
    others = [] if says_nothing(quote) else [each for each, there in read.items() if stands(quote, there, either=True)]
    if then is not None:
        others = [each for each in others if not stands(quote, then.get(each, ()), either=True)]
    if len(others) == 1:
        return PassagePlace(PassageState.MOVED, others[0])
    return PassagePlace(PassageState.CHANGED, block_id) if texts else PassagePlace(PassageState.GONE)


def _runs_on(quote: str, block_id: str, read: Readings) -> bool:
    """Whether the words stand in the block and those around it read in one go: a paragraph was cut in them."""
    at = list(read).index(block_id)
    said = [each[-1] for each in read.values()]
    before = " ".join([*said[max(0, at - _AROUND) : at], ""])
    own = range(len(before), len(before) + len(said[at]))
    around = before + " ".join(said[at : at + _AROUND + 1])
    return any(begin < own.stop and end > own.start for begin, end in _found(quote, around, either=True))


def _cut_alike(quote: str, texts: tuple[str, ...], then: tuple[str, ...]) -> bool:
    """Whether words that were picked up in their middle, and kept so, are still there in the same words."""
    return bool(then) and not stands(quote, then) and picked(quote, texts) == picked(quote, then) != ""

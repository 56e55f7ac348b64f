"""The words of a version's fields one after the other, each different one as a character."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from app.content.blocks import Block, BlockKind, Content
from app.content.markdown import strip_marker
from app.content.units import Unit, Weight, alike, units, weight

_MARKER = "\0"
"""No text holds it: before the sign of an item, which is no sign of a sentence."""


class WordedText(NamedTuple):
    """One text of a version: of the block `id`, which is the `order`-th; `marker` letters begin it that are no words."""

    order: int
    id: str
    name: str
    text: str
    row: bool
    marker: int = 0


Place = tuple[str, str]
"""A block's id and the name of one of its fields."""

Fields = Mapping[Place, WordedText]


def fields(content: Content) -> Fields:
    """The fields of a version that hold words, in reading order."""
    return {
        (block.id, name): WordedText(order, block.id, name, text, block.kind is BlockKind.ROW, _marker(block))
        for order, block in enumerate(content)
        for name, text in block.words.items()
    }


def _marker(block: Block) -> int:
    return 0 if block.kind in (BlockKind.ROW, BlockKind.PARAGRAPH) else len(block.text) - len(strip_marker(block))


class Codes:
    """A character for each different word, so that runs of words are compared as texts; shared by what is compared."""

    def __init__(self) -> None:
        self.by_word: dict[str, str] = {}
        self.weights: dict[str, Weight] = {}
        self._by_key: dict[str, str] = {}

    def of(self, word: str) -> str:
        code = self.by_word.get(word)
        if code is None:
            key = alike(word)
            code = self._by_key.setdefault(key, chr(0x10000 + len(self._by_key)))
            self.by_word[word] = code
            self.weights.setdefault(code, weight(key))
        return code


class Words:
    """The units of some fields one after the other, each field ended by a place that holds none.

    By place: its code, its weight, and the field it stands in; `spans` says where each field begins and ends.
    """

    def __init__(self, given: Iterable[WordedText], codes: Codes, end: str) -> None:
        self.fields = list(given)
        self.units: list[Unit | None] = []
        self.at: list[int] = []
        self.spans: list[range] = []
        said: list[str] = []
        weights = bytearray()
        for number, field in enumerate(self.fields):
            found = units(field.text)
            marked = len(units(field.text[: field.marker].rstrip())) if field.marker else 0
            begin = len(self.units)
            self.spans.append(range(begin, begin + len(found)))
            self.units += [*found, None]
            self.at += [number] * (len(found) + 1)
            coded = [codes.of(_MARKER + unit.word) for unit in found[:marked]]
            coded += [codes.of(unit.word) for unit in found[marked:]]
            weights += bytes([Weight.SIGN] * marked)
            weights += bytes([*map(codes.weights.__getitem__, coded[marked:]), Weight.SIGN])
            said += [*coded, end]
        self.codes = "".join(said)
        self.weights = bytes(weights)
        self.place = {(field.id, field.name): number for number, field in enumerate(self.fields)}
        self._full: Counter[str] = Counter()
        for field, span in zip(self.fields, self.spans, strict=True):
            self._full[field.id] += self.full(span.start, span.stop)

    def unit(self, place: int) -> Unit:
        found = self.units[place]
        if found is None:
            raise LookupError(place)
        return found

    def field(self, place: int) -> WordedText:
        return self.fields[self.at[place]]

    def said(self, span: range) -> str:
        return self.codes[span.start : span.stop]

    def full(self, begin: int, end: int) -> int:
        """How many full words stand there."""
        return self.weights.count(Weight.FULL, begin, end)

    def full_in(self, id: str) -> int:
        """How many full words stand in the fields of a block that are looked at."""
        return self._full[id]

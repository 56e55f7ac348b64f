"""The passages of a part that one can point at: a block's words as they are read, and where quoted words stand."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from app.content.blocks import Block, Content, Kind
from app.content.markdown import plain, strip_marker
from app.content.typography import legible

Readings = Mapping[str, tuple[str, ...]]
"""By block id, in the part's order, the block's words as they may be read; the last one is the whole block."""

LONG_ENOUGH = 20
"""Letters that quoted words must have to be looked for outside their block: shorter ones stand in many places."""


class Standing(StrEnum):
    """What has become of a passage since it was pointed at."""

    PART = "part"  # none was: it is about the whole part
    PRESENT = "present"
    CHANGED = "changed"  # its block is there, the quoted words are not
    GONE = "gone"  # its block is not there any more

    @property
    def label(self) -> str:
        return {
            "part": "Toute la partie",
            "present": "Passage présent",
            "changed": "Passage modifié",
            "gone": "Passage disparu",
        }[self.value]


class Place(NamedTuple):
    """Where a passage stands now; `block` is empty for a whole part and where it is gone."""

    standing: Standing
    block: str = ""


def one_line(text: str) -> str:
    """`text` with each run of blanks, no-break ones too, as one space: what all renderings of a text have in common."""
    return " ".join(legible(text).split())


def readings(content: Content) -> Readings:
    """The words of every block that has some."""
    found = {block.id: _read(block) for block in content}
    return {block_id: texts for block_id, texts in found.items() if texts}


def _read(block: Block) -> tuple[str, ...]:
    if block.kind is not Kind.ROW:
        text = one_line(plain(strip_marker(block)))
        return (text,) if text else ()
    fields = [text for value in block.fields.values() if (text := one_line(value))]
    return (*fields, " ".join(fields)) if fields else ()


def stands(quote: str, texts: tuple[str, ...]) -> bool:
    """Whether a block's words hold the quoted ones."""
    return any(quote in text for text in texts)


def whole_words(quote: str, texts: tuple[str, ...]) -> str:
    """Words that were picked up in their middle, as a hasty hand does, made whole; `texts` hold the quote."""
    text = next(text for text in texts if quote in text)
    start = text.index(quote)
    end = start + len(quote)
    while start and text[start - 1 : start + 1].isalnum():
        start -= 1
    while text[end - 1 : end + 1].isalnum() and end < len(text):
        end += 1
    return text[start:end]


def holding(quote: str, read: Readings) -> list[str]:
    """The ids of the blocks in which the quoted words stand."""
    return [block_id for block_id, texts in read.items() if quote and stands(quote, texts)]


def place(block_id: str, quote: str, read: Readings) -> Place:
    """Where the passage `quote` of the block `block_id` stands.

    Words that have gone over to one other block, as when a paragraph is cut in two, are followed there.
    """
    if not block_id:
        return Place(Standing.PART)
    texts = read.get(block_id)
    if texts and stands(quote, texts):
        return Place(Standing.PRESENT, block_id)
    others = holding(quote, read) if len(quote) >= LONG_ENOUGH else []
    if len(others) == 1:
        return Place(Standing.PRESENT, others[0])
    return Place(Standing.CHANGED, block_id) if texts else Place(Standing.GONE)

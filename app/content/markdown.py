"""What the marker at the head of a block of prose says, and a text without its marks."""

from __future__ import annotations

import re

from app.content.blocks import Block, BlockKind
from app.content.inline import html, spans

__all__ = ["heading_level", "html", "kind_of", "number", "plain", "spans", "strip_marker"]

_MARKERS = {
    BlockKind.HEADING: re.compile(r"(?P<level>#{1,6})(?:[^\S\n]+|(?=\n|$))"),
    BlockKind.ITEM: re.compile(r"[-*–—•](?:[^\S\n]+|(?=\n|$))"),
    BlockKind.NUMBERED: re.compile(r"(?P<number>\d{1,3})[.)](?:[^\S\n]+|(?=\n|$))", re.ASCII),
}
_STORED = {**_MARKERS, BlockKind.ITEM: re.compile(r"[-*+–—•](?:[^\S\n]+|(?=\n|$))")}
"""What began a block when it was cut: a plus sign once made an item."""


def kind_of(text: str) -> BlockKind:
    """The kind a block of prose has by its marker, `text` having no blanks before it.

    "2018." is a year and no number, "+ 5 %" a figure and no item.
    """
    return next((kind for kind, marker in _MARKERS.items() if marker.match(text)), BlockKind.PARAGRAPH)


def strip_marker(block: Block) -> str:
    """The block's Markdown without "- ", "1. " or "## "."""
    marker = _marker(block)
    return block.text[marker.end() :] if marker else block.text


def heading_level(block: Block) -> int:
    """1 to 6 by the number of #; 0 for a block that is no heading."""
    marker = _marker(block) if block.kind is BlockKind.HEADING else None
    return len(marker["level"]) if marker else 0


def number(block: Block) -> int:
    """The figure typed before an item of a numbered list; 0 for a block that is none."""
    marker = _marker(block) if block.kind is BlockKind.NUMBERED else None
    return int(marker["number"]) if marker else 0


def _marker(block: Block) -> re.Match[str] | None:
    pattern = _STORED.get(block.kind)
    return pattern.match(block.text) if pattern else None


def plain(source: str) -> str:
    """The words of a Markdown text without its inline marks: for titles, search and counting."""
    return "".join(span.text for span in spans(source, ordinals=True))

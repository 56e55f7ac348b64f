"""Whether a change that was made is still in the text, whatever was edited around it since."""

from __future__ import annotations

import re
from itertools import pairwise

from app.content.blocks import Block, Content
from app.content.changes.shape import Change

Pairs = set[tuple[str, str]]
_WORD = re.compile(r"\w+|[^\w\s]")


def lasts(change: Change, content: Content) -> bool:
    """Whether half at least of what the change put side by side is so in `content`, wherever it stands by now.

    Two words that stand side by side because others between them were taken out count as well: where these are back, the
    change is not there any more. A change that only moves blocks, or takes blanks out, lasts.
    """
    put: Pairs = set()
    for edit in change.worded:
        put |= _pairs(edit.new) - _pairs(edit.old)
    if not put:
        here = {block.id for block in content}
        removed = [edit for edit in change.worded if edit.new is None]
        return not removed or not all(edit.id in here for edit in removed)
    there = set[tuple[str, str]]().union(*(_pairs(block) for block in content))
    return 2 * len(put & there) >= len(put)


def _pairs(block: Block | None) -> Pairs:
    """Each word or sign of the block with the one behind it, field by field."""
    texts = block.words.values() if block is not None else ()
    return {pair for text in texts if text.strip() for pair in pairwise(["", *_WORD.findall(text.casefold()), ""])}

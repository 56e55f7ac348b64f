"""Which changes touch the same words: adopted, one would stand in the other's way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from app.content.blocks import Block, Content
from app.content.changes.applying import wording
from app.content.changes.shape import Change, Edit


def collide(one: Change, other: Change, current: Content) -> bool:
    """Whether adopting one of them makes the other clash; asked of any two changes of a part, in whatever order."""
    return bool(collisions({0: one, 1: other}, current))


def collisions(changes: Mapping[int, Change], current: Content) -> tuple[tuple[int, int], ...]:
    """The pairs of `changes` (by their keys, the smaller first, sorted) that collide on the text `current`.

    Only changes that share a block are compared, and of the text only the blocks they share are read.
    """
    touching: dict[str, list[tuple[int, Edit]]] = {}
    for number, change in changes.items():
        for edit in change.worded:
            touching.setdefault(edit.id, []).append((number, edit))
    here = {block.id: block for block in current if block.id in touching}
    pairs: set[tuple[int, int]] = set()
    for id, edits in touching.items():
        if len(edits) > 1:
            pairs.update(_meeting(edits, here.get(id)))
    return tuple(sorted(pairs))


def _meeting(edits: Sequence[tuple[int, Edit]], now: Block | None) -> Iterator[tuple[int, int]]:
    """The pairs of edits of one block that touch the same words of it.

    Where one of them already clashes with the text, they do: neither can be decided without a look at the other.
    """
    made = [(number, edit, *wording(edit, now)) for number, edit in edits]
    for (first, one, by_one, in_the_way), (second, other, by_other, met) in combinations(made, 2):
        if in_the_way or met or wording(other, by_one)[1] or wording(one, by_other)[1]:
            yield min(first, second), max(first, second)

"""Which changes touch the same words: adopted, one would stand in the other's way."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from app.content.blocks import Block, Content
from app.content.changes.applying import wording
from app.content.changes.shape import BlockEdit, Change
from app.content.edits import Rewording, apart, rewording
from app.content.merge import NAME
from app.content.wholes import joints
from app.content.wording import merge_words


def collide(one: Change, other: Change, current: Content) -> bool:
    """Whether adopting one of them makes the other clash; asked of any two changes of a part, in whatever order."""
    return bool(collisions({0: one, 1: other}, current))


def collisions(changes: Mapping[int, Change], current: Content) -> tuple[tuple[int, int], ...]:
    """The pairs of `changes` (by their keys, the smaller first, sorted) that collide on the text `current`.

    Only changes that share a block are compared, and of the text only the blocks they share are read.
    """
    touching: dict[str, list[tuple[int, BlockEdit]]] = {}
    for number, change in changes.items():
        for edit in change.worded:
            touching.setdefault(edit.id, []).append((number, edit))
    here = {block.id: block for block in current if block.id in touching}
    pairs: set[tuple[int, int]] = set()
    for id, edits in touching.items():
        if len(edits) > 1:
            pairs.update(_meeting(edits, here.get(id)))
    return tuple(sorted(pairs))


def _meeting(edits: Sequence[tuple[int, BlockEdit]], now: Block | None) -> Iterator[tuple[int, int]]:
    """The pairs of edits of one block that touch the same words of it.

    Where one of them already clashes with the text, they do: neither can be decided without a look at the other.
    """
    made = [_Made(number, edit, now, *wording(edit, now)) for number, edit in edits]
    for one, other in combinations(made, 2):
        if one.clashes or other.clashes or _in_the_way(one, other):
            yield min(one.number, other.number), max(one.number, other.number)


@dataclass(frozen=True)
class _Made:
    """An edit, and its block with it made in the text `now`."""

    number: int
    edit: BlockEdit
    now: Block | None
    block: Block | None
    clashes: tuple[object, ...]

    @cached_property
    def worded(self) -> dict[str, Rewording] | None:
        """What it makes of each field that it changes; None where it does more than put words in and out."""
        if self.now is None or self.block is None or self.edit.old is None or self.edit.new is None:
            return None
        if (self.block.kind, self.block.zone) != (self.now.kind, self.now.zone):
            return None
        names = {**self.now.words, **self.block.words}
        texts = {name: (self.now.words.get(name, ""), self.block.words.get(name, "")) for name in names}
        return {name: rewording(*text) for name, text in texts.items() if text[0] != text[1]}

    @property
    def names(self) -> bool:
        """Whether it changes the name of a person that a row gives in several fields."""
        return not set(NAME).isdisjoint(self.worded or ())


def _in_the_way(one: _Made, other: _Made) -> bool:
    if one.worded is None or other.worded is None or (one.names and other.names):
        return _clashing(one, other)
    for name in one.worded.keys() & other.worded.keys():
        mine, theirs = one.worded[name], other.worded[name]
        told = _at_a_glance(mine, theirs)
        if told is None:
            told = merge_words(mine.base, mine.version, theirs.version) is None
        if told:
            return True
    return False


def _clashing(one: _Made, other: _Made) -> bool:
    """Each is made in the text that the other leaves."""
    return bool(wording(other.edit, one.block)[1] or wording(one.edit, other.block)[1])


def _at_a_glance(mine: Rewording, theirs: Rewording) -> bool | None:
    """Whether two rewordings of one text clash, without making them; None where that has to be tried.

    Two hundred amendments of one paragraph are twenty thousand pairs: most are told by where they stand.
    """
    if not set(mine.edits).isdisjoint(theirs.edits):
        return None
    if not apart(mine.base, mine.hunks, theirs.hunks) or mine.added & theirs.added:
        return True
    if mine.put_in & theirs.put_in or mine.taken_out & theirs.taken_out:
        return None
    return None if _may_join(mine, theirs) else False


def _may_join(mine: Rewording, theirs: Rewording) -> bool:
    """Whether a figure, name or negation could reach from a word of one of them to one of the other."""
    between, negating = joints(mine.base), mine.negating or theirs.negating
    return any(
        between.join(min(left[1], right[1]), max(left[0], right[0]), negating)
        for left in mine.hunks
        for right in theirs.hunks
    )

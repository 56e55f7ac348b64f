"""Making a change in the text of the day: a three-way merge by block and by word."""

from __future__ import annotations

from dataclasses import dataclass

from app.content.blocks import Block, Content
from app.content.changes.shape import BlockEdit, BlockPlace, Change
from app.content.merge import Clash, Merged, merge


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a text would be with a change made in it.

    In `merged`, mine is the change and theirs the text of the day; a clashing block stands in it as the change has it.
    `gone`: none of the blocks that the change touches is left in the text.
    """

    merged: Merged
    current: Content
    gone: bool

    @property
    def content(self) -> Content:
        return self.merged.content

    @property
    def clashes(self) -> tuple[Clash, ...]:
        return self.merged.clashes

    @property
    def idle(self) -> bool:
        """Whether the text already says what the change asks for."""
        return not self.clashes and self.content == self.current


def apply(change: Change, current: Content) -> Outcome:
    """`current` with `change` made in it; what the text already holds is not made twice.

    A block added or moved stands behind the nearest of the blocks it follows in the amended text that is there.
    """
    blocks = list(current)
    here = {block.id: block for block in current}
    clashes: list[Clash] = []
    dropped: set[str] = set()
    for edit in change.edits:
        wanted, met = wording(edit, here.get(edit.id))
        clashes += met
        if met and edit.new is None:
            dropped.add(edit.id)
        else:
            _put(blocks, edit, wanted, change.zones)
    every = tuple(blocks)
    content = tuple(block for block in every if block.id not in dropped)
    return Outcome(Merged(content, tuple(clashes), every), current, _gone(change, here))


def said(change: Change, current: Content) -> bool:
    """Whether `current` already says all that the change asks for: adopting it would leave the text as it is."""
    here = {block.id: block for block in current if block.id in {edit.id for edit in change.edits}}
    untouched = any(edit.old is not None and here.get(edit.id) == edit.old for edit in change.worded)
    return not untouched and apply(change, current).idle


def overtaken(change: Change, current: Content) -> bool:
    """Whether `current` no longer takes the change as it is: words clash, or all it touches has left."""
    here = {block.id: block for block in current if block.id in {edit.id for edit in change.edits}}
    return _gone(change, here) or any(wording(edit, here.get(edit.id))[1] for edit in change.edits)


def wording(edit: BlockEdit, now: Block | None) -> tuple[Block | None, tuple[Clash, ...]]:
    """The block with the edit made in `now`, None where it goes or is gone, and where both say different things."""
    if edit.old is None:
        return now or edit.new, ()
    merged = merge(*(() if block is None else (block,) for block in (edit.old, edit.new, now)))
    return (merged.content[0] if merged.content else None), merged.clashes


def _put(blocks: list[Block], edit: BlockEdit, wanted: Block | None, zones: tuple[str, ...]) -> None:
    """Bring one block of the text to its wanted wording and place."""
    at = next((index for index, block in enumerate(blocks) if block.id == edit.id), None)
    if at is None:
        if wanted is not None and edit.place is not None:
            blocks.insert(_spot(blocks, wanted.zone, edit.place, zones), wanted)
    elif wanted is None:
        del blocks[at]
    elif edit.place is None or not edit.moved or _in_place(blocks, at, wanted, edit.place):
        blocks[at] = wanted
    else:
        del blocks[at]
        blocks.insert(_spot(blocks, wanted.zone, edit.place, zones), wanted)


def _in_place(blocks: list[Block], at: int, wanted: Block, place: BlockPlace) -> bool:
    """Whether the block at `at` already stands between the neighbours it is wanted between."""
    if blocks[at].zone != wanted.zone:
        return False
    spots = _spots(blocks, wanted.zone)
    after, before = _window(spots, place)
    run = [spots[id] for id in place.run if id in spots and after < spots[id] < before]
    return max([after, *run]) < at < before


def _spot(blocks: list[Block], zone: str, place: BlockPlace, zones: tuple[str, ...]) -> int:
    """Where in `blocks` a block wanted at `place` is to be inserted."""
    spots = _spots(blocks, zone)
    if not spots:
        return _start(blocks, zone, zones)
    after, before = _window(spots, place)
    for id in place.run:
        # A block that is to be moved counts once it is here: before, it stood outside the window.
        if after < spots.get(id, -1) < before:
            return spots[id] + 1
    if place.left and not any(id in spots for id in place.left):
        return before
    return after + 1


def _spots(blocks: list[Block], zone: str) -> dict[str, int]:
    return {block.id: index for index, block in enumerate(blocks) if block.zone == zone}


def _window(spots: dict[str, int], place: BlockPlace) -> tuple[int, int]:
    """The positions of the nearest neighbours on both sides that are there, or the zone's ends."""
    first, last = min(spots.values()) - 1, max(spots.values()) + 1
    after = next((spots[id] for id in place.left if id in spots), first)
    before = next((spots[id] for id in place.right if id in spots), last)
    return after, (before if before > after else last)


def _start(blocks: list[Block], zone: str, zones: tuple[str, ...]) -> int:
    """Where a zone that holds nothing yet begins: behind the nearest zone before it."""
    for earlier in reversed(zones[: zones.index(zone)] if zone in zones else zones):
        spots = _spots(blocks, earlier)
        if spots:
            return max(spots.values()) + 1
    return 0


def _gone(change: Change, here: dict[str, Block]) -> bool:
    touched = {edit.id for edit in change.worded if edit.old is not None}
    return bool(touched) and touched.isdisjoint(here)

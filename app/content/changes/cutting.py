"""Cutting an amended part into changes that can each be decided by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from app.content.blocks import BlockKind, Content
from app.content.changes.shape import BlockEdit, BlockPlace, Change
from app.content.diff import BlockChange, Op, compare, tokens
from app.content.interleave import interleave
from app.content.sequences import in_order

_NEIGHBOURS = 3
"""Blocks that stood still kept on each side of a place: one may be gone when the change is adopted."""
_LONGEST_RUN = 200
"""New or moved blocks kept before a place: rows pasted by the thousand must not make a change of a megabyte each."""
_PASSED = 4
"""Words in a row that, gone from one block and come into another, were not written twice."""
_LONG_WORD = 4
"""Letters from which a word can say where it comes from: "de" and "la" are everywhere."""


def cut(base: Content, amended: Content) -> tuple[Change, ...]:
    """The separate changes from `base` to `amended` in reading order; none where only blanks differ.

    Each block is a change of its own; neighbouring blocks of prose between which text may have passed are one. A
    difference in the blanks before or after a block rides along with the nearest change. Taken all, in any order, the
    changes give `amended` (of runs of up to 200 new rows).
    """
    if base == amended:
        return ()
    items = _items(base, amended)
    touched = [index for index, item in enumerate(items) if not item.edit.only_blanks]
    groups = _groups(items, touched)
    riders: dict[int, list[int]] = {}
    for index, item in enumerate(items):
        if touched and item.edit.only_blanks and item.edit.old != item.edit.new:
            riders.setdefault(groups[_nearest(items, index, touched)], []).append(index)
    members: dict[int, list[int]] = {}
    for index in touched:
        members.setdefault(groups[index], []).append(index)
    zones = tuple(interleave(_zones(base), _zones(amended), _zones(base)))
    return tuple(
        Change(tuple(items[index].edit for index in sorted([*group, *riders.get(first, ())])), zones)
        for first, group in members.items()
    )


@dataclass(frozen=True, slots=True)
class _Item:
    """A block of either text in reading order, with the words that left it and those that came, a few in a row."""

    edit: BlockEdit
    shown: BlockChange
    gone: frozenset[tuple[str, ...]] = frozenset()
    come: frozenset[tuple[str, ...]] = frozenset()


def _items(base: Content, amended: Content) -> list[_Item]:
    old, new = ({block.id: block for block in version} for version in (base, amended))
    still = _still(base, amended)
    places = _places(amended, still)
    items: list[_Item] = []
    for shown in compare(base, amended):
        before, after = old.get(shown.id), new.get(shown.id)
        moved = before is not None and after is not None and shown.id not in still
        edit = BlockEdit(before, after, places.get(shown.id), moved)
        if edit.only_blanks or shown.kind is BlockKind.ROW:
            items.append(_Item(edit, shown))
        else:
            items.append(_Item(edit, shown, _stretches(shown, Op.DELETE), _stretches(shown, Op.INSERT)))
    return items


def _still(base: Content, amended: Content) -> set[str]:
    """The blocks of both that stand in the same zone and in the same order: as many as can be said to."""
    place = {block.id: (block.zone, index) for index, block in enumerate(base)}
    zones: dict[str, list[str]] = {}
    for block in amended:
        if place.get(block.id, ("", 0))[0] == block.zone:
            zones.setdefault(block.zone, []).append(block.id)
    return {ids[index] for ids in zones.values() for index in in_order([place[id][1] for id in ids])}


def _places(amended: Content, still: set[str]) -> dict[str, BlockPlace]:
    zones: dict[str, list[str]] = {}
    for block in amended:
        zones.setdefault(block.zone, []).append(block.id)
    places: dict[str, BlockPlace] = {}
    for ids in zones.values():
        standing = [id for id in ids if id in still]
        passed = 0
        run: list[str] = []
        for id in ids:
            if id in still:
                passed += 1
            right = tuple(standing[passed : passed + _NEIGHBOURS])
            before = passed - (id in still)
            left = tuple(reversed(standing[max(0, before - _NEIGHBOURS) : before]))
            places[id] = BlockPlace(tuple(reversed(run[-_LONGEST_RUN:])), left, right)
            run = [] if id in still else [*run[-_LONGEST_RUN:], id]
    return places


def _stretches(shown: BlockChange, wanted: Op) -> frozenset[tuple[str, ...]]:
    """Every few words in a row that were put in or taken out; whole where there are fewer."""
    found: set[tuple[str, ...]] = set()
    for op, text in (step for steps in shown.fields.values() for step in steps):
        if op is wanted:
            words = tuple(token.casefold() for token in tokens(text) if token[0].isalnum())
            found.update(words[start : start + _PASSED] for start in range(max(1, len(words) - _PASSED + 1)))
    return frozenset(words for words in found if any(len(word) >= _LONG_WORD for word in words))


def _groups(items: list[_Item], touched: list[int]) -> dict[int, int]:
    """By the index of each touched item that of the first of its change."""
    first = {index: index for index in touched}

    def head(index: int) -> int:
        while first[index] != index:
            index = first[index] = first[first[index]]
        return index

    for run in _runs(items, touched):
        for one, other in [*_replaced(items, run), *_passed(items, run)]:
            low, high = sorted((head(one), head(other)))
            first[high] = low
    return {index: head(index) for index in touched}


def _runs(items: list[_Item], touched: list[int]) -> Iterator[list[int]]:
    """The touched blocks of prose that stand next to each other in one zone."""
    run: list[int] = []
    for index in touched:
        shown = items[index].shown
        if run and (index != run[-1] + 1 or shown.zone != items[run[-1]].shown.zone):
            yield run
            run = []
        if shown.kind is not BlockKind.ROW:
            run.append(index)
    yield run


def _replaced(items: list[_Item], run: list[int]) -> Iterator[tuple[int, int]]:
    """The neighbours among blocks that were taken out and put in at one place: some stand for the others."""
    stretch: list[int] = []
    for index in [*run, -1]:
        if index >= 0 and (items[index].edit.old is None or items[index].edit.new is None):
            stretch.append(index)
            continue
        if len({items[each].edit.old is None for each in stretch}) == 2:
            yield from pairwise(stretch)
        stretch = []


def _passed(items: list[_Item], run: list[int]) -> Iterator[tuple[int, int]]:
    """The pairs of which one lost words that the other gained."""
    lost: dict[tuple[str, ...], list[int]] = {}
    for index in run:
        for words in items[index].gone:
            lost.setdefault(words, []).append(index)
    for index in run:
        for words in items[index].come:
            yield from ((index, other) for other in lost.get(words, ()) if other != index)


def _nearest(items: list[_Item], index: int, touched: list[int]) -> int:
    """The touched item nearest to another, in its own zone if there is one."""
    zone = items[index].shown.zone
    return min(touched, key=lambda other: (items[other].shown.zone != zone, abs(other - index)))


def _zones(content: Content) -> list[str]:
    return list(dict.fromkeys(block.zone for block in content))

"""Two people's versions of one part brought together, by block and by word; what cannot be is a clash for a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

from app.content.blocks import Block, Content
from app.content.interleave import interleave
from app.content.wording import merge_words

T = TypeVar("T")
NAME = ("civility", "first_name", "surname")
"""The fields of a row that name one person together: half of one name and half of another is nobody."""


@dataclass(frozen=True, slots=True)
class Clash:
    """One field both changed in the same place. The texts are whole; None where there is no such block."""

    block_id: str
    zone: str
    field: str
    base: str | None
    mine: str | None
    theirs: str | None


@dataclass(frozen=True, slots=True)
class Merged:
    """`content` holds what both wrote; a block with a clash stands in it as mine, absent where I deleted it."""

    content: Content
    clashes: tuple[Clash, ...]
    every_block: Content
    """`content` with the clashing blocks that one side deleted, where they would stand: `resolve` starts from it."""


def merge(base: Content, mine: Content, theirs: Content) -> Merged:
    """The changes of `mine` and of `theirs` to `base`, together. Ids are unique within each version.

    Blocks added, moved and removed by either are; new blocks of both in one place are both kept, theirs first, unless
    they say the same. A block that both moved stands where they put it. A field both changed is merged word by word.
    """
    merging = _Merging(
        {block.id: block for block in base},
        {block.id: block for block in mine},
        {block.id: block for block in theirs},
    )
    blocks = {block.id: merging.block(block.id) for block in _union(base, mine, theirs)}
    kept = {id: block for id, block in blocks.items() if block is not None}
    every_block = tuple(kept[id] for id in _order(kept, base, mine, theirs))
    content = tuple(block for block in every_block if block.id not in merging.deleted_by_me)
    place = {block.id: index for index, block in enumerate(every_block)}
    return Merged(content, tuple(sorted(merging.clashes, key=lambda clash: place[clash.block_id])), every_block)


def resolve(merged: Merged, choices: Mapping[tuple[str, str], str | None]) -> Content:
    """`merged` with the text a person chose for each (block id, field) of its clashes; without a choice mine stands.

    None is the choice of the one who deleted the block: a block whose clashes are all left at None goes.
    """
    clashing: dict[str, dict[str, str | None]] = {}
    for clash in merged.clashes:
        chosen = choices.get((clash.block_id, clash.field), clash.mine)
        clashing.setdefault(clash.block_id, {})[clash.field] = chosen
    content: list[Block] = []
    for block in merged.every_block:
        texts = clashing.get(block.id)
        if texts is None:
            content.append(block)
        elif any(text is not None for text in texts.values()):
            chosen_fields = {name: text for name, text in texts.items() if text is not None}
            content.append(Block(block.id, block.zone, block.kind, {**block.fields, **chosen_fields}))
    return tuple(content)


def _union(*versions: Content) -> Content:
    return tuple({block.id: block for version in versions for block in version}.values())


class _Merging:
    """What becomes of each block, and the clashes met on the way."""

    def __init__(self, base: Mapping[str, Block], mine: Mapping[str, Block], theirs: Mapping[str, Block]) -> None:
        self.base, self.mine, self.theirs = base, mine, theirs
        self.clashes: list[Clash] = []
        self.deleted_by_me: set[str] = set()

    def block(self, id: str) -> Block | None:
        """The merged block, or None where it is deleted. One I deleted and they changed is theirs for now."""
        base, mine, theirs = self.base.get(id), self.mine.get(id), self.theirs.get(id)
        if mine is not None and theirs is not None:
            return self._fields(base, mine, theirs)
        one = mine or theirs
        if one is None:
            return None
        if base is None:
            return one
        if not _reworded(base, one):
            return None
        for name in {**base.words, **one.words}:
            before, text = base.words.get(name, ""), one.words.get(name, "")
            if text != before:
                left, right = (text, None) if one is mine else (None, text)
                self.clashes.append(Clash(id, one.zone, name, before, left, right))
        if one is theirs:
            self.deleted_by_me.add(id)
        return one

    def _fields(self, base: Block | None, mine: Block, theirs: Block) -> Block:
        """A block both have: where a field clashes, my text."""
        old: Mapping[str, str] = base.fields if base else {}
        fields: dict[str, str] = {}
        two_names = _two_names(old, mine.fields, theirs.fields)
        for name in {**theirs.fields, **mine.fields}:
            before, left, right = old.get(name), mine.fields.get(name), theirs.fields.get(name)
            text = _pick(before, left, right)
            torn = two_names and name in NAME and left != right
            if torn or (text != right and before != right and (name in mine.words or name in theirs.words)):
                text = None if torn else merge_words(before or "", left or "", right or "")
                if text is None:
                    text = left or ""
                    self.clashes.append(Clash(mine.id, mine.zone, name, before, text, right or ""))
            if text is not None:
                fields[name] = text
        zone = _pick(base.zone if base else None, mine.zone, theirs.zone) or mine.zone
        kind = _pick(base.kind if base else None, mine.kind, theirs.kind) or mine.kind
        return Block(mine.id, zone, kind, fields)


def _two_names(old: Mapping[str, str], mine: Mapping[str, str], theirs: Mapping[str, str]) -> bool:
    """Whether both made another person of the one a row names: their fields are then chosen by hand, not mixed."""
    before, left, right = ([version.get(name, "") for name in NAME] for version in (old, mine, theirs))
    if before in (left, right) or left == right:
        return False
    mixed = [_pick(*texts) for texts in zip(before, left, right, strict=True)]
    return mixed not in (left, right)


def _reworded(base: Block, version: Block) -> bool:
    names = {**base.words, **version.words}
    return any(base.words.get(name, "") != version.words.get(name, "") for name in names)


def _order(kept: Mapping[str, Block], base: Content, mine: Content, theirs: Content) -> list[str]:
    """The ids of the merged blocks in reading order: zone by zone, in each as `interleave` says."""
    old, my, their = (_ids_by_zone(version, kept) for version in (base, mine, theirs))

    def alike(one: str, other: str) -> bool:
        return kept[one].kind is kept[other].kind and dict(kept[one].words) == dict(kept[other].words)

    order: list[str] = []
    for zone in interleave(list(old), list(my), list(their)):
        order += interleave(old.get(zone, []), my.get(zone, []), their.get(zone, []), alike)
    return order


def _ids_by_zone(version: Content, kept: Mapping[str, Block]) -> dict[str, list[str]]:
    """The kept blocks of one version by the zone they stand in after the merge."""
    zones: dict[str, list[str]] = {}
    for block in version:
        if block.id in kept:
            zones.setdefault(kept[block.id].zone, []).append(block.id)
    return zones


def _pick(base: T | None, mine: T | None, theirs: T | None) -> T | None:
    """What the one who changed it made of it; mine where both did."""
    return theirs if mine == base else mine

"""What one change is made of: each touched block as it was and as it would be, and what it stands between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import orjson

from app.content.blocks import Block
from app.content.canonical import canonical
from app.content.diff import BlockChange, PieceState, compare


@dataclass(frozen=True, slots=True)
class BlockPlace:
    """Where a block stands in the amended text, told by its neighbours in the zone, the nearest first.

    `run`: blocks before it that are new or moved too, back to the first that stood still; `left`: those before it that
    stood still (none: it begins the zone); `right`: those behind it that stood still (none: it ends the zone).
    """

    run: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    right: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BlockEdit:
    """What becomes of one block: `old` is None where it is added, `new` (and `place`) where it is removed."""

    old: Block | None
    new: Block | None
    place: BlockPlace | None = None
    moved: bool = False

    @property
    def block(self) -> Block:
        """The block as it would be, or was if it is removed."""
        block = self.new or self.old
        if block is None:
            raise ValueError("an edit of no block")
        return block

    @property
    def id(self) -> str:
        return self.block.id

    @property
    def only_blanks(self) -> bool:
        """Whether it touches no word and no place: such an edit rides along with a neighbour's."""
        return self.old is not None and self.new is not None and not self.moved and not reworded(self.old, self.new)

    def to_json(self) -> dict[str, Any]:
        place = self.place
        return {
            "old": self.old.to_json() if self.old else None,
            "new": self.new.to_json() if self.new else None,
            "place": [list(place.run), list(place.left), list(place.right)] if place else None,
            "moved": self.moved,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> BlockEdit:
        old, new, place = data["old"], data["new"], data["place"]
        return cls(
            Block.from_json(old) if old else None,
            Block.from_json(new) if new else None,
            BlockPlace(*(tuple(ids) for ids in place)) if place else None,
            data["moved"],
        )


@dataclass(frozen=True, slots=True)
class Change:
    """What is decided as one: `edits` in reading order, a removed block where it stood.

    `zones` are the keys of the part's zones in order, as far as the two texts showed them.
    """

    edits: tuple[BlockEdit, ...]
    zones: tuple[str, ...] = field(default=())

    @property
    def worded(self) -> tuple[BlockEdit, ...]:
        """The edits a reader sees: of words or of place."""
        return tuple(edit for edit in self.edits if not edit.only_blanks)

    @property
    def blocks(self) -> tuple[str, ...]:
        """The ids of the blocks it rewords, adds, removes or moves."""
        return tuple(edit.id for edit in self.worded)

    @property
    def zone(self) -> str:
        return self.worded[0].block.zone

    @property
    def canonical(self) -> bytes:
        """The one byte form, to be stored and hashed."""
        return canonical({"edits": [edit.to_json() for edit in self.edits], "zones": list(self.zones)})

    @classmethod
    def parse(cls, stored: str | bytes) -> Change:
        """The change of which `stored` is the canonical form."""
        return cls.from_json(orjson.loads(stored))

    def to_json(self) -> dict[str, Any]:
        loaded: dict[str, Any] = orjson.loads(self.canonical)
        return loaded

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Change:
        return cls(tuple(BlockEdit.from_json(edit) for edit in data["edits"]), tuple(data["zones"]))


def before_after(change: Change) -> tuple[BlockChange, ...]:
    """Each block of the change in reading order with its words before and after: what a card shows."""
    shown: list[BlockChange] = []
    for edit in change.worded:
        (block,) = compare((edit.old,) if edit.old else (), (edit.new,) if edit.new else ())
        shown.append(replace(block, state=PieceState.MOVED) if edit.moved and block.state is PieceState.SAME else block)
    return tuple(shown)


def reworded(old: Block, new: Block) -> bool:
    """Whether a word differs, the zone or the kind; an empty field is as good as none."""
    if (old.zone, old.kind) != (new.zone, new.kind):
        return True
    before, after = old.words, new.words
    return before != after and any(before.get(name, "") != after.get(name, "") for name in {**before, **after})

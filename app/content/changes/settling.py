"""What a person decides where a change and the text clash, or where the president words it in his own way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from app.content import prose
from app.content.blocks import GAP, GAP_AFTER, Block, BlockKind, Content
from app.content.canonical import clean
from app.content.changes.applying import Outcome
from app.content.markdown import kind_of, strip_marker
from app.content.merge import Clash, resolve
from app.content.wording import one_after_the_other

Spot = tuple[str, str]
"""A block's id and the name of one of its fields."""


class ClashChoice(StrEnum):
    """What becomes of a clash."""

    MINE = "mine"  # the amendment's words
    THEIRS = "theirs"  # those of the text as it stands
    BOTH = "both"  # one after the other

    @property
    def label(self) -> str:
        return {"mine": "L’amendement", "theirs": "Le texte actuel", "both": "Les deux, l’un après l’autre"}[self.value]


@dataclass(frozen=True, slots=True)
class Settled:
    """`proposed` holds no words but the author's and those that were there; `final` those of who settled it, too."""

    proposed: Content
    final: Content


def settle(outcome: Outcome, choices: Mapping[Spot, ClashChoice], texts: Mapping[Spot, str] | None = None) -> Settled:
    """The text with each clash decided as `choices` says (the amendment's words where it says nothing), then `texts`.

    `texts` are a person's own wordings, of clashing fields or of any other; in prose, one with a blank line in it makes
    several blocks, and an empty one takes the block out.
    """
    chosen = {
        (clash.block_id, clash.field): _chosen(
            outcome, clash, choices.get((clash.block_id, clash.field), ClashChoice.MINE)
        )
        for clash in outcome.clashes
    }
    proposed = resolve(outcome.merged, chosen)
    final = proposed
    for (id, name), text in (texts or {}).items():
        final = _rewritten(final, id, name, clean(text), outcome)
    return Settled(proposed, final)


def _chosen(outcome: Outcome, clash: Clash, choice: ClashChoice) -> str | None:
    if choice is ClashChoice.MINE:
        return clash.mine
    return clash.theirs if choice is ClashChoice.THEIRS else both(outcome, clash)


def both(outcome: Outcome, clash: Clash) -> str | None:
    """The text as it stands, then the amendment's words, what they share being said once."""
    if clash.mine is None or clash.theirs is None:
        return clash.theirs if clash.mine is None else clash.mine
    base, mine, theirs = clash.base or "", clash.mine, clash.theirs
    if any(block.id == clash.block_id and block.kind is BlockKind.ROW for block in outcome.merged.every_block):
        return one_after_the_other(base, mine, theirs)
    marker = theirs[: len(theirs) - len(_bare(theirs))]
    return marker + one_after_the_other(_bare(base), _bare(mine), _bare(theirs))


def _bare(text: str) -> str:
    return strip_marker(Block("", "", kind_of(text), {"text": text}))


def _rewritten(content: Content, id: str, name: str, text: str, outcome: Outcome) -> Content:
    """`content` with one field of a block worded anew, the block put back where it had been taken out."""
    at = next((index for index, block in enumerate(content) if block.id == id), None)
    if at is None:
        every = (*outcome.merged.every_block, *outcome.current)
        block = next((block for block in every if block.id == id), None)
        if block is None or not text.strip():
            return content
        at = _gap(content, id, outcome)
        return (*content[:at], *_cut(block, name, text), *content[at:])
    if content[at].fields.get(name, "") == text:
        return content
    return (*content[:at], *_cut(content[at], name, text), *content[at + 1 :])


def _cut(block: Block, name: str, text: str) -> Content:
    if block.kind is BlockKind.ROW:
        return (replace(block, fields={**block.fields, name: text.strip()}),)
    blocks = list(prose.cut(text.strip(), block.zone, (block,)))
    if blocks:
        # The blanks around what it replaces.
        _keep(blocks, 0, block, GAP)
        _keep(blocks, -1, block, GAP_AFTER)
    return tuple(blocks)


def _keep(blocks: list[Block], at: int, block: Block, name: str) -> None:
    if name in block.fields:
        blocks[at] = replace(blocks[at], fields={**blocks[at].fields, name: block.fields[name]})


def _gap(content: Content, id: str, outcome: Outcome) -> int:
    """Where a block that was taken out of `content` stood: behind the nearest before it that is still there."""
    spots = {block.id: index for index, block in enumerate(content)}
    for order in (outcome.merged.every_block, outcome.current):
        ids = [block.id for block in order]
        if id in ids:
            before = reversed(ids[: ids.index(id)])
            return next((spots[each] + 1 for each in before if each in spots), 0)
    return len(content)

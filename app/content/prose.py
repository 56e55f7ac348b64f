"""From the Markdown of a textarea to blocks with ids that live on, and exactly back."""

from __future__ import annotations

import base64
import secrets
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from app.content.blocks import GAP, GAP_AFTER, Block, BlockKind, Content
from app.content.canonical import clean
from app.content.diff import tokens
from app.content.markdown import kind_of
from app.content.sequences import Op, align

_LIKE = 0.5
"""Share of words two blocks have in common from which they are one block, edited: 0 none, 1 all."""
_REACH = 25
"""How many places away an edited block is looked for where a text has changed from end to end."""


class _Piece(NamedTuple):
    gap: str
    text: str
    kind: BlockKind


def new_id() -> str:
    """Eight random characters, a-z and 2-7: 40 bits."""
    return base64.b32encode(secrets.token_bytes(5)).decode("ascii").lower()


def cut(text: str, zone: str, previous: Content = ()) -> Content:
    """The blocks of a Markdown source, each with the id of the block of `previous` it comes from, or a new one.

    `previous` may hold other zones' blocks: they are passed over. Blanks alone make no block.
    """
    text = clean(text)
    pieces = list(_pieces(text))
    if not pieces:
        return ()
    ids = _matched(pieces, [block for block in previous if block.zone == zone])
    after = text[len(text.rstrip()) :]
    blocks: list[Block] = []
    for index, piece in enumerate(pieces):
        fields = {"text": piece.text}
        if piece.gap != _usual_gap(blocks[-1].kind if blocks else None, piece.kind):
            fields[GAP] = piece.gap
        if after and index == len(pieces) - 1:
            fields[GAP_AFTER] = after
        blocks.append(Block(ids.get(index) or new_id(), zone, piece.kind, fields))
    return tuple(blocks)


def join(content: Iterable[Block]) -> str:
    """The Markdown source of one zone's blocks: of those of one `cut`, exactly what was typed.

    Where blocks have come together in another order since, blanks that would run two of them into one are replaced.
    """
    text = ""
    last: Block | None = None
    for block in content:
        gap = block.fields.get(GAP)
        if gap is None:
            gap = _usual_gap(last.kind if last else None, block.kind)
        if not _parts(last, block, gap):
            gap = _usual_gap(last.kind if last else None, kind_of(block.text))
        text += gap + block.text
        last = block
    return text + (last.fields.get(GAP_AFTER, "") if last else "")


def _pieces(text: str) -> Iterator[_Piece]:
    """The blocks of `text` as they stand: a marker, a heading's end or a blank line begins a new one."""
    start = end = 0
    for begin, stop in _line_groups(text):
        raw = text[begin:stop]
        start = begin + len(raw) - len(raw.lstrip())
        yield _Piece(text[end:start], raw.strip(), kind_of(raw.strip()))
        end = begin + len(raw.rstrip())


def _line_groups(text: str) -> Iterator[tuple[int, int]]:
    """Where each run of lines that make one block begins and stops in `text`."""
    position = 0
    begin: int | None = None
    open_ended = False
    for line in text.split("\n"):
        bare = line.strip()
        kind = kind_of(bare)
        if begin is not None and not (bare and open_ended and kind is BlockKind.PARAGRAPH):
            yield begin, position
            begin = None
        if bare:
            begin = position if begin is None else begin
            open_ended = kind is not BlockKind.HEADING
        position += len(line) + 1
    if begin is not None:
        yield begin, len(text)


def _usual_gap(before: BlockKind | None, kind: BlockKind) -> str:
    if before is None:
        return ""
    return "\n" if before is kind and kind in (BlockKind.ITEM, BlockKind.NUMBERED) else "\n\n"


def _parts(before: Block | None, block: Block, gap: str) -> bool:
    """Whether `gap` keeps `block` apart from the one before it when the text is cut again."""
    if before is None or gap.count("\n") > 1:
        return True
    # By what begins the text, not by the kind it was stored with: of an old item "+ 5 %" the plus sign is one no more.
    return "\n" in gap and (before.kind is BlockKind.HEADING or kind_of(block.text) is not BlockKind.PARAGRAPH)


def _matched(pieces: list[_Piece], previous: list[Block]) -> Mapping[int, str]:
    """The id each piece carries on, by its index: of the same text in the same order, of the same text elsewhere, of
    the most similar text, of the only block that stood in its place."""
    match = _same_text(pieces, previous)
    anchors = dict(match)
    _similar(pieces, previous, match)
    _only_one_between(pieces, previous, anchors, match)
    return {new: previous[old].id for new, old in match.items()}


def _same_text(pieces: list[_Piece], previous: list[Block]) -> dict[int, int]:
    match: dict[int, int] = {}
    old = new = 0
    for op, count in align([block.text for block in previous], [piece.text for piece in pieces]):
        if op is Op.EQUAL:
            match.update(zip(range(new, new + count), range(old, old + count), strict=True))
        old += 0 if op is Op.INSERT else count
        new += 0 if op is Op.DELETE else count
    elsewhere: dict[str, deque[int]] = {}
    for old in _free(len(previous), match.values()):
        elsewhere.setdefault(previous[old].text, deque()).append(old)
    for new in _free(len(pieces), match):
        if elsewhere.get(pieces[new].text):
            match[new] = elsewhere[pieces[new].text].popleft()
    return match


def _similar(pieces: list[_Piece], previous: list[Block], match: dict[int, int]) -> None:
    """Best pairs first; of equally good ones the nearest in order."""
    olds = _free(len(previous), match.values())
    news = _free(len(pieces), match)
    old_words = {old: _bag(previous[old].text) for old in olds}
    pairs: list[tuple[float, int, int, int]] = []
    for rank, new in enumerate(news):
        bag = _bag(pieces[new].text)
        middle = rank * len(olds) // len(news)
        for place in range(max(0, middle - _REACH), min(len(olds), middle + _REACH)):
            likeness = _likeness(bag, old_words[olds[place]])
            if likeness >= _LIKE:
                pairs.append((-likeness, abs(place - middle), new, olds[place]))
    taken: set[int] = set()
    for _, _, new, old in sorted(pairs):
        if new not in match and old not in taken:
            match[new] = old
            taken.add(old)


def _only_one_between(
    pieces: list[_Piece], previous: list[Block], anchors: Mapping[int, int], match: dict[int, int]
) -> None:
    """A block rewritten from its first word to its last between two that stayed is still that block."""
    taken = set(match.values())
    new = 0
    while new < len(pieces):
        first = new
        while new < len(pieces) and new not in anchors:
            new += 1
        left = anchors[first - 1] if first else -1
        right = anchors.get(new, len(previous))
        news = [index for index in range(first, new) if index not in match]
        olds = [index for index in range(left + 1, right) if index not in taken]
        if len(news) == len(olds) == 1 and pieces[news[0]].kind is previous[olds[0]].kind:
            match[news[0]] = olds[0]
        new += 1


def _free(count: int, taken: Iterable[int]) -> list[int]:
    taken = set(taken)
    return [index for index in range(count) if index not in taken]


def _bag(text: str) -> frozenset[tuple[str, int]]:
    """The words of `text`, each with how often it came before: two bags of words are then compared as sets."""
    seen: dict[str, int] = {}
    bag: list[tuple[str, int]] = []
    for token in tokens(text.casefold()):
        if not token.isspace():
            seen[token] = seen.get(token, -1) + 1
            bag.append((token, seen[token]))
    return frozenset(bag)


def _likeness(one: frozenset[tuple[str, int]], other: frozenset[tuple[str, int]]) -> float:
    """Twice what both hold over all they hold: 0 to 1."""
    return 2 * len(one & other) / (len(one) + len(other) or 1)

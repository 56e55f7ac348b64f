"""How two versions of a part compare: block by block, and word by word within a block."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import chain

from app.content.blocks import Block, BlockKind, Content
from app.content.sequences import Op, align, in_order

__all__ = [
    "BlockChange",
    "Op",
    "PieceState",
    "Words",
    "cached_words",
    "compare",
    "sentences",
    "tokens",
    "words",
    "words_once",
]

Words = tuple[tuple[Op, str], ...]

_MARKS = "\u0300-\u036f"  # tones and accents that have no letter of their own: ɛ̀, ɔ́
_WORD = (
    r"\d+(?:[.,:/]\d+)+"  # 12,5  10:30  22/02/2018
    r"|(?:[cdjlmnstCDJLMNST]|[Qq]u|[Jj]usqu|[Ll]orsqu|[Pp]uisqu|[Qq]uoiqu)['’](?=[^\W_])"  # l’ before atelier
    rf"|[^\W_]+(?:(?:[{_MARKS}]|[-‑'’](?=[^\W_]))+[^\W_]*)*"  # aujourd’hui  vice-président  2ème
    rf"|\*+|_+|\S[{_MARKS}]*"
)
_TOKEN = re.compile(rf"[^\S\n]+|\n|{_WORD}")
_UNIT = re.compile(rf"(\s*)({_WORD})")
# Long enough to tell one from another; it ends between two tokens, and not behind the abbreviation of a civility.
_SENTENCE = re.compile(
    r".{24,}?(?:(?:(?<!\bM)(?<!\bMM)(?<!\bDr)(?<!\bPr)\.|[!?…;:])[»”\")]{0,3}\s+|\n\s*)|.+", re.DOTALL
)


class PieceState(StrEnum):
    SAME = "same"
    CHANGED = "changed"  # other words, perhaps in another place too
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"  # the same words in another place


@dataclass(frozen=True, slots=True)
class BlockChange:
    """What became of one block. `fields` holds each field's words, `kind` and `zone` are the new ones if there are."""

    id: str
    zone: str
    kind: BlockKind
    state: PieceState
    fields: Mapping[str, Words]


def words(old: str, new: str) -> list[tuple[Op, str]]:
    """The steps from `old` to `new` in whole words, none of them empty.

    EQUAL and DELETE texts joined give `old`, EQUAL and INSERT texts joined give `new`. For a reader: a lone word that
    happens to be the same between two changed ones counts as changed.
    """
    return list(cached_words(old, new))


@lru_cache(maxsize=2048)
def cached_words(old: str, new: str, tidy: bool = True) -> Words:
    """`words` as a tuple; without `tidy`, every word that stayed is found."""
    if old == new:
        return ((Op.EQUAL, old),) if old else ()
    return tuple(_joined(_by_sentence(old, new, tidy)))


def words_once(old: str, new: str) -> Words:
    """As `words`, and nothing is kept of it: for long texts, and for those of strangers."""
    return cached_words.__wrapped__(old, new)


def tokens(text: str) -> list[str]:
    """The words, blanks and signs of `text`; joined they are `text`."""
    return list(_tokens(text))


@lru_cache(maxsize=128)
def _tokens(text: str) -> tuple[str, ...]:
    """A text that has just been merged is looked at several times in a row."""
    return tuple(_TOKEN.findall(text))


def sentences(text: str) -> list[str]:
    """`text` in sentences of 24 characters at least, each with the blanks behind it; joined they are `text`."""
    return _SENTENCE.findall(text)


def _by_sentence(old: str, new: str, tidy: bool) -> Iterator[tuple[Op, str]]:
    """Sentences that stayed are set aside first: words are then compared within what changed between two of them."""
    removed = inserted = ""
    for op, text in _steps(sentences(old), sentences(new), tidy=False):
        if op is Op.DELETE:
            removed += text
        elif op is Op.INSERT:
            inserted += text
        else:
            yield from _by_word(removed, inserted, tidy)
            removed = inserted = ""
            yield op, text
    yield from _by_word(removed, inserted, tidy)


def _by_word(removed: str, inserted: str, tidy: bool) -> Iterator[tuple[Op, str]]:
    """Words are matched with words, and the blanks before them follow: else two blanks in common outweigh a word."""
    if not (removed and inserted):
        yield (Op.DELETE, removed) if removed else (Op.INSERT, inserted)
        return
    old, new = _units(removed), _units(inserted)
    left = right = 0
    gone = come = ""
    for op, count in align([word for _, word in old], [word for _, word in new], tidy):
        before = [] if op is Op.INSERT else old[left : left + count]
        after = [] if op is Op.DELETE else new[right : right + count]
        left, right = left + len(before), right + len(after)
        if op is not Op.EQUAL:
            gone, come = gone + _text(before), come + _text(after)
        elif before == after:
            yield from _replaced(gone, come)
            yield op, _text(before)
            gone = come = ""
        else:
            for (blank, word), (other, _) in zip(before, after, strict=True):
                if blank == other:
                    yield from _replaced(gone, come)
                    yield op, blank + word
                else:
                    yield from _replaced(gone + blank, come + other)
                    yield op, word
                gone = come = ""
    yield from _replaced(gone, come)


def _replaced(gone: str, come: str) -> Iterator[tuple[Op, str]]:
    """One text in the place of another; the blanks both begin with have stayed."""
    shared = _blanks(gone)
    if shared != _blanks(come) or gone[:shared] != come[:shared]:
        shared = 0
    yield Op.EQUAL, gone[:shared]
    yield Op.DELETE, gone[shared:]
    yield Op.INSERT, come[shared:]


def _blanks(text: str) -> int:
    """How many blanks `text` begins with."""
    return len(text) - len(text.lstrip())


def _units(text: str) -> list[tuple[str, str]]:
    """The words and signs of `text`, each with the blanks before it; joined they are `text`."""
    units = _UNIT.findall(text)
    blank = text[len(text.rstrip()) :]
    return [*units, (blank, "")] if blank else units


def _text(units: list[tuple[str, str]]) -> str:
    return "".join(chain.from_iterable(units))


def _steps(old: list[str], new: list[str], tidy: bool) -> Iterator[tuple[Op, str]]:
    left = right = 0
    for op, count in align(old, new, tidy):
        if op is Op.INSERT:
            yield op, "".join(new[right : right + count])
        else:
            yield op, "".join(old[left : left + count])
        left += 0 if op is Op.INSERT else count
        right += 0 if op is Op.DELETE else count


def _joined(steps: Iterable[tuple[Op, str]]) -> Iterator[tuple[Op, str]]:
    """Neighbouring steps of one kind as one, deletions before insertions between two equal texts."""
    pending = {Op.EQUAL: "", Op.DELETE: "", Op.INSERT: ""}

    def flushed(*ops: Op) -> Iterator[tuple[Op, str]]:
        for op in ops:
            if pending[op]:
                yield op, pending[op]
                pending[op] = ""

    for op, text in steps:
        if not text:
            continue
        yield from flushed(*((Op.DELETE, Op.INSERT) if op is Op.EQUAL else (Op.EQUAL,)))
        pending[op] += text
    yield from flushed(Op.EQUAL, Op.DELETE, Op.INSERT)


def compare(old: Content, new: Content) -> tuple[BlockChange, ...]:
    """Every block of both versions in reading order, a removed one where it stood. Formatting is not compared."""
    before = {block.id: block for block in old}
    present = {block.id for block in new}
    moved = _moved(old, new)
    gone = _removed_after(old, present)
    seen: set[str] = set()
    changes: list[BlockChange] = []
    for block in new:
        if block.zone not in seen:
            seen.add(block.zone)
            changes += _removals(gone.pop((block.zone, None), []))
        changes.append(_change(before.get(block.id), block, block.id in moved))
        changes += _removals(gone.pop((block.zone, block.id), []))
    for blocks in gone.values():
        changes += _removals(blocks)
    return tuple(changes)


def _moved(old: Content, new: Content) -> set[str]:
    """The blocks of both that changed zone, or place among those that stayed."""
    place = {block.id: (index, block.zone) for index, block in enumerate(old)}
    common = [block for block in new if block.id in place]
    still = in_order([place[block.id][0] for block in common])
    return {block.id for index, block in enumerate(common) if index not in still or place[block.id][1] != block.zone}


def _removed_after(old: Content, present: set[str]) -> dict[tuple[str, str | None], list[Block]]:
    """Removed blocks by their zone and the id of the block before them in it that is still there (None: its start)."""
    gone: dict[tuple[str, str | None], list[Block]] = {}
    last: dict[str, str] = {}
    for block in old:
        if block.id in present:
            last[block.zone] = block.id
        else:
            gone.setdefault((block.zone, last.get(block.zone)), []).append(block)
    return gone


def _removals(blocks: list[Block]) -> Iterator[BlockChange]:
    for block in blocks:
        fields = {name: cached_words(text, "") for name, text in block.words.items()}
        yield BlockChange(block.id, block.zone, block.kind, PieceState.REMOVED, fields)


def _change(old: Block | None, new: Block, moved: bool) -> BlockChange:
    before: Mapping[str, str] = old.words if old else {}
    after = new.words
    names = [*after, *(name for name in before if name not in after)]
    fields = {name: cached_words(before.get(name, ""), after.get(name, "")) for name in names}
    if old is None:
        state = PieceState.ADDED
    elif any(before.get(name, "") != after.get(name, "") for name in names):
        state = PieceState.CHANGED
    else:
        state = PieceState.MOVED if moved else PieceState.SAME
    return BlockChange(new.id, new.zone, new.kind, state, fields)

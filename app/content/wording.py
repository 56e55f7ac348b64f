"""Two rewordings of one text brought together word by word, or not at all."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from app.content.diff import Op, cached_words, sentences, tokens
from app.content.sequences import align


class _Edit(NamedTuple):
    """The characters start to end of the base replaced by `text`; start = end inserts."""

    start: int
    end: int
    text: str


def merge_words(base: str, mine: str, theirs: str) -> str | None:
    """`base` with the edits of both, or None where they touch the same words or the same place in different ways."""
    if mine == theirs or theirs == base:
        return mine
    if mine == base:
        return theirs
    edits = _together(_edits(base, mine), _edits(base, theirs))
    return None if edits is None else _applied(base, edits)


def _edits(base: str, version: str) -> list[_Edit]:
    edits: list[_Edit] = []
    position = 0
    for op, text in cached_words(base, version):
        if op is Op.INSERT:
            if edits and edits[-1].end == position:
                edits[-1] = edits[-1]._replace(text=text)
            else:
                edits.append(_Edit(position, position, text))
        else:
            if op is Op.DELETE:
                edits.append(_Edit(position, position + len(text), ""))
            position += len(text)
    return edits


def _together(mine: Sequence[_Edit], theirs: Sequence[_Edit]) -> list[_Edit] | None:
    """Both lists as one in the order of the base, an edit both made once; None where two overlap."""
    edits = sorted({*mine, *theirs})
    for first, second in pairwise(edits):
        if second.start < first.end or second.start == first.start == first.end == second.end:
            return None
    return edits


def _applied(base: str, edits: Sequence[_Edit]) -> str | None:
    """`base` with `edits` made; None where two neighbouring edits would run two words into one nobody wrote."""
    pieces: list[str] = []
    position = 0
    for edit in edits:
        pieces += [base[position : edit.start], edit.text]
        position = edit.end
    pieces.append(base[position:])
    text = "".join(pieces)
    if not _whole_words(text, pieces):
        return None
    return unicodedata.normalize("NFC", text)


def _whole_words(text: str, pieces: Sequence[str]) -> bool:
    """Whether no word of `text` reaches from one of the pieces it is made of into the next."""
    ends = set(accumulate(len(token) for token in tokens(text)))
    seams = accumulate(len(piece) for piece in pieces)
    return all(seam in ends or seam == 0 or text[seam - 1 : seam + 1].isspace() for seam in seams)


def one_after_the_other(base: str, mine: str, theirs: str) -> str:
    """Both rewordings of `base`, sentence by sentence: where they differ, their sentences and then mine.

    What only one of them changed is taken as it is, and words that can be merged are.
    """
    pieces: list[str] = []
    for old, left, right in _side_by_side(*(sentences(text) for text in (base, mine, theirs))):
        merged = merge_words(old, left, right)
        if merged is None:
            pieces += _in_turn(old.strip(), left.strip(), right.strip())
        else:
            pieces.append(merged)
    return _run_on(pieces)


def _side_by_side(old: list[str], mine: list[str], theirs: list[str]) -> Iterator[tuple[str, str, str]]:
    """The three texts in stretches: one of the base, and what mine and theirs have made of it."""
    hunks = (_hunks(old, mine), _hunks(old, theirs))
    position = 0
    for start, end in _stretches(sorted({(hunk.start, hunk.end) for side in hunks for hunk in side})):
        between = "".join(old[position:start])
        yield between, between, between
        left, right = (_applied_within(old, start, end, side) for side in hunks)
        yield "".join(old[start:end]), left, right
        position = end
    rest = "".join(old[position:])
    yield rest, rest, rest


def _hunks(old: list[str], new: list[str]) -> list[_Edit]:
    """The sentences of `old` that became others in `new`, blanks at their ends aside: one by one where as many came."""
    hunks: list[_Edit] = []
    left = right = start = begin = 0
    for op, count in [*align([each.strip() for each in old], [each.strip() for each in new]), (Op.EQUAL, 0)]:
        if op is Op.EQUAL:
            if left - start == right - begin:
                hunks += [_Edit(start + at, start + at + 1, new[begin + at]) for at in range(left - start)]
            else:
                hunks.append(_Edit(start, left, "".join(new[begin:right])))
            start, begin = left + count, right + count
        left += 0 if op is Op.INSERT else count
        right += 0 if op is Op.DELETE else count
    return hunks


def _stretches(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Overlapping spans as one; two insertions in one place overlap."""
    joined: list[tuple[int, int]] = []
    for start, end in spans:
        if joined and (start < joined[-1][1] or start == joined[-1][0]):
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _applied_within(old: list[str], start: int, end: int, hunks: list[_Edit]) -> str:
    """The sentences start to end of `old` with the hunks that lie in them."""
    text = ""
    for hunk in hunks:
        if start <= hunk.start and hunk.end <= end and (hunk.start < end or start == end):
            text += "".join(old[start : hunk.start]) + hunk.text
            start = hunk.end
    return text + "".join(old[start:end])


def _in_turn(old: str, mine: str, theirs: str) -> list[str]:
    """Their sentences, then mine; where both only added before or after the old ones, those are said once."""
    if not mine or not theirs:
        return [theirs or mine]
    size = len(old)
    if old and mine.startswith(old) and theirs.startswith(old) and mine[size:][:1].isspace():
        return [theirs, mine[size:].strip()]
    if old and mine.endswith(old) and theirs.endswith(old) and mine[-size - 1].isspace():
        return [theirs[:-size].strip(), mine]
    return [theirs, mine]


def _run_on(pieces: Sequence[str]) -> str:
    text = ""
    for piece in pieces:
        apart = not text or not piece or text[-1].isspace() or piece[0].isspace()
        text += piece if apart else f" {piece}"
    return text.strip()

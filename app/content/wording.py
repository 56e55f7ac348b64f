"""Two rewordings of one text brought together word by word, or not at all."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from app.content.diff import Op, cached_words, tokens


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

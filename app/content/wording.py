"""Two rewordings of one text brought together word by word, or not at all."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import accumulate, pairwise

from app.content.diff import Op, cached_words, sentences, tokens
from app.content.edits import TextEdit, doubled, rewording, together
from app.content.sequences import align
from app.content.wholes import invented


@lru_cache(maxsize=4096)
def merge_words(base: str, mine: str, theirs: str) -> str | None:
    """`base` with the edits of both; None where a person has to look.

    That is where no unchanged word stands between an edit of one and one of the other, where a figure, a date, a name or
    a negation would come out that stands whole in none of the three, and where something would be said twice.
    """
    if mine == theirs or theirs == base:
        return mine
    if mine == base:
        return theirs
    one, other = rewording(base, mine), rewording(base, theirs)
    edits = together(one, other)
    text = None if edits is None else _applied(base, edits)
    if text is None or invented(text, (base, mine, theirs)) or doubled(text, one, other):
        return None
    return text


def _applied(base: str, edits: Sequence[TextEdit]) -> str | None:
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

    What only one of them changed is taken as it is, and words that can be merged are. Words that both put in at one place,
    or right beside what the other changed, stand in the one sentence: theirs, then mine.
    """
    pieces: list[str] = []
    for old, left, right in _side_by_side(*(sentences(text) for text in (base, mine, theirs))):
        merged = merge_words(old, left, right)
        if merged is None:
            merged = _side_by_side_edits(old, left, right)
        if merged is None:
            pieces += _in_turn(old.strip(), left.strip(), right.strip())
        else:
            pieces.append(merged)
    text = _run_on(pieces)
    if not invented(text, (base, mine, theirs)):
        return text
    # Two texts that end or begin in the middle of a figure or a name are kept apart by a sign.
    return "\u202f; ".join(_in_turn(base.strip(), mine.strip(), theirs.strip()))


def _side_by_side_edits(base: str, mine: str, theirs: str) -> str | None:
    """`base` with the edits of both, theirs first at one place; None where they overlap, or where neither wrote a fact."""
    sides = [rewording(base, version).edits for version in (theirs, mine)]
    edits = sorted({edit: None for side in sides for edit in side}, key=lambda edit: (edit.start, edit.end))
    if any(second.start < first.end for first, second in pairwise(edits)):
        return None
    text = _applied(base, edits)
    whole = text is not None and not invented(text, (base, mine, theirs))
    return (
        text
        if whole and all(_put_in(base, version) <= Counter(tokens(text or "")) for version in (mine, theirs))
        else None
    )


def _put_in(base: str, version: str) -> Counter[str]:
    """What a reader sees put in."""
    added = (text for op, text in cached_words(base, version) if op is Op.INSERT)
    return Counter(token for text in added for token in tokens(text) if token[0].isalnum())


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


def _hunks(old: list[str], new: list[str]) -> list[TextEdit]:
    """The sentences of `old` that became others in `new`, blanks at their ends aside: one by one where as many came."""
    hunks: list[TextEdit] = []
    left = right = start = begin = 0
    for op, count in [*align([each.strip() for each in old], [each.strip() for each in new]), (Op.EQUAL, 0)]:
        if op is Op.EQUAL:
            if left - start == right - begin:
                hunks += [TextEdit(start + at, start + at + 1, new[begin + at]) for at in range(left - start)]
            else:
                hunks.append(TextEdit(start, left, "".join(new[begin:right])))
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


def _applied_within(old: list[str], start: int, end: int, hunks: list[TextEdit]) -> str:
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

"""From the letters that were given out to those that came back, word by word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from app.content.diff import Op, tokens
from app.content.sequences import align

Signed = tuple[str, bool]
"""A letter, its blanks alike, and whether it bears the mark of an insertion."""


def steps(old: Sequence[Signed], new: Sequence[Signed]) -> Iterator[tuple[Op, int]]:
    """The steps in letters, by words; of words replaced, the letters both begin or end with have stayed.

    A word that bears the mark of an insertion is not the same without it.
    """
    words, others = _words(old), _words(new)
    left = right = 0
    gone: list[Signed] = []
    come: list[Signed] = []
    for op, count in align(words, others):
        if op is Op.EQUAL:
            yield from _replaced(gone, come)
            gone, come = [], []
            yield op, sum(len(word) for word in words[left : left + count])
        elif op is Op.DELETE:
            gone += (letter for word in words[left : left + count] for letter in word)
        else:
            come += (letter for word in others[right : right + count] for letter in word)
        left += 0 if op is Op.INSERT else count
        right += 0 if op is Op.DELETE else count
    yield from _replaced(gone, come)


def _words(letters: Sequence[Signed]) -> list[tuple[Signed, ...]]:
    """The words, blanks and signs, each in one state."""
    words: list[tuple[Signed, ...]] = []
    for inserted, run in groupby(letters, key=lambda letter: letter[1]):
        text = "".join(letter for letter, _ in run)
        words += (tuple((letter, inserted) for letter in word) for word in tokens(text))
    return words


def _replaced(gone: Sequence[Signed], come: Sequence[Signed]) -> Iterator[tuple[Op, int]]:
    shorter = min(len(gone), len(come))
    head = next((at for at in range(shorter) if gone[at] != come[at]), shorter)
    rest = shorter - head
    tail = next((at for at in range(rest) if gone[-1 - at] != come[-1 - at]), rest)
    stretches = (
        (Op.EQUAL, head),
        (Op.DELETE, len(gone) - head - tail),
        (Op.INSERT, len(come) - head - tail),
        (Op.EQUAL, tail),
    )
    yield from ((op, count) for op, count in stretches if count)

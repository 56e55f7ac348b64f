"""Two sequences side by side: what both hold in the same order, what only one holds."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Iterator, Sequence
from enum import StrEnum
from math import ceil, sqrt

from fast_diff_match_patch import diff

_FIRST_CODE = 0x10000  # above the surrogates, and room for a million different tokens
_EASY = 20_000_000  # tokens times tokens: two sequences with nothing in common take 0.1 s at most


class Op(StrEnum):
    EQUAL = "="
    INSERT = "+"
    DELETE = "-"


def align(old: Sequence[Hashable], new: Sequence[Hashable], tidy: bool = False) -> list[tuple[Op, int]]:
    """The steps from `old` to `new`: (operation, how many tokens).

    `tidy` gives up lone equal tokens between changes, for a reader; without it every equal token found is kept.
    At most 1,048,576 different tokens in both.
    """
    codes: dict[Hashable, str] = {}
    left, right = _coded(old, codes), _coded(new, codes)
    head = _common(left, right)
    tail = _common(left[head:][::-1], right[head:][::-1])
    steps = [(Op.EQUAL, head)] if head else []
    cleanup = "Semantic" if tidy else "No"
    for one, other in _slices(left[head : len(left) - tail], right[head : len(right) - tail]):
        steps += [(Op(op), count) for op, count in diff(one, other, timelimit=0, checklines=False, cleanup=cleanup)]
    return [*steps, (Op.EQUAL, tail)] if tail else steps


def _common(left: str, right: str) -> int:
    """How many characters both begin with."""
    shorter = min(len(left), len(right))
    if left[:shorter] == right[:shorter]:
        return shorter
    return next(index for index in range(shorter) if left[index] != right[index])


def _slices(left: str, right: str) -> Iterator[tuple[str, str]]:
    """Both whole; where comparing them could take seconds, in as many slices side by side as makes it easy."""
    count = ceil(sqrt(len(left) * len(right) / _EASY)) or 1
    for index in range(count):
        yield (
            left[len(left) * index // count : len(left) * (index + 1) // count],
            right[len(right) * index // count : len(right) * (index + 1) // count],
        )


def _coded(tokens: Sequence[Hashable], codes: dict[Hashable, str]) -> str:
    for token in tokens:
        if token not in codes:
            codes[token] = chr(_FIRST_CODE + len(codes))
    return "".join([codes[token] for token in tokens])


def in_order(positions: Sequence[int]) -> set[int]:
    """The indexes into `positions` of a longest rising run: what stands still when others move."""
    tails: list[int] = []  # tails[k]: index of the smallest end of a rising run of k + 1
    heights: list[int] = []
    before: list[int] = []
    for index, position in enumerate(positions):
        rank = bisect_left(heights, position)
        before.append(tails[rank - 1] if rank else -1)
        tails[rank : rank + 1] = [index]
        heights[rank : rank + 1] = [position]
    still: set[int] = set()
    index = tails[-1] if tails else -1
    while index >= 0:
        still.add(index)
        index = before[index]
    return still

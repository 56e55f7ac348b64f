"""Which words of a new version are words of an old one, wherever they stand now: each old word is found again once."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from app.content.proving import ENOUGH, STEP, SURE, give_back
from app.content.sequences import Op, align
from app.content.worded import WordedText, Words

_WINDOWS = (32, 16, 8, 4, 2)
"""Lengths from which runs of words are looked for, the longest first."""
_LOOKED_AT = 6
"""Of the places where the same words stand, how many are compared."""
ENDS = frozenset(".!?…")


def found_again(old: Words, new: Words, spent: bytearray | None = None, known: Sequence[int] = ()) -> list[int]:
    """For each place of `new` the place of `old` whose word stands there, -1 where it was typed anew.

    `spent` are the places of `old` that are not to be found, `known` those of `new` that need no finding (not -1).
    """
    search = _Search(old, new, bytearray(len(old.codes)) if spent is None else bytearray(spent), known)
    if search.open():
        search.run()
    return search.to


class _Search:
    def __init__(self, old: Words, new: Words, spent: bytearray, known: Sequence[int]) -> None:
        self.old, self.new = old, new
        self.to = [-1] * len(new.codes)
        self.spent = spent
        self.done = bytearray(place != -1 for place in known) if known else bytearray(len(new.codes))
        self.still: dict[int, int] = {}  # where a word of `new` would stand if nothing had moved

    def open(self) -> bool:
        return bool(self.old.units and self.new.units)

    def run(self) -> None:
        """What is surest first: whole texts, whole sentences, what stayed, what moved together, and what is left."""
        self._other_fields()
        self._sentences_that_stayed()
        self._other_blocks()
        self._sentences_that_moved()
        self._what_stayed()
        self._runs(_WINDOWS, ENOUGH)
        for new, old in self.still.items():
            if self._free(old, new):
                self._take(old, new, 1)
        doubtful = {place for place, gone in enumerate(self.done) if not gone}
        self._neighbours()
        self._runs((4, 2, 1), 0)
        give_back(self.old, self.new, self.to, self.spent, self.done, doubtful)

    def _free(self, old: int, new: int) -> bool:
        return not self.spent[old] and not self.done[new]

    def _take(self, old: int, new: int, count: int) -> None:
        self.to[new : new + count] = range(old, old + count)
        self.spent[old : old + count] = self.done[new : new + count] = b"\1" * count

    def _other_fields(self) -> None:
        """A text that stands in another field of its block."""
        texts: dict[tuple[str, str], deque[int]] = defaultdict(deque)
        for field, span in zip(self.old.fields, self.old.spans, strict=True):
            texts[field.id, self.old.said(span)].append(span.start)
        for field, span in zip(self.new.fields, self.new.spans, strict=True):
            if self.new.full(span.start, span.stop):
                self._take_first(texts[field.id, self.new.said(span)], span)

    def _other_blocks(self) -> None:
        """A text that stands in another block, new in the place of one that is gone or long enough to tell."""
        texts: dict[str, deque[int]] = defaultdict(deque)
        there = {field.id for field in self.new.fields}
        before = {field.id for field in self.old.fields}
        for field, span in zip(self.old.fields, self.old.spans, strict=True):
            if (field.id not in there and not field.row) or self.old.full(span.start, span.stop) >= SURE:
                texts[self.old.said(span)].append(span.start)
        for field, span in zip(self.new.fields, self.new.spans, strict=True):
            full = self.new.full(span.start, span.stop)
            if full >= (SURE if field.id in before or field.row else 1):
                self._take_first(texts[self.new.said(span)], span)

    @staticmethod
    def _all_free(taken: bytearray, span: range) -> bool:
        return not taken.count(1, span.start, span.stop)

    def _sentences_that_stayed(self) -> None:
        texts: dict[tuple[str, str, str], deque[int]] = defaultdict(deque)
        for field, span in _sentences(self.old):
            texts[field.id, field.name, self.old.said(span)].append(span.start)
        for field, span in _sentences(self.new):
            self._take_first(texts[field.id, field.name, self.new.said(span)], span)

    def _sentences_that_moved(self) -> None:
        texts: dict[str, deque[int]] = defaultdict(deque)
        for _, span in _sentences(self.old):
            texts[self.old.said(span)].append(span.start)
        for _, span in _sentences(self.new):
            self._take_first(texts[self.new.said(span)], span)

    def _take_first(self, where: deque[int], span: range) -> None:
        """The words of `span` are those of the first of these places that are free."""
        while where and self._all_free(self.done, span):
            old = where.popleft()
            if self._all_free(self.spent, range(old, old + len(span))):
                self._take(old, span.start, len(span))

    def _what_stayed(self) -> None:
        """The words of a field that stand in it in the same order; taken at once where many stayed together."""
        for number, field in enumerate(self.new.fields):
            same = self.old.place.get((field.id, field.name))
            if same is None:
                continue
            olds = [place for place in self.old.spans[same] if not self.spent[place]]
            news = [place for place in self.new.spans[number] if not self.done[place]]
            if olds and news:
                for run in self._stayed(olds, news):
                    begin, end = run[0][1], run[-1][1] + 1
                    if self.new.full(begin, end) > SURE:
                        self._take(run[0][0], begin, len(run))
                    else:
                        self.still.update((new, old) for old, new in run)

    def _stayed(self, olds: list[int], news: list[int]) -> Iterator[list[tuple[int, int]]]:
        """Runs of (old place, new place) that follow each other on both sides."""
        left = right = 0
        run: list[tuple[int, int]] = []
        said = [self.old.codes[place] for place in olds], [self.new.codes[place] for place in news]
        for op, count in align(*said):
            for step in range(count if op is Op.EQUAL else 0):
                pair = (olds[left + step], news[right + step])
                if run and (pair[0] != run[-1][0] + 1 or pair[1] != run[-1][1] + 1):
                    yield run
                    run = []
                run.append(pair)
            left += 0 if op is Op.INSERT else count
            right += 0 if op is Op.DELETE else count
        if run:
            yield run

    def _runs(self, windows: Iterable[int], enough: int) -> None:
        """The same words in the same order, wherever; those with fewer than `enough` full words are passed over."""
        for size in windows:
            places = self._windows(size)
            if not places:
                continue
            expected = -1
            for begin, end in _stretches(self.done, size):
                new = begin
                while new + size <= end:
                    old, count = self._longest(new, size, places, expected)
                    if count and self.new.full(new, new + count) >= enough:
                        self._take(old, new, count)
                        expected = old + count
                    new += count or 1

    def _windows(self, size: int) -> dict[str, deque[int]]:
        """Where runs of `size` free words of the old version begin, by what they say."""
        places: dict[str, deque[int]] = defaultdict(deque)
        for begin, end in _stretches(self.spent, size):
            for place in range(begin, end - size + 1):
                places[self.old.codes[place : place + size]].append(place)
        return places

    def _longest(self, new: int, size: int, places: dict[str, deque[int]], expected: int) -> tuple[int, int]:
        """Where the words at `new` stood, and how many; of equally long runs the one that moved least."""
        said = self.new.codes[new : new + size]
        found = places.get(said)
        if not found:
            return -1, 0
        while found and self.spent[found[0]]:
            found.popleft()
        best, length = -1, 0
        for old in (self.still.get(new, -1), expected, *islice(found, _LOOKED_AT)):
            if (
                old < 0
                or self.old.codes[old : old + size] != said
                or not self._all_free(self.spent, range(old, old + size))
            ):
                continue
            count = self._reach(old, new, size)
            if count > length:
                best, length = old, count
        return best, length

    def _reach(self, old: int, new: int, count: int) -> int:
        """How many free words are the same from there on; from twice the longest window on it does not matter."""
        while (
            old + count < len(self.spent)
            and new + count < len(self.done)
            and not self.spent[old + count]
            and not self.done[new + count]
            and self.old.codes[old + count] == self.new.codes[new + count]
        ):
            count += 1
        return count

    def _neighbours(self) -> None:
        """Words that stand near a word near which they stood, though others have come between."""
        for step in (1, -1):
            order = range(len(self.to)) if step == 1 else range(len(self.to) - 1, -1, -1)
            last = -1
            for new in order:
                if self.new.units[new] is None:
                    continue
                if self.to[new] != -1:
                    last = new
                elif last != -1 and abs(new - last) <= STEP and not self.done[new]:
                    self._beside(self.to[last], new, step)

    def _beside(self, old: int, new: int, step: int) -> None:
        for place in range(old + step, old + step * (STEP + 1), step):
            if not 0 <= place < len(self.spent):
                return
            if not self.spent[place] and self.old.codes[place] == self.new.codes[new]:
                self._take(place, new, 1)
                return


def _sentences(words: Words) -> Iterator[tuple[WordedText, range]]:
    """The field and the places of every sentence of several full words, without the signs at both ends."""
    for field, span in zip(words.fields, words.spans, strict=True):
        begin = span.start
        for place in span:
            unit = words.units[place]
            if (unit and unit.word in ENDS) or place == span.stop - 1:
                first, last = begin, place + 1
                while first < last and not words.weights[first]:
                    first += 1
                while last > first and not words.weights[last - 1]:
                    last -= 1
                if words.full(first, last) >= ENOUGH:
                    yield field, range(first, last)
                begin = place + 1


def _stretches(taken: bytearray, size: int) -> Iterator[tuple[int, int]]:
    """Where places that are free follow each other, at least `size` of them."""
    return ((match.start(), match.end()) for match in re.finditer(rb"\x00{%d,}" % size, taken))

"""Which words of a new version are words of an old one, wherever they stand now: each old word is found again once."""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from app.content.sequences import Op, align
from app.content.units import Weight
from app.content.worded import Field, Words

_WINDOWS = (32, 16, 8, 4, 2)
"""Lengths from which runs of words are looked for, the longest first."""
_LOOKED_AT = 6
"""Of the places where the same words stand, how many are compared."""
_NEAR = 12
"""How many words apart two words may have stood that are found beside each other again, to have moved together."""
_STEP = 3
"""How many words beside a word that was found its neighbour is looked for."""
_ENOUGH = 2
"""Full words that prove that a run of words was moved, and not written anew."""
_SURE = 3
"""Full words that prove it where they stand apart."""
_IN_COMMON = 6
"""Full words that a text of one row and a text of another may have in common by chance."""
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
        self.doubtful: set[int] = set()

    def open(self) -> bool:
        return bool(self.old.units and self.new.units)

    def run(self) -> None:
        """What is surest first: whole texts, whole sentences, what stayed, what moved together, and what is left."""
        self._other_fields()
        self._sentences_that_stayed()
        self._other_blocks()
        self._sentences_that_moved()
        self._what_stayed()
        self._runs(_WINDOWS, _ENOUGH)
        for new, old in self.still.items():
            if self._free(old, new):
                self._take(old, new, 1)
        self.doubtful = {place for place, gone in enumerate(self.done) if not gone}
        self._neighbours()
        self._runs((4, 2, 1), 0)
        self._give_back()

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
            if (field.id not in there and not field.row) or self.old.full(span.start, span.stop) >= _SURE:
                texts[self.old.said(span)].append(span.start)
        for field, span in zip(self.new.fields, self.new.spans, strict=True):
            full = self.new.full(span.start, span.stop)
            if full >= (_SURE if field.id in before or field.row else 1):
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
                    if self.new.full(begin, end) > _SURE:
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
                elif last != -1 and abs(new - last) <= _STEP and not self.done[new]:
                    self._beside(self.to[last], new, step)

    def _beside(self, old: int, new: int, step: int) -> None:
        for place in range(old + step, old + step * (_STEP + 1), step):
            if not 0 <= place < len(self.spent):
                return
            if not self.spent[place] and self.old.codes[place] == self.new.codes[new]:
                self._take(place, new, 1)
                return

    def _give_back(self) -> None:
        """Of the words that are left over and the same as some that are gone, those that nothing proves to be moved."""
        doubtful = {new for new in self.doubtful if self.to[new] != -1}
        if self._nothing_but_moved(doubtful):
            return
        proven = {new for new in doubtful if self.new.weights[new] == Weight.FULL and self._same_block(new)}
        proven |= self._together(doubtful) | self._whole_blocks(doubtful)
        proven |= self._beside_proven(doubtful, proven)
        self._let_go(doubtful - proven)
        self._let_go(self._alike_by_chance())

    def _let_go(self, places: Iterable[int]) -> None:
        for new in places:
            self.spent[self.to[new]] = self.done[new] = 0
            self.to[new] = -1

    def _alike_by_chance(self) -> list[int]:
        """The words of short texts of a new row of which most was typed: two rows may have a function in common."""
        known = {field.id for field in self.old.fields}
        rows: dict[str, list[range]] = defaultdict(list)
        for field, span in zip(self.new.fields, self.new.spans, strict=True):
            if field.row and field.id not in known:
                rows[field.id].append(span)
        chance: list[int] = []
        for id, spans in rows.items():
            found = [[new for new in span if self.to[new] != -1] for span in spans]
            full = [sum(self.new.weights[new] == Weight.FULL for new in each) for each in found]
            if 2 * sum(full) <= self.new.full_in(id):
                chance += [new for each, count in zip(found, full, strict=True) if count <= _IN_COMMON for new in each]
        return chance

    def _nothing_but_moved(self, doubtful: set[int]) -> bool:
        """Whether no word was typed and some came back or none went, or no full one went and enough have moved."""
        full = sum(self.new.weights[new] == Weight.FULL for new in doubtful)
        came = any(self.new.weights[place] and not done for place, done in enumerate(self.done))
        went = any(self.old.weights[place] == Weight.FULL and not spent for place, spent in enumerate(self.spent))
        if not came:
            return bool(full) or not went
        return not went and (full >= _SURE or self._moved() >= _SURE)

    def _moved(self) -> int:
        """How many full words stand in another block than they did."""
        return sum(
            old != -1 and self.new.weights[new] == Weight.FULL and not self._same_block(new)
            for new, old in enumerate(self.to)
        )

    def _same_block(self, new: int) -> bool:
        return self.new.field(new).id == self.old.field(self.to[new]).id

    def _together(self, doubtful: set[int]) -> set[int]:
        """Full words that stand together and stood together, at least `_ENOUGH` of them."""
        proven: set[int] = set()
        for chain in self._chains():
            if len(chain) >= _ENOUGH:
                proven.update(doubtful.intersection(chain))
        return proven

    def _chains(self) -> Iterator[list[int]]:
        chain: list[int] = []
        between = 0
        for new, old in enumerate(self.to):
            if self.new.weights[new] != Weight.FULL:
                between += self.new.weights[new] == Weight.SMALL and old == -1
            elif old == -1:
                between += 1
            else:
                if chain and (between > _ENOUGH or not self._near(chain[-1], new)):
                    yield chain
                    chain = []
                chain.append(new)
                between = 0
        if chain:
            yield chain

    def _near(self, one: int, other: int) -> bool:
        """Whether two words of the new version stood near each other in the old one; a row stands by itself."""
        first, second = self.new.field(one), self.new.field(other)
        if first.id != second.id and (first.row or second.row):
            return False
        left, right = self.to[one], self.to[other]
        return abs(left - right) <= _NEAR and abs(self.old.field(left).order - self.old.field(right).order) <= 1

    def _whole_blocks(self, doubtful: set[int]) -> set[int]:
        """Words of a block in which none was typed, or of one of which none is lost."""
        by_new: dict[str, list[int]] = defaultdict(list)
        by_old: dict[str, list[int]] = defaultdict(list)
        for new in doubtful:
            by_new[self.new.field(new).id].append(new)
            by_old[self.old.field(self.to[new]).id].append(new)
        typed = {self.new.field(at).id for at, done in enumerate(self.done) if not done and self.new.weights[at]}
        lost = {self.old.field(at).id for at, spent in enumerate(self.spent) if not spent and self.old.weights[at]}
        whole = [each for id, each in by_new.items() if id not in typed]
        whole += [each for id, each in by_old.items() if id not in lost]
        return {
            new for each in whole if sum(self.new.weights[at] == Weight.FULL for at in each) >= _SURE for new in each
        }

    def _beside_proven(self, doubtful: set[int], proven: set[int]) -> set[int]:
        """Signs and small words among words that are known, near which they stood."""
        found: set[int] = set()
        for step in (1, -1):
            order = range(len(self.to)) if step == 1 else range(len(self.to) - 1, -1, -1)
            last = -1
            for new in order:
                if self.to[new] == -1:
                    continue
                if new in doubtful and new not in proven and new not in found:
                    if self.new.weights[new] == Weight.FULL or last == -1 or abs(new - last) > _STEP:
                        continue
                    if not self._near(last, new):
                        continue
                    found.add(new)
                last = new
        return found


def _sentences(words: Words) -> Iterator[tuple[Field, range]]:
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
                if words.full(first, last) >= _ENOUGH:
                    yield field, range(first, last)
                begin = place + 1


def _stretches(taken: bytearray, size: int) -> Iterator[tuple[int, int]]:
    """Where places that are free follow each other, at least `size` of them."""
    return ((match.start(), match.end()) for match in re.finditer(rb"\x00{%d,}" % size, taken))

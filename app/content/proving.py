"""What proves that words found again were moved, and not typed anew: of the others the finding is given back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from app.content.units import Weight
from app.content.worded import Words

_NEAR = 12
"""How many words apart two words may have stood that are found beside each other again, to have moved together."""
STEP = 3
"""How many words beside a word that was found its neighbour is looked for."""
ENOUGH = 2
"""Full words that prove that a run of words was moved, and not written anew."""
SURE = 3
"""Full words that prove it where they stand apart."""
_IN_COMMON = 6
"""Full words that a text of one row and a text of another may have in common by chance."""


def give_back(old: Words, new: Words, to: list[int], spent: bytearray, done: bytearray, doubtful: set[int]) -> None:
    """Let go what was found at `doubtful` places of `new` and nothing proves; the lists are those of the search."""
    _Proof(old, new, to, spent, done).give_back(doubtful)


class _Proof:
    def __init__(self, old: Words, new: Words, to: list[int], spent: bytearray, done: bytearray) -> None:
        self.old, self.new, self.to, self.spent, self.done = old, new, to, spent, done

    def give_back(self, doubtful: set[int]) -> None:
        """Of the words that are left over and the same as some that are gone, those that nothing proves to be moved."""
        doubtful = {new for new in doubtful if self.to[new] != -1}
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
        return not went and (full >= SURE or self._moved() >= SURE)

    def _moved(self) -> int:
        """How many full words stand in another block than they did."""
        return sum(
            old != -1 and self.new.weights[new] == Weight.FULL and not self._same_block(new)
            for new, old in enumerate(self.to)
        )

    def _same_block(self, new: int) -> bool:
        return self.new.field(new).id == self.old.field(self.to[new]).id

    def _together(self, doubtful: set[int]) -> set[int]:
        """Full words that stand together and stood together, at least `ENOUGH` of them."""
        proven: set[int] = set()
        for chain in self._chains():
            if len(chain) >= ENOUGH:
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
                if chain and (between > ENOUGH or not self._near(chain[-1], new)):
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
            new for each in whole if sum(self.new.weights[at] == Weight.FULL for at in each) >= SURE for new in each
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
                    if self.new.weights[new] == Weight.FULL or last == -1 or abs(new - last) > STEP:
                        continue
                    if not self._near(last, new):
                        continue
                    found.add(new)
                last = new
        return found

"""The way from one text to another as edits of whole words, and which edits of two people stand in each other's way."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

from app.content.diff import Op, cached_words, tokens
from app.content.wholes import negates

# Words that say nothing by themselves: they may well be put in twice, and do not hold a rewritten sentence together.
_SMALL_WORDS = frozenset(
    [
        *("a", "ai", "as", "au", "aux", "avait", "avec", "avoir", "c", "ce", "ces", "cet", "cette", "ceci", "cela"),
        *("d", "dans", "de", "des", "du", "elle", "elles", "en", "est", "et", "être", "eu", "fait", "été"),
        *("il", "ils", "j", "jusqu", "l", "la", "le", "les", "leur", "leurs", "lors", "lorsqu", "lui", "m", "mais"),
        *("me", "même", "n", "ne", "nos", "notre", "nous", "on", "ont", "ou", "où", "par", "pas", "plus", "pour"),
        *("puisqu", "qu", "que", "qui", "s", "sa", "sans", "se", "selon", "ses", "si", "son", "sont", "sous", "sur"),
        *("t", "tous", "tout", "toute", "toutes", "un", "une", "vers", "vos", "votre", "vous", "y", "à"),
        *("afin", "ainsi", "aussi", "car", "chez", "comme", "donc", "dont", "entre", "ni"),
    ]
)


class TextEdit(NamedTuple):
    """The characters start to end of the base replaced by `text`; start = end inserts."""

    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Rewording:
    """The way from `base` to `version`."""

    base: str
    version: str
    edits: tuple[TextEdit, ...]

    @cached_property
    def put_in(self) -> frozenset[str]:
        """The words that say something, of what it puts in."""
        return frozenset(word for edit in self.edits for word in telling(edit.text))

    @cached_property
    def taken_out(self) -> frozenset[str]:
        """The same of what it takes out."""
        return frozenset(word for edit in self.edits for word in telling(self.base[edit.start : edit.end]))

    @cached_property
    def added(self) -> frozenset[str]:
        """The words that say something of which there are more than before."""
        counts = Counter(telling(self.version))
        counts.subtract(telling(self.base))
        return frozenset(word for word, count in counts.items() if count > 0)

    @cached_property
    def negating(self) -> bool:
        """Whether it puts in or takes out a word of a negation."""
        return any(negates(edit.text) or negates(self.base[edit.start : edit.end]) for edit in self.edits)

    @cached_property
    def reach(self) -> dict[TextEdit, tuple[int, int]]:
        """By edit the characters of the base it may be said to touch: a repetition can be put in or out at either end."""
        return {edit: _reach(self.base, _seams(self.base), edit) for edit in self.edits}

    @cached_property
    def hunks(self) -> tuple[tuple[int, int], ...]:
        """What it touches, as `touched` says."""
        return touched(self, self.edits)


def telling(text: str) -> Iterator[str]:
    """The words of `text` that say something by themselves, in small letters."""
    for token in tokens(text):
        word = token.casefold().rstrip("’'")
        if token[0].isalnum() and word not in _SMALL_WORDS:
            yield word


@lru_cache(maxsize=4096)
def rewording(base: str, version: str) -> Rewording:
    """The edits from `base` to `version`, in order, as few words as there can be in each."""
    edits: list[TextEdit] = []
    position = 0
    for op, text in cached_words(base, version, tidy=False):
        if op is Op.INSERT:
            if edits and edits[-1].end == position:
                edits[-1] = edits[-1]._replace(text=edits[-1].text + text)
            else:
                edits.append(TextEdit(position, position, text))
        else:
            if op is Op.DELETE:
                edits.append(TextEdit(position, position + len(text), ""))
            position += len(text)
    return Rewording(base, version, tuple(edits))


def together(mine: Rewording, theirs: Rewording) -> list[TextEdit] | None:
    """The edits of both to one base, in order, what both made once; None where two are not parted by an unchanged word."""
    shared = set(mine.edits) & set(theirs.edits)
    one, other = ([edit for edit in side.edits if edit not in shared] for side in (mine, theirs))
    parted = apart(mine.base, touched(mine, one), touched(theirs, other))
    return sorted({*shared, *one, *other}) if parted else None


Hunks = Sequence[tuple[int, int]]


def apart(base: str, mine: Hunks, theirs: Hunks) -> bool:
    """Whether an unchanged word stands between each of these spans of `base` and each of those."""
    starts = _word_starts(base)
    last = [-1, -1]  # words begun before the end of what each side has touched so far
    for start, _, end, side in sorted(
        (start, end, end, side) for side, hunks in enumerate((mine, theirs)) for start, end in hunks
    ):
        if last[1 - side] >= bisect_left(starts, start):
            return False
        last[side] = max(last[side], bisect_left(starts, end))
    return True


def touched(side: Rewording, edits: Sequence[TextEdit]) -> tuple[tuple[int, int], ...]:
    """Of `edits`, the spans of the base: two replacements with only small words between them are one rewriting."""
    hunks: list[tuple[int, int]] = []
    replacing = False
    for edit in edits:
        first, last = side.reach[edit]
        replaces = edit.start < edit.end and bool(edit.text.strip())
        if hunks and replacing and replaces and not any(telling(side.base[hunks[-1][1] : first])):
            hunks[-1] = hunks[-1][0], max(hunks[-1][1], last)
        else:
            hunks.append((first, last))
        replacing = replaces
    return tuple(hunks)


@lru_cache(maxsize=256)
def _seams(text: str) -> list[int]:
    """Where the words, blanks and signs of a text begin and end."""
    return [0, *accumulate(len(token) for token in tokens(text))]


@lru_cache(maxsize=256)
def _word_starts(text: str) -> list[int]:
    return [start for start, token in zip(_seams(text), tokens(text), strict=False) if token[0].isalnum()]


def _reach(base: str, seams: Sequence[int], edit: TextEdit) -> tuple[int, int]:
    """How far to the left and right the edit could stand and the outcome be the same, in whole words."""
    start, end, text = edit
    if (start < end) == bool(text):
        return start, end
    piece = text or base[start:end]
    low, high = start, end
    turned = piece
    at = bisect_left(seams, low)
    while at > 0 and turned.endswith(base[seams[at - 1] : low]):
        word = base[seams[at - 1] : low]
        turned, low, at = word + turned[: len(turned) - len(word)], seams[at - 1], at - 1
    turned = piece
    at = bisect_left(seams, high)
    while at + 1 < len(seams) and turned.startswith(base[high : seams[at + 1]]):
        word = base[high : seams[at + 1]]
        turned, high, at = turned[len(word) :] + word, seams[at + 1], at + 1
    return low, high


def doubled(merged: str, mine: Rewording, theirs: Rewording) -> bool:
    """Whether what both put in stands there twice, or what one took out is back where the other moved it.

    Of small words only one right behind itself, where neither has it so, is noticed.
    """
    versions = (mine.base, mine.version, theirs.version)
    both = mine.put_in & theirs.put_in
    back = (mine.taken_out & theirs.taken_out) & (mine.put_in ^ theirs.put_in)
    if both or back:
        count, *counts = (Counter(telling(text)) for text in (merged, *versions))
        if any(count[word] > max(each[word] for each in counts) for word in both):
            return True
        if any(count[word] > min(each[word] for each in counts[1:]) for word in back):
            return True
    return bool(_stutters(merged) - set().union(*(_stutters(text) for text in versions)))


@lru_cache(maxsize=4096)
def _stutters(text: str) -> frozenset[str]:
    """The words that stand right behind themselves."""
    words = [token.casefold() for token in tokens(text) if not token.isspace()]
    return frozenset(one for one, other in pairwise(words) if one == other and one[0].isalnum())

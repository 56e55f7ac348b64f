"""Who wrote each word: runs of characters with the revision they came in by, carried from version to version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from app.content.blocks import Content
from app.content.rearranged import ENDS, found_again
from app.content.units import Weight
from app.content.worded import Codes, Fields, Place, WordedText, Words, fields

Run = list[int]
"""[characters, reference]: so many characters of a field came in by that revision. A list, as JSON gives it back."""

Runs = dict[str, dict[str, list[Run]]]
"""By block id and field; the lengths of a field's runs add up to its text's, so an empty field has none."""


def first(content: Content, ref: int) -> Runs:
    """The runs of a part's first version: every word is its author's."""
    return {
        block.id: {name: [[len(text), ref]] if text else [] for name, text in block.words.items()} for block in content
    }


def carry(
    parent: Content, parent_runs: Runs, new: Content, ref: int, earlier: tuple[Content, Runs] | None = None
) -> Runs:
    """The runs of `new`, made from `parent`: words that were kept keep their reference, new ones get `ref`.

    Kept is what stands where it stood, and what was only rearranged: words that left their place and are found in another
    one, each once, so that what is written twice is new the second time. Words that `parent` had left out of the version
    before it, `earlier`, and that are back keep their reference too. Signs and small words that are all that is left of a
    text go with the words around them. ValueError when `parent_runs` does not cover the words of `parent`.
    """
    before, after = fields(parent), fields(new)
    old = {place: _covering(parent_runs, *place, field.text) for place, field in before.items()}
    runs: Runs = {block.id: {} for block in new}
    gone, come = _changed(before, after), _changed(after, before)
    if gone or earlier:
        changed = _found(gone, come, old, ref, (*earlier, before) if earlier else None)
    else:
        changed = {(field.id, field.name): [[len(field.text), ref]] if field.text else [] for field in come}
    for place in after:
        runs[place[0]][place[1]] = changed[place] if place in changed else old[place]
    return runs


def _changed(one: Fields, other: Fields) -> list[WordedText]:
    """The fields of one version that do not read the same in the other."""
    return [field for place, field in one.items() if place not in other or other[place].text != field.text]


def _found(
    gone: list[WordedText],
    come: list[WordedText],
    whose: Mapping[Place, list[Run]],
    ref: int,
    earlier: tuple[Content, Runs, Fields] | None,
) -> dict[Place, list[Run]]:
    """The runs of the fields that have come, some of whose words are from those that have gone, or from `earlier`."""
    codes = Codes()
    was, now = Words(gone, codes, "\1"), Words(come, codes, "\2")
    sources = [_Source(was, whose, found_again(was, now))]
    if earlier:
        sources.append(_back(*earlier, now, sources[0].to, codes))
    words = zip(now.fields, now.spans, strict=True)
    return {(field.id, field.name): _carried(now, span, sources, ref) for field, span in words}


class _Source:
    """A version that words come from, with whose each is, and by place of the new version's words where they stood."""

    def __init__(self, words: Words, runs: Mapping[Place, list[Run]], to: Sequence[int]) -> None:
        self.words = words
        self.to = to
        self._found = set(to)
        self._refs: list[tuple[int, ...]] = [()] * len(words.units)
        for field, span in zip(words.fields, words.spans, strict=True):
            refs = [author for length, author in runs[field.id, field.name] for _ in range(length)]
            position = 0
            for place in span:
                unit = words.unit(place)
                length = len(unit.blank) + len(unit.word)
                self._refs[place] = tuple(refs[position : position + length])
                position += length

    def gone_after(self, old: int) -> int:
        """The place after this one, where its word was left out; -1 where it was not."""
        after = old + 1
        return after if self.words.units[after] is not None and after not in self._found else -1

    def is_there(self, old: int, step: int) -> bool:
        """Whether the next word before or after this place is found too, or there is none."""
        old += step
        while 0 <= old < len(self.words.units) and self.words.units[old] is not None:
            if self.words.weights[old] != Weight.SIGN:
                return old in self._found
            old += step
        return True

    def blank(self, old: int) -> tuple[int, ...]:
        return self._refs[old][: len(self.words.unit(old).blank)]

    def word(self, old: int) -> tuple[int, ...]:
        return self._refs[old][len(self.words.unit(old).blank) :]


def _back(content: Content, runs: Runs, before: Fields, now: Words, known: Sequence[int], codes: Codes) -> _Source:
    """The words of the version before the parent that the parent, `before`, had left out, where they are back."""
    then = fields(content)
    whose = {place: _covering(runs, *place, field.text) for place, field in then.items()}
    gone, parent = Words(_changed(then, before), codes, "\1"), Words(_changed(before, then), codes, "\2")
    spent = bytearray(len(gone.units))
    for place in found_again(gone, parent):
        if place != -1:
            spent[place] = 1
    return _Source(gone, whose, found_again(gone, now, spent, known))


def _carried(now: Words, span: range, sources: Sequence[_Source], ref: int) -> list[Run]:
    """The runs of one field: the words that were found are whose they were, the others are `ref`'s."""
    whose: list[tuple[int, ...]] = []
    for place in span:
        unit = now.unit(place)
        source = next((each for each in sources if each.to[place] != -1), None)
        found = source.word(source.to[place]) if source else ()
        whose.append(found if len(found) == len(unit.word) else (found[0] if found else ref,) * len(unit.word))
    _without_leavings(now, span, sources, whose, ref)
    refs: list[int] = []
    for index, place in enumerate(span):
        refs += _blank(now, place, span, sources, whose[index], ref)
        refs += whose[index]
    runs = [[len(list(group)), author] for author, group in groupby(refs)]
    return _without_stray_blanks(now.fields[now.at[span.start]].text, runs) if runs else []


def _blank(
    now: Words, place: int, span: range, sources: Sequence[_Source], word: tuple[int, ...], ref: int
) -> tuple[int, ...]:
    """Whose the blanks before a word are: whose they were where they have stayed with it or before it, else the word's."""
    blank = now.unit(place).blank
    for source in sources if blank else ():
        old = source.to[place]
        if old == -1 and place > span.start and source is sources[0] and source.to[place - 1] != -1:
            old = source.gone_after(source.to[place - 1])
        if old != -1 and source.words.unit(old).blank == blank:
            return source.blank(old)
    return (word[0] if word else ref,) * len(blank)


def _without_leavings(
    now: Words, span: range, sources: Sequence[_Source], whose: list[tuple[int, ...]], ref: int
) -> None:
    """Signs and small words that are left between two words put for others, or alone of a sentence, are the new writer's."""
    begin = span.start
    for place in span:
        if now.unit(place).word in ENDS or place == span.stop - 1:
            full = [whose[each - span.start][0] for each in range(begin, place + 1) if now.weights[each] == Weight.FULL]
            if full and all(author == ref for author in full):
                for each in range(begin, place + 1):
                    whose[each - span.start] = (ref,) * len(whose[each - span.start])
            begin = place + 1
    left: list[int] = []
    after_new = False
    for index, place in enumerate(span):
        if not whose[index]:
            continue
        if whose[index][0] == ref:
            if now.weights[place] != Weight.SIGN:
                if after_new and left and not _only_parted(span.start + left[0], span.start + left[-1], sources):
                    for each in left:
                        whose[each] = (ref,) * len(whose[each])
                left, after_new = [], True
        elif now.weights[place] == Weight.FULL:
            left, after_new = [], False
        else:
            left.append(index)


def _only_parted(first: int, last: int, sources: Sequence[_Source]) -> bool:
    """Whether the words that stood around these are still there: new ones have come between, none instead."""
    source = next(each for each in sources if each.to[first] != -1)
    return source.to[last] != -1 and source.is_there(source.to[first], -1) and source.is_there(source.to[last], 1)


def _without_stray_blanks(text: str, runs: list[Run]) -> list[Run]:
    """`runs` in which the blanks that happened to stay between two words of one author are that author's too."""
    kept: list[Run] = []
    position = 0
    for index, (length, author) in enumerate(runs):
        after = runs[index + 1][1] if index + 1 < len(runs) else None
        if kept and kept[-1][1] == after and text[position : position + length].isspace():
            author = after
        if kept and kept[-1][1] == author:
            kept[-1][0] += length
        else:
            kept.append([length, author])
        position += length
    return kept


def _covering(runs: Runs, block_id: str, name: str, text: str) -> list[Run]:
    found = runs.get(block_id, {}).get(name, [])
    if sum(length for length, _ in found) != len(text):
        raise ValueError(f"the runs of {block_id}.{name} do not cover its {len(text)} characters")
    return found


def attribute(content: Content, runs: Mapping[str, Mapping[str, list[Run]]]) -> Iterator[tuple[str, str, str, int]]:
    """(block id, field, text, reference) of every run in reading order; a field's texts joined are the field."""
    for block in content:
        for name, text in block.words.items():
            position = 0
            for length, author in runs[block.id][name]:
                yield block.id, name, text[position : position + length], author
                position += length

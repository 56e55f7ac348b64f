"""Who wrote each word: runs of characters with the revision they came in by, carried from version to version."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from app.content.blocks import Content
from app.content.diff import Op, cached_words, sentences

Run = list[int]
"""[characters, reference]: so many characters of a field came in by that revision. A list, as JSON gives it back."""

Runs = dict[str, dict[str, list[Run]]]
"""By block id and field; the lengths of a field's runs add up to its text's, so an empty field has none."""

_LONG_ENOUGH = 40
"""Characters from which a sentence found again in another block was moved there and not written twice."""


def first(content: Content, ref: int) -> Runs:
    """The runs of a part's first version: every word is its author's."""
    return {
        block.id: {name: [[len(text), ref]] if text else [] for name, text in block.words.items()} for block in content
    }


def carry(
    parent: Content, parent_runs: Runs, new: Content, ref: int, earlier: tuple[Content, Runs] | None = None
) -> Runs:
    """The runs of `new`, made from `parent`: words that were kept keep their reference, new ones get `ref`.

    A block is known again by its id wherever it stands, a whole sentence also in another block if it left its own. Words
    that `parent` had left out of the version before it, `earlier`, and that are back keep their reference too.
    ValueError when `parent_runs` does not cover the words of `parent`.
    """
    before = {block.id: block.words for block in parent}
    back = _Back(*earlier) if earlier else None
    left_behind = _Left(parent, parent_runs, new)
    runs: Runs = {}
    for block in new:
        old = before.get(block.id, {})
        runs[block.id] = {}
        for name, text in block.words.items():
            if old.get(name) == text:
                runs[block.id][name] = _covering(parent_runs, block.id, name, text)
            else:
                refs = _refs(_covering(parent_runs, block.id, name, old[name])) if name in old else []
                again = back.refs(block.id, name, text) if back else []
                runs[block.id][name] = _carried(old.get(name, ""), refs, text, ref, left_behind, again)
    return runs


class _Back:
    """The words of a version that was left behind, where they are in a later one."""

    def __init__(self, content: Content, runs: Runs) -> None:
        self.words = {block.id: block.words for block in content}
        self.runs = runs

    def refs(self, id: str, name: str, text: str) -> list[int | None]:
        """For each character of `text` the reference of the word it belongs to, None where it is no word of that field."""
        old = self.words.get(id, {}).get(name, "")
        known = _refs(_covering(self.runs, id, name, old)) if old else []
        refs: list[int | None] = []
        position = 0
        for op, piece in cached_words(old, text):
            if op is Op.EQUAL:
                refs += known[position : position + len(piece)]
            elif op is Op.INSERT:
                refs += [None] * len(piece)
            position += 0 if op is Op.INSERT else len(piece)
        return refs


class _Left:
    """The long sentences that are gone from where they stood, with the references of their characters."""

    def __init__(self, parent: Content, parent_runs: Runs, new: Content) -> None:
        after = {block.id: block.words for block in new}
        self.sentences: dict[str, list[int]] = {}
        for block in parent:
            for name, text in block.words.items():
                now = after.get(block.id, {}).get(name, "")
                if now != text:
                    self._keep(text, now, _refs(_covering(parent_runs, block.id, name, text)))

    def _keep(self, text: str, now: str, refs: list[int]) -> None:
        position = 0
        for sentence in sentences(text):
            bare = sentence.strip()
            if len(bare) >= _LONG_ENOUGH and bare not in now:
                start = position + sentence.index(bare)
                self.sentences.setdefault(bare, refs[start : start + len(bare)])
            position += len(sentence)

    def claim(self, inserted: str, ref: int) -> list[int]:
        """A reference for each character of an inserted text."""
        refs: list[int] = []
        for sentence in sentences(inserted) if self.sentences else [inserted]:
            bare = sentence.strip()
            found = self.sentences.get(bare)
            if found is None:
                refs += [ref] * len(sentence)
            else:
                lead = sentence.index(bare)
                refs += [ref] * lead + found + [ref] * (len(sentence) - lead - len(bare))
        return refs


def _carried(
    old: str, old_refs: list[int], new: str, ref: int, left_behind: _Left, again: list[int | None]
) -> list[Run]:
    refs: list[int] = []
    position = 0
    for op, text in cached_words(old, new, tidy=False):
        if op is Op.INSERT:
            known = again[len(refs) : len(refs) + len(text)] or [None] * len(text)
            claimed = left_behind.claim(text, ref)
            refs += [found if back is None else back for found, back in zip(claimed, known, strict=True)]
        else:
            if op is Op.EQUAL:
                refs += old_refs[position : position + len(text)]
            position += len(text)
    return _without_stray_blanks(new, [[len(list(group)), author] for author, group in groupby(refs)])


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


def _refs(runs: Iterable[Run]) -> list[int]:
    return [author for length, author in runs for _ in range(length)]


def attribute(content: Content, runs: Mapping[str, Mapping[str, list[Run]]]) -> Iterator[tuple[str, str, str, int]]:
    """(block id, field, text, reference) of every run in reading order; a field's texts joined are the field."""
    for block in content:
        for name, text in block.words.items():
            position = 0
            for length, author in runs[block.id][name]:
                yield block.id, name, text[position : position + length], author
                position += length

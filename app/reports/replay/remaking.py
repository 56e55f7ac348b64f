"""Adoptions and merges made again from the stored texts: whether each text is the one that its acts say."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from app.content.blocks import Block, Content
from app.content.canonical import as_read
from app.content.changes import Change, apply
from app.reports.replay.logged import Adoption
from app.reports.replay.state import ReplayedReport
from app.reports.replay.stored_rows import StoredReport
from app.reports.validating.returns import RECOMMENDED

_WORD = re.compile(r"\w+|[^\w\s]")


def unlike(past: ReplayedReport, stored: StoredReport) -> Iterator[tuple[str, str]]:
    """What is not as the acts of `past` make it: the kind ("adoption", "merge"), and what it is, in French.

    What was erased, or cannot be read, is not judged here.
    """
    needed = {(each.part, number) for each in past.adoptions for number in (each.parent, each.number) if number}
    for (key, number), others in past.merges.items():
        needed |= {(key, each) for each in (number, *others)}
    needed |= {(key, each) for key, *both in (*past.alike, *past.unbound) for each in both}
    texts = {place: stored.content(row) for place, row in stored.revisions.items() if place in needed}
    changes = {row.number: row.change_json for row in stored.amendments}
    for adoption in past.adoptions:
        if what := _adoption(adoption, texts, changes):
            yield "adoption", f"amendement n° {adoption.amendment} : {what}"
    for key, then, now in past.alike:
        old, new = texts.get((key, then)), texts.get((key, now))
        if old is not None and new is not None and as_read(old) != as_read(new):
            what = "tenues pour la même lecture, elles ne disent pas la même chose"
            yield "ballot", f"partie « {key} », révisions {then} et {now} : {what}"
    for key, then, now in past.unbound:
        old, new = texts.get((key, then)), texts.get((key, now))
        if old is not None and new is not None and _binds(key, old, new):
            what = "des votes sont restés acquis, alors que des recommandations ou des chiffres y ont changé"
            yield "ballot", f"partie « {key} », révisions {then} et {now} : {what}"
    for (key, number), (base, parent) in past.merges.items():
        old, before, after = (texts.get((key, each)) for each in (base, parent, number))
        if old is not None and before is not None and after is not None and not _kept(old, before, after):
            lost = f"ce que d’autres avaient écrit depuis la révision {base} n’y est plus"
            yield "merge", f"partie « {key} », révision {number} : {lost}"


Texts = Mapping[tuple[str, int], Content | None]


def _adoption(adoption: Adoption, texts: Texts, changes: Mapping[int, Any]) -> str | None:
    key, change = adoption.part, _change(changes.get(adoption.amendment))
    before = texts.get((key, adoption.parent))
    if adoption.number is None:
        return None if adoption.modified else "son adoption n’a rien changé au texte"
    after = texts.get((key, adoption.number))
    if change is None or before is None or after is None:
        return None
    if before == after:
        return "son adoption n’a rien changé au texte"
    if adoption.by_hand:
        made = not _words(after) - (_words(before) + _words(tuple(edit.new for edit in change.edits if edit.new)))
    else:
        outcome = apply(change, before)
        made = not outcome.clashes and outcome.content == after
    return None if made else f"le texte de la révision {adoption.number} n’est pas celui que fait son adoption"


def _change(written: Any) -> Change | None:
    """None where it cannot be read, which its hash says already."""
    try:
        return Change.parse(written)
    except (ValueError, KeyError, TypeError):
        return None


def _binds(key: str, old: Content, new: Content) -> bool:
    """Whether what changed reopens the votes, as far as the verifier that stands alone can tell it too."""
    if key in RECOMMENDED:
        return as_read(old) != as_read(new)
    return _figures(old) != _figures(new)


def _figures(content: Content) -> Counter[str]:
    return Counter(word for word in _words(content).elements() if word.isdecimal())


def _words(content: Content) -> Counter[str]:
    return Counter(word for block in content for text in block.words.values() for word in _WORD.findall(text))


def _kept(old: Content, before: Content, after: Content) -> bool:
    """Whether what had come into the text between `old` and `before` stands in `after`, beside what it stood beside."""
    first, last = ({block.id: block for block in content} for content in (old, after))
    for block in before:
        known = first.get(block.id)
        for name, text in block.words.items():
            if known is not None and known.words.get(name, "") == text:
                continue
            come = _neighbours(text) - (_neighbours(known.words.get(name, "")) if known is not None else set())
            if come - _neighbours(_text(last.get(block.id), name)):
                return False
    return True


def _text(block: Block | None, name: str) -> str:
    return block.words.get(name, "") if block is not None else ""


def _neighbours(text: str) -> set[tuple[str, str]]:
    """Each word or sign with the one behind it."""
    return set(pairwise(["", *_WORD.findall(text), ""])) if text.strip() else set()

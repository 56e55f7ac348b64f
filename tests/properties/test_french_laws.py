"""What holds of two people's changes to one French sentence, whatever it says: checked by means of its own."""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise

from hypothesis import given, settings

from app.audit.standalone import seben_audit
from app.content.blocks import Block, BlockKind, Content
from app.content.changes import apply, collide, cut
from app.content.wording import merge_words, one_after_the_other
from tests.properties.french import CIVILITIES, DAYS, FIRST, MONTHS, RATES, SURNAMES, YEARS, meetings

MANY = settings(max_examples=600, deadline=None)
Three = tuple[str, str, str]

_B = "[\u202f\u00a0 ]"
_NUMBER = rf"(?<![\w,.])\d+(?:{_B}\d{{3}})*(?:[.,]\d+)?(?:er|ème)?"
_UNIT = rf"{_B}(?:FCFA|F{_B}?CFA|francs{_B}CFA|millions|milliards|%|h\b|pour cent)(?:{_B}de{_B}(?:FCFA|francs{_B}CFA))?"


def _one_of(*names: str) -> str:
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))


_FACTS = (
    rf"{_NUMBER}(?:{_UNIT})*",
    rf"(?:{_one_of(*DAYS)}) (?:{_one_of(*MONTHS)})(?: (?:{_one_of(*YEARS)}))?",
    rf"(?:{_one_of(*CIVILITIES)}) (?:(?:{_one_of(*FIRST)}) )?(?:{_one_of(*SURNAMES)})",
    rf"\b(?:{_one_of(*YEARS[3:])})\b",
    _one_of(*(rate for rate in RATES if not rate[0].isdigit())),
    r"n[’']\w+ (?:pas|plus|jamais)|\bne \S+ (?:pas|plus|jamais)",
)


def facts(text: str) -> set[str]:
    return {found[0] for pattern in _FACTS for found in re.finditer(pattern, text)}


def said(text: str) -> list[str]:
    """The words and signs of a text."""
    return re.findall(r"\b(?:MM?|Dr)\.|\w+|[^\w\s]", text)


def neighbours(text: str) -> Counter[tuple[str, str]]:
    """How often each word or sign stands right before another."""
    return Counter(pairwise(["", *said(text), ""]))


def telling(pair: tuple[str, str]) -> bool:
    """Whether one of them says something by itself: a comma or an article may come and go elsewhere too."""
    return any(len(word) > 7 or any(letter.isdigit() for letter in word) for word in pair)


def delta(old: str, new: str) -> Counter[str]:
    """How many more of each word there are (fewer: below nought)."""
    counts = Counter(said(new))
    counts.subtract(said(old))
    return Counter({word: count for word, count in counts.items() if count})


def part(text: str) -> Content:
    return (Block("a", "body", BlockKind.PARAGRAPH, {"text": text}),)


@MANY
@given(meetings())
def test_no_figure_date_name_or_negation_comes_out_that_nobody_wrote(versions: Three) -> None:
    base, mine, theirs = versions
    merged = merge_words(base, mine, theirs)
    if merged is not None:
        assert facts(merged) <= facts(base) | facts(mine) | facts(theirs)


@MANY
@given(meetings())
def test_a_change_adopted_without_a_clash_stands_in_the_text(versions: Three) -> None:
    base, amended, today = versions
    for change in cut(part(base), part(amended)):
        outcome = apply(change, part(today))
        if outcome.clashes:
            continue
        text = outcome.content[0].text
        old, new, before, after = (neighbours(each) for each in (base, amended, today, text))
        # Nothing but the two texts: no two words are side by side that are so in neither.
        assert after.keys() <= new.keys() | before.keys()
        # What the amendment puts in is there, beside what it stands beside in the amendment; so is what came since.
        assert new.keys() - old.keys() <= after.keys()
        assert before.keys() - old.keys() <= after.keys()
        # What it takes out is gone, but for what was written anew since.
        for pair in filter(telling, old.keys() - new.keys()):
            assert after[pair] <= max(0, before[pair] - old[pair]), pair
        assert outcome.idle == (text == today)
        if not outcome.idle:  # the verifier that stands alone has its own way to tell
            edits = [edit.to_json() for edit in change.edits]
            texts = [[block.to_json() for block in content] for content in (part(today), outcome.content)]
            assert seben_audit._made(edits, *texts, False)


@MANY
@given(meetings())
def test_nothing_that_both_put_in_stands_twice(versions: Three) -> None:
    base, mine, theirs = versions
    merged = merge_words(base, mine, theirs)
    if merged is None:
        return
    counts, *each = (Counter(re.findall(r"[\w’'-]+", text.casefold())) for text in (merged, base, mine, theirs))
    for word in set(delta(base.casefold(), mine.casefold())) & set(delta(base.casefold(), theirs.casefold())):
        if len(word) > 4:
            assert counts[word] <= max(count[word] for count in each), word


@MANY
@given(meetings())
def test_who_is_asked_first_changes_nothing(versions: Three) -> None:
    base, mine, theirs = versions
    assert merge_words(base, mine, theirs) == merge_words(base, theirs, mine)
    (one, *_), (other, *_) = (cut(part(base), part(side)) or (None,) for side in (mine, theirs))
    if one and other:
        clashes = [bool(apply(b, apply(a, part(base)).content).clashes) for a, b in ((one, other), (other, one))]
        assert clashes[0] == clashes[1] == collide(one, other, part(base)) == (merge_words(base, mine, theirs) is None)


@MANY
@given(meetings())
def test_keeping_both_invents_no_fact_and_loses_no_word_put_in(versions: Three) -> None:
    base, mine, theirs = versions
    text = one_after_the_other(base, mine, theirs)
    assert facts(text) <= facts(base) | facts(mine) | facts(theirs)
    for side in (mine, theirs):
        put_in = +delta(base, side)
        assert not put_in - Counter(said(text))

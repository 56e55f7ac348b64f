"""What holds for every text: what is typed comes back, what is shown loses nothing."""

from __future__ import annotations

import unicodedata
from itertools import accumulate

import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from app.content.canonical import canonical, clean
from app.content.diff import Op, tokens, words
from app.content.inline import spans
from app.content.prose import cut, join
from app.content.typography import french, legible, printable

MODEST = settings(max_examples=120, deadline=None)

# Markdown as it is typed, and as nobody would: few different words, so that edits meet.
PIECES = [
    "budget",
    "séance",
    "l’eau",
    "2ème",
    "**",
    "*",
    "_",
    "\\",
    "- ",
    "– ",
    "— ",
    "• ",
    "+ ",
    "1. ",
    "2018. ",
    "# ",
    "\n",
    "\n\n",
    " ",
    "  ",
    ".",
    ", ",
    " !",
]
TYPED = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=30).map("".join)


@MODEST
@given(TYPED | st.text())
def test_a_text_cut_and_joined_is_the_text_that_was_typed(typed: str) -> None:
    text = clean(typed)
    assert join(cut(typed, "body")) == (text if text.strip() else "")


@MODEST
@given(TYPED, TYPED)
def test_an_edited_text_is_joined_exactly_too_and_ids_are_never_shared(before: str, after: str) -> None:
    content = cut(after, "body", cut(before, "body"))
    assert join(content) == (clean(after) if after.strip() else "")
    assert len({block.id for block in content}) == len(content)


@MODEST
@given(TYPED, st.data())
def test_blocks_in_any_order_are_the_same_blocks_when_cut_again(typed: str, data: st.DataObject) -> None:
    content = cut("Un\n# deux\ntrois\n- quatre\n\n\n- cinq\n  1. six \n" + typed, "body")
    shuffled = data.draw(st.permutations(content))
    assert [block.text for block in cut(join(shuffled), "body", content)] == [block.text for block in shuffled]


@MODEST
@given(TYPED | st.text())
def test_tokens_joined_are_the_text(text: str) -> None:
    assert "".join(tokens(text)) == text


@MODEST
@given(TYPED, TYPED)
def test_both_versions_can_be_read_off_their_comparison_and_no_word_is_halved(old: str, new: str) -> None:
    steps = words(old, new)
    assert "".join(text for op, text in steps if op is not Op.INSERT) == old
    assert "".join(text for op, text in steps if op is not Op.DELETE) == new
    assert all(text for _, text in steps)
    for side, gone in ((old, Op.INSERT), (new, Op.DELETE)):
        ends = set(accumulate(map(len, tokens(side))))
        assert ends >= set(accumulate(len(text) for op, text in steps if op is not gone))


@MODEST
@given(st.recursive(st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(), st.lists) | TYPED)
def test_our_canonical_form_is_the_one_of_rfc_8785(value: object) -> None:
    assert canonical(value) == rfc8785.dumps(composed(value))


def composed(value: object) -> object:
    if isinstance(value, list):
        return [composed(item) for item in value]
    return unicodedata.normalize("NFC", value) if isinstance(value, str) else value


@MODEST
@given(st.text(st.characters()))
def test_the_filter_before_the_engines_is_settled_after_one_pass(text: str) -> None:
    once = printable(text)
    assert printable(once) == once
    assert once.encode("utf-8").decode() == once
    assert once.replace("\u200b", "") == legible(text).replace("\u200b", "")


@MODEST
@given(TYPED)
def test_french_spacing_changes_nothing_but_spaces(text: str) -> None:
    shown = french(text)
    assert french(shown) == shown
    assert "".join(shown.split()) == "".join(text.split())


@MODEST
@given(st.text())
def test_a_text_without_marks_is_shown_whole(text: str) -> None:
    bare = text.replace("*", "").replace("_", "").replace("\\", "")
    shown = "".join(span.text for span in spans(bare, ordinals=False))
    assert "".join(shown.split()) == "".join(legible(bare).split())

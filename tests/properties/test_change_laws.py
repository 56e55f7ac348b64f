"""What holds for every amended part cut into changes: taken all, it is the amended text; no word is lost on the way."""

from __future__ import annotations

from dataclasses import replace

import orjson
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from app.content.blocks import GAP, GAP_AFTER, Block, BlockKind, Content
from app.content.canonical import content_hash
from app.content.changes import Change, ClashChoice, apply, before_after, collide, collisions, cut, overtaken, settle
from app.content.diff import Op, PieceState, words
from tests.properties.test_content_laws import ZONES, contents, edits, words_of

MODEST = settings(max_examples=200, deadline=None)
MANY = settings(max_examples=500, deadline=None)


@st.composite
def of_any_kind(draw: st.DrawFn, content: Content) -> Content:
    """`content` with a zone of rows where its zone "closing" was, and unusual blanks here and there."""
    blocks: list[Block] = []
    for block in content:
        if block.zone == "closing":
            blocks.append(
                replace(block, kind=BlockKind.ROW, fields={"who": block.text, "what": draw(st.sampled_from("xyz"))})
            )
        else:
            blanks = {name: "\n" for name in (GAP, GAP_AFTER) if draw(st.integers(0, 4)) == 0}
            blocks.append(replace(block, fields={**block.fields, **blanks}))
    return tuple(blocks)


@st.composite
def moved_about(draw: st.DrawFn, content: Content) -> Content:
    """`content` with its blocks in another order within their zones."""
    shuffled = draw(st.permutations(content))
    return tuple(sorted(shuffled, key=lambda block: ZONES.index(block.zone)))


@st.composite
def amended_parts(draw: st.DrawFn) -> tuple[Content, Content]:
    base = draw(contents())
    amended = draw(edits(base, "mno"))
    if draw(st.booleans()):
        amended = draw(moved_about(amended))
    return draw(of_any_kind(base)), draw(of_any_kind(amended))


@st.composite
def two_amended(draw: st.DrawFn) -> tuple[Content, Content, Content]:
    """A base, what a member made of it, and what has become of it since."""
    base = draw(contents())
    return typed(base), typed(draw(edits(base, "mno"))), typed(draw(edits(base, "tuv")))


def typed(content: Content) -> Content:
    """`content` with single blanks between words and none around them."""
    return tuple(replace(block, fields={"text": " ".join(block.text.split())}) for block in content)


def taken(changes: tuple[Change, ...], content: Content) -> Content:
    for change in changes:
        outcome = apply(change, content)
        assert not outcome.clashes
        content = outcome.content
    return content


@MANY
@given(amended_parts(), st.data())
def test_all_changes_taken_in_any_order_are_the_amended_text(
    versions: tuple[Content, Content], data: st.DataObject
) -> None:
    base, amended = versions
    changes = cut(base, amended)
    if not changes:
        assert [block.words for block in base] == [block.words for block in amended]
        return
    assert taken(changes, base) == amended
    assert taken(tuple(data.draw(st.permutations(changes))), base) == amended


@MODEST
@given(amended_parts())
def test_a_text_is_cut_into_no_changes_of_itself(versions: tuple[Content, Content]) -> None:
    base, _ = versions
    assert cut(base, base) == ()
    assert taken((), base) == base


@MODEST
@given(amended_parts())
def test_every_change_applies_to_the_text_it_was_made_on_and_touches_nothing_else(
    versions: tuple[Content, Content],
) -> None:
    base, amended = versions
    changes = cut(base, amended)
    touched = [edit.id for change in changes for edit in change.edits]
    assert len(touched) == len(set(touched))
    for change in changes:
        outcome = apply(change, base)
        assert not outcome.clashes and not outcome.gone and not overtaken(change, base)
        ids = {edit.id for edit in change.edits}
        assert [block for block in outcome.content if block.id not in ids] == [
            block for block in base if block.id not in ids
        ]


@MANY
@given(two_amended())
def test_a_change_made_twice_is_made_once_or_asks_a_person(versions: tuple[Content, Content, Content]) -> None:
    base, amended, current = versions
    since = {block.id: block.text for block in current}
    for change in cut(base, amended):
        once = apply(change, current)
        again = apply(change, once.content)
        if not once.clashes and all(since.get(edit.id, "") in ("", old_text(base, edit.id)) for edit in change.edits):
            assert again.idle
        if not once.clashes and not repeating(change, current):
            said = [words_of(*(block.text for block in outcome.content)) for outcome in (once, again)]
            assert again.clashes or said[0] == said[1]


def repeating(change: Change, current: Content) -> bool:
    """Whether a word the change touches is there more than once: nobody could tell then which of them it meant."""
    for edit in change.edits:
        texts = [block.text for block in (edit.old, edit.new) if block]
        texts += [block.text for block in current if block.id == edit.id]
        if any(count > 1 for text in texts for count in words_of(text).values()):
            return True
    return False


@MANY
@given(two_amended())
def test_no_word_is_lost_that_one_side_put_in(versions: tuple[Content, Content, Content]) -> None:
    base, amended, current = versions
    before, since = ({block.id: block for block in version} for version in (base, current))
    for change in cut(base, amended):
        outcome = apply(change, current)
        there = {block.id: block for block in outcome.content}
        clashing = {clash.block_id for clash in outcome.clashes}
        for block in (*(edit.new for edit in change.edits if edit.new), *current):
            if block.id in clashing:
                continue
            old = before.get(block.id)
            put_in = words_of(*(text for op, text in words(old.text if old else "", block.text) if op is Op.INSERT))
            if block.id in there:
                assert not put_in - words_of(there[block.id].text)
            else:
                # Taken out by one of them, and not reworded by the other.
                assert not put_in
        for block in current:
            if block.id not in {edit.id for edit in change.edits}:
                assert there[block.id] == since[block.id]


@MODEST
@given(two_amended())
def test_a_clash_keeps_both_texts_and_every_choice_is_honoured(versions: tuple[Content, Content, Content]) -> None:
    base, amended, current = versions
    since = {block.id: block.text for block in current}
    for change in cut(base, amended):
        outcome = apply(change, current)
        wanted = {edit.id: edit.new.text for edit in change.edits if edit.new}
        spots = [(clash.block_id, clash.field) for clash in outcome.clashes]
        for choice in ClashChoice:
            settled = settle(outcome, dict.fromkeys(spots, choice))
            assert settled.final == settled.proposed
            there = {block.id: block.text for block in settled.final}
            for id, _ in spots:
                mine, theirs = wanted.get(id), since.get(id)
                if choice is ClashChoice.BOTH:
                    put_in = [
                        words_of(*(text for op, text in words(old_text(base, id), version or "") if op is Op.INSERT))
                        for version in (mine, theirs)
                    ]
                    assert not (put_in[0] | put_in[1]) - words_of(there[id])
                else:
                    assert there.get(id) == (mine if choice is ClashChoice.MINE else theirs)


def old_text(base: Content, id: str) -> str:
    return next((block.text for block in base if block.id == id), "")


@MODEST
@given(two_amended(), st.text("abc ", min_size=1, max_size=9))
def test_a_wording_of_ones_own_stands_in_the_final_text_alone(
    versions: tuple[Content, Content, Content], own: str
) -> None:
    assume(own.strip())
    base, amended, current = versions
    for change in cut(base, amended):
        outcome = apply(change, current)
        spot = (change.blocks[0], "text")
        settled = settle(outcome, {}, {spot: own})
        assert settled.proposed == outcome.content
        if spot[0] not in {block.id for block in (*outcome.merged.every_block, *current)}:
            assert settled.final == settled.proposed  # both took it out: nothing is left to word
            continue
        assert [block.text for block in settled.final if block.id == spot[0]] == [own.strip()]
        assert {block.id for block in settled.final} == {block.id for block in outcome.content} | {spot[0]}


@MODEST
@given(amended_parts())
def test_a_change_comes_back_from_its_stored_form(versions: tuple[Content, Content]) -> None:
    for change in cut(*versions):
        assert Change.from_json(change.to_json()) == change
        assert Change.parse(change.canonical) == change
        assert Change.parse(orjson.dumps(change.to_json())).canonical == change.canonical


@MODEST
@given(amended_parts())
def test_a_card_shows_the_words_before_and_after(versions: tuple[Content, Content]) -> None:
    for change in cut(*versions):
        cards = before_after(change)
        assert [card.id for card in cards] == list(change.blocks)
        for card, edit in zip(cards, change.worded, strict=True):
            assert card.state is not PieceState.SAME
            for block, gone in ((edit.old, Op.INSERT), (edit.new, Op.DELETE)):
                for name, steps in card.fields.items():
                    said = "".join(text for op, text in steps if op is not gone)
                    assert said == (block.words.get(name, "") if block else "")


@MANY
@given(two_amended())
def test_two_changes_collide_where_one_adopted_makes_the_other_clash(
    versions: tuple[Content, Content, Content],
) -> None:
    base, mine, theirs = versions
    for one in cut(base, mine):
        for other in cut(base, theirs):
            collides = collide(one, other, base)
            assert collides == collide(other, one, base)
            clashes = [bool(apply(b, apply(a, base).content).clashes) for a, b in ((one, other), (other, one))]
            assert collides == any(clashes)


@MODEST
@given(two_amended())
def test_collisions_are_those_of_every_pair(versions: tuple[Content, Content, Content]) -> None:
    base, mine, theirs = versions
    changes = dict(enumerate((*cut(base, mine), *cut(base, theirs))))
    pairs = [(one, other) for one in changes for other in changes if one < other]
    found = collisions(changes, base)
    assert list(found) == [(one, other) for one, other in pairs if collide(changes[one], changes[other], base)]


@pytest.mark.parametrize("size", [199])
def test_a_long_run_of_new_rows_taken_backwards_stands_in_order(size: int) -> None:
    base = (Block("head", "grid", BlockKind.ROW, {"what": "x"}),)
    amended = (*base, *(Block(f"r{index}", "grid", BlockKind.ROW, {"what": str(index)}) for index in range(size)))
    assert content_hash(taken(cut(base, amended)[::-1], base)) == content_hash(amended)

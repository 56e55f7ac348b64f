"""What holds for every pair of edits of a part: nobody's words are lost, none changes hands unseen."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from app.content.authorship import attribute, carry, first
from app.content.blocks import Block, BlockKind, Content
from app.content.canonical import clean
from app.content.diff import Op, PieceState, compare, tokens, words
from app.content.merge import Merged, merge, resolve
from app.content.units import says_nothing

MODEST = settings(max_examples=120, deadline=None)

# Few different words, so that edits meet.
WORDS = st.sampled_from(["budget", "séance", "route", "école", "marché", "pompe", "taxe", "eau", "un", "de", "la"])
SENTENCE = st.lists(WORDS | st.sampled_from([".", ",", "l’"]), min_size=1, max_size=9).map(" ".join)
IDS = "abcdefgh"
ZONES = ("body", "closing")


@st.composite
def contents(draw: st.DrawFn, ids: str = IDS) -> Content:
    """Up to eight blocks in two zones, zone by zone as a part has them."""
    chosen = draw(st.lists(st.sampled_from(ids), unique=True, max_size=len(ids)))
    split = draw(st.integers(0, len(chosen)))
    return tuple(
        Block(id, ZONES[index >= split], BlockKind.PARAGRAPH, {"text": draw(SENTENCE)})
        for index, id in enumerate(chosen)
    )


@st.composite
def edits(draw: st.DrawFn, base: Content, new_ids: str) -> Content:
    """`base` after one person has worded some blocks anew, deleted, moved and added some."""
    blocks: list[Block] = []
    for block in base:
        act = draw(st.sampled_from(["keep", "keep", "reword", "delete"]))
        if act == "reword":
            blocks.append(Block(block.id, block.zone, block.kind, {"text": draw(reworded(block.text))}))
        elif act == "keep":
            blocks.append(block)
    for id in new_ids[: draw(st.integers(0, len(new_ids)))]:
        blocks.insert(
            draw(st.integers(0, len(blocks))), Block(id, "body", BlockKind.PARAGRAPH, {"text": draw(SENTENCE)})
        )
    if blocks and draw(st.booleans()):
        moved = blocks.pop(draw(st.integers(0, len(blocks) - 1)))
        moved = replace(moved, zone=draw(st.sampled_from(ZONES)))
        blocks.insert(draw(st.integers(0, len(blocks))), moved)
    return tuple(sorted(blocks, key=lambda block: ZONES.index(block.zone)))


@st.composite
def reworded(draw: st.DrawFn, text: str) -> str:
    parts = tokens(text)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(parts)))
        parts[at : at + draw(st.integers(0, 2))] = draw(st.lists(WORDS.map(lambda word: f" {word} "), max_size=2))
    return clean("".join(parts))


@st.composite
def three_versions(draw: st.DrawFn) -> tuple[Content, Content, Content]:
    base = draw(contents())
    return base, draw(edits(base, "mno")), draw(edits(base, "tuv"))


def words_of(*texts: str) -> Counter[str]:
    return Counter(word for text in texts for word in re.findall(r"\w+", text))


def texts_of(content: Content) -> list[str]:
    return [block.text for block in content]


@MODEST
@given(three_versions())
def test_comparing_parts_shows_every_block_once_and_its_words_on_both_sides(versions: tuple[Content, ...]) -> None:
    old, new, _ = versions
    changes = compare(old, new)
    assert [change.id for change in changes if change.state is not PieceState.REMOVED] == [block.id for block in new]
    assert {change.id for change in changes} == {block.id for block in (*old, *new)}
    for content, gone in ((old, Op.INSERT), (new, Op.DELETE)):
        texts = {block.id: block.text for block in content}
        for change in changes:
            assert "".join(text for op, text in change.fields["text"] if op is not gone) == texts.get(change.id, "")


@MODEST
@given(three_versions())
def test_one_persons_changes_alone_are_taken_as_they_are(versions: tuple[Content, Content, Content]) -> None:
    base, mine, theirs = versions
    assert merge(base, mine, base) == Merged(mine, (), mine)
    assert merge(base, base, theirs) == Merged(theirs, (), theirs)
    assert merge(base, mine, mine) == Merged(mine, (), mine)


@settings(max_examples=400, deadline=None)
@given(three_versions())
def test_without_a_clash_every_word_either_put_in_is_there(versions: tuple[Content, Content, Content]) -> None:
    base, mine, theirs = versions
    merged = merge(base, mine, theirs)
    clashing = {clash.block_id for clash in merged.clashes}
    there = {block.id: block.text for block in merged.content}
    before = {block.id: block.text for block in base}
    told = words_of(*there.values())
    for block in (*mine, *theirs):
        if block.id in clashing:
            continue
        put_in = words_of(*(text for op, text in words(before.get(block.id, ""), block.text) if op is Op.INSERT))
        if block.id in there:
            assert not put_in - words_of(there[block.id])
        else:
            # A deleted block nobody reworded, or one both added in the same words.
            assert not put_in - told


@settings(max_examples=200, deadline=None)
@given(three_versions())
def test_a_clash_keeps_both_texts_and_any_choice_between_them_is_honoured(versions: tuple[Content, ...]) -> None:
    base, mine, theirs = versions
    merged = merge(base, mine, theirs)
    my, their = ({block.id: block.text for block in version} for version in (mine, theirs))
    for clash in merged.clashes:
        assert (clash.mine, clash.theirs) == (my.get(clash.block_id), their.get(clash.block_id))
    assert resolve(merged, {}) == merged.content
    chosen = resolve(merged, {(clash.block_id, clash.field): clash.theirs for clash in merged.clashes})
    there = {block.id: block.text for block in chosen}
    for clash in merged.clashes:
        assert there.get(clash.block_id) == clash.theirs


@settings(max_examples=200, deadline=None)
@given(three_versions())
def test_who_merges_changes_no_word(versions: tuple[Content, Content, Content]) -> None:
    base, mine, theirs = versions
    one, other = merge(base, mine, theirs), merge(base, theirs, mine)
    assert {clash.block_id for clash in one.clashes} == {clash.block_id for clash in other.clashes}
    if not one.clashes:
        assert sorted(texts_of(one.content)) == sorted(texts_of(other.content))


@settings(max_examples=200, deadline=None)
@given(three_versions())
def test_every_character_has_one_author_and_kept_words_keep_theirs(versions: tuple[Content, Content, Content]) -> None:
    draft, edit, _ = versions
    runs = carry(draft, first(draft, 1), edit, 2)
    before = {block.id: block.text for block in draft}
    pieces = list(attribute(edit, runs))
    for block in edit:
        assert "".join(text for id, _, text, _ in pieces if id == block.id) == block.text
    steps = [step for block in edit for step in words(before.get(block.id, ""), block.text)]
    kept = words_of(*(text for op, text in steps if op is Op.EQUAL))
    lost = kept - words_of(*(text for *_, text, ref in pieces if ref == 1))
    assert says_nothing(" ".join(lost))  # of a text that was written anew
    if not draft:
        assert all(ref == 2 for *_, ref in pieces)


@MODEST
@given(three_versions())
def test_words_found_in_neither_earlier_version_are_their_writers(versions: tuple[Content, Content, Content]) -> None:
    draft, edit, _ = versions
    written = tuple(Block(block.id, block.zone, block.kind, {"text": f"{block.text} inédit"}) for block in edit)
    runs = carry(draft, first(draft, 1), written, 2)
    for _, _, text, ref in attribute(written, runs):
        assert "inédit" not in text or ref == 2

"""Whose the words of minutes are: moving them gives them to nobody, typing them to who typed them."""

from __future__ import annotations

from itertools import chain

from hypothesis import given, settings
from hypothesis import strategies as st

from app.content.authorship import Run, Runs, attribute, carry
from app.content.blocks import Content
from app.content.prose import cut
from tests.properties.rearranging import Block, added_to, minutes, rearranged, told, typed

OFTEN = settings(max_examples=100, deadline=None)


def written(blocks: tuple[Block, ...]) -> tuple[Content, Runs]:
    """The minutes as they are stored, with who wrote them: each paragraph has one author."""
    content = cut(typed(blocks), "body")
    authors = [block.sentences[0].phrases[0][0].author for block in blocks]
    return content, {
        block.id: {"text": [[len(block.text), author]]} for block, author in zip(content, authors, strict=True)
    }


def letters(runs: list[Run]) -> list[int]:
    return list(chain.from_iterable([ref] * count for count, ref in runs))


def shown(content: Content, runs: Runs) -> str:
    return "\n\n".join(
        "".join(
            text if ref == 1 else f"[{text}]{ref}" for id, _, text, ref in attribute(content, runs) if id == block.id
        )
        for block in content
    )


def check(base: tuple[Block, ...], now: tuple[Block, ...]) -> None:
    before, runs = written(base)
    content = cut(typed(now), "body", before)
    carried = carry(before, runs, content, 2)
    expected = told(now)
    assert [block.text for block in content] == [text for text, _ in expected]
    for block, (text, words) in zip(content, expected, strict=True):
        refs = letters(carried[block.id]["text"])
        assert len(refs) == len(text)
        for begin, end, word in words:
            assert set(refs[begin:end]) == {word.author}, f"{word} in\n{shown(content, carried)}\nfrom\n{typed(base)}"


@OFTEN
@given(st.data())
def test_one_author_s_words_stay_hers_however_they_are_rearranged(data: st.DataObject) -> None:
    base = data.draw(minutes())
    check(base, data.draw(rearranged(base)))


@OFTEN
@given(st.data())
def test_of_what_is_rearranged_and_added_to_exactly_the_words_typed_are_the_typist_s(data: st.DataObject) -> None:
    base = data.draw(minutes())
    check(base, data.draw(added_to(data.draw(rearranged(base)), 2)))


@OFTEN
@given(st.data())
def test_words_of_several_authors_keep_each_its_own(data: st.DataObject) -> None:
    base = data.draw(minutes(authors=(1, 3, 4)))
    check(base, data.draw(rearranged(base)))


@OFTEN
@given(st.data())
def test_words_of_several_authors_keep_each_its_own_among_new_ones(data: st.DataObject) -> None:
    base = data.draw(minutes(authors=(1, 3)))
    check(base, data.draw(added_to(data.draw(rearranged(base)), 2)))

"""What holds of every marked text: read one way it is the text before, read the other way the text after."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.content.blocks import Block, BlockKind, Content
from app.content.changes import Change, cut
from app.content.diff import Op
from app.content.inline import spans
from app.content.markdown import strip_marker
from app.content.marks import Voice, Writer, marked, overlaid, read
from app.reports.amending.markup import adopted, proposed
from tests.properties.test_content_laws import MODEST, contents, edits, three_versions

TYPED = st.text(alphabet="ab *_\\.\U000e0f00\U000e0f02\U000e0f06\U000e0f12-é’;", max_size=30)


def texts(content: Content, wanted: Op) -> list[tuple[str, str]]:
    """Zone and words of each block that is there when only what was put in, or only what was taken out, is read."""
    return [(block.zone, text) for block in content if (text := read(block.text, wanted))]


def plain(content: Content) -> list[tuple[str, str]]:
    return [(block.zone, block.text) for block in content if block.text]


def numbered(base: Content, amended: Content) -> list[tuple[int, Change]]:
    return list(enumerate(cut(base, amended), start=1))


@MODEST
@given(st.data())
def test_marks_read_without_the_proposals_give_the_text_as_it_stands(data: st.DataObject) -> None:
    base, mine, theirs = data.draw(three_versions())
    changes = [*numbered(base, mine), *((number + 50, change) for number, change in numbered(base, theirs))]
    assert texts(proposed(base, changes), Op.DELETE) == plain(base)


@MODEST
@given(st.data())
def test_marks_read_with_the_proposals_of_one_sitting_give_the_text_as_amended(data: st.DataObject) -> None:
    base = data.draw(contents())
    amended = data.draw(edits(base, "mno"))
    marks = proposed(base, numbered(base, amended))
    assert sorted(texts(marks, Op.INSERT)) == sorted(plain(amended))


@MODEST
@given(st.data())
def test_what_was_adopted_reads_as_the_original_one_way_and_as_the_text_of_the_day_the_other(
    data: st.DataObject,
) -> None:
    first = data.draw(contents())
    second = data.draw(edits(first, "mno"))
    third = data.draw(edits(second, "tuv"))
    marks = adopted([(1, first), (2, second), (3, third)])
    assert texts(marks, Op.INSERT) == plain(third)
    # What was moved stands where it has come to.
    assert sorted(text for _, text in texts(marks, Op.DELETE)) == sorted(text for _, text in plain(first))


@MODEST
@given(TYPED, TYPED, TYPED)
def test_signs_that_were_typed_mark_nothing(text: str, one: str, other: str) -> None:
    written = marked(overlaid(text, [(1, one), (2, other)]))
    assert read(written, Op.DELETE) == "".join(sign for sign in text if ord(sign) < 0xE0000)


@MODEST
@given(TYPED, TYPED)
def test_a_marked_text_is_well_formed_html(text: str, amended: str) -> None:
    block = Block("a", "body", BlockKind.PARAGRAPH, {"text": marked(overlaid(text, [(3, amended)]))})
    voice = Voice("n° 3 · MS", "Mariam SANOGO", 1, "#amendment-3", "passage-3")
    html = Writer({3: voice}).spans(spans(strip_marker(block).strip()))
    opened: list[str] = []
    for tag in _tags(html):
        if tag.startswith("/"):
            assert opened.pop() == tag[1:]
        else:
            opened.append(tag.split()[0])
    assert not opened


def _tags(html: str) -> list[str]:
    return [piece.split(">")[0] for piece in html.split("<")[1:]]

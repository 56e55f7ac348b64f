"""Random edits of a paragraph that was given out: what came back is what was written, amendment by amendment."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from app.content.diff import Op
from app.content.inline import Span, spans
from app.content.marks import MarkedPiece, marked
from app.content.source import markdown
from app.content.stretches import line, tagged
from app.documents.word.following import MarkVerdict, follow
from app.documents.word.reading import Run, TrackedBy, WordParagraph

AWA = TrackedBy("Awa DIOP", "2018-03-01T09:00:00Z")
OUMAR = TrackedBy("Oumar CISSE", "2018-03-02T09:00:00Z")
SOME = ["le", "la", "budget", "région", "élus", "publie", "réunit", "2018", ",", "usagers"]
WORDS = st.lists(st.sampled_from(SOME), min_size=1, max_size=5)
TEXTS = WORDS.map(lambda words: " ".join(words) + " ")
EDITS = st.lists(st.tuples(TEXTS, TEXTS, st.sampled_from(["keep", "typed", "tracked"])), min_size=1, max_size=4)


@given(EDITS)
@settings(max_examples=150, deadline=None)
def test_the_words_that_came_back_are_those_that_were_written_tracked_or_not(edits: list[tuple[str, str, str]]) -> None:
    old = "".join(before for before, _, _ in edits)
    new = "".join(before if how == "keep" else after for before, after, how in edits)
    runs = []
    for before, after, how in edits:
        if how == "tracked":
            runs += [Run(before, deleted=AWA), Run(after, inserted=AWA)]
        else:
            runs.append(Run(before if how == "keep" else after))
    followed = follow(line((Span(tagged(old, 1)),)), WordParagraph(tuple(runs)))
    said = "".join(span.text for span in followed.texts.get(1, (Span(old),)))
    assert said == new
    if all(how != "typed" for _, _, how in edits):
        assert not followed.untracked
    assert not followed.fixed


@given(
    st.lists(
        st.tuples(
            TEXTS, TEXTS, TEXTS, st.sampled_from([MarkVerdict.PENDING, MarkVerdict.ACCEPTED, MarkVerdict.REJECTED])
        ),
        min_size=1,
        max_size=3,
    )
)
@settings(max_examples=150, deadline=None)
def test_each_amendment_reads_as_it_was_settled(parts: list[tuple[str, str, str, MarkVerdict]]) -> None:
    """Up to what cannot be told: where accepting and rejecting give the same words."""
    pieces: list[MarkedPiece] = []
    runs: list[Run] = []
    told: dict[int, tuple[str, str, MarkVerdict]] = {}
    for number, (before, gone, come, verdict) in enumerate(parts, start=1):
        gone, come = f"ancien{number} {gone}", f"nouveau{number} {come}"
        pieces += [
            MarkedPiece(Op.EQUAL, before),
            MarkedPiece(Op.DELETE, gone, (number,)),
            MarkedPiece(Op.INSERT, come, (number,)),
        ]
        runs.append(Run(before))
        if verdict is MarkVerdict.PENDING:
            runs += [Run(gone, deleted=OUMAR), Run(come, inserted=OUMAR)]
        else:
            runs.append(Run(come if verdict is MarkVerdict.ACCEPTED else gone))
        told[number] = gone, come, verdict
    given_out = line((Span(tagged(marked(pieces, each=True), 1)),))
    followed = follow(given_out, WordParagraph(tuple(runs)))
    assert followed.verdicts == {number: verdict for number, (_, _, verdict) in told.items()}
    assert not followed.texts and not followed.tracked and not followed.untracked


@given(
    st.lists(st.tuples(TEXTS, st.sampled_from([(), ("b",), ("i",), ("b", "i")])), min_size=1, max_size=5), st.booleans()
)
@settings(max_examples=150, deadline=None)
def test_styled_words_stored_as_markdown_print_as_they_came(
    runs: list[tuple[str, tuple[str, ...]]], stars: bool
) -> None:
    styled = tuple(
        Span(text.replace("la", "l*a") if stars else text, bold="b" in style, italic="i" in style)
        for text, style in runs
    )
    printed = spans(markdown(styled))
    assert "".join(span.text for span in printed).split() == "".join(span.text for span in styled).split()
    for style in ("bold", "italic"):
        came, went = ([span.text for span in each if getattr(span, style)] for each in (printed, styled))
        assert "".join("".join(came).split()) == "".join("".join(went).split())

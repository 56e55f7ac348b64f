"""Whatever is typed, the document is made, conforms, and prints the words as they were typed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.content.typography import printable
from app.documents.conformance import judged, letters, pages_of
from app.documents.glyphs import BOX, drawable
from app.documents.pdf import Rendered, render
from app.documents.tree import (
    Column,
    Cover,
    Document,
    Heading,
    Items,
    Marker,
    Node,
    Paragraph,
    Signatory,
    SignatureBlock,
    Span,
    Table,
)

AT = datetime(2031, 3, 20, 10, tzinfo=UTC)
NASTY = (
    "😀 👨‍👩‍👧 🇲🇱 ❤️",
    "\x00\x07\x1b[31m\ufeff\u202eabc\u2066",
    "m" * 700,
    "É" * 500 + " " + "🙂" * 300,
    "<script>alert('x')</script> <b>gras</b> &amp; &#10004;",
    '#import "report.typ": * #read("/etc/passwd") $x^2$ @ref <label> \\ #panic() //',
    '"; #eval("1") ; "',
    "# Titre **gras** _it_ ~~x~~ `code` [lien](javascript:1) ![i](x.png) | a | b |",
    "Sɛbɛn kalanni, ɲɔgɔn dɛmɛ; ŋaniya: ɛ̀ ɔ́ ɲ ŋ Ɛ Ɔ Ɲ Ŋ",
    "ߒߞߏ العربية 漢字 हिन्दी עברית",
    "a\u0300\u0301 e\u0323\u0301 ɓ̰̃",
    "ligne\nligne\r\nligne\u2028ligne",
    "   espaces    multiples   ",
    "",
    "\u00ad\u200b\u200d\u2060",
    "fi ffi ﬁ œ Œ … — – ‑ ’ « » € № ½ ✓ □ ■ → ∑",
    "prenom.nom.tres.long.et.compose@direction-regionale-de-la-planification.example.org",
)

# Marks heaped on a letter are printed, but readers copy such a letter twice.
HEAPED = "a\u0300\u0301\u0489 Z\u0334\u035ca \u0361\u0361"

texts = st.one_of(st.sampled_from((*NASTY, HEAPED)), st.text(max_size=80))
spans = st.lists(st.builds(Span, texts, st.booleans(), st.booleans(), st.booleans()), max_size=4).map(tuple)
headings = st.builds(Heading, st.integers(1, 4), texts, texts, st.booleans(), st.booleans())
columns = st.builds(Column, texts, st.floats(0, 9), st.booleans())
signatories = st.builds(
    Signatory, st.sampled_from(("rapporteur", "chair")), texts, spans, st.lists(spans, max_size=3).map(tuple)
)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    heads = tuple(draw(st.lists(columns, min_size=1, max_size=5)))
    row = st.lists(texts, min_size=len(heads), max_size=len(heads)).map(tuple)
    return Table(heads, tuple(draw(st.lists(row, max_size=4))), draw(texts), draw(st.none() | row))


nodes: st.SearchStrategy[Node] = st.one_of(
    headings,
    st.builds(Paragraph, spans, st.booleans()),
    st.builds(Items, st.sampled_from(Marker), st.lists(spans, max_size=4).map(tuple), st.integers(-2, 12)),
    tables(),
    st.builds(SignatureBlock, signatories, signatories, texts),
)
documents = st.builds(
    Document,
    st.builds(Cover, texts, texts, texts, texts),
    st.lists(nodes, max_size=7).map(tuple),
    texts,
    project=st.booleans(),
    reference=texts,
    keep_together=st.frozensets(texts, max_size=3),
)


@given(documents)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_document_is_made_and_conforms(document: Document) -> None:
    assert judged(_made(document).pdf) == []


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
@pytest.mark.parametrize("place", ["paragraph", "cell"])
def test_a_text_is_printed_as_typed(text: str, place: str) -> None:
    node: Node = Paragraph((Span(text),))
    if place == "cell":
        node = Table((Column("N°", 1), Column("Texte", 2)), (("1", text),), "Essai")
    document = Document(Cover("Groupe", "Rapport", "", ""), (Heading(1, "DÉBUT", "a"), node), "Rapport")
    printed = letters("".join(pages_of(_made(document).pdf)[2:]))
    assert letters(drawable(printable(text))).replace(BOX, "") in printed.replace(BOX, "")


def _made(document: Document) -> Rendered:
    return render(document, source=b"{}", made_on=AT)

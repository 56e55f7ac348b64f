"""The conclusion and the signature block: on one page, with room for the visible signatures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.documents.conformance import findings, letters, pages_of
from app.documents.tree import Paragraph, SignatureBlock
from tests.unit.pdf_demo import WORDS, demo, plain
from tests.unit.pdf_reading import made, report, words_of


def test_the_signature_fields_lie_in_the_blank_room_between_quality_and_name() -> None:
    places = {field.slot: field for field in report().fields}
    assert set(places) == {"rapporteur", "chair"}
    left, right = places["rapporteur"], places["chair"]
    assert left.page == right.page == {anchor: page for anchor, _, page in report().contents}["conclusion"]
    assert left.x + left.width < right.x
    for field, quality, name in ((left, "Rapporteur", "FANÉ"), (right, "Président", "BALLO")):
        assert 90 < field.height < 110
        words = [word for word in words_of(report().pdf, field.page) if field.x - 1 <= word[1] <= field.x + field.width]
        inside = [word for word, _, _, low, high in words if low < field.y + field.height - 1 and high > field.y + 1]
        assert inside == []
        assert any(word.startswith(quality) and low > field.y + field.height - 5 for word, _, _, low, _ in words)
        assert any(word == name and field.y - 20 < high < field.y + 5 for word, _, _, _, high in words)


@pytest.mark.parametrize("before", range(0, 9, 2))
def test_the_conclusion_and_its_signatures_stand_on_one_page(before: int) -> None:
    document = demo()
    at = next(index for index, node in enumerate(document.nodes) if getattr(node, "anchor", "") == "conclusion")
    filling = (Paragraph(plain(WORDS)),) * before
    rendered = made(replace(document, nodes=(*document.nodes[:at], *filling, *document.nodes[at:])))
    page = {anchor: page for anchor, _, page in rendered.contents}["conclusion"]
    assert {field.page for field in rendered.fields} == {page}
    assert "BALLO" in pages_of(rendered.pdf)[page - 1]


def test_a_conclusion_taller_than_a_page_runs_on_and_loses_nothing() -> None:
    document = demo()
    at = next(index for index, node in enumerate(document.nodes) if isinstance(node, SignatureBlock))
    long = tuple(Paragraph(plain(f"Alinéa {number}. {WORDS}")) for number in range(30))
    rendered = made(replace(document, nodes=(*document.nodes[:at], *long, *document.nodes[at:])))
    text = letters("".join(pages_of(rendered.pdf)))
    assert all(f"Alinéa{number}." in text for number in range(30))
    assert len({field.page for field in rendered.fields}) == 1
    assert findings(rendered.pdf, rendered.contents) == []

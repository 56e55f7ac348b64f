"""The fonts are those of the manifest, and what they lack is printed as a box."""

from __future__ import annotations

import json

import pytest

from app.documents.glyphs import BOX, FONTS, MANIFEST, describe, drawable


def test_the_manifest_tells_the_truth_about_every_font() -> None:
    manifest = json.loads(MANIFEST.read_text("utf-8"))
    assert manifest == describe()
    assert len(manifest["fonts"]) == 5


def test_every_font_comes_with_its_licence() -> None:
    for font in json.loads(MANIFEST.read_text("utf-8"))["fonts"].values():
        assert len((FONTS / font["licence"]).read_text("utf-8")) > 2_000


@pytest.mark.parametrize(
    "text", ["Sɛbɛn kalanni, ɲɔgɔn dɛmɛ, ŋaniya", "ɛ̀ ɔ́ Ɛ Ɔ Ɲ Ŋ", "« Là ! »", "✓ ‑ □ № œ Œ", "a\nb"]
)
def test_french_and_bambara_are_drawn_as_they_are(text: str) -> None:
    assert drawable(text) == text


def test_a_letter_without_a_glyph_is_a_box() -> None:
    assert drawable("漢字 ߒߞߏ \U0001f642") == f"{BOX * 2} ߒߞߏ {BOX}"


def test_an_accent_that_no_font_can_put_on_its_letter_is_left_out() -> None:
    assert drawable("a\u1ab0b") == "ab"


def test_a_soft_hyphen_is_left_out() -> None:
    assert drawable("bud\u00adget prévu") == "budget prévu"

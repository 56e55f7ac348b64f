"""Markers at the head of a block, and texts without marks."""

import pytest

from app.content.blocks import Block, BlockKind
from app.content.markdown import heading_level, kind_of, number, plain, strip_marker


@pytest.mark.parametrize(
    ("text", "kind", "rest"),
    [
        ("- les recettes", BlockKind.ITEM, "les recettes"),
        ("*   les recettes", BlockKind.ITEM, "les recettes"),
        ("– les recettes", BlockKind.ITEM, "les recettes"),
        ("—\u00a0les recettes", BlockKind.ITEM, "les recettes"),
        ("•\tles recettes", BlockKind.ITEM, "les recettes"),
        ("+ 5 % par rapport à 2017", BlockKind.PARAGRAPH, "+ 5 % par rapport à 2017"),
        ("–5 % de recettes", BlockKind.PARAGRAPH, "–5 % de recettes"),
        ("1 200 000 FCFA", BlockKind.PARAGRAPH, "1 200 000 FCFA"),
        ("1 200. Une somme", BlockKind.PARAGRAPH, "1 200. Une somme"),
        ("12,5. Un taux", BlockKind.PARAGRAPH, "12,5. Un taux"),
        ("-", BlockKind.ITEM, ""),
        ("12. voter", BlockKind.NUMBERED, "voter"),
        ("2) voter", BlockKind.NUMBERED, "voter"),
        ("### Méthode", BlockKind.HEADING, "Méthode"),
        ("Le budget", BlockKind.PARAGRAPH, "Le budget"),
        ("**Gras** d’emblée", BlockKind.PARAGRAPH, "**Gras** d’emblée"),
        ("-5 % de recettes", BlockKind.PARAGRAPH, "-5 % de recettes"),
        ("2018. Une année", BlockKind.PARAGRAPH, "2018. Une année"),
        ("1.5 million", BlockKind.PARAGRAPH, "1.5 million"),
        ("#budget", BlockKind.PARAGRAPH, "#budget"),
    ],
)
def test_the_marker_says_what_a_block_is_and_is_not_shown(text: str, kind: BlockKind, rest: str) -> None:
    assert kind_of(text) is kind
    assert strip_marker(Block("a", "z", kind, {"text": text})) == rest


def test_an_item_that_was_stored_when_a_plus_sign_made_one_is_shown_as_it_was() -> None:
    assert strip_marker(Block("a", "z", BlockKind.ITEM, {"text": "+ les recettes"})) == "les recettes"


def test_a_dash_that_begins_a_line_can_be_meant_as_words() -> None:
    assert [plain(rf"\{dash} 3 % de recettes") for dash in "–—•-"] == [f"{dash} 3 % de recettes" for dash in "–—•-"]


def test_a_heading_has_a_level_and_a_numbered_item_its_number() -> None:
    heading = Block("a", "z", BlockKind.HEADING, {"text": "### Méthode"})
    item = Block("b", "z", BlockKind.NUMBERED, {"text": "12. voter"})
    assert (heading_level(heading), number(heading)) == (3, 0)
    assert (heading_level(item), number(item)) == (0, 12)


def test_plain_words_have_no_marks() -> None:
    assert plain("Le **budget** _primitif_ du 2^{ème} trimestre") == "Le budget primitif du 2ème trimestre"

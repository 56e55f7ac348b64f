"""Prose cut into blocks whose ids live on."""

import pytest

from app.content.blocks import GAP, GAP_AFTER, Block, BlockKind, Content
from app.content.prose import cut, join, new_id

REPORT = """La séance s’ouvre à neuf heures sous la présidence du maire.

## Les débats
Le comptable présente les recettes
puis les dépenses.
- les taxes de marché
- les patentes

1. curer les caniveaux
2. réparer la pompe

Le maire remercie l’assemblée."""


def ids(content: Content) -> list[str]:
    return [block.id for block in content]


def edited(before: Content, text: str) -> list[str]:
    return ids(cut(text, "body", before))


@pytest.fixture
def before() -> Content:
    return cut(REPORT, "body")


def test_paragraphs_items_numbers_and_headings_are_blocks(before: Content) -> None:
    assert [(block.kind, block.text) for block in before] == [
        (BlockKind.PARAGRAPH, "La séance s’ouvre à neuf heures sous la présidence du maire."),
        (BlockKind.HEADING, "## Les débats"),
        (BlockKind.PARAGRAPH, "Le comptable présente les recettes\npuis les dépenses."),
        (BlockKind.ITEM, "- les taxes de marché"),
        (BlockKind.ITEM, "- les patentes"),
        (BlockKind.NUMBERED, "1. curer les caniveaux"),
        (BlockKind.NUMBERED, "2. réparer la pompe"),
        (BlockKind.PARAGRAPH, "Le maire remercie l’assemblée."),
    ]
    assert len(set(ids(before))) == 8


def test_usual_blanks_take_no_room(before: Content) -> None:
    assert [dict(block.fields).get(GAP) for block in before] == [None, None, "\n", "\n", None, None, None, None]


def test_blanks_at_both_ends_and_between_come_back() -> None:
    typed = "\n \n  Un \n\n\n\n - deux\n\n-  trois\t\n \n"
    content = cut(typed, "body")
    assert [block.text for block in content] == ["Un", "- deux", "-  trois"]
    assert content[-1].fields[GAP_AFTER] == "\t\n \n"
    assert join(content) == typed


def test_blanks_alone_are_no_block() -> None:
    assert cut(" \n\t\n", "body") == ()


def test_an_unchanged_text_keeps_every_block(before: Content) -> None:
    assert cut(REPORT, "body", before) == before


def test_an_edited_block_keeps_its_id(before: Content) -> None:
    assert edited(before, REPORT.replace("neuf heures", "dix heures et quart")) == ids(before)


def test_a_block_rewritten_in_its_place_keeps_its_id(before: Content) -> None:
    assert edited(before, REPORT.replace("les patentes", "vignettes")) == ids(before)


def test_a_new_block_gets_an_id_of_its_own(before: Content) -> None:
    after = edited(before, REPORT.replace("- les patentes", "- la vignette\n- les patentes"))
    assert after[:4] + after[5:] == ids(before)
    assert after[4] not in ids(before)


def test_a_deleted_block_takes_only_its_own_id_away(before: Content) -> None:
    assert edited(before, REPORT.replace("- les taxes de marché\n", "")) == ids(before)[:3] + ids(before)[4:]


def test_a_moved_block_keeps_its_id_even_when_edited(before: Content) -> None:
    last = "Le maire remercie l’assemblée."
    moved = "Le maire remercie chaudement l’assemblée.\n\n" + REPORT.removesuffix("\n\n" + last)
    assert edited(before, moved) == [ids(before)[-1], *ids(before)[:-1]]


def test_a_block_moved_across_a_long_text_is_found_again_when_most_others_are_new() -> None:
    old, new = ([f"{word}{index}" for index in range(60)] for word in ("ancien", "nouveau"))
    before = cut("\n\n".join(["Reste", *old, "Un", "Deux"]), "body")
    after = cut("\n\n".join([*new, "Un", "Deux", "Reste"]), "body", before)
    assert ids(after)[-3:] == [before[-2].id, before[-1].id, before[0].id]


def test_a_paragraph_cut_in_two_lives_on_in_its_larger_half(before: Content) -> None:
    after = edited(before, REPORT.replace("heures sous la", "heures.\n\nElle est sous la"))
    assert ids(before)[0] in after[:2]
    assert after[2:] == ids(before)[1:]


def test_a_paragraph_made_an_item_keeps_its_id(before: Content) -> None:
    assert edited(before, REPORT.replace("\n\nLe maire rem", "\n- Le maire rem")) == ids(before)


def test_twins_keep_their_order() -> None:
    before = cut("- sans objet\n- sans objet\n- sans objet", "body")
    assert edited(before, "- sans objet\n- sans objet\n- autre\n- sans objet")[0::3] == ids(before)[0::2]


def test_blocks_of_other_zones_lend_no_id(before: Content) -> None:
    assert not set(ids(cut(REPORT, "other", before))) & set(ids(before))


def test_an_id_is_eight_letters_or_figures_of_base_32() -> None:
    assert all(len(id) == 8 and set(id) <= set("abcdefghijklmnopqrstuvwxyz234567") for id in (new_id(), new_id()))


def test_blocks_brought_together_anew_never_run_into_one() -> None:
    one = Block("a", "body", BlockKind.PARAGRAPH, {"text": "Un", GAP: ""})
    two = Block("b", "body", BlockKind.PARAGRAPH, {"text": "deux", GAP: "\n", GAP_AFTER: "\n\n\n"})
    assert [block.text for block in cut(join((one, two, one)), "body")] == ["Un", "deux", "Un"]


def test_lists_typed_with_long_dashes_are_lists_and_a_plus_sign_begins_a_sentence() -> None:
    typed = (
        "Trois points :\n– le budget ;\n— l’eau ;\n•\u00a0l’école.\n\n"
        "Les recettes ont varié de\n+ 5 % par rapport à 2017.\n\n2018. L’année fut rude.\n\n"
        "1\u202f200\u202f000 FCFA manquent."
    )
    content = cut(typed, "body")
    assert [block.kind for block in content] == [BlockKind.PARAGRAPH, *[BlockKind.ITEM] * 3, *[BlockKind.PARAGRAPH] * 3]
    assert content[4].text == "Les recettes ont varié de\n+ 5 % par rapport à 2017."
    assert join(content) == typed


def test_old_items_with_a_plus_sign_stay_apart_when_they_are_edited_again() -> None:
    old = tuple(
        Block(id, "body", BlockKind.ITEM, {"text": f"+ {text}"}) for id, text in (("a", "5 %"), ("b", "12 élus"))
    )
    again = cut(join(old), "body", old)
    assert [(block.id, block.kind, block.text) for block in again] == [
        ("a", BlockKind.PARAGRAPH, "+ 5 %"),
        ("b", BlockKind.PARAGRAPH, "+ 12 élus"),
    ]

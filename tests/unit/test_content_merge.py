"""Awa (mine) and Moussa (theirs) change the same part at the same time."""

import pytest

from app.content.blocks import Block, BlockKind, Content
from app.content.merge import Clash, Merged, merge, resolve


def paragraph(id: str, text: str, zone: str = "body") -> Block:
    return Block(id, zone, BlockKind.PARAGRAPH, {"text": text})


def row(id: str, **fields: str) -> Block:
    return Block(id, "grid", BlockKind.ROW, fields)


def text_of(merged: Merged) -> list[str]:
    assert not merged.clashes
    return [block.text for block in merged.content]


def one(text: str) -> Content:
    return (paragraph("a", text),)


BASE = (paragraph("a", "Un"), paragraph("b", "Deux"), paragraph("c", "Trois"))
SENTENCE = "Le comptable présente les recettes de la commune."


def test_words_changed_in_two_places_of_a_sentence_are_both_taken() -> None:
    mine = SENTENCE.replace("comptable", "régisseur")
    theirs = SENTENCE.replace("commune", "région")
    assert text_of(merge(one(SENTENCE), one(mine), one(theirs))) == ["Le régisseur présente les recettes de la région."]


def test_neighbouring_words_are_not_the_same_words() -> None:
    mine = SENTENCE.replace("recettes", "recettes propres")
    theirs = SENTENCE.replace("présente", "expose")
    assert text_of(merge(one(SENTENCE), one(mine), one(theirs))) == [
        "Le comptable expose les recettes propres de la commune."
    ]


def test_the_same_word_changed_in_two_ways_is_a_clash_that_keeps_both_texts() -> None:
    mine, theirs = SENTENCE.replace("recettes", "taxes"), SENTENCE.replace("recettes", "dépenses")
    merged = merge(one(SENTENCE), one(mine), one(theirs))
    assert merged.clashes == (Clash("a", "body", "text", SENTENCE, mine, theirs),)
    assert merged.content == one(mine)


def test_the_same_change_by_both_is_made_once() -> None:
    both = SENTENCE.replace("recettes", "taxes")
    mine = both.replace("commune", "région")
    assert text_of(merge(one(SENTENCE), one(mine), one(both))) == [mine]


def test_two_texts_put_in_at_one_place_are_a_clash() -> None:
    merged = merge(one("Fin."), one("Fin. Merci."), one("Fin. Applaudissements."))
    assert [clash.block_id for clash in merged.clashes] == ["a"]


def test_two_words_never_run_into_one_nobody_wrote() -> None:
    merged = merge(one("10 , 5"), one("10, 5"), one("10 ,5"))
    assert merged.content != one("10,5")
    assert merged.clashes


def test_different_fields_of_one_row_do_not_collide() -> None:
    base, mine, theirs = (
        row("r", who="Awa", what="x"),
        row("r", who="Awa Keïta", what="x"),
        row("r", who="Awa", what="y"),
    )
    merged = merge((base,), (mine,), (theirs,))
    assert merged.content == (row("r", who="Awa Keïta", what="y"),)
    assert not merged.clashes


def test_blocks_added_by_both_in_one_place_are_both_kept_theirs_first() -> None:
    mine = (*BASE[:1], paragraph("m", "à moi"), *BASE[1:])
    theirs = (*BASE[:1], paragraph("t", "à eux"), *BASE[1:])
    assert text_of(merge(BASE, mine, theirs)) == ["Un", "à eux", "à moi", "Deux", "Trois"]


def test_the_same_block_added_by_both_in_one_place_is_kept_once() -> None:
    mine = (*BASE, paragraph("m", "le même"))
    theirs = (*BASE, paragraph("t", "le même"))
    assert merge(BASE, mine, theirs).content == theirs
    assert len(merge(BASE, (mine[3], *BASE), theirs).content) == 5


def test_a_block_one_deleted_and_nobody_changed_is_gone() -> None:
    assert text_of(merge(BASE, BASE[1:], BASE[:2])) == ["Deux"]


def test_a_block_moved_by_one_and_reworded_by_the_other_is_both() -> None:
    mine = (BASE[2], BASE[0], BASE[1])
    theirs = (*BASE[:2], paragraph("c", "Trois et demi"))
    assert text_of(merge(BASE, mine, theirs)) == ["Trois et demi", "Un", "Deux"]


def test_a_block_both_moved_stands_where_they_put_it() -> None:
    mine = (BASE[2], BASE[0], BASE[1])
    theirs = (BASE[0], BASE[2], BASE[1])
    assert [block.id for block in merge(BASE, mine, theirs).content] == ["a", "c", "b"]


def test_what_follows_a_deleted_block_is_put_behind_the_one_before_it() -> None:
    mine = (*BASE[:2], paragraph("m", "à moi"), *BASE[2:])
    assert text_of(merge(BASE, mine, (BASE[0], BASE[2]))) == ["Un", "à moi", "Trois"]


def test_zones_keep_apart_and_in_order() -> None:
    base = (paragraph("a", "Un", "opening"), paragraph("z", "Fin", "closing"))
    mine = (base[0], paragraph("m", "à moi", "opening"), base[1])
    theirs = (base[0], paragraph("t", "à eux", "middle"), paragraph("u", "avant", "closing"), base[1])
    assert text_of(merge(base, mine, theirs)) == ["Un", "à moi", "à eux", "avant", "Fin"]


def test_a_block_i_deleted_and_they_changed_is_absent_until_a_person_chooses() -> None:
    theirs = (BASE[0], paragraph("b", "Deux bis"), BASE[2])
    merged = merge(BASE, (BASE[0], BASE[2]), theirs)
    assert merged.clashes == (Clash("b", "body", "text", "Deux", None, "Deux bis"),)
    assert merged.content == (BASE[0], BASE[2])
    assert resolve(merged, {}) == merged.content
    assert resolve(merged, {("b", "text"): "Deux bis"}) == theirs


def test_a_block_they_deleted_and_i_changed_stays_until_a_person_chooses() -> None:
    mine = (BASE[0], paragraph("b", "Deux bis"), BASE[2])
    merged = merge(BASE, mine, (BASE[0], BASE[2]))
    assert merged.clashes == (Clash("b", "body", "text", "Deux", "Deux bis", None),)
    assert merged.content == mine
    assert resolve(merged, {("b", "text"): None}) == (BASE[0], BASE[2])


def test_a_chosen_text_takes_the_place_of_the_clash_and_of_nothing_else() -> None:
    base, mine, theirs = row("r", who="Awa", what="x"), row("r", who="Hawa", what="x"), row("r", who="Aoua", what="y")
    merged = merge((base,), (mine,), (theirs,))
    assert [(clash.field, clash.mine, clash.theirs) for clash in merged.clashes] == [("who", "Hawa", "Aoua")]
    assert resolve(merged, {("r", "who"): "Awa Keïta"}) == (row("r", who="Awa Keïta", what="y"),)


def test_an_emptied_field_is_no_deleted_row() -> None:
    merged = merge((row("r", who="Awa"),), (row("r", who=""),), (row("r", who="Aoua"),))
    assert merged.clashes == (Clash("r", "grid", "who", "Awa", "", "Aoua"),)
    assert resolve(merged, {}) == (row("r", who=""),)


def test_a_paragraph_made_an_item_by_one_may_be_reworded_by_the_other() -> None:
    mine = (Block("a", "body", BlockKind.ITEM, {"text": f"- {SENTENCE}"}),)
    (block,) = merge(one(SENTENCE), mine, one(SENTENCE.replace("commune", "région"))).content
    assert (block.kind, block.text) == (BlockKind.ITEM, "- Le comptable présente les recettes de la région.")


# What is read as one thing is written by one person


@pytest.mark.parametrize(
    ("base", "mine", "theirs"),
    [
        ("Soit 1\u202f200\u202f000 FCFA.", "Soit 1\u202f500\u202f000 FCFA.", "Soit 1\u202f200\u202f500 FCFA."),
        ("Soit 1\u00a0200\u00a0000 FCFA.", "Soit 1\u00a0500\u00a0000 FCFA.", "Soit 1\u00a0200\u00a0000 francs CFA."),
        ("Un taux de 12,5 % atteint.", "Un taux de 13,5 % atteint.", "Un taux de 12,5 ‰ atteint."),
        ("Tenue le 22 mars 2018 à Bla.", "Tenue le 23 mars 2018 à Bla.", "Tenue le 22 mars 2019 à Bla."),
        (
            "L’an deux mille dix-huit et le vingt-deux février, les travaux ont commencé.",
            "L’an deux mille dix-neuf et le vingt-deux février, les travaux ont commencé.",
            "L’an deux mille dix-huit et le vingt-trois février, les travaux ont commencé.",
        ),
        ("Selon Mme Awa Traoré, tout va.", "Selon M. Awa Traoré, tout va.", "Selon Mme Awa Diarra, tout va."),
        ("Selon Madame Awa **TRAORÉ**.", "Selon Monsieur Awa **TRAORÉ**.", "Selon Madame Awa **DIARRA**."),
        ("De 9 h à 12 h, débats.", "De 8 h à 12 h, débats.", "De 9 h à 13 h, débats."),
        (
            "Le maire ne veut vraiment pas céder.",
            "Le maire ne peut vraiment pas céder.",
            "Le maire ne veut vraiment plus céder.",
        ),
        (
            "La 2^{ème} adjointe au maire parle.",
            "La 3^{ème} adjointe au maire parle.",
            "La 2^{nde} adjointe au maire parle.",
        ),
        ("Le budget est voté ici.", "Le budget n’est pas voté ici.", "Le budget est rejeté ici."),
    ],
)
def test_half_of_one_and_half_of_the_other_is_a_clash(base: str, mine: str, theirs: str) -> None:
    assert merge(one(base), one(mine), one(theirs)).clashes


def test_a_repeated_word_is_no_place_to_tell_two_edits_apart() -> None:
    base = "La commune de Bla et la commune de Niono votent."
    mine = "La commune de Bla, la commune de Markala et la commune de Niono votent."
    theirs = "La commune de Bla et la ville de Niono votent."
    merged = merge(one(base), one(mine), one(theirs))
    assert merged.clashes or "la ville de Niono" in merged.content[0].text


def test_what_one_moved_and_the_other_took_out_is_a_clash() -> None:
    base = "Hier, le receveur municipal a présenté le compte aux habitants réunis."
    mine = "Hier, a présenté le compte aux habitants réunis le receveur municipal."
    theirs = "Hier, a présenté le compte aux habitants réunis."
    assert merge(one(base), one(mine), one(theirs)).clashes


def test_two_persons_in_one_row_of_the_bureau_are_not_made_into_a_third() -> None:
    base = row("r", civility="Monsieur", first_name="Amadou", surname="DIARRA", title="Maire")
    mine = row("r", civility="Madame", first_name="Amadou", surname="DIARRA", title="Maire")
    theirs = row("r", civility="Monsieur", first_name="Amadou", surname="TRAORÉ", title="Préfet")
    merged = merge((base,), (mine,), (theirs,))
    assert [clash.field for clash in merged.clashes] == ["civility", "surname"]
    assert merged.content[0].fields["title"] == "Préfet"
    titled = row("r", civility="Monsieur", first_name="Amadou", surname="DIARRA", title="Préfet")
    assert not merge((base,), (mine,), (titled,)).clashes

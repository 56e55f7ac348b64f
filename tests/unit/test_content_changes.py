"""Awa amends a part: what she did is cut into changes, each made in the text of the day, collided and settled."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from app.content import prose
from app.content.blocks import GAP, GAP_AFTER, Block, BlockKind, Content
from app.content.changes import (
    BlockEdit,
    Change,
    ClashChoice,
    apply,
    before_after,
    both,
    collide,
    collisions,
    cut,
    overtaken,
    settle,
)
from app.content.diff import PieceState

OPENING = "La séance s’ouvre à neuf heures sous la présidence du maire."
BUDGET = "Le comptable présente les recettes de la commune. Il rappelle que le marché rapporte peu."
CLOSING = "Le maire remercie les participants et lève la séance."
TEXT = f"{OPENING}\n\n{BUDGET}\n\n{CLOSING}"


def paragraph(id: str, text: str, zone: str = "body") -> Block:
    return Block(id, zone, BlockKind.PARAGRAPH, {"text": text})


def row(id: str, **fields: str) -> Block:
    return Block(id, "grid", BlockKind.ROW, fields)


def rows(*ids: str) -> Content:
    return tuple(row(id, what=id.upper()) for id in ids)


def body(*texts: str) -> Content:
    return tuple(paragraph(id, text) for id, text in zip("abcdefgh", texts, strict=False))


BASE = body(OPENING, BUDGET, CLOSING)


def typed(text: str, base: Content = BASE) -> Content:
    return prose.cut(text, "body", base)


def the_change(base: Content, amended: Content) -> Change:
    (change,) = cut(base, amended)
    return change


def reworded(old: str, new: str) -> Change:
    return the_change(BASE, tuple(paragraph(block.id, block.text.replace(old, new)) for block in BASE))


def texts(content: Content) -> list[str]:
    return [block.text for block in content]


def ids(content: Content) -> str:
    return "".join(block.id for block in content)


# What is one change


def test_three_paragraphs_reworded_are_three_changes() -> None:
    amended = typed(TEXT.replace("neuf", "dix").replace("recettes", "dépenses").replace("remercie", "salue"))
    assert [change.blocks for change in cut(BASE, amended)] == [("a",), ("b",), ("c",)]


def test_a_paragraph_split_in_two_is_one_change() -> None:
    change = the_change(BASE, typed(TEXT.replace("commune. Il", "commune.\n\nIl")))
    assert [card.state for card in before_after(change)] == [PieceState.CHANGED, PieceState.ADDED]
    assert change.blocks[0] == "b"


def test_two_paragraphs_made_one_are_one_change() -> None:
    change = the_change(BASE, typed(TEXT.replace("maire.\n\nLe", "maire. Le")))
    assert {card.state for card in before_after(change)} == {PieceState.CHANGED, PieceState.REMOVED}


def test_a_sentence_taken_over_into_the_next_paragraph_is_one_change() -> None:
    last = "Il rappelle que le marché rapporte peu."
    amended = body(OPENING, BUDGET.replace(f" {last}", ""), f"{last} {CLOSING}")
    assert the_change(BASE, amended).blocks == ("b", "c")


def test_a_paragraph_put_in_the_place_of_another_is_one_change() -> None:
    amended = (BASE[0], paragraph("n", "Aucun chiffre n’est donné."), BASE[2])
    change = the_change(BASE, amended)
    assert [card.state for card in before_after(change)] == [PieceState.REMOVED, PieceState.ADDED]


def test_a_paragraph_reworded_and_another_added_below_are_two_changes() -> None:
    amended = typed(
        TEXT.replace("neuf", "dix").replace("\n\nLe comptable", "\n\nUn adjoint excuse le préfet.\n\nLe comptable")
    )
    changes = cut(BASE, amended)
    assert [before_after(change)[0].state for change in changes] == [PieceState.CHANGED, PieceState.ADDED]


def test_three_new_rows_are_three_changes_and_one_moved_is_another() -> None:
    base = rows("a", "b", "c")
    amended = (base[2], base[0], *rows("x"), base[1], *rows("y", "z"))
    changes = cut(base, amended)
    assert [(change.blocks, before_after(change)[0].state) for change in changes] == [
        (("c",), PieceState.MOVED),
        (("x",), PieceState.ADDED),
        (("y",), PieceState.ADDED),
        (("z",), PieceState.ADDED),
    ]


def test_neighbouring_rows_are_decided_one_by_one() -> None:
    base = rows("a", "b")
    amended = (row("a", what="autre"), row("n", what="B"))
    assert [change.blocks for change in cut(base, amended)] == [("a",), ("b",), ("n",)]


def test_a_difference_in_blanks_alone_is_no_change() -> None:
    assert cut(BASE, typed(f"{TEXT}\n\n")) == ()
    assert cut(BASE, typed(TEXT.replace("\n\n", "\n\n\n"))) == ()


def test_blanks_ride_along_with_the_nearest_change() -> None:
    amended = typed(TEXT.replace("\n\n", "\n\n\n").replace("remercie", "salue"))
    change = the_change(BASE, amended)
    assert [edit.id for edit in change.edits] == ["b", "c"]
    assert change.blocks == ("c",)
    assert amended[1].fields[GAP] == "\n\n\n"
    assert apply(change, BASE).content == amended


def test_an_edit_is_of_a_block() -> None:
    with pytest.raises(ValueError, match="no block"):
        _ = BlockEdit(None, None).id


# Where a change is made


def test_changes_of_one_sitting_give_the_amended_text_whatever_the_order() -> None:
    base = rows("a", "b", "c", "d")
    amended = (*rows("x", "d", "y"), row("b", what="nouveau"), *rows("a", "z"))
    changes = cut(base, amended)
    assert len(changes) > 5
    for order in permutations(changes):
        content = base
        for change in order:
            content = apply(change, content).content
        assert content == amended


def test_words_changed_since_in_the_same_paragraph_are_kept() -> None:
    current = body(OPENING, BUDGET.replace("comptable", "régisseur"), CLOSING)
    outcome = apply(reworded("recettes", "dépenses"), current)
    assert not outcome.clashes
    assert "Le régisseur présente les dépenses" in outcome.content[1].text


def test_a_new_row_stands_behind_what_it_followed_though_its_neighbour_has_left() -> None:
    base = rows("a", "b", "c", "d")
    change = the_change(base, (*rows("a", "b", "n", "c", "d"),))
    assert ids(apply(change, rows("a", "c", "d")).content) == "ancd"
    assert ids(apply(change, rows("a", "b", "o", "c", "d")).content) == "abnocd"
    assert ids(apply(change, rows("c", "d")).content) == "ncd"
    assert ids(apply(change, rows("x", "y")).content) == "xyn"
    assert ids(apply(change, ()).content) == "n"


def test_a_row_for_the_head_of_the_grid_stands_at_its_head() -> None:
    change = the_change(rows("a"), rows("n", "a"))
    assert ids(apply(change, rows("x", "a")).content) == "nxa"


def test_a_zone_that_held_nothing_is_begun_behind_the_one_before_it() -> None:
    base = (*body(OPENING), Block("z", "last", BlockKind.PARAGRAPH, {"text": "Fin"}))
    amended = (base[0], row("n", what="N"), base[1])
    change = the_change(base, amended)
    assert apply(change, base).content == amended
    assert apply(change, base[1:]).content == amended[1:]


def test_a_row_moved_by_two_stands_where_the_later_decision_puts_it() -> None:
    base = rows("a", "b", "c", "d")
    to_the_front = the_change(base, rows("d", "a", "b", "c"))
    behind_a = the_change(base, rows("a", "d", "b", "c"))
    assert ids(apply(behind_a, apply(to_the_front, base).content).content) == "adbc"
    assert not collide(to_the_front, behind_a, base)


def test_a_paragraph_moved_and_reworded_keeps_what_others_wrote_in_it() -> None:
    amended = (BASE[1], paragraph("a", OPENING.replace("neuf", "dix")), BASE[2])
    current = body(OPENING.replace("maire", "préfet"), BUDGET, CLOSING)
    content = current
    for change in cut(BASE, amended):
        content = apply(change, content).content
    assert texts(content)[:2] == [BUDGET, "La séance s’ouvre à dix heures sous la présidence du préfet."]


def test_a_block_moved_to_another_zone_goes_there() -> None:
    base = (*BASE, paragraph("z", "Fin", "last"))
    amended = (*BASE[:2], base[3], replace(BASE[2], zone="last"))
    change = the_change(base, amended)
    assert before_after(change)[0].zone == "last"
    assert apply(change, base).content == amended
    assert apply(change, amended).idle


def test_what_the_text_already_says_is_nothing_to_do() -> None:
    change = reworded("recettes", "dépenses")
    current = body(OPENING, BUDGET.replace("recettes", "dépenses").replace("peu", "trop peu"), CLOSING)
    outcome = apply(change, current)
    assert outcome.idle and not overtaken(change, current)
    assert not apply(change, BASE).idle


def test_a_word_that_was_reworded_together_with_its_neighbours_asks_a_person() -> None:
    change = reworded("recettes", "dépenses")
    current = body(OPENING, BUDGET.replace("les recettes de la commune", "les dépenses du cercle"), CLOSING)
    outcome = apply(change, current)
    assert outcome.clashes and not outcome.idle and overtaken(change, current)


def test_a_removal_of_what_has_left_is_gone_and_idle() -> None:
    change = the_change(BASE, BASE[:2])
    outcome = apply(change, BASE[:2])
    assert outcome.gone and outcome.idle


def test_a_change_whose_paragraph_has_left_is_overtaken() -> None:
    change = reworded("recettes", "dépenses")
    outcome = apply(change, (BASE[0], BASE[2]))
    assert outcome.gone and outcome.clashes and overtaken(change, (BASE[0], BASE[2]))
    assert not apply(change, BASE).gone


# What collides


def test_two_wordings_of_one_word_collide_and_of_two_words_do_not() -> None:
    assert collide(reworded("recettes", "dépenses"), reworded("recettes", "taxes"), BASE)
    assert not collide(reworded("recettes", "dépenses"), reworded("peu", "trop peu"), BASE)
    assert not collide(reworded("recettes", "dépenses"), reworded("recettes", "dépenses"), BASE)


def test_removing_a_paragraph_collides_with_rewording_it() -> None:
    removal = the_change(BASE, (BASE[0], BASE[2]))
    assert collide(removal, reworded("recettes", "dépenses"), BASE)
    assert not collide(removal, removal, BASE)


def test_a_change_that_clashes_with_the_text_collides_with_all_of_that_paragraph() -> None:
    current = body(OPENING, BUDGET.replace("recettes", "taxes"), CLOSING)
    stale = reworded("recettes", "dépenses")
    assert collide(stale, reworded("peu", "trop peu"), current)
    assert not collide(stale, reworded("neuf", "dix"), current)


def test_collisions_name_the_pairs_once() -> None:
    changes = {
        7: reworded("recettes", "dépenses"),
        3: reworded("recettes", "taxes"),
        5: reworded("neuf", "dix"),
        9: reworded("neuf heures", "midi"),
        4: reworded("remercie", "salue"),
    }
    assert collisions(changes, BASE) == ((3, 7), (5, 9))


# How a clash is settled


def clashing(old: str, mine: str, theirs: str, block: Block | None = None) -> tuple[str, ...]:
    """What each choice makes of a text that two people worded anew."""
    before = block or paragraph("a", old)
    name = "text" if before.kind is not BlockKind.ROW else "who"
    versions = (replace(before, fields={name: text}) for text in (old, mine, theirs))
    base, amended, current = ((version,) for version in versions)
    outcome = apply(the_change(base, amended), current)
    (clash,) = outcome.clashes
    return tuple(
        settle(outcome, {(clash.block_id, clash.field): choice}).final[0].fields[name]
        for choice in (ClashChoice.MINE, ClashChoice.THEIRS, ClashChoice.BOTH)
    )


def test_the_amendment_the_text_or_both() -> None:
    old = "Le comptable présente les recettes de la commune. Le maire répond aux questions."
    mine, theirs = old.replace("recettes", "dépenses"), old.replace("recettes", "taxes")
    assert clashing(old, mine, theirs) == (
        mine,
        theirs,
        "Le comptable présente les taxes de la commune. Le comptable présente les dépenses de la commune. "
        "Le maire répond aux questions.",
    )


def test_both_takes_each_sentence_that_only_one_has_changed_as_it_is() -> None:
    old = "Le maire ouvre la séance à neuf heures. Le comptable présente les recettes. Le préfet lève la séance."
    mine = old.replace("neuf", "dix").replace("recettes", "dépenses")
    theirs = old.replace("recettes", "taxes").replace("préfet", "gouverneur")
    assert clashing(old, mine, theirs)[2] == (
        "Le maire ouvre la séance à dix heures. Le comptable présente les taxes. Le comptable présente les dépenses. "
        "Le gouverneur lève la séance."
    )


def test_both_says_the_old_words_once_where_each_added_some() -> None:
    assert clashing("Fin.", "Fin. Merci.", "Fin. Applaudissements.")[2] == "Fin. Applaudissements. Merci."
    assert clashing("Fin.", "Bref. Fin.", "Ainsi. Fin.")[2] == "Ainsi. Bref. Fin."
    assert clashing("Fin.", "Fini.", "Finie.")[2] == "Finie. Fini."


def test_both_sentences_put_in_at_one_place_stand_one_after_the_other() -> None:
    old = "Le comptable présente les recettes. Le préfet lève la séance."
    mine = old.replace(". Le préfet", ". Le budget de la santé est lu. Le préfet")
    theirs = old.replace(". Le préfet", ". Le budget de l’école est relu. Le préfet")
    assert clashing(old, mine, theirs)[2] == (
        "Le comptable présente les recettes. Le budget de l’école est relu. Le budget de la santé est lu. "
        "Le préfet lève la séance."
    )


def test_both_items_of_a_list_have_one_marker() -> None:
    item = Block("a", "body", BlockKind.ITEM, {"text": ""})
    assert clashing("- les taxes", "- les patentes", "- les amendes", item)[2] == "- les amendes les patentes"


def test_both_in_a_row_is_both_texts_as_they_are() -> None:
    assert clashing("1. Awa", "1. Aïssata", "1. Oumou", row("r"))[2] == "1. Oumou 1. Aïssata"


def test_both_of_a_removal_and_a_rewording_is_the_text_that_is_left() -> None:
    removal = the_change(BASE, (BASE[0], BASE[2]))
    current = body(OPENING, BUDGET.replace("recettes", "taxes"), CLOSING)
    outcome = apply(removal, current)
    (clash,) = outcome.clashes
    assert outcome.content == (BASE[0], BASE[2])
    assert both(outcome, clash) == current[1].text
    assert settle(outcome, {("b", "text"): ClashChoice.BOTH}).final == current
    assert settle(outcome, {("b", "text"): ClashChoice.THEIRS}).final == current
    assert settle(outcome, {}).final == (BASE[0], BASE[2])


def test_a_rewriting_leaves_the_authors_words_in_the_proposed_text() -> None:
    current = body(OPENING, BUDGET.replace("recettes", "taxes"), CLOSING)
    change = reworded("recettes", "dépenses")
    outcome = apply(change, current)
    own = BUDGET.replace("recettes", "recettes et les dépenses")
    settled = settle(outcome, {}, {("b", "text"): own})
    assert texts(settled.proposed)[1] == BUDGET.replace("recettes", "dépenses")
    assert texts(settled.final) == [OPENING, own, CLOSING]


def test_a_modification_without_a_clash_may_make_two_paragraphs_or_none() -> None:
    outcome = apply(
        reworded("recettes", "dépenses"), (*BASE[:2], replace(BASE[2], fields={**BASE[2].fields, GAP_AFTER: "\n"}))
    )
    two = settle(outcome, {}, {("b", "text"): "Le comptable présente les dépenses.\n\nLe marché rapporte peu."})
    assert texts(two.final)[1:3] == ["Le comptable présente les dépenses.", "Le marché rapporte peu."]
    assert "b" in {block.id for block in two.final[1:3]}
    assert texts(settle(outcome, {}, {("b", "text"): " "}).final) == [OPENING, CLOSING]
    closing = settle(outcome, {}, {("c", "text"): "Merci à tous.\n\nFin."}).final
    assert [GAP_AFTER in block.fields for block in closing] == [False, False, False, True]


def test_a_paragraph_taken_out_may_be_kept_in_other_words() -> None:
    outcome = apply(the_change(BASE, (BASE[0], BASE[2])), BASE)
    settled = settle(outcome, {}, {("b", "text"): "Le comptable présente le budget."})
    assert texts(settled.proposed) == [OPENING, CLOSING]
    assert texts(settled.final) == [OPENING, "Le comptable présente le budget.", CLOSING]
    assert settle(outcome, {}, {("b", "text"): ""}).final == settled.proposed


def test_a_modified_row_keeps_its_other_fields() -> None:
    base = (row("r", who="Awa", what="x"),)
    outcome = apply(the_change(base, (row("r", who="Awa Keïta", what="x"),)), base)
    assert settle(outcome, {}, {("r", "who"): " Awa Keïta, maire "}).final == (
        row("r", who="Awa Keïta, maire", what="x"),
    )

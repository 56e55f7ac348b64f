"""Who wrote this: Awa's draft is revision 1, Moussa's edit 2, the commission's 3."""

import json

import pytest

from app.content.authorship import Runs, attribute, carry, first
from app.content.blocks import GAP, Block, Content, Kind

LONG = "Le comptable présente les recettes de l’année écoulée."
OTHER = "Une conseillère demande où en est la pompe du marché."


def paragraph(id: str, text: str) -> Block:
    return Block(id, "body", Kind.PARAGRAPH, {"text": text})


def told(content: Content, runs: Runs) -> list[tuple[str, int]]:
    return [(text, ref) for _, _, text, ref in attribute(content, runs)]


def test_the_first_version_is_its_authors() -> None:
    content = (paragraph("a", "Un mot"), paragraph("b", ""))
    assert first(content, 1) == {"a": {"text": [[6, 1]]}, "b": {"text": []}}


def test_kept_words_keep_their_author_and_new_ones_have_theirs() -> None:
    draft = (paragraph("a", "Le maire ouvre la séance."),)
    edit = (paragraph("a", "Le maire adjoint ouvre enfin la séance."),)
    runs = carry(draft, first(draft, 1), edit, 2)
    assert [piece for piece in told(edit, runs) if piece[1] == 2] == [(" adjoint", 2), (" enfin", 2)]
    final = (paragraph("a", "Le maire adjoint ouvre enfin la session."),)
    assert told(final, carry(edit, runs, final, 3)) == [
        ("Le maire", 1),
        (" adjoint", 2),
        (" ouvre", 1),
        (" enfin", 2),
        (" la ", 1),
        ("session", 3),
        (".", 1),
    ]


def test_blanks_that_happened_to_stay_belong_with_the_words_around_them() -> None:
    draft, edit = (paragraph("a", "rouge vert bleu"),), (paragraph("a", "un deux trois"),)
    assert told(edit, carry(draft, first(draft, 1), edit, 2)) == [("un deux trois", 2)]


def test_a_moved_block_keeps_its_authors() -> None:
    draft = (paragraph("a", "Un"), paragraph("b", "Deux"))
    runs = carry(draft, first(draft, 1), draft[::-1], 2)
    assert told(draft[::-1], runs) == [("Deux", 1), ("Un", 1)]


def test_a_sentence_moved_to_another_block_keeps_its_author() -> None:
    draft = (paragraph("a", f"{LONG} {OTHER}"), paragraph("b", "Fin."))
    edit = (paragraph("a", LONG), paragraph("b", f"Fin. {OTHER}"))
    runs = carry(draft, first(draft, 1), edit, 2)
    assert told(edit, runs) == [(LONG, 1), (f"Fin. {OTHER}", 1)]


def test_a_paragraph_that_came_back_under_a_new_id_keeps_its_author() -> None:
    draft, edit = (paragraph("a", LONG),), (paragraph("z", LONG),)
    assert told(edit, carry(draft, first(draft, 1), edit, 2)) == [(LONG, 1)]


def test_a_sentence_written_twice_is_new_the_second_time() -> None:
    draft, edit = (paragraph("a", LONG),), (paragraph("a", LONG), paragraph("b", LONG))
    assert told(edit, carry(draft, first(draft, 1), edit, 2)) == [(LONG, 1), (LONG, 2)]
    edit = (paragraph("a", f"{LONG} Fin."), paragraph("b", LONG))
    assert told(edit, carry(draft, first(draft, 1), edit, 2)) == [(LONG, 1), (" Fin.", 2), (LONG, 2)]


def test_blanks_between_blocks_have_no_author() -> None:
    content = (Block("a", "body", Kind.PARAGRAPH, {"text": "Un", GAP: "\n\n\n"}),)
    assert first(content, 1) == {"a": {"text": [[2, 1]]}}


def test_runs_come_back_from_json() -> None:
    draft, edit = (paragraph("a", "Un mot"),), (paragraph("a", "Un autre mot"),)
    runs = json.loads(json.dumps(first(draft, 1)))
    assert json.loads(json.dumps(carry(draft, runs, edit, 2))) == carry(draft, runs, edit, 2)


def test_runs_that_do_not_cover_their_text_are_refused() -> None:
    draft = (paragraph("a", "Un mot"),)
    with pytest.raises(ValueError, match=r"a\.text"):
        carry(draft, {"a": {"text": [[3, 1]]}}, draft, 2)
    with pytest.raises(ValueError, match=r"a\.text"):
        carry(draft, {}, (), 2)


def test_words_left_out_by_the_parent_and_put_back_are_again_their_first_authors() -> None:
    draft = (paragraph("a", "Le maire présente les recettes de la commune."), paragraph("b", "Fin de séance."))
    runs = first(draft, 1)
    proposed = (paragraph("a", "Le maire présente les dépenses de la commune."),)
    theirs = carry(draft, runs, proposed, 2)
    final = (
        paragraph("a", "Le maire présente les recettes et les dépenses de la commune."),
        paragraph("b", "Fin de la séance."),
    )
    own = carry(proposed, theirs, final, 3, (draft, runs))
    assert told(final, own) == [
        ("Le maire présente les recettes", 1),
        (" et les", 3),
        (" ", 1),
        ("dépenses", 2),
        (" de la commune.", 1),
        ("Fin de", 1),
        (" la", 3),
        (" séance.", 1),
    ]

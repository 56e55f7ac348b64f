"""Who wrote this: Awa's draft is revision 1, Moussa's edit 2, the commission's 3."""

import json

import pytest

from app.content.authorship import Runs, attribute, carry, first
from app.content.blocks import GAP, Block, BlockKind, Content
from app.content.prose import cut

LONG = "Le comptable présente les recettes de l’année écoulée."
OTHER = "Une conseillère demande où en est la pompe du marché."


def paragraph(id: str, text: str) -> Block:
    return Block(id, "body", BlockKind.PARAGRAPH, {"text": text})


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
    content = (Block("a", "body", BlockKind.PARAGRAPH, {"text": "Un", GAP: "\n\n\n"}),)
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


def whose(base: str, now: str) -> list[str]:
    """Each block as Moussa typed it on Awa's text, his words in brackets."""
    draft = cut(base, "body")
    edit = cut(now, "body", draft)
    runs = carry(draft, first(draft, 1), edit, 2)
    return [
        "".join(f"[{text}]" if ref == 2 else text for id, _, text, ref in attribute(edit, runs) if id == block.id)
        for block in edit
    ]


@pytest.mark.parametrize(
    ("base", "now", "told"),
    [
        ("Le quorum est atteint. La séance est ouverte.", "Le quorum est atteint.\n\nLa séance est ouverte.", "¶"),
        ("Le maire, élu de Ségou, a remercié les élus.", "Le maire, élu de Ségou,\n\na remercié les élus.", "¶"),
        ("Il y a 12 élus.\n\nLe montant est voté.", "Il y a 12 élus. Le montant est voté.", "¶"),
        (
            "Les points sont : budget, eau, école.",
            "Les points sont :\n\n- budget,\n- eau,\n- école.",
            "Les points sont : ¶ [-] budget, ¶ [-] eau, ¶ [-] école.",
        ),
        (
            "Les points sont : budget, eau, école.",
            "Les points sont :\n\n1. budget,\n2. eau,\n3. école,\n4. santé de la mère.",
            "Les points sont : ¶ [1.] budget, ¶ [2.] eau, ¶ [3.] école[,] ¶ [4. santé de la mère.]",
        ),
        ("Les points sont :\n\n- budget,\n- eau.", "Les points sont : budget, eau.", "¶"),
        (
            "Le maire présente les recettes et le comptable lit les dépenses.",
            "Le comptable lit les dépenses et le maire présente les recettes.",
            "¶",
        ),
        ("L'eau coûte 1 200 000 FCFA.", "L’eau  coûte 1\u202f200\u202f000\u00a0FCFA .", "¶"),
        (
            "Le quorum est atteint. Le maire remercie.",
            "Le maire remercie chaleureusement. Le quorum est atteint.",
            "Le maire remercie[ chaleureusement]. Le quorum est atteint.",
        ),
        (
            "Le maire lit le compte de 2017.\n\nUn débat suit.",
            "Un débat suit.\n\nLe compte de 2017, le maire lit.",
            "¶",
        ),
    ],
)
def test_words_that_are_only_rearranged_keep_their_author(base: str, now: str, told: str) -> None:
    found = " ¶ ".join(whose(base, now))
    if told == "¶":
        assert "[" not in found.replace("[,]", ",")
    else:
        assert found == told


@pytest.mark.parametrize(
    ("base", "now"),
    [
        ("Le maire présente les recettes, et le comptable lit.", "Un débat, avec les élus, a lieu et dure."),
        ("La séance est levée à dix heures.", "Nous avons travaillé à Ségou."),
    ],
)
def test_signs_and_small_words_left_of_a_text_that_was_written_anew_are_the_new_writer_s(base: str, now: str) -> None:
    assert whose(base, now) == [f"[{now}]"]


def test_a_small_word_between_two_new_ones_goes_with_them_and_beside_a_kept_one_stays() -> None:
    assert whose("Le maire de Ségou parle aux élus.", "Le gouverneur de Kayes parle aux femmes élues.") == [
        "Le [gouverneur de Kayes] parle aux [femmes élues]."
    ]


def test_a_small_word_that_new_ones_have_only_parted_from_its_neighbours_stays_its_author_s() -> None:
    assert whose("Le maire de Ségou parle.", "Le maire adjoint de Grand Ségou parle.") == [
        "Le maire[ adjoint] de[ Grand] Ségou parle."
    ]


def test_a_small_word_typed_elsewhere_than_where_one_has_gone_is_its_typist_s() -> None:
    base = "Il parle de budget.\n\nLe maire remercie les élus de Ségou et les invite.\n\nUn vœu est formulé par tous."
    now = (
        "Il parle budget.\n\nLe maire remercie les élus de Ségou et les invite.\n\nUn vœu de paix est formulé par tous."
    )
    assert whose(base, now)[2] == "Un vœu[ de paix] est formulé par tous."


def test_what_two_rows_have_in_common_was_not_moved() -> None:
    old = (Block("a", "grid", BlockKind.ROW, {"name": "Mamadou TRAORE", "function": "maire", "place": "Ségou"}),)
    new = (Block("b", "grid", BlockKind.ROW, {"name": "Fatou DIARRA", "function": "maire", "place": "Kayes"}),)
    assert {ref for *_, ref in told_of(old, new)} == {2}


def test_words_moved_to_another_field_of_their_row_keep_their_author() -> None:
    old = (Block("a", "grid", BlockKind.ROW, {"name": "Mamadou TRAORE, maire", "function": "", "amount": "12"}),)
    new = (Block("a", "grid", BlockKind.ROW, {"name": "Mamadou TRAORE", "function": "maire", "amount": "12"}),)
    assert {ref for *_, ref in told_of(old, new)} == {1}


def told_of(old: Content, new: Content) -> list[tuple[str, str, str, int]]:
    return list(attribute(new, carry(old, first(old, 1), new, 2)))


def test_words_that_swap_places_keep_each_its_own_author() -> None:
    old = (paragraph("a", "Le maire de la commune parle."), paragraph("b", "Le comptable de la région écoute."))
    by = {"a": {"text": [[len(old[0].text), 1]]}, "b": {"text": [[len(old[1].text), 3]]}}
    new = (paragraph("a", old[1].text), paragraph("b", old[0].text))
    assert told(new, carry(old, by, new, 4)) == [(old[1].text, 3), (old[0].text, 1)]
    one = (paragraph("c", f"{old[1].text} {old[0].text}"),)
    assert told(one, carry(old, by, one, 4)) == [
        ("Le comptable de la région écoute.", 3),
        (" Le maire de la commune parle.", 1),
    ]

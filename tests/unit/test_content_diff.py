"""Two versions of a part side by side."""

import pytest

from app.content.blocks import GAP, Block, BlockKind, Content
from app.content.diff import Op, PieceState, compare, tokens, words


def paragraph(id: str, text: str, zone: str = "body") -> Block:
    return Block(id, zone, BlockKind.PARAGRAPH, {"text": text})


def row(id: str, **fields: str) -> Block:
    return Block(id, "grid", BlockKind.ROW, fields)


def states(old: Content, new: Content) -> list[tuple[str, PieceState]]:
    return [(change.id, change.state) for change in compare(old, new)]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("l’école d’Awa", ["l’", "école", " ", "d’", "Awa"]),
        ("aujourd’hui", ["aujourd’hui"]),
        ("vice-président", ["vice-président"]),
        ("12,5 % à 10:30", ["12,5", " ", "%", " ", "à", " ", "10:30"]),
        ("le 22/02/2018.", ["le", " ", "22/02/2018", "."]),
        ("2ème XXIe", ["2ème", " ", "XXIe"]),
        ("kɔ̀rɔ̀ ɲɛ́", ["kɔ̀rɔ̀", " ", "ɲɛ́"]),
        ("**gras**", ["**", "gras", "**"]),
        ("a  \nb", ["a", "  ", "\n", "b"]),
    ],
)
def test_words_numbers_and_signs_are_the_smallest_things_compared(text: str, parts: list[str]) -> None:
    assert tokens(text) == parts


def test_one_word_changed_is_one_word_shown() -> None:
    assert words("Le maire adopte le compte.", "Le maire rejette le compte.") == [
        (Op.EQUAL, "Le maire "),
        (Op.DELETE, "adopte"),
        (Op.INSERT, "rejette"),
        (Op.EQUAL, " le compte."),
    ]


def test_half_a_word_is_never_shown_as_changed() -> None:
    assert words("la patente", "la patenté") == [
        (Op.EQUAL, "la "),
        (Op.DELETE, "patente"),
        (Op.INSERT, "patenté"),
    ]


def test_neighbouring_changes_read_as_one() -> None:
    assert words("un gros chat noir", "un petit chien noir") == [
        (Op.EQUAL, "un "),
        (Op.DELETE, "gros chat"),
        (Op.INSERT, "petit chien"),
        (Op.EQUAL, " noir"),
    ]


def test_texts_from_nothing_and_to_nothing() -> None:
    assert words("", "") == []
    assert words("", "mot") == [(Op.INSERT, "mot")]
    assert words("mot", "") == [(Op.DELETE, "mot")]
    assert words("mot", "mot") == [(Op.EQUAL, "mot")]


def test_a_sentence_put_in_between_leaves_its_neighbours_alone() -> None:
    first, last = "Le comptable présente les recettes de l’année. ", "Le maire remercie toute l’assemblée."
    put = "Une femme du marché demande la parole. "
    assert words(first + last, first + put + last) == [(Op.EQUAL, first), (Op.INSERT, put), (Op.EQUAL, last)]


def test_what_became_of_each_block_stands_in_reading_order() -> None:
    old = (paragraph("a", "Un"), paragraph("b", "Deux"), paragraph("c", "Trois"), paragraph("d", "Quatre"))
    new = (paragraph("a", "Un"), paragraph("c", "Trois bis"), paragraph("e", "Cinq"), paragraph("d", "Quatre"))
    assert states(old, new) == [
        ("a", PieceState.SAME),
        ("b", PieceState.REMOVED),
        ("c", PieceState.CHANGED),
        ("e", PieceState.ADDED),
        ("d", PieceState.SAME),
    ]


def test_only_the_block_that_moved_is_moved() -> None:
    old = tuple(paragraph(id, id) for id in "abcde")
    new = tuple(paragraph(id, id) for id in "eabcd")
    assert states(old, new) == [("e", PieceState.MOVED), *((id, PieceState.SAME) for id in "abcd")]


def test_a_block_moved_and_reworded_is_changed() -> None:
    old = (paragraph("a", "Un"), paragraph("b", "Deux"), paragraph("c", "Trois"))
    new = (paragraph("c", "Trois bis"), paragraph("a", "Un"), paragraph("b", "Deux"))
    assert states(old, new)[0] == ("c", PieceState.CHANGED)


def test_a_block_taken_to_another_zone_has_moved() -> None:
    old = (paragraph("a", "Un", "opening"), paragraph("b", "Deux", "body"))
    new = (paragraph("a", "Un", "body"), paragraph("b", "Deux", "body"))
    assert states(old, new) == [("a", PieceState.MOVED), ("b", PieceState.SAME)]


def test_a_removed_block_stays_in_its_zone() -> None:
    old = (paragraph("a", "Un", "opening"), paragraph("b", "Deux", "body"), paragraph("c", "Trois", "body"))
    new = (paragraph("a", "Un", "opening"), paragraph("c", "Trois", "body"))
    assert states(old, new) == [("a", PieceState.SAME), ("b", PieceState.REMOVED), ("c", PieceState.SAME)]
    assert states(old, old[:1]) == [("a", PieceState.SAME), ("b", PieceState.REMOVED), ("c", PieceState.REMOVED)]


def test_each_field_of_a_row_is_compared() -> None:
    (change,) = compare((row("a", name="Awa", body="CAFO"),), (row("a", name="Awa", body="CAFO, Ségou"),))
    assert change.state is PieceState.CHANGED
    assert change.fields["name"] == ((Op.EQUAL, "Awa"),)
    assert change.fields["body"] == ((Op.EQUAL, "CAFO"), (Op.INSERT, ", Ségou"))


def test_a_field_that_was_not_there_yet_compares_as_empty() -> None:
    (change,) = compare((row("a", name="Awa"),), (row("a", name="Awa", body=""),))
    assert change.state is PieceState.SAME
    (change,) = compare((row("a", name="Awa", body="CAFO"),), (row("a", name="Awa"),))
    assert change.fields["body"] == ((Op.DELETE, "CAFO"),)


def test_blanks_between_blocks_are_no_change() -> None:
    spaced = Block("a", "body", BlockKind.PARAGRAPH, {"text": "Un", GAP: "\n\n\n"})
    assert states((paragraph("a", "Un"),), (spaced,)) == [("a", PieceState.SAME)]

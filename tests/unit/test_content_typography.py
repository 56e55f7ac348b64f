"""French spacing for display, and the filter before every engine."""

import pytest

from app.content.typography import french, legible, printable


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Adopté ! Vraiment ?", "Adopté\u202f! Vraiment\u202f?"),
        ("les recettes ; les dépenses", "les recettes\u202f; les dépenses"),
        ("Objet : le budget", "Objet\u00a0: le budget"),
        ("dit « oui » et part", "dit «\u202foui\u202f» et part"),
        ("« oui » : voici", "«\u202foui\u202f»\u00a0: voici"),
        ("année 2018 : bilan", "année 2018\u00a0: bilan"),
        ("deux  espaces  !", "deux  espaces\u202f!"),
    ],
)
def test_a_space_typed_beside_a_french_sign_does_not_break(typed: str, shown: str) -> None:
    assert french(typed) == shown


@pytest.mark.parametrize(
    "typed",
    ["à 10:30", "à 10 : 30", "https://exemple.ml/a?b=1;c!d", "Quoi?", "Objet: x", "«oui»", " ! au début", "a, b. c"],
)
def test_nothing_is_added_where_no_space_was_typed_nor_inside_times_and_addresses(typed: str) -> None:
    assert french(typed) == typed


def test_spacing_twice_changes_nothing_more() -> None:
    once = french("Quoi ? « Rien » ; fin : oui !")
    assert french(once) == once


def test_what_has_no_glyph_or_turns_the_line_round_is_dropped() -> None:
    assert legible("a\x00b\x1b\u202ec\u2066d\ud800\ue000\ufffe\U0010ffff\ufeffe") == "abcde"


def test_newlines_stay_tabs_become_spaces_and_accents_are_composed() -> None:
    assert legible("e\u0301\tb\r\nc\rd\u2028f") == "\u00e9 b\nc\nd\nf"


def test_bambara_letters_and_tones_stay() -> None:
    assert printable("Sɛbɛn kɔ̀rɔ̀ ɲɛ́ ŋ") == "Sɛbɛn kɔ̀rɔ̀ ɲɛ́ ŋ"


def test_an_endless_word_may_break_every_sixty_letters_but_never_before_its_accent() -> None:
    shown = printable("ɔ́" * 125)
    assert [len(piece) for piece in shown.split("\u200b")] == [120, 120, 10]
    assert not any(piece.startswith("\u0301") for piece in shown.split("\u200b"))


def test_letters_under_piles_of_accents_are_filtered_without_end_of_tries() -> None:
    assert printable("ɔ́" * 59) == "ɔ́" * 59
    assert printable("x" + "\u0301" * 500 + "\n") == "x" + "\u0301" * 500 + "\n"


def test_a_word_of_sixty_letters_is_left_whole() -> None:
    assert printable("x" * 60 + " " + "y" * 60) == "x" * 60 + " " + "y" * 60

"""What has become of the words that an observation points at."""

import pytest

from app.content.blocks import Block
from app.content.markdown import kind_of
from app.content.passages import PassagePlace, PassageState, Readings, as_it_stands, picked, place, readings


def read(*texts: str) -> Readings:
    return readings(tuple(Block(f"b{n}", "body", kind_of(text), {"text": text}) for n, text in enumerate(texts)))


def standing(quote: str, then: str, now: str) -> PassageState:
    return place("b0", quote, read(now), read(then)).standing


@pytest.mark.parametrize(
    ("quote", "then", "now"),
    [
        ("12 écoles", "Il y a 12 écoles.", "Il y a 212 écoles."),
        ("eau", "Il faut de l’eau.", "Il faut un bureau."),
        ("12,5", "Un taux de 12,5 %.", "Un taux de 12,57 %."),
        ("12,5", "Un taux de 12,5 %.", "Un taux de 112,5 %."),
        ("12", "Ils sont 12.", "Un taux de 12,5 %."),
        ("5 %", "Une hausse de 5 %.", "Une hausse de 12,5 %."),
        ("1 200", "Il manque 1 200 FCFA.", "Il manque 31 200 FCFA."),
        ("1 200", "Il manque 1 200 FCFA.", "Il manque 31\u202f200 FCFA."),
        ("1\u00a0200", "Il manque 1 200 FCFA.", "Il manque 1\u00a0200\u00a0000 FCFA."),
        ("200 000", "Il manque 200 000 FCFA.", "Il manque 1 200 000 FCFA."),
        ("2018", "En 2018, tout change.", "Le 22/02/2018, tout change."),
        ("président", "Le président parle.", "Le vice-président parle."),
        ("les élus", "Parmi les élus présents.", "Parmi les élus-conseils présents."),
        ("la séance", "Il ouvre la séance.", "Il ouvrela séance."),
    ],
)
def test_a_part_of_another_word_or_figure_is_not_the_passage(quote: str, then: str, now: str) -> None:
    assert standing(quote, then, then) is PassageState.PRESENT
    assert standing(quote, then, now) is PassageState.CHANGED


@pytest.mark.parametrize(
    ("quote", "now"),
    [
        ("l'eau de Ségou", "Il manque l’eau de Ségou."),
        ("l’eau de Ségou", "Il manque l'eau\nde  Ségou."),
        ("1 200 000 FCFA", "Coût : 1\u202f200\u202f000\u00a0FCFA ;"),
        ("« les intrants » ;", "Voyez «\u202fles **intrants**\u202f»."),
        ("12 %", "Une baisse de 12%."),
        ("Le maire de Ségou", "Hier, le maire de Ségou a parlé."),
        ("12", "Ils sont 12."),
        ("12", "(12)"),
    ],
)
def test_blanks_apostrophes_marks_and_the_signs_at_both_ends_do_not_count(quote: str, now: str) -> None:
    assert place("b0", quote, read(now)) == PassagePlace(PassageState.PRESENT, "b0")
    assert as_it_stands(quote, read(now)["b0"])


def test_words_that_went_to_another_paragraph_are_followed_there() -> None:
    then = read("Il y a 12 écoles à Ségou. Le maire parle.", "Une fin.")
    assert place(
        "b0", "12 écoles", read("Le maire parle.", "Une fin. Il y a 12\u00a0écoles à Ségou."), then
    ) == PassagePlace(PassageState.MOVED, "b1")


def test_the_same_words_that_stood_elsewhere_all_along_are_not_the_passage() -> None:
    then = read("Il y a 12 écoles.", "À Kayes, 12 écoles aussi.", "Rien.")
    assert place("b0", "12 écoles", read("Il y en a.", "À Kayes, 12 écoles aussi.", "Rien."), then).standing is (
        PassageState.CHANGED
    )
    moved = read("Il y en a.", "À Kayes, 12 écoles aussi.", "Rien. Il y a 12 écoles.")
    assert place("b0", "12 écoles", moved, then) == PassagePlace(PassageState.MOVED, "b2")


def test_words_that_came_to_several_paragraphs_or_say_nothing_are_followed_to_none() -> None:
    then = read("Il y a 12 écoles.", "Une fin.", "Une autre.")
    assert place("b0", "12 écoles", read("Bien.", "12 écoles.", "12 écoles."), then).standing is PassageState.CHANGED
    assert (
        place("b0", "y a", read("Bien.", "Il y a une fin.", ""), read("Il y a du riz.", "")).standing
        is PassageState.MOVED
    )
    assert place(
        "b0", "de la", read("Bien.", "La fin de la route."), read("Le prix de la route.", "La fin.")
    ).standing is (PassageState.CHANGED)


@pytest.mark.parametrize(
    ("quote", "whole"),
    [("ncontr", "rencontre"), ("200 0", "1 200 000"), ("a rencontre s", "la rencontre s’"), ("Bamako", "")],
)
def test_words_picked_up_in_their_middle_are_made_whole(quote: str, whole: str) -> None:
    assert picked(quote, ("Hier, la rencontre s’est tenue pour 1 200 000 FCFA.",)) == whole


def test_words_that_were_kept_as_they_were_picked_up_are_present_while_they_stand_in_the_same_words() -> None:
    assert standing("ncontr", "La rencontre a lieu.", "Hier, la rencontre a eu lieu.") is PassageState.PRESENT
    assert standing("ncontr", "La rencontre a lieu.", "On rencontrait du monde.") is PassageState.CHANGED


def test_a_passage_in_which_a_paragraph_was_cut_or_made_a_list_is_present() -> None:
    then = read("Les points sont : budget, eau, école. Le quorum est atteint.", "Une fin.")
    now = read("Les points sont :", "- budget,", "- eau,", "- école.", "Le quorum est atteint.", "Une fin.")
    assert place("b0", "Les points sont : budget, eau, école", now, then) == PassagePlace(PassageState.PRESENT, "b0")
    assert place("b0", "budget et eau", now, then).standing is PassageState.CHANGED

"""Which passwords may be chosen."""

from __future__ import annotations

import pytest

from app.people.invalid import Invalid
from app.people.models import Person
from app.people.passwords import LONGEST, SHORTEST, check_new

FANTA = Person(first_name="Fanta", surname="COULIBALY", email="fanta.coulibaly@exemple.ml")


def refusal(password: str, again: str | None = None, person: Person = FANTA) -> dict[str, str]:
    try:
        check_new(password, password if again is None else again, person)
    except Invalid as found:
        return found.errors
    return {}


@pytest.mark.parametrize(
    "password",
    [
        "quatre chameaux verts",
        "un long mot de passe",
        "ŋana bɛ sira kan bi",
        "tr0is!kilos#de$mil",
        "849302758391",
        "🐫🐪🐘 sous le karité",
        "x" * 3 + "une phrase assez longue" * 8,
    ],
)
def test_a_password_of_twelve_letters_and_more_needs_no_capital_nor_figure(password: str) -> None:
    assert refusal(password) == {}


def test_eleven_letters_are_too_few_and_the_sentence_says_how_many_are_needed() -> None:
    assert refusal("onze lettre") == {
        "password": f"Le mot de passe compte 11 caractères\u202f; il en faut au moins {SHORTEST}."
    }


def test_a_password_nobody_could_type_is_too_long() -> None:
    assert "password" in refusal("ab cd ef gh " * 17)
    assert refusal("abcdijkmno" * (LONGEST // 10)) == {}


@pytest.mark.parametrize(
    "password",
    [
        "fantacoulibaly",
        "Coulibaly-Fanta-2026",
        "fanta.coulibaly@exemple.ml",
        "exemplefanta1234",
        "FÀNTÂ coulibaly !",
    ],
)
def test_ones_own_name_or_address_is_no_password(password: str) -> None:
    assert "trop facile" in refusal(password)["password"]


@pytest.mark.parametrize(
    "password",
    [
        "motdepasse1234",
        "Mot de passe 2026",
        "azertyuiop123",
        "aaaaaaaaaaaa",
        "121212121212",
        "Bamako-Mali-2026",
        "            ",
    ],
)
def test_the_commonest_words_alone_are_no_password(password: str) -> None:
    assert "trop facile" in refusal(password)["password"]


def test_a_name_of_two_letters_bars_no_word_that_contains_them() -> None:
    seydou = Person(first_name="Seydou", surname="BA", email="s.ba@exemple.ml")
    assert refusal("barque abandonnée", person=seydou) == {}


def test_the_two_entries_must_agree() -> None:
    assert refusal("quatre chameaux verts", "quatre chameaux vert") == {
        "again": "Les deux saisies du nouveau mot de passe diffèrent."
    }

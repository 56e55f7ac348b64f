"""Which passwords may be chosen."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from app.directory.models import Person
from app.people import guessable
from app.people.invalid import Invalid
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
        "cheval agrafe pile batterie",
        "chameau fenêtre mardi ciment rouge",
        "la mangue tombe avant midi",
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
    assert refusal(("une phrase assez longue " * 9)[:LONGEST]) == {}


@pytest.mark.parametrize(
    "password",
    [
        "fantacoulibaly",
        "Coulibaly-Fanta-2026",
        "fanta.coulibaly@exemple.ml",
        "exemplefanta1234",
        "FÀNTÂ coulibaly !",
        "C0ul1b@ly2026",
        "ylabiluocatnaf",
        "fanta-fanta-fanta",
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
        "P@ssw0rd1234",
        "changeme1234",
        "Rapporteur2026!",
        "S3b3nS3b3nS3b3n",
        "Ousmane-Traore-1985",
        "Segou@Mali#2025",
        "jetaimedoudou",
        "bonjourbonjour",
        "password-password",
        "01/02/1985 12",
        "lundimardimercredi",
    ],
)
def test_the_commonest_words_alone_are_no_password(password: str) -> None:
    assert "trop facile" in refusal(password)["password"]


@pytest.mark.parametrize(
    "password",
    [
        "1q2w3e4r5t6y",
        "aqwzsxedcrfv",
        "qazwsxedcrfv",
        "azeqsdwxc123",
        "wxcvbnqsdfgh",
        "Qsdfghjklm2024!",
        "nbvcxwmlkjhgfdsq",
        "&é\"'(-è_çà)=",
        "qwertyuiop[]",
        "abcdefghijkl",
    ],
)
def test_keys_that_follow_each_other_on_a_french_or_american_keyboard_are_no_password(password: str) -> None:
    assert "trop facile" in refusal(password)["password"]


def test_no_password_takes_more_than_its_first_hundred_signs_to_estimate(monkeypatch: pytest.MonkeyPatch) -> None:
    import zxcvbn_rs_py

    read: list[int] = []
    estimate = zxcvbn_rs_py.zxcvbn
    monkeypatch.setattr(zxcvbn_rs_py, "zxcvbn", lambda said, known: read.append(len(said)) or estimate(said, known))
    refusal("1q@Z" * (LONGEST // 4))
    assert 0 < len(read) <= 4
    assert max(read) <= guessable.READ


def test_the_words_are_read_when_somebody_chooses_a_password_and_not_before() -> None:
    script = (
        "import sys; from app.people import guessable, passwords; "
        "assert 'zxcvbn_rs_py' not in sys.modules; assert guessable._words.cache_info().currsize == 0"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_the_words_from_elsewhere_are_those_that_came() -> None:
    kept = (guessable.WORDS / "french.txt").read_bytes()
    assert hashlib.sha256(kept).hexdigest() in Path("docs/vendored.md").read_text("utf-8")


def test_our_own_words_are_written_as_they_are_looked_for() -> None:
    ours = (guessable.WORDS / "here.txt").read_text("utf-8").split()
    assert ours == [guessable.letters(word) for word in dict.fromkeys(ours)]


def test_a_name_of_two_letters_bars_no_word_that_contains_them() -> None:
    seydou = Person(first_name="Seydou", surname="BA", email="s.ba@exemple.ml")
    assert refusal("barque abandonnée du lac", person=seydou) == {}


def test_the_two_entries_must_agree() -> None:
    assert refusal("quatre chameaux verts", "quatre chameaux vert") == {
        "again": "Les deux saisies du nouveau mot de passe diffèrent."
    }

"""Phrases made from a workshop's facts."""

from __future__ import annotations

from datetime import date

import pytest

from app.workshops import wording
from app.workshops.models import Campaign, Workshop


@pytest.mark.parametrize(
    ("body", "phrase"),
    [
        ("le Conseil régional de Ségou", "du Conseil régional de Ségou"),
        ("Le Conseil régional de Ségou", "du Conseil régional de Ségou"),
        ("la Mairie de Bla", "de la Mairie de Bla"),
        ("l’Assemblée de région", "de l’Assemblée de région"),
        ("l'Assemblée de région", "de l’Assemblée de région"),
        ("les Communes réunies", "des Communes réunies"),
        ("Oxfam", "d’Oxfam"),
        ("État-major", "d’État-major"),
        ("Lesotho", "de Lesotho"),
        ("  Ségou ", "de Ségou"),
    ],
)
def test_the_preposition_de_contracts_with_the_article(body: str, phrase: str) -> None:
    assert wording.with_de(body) == phrase


@pytest.mark.parametrize(
    ("held_on", "opening"),
    [
        (date(2018, 2, 22), "L’an deux mille dix-huit et le vingt-deux février"),
        (date(2018, 3, 1), "L’an deux mille dix-huit et le premier mars"),
        (date(2021, 8, 31), "L’an deux mille vingt et un et le trente et un août"),
        (date(2080, 12, 11), "L’an deux mille quatre-vingts et le onze décembre"),
    ],
)
def test_the_date_in_words_has_year_day_and_month(held_on: date, opening: str) -> None:
    assert wording.date_in_words(held_on) == opening


def test_the_first_of_a_month_is_an_ordinal_and_the_cover_has_month_and_year() -> None:
    assert wording.day(date(2018, 3, 1)) == "1er mars 2018"
    assert wording.day(date(2018, 2, 22)) == "22 février 2018"
    assert wording.month_and_year(date(2018, 2, 22)) == "Février 2018"
    assert wording.month_and_year(date(2018, 8, 3)) == "Août 2018"


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("2018-02-22", date(2018, 2, 22)),
        ("22/02/2018", date(2018, 2, 22)),
        ("22.2.2018", date(2018, 2, 22)),
        ("22 février 2018", date(2018, 2, 22)),
        ("Jeudi 1er MARS 2018", date(2018, 3, 1)),
        ("22 fevrier 2018", date(2018, 2, 22)),
        ("31 février 2018", None),
        ("2018-13-01", None),
        ("22 brumaire 2018", None),
        ("bientôt", None),
        ("", None),
    ],
)
def test_a_typed_date_is_read_in_figures_and_in_words(typed: str, found: date | None) -> None:
    assert wording.read_day(typed) == found


def test_the_report_title_names_the_organiser_where_its_word_stands() -> None:
    campaign = Campaign(report_title="Rapport de la rencontre sur le budget {organisateur}")
    workshop = Workshop(organising_body="le Conseil régional de Ségou")
    assert (
        wording.report_title(campaign, workshop) == "Rapport de la rencontre sur le budget du Conseil régional de Ségou"
    )


def test_a_report_title_without_that_word_stays_as_it_is() -> None:
    campaign = Campaign(report_title="Rapport {100 %} de la campagne")
    assert wording.report_title(campaign, Workshop(organising_body="la Mairie")) == "Rapport {100 %} de la campagne"


def test_names_are_compared_without_accents_capitals_or_doubled_spaces() -> None:
    assert wording.folded("  SÉGOU  ") == wording.folded("segou")
    assert wording.folded("L’Aéroport") == wording.folded("l'aeroport")

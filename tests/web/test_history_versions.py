"""Every version of a part can be laid beside an earlier one, and every word of it has its author."""

from __future__ import annotations

import re

from flask import Flask
from flask.testing import FlaskClient

from app.content.prose import cut
from app.reports.models.report import Report
from tests.cast import Cast, row
from tests.factories import opened, save
from tests.web.history_pages import SignIn, hesitant, put, words
from tests.workflow.long_story import validated_after_all


def test_a_version_beside_the_one_before_shows_words_that_went_and_came(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    report_id = put(app, cast, validated_after_all)
    answer = sign_in(client, cast.mariam).get(f"/rapports/{report_id}/parties/recommendations/revisions/3")
    assert answer.status_code == 200
    assert '<del><span class="hidden">supprimé : </span>Publier</del>' in answer.text
    assert '<ins><span class="hidden">ajouté : </span>Afficher</ins>' in answer.text
    read = words(answer.text)
    assert "Révision 3 comparée à la révision 2" in read
    assert "Mariam SANOGO" in read and "amendement n° 1" in read
    aside = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.text.partition('id="about"')[2]))
    assert "Adopté par Adama DEMBELE" in aside


def test_a_version_can_be_laid_beside_any_earlier_one(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    report_id = put(app, cast, hesitant)
    place = f"/rapports/{report_id}/parties/conclusion/revisions"
    client = sign_in(client, cast.fanta)
    read = words(client.get(f"{place}/7?avec=3").text)
    assert "Révision 7 comparée à la révision 3" in read
    assert "duré supprimé : uneajouté : cinq heures." in read
    assert "comparée à une partie vide" in words(client.get(f"{place}/1").text)
    for wrong in ("0", "8", "99", "7?avec=7", "7?avec=8", "7?avec=-1"):
        assert client.get(f"{place}/{wrong}").status_code == 404
    assert client.get(f"/rapports/{report_id}/parties/cover/revisions/1").status_code == 404
    assert client.get(f"/rapports/{report_id}/parties/nothing/revisions/1").status_code == 404


def test_a_removed_block_stays_to_be_seen_with_the_name_of_who_wrote_it(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    report_id = put(app, cast, validated_after_all)
    answer = sign_in(client, cast.salif).get(f"/rapports/{report_id}/parties/recommendations/revisions/4")
    read = words(answer.text)
    assert "Supprimé Fanta COULIBALY" in read
    assert "supprimé : Réunir les usagers chaque trimestre." in read


def test_every_run_of_words_names_who_wrote_it(app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn) -> None:
    report_id = put(app, cast, validated_after_all)
    client = sign_in(client, cast.adama)
    page = client.get(f"/rapports/{report_id}/parties/method/revisions/3?vue=auteurs").text
    assert "Fanta COULIBALY : Des exposés ont été suivis de Issa KONE : longs Fanta COULIBALY : débats." in words(page)
    assert 'class="author tone-0"' in page and 'class="run by-1"' in page


def test_what_was_typed_is_never_taken_for_markup(app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn) -> None:
    def hostile(people: Cast) -> Report:
        report = opened(people)
        save(report, "conclusion", cut("<script>alert(1)</script>", "body"), people.fanta)
        return report

    report_id = put(app, cast, hostile)
    client = sign_in(client, cast.fanta)
    for view in ("", "?vue=auteurs"):
        page = client.get(f"/rapports/{report_id}/parties/conclusion/revisions/2{view}").text
        assert "<script>alert" not in page and "&lt;script&gt;alert" in page


def test_a_long_grid_shows_what_changed_and_counts_the_rest(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    def crowded(people: Cast) -> Report:
        report = opened(people)
        rows = [row("attendees", name=f"Personne {n}", body="", contact="", signed="") for n in range(300)]
        save(report, "attendance", tuple(rows), people.fanta)
        rows.insert(150, row("attendees", name="Awa DIOP", body="CAFO", contact="", signed=""))
        save(report, "attendance", tuple(rows), people.fanta)
        return report

    report_id = put(app, cast, crowded)
    page = sign_in(client, cast.fanta).get(f"/rapports/{report_id}/parties/attendance/revisions/3")
    read = words(page.text)
    assert "149 passages sans changement" in read and read.count("149 passages sans changement") == 2
    assert "Prénom et nom ajouté : Awa DIOP" in read
    assert "Personne 149" in read and "Personne 10 " not in read

"""The consistency check on the screen: beside the text, on its own page, before an act, and a slip mended in one gesture."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.directory.models import Person
from app.documents.conformance import pages_of
from app.reports.editing import acts as editing
from app.reports.models.ballot import Choice
from app.reports.models.report import Report
from app.reports.validating import acts as validating
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import DEADLINE, content_of, opened, report_at, reworded, save, written

SignIn = Callable[[FlaskClient, Person], FlaskClient]
Browser = Callable[[str], FlaskClient]
HTMX = {"HX-Request": "true", "HX-Target": "section#consistency"}
PLACE = "/rapports/1"
CHECK = f"{PLACE}/controle"
WHY = "La liste est jointe sur papier."


@pytest.fixture
def browser(app: Flask, cast: Cast, sign_in: SignIn) -> Browser:
    """Opens a browser for one of the cast."""
    return lambda name: sign_in(app.test_client(), getattr(cast, name))


def put(app: Flask, cast: Cast, key: str, old: str, new: str) -> None:
    with app.app_context():
        report = db.session.get_one(Report, 1)
        save(report, key, reworded(content_of(report, key), old, new), cast.fanta)
        db.session.commit()


@pytest.fixture
def slips(app: Flask, cast: Cast) -> None:
    """A draft with a space that is lacking and a speaker who is not on the list of presence."""
    with app.app_context():
        written(opened(cast), cast.fanta)
        db.session.commit()
    put(app, cast, "conclusion", "Les travaux ont", "Les travaux: ils ont")
    put(app, cast, "attendance", "Seydou BA", "Ali SY")


@pytest.fixture
def unsaid(app: Flask, cast: Cast, slips: None) -> None:
    """And a recommendation of which nothing is said."""
    put(app, cast, "follow_up", "non réalisée", "")
    put(app, cast, "follow_up", "Faute de crédits.", "")


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("&nbsp;", " ").split())


def form(html: str) -> dict[str, str]:
    """The fields of the first form that mends."""
    mending = html.split('/controle/corriger"')[1].split("</form>")[0]
    return dict(re.findall(r'name="(finding|base|back)" value="([^"]*)"', mending))


@pytest.mark.usefixtures("slips")
def test_the_report_s_page_asks_for_the_check_by_itself_and_links_to_it_without_script(browser: Browser) -> None:
    page = browser("fanta").get(PLACE).text
    beside = page.split('<section id="consistency"')[1].split("</section>")[0]
    assert f'href="{CHECK}"' in beside
    ask = page.split('id="consistency-ask"')[1].split(">")[0]
    assert f'href="{CHECK}"' in ask and f'hx-get="{CHECK}"' in ask and 'hx-trigger="load"' in ask
    saved = browser("fanta").post(
        f"{PLACE}/parties/method/modifier", data={"zone-body": "Des exposés."}, headers={"HX-Request": "true"}
    )
    assert 'id="consistency-ask"' in saved.text


@pytest.mark.usefixtures("unsaid")
def test_the_panel_names_each_slip_links_to_its_place_and_says_what_stands_in_the_way(browser: Browser) -> None:
    panel = browser("fanta").get(CHECK, headers=HTMX).text
    assert "<html" not in panel and panel.lstrip().startswith('<section id="consistency"')
    assert 'id="consistency-count" hx-swap-oob="true">3<' in panel
    assert f'href="{PLACE}/parties/follow_up/modifier#zone-rows-0-status"' in panel
    assert f'href="{PLACE}/parties/conclusion/modifier#zone-body"' in panel
    said = words(panel)
    assert said.index("Cérémonie d’ouverture") < said.index("Conclusion") < said.index("Suivi des recommandations")
    assert "Seydou BA a pris la parole et n’est pas sur la liste de présence." in said
    assert "Destinataire : 2 sur 2" in said and "Échéance : 0 sur 2" in said
    passing = panel.split('id="passing-hand_over"')[1]
    assert 'aria-disabled="true"' in passing and "À corriger d’abord" in passing


@pytest.mark.usefixtures("slips")
def test_those_who_only_read_are_shown_the_place_and_nothing_to_press(browser: Browser) -> None:
    page = browser("salif").get(CHECK).text
    assert f'href="{PLACE}#part-ceremony"' in page
    assert "/controle/corriger" not in page and "/modifier" not in page and "passing-" not in page


def test_readers_of_published_reports_do_not_see_the_check(
    app: Flask, cast: Cast, desk: object, browser: Browser
) -> None:
    with app.app_context():
        report_at(Stage.PUBLISHED, cast, desk)  # type: ignore[arg-type]
        db.session.commit()
    assert browser("lamine").get(CHECK).status_code == 404
    assert 'id="consistency"' not in browser("lamine").get(PLACE).text
    assert browser("salif").get(CHECK).status_code == 200


@pytest.mark.usefixtures("slips")
def test_without_script_the_warnings_come_with_the_refusal_and_a_word_lets_the_report_pass(
    app: Flask, browser: Browser
) -> None:
    fanta = browser("fanta")
    refused = fanta.post(f"{PLACE}/soumettre", data={"which": "hand_over"})
    assert refused.status_code == 422
    act = refused.text.split('id="act-hand_over"')[1].split("</form>")[0]
    assert "dites pourquoi passer outre" in act and 'name="passing"' in act
    assert "Seydou BA a pris la parole" in words(act) and "2 avertissements du contrôle" in words(act)
    passed = fanta.post(f"{PLACE}/soumettre", data={"which": "hand_over", "passing": WHY})
    assert passed.status_code == 303
    history = words(browser("issa").get(f"{PLACE}/historique").text)
    assert "A passé outre 2 avertissements (intervenant absent, espaces du français) : « La liste" in history.replace(
        "\u202f", " "
    )
    journal = words(browser("salif").get("/journal").text).replace("\u202f", " ")
    assert "A passé outre 2 avertissements" in journal
    with app.app_context():
        assert db.session.get_one(Report, 1).stage is Stage.EDITING


@pytest.mark.usefixtures("slips")
def test_what_was_typed_is_kept_where_something_blocks(app: Flask, cast: Cast, browser: Browser) -> None:
    long = "a" * 200_001
    refused = browser("fanta").post(f"{PLACE}/soumettre", data={"which": "hand_over", "passing": long})
    assert refused.status_code == 422
    act = refused.text.split('id="act-hand_over"')[1].split("</form>")[0]
    assert "trop long" in act


@pytest.mark.usefixtures("slips")
def test_a_slip_is_mended_in_one_gesture_and_leads_to_the_place_or_back_to_the_check(
    app: Flask, browser: Browser
) -> None:
    fanta = browser("fanta")
    typed = form(fanta.get(CHECK).text)
    assert typed.pop("back") == "1"
    answer = fanta.post(f"{CHECK}/corriger", data={**typed, "once": "une-fois"})
    assert (answer.status_code, answer.location) == (303, f"{PLACE}#part-conclusion")
    again = fanta.post(f"{CHECK}/corriger", data={**typed, "once": "une-fois"})
    assert (again.status_code, again.location) == (303, f"{PLACE}#part-conclusion")
    with app.app_context():
        report = db.session.get_one(Report, 1)
        assert content_of(report, "conclusion")[0].text.startswith("Les travaux\u00a0: ils")
        stored = next(part for part in report.parts if part.key == "conclusion")
        assert stored.number == int(typed["base"]) + 1
    assert "Espaces" not in words(fanta.get(CHECK).text)


@pytest.mark.usefixtures("slips")
def test_a_mend_that_comes_too_late_is_refused_with_the_check_as_it_stands(
    app: Flask, cast: Cast, browser: Browser
) -> None:
    fanta = browser("fanta")
    typed = form(fanta.get(CHECK).text)
    put(app, cast, "conclusion", "bonne humeur", "joie")
    answer = fanta.post(f"{CHECK}/corriger", data=typed)
    assert answer.status_code == 422
    assert "Le texte a changé depuis que la page a été ouverte" in answer.text
    assert form(answer.text)["base"] == str(int(typed["base"]) + 1)
    for nonsense in ({}, {"finding": "x", "base": "x"}, {"finding": "\0" * 9, "base": "-1"}):
        assert fanta.post(f"{CHECK}/corriger", data=nonsense).status_code == 422


def test_the_president_s_word_past_a_warning_stands_in_the_minutes_of_the_validation(
    app: Flask, browser: Browser, cast: Cast
) -> None:
    with app.app_context():
        report = report_at(Stage.EDITING, cast)
        save(report, "attendance", reworded(content_of(report, "attendance"), "Seydou BA", "Ali SY"), cast.issa)
        editing.transmit(report, cast.issa, DEADLINE, date.today(), WHY)
        for person in (cast.mariam, cast.oumar, cast.adama):
            validating.vote(report, person, Choice.APPROVE)
        db.session.commit()
    adama = browser("adama")
    assert adama.post(f"{PLACE}/valider").status_code == 422
    assert adama.post(f"{PLACE}/valider", data={"passing": "La commission l’a lu."}).status_code == 303
    printed = " ".join(pages_of(adama.get(f"{PLACE}/proces-verbal.pdf").data)).replace("\u202f", " ")
    said = " ".join(printed.replace("\u00a0", " ").split())
    for why in (WHY, "La commission l’a lu."):
        assert f"A passé outre 1 avertissement (intervenant absent) : « {why} »" in said

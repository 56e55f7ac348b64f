"""The clock on the screen: the deadline's field, a reading that is late, presence, and what is new for an open page."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from freezegun import freeze_time
from werkzeug.test import TestResponse

from app.db import db
from app.directory.models import Person
from app.reports.editing import acts as editing
from app.reports.models.ballot import Choice
from app.reports.models.report import Report
from app.reports.validating import proxies
from app.reports.validating.acts import vote
from app.workflow import Stage
from app.working_days import add_working_days
from tests.cast import Cast
from tests.factories import DEADLINE, content_of, report_at, reworded, save
from tests.web.test_queries import counted

SignIn = Callable[[FlaskClient, Person], FlaskClient]
Enter = Callable[[str], FlaskClient]
HTMX = {"HX-Request": "true"}
PLACE = "/rapports/1"
BEAT = f"{PLACE}/parties/method/presence"


@pytest.fixture
def enter(app: Flask, cast: Cast, sign_in: SignIn) -> Enter:
    return lambda name: sign_in(app.test_client(), getattr(cast, name))


def brought(app: Flask, stage: Stage, cast: Cast) -> None:
    with app.app_context():
        assert report_at(stage, cast).id == 1
        db.session.commit()


def the_report() -> Report:
    return db.session.get_one(Report, 1)


def reworded_by(app: Flask, person: Person, key: str = "method") -> None:
    with app.app_context():
        save(the_report(), key, reworded(content_of(the_report(), key), "débats", "échanges"), person)
        db.session.commit()


def voted(app: Flask, person: Person) -> None:
    with app.app_context():
        vote(the_report(), person, Choice.APPROVE)
        db.session.commit()


def named(app: Flask, giver: Person, holder: Person) -> None:
    with app.app_context():
        proxies.name(the_report(), giver, holder)
        db.session.commit()


def next_question(page: TestResponse) -> str:
    """The address that the page asks for news."""
    found = re.search(r'id="news">\s*<a href="([^"]+)"', page.text)
    assert found, page.text[:200]
    return found[1].replace("&amp;", "&")


# --- The deadline


def test_issa_is_proposed_ten_working_days_and_told_the_holidays_in_between(
    app: Flask, cast: Cast, enter: Enter
) -> None:
    brought(app, Stage.EDITING, cast)
    with freeze_time("2026-12-14 09:00:00"):
        page = enter("issa").get(PLACE).text
    assert 'value="2026-12-29"' in page
    assert "dans 10 jours ouvrables" in page
    assert "Fête de Noël (le 25 décembre 2026)" in page
    assert "estimations" in page


@pytest.mark.parametrize(
    ("deadline", "sentence"),
    [
        ("2026-12-19", "est un samedi"),
        ("2026-12-25", "Fête de Noël"),
        ("2020-01-06", "postérieure"),
        ("demain", "Indiquez"),
    ],
)
def test_a_day_on_which_no_reading_may_end_comes_back_with_a_sentence(
    app: Flask, cast: Cast, enter: Enter, deadline: str, sentence: str
) -> None:
    brought(app, Stage.EDITING, cast)
    with freeze_time("2026-12-14 09:00:00"):
        form = {"deadline": deadline, "which": "transmit"}
        answer = enter("issa").post(f"{PLACE}/transmettre", data=form)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{deadline}"' in answer.text


def test_a_late_reading_says_so_to_everybody_and_asks_the_president(app: Flask, cast: Cast, enter: Enter) -> None:
    brought(app, Stage.READING, cast)
    with freeze_time(datetime.combine(DEADLINE + timedelta(days=1), datetime.min.time(), UTC)):
        assert "est passée" in enter("mariam").get(PLACE).text
        page = enter("adama").get(PLACE).text
        assert "est passée" in page
        assert re.search(r'id="act-extend".*?<details open>', page, re.S)
        tasks = enter("adama").get("/").text
        assert "La date limite de lecture est passée" in tasks
        assert f'href="{PLACE}#clock"' in tasks
        assert "en retard" in tasks
        assert "en retard" in enter("salif").get("/rapports").text
    assert "est passée" not in enter("adama").get(PLACE).text


def test_adama_extends_the_reading_and_the_history_says_why(app: Flask, cast: Cast, enter: Enter) -> None:
    brought(app, Stage.READING, cast)
    form = {
        "deadline": add_working_days(DEADLINE, 2).isoformat(),
        "reason": "Deux membres sont en mission",
        "which": "extend",
    }
    assert enter("adama").post(f"{PLACE}/prolonger", data=form).status_code == 303
    with app.app_context():
        assert the_report().deadline == add_working_days(DEADLINE, 2)
    history = enter("salif").get(f"{PLACE}/historique").text
    assert "a prolongé la lecture jusqu’au" in history
    assert "Deux membres sont en mission" in history


def test_an_extension_that_is_none_is_refused_beside_its_form(app: Flask, cast: Cast, enter: Enter) -> None:
    brought(app, Stage.READING, cast)
    form = {"deadline": DEADLINE.isoformat(), "reason": "Motif", "which": "extend"}
    answer = enter("adama").post(f"{PLACE}/prolonger", data=form)
    assert answer.status_code == 422
    assert re.search(r'id="error-extend"[^>]*>.*?court déjà', answer.text, re.S)


# --- Presence


def test_an_open_editor_tells_others_and_is_told_of_them(app: Flask, cast: Cast, enter: Enter) -> None:
    brought(app, Stage.READING, cast)
    mariam, oumar = enter("mariam"), enter("oumar")
    assert mariam.post(BEAT).status_code == 204
    told = oumar.post(BEAT)
    assert told.status_code == 200
    assert "Mariam SANOGO prépare un amendement à cette partie depuis" in told.text
    known = re.search(r'value="(method\.\d+)"', told.text)
    assert known
    assert oumar.post(BEAT, data={"marks": known[1]}).status_code == 204
    assert "Oumar CISSE" in mariam.get(f"{PLACE}/parties/method/amender", headers=HTMX).text
    assert "Oumar CISSE" in enter("issa").get(PLACE).text


def test_an_amendment_filed_ends_the_presence(app: Flask, cast: Cast, enter: Enter) -> None:
    brought(app, Stage.READING, cast)
    mariam = enter("mariam")
    mariam.post(BEAT)
    assert "Mariam SANOGO prépare un amendement" in enter("oumar").get(PLACE).text
    mariam.post(f"{PLACE}/parties/method/amender", data={"zone-body": "Des exposés ont été suivis d’échanges."})
    assert "prépare un amendement" not in enter("oumar").get(PLACE).text


def test_a_save_ends_the_presence(app: Flask, cast: Cast, enter: Enter) -> None:
    brought(app, Stage.EDITING, cast)
    issa = enter("issa")
    issa.post(BEAT)
    assert "Issa KONE modifie cette partie" in enter("fanta").get(PLACE).text
    issa.post(f"{PLACE}/parties/method/modifier", data={"zone-body": "Des exposés ont été suivis d’échanges."})
    assert "modifie cette partie" not in enter("fanta").get(PLACE).text


@pytest.mark.parametrize(("key", "code"), [("nulle-part", 404), ("contents", 404)])
def test_nobody_is_present_on_what_is_not_written(app: Flask, cast: Cast, enter: Enter, key: str, code: int) -> None:
    brought(app, Stage.READING, cast)
    assert enter("mariam").post(f"{PLACE}/parties/{key}/presence").status_code == code


# --- News


def test_an_open_page_hears_nothing_when_nothing_is_new(app: Flask, cast: Cast, enter: Enter) -> None:
    brought(app, Stage.EDITING, cast)
    fanta = enter("fanta")
    place = next_question(fanta.get(PLACE))
    answer = fanta.get(place, headers=HTMX)
    assert (answer.status_code, answer.data) == (204, b"")
    assert len(f"HTTP/1.1 {answer.status}\r\n{answer.headers}") < 200
    with counted(app) as seen:
        fanta.get(place, headers=HTMX)
    assert len(seen) <= 3


def test_an_open_page_is_told_that_the_text_has_changed_until_it_is_loaded_anew(
    app: Flask, cast: Cast, enter: Enter
) -> None:
    brought(app, Stage.EDITING, cast)
    fanta = enter("fanta")
    place = next_question(fanta.get(PLACE))
    reworded_by(app, cast.issa)
    told = fanta.get(place, headers=HTMX)
    assert told.status_code == 200
    assert "Le texte a changé." in told.text
    assert "Issa KONE" in told.text
    assert "<html" not in told.text
    again = fanta.get(next_question(told), headers=HTMX)
    assert again.status_code == 204
    reworded_by_conclusion(app, cast)
    later = fanta.get(next_question(told), headers=HTMX)
    assert "Le texte a changé." in later.text
    assert fanta.get(next_question(fanta.get(PLACE)), headers=HTMX).status_code == 204


def reworded_by_conclusion(app: Flask, cast: Cast) -> None:
    with app.app_context():
        save(
            the_report(), "conclusion", reworded(content_of(the_report(), "conclusion"), "humeur", "entente"), cast.issa
        )
        db.session.commit()


def test_one_s_own_acts_are_no_news(app: Flask, cast: Cast, enter: Enter) -> None:
    brought(app, Stage.EDITING, cast)
    issa = enter("issa")
    place = next_question(issa.get(PLACE))
    reworded_by(app, cast.issa)
    assert "Le texte a changé." not in issa.get(place, headers=HTMX).text


def test_votes_arrive_by_themselves_and_leave_what_is_being_typed_alone(app: Flask, cast: Cast, enter: Enter) -> None:
    brought(app, Stage.READING, cast)
    adama = enter("adama")
    place = next_question(adama.get(PLACE))
    voted(app, cast.mariam)
    told = adama.get(place, headers=HTMX).text
    assert re.search(r'id="seats" hx-swap-oob="true".*Mariam SANOGO.*?Approuve', told, re.S)
    assert "textarea" not in told
    assert "Recharger" not in told


def test_a_proxy_arrives_by_itself_and_only_who_holds_it_loads_the_page_anew(
    app: Flask, cast: Cast, enter: Enter
) -> None:
    brought(app, Stage.READING, cast)
    adama, oumar = enter("adama"), enter("oumar")
    places = next_question(adama.get(PLACE)), next_question(oumar.get(PLACE))
    named(app, cast.mariam, cast.oumar)
    told = adama.get(places[0], headers=HTMX).text
    assert "procuration à Oumar CISSE" in told
    assert "Recharger" not in told
    assert "Recharger" in oumar.get(places[1], headers=HTMX).text
    places = next_question(adama.get(PLACE)), next_question(oumar.get(PLACE))
    voted(app, cast.mariam)
    assert "Recharger" not in adama.get(places[0], headers=HTMX).text
    assert "Recharger" in oumar.get(places[1], headers=HTMX).text, "her own vote has ended the proxy he held"


def test_a_change_of_stage_is_told(app: Flask, cast: Cast, enter: Enter) -> None:
    brought(app, Stage.EDITING, cast)
    fanta = enter("fanta")
    place = next_question(fanta.get(PLACE))
    with app.app_context():
        editing.return_draft(the_report(), cast.issa, "La conclusion manque.")
        db.session.commit()
    assert "Le rapport a changé d’étape." in fanta.get(place, headers=HTMX).text


def test_presence_comes_and_goes_on_an_open_page(app: Flask, cast: Cast, enter: Enter) -> None:
    brought(app, Stage.READING, cast)
    adama, mariam = enter("adama"), enter("mariam")
    place = next_question(adama.get(PLACE))
    mariam.post(BEAT)
    told = adama.get(place, headers=HTMX)
    assert re.search(r'id="presence-method" hx-swap-oob="true".*Mariam SANOGO', told.text, re.S)
    assert adama.get(next_question(told), headers=HTMX).status_code == 204
    with freeze_time(datetime.now(UTC) + timedelta(seconds=80)):
        gone = adama.get(next_question(told), headers=HTMX)
    assert re.search(r'id="presence-method" hx-swap-oob="true"', gone.text)
    assert "Mariam" not in gone.text


def test_the_news_without_script_are_the_page_itself(app: Flask, cast: Cast, enter: Enter) -> None:
    brought(app, Stage.READING, cast)
    answer = enter("mariam").get(f"{PLACE}/nouvelles")
    assert (answer.status_code, answer.location) == (303, PLACE)


@pytest.mark.parametrize(
    "query",
    ["", "page=-1", "page=x&vu=y", f"vu={10**30}&page={10**30}", "marques=a.b.c,,.,method", "marques=%3Cscript%3E.1"],
)
def test_odd_questions_are_answered_in_peace(app: Flask, cast: Cast, enter: Enter, query: str) -> None:
    brought(app, Stage.READING, cast)
    answer = enter("mariam").get(f"{PLACE}/nouvelles?{query}", headers=HTMX)
    assert answer.status_code in (200, 204)
    assert "<script" not in answer.text

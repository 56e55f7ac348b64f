"""Who is shut out of their own account has a way in; who guesses leaves a trace, and no flood."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from freezegun import freeze_time
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.audit.verification import verify_chains
from app.commands.people import people
from app.db import db
from app.directory.models import Person
from app.mail.models import Letter
from app.people import persons
from app.people.attempts import FREE
from app.web.account.forgotten import BETWEEN, MAILED_LIVES
from tests.cast import PASSWORD, Cast
from tests.web.test_journal import leave, noted, words

SignIn = Callable[[FlaskClient, Person], FlaskClient]
NEW = "quatre chameaux verts"
FORGOTTEN = "/mot-de-passe-oublie"


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"MAIL_URL": "smtp://127.0.0.1:1", "MAIL_FROM": "Sɛbɛn <seben@exemple.ml>", "BASE_URL": "http://gsb.local"}


def enter(client: FlaskClient, email: str = "fanta@exemple.ml", password: str = PASSWORD, **more: str) -> int:
    return leave(client, "POST", "/connexion", email=email, password=password, **more)


def letters(app: Flask) -> list[Letter]:
    """Those that bring a link; a new device has its letter, too."""
    with app.app_context():
        brings = Letter.text.contains("/mot-de-passe/")
        return list(db.session.scalars(select(Letter).where(brings).order_by(Letter.id)))


def link(app: Flask) -> str:
    found = re.search(r"http://gsb\.local(/mot-de-passe/\S+)", letters(app)[-1].text)
    assert found
    return found[1]


def facts(app: Flask, act: str) -> list[dict[str, Any]]:
    with app.app_context():
        found = db.session.scalars(select(AuditEvent).where(AuditEvent.act == act).order_by(AuditEvent.id))
        return [json.loads(event.body)["facts"] for event in found]


# The way in


def test_fanta_whom_strangers_have_shut_out_comes_in_by_a_link_in_her_mail(app: Flask, cast: Cast) -> None:
    stranger, fanta = app.test_client(), app.test_client()
    for _ in range(FREE["pair"] + 1):
        enter(stranger, password="faux")
    refused = fanta.post("/connexion", data={"email": "fanta@exemple.ml", "password": PASSWORD})
    assert refused.status_code == 429
    assert "Mot de passe oublié\u202f» dit comment entrer" in refused.text
    assert leave(fanta, "POST", FORGOTTEN, email=" Fanta@exemple.ml") == 200
    (letter,) = letters(app)
    assert (letter.recipient, letter.person_id) == ("fanta@exemple.ml", cast.fanta.id)
    assert fanta.post(link(app), data={"password": NEW, "again": NEW}).status_code == 303
    assert enter(fanta, password=NEW) == 303


def test_a_link_that_came_by_mail_serves_once(app: Flask, client: FlaskClient, cast: Cast) -> None:
    leave(client, "POST", FORGOTTEN, email="fanta@exemple.ml")
    place = link(app)
    assert client.get(place).status_code == 200
    assert client.post(place, data={"password": NEW, "again": NEW}).status_code == 303
    assert client.get(place).status_code == 404
    assert client.get(place[:-2]).status_code == 404


def test_a_link_that_came_by_mail_ends_after_two_hours_and_with_the_account(
    app: Flask, client: FlaskClient, cast: Cast
) -> None:
    with freeze_time("2026-03-02 12:00:00") as clock:
        leave(client, "POST", FORGOTTEN, email="fanta@exemple.ml")
        place = link(app)
        clock.tick(MAILED_LIVES)
        assert client.get(place).status_code == 200
        clock.tick(timedelta(seconds=2))
        assert client.get(place).status_code == 404
        leave(client, "POST", FORGOTTEN, email="fanta@exemple.ml")
        place = link(app)
        with app.app_context():
            persons.deactivate(cast.fanta, cast.coumba)
            db.session.commit()
        assert client.get(place).status_code == 404


def test_asking_in_her_place_ends_neither_her_session_nor_her_earlier_links(
    app: Flask, client: FlaskClient, cast: Cast
) -> None:
    enter(client)
    stranger = app.test_client()
    with freeze_time("2026-03-02 12:00:00") as clock:
        leave(stranger, "POST", FORGOTTEN, email="fanta@exemple.ml")
        first = link(app)
        for _ in range(5):
            leave(stranger, "POST", FORGOTTEN, email="fanta@exemple.ml")
        assert len(letters(app)) == 1, "a stranger fills nobody's mailbox"
        clock.tick(BETWEEN)
        leave(stranger, "POST", FORGOTTEN, email="fanta@exemple.ml")
        assert len(letters(app)) == 2
        assert stranger.get(first).status_code == stranger.get(link(app)).status_code == 200
    assert client.get("/compte").status_code == 200


def test_the_answer_says_nothing_of_who_has_an_account(app: Flask, client: FlaskClient, cast: Cast) -> None:
    with app.app_context():
        persons.deactivate(cast.issa, cast.coumba)
        db.session.commit()
    pages = set()
    for email in ("issa@exemple.ml", "personne@exemple.ml", ""):
        pages.add(client.post(FORGOTTEN, data={"email": email}).text)
        leave(client, "POST", FORGOTTEN, email=email)
    assert letters(app) == []
    pages.add(client.post(FORGOTTEN, data={"email": "fanta@exemple.ml"}).text)
    assert len(pages) == 1


def test_each_letter_is_an_event_and_what_sent_none_is_none(app: Flask, client: FlaskClient, cast: Cast) -> None:
    for email in ("fanta@exemple.ml", "fanta@exemple.ml", "personne@exemple.ml"):
        leave(client, "POST", FORGOTTEN, email=email)
    assert noted(app) == ["reset_mailed"]
    (told,) = facts(app, "reset_mailed")
    assert told["person"] == cast.fanta.id
    assert "gsb.local" not in str(told)


class TestWithoutMail:
    @pytest.fixture
    def settings(self) -> dict[str, Any]:
        return {}

    def test_the_page_leads_to_the_coordination_and_takes_no_address(
        self, app: Flask, client: FlaskClient, cast: Cast
    ) -> None:
        page = client.get(FORGOTTEN).text
        assert "Demandez un lien à la coordination" in page
        assert 'name="email"' not in page
        leave(client, "POST", FORGOTTEN, email="fanta@exemple.ml")
        assert letters(app) == []


def test_after_the_clock_was_set_back_an_hour_everybody_signs_in(app: Flask, cast: Cast) -> None:
    with freeze_time("2026-03-02 12:00:00"):
        for person in (cast.fanta, cast.issa):
            assert enter(app.test_client(), person.email or "") == 303
    with freeze_time("2026-03-02 11:00:00"):
        for person in (cast.fanta, cast.issa, cast.mariam):
            assert enter(app.test_client(), person.email or "") == 303


# The trace


def test_guessing_at_addresses_that_nobody_has_is_an_event_a_counter_and_not_one_a_request(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    for number in range(FREE["address"] + 10):
        enter(client, f"personne{number}@ailleurs.ml", "faux")
    assert noted(app) == ["guessing"]
    (told,) = facts(app, "guessing")
    assert told["counters"] == ["address"]
    assert "ailleurs" not in str(told) and "127.0.0.1" not in str(told)
    read = words(sign_in(app.test_client(), cast.salif).get("/journal").text)
    assert "Trop d’essais de connexion ont échoué depuis un même réseau" in read


def test_guessing_at_one_address_that_nobody_has_is_an_event_too(app: Flask, client: FlaskClient, cast: Cast) -> None:
    for _ in range(FREE["pair"] + 10):
        enter(client, "personne@ailleurs.ml", "faux")
    assert [(each["counters"], "person" in each) for each in facts(app, "guessing")] == [(["pair"], False)]


def test_guessing_at_fantas_account_names_it(app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn) -> None:
    for _ in range(FREE["pair"]):
        enter(client, password="faux")
    assert noted(app) == ["sign_in_failed"] * FREE["pair"] + ["guessing"]
    read = words(sign_in(app.test_client(), cast.salif).get("/journal").text)
    assert "ont échoué sur le compte de Fanta COULIBALY" in read


# The command


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    done = app.test_cli_runner().invoke(people, list(arguments))
    return done.exit_code, done.output


def test_a_command_lets_fanta_try_again_at_once_and_the_log_says_so(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    for _ in range(FREE["pair"] + 1):
        enter(client, password="faux")
    assert enter(client) == 429
    assert run(app, "unlock", "fanta@exemple.ml") == (
        0,
        "Fanta COULIBALY peut de nouveau se connecter sans attendre.\n",
    )
    assert enter(client) == 303
    assert facts(app, "unlock") == [{"person": cast.fanta.id}]
    with app.app_context():
        assert verify_chains(db.session) == []
    read = words(sign_in(app.test_client(), cast.salif).get("/journal").text)
    assert "a levé l’attente après des essais de connexion pour le compte de Fanta COULIBALY" in read


def test_a_command_lets_everybody_try_again(app: Flask, client: FlaskClient, cast: Cast) -> None:
    for number in range(FREE["address"]):
        enter(client, f"personne{number}@ailleurs.ml", "faux")
    assert enter(client) == 429
    assert run(app, "unlock", "--all")[0] == 0
    assert enter(client) == 303
    assert facts(app, "unlock") == [{}]


@pytest.mark.parametrize("arguments", [(), ("fanta@exemple.ml", "--all"), ("personne@exemple.ml",)])
def test_the_command_wants_one_that_exists_or_all(app: Flask, cast: Cast, arguments: tuple[str, ...]) -> None:
    assert run(app, "unlock", *arguments)[0] != 0
    assert facts(app, "unlock") == []

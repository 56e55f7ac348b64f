"""A second factor at sign-in: who must give one, who may, and what a password alone opens."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from freezegun import freeze_time
from passlib.totp import TOTP

from app.db import db, now
from app.directory.models import Person
from app.people import persons
from app.people.attempts import FREE
from tests.cast import PASSWORD, Cast
from tests.web.people_log import told

SignIn = Callable[[FlaskClient, Person], FlaskClient]
ASK = "/connexion/second-facteur"
NOON = "2026-03-02 12:00:00"


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"SECOND_FACTOR": "coordination"}


def enter(client: FlaskClient, name: str, **more: str) -> Any:
    return client.post("/connexion", data={"email": f"{name}@exemple.ml", "password": PASSWORD, **more})


def is_in(client: FlaskClient) -> bool:
    return client.get("/rapports").status_code == 200


def enrol(client: FlaskClient) -> tuple[str, list[str]]:
    """Enrol an application of codes; answers with its secret and the recovery codes."""
    page = client.get("/compte/facteurs").text
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    sealed = re.search(r'name="sealed" value="([^"]+)"', page)
    assert secret and sealed
    key = secret[1].replace(" ", "")
    form = {"sealed": sealed[1], "code": code(key), "password": PASSWORD, "which": "codes"}
    answer = client.post("/compte/facteurs/application", data=form)
    return key, re.findall(r"<li><code>([^<]+)</code>", answer.text)


def code(key: str) -> str:
    return str(TOTP(key=key, format="base32").generate(time=now()).token)


def enrolled(app: Flask, name: str) -> tuple[str, list[str]]:
    """As after a first visit on another device, half a minute ago."""
    client = app.test_client()
    assert enter(client, name).status_code == 303
    return enrol(client)


# Who must have one.


def test_a_coordinator_without_a_factor_is_led_to_enrol_before_anything_else_works(
    app: Flask, client: FlaskClient, cast: Cast
) -> None:
    assert enter(client, "coumba").status_code == 303
    for place in ("/", "/rapports", "/administration/personnes", "/compte", "/journal", "/compte/mot-de-passe"):
        answer = client.get(place)
        assert (answer.status_code, answer.location) == (303, "/compte/facteurs"), place
    refused = client.post(f"/administration/personnes/{cast.fanta.id}/roles", data={"role": "reader", "place": "1"})
    assert refused.status_code == 403
    assert client.get("/administration/personnes", headers={"HX-Request": "true"}).status_code == 403
    assert "Votre rôle demande un second facteur" in client.get("/compte/facteurs").text
    _, recovery = enrol(client)
    assert len(recovery) == 8
    assert is_in(client)
    with app.app_context():
        assert db.session.get_one(Person, cast.fanta.id).grants[0].role == "facilitator"


def test_every_page_but_the_enrolment_is_shut_until_then(app: Flask, client: FlaskClient, cast: Cast) -> None:
    enter(client, "coumba")
    open_to_all = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if getattr(app.view_functions[rule.endpoint], "states_act", "") == "public"
    }
    for rule in app.url_map.iter_rules():
        if (
            rule.endpoint == "static"
            or rule.rule in open_to_all
            or rule.endpoint.startswith("factors.")
            or "<" in rule.rule
        ):
            continue
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        with client.open(rule.rule, method=method) as answer:
            assert answer.status_code in (303, 403), rule.rule
            assert answer.status_code == 403 or answer.location == "/compte/facteurs", rule.rule


def test_a_coordinator_signs_in_with_password_and_code_and_is_led_where_she_was_going(
    app: Flask, client: FlaskClient, cast: Cast
) -> None:
    with freeze_time(NOON) as clock:
        key, _ = enrolled(app, "coumba")
        clock.tick(timedelta(seconds=31))
        answer = enter(client, "coumba", next="/journal")
        assert (answer.status_code, answer.location) == (303, ASK)
        assert not is_in(client)
        assert client.get(ASK).status_code == 200
        answer = client.post(ASK, data={"factor": code(key)})
        assert (answer.status_code, answer.location) == (303, "/journal")
        assert is_in(client)


def test_the_password_alone_of_a_coordinator_with_a_factor_opens_nothing(
    app: Flask, client: FlaskClient, cast: Cast
) -> None:
    with freeze_time(NOON) as clock:
        key, _ = enrolled(app, "coumba")
        enter(client, "coumba")
        assert client.get("/compte/facteurs").status_code == 303, "enrolling another would do"
        for wrong in ("000000", code(key), "", "abcde-fghjk"):  # the second one served already, at enrolment
            assert "n’est pas le bon" in client.post(ASK, data={"factor": wrong}).text.replace("\u202f", " ")
            assert not is_in(client)
        clock.tick(timedelta(seconds=31))
        other = app.test_client()
        assert other.post(ASK, data={"factor": code(key)}).location == "/connexion", "without a password"


def test_guessing_codes_is_slowed_down_and_being_right_with_the_password_forgives_nothing(
    app: Flask, client: FlaskClient, cast: Cast
) -> None:
    with freeze_time(NOON) as clock:
        key, _ = enrolled(app, "coumba")
        clock.tick(timedelta(seconds=31))
        for _ in range(FREE["device"] + FREE["pair"]):
            enter(client, "coumba")
            client.post(ASK, data={"factor": "000000"})
        enter(client, "coumba")
        assert client.post(ASK, data={"factor": code(key)}).status_code == 429
        assert not is_in(client)


def test_the_question_waits_ten_minutes_and_not_beyond_a_new_password(
    app: Flask, client: FlaskClient, cast: Cast
) -> None:
    with freeze_time(NOON) as clock:
        key, _ = enrolled(app, "coumba")
        enter(client, "coumba")
        clock.tick(timedelta(minutes=11))
        assert client.post(ASK, data={"factor": code(key)}).location == "/connexion"
        enter(client, "coumba")
        with app.app_context():
            persons.end_sessions(db.session.get_one(Person, cast.coumba.id))
            db.session.commit()
        assert client.post(ASK, data={"factor": code(key)}).location == "/connexion"
        assert not is_in(client)


def test_a_recovery_code_serves_once_and_says_how_many_are_left(app: Flask, client: FlaskClient, cast: Cast) -> None:
    _, recovery = enrolled(app, "coumba")
    enter(client, "coumba")
    client.post(ASK, data={"factor": recovery[0].upper()})
    assert "Il vous en reste 7" in client.get("/rapports").text
    other = app.test_client()
    enter(other, "coumba")
    assert other.post(ASK, data={"factor": recovery[0]}).status_code == 200
    assert not is_in(other)


def test_a_session_from_before_the_role_was_given_is_asked_for_the_factor(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    with freeze_time(NOON) as clock:
        key, _ = enrolled(app, "coumba")
        clock.tick(timedelta(seconds=31))
        sign_in(client, cast.coumba)
        assert client.get("/rapports").location == ASK
        assert client.get("/compte/facteurs").location == ASK, "enrolling another would do"
        assert client.post(ASK, data={"factor": code(key)}).location == "/"
        assert is_in(client)


def test_a_new_password_keeps_the_factor_of_the_session(app: Flask, client: FlaskClient, cast: Cast) -> None:
    enter(client, "coumba")
    enrol(client)
    new = "quatre chameaux verts"
    form = {"current": PASSWORD, "password": new, "again": new}
    assert client.post("/compte/mot-de-passe", data=form).status_code == 303
    assert is_in(client)


# Who may.


def choose(client: FlaskClient, ask: str, password: str = PASSWORD) -> Any:
    return client.post("/compte/facteurs/connexion", data={"ask": ask, "password": password, "which": "sign-in"})


def test_for_others_the_password_is_enough_until_they_want_more(app: Flask, client: FlaskClient, cast: Cast) -> None:
    with freeze_time(NOON) as clock:
        enter(client, "fanta")
        assert is_in(client)
        assert choose(client, "1").status_code == 422, "there is nothing to be asked for"
        key, _ = enrol(client)
        other = app.test_client()
        assert enter(other, "fanta").location == "/"
        assert "n’est pas votre mot de passe" in choose(client, "1", "faux").text
        assert choose(client, "1").status_code == 303
        clock.tick(timedelta(seconds=31))
        other = app.test_client()
        assert enter(other, "fanta").location == ASK
        assert not is_in(other)
        other.post(ASK, data={"factor": code(key)})
        assert is_in(other)
        assert choose(other, "0").status_code == 303
        assert enter(app.test_client(), "fanta").location == "/"
    asked = [facts["at_sign_in"] for act, _, facts in told(app) if act == "factor_asked"]
    assert asked == [True, False]


class TestWhereNobodyMust:
    @pytest.fixture
    def settings(self) -> dict[str, Any]:
        return {}

    def test_a_coordinator_works_with_the_password_alone(self, client: FlaskClient, cast: Cast) -> None:
        enter(client, "coumba")
        assert is_in(client)

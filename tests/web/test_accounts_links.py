"""Choosing a password by a link, and the commands of who keeps the machine."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from freezegun import freeze_time

from app.commands import people
from app.db import db
from app.directory.models import Person, Role
from app.people import passwords, persons
from app.people.attempts import FREE
from app.web.account.sign_in import reset_link
from app.web.login import LINK_LIVES
from tests.cast import PASSWORD, Cast
from tests.web.people_log import acts, told

SignIn = Callable[[FlaskClient, Person], FlaskClient]
NEW = {"password": "quatre chameaux verts", "again": "quatre chameaux verts"}


@pytest.fixture
def settings() -> dict[str, object]:
    return {"BASE_URL": "http://gsb.local/"}


@pytest.fixture
def link(app: Flask, cast: Cast) -> str:
    """A link the coordination made for Fanta, as a path."""
    return link_for(app, cast)


def link_for(app: Flask, cast: Cast) -> str:
    with app.test_request_context():
        passwords.offer_link(cast.fanta, cast.coumba)
        place = reset_link(cast.fanta)
        db.session.commit()
    return place.removeprefix("http://gsb.local")


def enter(client: FlaskClient, password: str) -> int:
    answer = client.post("/connexion", data={"email": "fanta@exemple.ml", "password": password})
    return answer.status_code


def test_fanta_chooses_a_password_by_the_link_and_signs_in_with_it(
    app: Flask, client: FlaskClient, cast: Cast, link: str
) -> None:
    assert "Fanta COULIBALY" in client.get(link).text
    answer = client.post(link, data=NEW)
    assert (answer.status_code, answer.location) == (303, "/connexion")
    assert enter(client, PASSWORD) == 200
    assert enter(client, NEW["password"]) == 303
    assert told(app)[-1] == ("password_reset", cast.fanta.id, {"person": cast.fanta.id, "territory": 1})


def test_a_link_serves_once(client: FlaskClient, link: str) -> None:
    client.post(link, data=NEW)
    answer = client.post(link, data={"password": "cinq girafes jaunes", "again": "cinq girafes jaunes"})
    assert answer.status_code == 404
    assert "Ce lien ne sert plus" in answer.text
    assert enter(client, NEW["password"]) == 303


def test_opening_a_link_spends_it_not(client: FlaskClient, link: str) -> None:
    for _ in range(3):
        assert client.get(link).status_code == 200
    assert client.post(link, data=NEW).status_code == 303


def test_a_link_dies_after_its_days(client: FlaskClient, link: str) -> None:
    with freeze_time(datetime.now(UTC) + LINK_LIVES + timedelta(minutes=1)):
        assert client.get(link).status_code == 404
        assert client.post(link, data=NEW).status_code == 404


def test_a_new_link_replaces_the_one_before(app: Flask, client: FlaskClient, cast: Cast, link: str) -> None:
    newer = link_for(app, cast)
    assert client.get(link).status_code == 404
    assert client.get(newer).status_code == 200


def test_a_password_chosen_meanwhile_ends_the_link(app: Flask, client: FlaskClient, cast: Cast, link: str) -> None:
    with app.app_context():
        passwords.choose(cast.fanta, "hash", "password_change", cast.fanta)
        db.session.commit()
    assert client.get(link).status_code == 404


def test_the_link_of_a_deactivated_person_opens_nothing(app: Flask, client: FlaskClient, cast: Cast, link: str) -> None:
    with app.app_context():
        cast.fanta.active = False  # the account's state alone, without the new session name that deactivating gives
        db.session.commit()
    assert client.post(link, data=NEW).status_code == 404


@pytest.mark.parametrize("token", ["x", "a.b.c", "é", "%00", "W10.aaaa.bbbb", "x" * 5000])
def test_an_invented_link_opens_nothing(client: FlaskClient, cast: Cast, token: str) -> None:
    assert client.get(f"/mot-de-passe/{token}").status_code == 404


def test_a_bad_password_is_told_and_the_link_still_serves(app: Flask, client: FlaskClient, link: str) -> None:
    answer = client.post(link, data={"password": "court", "again": "court"})
    assert answer.status_code == 422
    assert "il en faut au moins 12" in answer.text
    assert acts(app) == ["reset_link"]
    assert client.post(link, data=NEW).status_code == 303


def test_open_sessions_end_when_a_link_is_made(app: Flask, cast: Cast) -> None:
    open_one = app.test_client()
    assert enter(open_one, PASSWORD) == 303
    link_for(app, cast)
    assert open_one.get("/compte").status_code == 303


def test_whoever_was_signed_in_there_before_is_so_no_more(
    app: Flask, client: FlaskClient, cast: Cast, link: str, sign_in: SignIn
) -> None:
    sign_in(client, cast.issa).post(link, data=NEW)
    assert client.get("/compte").status_code == 303


def test_a_person_under_siege_gets_in_by_a_link(app: Flask, client: FlaskClient, cast: Cast) -> None:
    stranger = app.test_client()
    for _ in range(FREE["pair"]):
        enter(stranger, "faux")
    assert enter(client, PASSWORD) == 429
    client.post(link_for(app, cast), data=NEW)
    assert enter(client, NEW["password"]) == 303


def test_the_forgotten_password_page_sends_people_to_the_coordination(client: FlaskClient) -> None:
    page = client.get("/mot-de-passe-oublie").text
    assert "Demandez un lien à la coordination" in page
    assert "<form" not in page.split("<main", 1)[1].split("</main>", 1)[0]


# Commands.


def run(app: Flask, *words: str) -> tuple[int, str]:
    people.register(app)
    result = app.test_cli_runner().invoke(args=["people", *words])
    return result.exit_code, result.output


def test_the_first_administrator_gets_the_coordination_and_a_link(app: Flask, client: FlaskClient) -> None:
    code, said = run(app, "add-administrator", "Awa@Exemple.ml", "--first-name", "Awa", "--surname", "DIOP")
    assert code == 0, said
    place = said.split("http://gsb.local", 1)[1].strip()
    assert client.post(place, data=NEW).status_code == 303
    client.post("/connexion", data={"email": "awa@exemple.ml", "password": NEW["password"]})
    assert client.get("/administration/personnes").status_code == 200
    assert acts(app) == ["person_add", "grant_give", "reset_link", "password_reset"]


def test_somebody_already_there_becomes_administrator_again(app: Flask, cast: Cast) -> None:
    with app.app_context():
        persons.deactivate(cast.fanta, cast.coumba)
        db.session.commit()
    assert run(app, "add-administrator", "fanta@exemple.ml")[0] == 0
    with app.app_context():
        assert cast.fanta.holds(Role.COORDINATION)
    assert acts(app) == ["person_deactivate", "person_activate", "grant_give", "reset_link"]


def test_without_a_name_nobody_is_added(app: Flask) -> None:
    code, said = run(app, "add-administrator", "awa@exemple.ml")
    assert code == 1
    assert "Le prénom manque. Le nom manque." in said
    assert acts(app) == []


def test_a_link_is_printed_for_a_known_address_only(app: Flask, client: FlaskClient, cast: Cast) -> None:
    code, said = run(app, "reset-link", "fanta@exemple.ml")
    assert code == 0
    assert client.get(said.split("http://gsb.local", 1)[1].strip()).status_code == 200
    assert told(app) == [("reset_link", None, {"person": cast.fanta.id, "territory": 1})]
    assert run(app, "reset-link", "personne@exemple.ml") == (
        1,
        "Error: Personne n’est inscrit avec l’adresse personne@exemple.ml.\n",
    )


def test_an_account_is_closed_from_the_machine(app: Flask, client: FlaskClient, cast: Cast) -> None:
    enter(client, PASSWORD)
    assert run(app, "deactivate", "fanta@exemple.ml")[0] == 0
    assert client.get("/compte").status_code == 303
    assert told(app) == [("person_deactivate", None, {"person": cast.fanta.id, "territory": 1})]

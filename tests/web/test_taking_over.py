"""Attacks on other people's accounts by who administers them: each is tried as a whole, and fails."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.directory.models import Person, Role
from app.mail.models import Letter
from app.people import grants, persons
from tests.cast import PASSWORD, Cast
from tests.web.test_administration import particulars

SignIn = Callable[[FlaskClient, Person], FlaskClient]
AWA = {"email": "awa@exemple.ml", "first_name": "Awa", "surname": "DIOP"}
CHOSEN = "quatre chameaux verts"
SEGOU, KAYES = "1", "2"


@pytest.fixture
def coumba(app: Flask, cast: Cast, sign_in: SignIn) -> FlaskClient:
    """The national coordination's browser."""
    return sign_in(app.test_client(), cast.coumba)


@pytest.fixture
def moussa(app: Flask, cast: Cast, sign_in: SignIn) -> FlaskClient:
    """The browser of Moussa, who coordinates Ségou, and is out for more."""
    with app.app_context():
        while cast.moussa.grants:
            grants.take(cast.moussa.grants[0], cast.coumba)
        grants.give(cast.moussa, Role.COORDINATION.value, SEGOU, cast.coumba)
        db.session.commit()
    return sign_in(app.test_client(), cast.moussa)


def inscribed(client: FlaskClient, **person: str) -> tuple[Person, str]:
    """A new person, and the link by which a password is chosen."""
    answer = client.post("/administration/personnes/nouvelle", data={**AWA, **person})
    with client.application.app_context():
        found = persons.by_email(person.get("email", AWA["email"]))
        assert found is not None
        db.session.expunge_all()
    return found, link_in(answer.text)


def link_in(page: str) -> str:
    found = re.search(r"http://[^<\s]+(/mot-de-passe/[^<\s]+)", page)
    return found[1] if found else ""


def place_of(person: Person) -> str:
    return f"/administration/personnes/{person.id}"


def given(client: FlaskClient, person: Person, role: Role, where: str) -> int:
    form = {"role": role.value, "place": where}
    return client.post(f"{place_of(person)}/roles", data=form).status_code


def chosen(app: Flask, link: str) -> int:
    return app.test_client().post(link, data={"password": CHOSEN, "again": CHOSEN}).status_code if link else 404


def enters(app: Flask, email: str, password: str) -> FlaskClient | None:
    """A browser in which this address and password were given; None where they open nothing."""
    client = app.test_client()
    answer = client.post("/connexion", data={"email": email, "password": password})
    return client if answer.status_code == 303 else None


# A regional coordinator becomes national by an old password link.


def test_a_link_drawn_before_a_national_role_opens_nothing_after_it(
    app: Flask, coumba: FlaskClient, moussa: FlaskClient
) -> None:
    awa, link = inscribed(moussa)
    assert given(coumba, awa, Role.COORDINATION, grants.EVERYWHERE) == 303
    assert chosen(app, link) == 404
    assert enters(app, "awa@exemple.ml", CHOSEN) is None


def test_no_link_is_drawn_for_somebody_without_a_role_whom_another_coordination_inscribed(
    app: Flask, coumba: FlaskClient, moussa: FlaskClient
) -> None:
    awa, _ = inscribed(coumba)
    answer = moussa.post(f"{place_of(awa)}/lien")
    assert (answer.status_code, link_in(answer.text)) == (403, "")
    for act in ("", "/desactiver", "/activer", "/facteurs/retirer", "/roles"):
        assert moussa.post(f"{place_of(awa)}{act}", data={"role": "reader", "place": SEGOU}).status_code == 403
    assert given(coumba, awa, Role.COORDINATION, grants.EVERYWHERE) == 303


def test_a_password_chosen_for_awa_by_who_drew_her_link_ends_with_her_national_role(
    app: Flask, coumba: FlaskClient, moussa: FlaskClient
) -> None:
    awa, link = inscribed(moussa)
    assert chosen(app, link) == 303
    session = enters(app, "awa@exemple.ml", CHOSEN)
    assert session is not None
    assert given(coumba, awa, Role.COORDINATION, grants.EVERYWHERE) == 303
    assert session.get("/administration/personnes").status_code == 303, "the session that was open has ended"
    assert enters(app, "awa@exemple.ml", CHOSEN) is None, "and the password has too"
    assert moussa.post(f"{place_of(awa)}/lien").status_code == 403
    shown = coumba.get(place_of(awa)).text
    assert "Le mot de passe reste à choisir" in shown


def test_a_password_known_only_to_its_owner_outlives_a_role_given_within_the_same_reach(
    app: Flask, cast: Cast, coumba: FlaskClient, moussa: FlaskClient
) -> None:
    assert given(moussa, cast.fanta, Role.RAPPORTEUR, SEGOU) == 303
    assert enters(app, "fanta@exemple.ml", PASSWORD) is not None


# A coordinator changes a president's e-mail and signs in as them.


def test_whoever_changes_the_presidents_address_draws_no_link_for_him(
    app: Flask, cast: Cast, coumba: FlaskClient, moussa: FlaskClient
) -> None:
    app.config.update(MAIL_URL="smtp://localhost", MAIL_FROM="Sɛbɛn <seben@exemple.ml>")
    form = particulars(moussa, cast.adama, email="moussa.prive@exemple.ml")
    assert moussa.post(place_of(cast.adama), data=form).status_code == 303
    answer = moussa.post(f"{place_of(cast.adama)}/lien")
    assert (answer.status_code, link_in(answer.text)) == (422, "")
    assert "une autre coordination" in answer.text
    app.test_client().post("/mot-de-passe-oublie", data={"email": "moussa.prive@exemple.ml"})
    assert "/mot-de-passe/" not in "".join(letters(app, "moussa.prive@exemple.ml"))
    assert letters(app, "adama@exemple.ml"), "he is told at the address that was his"


def test_the_president_signs_in_at_his_new_address_and_a_link_may_be_drawn_again(
    app: Flask, cast: Cast, coumba: FlaskClient, moussa: FlaskClient
) -> None:
    form = particulars(moussa, cast.adama, email="adama.dembele@exemple.ml")
    moussa.post(place_of(cast.adama), data=form)
    assert enters(app, "adama.dembele@exemple.ml", PASSWORD) is not None
    assert link_in(moussa.post(f"{place_of(cast.adama)}/lien").text)


def test_another_coordination_may_draw_the_link(
    app: Flask, cast: Cast, coumba: FlaskClient, moussa: FlaskClient
) -> None:
    form = particulars(moussa, cast.adama, email="adama.dembele@exemple.ml")
    moussa.post(place_of(cast.adama), data=form)
    assert link_in(coumba.post(f"{place_of(cast.adama)}/lien").text)


def test_whoever_drew_the_link_changes_no_address_until_its_holder_came_in(
    app: Flask, cast: Cast, coumba: FlaskClient, moussa: FlaskClient
) -> None:
    moussa.post(f"{place_of(cast.adama)}/lien")
    form = particulars(moussa, cast.adama, email="moussa.prive@exemple.ml")
    answer = moussa.post(place_of(cast.adama), data=form)
    assert answer.status_code == 422
    assert "une autre coordination" in answer.text


def letters(app: Flask, address: str) -> list[str]:
    with app.app_context():
        query = select(Letter).where(Letter.recipient == address).order_by(Letter.id)
        return [f"{letter.subject}\n{letter.text}" for letter in db.session.scalars(query)]

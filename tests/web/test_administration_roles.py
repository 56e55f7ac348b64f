"""The coordination gives and takes roles, within its own reach."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.db import db
from app.directory.models import Person, Role
from app.directory.territories import Territory
from app.people import grants, persons
from tests.cast import Cast
from tests.web.people_log import acts, told

SignIn = Callable[[FlaskClient, Person], FlaskClient]
EVERYWHERE = grants.EVERYWHERE


@pytest.fixture
def coumba(client: FlaskClient, cast: Cast, sign_in: SignIn) -> FlaskClient:
    """The coordination's browser."""
    return sign_in(client, cast.coumba)


@pytest.fixture
def moussa(app: Flask, cast: Cast, sign_in: SignIn) -> FlaskClient:
    """The browser of Moussa, who coordinates Kayes alone."""
    with app.app_context():
        kayes = db.session.scalars(select(Territory).where(Territory.name == "Kayes")).one()
        grants.give(cast.moussa, Role.COORDINATION.value, str(kayes.id), cast.coumba)
        db.session.commit()
    return sign_in(app.test_client(), cast.moussa)


def territory(app: Flask, name: str) -> str:
    with app.app_context():
        return str(db.session.scalars(select(Territory.id).where(Territory.name == name)).one())


def give(client: FlaskClient, person: Person, role: str, place: str) -> tuple[int, str]:
    answer = client.post(f"/administration/personnes/{person.id}/roles", data={"role": role, "place": place})
    return answer.status_code, answer.text


def taking(person: Person, number: int = 0) -> str:
    return f"/administration/personnes/{person.id}/roles/{person.grants[number].id}/retirer"


def roles(app: Flask, cast: Cast, name: str) -> list[tuple[Role, str]]:
    with app.app_context():
        held = getattr(cast, name).grants
        return [(grant.role, grant.territory.name if grant.territory else EVERYWHERE) for grant in held]


def test_fanta_becomes_rapporteur_of_kayes_too(app: Flask, coumba: FlaskClient, cast: Cast) -> None:
    kayes = territory(app, "Kayes")
    assert give(coumba, cast.fanta, "rapporteur", kayes)[0] == 303
    assert roles(app, cast, "fanta") == [(Role.FACILITATOR, "Ségou"), (Role.RAPPORTEUR, "Kayes")]
    facts = {"person": cast.fanta.id, "role": "rapporteur", "territory": int(kayes)}
    assert told(app) == [("grant_give", cast.coumba.id, facts)]


def test_a_role_may_be_given_everywhere(app: Flask, coumba: FlaskClient, cast: Cast) -> None:
    assert give(coumba, cast.fanta, "supervisor", EVERYWHERE)[0] == 303
    assert (Role.SUPERVISOR, EVERYWHERE) in roles(app, cast, "fanta")


@pytest.mark.parametrize(
    ("name", "role", "place"), [("fanta", "facilitator", "Ségou"), ("salif", "supervisor", EVERYWHERE)]
)
def test_a_role_is_not_given_twice(
    app: Flask, coumba: FlaskClient, cast: Cast, name: str, role: str, place: str
) -> None:
    where = place if place == EVERYWHERE else territory(app, place)
    code, text = give(coumba, getattr(cast, name), role, where)
    assert code == 422
    assert "a déjà le rôle" in text
    assert len(roles(app, cast, name)) == 1
    assert acts(app) == []


@pytest.mark.parametrize("role", ["member", "president"])
def test_a_commissions_roles_need_its_territory(app: Flask, coumba: FlaskClient, cast: Cast, role: str) -> None:
    code, text = give(coumba, cast.fanta, role, EVERYWHERE)
    assert code == 422
    assert "se donne pour une collectivité, celle de la commission" in text
    assert acts(app) == []


@pytest.mark.parametrize(
    ("role", "place", "sentence"),
    [
        ("", EVERYWHERE, "Choisissez un rôle."),
        ("chef", EVERYWHERE, "Choisissez un rôle."),
        ("reader", "", "Choisissez une collectivité"),
        ("reader", "999", "Choisissez une collectivité"),
        ("reader", "9" * 40, "Choisissez une collectivité"),
        ("reader", "²", "Choisissez une collectivité"),
        ("reader", "<b>", "Choisissez une collectivité"),
    ],
)
def test_a_senseless_choice_is_refused_with_a_sentence(
    app: Flask, coumba: FlaskClient, cast: Cast, role: str, place: str, sentence: str
) -> None:
    code, text = give(coumba, cast.fanta, role, place)
    assert code == 422
    assert sentence in text
    assert acts(app) == []


def test_a_choice_refused_stays_chosen(app: Flask, coumba: FlaskClient, cast: Cast) -> None:
    text = give(coumba, cast.fanta, "member", EVERYWHERE)[1]
    assert '<option value="member" selected>' in text
    assert '<option value="partout" selected>' in text


def test_a_role_is_taken_away_after_a_question(app: Flask, coumba: FlaskClient, cast: Cast) -> None:
    asked = coumba.get(taking(cast.fanta))
    assert "n’aura plus le rôle" in asked.text
    assert roles(app, cast, "fanta") != []
    assert coumba.post(taking(cast.fanta)).status_code == 303
    assert roles(app, cast, "fanta") == []
    assert acts(app) == ["grant_take"]


def test_a_role_taken_away_no_longer_opens_anything(
    app: Flask, coumba: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    give(coumba, cast.fanta, "coordination", EVERYWHERE)
    fanta = sign_in(app.test_client(), cast.fanta)
    assert fanta.get("/administration/personnes").status_code == 200
    with app.app_context():
        place = taking(cast.fanta, 1)
    coumba.post(place)
    assert fanta.get("/administration/personnes").status_code == 303, "the session has ended"
    assert sign_in(fanta, cast.fanta).get("/administration/personnes").status_code == 404


def test_one_persons_role_is_not_reached_through_another(coumba: FlaskClient, cast: Cast) -> None:
    place = f"/administration/personnes/{cast.issa.id}/roles/{cast.fanta.grants[0].id}/retirer"
    assert coumba.get(place).status_code == 404
    assert coumba.post(place).status_code == 404


def test_nobody_takes_their_own_role_away(app: Flask, coumba: FlaskClient, cast: Cast) -> None:
    assert "Retirer ce rôle</button>" not in coumba.get(taking(cast.coumba)).text
    answer = coumba.post(taking(cast.coumba))
    assert answer.status_code == 422
    assert "Vous ne pouvez pas changer vos propres rôles" in answer.text
    assert roles(app, cast, "coumba") == [(Role.COORDINATION, EVERYWHERE)]
    assert acts(app) == []


def test_another_coordination_may_take_it(app: Flask, coumba: FlaskClient, cast: Cast, sign_in: SignIn) -> None:
    give(coumba, cast.fanta, "coordination", EVERYWHERE)
    fanta = sign_in(app.test_client(), cast.fanta)
    assert fanta.post(taking(cast.coumba)).status_code == 303
    assert roles(app, cast, "coumba") == []


# A coordination of one region.


def test_a_regional_coordination_gives_roles_in_its_region_only(app: Flask, moussa: FlaskClient, cast: Cast) -> None:
    awa = inscribed(app, moussa)
    assert give(moussa, awa, "reader", territory(app, "Ségou"))[0] == 403
    assert give(moussa, awa, "coordination", EVERYWHERE)[0] == 403
    assert give(moussa, awa, "reader", territory(app, "Kayes"))[0] == 303
    with app.app_context():
        held = db.session.get_one(Person, awa.id).grants
        assert [(grant.role, grant.territory_id) for grant in held] == [(Role.READER, 2)]


def inscribed(app: Flask, client: FlaskClient) -> Person:
    """Awa, newly put down by whose browser this is."""
    awa = {"email": "awa@exemple.ml", "first_name": "Awa", "surname": "DIOP"}
    client.post("/administration/personnes/nouvelle", data=awa)
    with app.app_context():
        found = persons.by_email(awa["email"])
        assert found is not None
        return found


@pytest.mark.parametrize("act", ["", "/lien", "/desactiver", "/activer", "/roles"])
def test_a_regional_coordination_does_not_lay_hands_on_wider_accounts(
    app: Flask, moussa: FlaskClient, cast: Cast, act: str
) -> None:
    before = acts(app)
    for someone in (cast.coumba, cast.fanta):
        assert moussa.get(f"/administration/personnes/{someone.id}").status_code == 200
        assert moussa.post(f"/administration/personnes/{someone.id}{act}").status_code == 403
    assert moussa.post(taking(cast.fanta)).status_code == 403
    assert acts(app) == before


def test_a_regional_coordination_is_offered_its_own_territories(app: Flask, moussa: FlaskClient, cast: Cast) -> None:
    shown = moussa.get(f"/administration/personnes/{inscribed(app, moussa).id}").text
    assert "Kayes (région)" in shown
    assert "Ségou (région)" not in shown
    assert 'value="partout"' not in shown

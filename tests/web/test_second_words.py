"""A role everywhere takes a second coordinator's word where there is one, and says so where there is none."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from app.db import db
from app.directory.models import Grant, Person, Role, RoleProposal
from app.people import grants, persons, second_words
from app.reports.replay.registers.verifying import verify_registers
from tests.cast import Cast
from tests.registers import entered
from tests.tampering import disarm
from tests.web.people_log import told
from tests.workflow.outsiders import kinds, place_of

SignIn = Callable[[FlaskClient, Person], FlaskClient]
NATIONAL = {"role": Role.SUPERVISOR.value, "place": grants.EVERYWHERE}


@pytest.fixture
def coumba(app: Flask, cast: Cast, sign_in: SignIn) -> FlaskClient:
    """One national coordination, entered in the log as all of the cast are."""
    with app.app_context():
        entered()
        db.session.commit()
    return sign_in(app.test_client(), cast.coumba)


@pytest.fixture
def moussa(app: Flask, cast: Cast, coumba: FlaskClient, sign_in: SignIn) -> FlaskClient:
    """Another national coordination, whom Coumba named while she was alone."""
    form = {"role": Role.COORDINATION.value, "place": grants.EVERYWHERE}
    with app.app_context():
        grants.take(cast.moussa.grants[0], cast.coumba)
        db.session.commit()
    assert coumba.post(f"/administration/personnes/{cast.moussa.id}/roles", data=form).status_code == 303
    return sign_in(app.test_client(), cast.moussa)


def proposed(client: FlaskClient, person: Person) -> str:
    """The role of a supervisor everywhere, asked for this person; where its proposal is answered."""
    answer = client.post(f"/administration/personnes/{person.id}/roles", data=NATIONAL, follow_redirects=True)
    assert "une autre coordination nationale doit confirmer" in answer.text
    with client.application.app_context():
        return f"/administration/roles-proposes/{db.session.scalars(select(RoleProposal.id)).one()}"


def holds(app: Flask, person: Person) -> bool:
    with app.app_context():
        found = db.session.get_one(Person, person.id)
        return any(grant.role is Role.SUPERVISOR and grant.territory is None for grant in found.grants)


def test_alone_a_coordination_gives_the_role_and_screen_and_log_say_it_was_alone(
    app: Flask, cast: Cast, coumba: FlaskClient
) -> None:
    place = f"/administration/personnes/{cast.fanta.id}/roles"
    answer = coumba.post(place, data=NATIONAL, follow_redirects=True)
    assert "il est donné sur votre seule parole, et le journal le dit" in answer.text
    assert holds(app, cast.fanta)
    facts = {"person": cast.fanta.id, "role": "supervisor", "territory": None, "alone": True}
    assert told(app)[-1] == ("grant_give", cast.coumba.id, facts)
    assert "sans seconde parole" in coumba.get("/journal").text


def test_with_two_the_role_waits_for_the_other_and_opens_nothing_yet(
    app: Flask, cast: Cast, coumba: FlaskClient, moussa: FlaskClient
) -> None:
    place = proposed(coumba, cast.fanta)
    assert not holds(app, cast.fanta)
    own = coumba.get("/administration/personnes").text
    assert "Rôles à confirmer" in own and "Confirmer ce rôle" not in own
    assert coumba.post(f"{place}/confirmer").status_code == 422
    assert not holds(app, cast.fanta)
    assert "Confirmer ce rôle" in moussa.get("/administration/personnes").text
    assert moussa.post(f"{place}/confirmer").status_code == 303
    assert holds(app, cast.fanta)
    facts = {"person": cast.fanta.id, "role": "supervisor", "territory": None}
    assert told(app)[-2:] == [
        ("grant_propose", cast.coumba.id, {**facts, "proposed_by": cast.coumba.id}),
        ("grant_give", cast.moussa.id, {**facts, "proposed_by": cast.coumba.id}),
    ]
    assert moussa.post(f"{place}/confirmer").status_code == 404
    assert "que <b>Coumba SIDIBE</b> avait proposé" in moussa.get("/journal").text


def test_the_person_concerned_confirms_nothing(
    app: Flask, cast: Cast, coumba: FlaskClient, moussa: FlaskClient, sign_in: SignIn
) -> None:
    with app.app_context():
        db.session.add(Grant(person_id=cast.lamine.id, role=Role.COORDINATION))
        db.session.commit()
    place = proposed(coumba, cast.lamine)
    lamine = sign_in(app.test_client(), cast.lamine)
    assert "Ce rôle est proposé pour vous" in lamine.get("/administration/personnes").text
    for act in ("confirmer", "ecarter"):
        assert lamine.post(f"{place}/{act}").status_code == 422
    assert not holds(app, cast.lamine)


def test_a_regional_coordination_and_others_have_no_say(
    app: Flask, cast: Cast, coumba: FlaskClient, moussa: FlaskClient, sign_in: SignIn
) -> None:
    place = proposed(coumba, cast.fanta)
    with app.app_context():
        grants.take(cast.adama.grants[0], cast.coumba)
        grants.give(cast.adama, Role.COORDINATION.value, "1", cast.coumba)
        db.session.commit()
    for person in (cast.adama, cast.salif):
        client = sign_in(app.test_client(), person)
        for act in ("confirmer", "ecarter"):
            assert client.post(f"{place}/{act}").status_code == 404
    assert not holds(app, cast.fanta)


def test_a_proposal_set_aside_gives_nothing_and_may_be_made_again(
    app: Flask, cast: Cast, coumba: FlaskClient, moussa: FlaskClient
) -> None:
    place = proposed(coumba, cast.fanta)
    again = coumba.post(f"/administration/personnes/{cast.fanta.id}/roles", data=NATIONAL)
    assert again.status_code == 422 and "est déjà proposé" in again.text
    assert moussa.post(f"{place}/ecarter").status_code == 303
    assert not holds(app, cast.fanta)
    assert told(app)[-1][0] == "grant_decline"
    assert moussa.post(f"{proposed(coumba, cast.fanta)}/confirmer").status_code == 303


def test_the_word_of_who_no_longer_coordinates_counts_no_more(
    app: Flask, cast: Cast, coumba: FlaskClient, moussa: FlaskClient
) -> None:
    place = proposed(coumba, cast.fanta)
    with app.app_context():
        persons.deactivate(cast.coumba, cast.moussa)
        db.session.commit()
    answer = moussa.post(f"{place}/confirmer")
    assert answer.status_code == 422
    assert "n’assure plus la coordination nationale" in answer.text


def test_taking_a_national_role_away_needs_one(
    app: Flask, cast: Cast, coumba: FlaskClient, moussa: FlaskClient
) -> None:
    place = f"/administration/personnes/{cast.salif.id}/roles/{cast.salif.grants[0].id}/retirer"
    assert moussa.post(place).status_code == 303
    assert not holds(app, cast.salif)


# Both verifiers.


@pytest.fixture
def lived(app: Flask, cast: Cast, coumba: FlaskClient, moussa: FlaskClient) -> str:
    """Roles everywhere given alone, confirmed, set aside and waiting; where the database is."""
    moussa.post(f"{proposed(coumba, cast.fanta)}/confirmer")
    moussa.post(f"{proposed(coumba, cast.lamine)}/ecarter")
    proposed(moussa, cast.lamine)
    return place_of(app.config["DATABASE_URL"])


def test_both_verifiers_tell_these_roles_as_they_stand(app: Flask, lived: str) -> None:
    with app.app_context():
        assert verify_registers(db.session) == []
        db.session.rollback()
    assert kinds(lived) == set()


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("UPDATE role_proposal SET proposed_by_id = 9", "role_proposal"),
        ("UPDATE role_proposal SET role = 'coordination'", "role_proposal"),
        ("DELETE FROM role_proposal", "role_proposal"),
        (
            "INSERT INTO role_proposal (person_id, role, proposed_by_id, at) "
            "SELECT 3, 'coordination', 9, at FROM role_proposal",
            "role_proposal",
        ),
    ],
)
def test_both_name_a_proposal_changed_by_hand(app: Flask, lived: str, statement: str, kind: str) -> None:
    with app.app_context():
        disarm(db.session.connection())
        db.session.execute(text(statement))
        db.session.commit()
        assert {finding.kind for finding in verify_registers(db.session)} == {kind}
        db.session.rollback()
    assert kinds(lived) == {kind}


@pytest.mark.parametrize("forged", ["alone", "proposed"])
def test_both_name_a_role_given_alone_or_in_anothers_name_by_who_could_not(
    app: Flask, cast: Cast, lived: str, forged: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An application whose rule was taken out writes a log that convicts it."""
    monkeypatch.setattr(second_words, "needed", lambda actor, person: False)
    monkeypatch.setattr(second_words, "check", lambda proposal, actor: None)
    with app.app_context():
        if forged == "alone":
            grants.give(cast.mariam, "reader", grants.EVERYWHERE, cast.coumba)
        else:
            grants.confirm(second_words.listing()[0], cast.moussa)  # it was Moussa who proposed it
        db.session.commit()
        assert {finding.kind for finding in verify_registers(db.session)} == {"event"}
        db.session.rollback()
    assert kinds(lived) == {"event"}

"""One coordinator of one region against all: the forgery of eighteen seconds, step by step over HTTP, and its refusals."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.audit.models import AuditEvent
from app.db import db
from app.directory.models import Grant, Person, Role
from app.people import grants, persons
from app.reports.access import situation
from app.reports.models.ballot import Ballot, Choice
from app.reports.models.invitation import Invitation
from app.reports.models.report import Report
from app.reports.models.signature import Signature
from app.reports.replay.verifying import verify_reports
from app.reports.validating import acts as validating
from app.workflow import Stage
from tests.cast import PASSWORD, Cast
from tests.factories import DEADLINE, report_at

SignIn = Callable[[FlaskClient, Person], FlaskClient]
HANDS_ON = ("president", "member", "rapporteur", "chair")
TWO_OFFICES = "Vous tenez ici deux charges incompatibles"


class Karim:
    """The coordinator of Ségou and his browser; what he tries is looked at as he reads it."""

    def __init__(self, app: Flask, client: FlaskClient, person: Person) -> None:
        self.app, self.client, self.person = app, client, person

    def refused(self, place: str, sentence: str, status: int = 403, /, **form: Any) -> None:
        answer = self.client.post(place, data=form)
        read = re.sub(r"[\u00a0\u202f]", " ", html.unescape(answer.text))
        assert (answer.status_code, sentence in read) == (status, True), (
            f"{place}: {answer.status_code}\n{read[-3000:]}"
        )

    def holds(self, *roles: str) -> None:
        """As an old database has it, or a race of two requests."""
        with self.app.app_context():
            for role in roles:
                db.session.add(Grant(person_id=self.person.id, role=Role(role), territory_id=1))
            db.session.commit()


@pytest.fixture
def karim(app: Flask, cast: Cast, sign_in: SignIn) -> Karim:
    with app.app_context():
        values = {"first_name": "Karim", "surname": "TOURE", "email": "karim@exemple.ml"}
        person = persons.add(values, cast.coumba)
        person.password = cast.coumba.password
        grants.give(person, "coordination", "1", cast.coumba)
        db.session.commit()
        db.session.refresh(person)
        assert person.grants
        db.session.expunge_all()
    return Karim(app, sign_in(app.test_client(), person), person)


def at(app: Flask, stage: Stage, cast: Cast) -> None:
    with app.app_context():
        report_at(stage, cast)
        db.session.commit()


def stands(app: Flask, stage: Stage, events: int) -> None:
    """The report is where it was, and nothing was written about it."""
    with app.app_context():
        report = db.session.get_one(Report, 1)
        assert report.stage is stage
        assert verify_reports(db.session) == []
        db.session.rollback()
    assert count(app) == events


def count(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count(AuditEvent.id)).where(AuditEvent.stream == "report:1")) or 0


def test_1_he_gives_himself_none_of_the_four_offices_and_neither_does_a_friend(
    app: Flask, cast: Cast, karim: Karim, sign_in: SignIn
) -> None:
    place = f"/administration/personnes/{karim.person.id}/roles"
    friend = Karim(app, sign_in(app.test_client(), cast.coumba), cast.coumba)
    for role in HANDS_ON:
        assert karim.client.post(place, data={"role": role, "place": "1"}).status_code in (403, 422)
        friend.refused(place, "Karim TOURE a le rôle « Coordination » (Ségou), incompatible", 422, role=role, place="1")
    with app.app_context():
        held = db.session.scalars(select(Grant.role).where(Grant.person_id == karim.person.id)).all()
        assert held == [Role.COORDINATION]


def test_2_with_all_four_from_before_he_passes_no_text_on(app: Flask, cast: Cast, karim: Karim) -> None:
    at(app, Stage.EDITING, cast)
    karim.holds(*HANDS_ON)
    before = count(app)
    karim.refused("/rapports/1/transmettre", TWO_OFFICES, deadline=DEADLINE.isoformat())
    karim.refused("/rapports/1/renvoyer-au-facilitateur", TWO_OFFICES, reason="La conclusion.")
    stands(app, Stage.EDITING, before)


def test_3_a_quorum_of_one_is_that_of_the_next_reading_and_he_neither_votes_decides_nor_validates(
    app: Flask, cast: Cast, karim: Karim
) -> None:
    at(app, Stage.READING, cast)
    karim.holds(*HANDS_ON)
    before = count(app)
    page = karim.client.get("/administration/commissions/1").text
    base = re.search(r'name="base" value="([^"]+)"', page)[1]  # type: ignore[index]
    form = {"name": "CRSB de Ségou", "quorum": "1", "majority": "simple", "reading_days": "10", "base": base}
    assert karim.client.post("/administration/commissions/1", data=form).status_code == 303
    karim.refused("/rapports/1/vote", TWO_OFFICES, choice="approve")
    karim.refused("/rapports/1/parties/method/amender", TWO_OFFICES, **{"zone-body": "Autre chose."})
    karim.refused("/rapports/1/valider", TWO_OFFICES)
    karim.refused("/rapports/1/renvoyer-au-rapporteur", TWO_OFFICES, reason="Le lieu.")
    with app.app_context():
        assert situation.facts(db.session.get_one(Report, 1)).quorum == 3
        assert db.session.scalars(select(Ballot)).all() == []
    stands(app, Stage.READING, before)


def test_4_a_friend_on_the_roll_alone_does_not_reach_the_quorum_he_lowered(
    app: Flask, cast: Cast, karim: Karim, sign_in: SignIn
) -> None:
    at(app, Stage.READING, cast)
    with app.app_context():
        validating.vote(db.session.get_one(Report, 1), cast.adama, Choice.APPROVE)
        db.session.commit()
    page = karim.client.get("/administration/commissions/1").text
    base = re.search(r'name="base" value="([^"]+)"', page)[1]  # type: ignore[index]
    form = {"name": "CRSB de Ségou", "quorum": "1", "majority": "simple", "reading_days": "10", "base": base}
    assert karim.client.post("/administration/commissions/1", data=form).status_code == 303
    before = count(app)
    adama = Karim(app, sign_in(app.test_client(), cast.adama), cast.adama)
    adama.refused("/rapports/1/valider", "Quorum non atteint : 1 vote sur 3 requis.", 422)
    stands(app, Stage.READING, before)


def test_5_he_signs_nothing_under_his_name_nor_has_himself_named_to_sign(app: Flask, cast: Cast, karim: Karim) -> None:
    at(app, Stage.VALIDATED, cast)
    karim.holds(*HANDS_ON)
    before = count(app)
    karim.refused("/rapports/1/signature", TWO_OFFICES, password=PASSWORD)
    karim.refused("/rapports/1/refus-de-signer", TWO_OFFICES, password=PASSWORD, reason="Non.")
    form = {"slot": "chair", "substitute": str(karim.person.id), "reference": "Note n° 1"}
    karim.refused("/rapports/1/suppleance", "Karim TOURE tient ici deux charges incompatibles", 422, **form)
    karim.refused(
        "/rencontres/1/modifier", "deux charges incompatibles", 422, chair_id=str(karim.person.id), version="1"
    )
    stands(app, Stage.VALIDATED, before)


def test_6_he_draws_no_invitation_in_the_name_of_who_has_an_account(app: Flask, cast: Cast, karim: Karim) -> None:
    at(app, Stage.VALIDATED, cast)
    before = count(app)
    for slot, name in (("rapporteur", "Issa KONE"), ("chair", "Seydou BA")):
        karim.refused("/rapports/1/invitations", f"{name} a un compte et signe avec lui", 422, slot=slot)
    stands(app, Stage.VALIDATED, before)


def test_7_of_a_chair_without_account_he_has_the_link_never_the_code_and_signs_nothing_by_it(
    app: Flask, cast: Cast, karim: Karim
) -> None:
    with app.app_context():
        bakary = persons.add({"first_name": "Bakary", "surname": "DIARRA", "sans_compte": "1"}, cast.coumba)
        grants.give(bakary, "chair", "1", cast.coumba)
        report = report_at(Stage.VALIDATED, cast)
        report.workshop.chair_id = bakary.id
        db.session.commit()
    given = karim.client.post("/rapports/1/invitations", data={"slot": "chair"})
    assert given.status_code == 200 and not re.search(r"\b\d{4} ?\d{4}\b", given.text)
    link = re.search(r"(/signature/[\w-]{40,})", given.text)[1]  # type: ignore[index]
    before = count(app)
    karim.refused("/rapports/1/invitations/1/code", "Votre rôle ne permet pas cette action")
    karim.holds("president")
    karim.refused("/rapports/1/invitations/1/code", TWO_OFFICES)
    shown = re.search(r'name="file" value="([^"]+)"', karim.client.get(link).text)[1]  # type: ignore[index]
    form = {"read": "1", "written": "Bakary DIARRA", "code": "0000 0000", "file": shown}
    karim.refused(link, "Aucun code n’a encore été tiré pour vous", 422, **form)
    karim.refused(f"{link}/refus", "Aucun code n’a encore été tiré pour vous", 422, reason="Non.", refusal_code="1")
    with app.app_context():
        assert db.session.scalars(select(Signature)).all() == []
        assert db.session.scalars(select(Invitation)).one().code_by_id is None
    stands(app, Stage.VALIDATED, before)


def test_8_he_publishes_nothing_that_two_others_have_not_signed(app: Flask, cast: Cast, karim: Karim) -> None:
    at(app, Stage.VALIDATED, cast)
    before = count(app)
    karim.refused("/rapports/1/publier", "n’est plus possible", 409)
    stands(app, Stage.VALIDATED, before)

"""A substitute signs one report: a rectification of it is signed by those named, or by a substitute of its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.directory.models import Person
from app.documents import verdict
from app.documents.conformance import pages_of
from app.reports.access.situation import signatures_of
from app.reports.models.report import Report
from app.reports.models.signature import Slot
from app.reports.pages.tasks import tasks_of
from app.reports.rectification import acts as rectification
from app.reports.replay.verifying import verify_reports
from app.reports.signing import acts as signing
from app.reports.signing import substituting
from app.reports.signing.acts import Sealer
from app.reports.steps import NotAllowed
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import report_at, sign
from tests.web.test_rectifying import said
from tests.workflow.test_papers import stood_in
from tests.workflow.test_rectifying import WHAT, WHY, validated_again

SignIn = Callable[[FlaskClient, Person], FlaskClient]
STANDS_IN = "P.O. Kadia DIARRA, pour Seydou BA"


def printed(answer: object) -> str:
    return " ".join(" ".join(pages_of(answer.data)).split())  # type: ignore[attr-defined]


def test_a_substitution_ends_with_the_report_it_was_allowed_for_and_another_shows_on_the_rectification(
    app: Flask, client: FlaskClient, cast: Cast, desk: Sealer, sign_in: SignIn
) -> None:
    with app.app_context():
        first = report_at(Stage.VALIDATED, cast, desk)
        kadia = stood_in(first, cast, desk)
        sign(first, kadia, desk)
        sign(first, cast.issa, desk)
        signing.publish(first, cast.coumba)
        second = validated_again(rectification.rectify(first, cast.coumba, WHAT, WHY), cast, desk)
        assert substituting.standing_of(second) == {}
        assert [task.anchor for task in tasks_of(cast.seydou)] == ["sign"] and tasks_of(kadia) == []
        with pytest.raises(NotAllowed):
            sign(second, kadia, desk)
        db.session.commit()
    sign_in(client, cast.coumba)
    shown, paper = said(client.get("/rapports/2")), printed(client.get("/rapports/2/exemplaire-papier.pdf"))
    assert "Kadia" not in shown and "Kadia" not in paper and "P.O." not in paper
    with app.app_context():
        second, kadia = db.session.get_one(Report, 2), db.session.get_one(Person, kadia.id)
        substituting.substitute(
            second, cast.coumba, Slot.CHAIR, kadia.id, "Arrêté n° 15 du 2 avril", b"%PDF-1.7 autre", desk.store
        )
        db.session.commit()
    assert STANDS_IN in printed(client.get("/rapports/2/exemplaire-papier.pdf"))
    assert "Kadia DIARRA" in said(client.get("/rapports/2"))
    sign_in(other := app.test_client(), kadia)
    told = said(other.get("/rapports/2/signature"))
    assert "Vous signez" in told and "pour Seydou BA (président de séance) : Arrêté n° 15 du 2 avril." in told
    assert "Arrêté n° 12" not in told
    with app.app_context():
        second, kadia = db.session.get_one(Report, 2), db.session.get_one(Person, kadia.id)
        with pytest.raises(NotAllowed):
            sign(second, cast.seydou, desk)
        sign(second, kadia, desk)
        sign(second, cast.issa, desk)
        signature = signatures_of(second)["chair"]
        assert desk.store.get(signature.details["document"]) == b"%PDF-1.7 autre"
        found = verdict.examine(desk.store.get(second.signed_hash), lambda _: True, desk.authority.roots)
        assert found.genuine and found.signatures[1].name == "P.O. Kadia DIARRA"
        assert verify_reports(db.session) == []
        db.session.commit()

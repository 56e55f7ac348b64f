"""Every page opens for those whose page it is, at every stage."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.directory.models import Person
from app.reports.signing.acts import Sealer
from app.workflow import CIRCUIT, Stage
from tests.cast import Cast
from tests.factories import amended, report_at

SignIn = Callable[[FlaskClient, Person], FlaskClient]


@pytest.fixture(params=CIRCUIT)
def report_id(request: pytest.FixtureRequest, app: Flask, cast: Cast, desk: Sealer) -> int:
    with app.app_context():
        report = report_at(request.param, cast, desk)
        if request.param is Stage.READING:
            amended(report, "method", "débats", "échanges", cast.mariam, "Plus juste.")
        db.session.commit()
        return report.id


EVERYBODY = ["fanta", "issa", "mariam", "adama", "seydou", "salif", "coumba", "lamine", "moussa"]


@pytest.mark.parametrize("name", EVERYBODY)
def test_the_report_page_opens_for_those_who_may_see_it(
    client: FlaskClient, cast: Cast, sign_in: SignIn, report_id: int, name: str, app: Flask
) -> None:
    from app.reports.access import visibility

    with app.app_context():
        report = visibility.visible_report(getattr(cast, name), report_id)
        stage = report.stage if report else None
        db.session.rollback()
    answer = sign_in(client, getattr(cast, name)).get(f"/rapports/{report_id}")
    if stage is None:
        assert answer.status_code == 404
    else:
        assert answer.status_code == 200
        assert stage.label in answer.text


def test_the_draft_pdf_says_that_it_is_one(client: FlaskClient, cast: Cast, sign_in: SignIn, report_id: int) -> None:
    answer = sign_in(client, cast.salif).get(f"/rapports/{report_id}/projet.pdf")
    assert answer.status_code == 200
    assert answer.data.startswith(b"%PDF-1.7")


@pytest.mark.parametrize("place", ["/", "/rapports", "/campagnes", "/compte/mot-de-passe", "/verifier"])
@pytest.mark.parametrize("name", EVERYBODY)
def test_the_lists_open(client: FlaskClient, cast: Cast, sign_in: SignIn, name: str, place: str) -> None:
    hidden = name == "lamine" and place == "/campagnes"
    assert sign_in(client, getattr(cast, name)).get(place).status_code == (404 if hidden else 200)

"""The signing page: the password again, and the way home."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.people.models import Person
from app.reports.models import Report
from app.workflow import Stage
from tests.cast import PASSWORD, Cast
from tests.factories import report_at

SignIn = Callable[[FlaskClient, Person], FlaskClient]


@pytest.fixture
def report_id(app: Flask, cast: Cast) -> int:
    with app.app_context():
        report = report_at(Stage.VALIDATED, cast)
        db.session.commit()
        return report.id


def stage_of(app: Flask, report_id: int) -> Stage:
    with app.app_context():
        stage = db.session.get_one(Report, report_id).stage
        db.session.rollback()
        return stage


def text_hash(client: FlaskClient, report_id: int) -> str:
    page = client.get(f"/rapports/{report_id}/signature").text
    return page.split('name="text_hash" value="')[1].split('"')[0]


def test_nothing_is_signed_with_a_wrong_password(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, report_id: int
) -> None:
    sign_in(client, cast.issa)
    fields = {"password": "pas le bon", "text_hash": text_hash(client, report_id)}
    answer = client.post(f"/rapports/{report_id}/signature", data=fields)
    assert "rien n’a été signé" in answer.text
    with app.app_context():
        assert db.session.get_one(Report, report_id).final_hash == ""
        db.session.rollback()


def test_guessing_at_the_signing_page_is_slowed_down(
    client: FlaskClient, cast: Cast, sign_in: SignIn, report_id: int
) -> None:
    sign_in(client, cast.issa)
    fields = {"password": "pas le bon", "text_hash": text_hash(client, report_id)}
    answers = [client.post(f"/rapports/{report_id}/signature", data=fields).status_code for _ in range(14)]
    assert answers[0] == 200
    assert answers[-1] == 429


def test_both_sign_and_any_reader_gets_the_signed_file(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, report_id: int
) -> None:
    for person in (cast.seydou, cast.issa):
        sign_in(client, person)
        fields = {"password": PASSWORD, "text_hash": text_hash(client, report_id)}
        assert client.post(f"/rapports/{report_id}/signature", data=fields).status_code == 303
    assert stage_of(app, report_id) is Stage.SIGNED
    answer = sign_in(client, cast.mariam).get(f"/rapports/{report_id}/rapport-signe.pdf")
    assert answer.data.count(b"/ByteRange") >= 2


def test_seydou_who_refuses_is_led_home_for_the_report_is_no_longer_his_to_see(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, report_id: int
) -> None:
    sign_in(client, cast.seydou)
    answer = client.post(
        f"/rapports/{report_id}/refus-de-signer", data={"reason": "Mon titre est faux."}, follow_redirects=True
    )
    assert answer.status_code == 200
    assert "Votre refus est enregistré" in answer.text
    assert stage_of(app, report_id) is Stage.READING

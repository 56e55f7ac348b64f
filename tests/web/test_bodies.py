"""What a form may bring is counted while it comes in: bytes alone are no limit."""

from __future__ import annotations

import resource
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.directory.models import Person
from app.web.bodies import STRANGER_BYTES, STRANGER_FIELDS
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import report_at

SignIn = Callable[[FlaskClient, Person], FlaskClient]
FORM = "application/x-www-form-urlencoded"
MANY = b"a&" * 4_100_000
"""8.2 MB that would be four million fields."""


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"WTF_CSRF_ENABLED": True}


def test_millions_of_fields_are_refused_before_they_are_taken_apart(client: FlaskClient) -> None:
    body = BytesIO(MANY)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = client.post("/connexion", input_stream=body, content_type=FORM, content_length=len(MANY))
    assert answer.status_code == 413 and "trop lourd" in answer.text
    assert len(answer.data) < 50_000, "nothing of it is written into a page"
    assert body.tell() < STRANGER_BYTES, "the rest is not read"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 10_000, "kilobytes"


def test_a_session_made_up_opens_no_wider_door_than_a_real_one(client: FlaskClient) -> None:
    client.set_cookie("session", "made up")
    body = BytesIO(MANY)
    assert client.post("/connexion", input_stream=body, content_type=FORM, content_length=len(MANY)).status_code == 413
    assert body.tell() < 200_000


def test_a_long_form_whose_session_has_ended_still_comes_back_but_not_one_of_endless_rows(client: FlaskClient) -> None:
    ours = {"Sec-Fetch-Site": "same-origin"}
    place = "/rapports/1/parties/conclusion/modifier"
    text = "Les débats ont porté sur les recettes de 2018. " * 4_000
    answer = client.post(place, data={"zone-body": text}, headers=ours)
    assert answer.status_code in (401, 422) and "Les débats ont porté" in answer.text
    rows = {f"zone-attendees-{n}-name": "Awa KONE" for n in range(STRANGER_FIELDS + 1)}
    client.set_cookie("session", "ended")
    answer = client.post(place, data=rows, headers=ours)
    assert answer.status_code == 413 and "Awa KONE" not in answer.text and "Reconnectez-vous" in answer.text


def test_a_list_of_five_thousand_attendees_is_still_a_form(
    app: Flask, cast: Cast, client: FlaskClient, sign_in: SignIn
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        report_at(Stage.DRAFTING, cast)
        db.session.commit()
    rows = {f"zone-attendees-{n}-{field}": "Awa" for n in range(5_000) for field in ("id", "name", "body", "function")}
    answer = sign_in(client, cast.fanta).post("/rapports/1/parties/attendance/modifier", data=rows | {"do": "preview"})
    assert answer.status_code != 413

"""An old report over HTTP: brought, settled, put into the parts; refused with a sentence, and never for another's report."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.content.prose import join
from app.db import db
from app.people.models import Person
from app.reports.models import Report
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import content_of, report_at
from tests.olden import old

SignIn = Callable[[FlaskClient, Person], FlaskClient]
PLACE = "/rapports/1/ancien-rapport"


def send(client: FlaskClient, data: bytes) -> TestResponse:
    return client.post(
        PLACE, data={"file": (BytesIO(data), "a.docx"), "do": "preview"}, content_type="multipart/form-data"
    )


def set_up(app: Flask, cast: Cast) -> None:
    with app.app_context():
        report_at(Stage.DRAFTING, cast)
        db.session.commit()


def test_fanta_brings_an_old_report_places_what_was_not_recognised_and_takes_it_over(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    set_up(app, cast)
    fanta = sign_in(client, cast.fanta)
    assert PLACE in fanta.get("/rapports/1").get_data(as_text=True)
    page = send(fanta, old.bold()).get_data(as_text=True)
    carried = re.search(r'name="carried" value="([^"]+)"', page)
    asked = re.findall(r'<label for="(piece-\d+)">([^<]*)</label>', page)
    assert carried and "reste d’une ligne" in page, "what could not be made a row is shown"
    texts = {text: name for name, text in asked}
    assert {"Février 2017", "Fait à Ségou, le 22 février 2017"} <= set(texts)
    form = {"carried": carried[1], **{name: "-" for name, _ in asked}, texts["Février 2017"]: "method/body"}
    assert fanta.post(f"{PLACE}/reprendre", data={**form, "carried": carried[1][:-3]}).status_code == 422
    assert fanta.post(f"{PLACE}/reprendre", data=form).status_code == 303
    shown = fanta.get("/rapports/1").get_data(as_text=True)
    assert "Repris de l’ancien rapport" in shown and "Recenser le patrimoine" in shown
    with app.app_context():
        method = join(content_of(db.session.get_one(Report, 1), "method"))
    assert method == "Février 2017\n\nElle a été participative."
    assert "depuis un fichier Word" in fanta.get("/rapports/1/historique").get_data(as_text=True)
    assert sign_in(app.test_client(), cast.issa).post(f"{PLACE}/reprendre", data=form).status_code == 403


@pytest.mark.parametrize(
    ("data", "sentence"),
    [(b"", "est vide"), (b"<html>", "pas un document Word"), (b"PK\x03\x04", "endommagé"), (None, "aucun texte")],
)
def test_a_bad_file_is_refused_beside_the_field(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, data: bytes | None, sentence: str
) -> None:
    set_up(app, cast)
    fanta = sign_in(client, cast.fanta)
    answer = send(fanta, old.saved(old.Document()) if data is None else data)
    assert answer.status_code == 422 and sentence in answer.get_data(as_text=True)
    assert fanta.post(PLACE, data={}).status_code == 422

"""Each file of a report prints its photographs: the draft, the paper to sign by hand, the signed file, the public's."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.directory.models import Person
from app.documents import pictures
from app.documents.conformance import findings, pages_of
from app.reports.models.report import Report
from app.reports.signing import acts as signing
from app.reports.signing.acts import Sealer
from app.workflow import Stage
from tests.cast import Cast, row
from tests.factories import report_at, sign, texts
from tests.photographs import photograph

pytestmark = pytest.mark.anywhere

SignIn = Callable[[FlaskClient, Person], FlaskClient]


def test_every_file_of_a_report_prints_the_photographs_that_may_be_shown_and_conforms(
    app: Flask, cast: Cast, desk: Sealer, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = [pictures.keep(pictures.develop(photograph(*size)), desk.store) for size in ((640, 480), (480, 640))]
    said = (("La salle.", "oui"), ("Des enfants.", "non"))
    rows = [
        row("pictures", text=text, credit="", consent=consent, file=picture.written)
        for (text, consent), picture in zip(said, kept, strict=True)
    ]
    told = {**texts(), "photographs": tuple(rows)}
    monkeypatch.setattr("tests.factories.texts", lambda: told)
    with app.app_context():
        report_at(Stage.VALIDATED, cast, desk)
        db.session.commit()
    issa, lamine = (sign_in(app.test_client(), person) for person in (cast.issa, cast.lamine))
    files = {"paper": issa.get("/rapports/1/exemplaire-papier.pdf")}
    with app.app_context():
        report = db.session.get_one(Report, 1)
        sign(report, cast.issa, desk)
        sign(report, cast.seydou, desk)
        signing.publish(report, cast.coumba)
        db.session.commit()
    files |= {name: issa.get(f"/rapports/1/{name}.pdf") for name in ("projet", "rapport-signe")}
    files |= {f"lamine {name}": lamine.get(f"/rapports/1/{name}.pdf") for name in ("projet", "rapport-public")}
    for name, answer in files.items():
        assert answer.status_code == 200, name
        assert answer.data.count(b"/DCTDecode") == 1, name
        text = " ".join(pages_of(answer.data))
        assert "Photographie 1 : La salle." in " ".join(text.split()) and "enfants" not in text, name
        assert findings(answer.data) == [], name

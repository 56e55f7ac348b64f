"""The photographs of a rectification: those of the first report, at its own address, for those who may see it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.content.blocks import FILE
from app.db import db
from app.directory.models import Person
from app.documents import pictures
from app.documents.conformance import pages_of
from app.documents.pictures import kept
from app.reports.models.report import Report
from app.reports.rectification import acts as rectification
from app.reports.signing import acts as signing
from app.reports.signing.acts import Sealer
from app.workflow import Stage
from tests.cast import Cast, row
from tests.factories import content_of, report_at, save, sign, texts
from tests.photographs import photograph
from tests.workflow.test_rectifying import WHAT, WHY, validated_again

SignIn = Callable[[FlaskClient, Person], FlaskClient]
PEOPLE = ("fanta", "salif", "mariam", "lamine", "moussa")


def test_its_photographs_are_seen_and_printed_from_the_rectification_by_those_who_may_see_it(
    app: Flask, cast: Cast, desk: Sealer, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = (("La salle.", "oui"), ("Le marché.", "oui"), ("Des enfants.", "non"))
    sizes = ((640, 480), (480, 640), (400, 300))
    files = [pictures.keep(pictures.develop(photograph(*size)), desk.store) for size in sizes]
    rows = [
        row("pictures", text=text, credit="", consent=consent, file=picture.written)
        for (text, consent), picture in zip(said, files, strict=True)
    ]
    told = {**texts(), "photographs": tuple(rows)}
    monkeypatch.setattr("tests.factories.texts", lambda: told)
    clients = {name: sign_in(app.test_client(), getattr(cast, name)) for name in PEOPLE}

    def served(name: str, report: int = 2) -> list[int]:
        places = (f"/rapports/{report}/images/{each.file}.jpg" for each in files)
        return [clients[name].get(place).status_code for place in places]

    def printed(name: str, file: str, report: int = 2) -> tuple[int, int]:
        answer = clients[name].get(f"/rapports/{report}/{file}.pdf")
        return answer.status_code, answer.data.count(b"/DCTDecode")

    with app.app_context():
        report_at(Stage.PUBLISHED, cast, desk)
        second = rectification.rectify(db.session.get_one(Report, 1), cast.coumba, WHAT, WHY)
        assert [kept(each.fields[FILE]) for each in content_of(second, "photographs")] == files
        db.session.commit()
    # A draft: those with a part in it, all three; nobody else, though the first report is everybody's.
    assert {name: served(name) for name in PEOPLE} == {
        "fanta": [200, 200, 200],
        "salif": [200, 200, 200],
        "mariam": [404, 404, 404],
        "lamine": [404, 404, 404],
        "moussa": [404, 404, 404],
    }
    assert served("lamine", 1) == [200, 200, 404]
    page = clients["fanta"].get("/rapports/2").text
    assert [f"/rapports/2/images/{each.file}.jpg" in page for each in files] == [True, True, False]
    assert "/rapports/1/images/" not in page
    assert printed("fanta", "projet") == (200, 2)
    assert printed("lamine", "projet")[0] == 404
    # The market is taken out of the rectification, which is then published.
    with app.app_context():
        second = db.session.get_one(Report, 2)
        save(second, "photographs", (rows[0], rows[2]), cast.fanta)
        validated_again(second, cast, desk)
        sign(second, cast.issa, desk)
        sign(second, cast.seydou, desk)
        signing.publish(second, cast.coumba)
        db.session.commit()
    assert {name: served(name) for name in PEOPLE} == {
        "fanta": [200, 200, 200],
        "salif": [200, 200, 200],
        "mariam": [200, 200, 200],
        "lamine": [200, 404, 404],
        "moussa": [404, 404, 404],
    }
    assert served("lamine", 1) == [200, 200, 404], "the first report keeps what it was signed with"
    assert printed("mariam", "rapport-signe") == (200, 1)
    assert printed("lamine", "rapport-public") == (200, 1)
    assert printed("lamine", "rapport-public", 1) == (200, 2)
    assert printed("moussa", "rapport-public")[0] == 404
    words = " ".join(pages_of(clients["lamine"].get("/rapports/2/rapport-public.pdf").data)).split("Parties modifiées")[
        1
    ]
    assert "Conclusion" in words[:80] and "Photographies" in words[:80]

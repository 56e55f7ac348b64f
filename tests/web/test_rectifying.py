"""Rectifying on the screen: the form, the banners on both reports, what changes, the code on paper, the PDF."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.directory.models import Person
from app.documents import conformance
from app.reports.models.report import Report
from app.reports.proofs.anchors import anchor_of
from app.reports.rectification import acts as rectification
from app.reports.signing.acts import Sealer
from app.workflow import Stage
from tests.cast import Cast, row
from tests.factories import BASE_URL, final_of, report_at, save, texts
from tests.workflow.test_rectifying import WHAT, WHY, published_again

SignIn = Callable[[FlaskClient, Person], FlaskClient]


def said(answer: Any) -> str:
    plain = re.sub(r"<[^>]+>", "", answer.text).replace("\u202f", " ").replace("\u00a0", " ").replace("&nbsp;", " ")
    return re.sub(r"\s+", " ", plain)


@pytest.fixture
def published(app: Flask, cast: Cast, desk: Sealer) -> int:
    with app.app_context():
        report = report_at(Stage.PUBLISHED, cast, desk)
        db.session.commit()
        return report.id


def test_a_rectification_is_asked_for_with_what_and_why_and_can_be_given_up(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, published: int
) -> None:
    sign_in(client, cast.coumba)
    one = f"/rapports/{published}"
    assert "Rectifier ce rapport" in said(client.get(one))
    lacking = client.post(f"{one}/rectifier", data={"what": WHAT, "reason": ""})
    assert lacking.status_code == 422
    assert "Indiquez le motif de la rectification" in said(lacking)
    assert WHAT in lacking.text
    too_long = client.post(f"{one}/rectifier", data={"what": WHAT, "reason": "a" * 300_000})
    assert (too_long.status_code, "trop long" in said(too_long)) == (422, True)
    opened = client.post(f"{one}/rectifier", data={"what": WHAT, "reason": WHY})
    assert opened.location.endswith("/rapports/2")
    page = said(client.get("/rapports/2"))
    assert "Rapport rectificatif : il rectifie le rapport n° 1" in page
    assert "Aucune partie du texte ne change" in page
    assert WHY in page
    assert "Une rectification est en cours : rapport n° 2" in said(client.get(one))
    again = client.post(f"{one}/rectifier", data={"what": WHAT, "reason": WHY})
    assert (again.status_code, "n° 2 rectifie déjà" in said(again)) == (422, True)
    # Who only reads what is published sees nothing of it yet.
    sign_in(reader := app.test_client(), cast.lamine)
    assert "rectification" not in said(reader.get(one))
    assert reader.get("/rapports/2").status_code == 404
    # The president cannot see a draft: the published report answers.
    bare = client.post("/rapports/2/abandonner", data={"reason": " ", "which": "abandon"})
    assert bare.status_code == 422
    assert client.post("/rapports/2/abandonner", data={"reason": WHY}).location.endswith(one)
    # What was given up is a draft for ever, in Word too, and says what it would have rectified.
    with ZipFile(BytesIO(client.get("/rapports/2/rapport.docx").data)) as word:
        header = "".join(word.read(name).decode() for name in word.namelist() if "header" in name)
        assert "PROJET" in header and "RAPPORT RECTIFICATIF" in word.read("word/document.xml").decode()
    page = said(client.get("/rapports/2"))
    assert "Cette rectification du rapport n° 1, publié le" in page
    assert "Abandonné, sans suite" in page
    history = said(client.get("/rapports/2/historique"))
    assert "a abandonné la rectification. Motif" in history
    assert "pour rectifier le rapport n° 1, dont il reprend le texte" in history
    sign_in(president := app.test_client(), cast.adama)
    assert president.post(f"{one}/rectifier", data={"what": WHAT, "reason": WHY}).location.endswith(one)
    assert "Une rectification est en cours" in said(president.get(one))


def test_both_reports_point_at_each_other_and_the_paper_of_the_first_says_it_is_replaced(
    app: Flask, client: FlaskClient, cast: Cast, desk: Sealer, sign_in: SignIn, published: int
) -> None:
    with app.app_context():
        first = db.session.get_one(Report, published)
        second = rectification.rectify(first, cast.coumba, WHAT, WHY)
        attendees = row("attendees", name="Awa DIOP", body="CAFO", contact="76 11 22 33", signed="")
        save(second, "attendance", (attendees, *texts()["attendance"][1:]), cast.fanta)
        published_again(second, cast, desk)
        final, old, new = final_of(second), desk.store.get(first.signed_hash), desk.store.get(second.signed_hash)
        codes = [anchor_of(each).address(BASE_URL).removeprefix(BASE_URL) for each in (first, second)]
        db.session.commit()
    assert conformance.findings(new) == []
    text = re.sub(r"\s+", " ", " ".join(conformance.pages_of(final)).replace("\u202f", " "))
    for words in ("RAPPORT RECTIFICATIF", "rapport n° 1, publié le", WHAT, WHY, "Parties modifiées :", "Conclusion"):
        assert words in text, words
    # To anybody: the first is genuine, and replaced.
    for place, words in (
        (codes[0], "remplacé par le rapport rectificatif n° 2"),
        (codes[1], "remplace le rapport n° 1"),
    ):
        page = said(client.get(place))
        assert "Ce code est celui du texte signé." in page
        assert words in page
    answer = said(client.post("/verifier", data={"file": (BytesIO(old), "rapport.pdf")}, follow_redirects=True))
    assert "authentique, mais remplacé par le rapport rectificatif n° 2" in answer
    # To readers: a banner on either, the latest alone in the list, and what changes, without persons.
    sign_in(client, cast.lamine)
    assert "remplace celui-ci, qui reste tel qu’il a été signé" in said(client.get("/rapports/1"))
    assert "il rectifie le rapport n° 1" in said(client.get("/rapports/2"))
    listed = said(client.get("/rapports"))
    assert listed.count("Ségou rectifie le n° 1") == 1
    changes = said(client.get("/rapports/2/rectification"))
    assert "dix-sept heures" in changes
    assert "La liste de présence n’est pas comparée" in changes
    assert "76 11" not in changes
    assert client.get("/rapports/2/rapport-public.pdf").status_code == 200
    assert client.get("/rapports/1/rapport-public.pdf").status_code == 200
    # And the meeting's page leads to the one in force.
    sign_in(other := app.test_client(), cast.coumba)
    assert "76 11 22 33" in said(other.get("/rapports/2/rectification"))
    assert '"/rapports/2"' in other.get("/rencontres/1").text

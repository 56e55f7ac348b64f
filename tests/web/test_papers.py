"""Papers over HTTP: pages deposited bit by bit, bad files and forms, who may see a scan, substitutes' documents."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image

from app.db import db
from app.directory.models import Grant, Person, Role
from app.reports.models.ballot import Choice
from app.reports.models.report import Report
from app.reports.models.scan import Scan
from app.reports.models.signature import Slot
from app.reports.signing import acts as signing
from app.reports.signing.acts import Sealer
from app.reports.signing.paper import attesting, filing
from app.reports.validating import acts as validating
from app.workflow import Stage
from tests.cast import PASSWORD, Cast
from tests.factories import final_of, report_at, sign
from tests.paper import KEPT_AT, copy_of, filed, jpeg, scanned, uncoded

SignIn = Callable[[FlaskClient, Person], FlaskClient]
PLACE = "/rapports/1/papier"
ALL_CHECKS = {"checks": ["pages", "signatures", "original"]}


@pytest.fixture
def printed(app: Flask, cast: Cast) -> list[bytes]:
    """The pages of report 1's paper, as a scanner sees them; the text is validated."""
    with app.app_context():
        report = report_at(Stage.VALIDATED, cast)
        db.session.commit()
        pages = scanned(copy_of(report), 110)
        db.session.rollback()
    return [jpeg(page) for page in pages]


def upload(client: FlaskClient, files: list[tuple[str, bytes]], **form: Any) -> Any:
    told = {"files": [(io.BytesIO(content), name) for name, content in files], **form}
    return client.post(PLACE, data=told, content_type="multipart/form-data")


def rows(app: Flask) -> list[Scan]:
    with app.app_context():
        found = list(filing.scans_of(db.session.get_one(Report, 1)))
        db.session.expunge_all()
        db.session.rollback()
        return found


def test_pages_come_bit_by_bit_and_nothing_is_filed_before_all_are_there(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, printed: list[bytes]
) -> None:
    sign_in(client, cast.coumba)
    last = len(printed)
    said = {"slots": "chair", "kept_at": KEPT_AT}
    first = upload(client, [("b.jpg", printed[3]), ("a.jpg", printed[0]), ("notes.txt", b"rien")], **said)
    assert first.status_code == 422 and rows(app) == []
    assert f"sur {last}" in first.text and "« notes.txt » n’a pas été pris" in first.text.replace("\u202f", " ")
    assert f'value="{KEPT_AT}"' in first.text and 'value="chair" checked' in first.text
    # What was there already is kept, on this page and on the next visit; nobody else sees it.
    assert f"2 pages sur {last}" in client.get(PLACE).text
    assert f"sur {last}" not in sign_in(app.test_client(), cast.fanta).get(PLACE).text
    rest = [(f"{n}.jpg", printed[n]) for n in range(last) if n not in (0, 3)]
    lacking = upload(client, rest, slots="chair", kept_at=" ")
    assert lacking.status_code == 422 and rows(app) == [] and "toutes y sont" in lacking.text
    done = upload(client, [], **said)
    done.close()  # as a server does, once the answer has left
    assert done.status_code == 303
    (scan,) = rows(app)
    assert (scan.pages, scan.slots, scan.kept_at, scan.placed) == (last, "chair", KEPT_AT, "")
    assert f"sur {last}" not in client.get(PLACE).text


def test_pages_of_another_paper_are_named_and_a_torn_one_is_placed_by_hand(
    app: Flask, client: FlaskClient, cast: Cast, desk: Sealer, sign_in: SignIn, printed: list[bytes]
) -> None:
    with app.app_context():
        report = db.session.get_one(Report, 1)
        signing.refuse(report, cast.issa, "Une date est fausse.")
        for person in (cast.mariam, cast.oumar, cast.adama):
            validating.vote(report, person, Choice.APPROVE)
        validating.validate(report, cast.adama)
        final_of(report)  # with a checkpoint that covers the validation
        pages = [jpeg(page) for page in scanned(copy_of(report), 110)]
        db.session.commit()
    sign_in(client, cast.coumba)
    torn = jpeg(uncoded(Image.open(io.BytesIO(pages[1]))))
    files = [("vieux.jpg", printed[1]), ("torn.jpg", torn), *((f"{n}.jpg", pages[n]) for n in range(2, len(pages)))]
    answer = upload(client, files, slots="chair", kept_at=KEPT_AT)
    assert answer.status_code == 422
    assert "« vieux.jpg » est une page d’une version antérieure" in answer.text.replace("\u202f", " ")
    key = answer.text.split('name="page-')[1].split('"')[0]
    assert client.get(f"{PLACE}/bac/{key}.jpg").mimetype == "image/jpeg"
    assert sign_in(app.test_client(), cast.fanta).get(f"{PLACE}/bac/{key}.jpg").status_code == 404
    form = {"slots": "chair", "kept_at": KEPT_AT, f"page-{key}": "2"}
    assert upload(client, [("un.jpg", pages[0])], **form).status_code == 303
    assert [scan.placed for scan in rows(app)] == ["2"]
    assert client.post(PLACE, data={"do": "empty"}).status_code == 303


@pytest.fixture
def scan(app: Flask, cast: Cast, desk: Sealer) -> None:
    """Scan 1 of report 1, filed by Coumba with the chair's signature."""
    with app.app_context():
        filed(report_at(Stage.VALIDATED, cast), cast.coumba, desk, [Slot.CHAIR])
        db.session.commit()


def test_a_scan_is_for_those_who_work_on_the_report(
    app: Flask, cast: Cast, desk: Sealer, sign_in: SignIn, scan: None
) -> None:
    parts = {
        "": "text/html",
        "/numerisation.pdf": "application/pdf",
        "/pages/1.jpg": "image/jpeg",
        "/texte/1.png": "image/png",
    }
    for who in ("fanta", "mariam", "seydou", "salif", "coumba"):
        client = sign_in(app.test_client(), getattr(cast, who))
        assert {part: client.get(f"{PLACE}/1{part}").mimetype for part in parts} == parts
        assert client.get(f"{PLACE}/1/pages/2.jpg").status_code == 404
        assert client.get(f"{PLACE}/2").status_code == 404
    with app.app_context():
        report = db.session.get_one(Report, 1)
        attesting.attest(report, filing.numbered(report, 1), cast.fanta, desk)
        sign(report, cast.issa, desk)
        signing.publish(report, cast.coumba)
        db.session.commit()
    reader = sign_in(app.test_client(), cast.lamine)
    assert reader.get("/rapports/1").status_code == 200
    assert {reader.get(f"{PLACE}/1{part}").status_code for part in parts} == {404}
    assert "papier/1" not in reader.get("/rapports/1").text


@pytest.mark.parametrize(
    ("form", "status", "said"),
    [
        ({"password": PASSWORD, "checks": ["pages", "original"]}, 422, "Cochez les trois constats"),
        ({**ALL_CHECKS, "password": "pas le bon"}, 200, "rien n’a été attesté"),
        ({**ALL_CHECKS, "password": PASSWORD}, 303, ""),
    ],
)
def test_attesting_asks_for_three_checks_and_the_password(
    form: dict[str, Any], status: int, said: str, client: FlaskClient, cast: Cast, sign_in: SignIn, scan: None
) -> None:
    answer = sign_in(client, cast.mariam).post(f"{PLACE}/1/attester", data=form)
    assert answer.status_code == status and said in answer.text
    if status == 303:
        again = client.post(f"{PLACE}/1/attester", data=form)
        assert again.status_code == 422 and "n’attend plus" in again.text


def test_a_refusal_takes_a_reason(client: FlaskClient, cast: Cast, sign_in: SignIn, scan: None) -> None:
    sign_in(client, cast.mariam)
    assert client.post(f"{PLACE}/1/refuser", data={"reason": " "}).status_code == 422
    assert client.post(f"{PLACE}/1/refuser", data={"reason": "La page 2 est coupée."}).status_code == 303
    assert "La page 2 est coupée." in client.get(f"{PLACE}/1").text


def test_a_substitute_s_document_is_kept_and_shown_to_those_concerned(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    with app.app_context():
        report_at(Stage.VALIDATED, cast)
        db.session.add(Grant(person_id=cast.adama.id, role=Role.CHAIR, territory_id=1))
        db.session.commit()
    sign_in(client, cast.coumba)
    place = "/rapports/1/suppleance"
    form = {"slot": "chair", "substitute": str(cast.adama.id), "reference": "Arrêté n° 12"}
    assert client.post(place, data={"slot": "autre"}).status_code == 422
    lacking = client.post(place, data=form)
    assert lacking.status_code == 422 and "Arrêté n° 12" in lacking.text and "Joignez le document" in lacking.text
    document = {"document": (io.BytesIO(b"%PDF-1.7 arrete"), "arrete.pdf")}
    assert client.post(place, data={**form, **document}).status_code == 303
    kept = client.get("/rapports/1/suppleances/1/document")
    assert kept.data == b"%PDF-1.7 arrete" and kept.headers["Content-Disposition"].startswith("attachment")
    assert "Adama DEMBELE signe pour Seydou BA" in client.get("/rapports/1").text
    assert client.post(place, data={"slot": "chair", "do": "end"}).status_code == 303
    assert client.post(place, data={"slot": "chair", "do": "end"}).status_code == 422

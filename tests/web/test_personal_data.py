"""Personal data on the screen: contacts masked for the public, erased events told as such."""

from __future__ import annotations

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.db import db
from app.documents.attached import attached
from app.people import persons
from app.reports.erasing import erase_events
from app.reports.signing import Desk
from app.workflow import Stage
from tests import factories
from tests.cast import Cast, row
from tests.factories import report_at
from tests.web.history_pages import SignIn, put, words

WHOLE = "76 45 12 42"
LIST = (
    row("attendees", name="Awa DIOP", body="CAFO", contact=WHOLE, signed=""),
    row("attendees", name="Ali KEÏTA", body="Mairie", contact="ali.keita@exemple.ml", signed=""),
)


@pytest.fixture
def published(app: Flask, cast: Cast, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> int:
    texts = factories.texts()
    monkeypatch.setattr(factories, "texts", lambda: {**texts, "attendance": LIST})
    return put(app, cast, lambda people: report_at(Stage.PUBLISHED, people, desk))


def test_readers_see_the_contacts_masked_and_those_who_work_on_the_report_whole(
    app: Flask, cast: Cast, sign_in: SignIn, published: int
) -> None:
    public = sign_in(app.test_client(), cast.lamine).get(f"/rapports/{published}").text
    assert "Awa DIOP" in public and "76 •• •• 42" in public and "a•••@•••" in public
    assert WHOLE not in public and "ali.keita" not in public
    for person in (cast.fanta, cast.issa, cast.mariam, cast.adama, cast.salif, cast.coumba):
        whole = sign_in(app.test_client(), person).get(f"/rapports/{published}").text
        assert WHOLE in whole and "ali.keita@exemple.ml" in whole and "76 ••" not in whole, person.name


def test_no_page_of_the_report_shows_a_reader_a_whole_contact(
    app: Flask, cast: Cast, sign_in: SignIn, published: int
) -> None:
    client = sign_in(app.test_client(), cast.lamine)
    tried = 0
    for rule in app.url_map.iter_rules():
        if "GET" not in (rule.methods or ()) or "report_id" not in rule.arguments or rule.endpoint.endswith("_pdf"):
            continue
        known: dict[str, object] = {"report_id": published, "number": 1, "key": "attendance"}
        with app.test_request_context():
            _, place = rule.build({name: known.get(name, 1) for name in rule.arguments}) or ("", "")
        for question in ("", "?vue=final", "?vue=original", "?vue=changes", "?partie=attendance", "?pas=1"):
            answer = client.get(place + question)
            assert WHOLE not in answer.text and "ali.keita" not in answer.text, place + question
            tried += 1
    assert tried > 30


def test_the_project_of_a_reader_is_masked_too_and_the_signed_file_stays_as_signed(
    app: Flask, cast: Cast, sign_in: SignIn, published: int
) -> None:
    reader = sign_in(app.test_client(), cast.lamine)
    contacts = []
    for client in (reader, sign_in(app.test_client(), cast.fanta)):
        source = attached(client.get(f"/rapports/{published}/projet.pdf").data)
        contacts.append(source["parts"]["attendance"][0]["fields"]["contact"])
    assert contacts == ["76 •• •• 42", WHOLE]
    signed = attached(reader.get(f"/rapports/{published}/rapport-signe.pdf").data)
    assert signed["parts"]["attendance"][0]["fields"]["contact"] == WHOLE


def test_an_erased_event_is_told_without_its_data(app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        persons.add({"first_name": "Awa", "surname": "DIOP", "email": "awa@exemple.ml", "title": "Cheffe"}, cast.coumba)
        lamine = db.session.merge(cast.lamine)
        values = {**{name: getattr(lamine, name) for name in persons.FIELDS}, "title": "Rédacteur"}
        persons.change(lamine, values, persons.fingerprint(lamine), db.session.merge(cast.coumba))
        db.session.commit()
        added, changed = db.session.scalars(select(AuditEvent.id).order_by(AuditEvent.id))
    client = sign_in(client, cast.salif)
    assert "ajouté : Rédacteur" in words(client.get(f"/journal/{changed}").text)
    with app.app_context():
        erase_events([str(changed)], "Demande de la personne")
        db.session.commit()
        erasure = max(db.session.scalars(select(AuditEvent.id)))
    opened = words(client.get(f"/journal/{changed}").text)
    assert "[données effacées]" in opened and "Rédacteur" not in opened
    assert "[données effacées]" not in words(client.get(f"/journal/{added}").text)
    page = words(client.get("/journal").text)
    assert "a corrigé la fiche de Lamine FOFANA [données effacées]." in page
    assert "Le système a effacé les données à part de 1 événement (2 de people)." in page
    assert "Demande de la personne" in words(client.get(f"/journal/{erasure}").text)
    for kind in ("csv", "jsonl"):
        assert "Rédacteur" not in client.post(f"/journal/export/{kind}").text


def test_the_sealed_lines_that_are_taken_away_hold_no_personal_data(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    with app.app_context():
        persons.add({"first_name": "Awa", "surname": "DIOP", "email": "awa@exemple.ml"}, cast.coumba)
        db.session.commit()
    (*_, line) = sign_in(client, cast.salif).post("/journal/export/jsonl").text.splitlines()
    assert set(orjson.loads(orjson.loads(line)["body"])["facts"]) == {"person", "private"}

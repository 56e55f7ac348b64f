"""Personal data on the screen: contacts masked for the public, erased events told as such."""

from __future__ import annotations

import re
from pathlib import Path

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.db import db
from app.documents.attached import attached
from app.people import persons
from app.reports.erasure.persons import erase_events
from app.reports.erasure.texts import erase_list
from app.reports.models.report import Report
from app.reports.signing.acts import Sealer
from app.reports.text import revisions
from app.workflow import Stage
from tests import factories
from tests.cast import Cast, row
from tests.factories import report_at
from tests.unit.pdf_reading import copied
from tests.web.history_pages import SignIn, put, words
from tests.workflow.outsiders import ask

WHOLE = "76 45 12 42"
LIST = (
    row("attendees", name="Awa DIOP", body="CAFO", contact=WHOLE, signed=""),
    row("attendees", name="Ali KEÏTA", body="Mairie", contact="ali.keita@exemple.ml", signed="", consent="oui"),
    row("attendees", name="Oumou SIDIBÉ", body="Coopérative", contact="70 11 22 33", signed="O. S.", consent="non"),
    row("attendees", name="Seydou BA", body="Conseil régional", contact="", signed=""),
)


@pytest.fixture
def published(app: Flask, cast: Cast, desk: Sealer, monkeypatch: pytest.MonkeyPatch) -> int:
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
        if (
            "GET" not in (rule.methods or ())
            or "report_id" not in rule.arguments
            or rule.endpoint.endswith(("_pdf", "word.download"))
        ):
            continue
        known: dict[str, object] = {"report_id": published, "number": 1, "key": "attendance"}
        with app.test_request_context():
            _, place = rule.build({name: known.get(name, 1) for name in rule.arguments}) or ("", "")
        for question in ("", "?vue=final", "?vue=original", "?vue=changes", "?partie=attendance", "?pas=1"):
            answer = client.get(place + question)
            assert WHOLE not in answer.text and "ali.keita" not in answer.text, place + question
            tried += 1
    assert tried > 30


def test_the_project_of_a_reader_is_masked_too_and_the_signed_file_is_not_the_public_s(
    app: Flask, cast: Cast, sign_in: SignIn, published: int
) -> None:
    reader = sign_in(app.test_client(), cast.lamine)
    contacts = []
    for client in (reader, sign_in(app.test_client(), cast.fanta)):
        source = attached(client.get(f"/rapports/{published}/projet.pdf").data)
        contacts.append(source["parts"]["attendance"][0]["fields"]["contact"])
    assert contacts == ["76 •• •• 42", WHOLE]
    signed = attached(client.get(f"/rapports/{published}/rapport-signe.pdf").data)
    assert signed["parts"]["attendance"][0]["fields"]["contact"] == WHOLE
    assert reader.get(f"/rapports/{published}/rapport-signe.pdf").status_code == 404
    page = reader.get(f"/rapports/{published}").text
    assert "rapport-signe.pdf" not in page and "rapport-public.pdf" in page


def test_the_public_version_says_what_it_is_hides_who_refused_and_answers_for_the_rest(
    app: Flask, cast: Cast, sign_in: SignIn, published: int, tmp_path: Path
) -> None:
    reader = sign_in(app.test_client(), cast.lamine)
    page = reader.get(f"/rapports/{published}").text
    answer = reader.get(f"/rapports/{published}/rapport-public.pdf")
    assert answer.status_code == 200 and "version-publique" in answer.headers["Content-Disposition"]
    read = re.sub(r"\s+", " ", copied(answer.data))
    assert (
        "Version publique, tirée du rapport signé n° 1." in read
        and "A signé électroniquement le" in read
        and "PROJET" not in read
    )
    told = attached(answer.data)
    assert (
        "attendance" not in told["parts"]
        and set(told["withheld"]) == {"attendance", "photographs"}
        and "salts" not in told
    )
    for seen in (page, read, str(told)):
        assert "Awa DIOP" in seen and "76 •• •• 42" in seen and "Nom non publié" in seen
        assert WHOLE not in seen and "Oumou" not in seen and "Coopérative" not in seen and "70 11" not in seen
    path = tmp_path / "public.pdf"
    path.write_bytes(answer.data)
    code, found = ask("check-pdf", path)
    assert code == 0 and any("Version publique" in remark for remark in found["remarks"])
    assert reader.get(f"/rapports/{published}/rapport-public.pdf").data == answer.data
    whole = sign_in(app.test_client(), cast.fanta).get(f"/rapports/{published}").text
    assert "Oumou SIDIBÉ" in whole and "Nom non publié" not in whole


def test_an_erased_list_is_said_to_be_on_every_page_and_in_every_file(
    app: Flask, cast: Cast, sign_in: SignIn, published: int
) -> None:
    with app.app_context():
        erase_list(published, "attendance", (), "Demande d’un participant", current=True)
        db.session.commit()
    client = sign_in(app.test_client(), cast.salif)
    place = f"/rapports/{published}"
    for page in ("", "/parties/attendance/revisions/2", "/parties/attendance/revisions/2?vue=auteurs", "/rejouer"):
        answer = client.get(place + page)
        assert answer.status_code == 200 and "Texte effacé le" in answer.text and "Awa" not in answer.text, page
    for page in ("/comparer?de=1&partie=attendance", "?vue=adopted", "?vue=original", "/historique"):
        answer = client.get(place + page)
        assert answer.status_code == 200 and "Awa" not in answer.text, page
    for name in ("projet.pdf", "rapport-public.pdf", "auteurs.pdf"):
        read = copied(client.get(f"{place}/{name}").data)
        assert "Texte effacé le" in read and "Awa" not in read, name
    assert client.get(f"{place}/auteurs.xlsx").status_code == 200
    assert "n’a changé" in client.get(f"{place}/validation-et-signature").text
    journal = words(client.get("/journal").text)
    assert "Le système a effacé le texte de 2 révisions de" in journal and "(n° 1, 2) du rapport n° 1" in journal
    assert "Awa" not in client.post("/journal/export/csv").text


def test_a_list_from_before_the_question_saved_without_an_answer_is_no_change(
    app: Flask, cast: Cast, sign_in: SignIn
) -> None:
    report_id = put(app, cast, lambda people: report_at(Stage.EDITING, people))
    client = sign_in(app.test_client(), cast.issa)
    with app.app_context():
        part = revisions.part_of(db.session.get_one(Report, report_id), "attendance")
        rows = revisions.current(part).content
    zone = "zone-attendees"
    form = {f"{zone}-grid": "1", "base": "2"}
    for rank, known in enumerate(rows):
        fields = {f"{zone}-{rank}-{name}": text for name, text in known.fields.items()}
        form |= {f"{zone}-{rank}-id": known.id, **fields, f"{zone}-{rank}-consent": ""}
    assert client.post(f"/rapports/{report_id}/parties/attendance/modifier", data=form).status_code in (302, 303)
    client.post(f"/rapports/{report_id}/parties/attendance/modifier", data=form | {f"{zone}-0-consent": "non"})
    with app.app_context():
        part = revisions.part_of(db.session.get_one(Report, report_id), "attendance")
        assert part.number == 3 and revisions.current(part).content[0].fields["consent"] == "non"


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

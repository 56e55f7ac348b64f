"""Bad input on the report's pages: a clear French sentence, and nothing typed is lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from threading import Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.audit.models import AuditEvent
from app.db import db
from app.directory.models import Grant, Person, Role
from app.reports.models.ballot import Ballot
from app.reports.models.report import Report
from app.reports.text import revisions
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import report_at

SignIn = Callable[[FlaskClient, Person], FlaskClient]

NASTY = {
    "a 20,000-letter word": "anticonstitutionnellement" * 800,
    "emoji": "Budget 💧🏥👩🏾‍🏫 adopté",
    "HTML": "<script>alert(1)</script><img src=x onerror=alert(2)> <b>gras</b>",
    "Typst code": '#read("/etc/passwd") #eval("1+1") $x^2$ \\ #import "a": b',
    "Bambara letters": "Sɛbɛn kura bɔra : ɲɛfɔli ni ŋaniya, Ɛ Ɔ Ɲ Ŋ ɛ̀ ɔ́",
    "quotes and braces": "{{ 7 * 7 }} {% raw %} ' \" \\ </textarea>",
}


@pytest.fixture
def draft(app: Flask, cast: Cast) -> int:
    return _report(app, cast, Stage.DRAFTING)


@pytest.fixture
def reading(app: Flask, cast: Cast) -> int:
    return _report(app, cast, Stage.READING)


def _report(app: Flask, cast: Cast, stage: Stage) -> int:
    with app.app_context():
        report = report_at(stage, cast)
        db.session.commit()
        return report.id


def stored(app: Flask, report_id: int, key: str) -> str:
    with app.app_context():
        report = db.session.get_one(Report, report_id)
        text = "\n".join(
            text
            for block in revisions.current(revisions.part_of(report, key)).content
            for text in block.fields.values()
        )
        db.session.rollback()
        return text


def base_of(app: Flask, report_id: int, key: str) -> int:
    with app.app_context():
        number = revisions.part_of(db.session.get_one(Report, report_id), key).number
        db.session.rollback()
        return number


def events(app: Flask, act: str) -> int:
    with app.app_context():
        count = db.session.scalar(select(func.count(AuditEvent.id)).where(AuditEvent.act == act)) or 0
        db.session.rollback()
        return count


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY.keys())
def test_prose_is_kept_and_shown_as_typed_and_never_run(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, draft: int, text: str
) -> None:
    sign_in(client, cast.fanta)
    answer = client.post(
        f"/rapports/{draft}/parties/conclusion/modifier", data={"base": 1, "zone-body": text, "do": "save"}
    )
    assert answer.status_code == 303
    assert stored(app, draft, "conclusion") == text
    page = client.get(f"/rapports/{draft}").text
    assert "<script>alert" not in page
    assert "onerror=alert(2)>" not in page
    editor = client.get(f"/rapports/{draft}/parties/conclusion/modifier").text
    assert "</textarea>{{" not in editor
    assert client.get(f"/rapports/{draft}/projet.pdf").status_code == 200


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY.keys())
def test_every_field_of_every_grid_keeps_what_was_typed(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, draft: int, text: str
) -> None:
    from app import template

    sign_in(client, cast.fanta)
    for part in template.WRITTEN:
        zones = [zone for zone in part.zones if zone.shape and not zone.shape.uploaded]
        if not zones:
            continue
        data = {"base": str(base_of(app, draft, part.key)), "do": "save"}
        for zone in zones:
            data |= {f"zone-{zone.key}-grid": "1", f"zone-{zone.key}-0-id": ""}
            data |= {f"zone-{zone.key}-0-{f.name}": text for f in zone.shape.fields if not f.choices}
        assert client.post(f"/rapports/{draft}/parties/{part.key}/modifier", data=data).status_code == 303
        assert text in stored(app, draft, part.key)
    assert client.get(f"/rapports/{draft}").status_code == 200
    assert client.get(f"/rapports/{draft}/projet.pdf").status_code == 200


def test_control_characters_are_no_danger_to_page_or_pdf(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, draft: int
) -> None:
    sign_in(client, cast.fanta)
    text = "Avant\x01\x07\x1b[31m\u202eapr\u200bès\ufffe fin"
    client.post(f"/rapports/{draft}/parties/conclusion/modifier", data={"base": 1, "zone-body": text, "do": "save"})
    assert "fin" in stored(app, draft, "conclusion")
    assert client.get(f"/rapports/{draft}/projet.pdf").status_code == 200


def test_a_text_over_the_limit_is_refused_with_a_sentence_and_stays_in_the_editor(
    client: FlaskClient, cast: Cast, sign_in: SignIn, draft: int
) -> None:
    sign_in(client, cast.fanta)
    text = "mot " * 60_000
    answer = client.post(
        f"/rapports/{draft}/parties/conclusion/modifier", data={"base": 1, "zone-body": text, "do": "save"}
    )
    assert answer.status_code == 422
    assert "trop long" in answer.text
    assert text.strip() in answer.text


def test_two_thousand_attendees_are_pasted_at_once(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, draft: int
) -> None:
    sign_in(client, cast.fanta)
    lines = "\n".join(f"{n}\tPersonne {n}\tStructure {n % 40}\t7{n:07d}\t" for n in range(1, 2001))
    place = f"/rapports/{draft}/parties/attendance/modifier"
    answer = client.post(
        place, data={"base": 1, "zone-attendees-grid": "1", "grid": "paste:attendees", "paste-attendees": lines}
    )
    assert answer.status_code == 200
    assert answer.text.count("data-row ") + answer.text.count("data-row>") >= 2000
    data = {"base": "1", "zone-attendees-grid": "1", "do": "save"}
    for n in range(2000):
        data |= {f"zone-attendees-{n}-id": "", f"zone-attendees-{n}-name": f"Personne {n + 1}"}
    assert client.post(place, data=data).status_code == 303
    assert "Personne 2000" in stored(app, draft, "attendance")
    assert client.get(f"/rapports/{draft}").status_code == 200


def test_an_empty_required_part_is_named_and_linked(
    client: FlaskClient, cast: Cast, sign_in: SignIn, draft: int
) -> None:
    sign_in(client, cast.fanta)
    answer = client.post(f"/rapports/{draft}/soumettre", data={"which": "hand_over"})
    assert answer.status_code == 422
    assert "À compléter d’abord" in answer.text
    assert 'href="#part-method"' in answer.text


def test_a_return_without_a_reason_says_so_beside_the_form(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    report_id = _report(app, cast, Stage.EDITING)
    sign_in(client, cast.issa)
    answer = client.post(
        f"/rapports/{report_id}/renvoyer-au-facilitateur", data={"which": "return_draft", "reason": " "}
    )
    assert answer.status_code == 422
    assert 'id="error-return_draft"' in answer.text


def test_two_tabs_with_other_words_in_the_same_place_show_both_texts(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, draft: int
) -> None:
    sign_in(client, cast.fanta)
    place = f"/rapports/{draft}/parties/conclusion/modifier"
    client.post(place, data={"base": 1, "zone-body": "Les travaux ont pris fin à midi.", "do": "save"})
    client.post(place, data={"base": 2, "zone-body": "Les travaux ont pris fin à treize heures.", "do": "save"})
    answer = client.post(place, data={"base": 2, "zone-body": "Les travaux ont pris fin à dix heures.", "do": "save"})
    assert answer.status_code == 409
    assert "à treize heures" in answer.text
    assert "à dix heures" in answer.text
    assert 'name="base" value="3"' in answer.text
    assert "treize" in stored(app, draft, "conclusion")


def test_the_same_form_sent_twice_has_one_effect(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, reading: int
) -> None:
    sign_in(client, cast.mariam)
    data = {"base": base_of(app, reading, "method"), "zone-body": "Tout autre chose.", "do": "save", "once": "a" * 24}
    first = client.post(f"/rapports/{reading}/parties/method/amender", data=data)
    second = client.post(f"/rapports/{reading}/parties/method/amender", data=data)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert events(app, "amend") == 1


def test_a_role_taken_away_while_fanta_writes_stops_the_save(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, draft: int
) -> None:
    sign_in(client, cast.fanta)
    assert client.get(f"/rapports/{draft}/parties/conclusion/modifier").status_code == 200
    with app.app_context():
        db.session.delete(db.session.scalars(select(Grant).where(Grant.person_id == cast.fanta.id)).one())
        db.session.add(Grant(person_id=cast.fanta.id, role=Role.SUPERVISOR))
        db.session.commit()
    answer = client.post(
        f"/rapports/{draft}/parties/conclusion/modifier", data={"base": 1, "zone-body": "Mon texte.", "do": "save"}
    )
    assert answer.status_code == 403
    assert "Votre rôle ne permet pas" in answer.text
    assert "Mon texte." in answer.text


def test_a_session_that_ended_while_typing_gives_the_text_back(client: FlaskClient, draft: int) -> None:
    text = "Un texte assez long pour qu’on regrette de le perdre en route."
    answer = client.post(
        f"/rapports/{draft}/parties/conclusion/modifier", data={"base": 1, "zone-body": text, "do": "save"}
    )
    assert answer.status_code == 401
    assert text in answer.text
    assert "Votre session a pris fin" in answer.text
    assert re.search(r'name="base" value="1"', answer.text)


def test_an_unknown_part_is_not_found(client: FlaskClient, cast: Cast, sign_in: SignIn, draft: int) -> None:
    sign_in(client, cast.fanta)
    for key in ("nothing", "cover", "terms"):
        assert client.get(f"/rapports/{draft}/parties/{key}/modifier").status_code == 404


def test_acting_at_the_wrong_stage_says_where_the_report_is(
    client: FlaskClient, cast: Cast, sign_in: SignIn, reading: int
) -> None:
    sign_in(client, cast.fanta)
    answer = client.post(f"/rapports/{reading}/soumettre")
    assert answer.status_code == 409
    assert "Lecture CRSB" in answer.text


def test_many_votes_of_one_person_at_once_are_one_vote(app: Flask, cast: Cast, sign_in: SignIn, reading: int) -> None:
    answers: list[int] = []

    def vote() -> None:
        client = sign_in(app.test_client(), cast.mariam)
        answers.append(client.post(f"/rapports/{reading}/vote", data={"choice": "approve"}).status_code)

    threads = [Thread(target=vote) for _ in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(answers) == {303}
    with app.app_context():
        assert db.session.scalar(select(func.count(Ballot.id))) == 1
        db.session.rollback()
    assert events(app, "vote") == 1


def test_the_file_on_the_verification_page_that_is_no_pdf_is_told_so(client: FlaskClient) -> None:
    from io import BytesIO

    answer = client.post("/verifier", data={"file": (BytesIO(b"GIF89a bonjour"), "image.pdf")}, follow_redirects=True)
    assert answer.status_code == 200
    assert "n’est pas un document PDF" in answer.text
    assert client.post("/verifier", data={}).status_code == 422

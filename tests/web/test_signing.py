"""The signing page: the password again, and the way home."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import not_, select
from werkzeug.test import TestResponse

from app.audit import checkpoints
from app.audit.models import AuditEvent
from app.content.canonical import digest
from app.db import db, now
from app.directory.models import Person
from app.reports.models.report import Report
from app.reports.models.signature import Signature
from app.reports.signing import acts as signing
from app.reports.validating import acts as validating
from app.workflow import Stage
from tests.cast import LOG, PASSWORD, Cast
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


def file_shown(client: FlaskClient, report_id: int) -> str:
    """The hash of the file to sign, as the page has it."""
    page = client.get(f"/rapports/{report_id}/signature").text
    return page.split('name="file" value="')[1].split('"')[0]


def validated(client: FlaskClient, report_id: int) -> str:
    """When the text that the refusal is about was validated, as the page has it."""
    page = client.get(f"/rapports/{report_id}/refus-de-signer").text
    return page.split('name="validated" value="')[1].split('"')[0]


def refuse(client: FlaskClient, report_id: int, **typed: str) -> TestResponse:
    form = {"reason": "Le total du budget est inexact.", "password": PASSWORD, **typed}
    return client.post(f"/rapports/{report_id}/refus-de-signer", data=form)


def sign(client: FlaskClient, report_id: int) -> None:
    fields = {"password": PASSWORD, "file": file_shown(client, report_id)}
    assert client.post(f"/rapports/{report_id}/signature", data=fields).status_code == 303


def validated_again(report: Report, cast: Cast) -> None:
    """The same words, after Seydou has refused."""
    signing.refuse(report, cast.seydou, "Mon titre est faux.")
    for person in (cast.mariam, cast.oumar, cast.adama):
        validating.confirm(report, person)
    validating.validate(report, cast.adama)
    checkpoints.advance(LOG, "validate", now())


def standing_signatures(app: Flask) -> list[str]:
    with app.app_context():
        found = [each.slot.value for each in db.session.scalars(select(Signature).where(not_(Signature.void)))]
        db.session.rollback()
        return sorted(found)


def test_nothing_is_signed_with_a_wrong_password(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, report_id: int
) -> None:
    sign_in(client, cast.issa)
    fields = {"password": "pas le bon", "file": file_shown(client, report_id)}
    answer = client.post(f"/rapports/{report_id}/signature", data=fields)
    assert "rien n’est enregistré" in answer.text
    with app.app_context():
        assert db.session.get_one(Report, report_id).final_hash == ""
        db.session.rollback()


def test_guessing_at_the_signing_page_is_slowed_down(
    client: FlaskClient, cast: Cast, sign_in: SignIn, report_id: int
) -> None:
    sign_in(client, cast.issa)
    fields = {"password": "pas le bon", "file": file_shown(client, report_id)}
    answers = [client.post(f"/rapports/{report_id}/signature", data=fields).status_code for _ in range(14)]
    assert answers[0] == 200
    assert answers[-1] == 429


def test_both_sign_and_any_reader_gets_the_signed_file(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, report_id: int
) -> None:
    for person in (cast.seydou, cast.issa):
        sign_in(client, person)
        fields = {"password": PASSWORD, "file": file_shown(client, report_id)}
        assert client.post(f"/rapports/{report_id}/signature", data=fields).status_code == 303
    assert stage_of(app, report_id) is Stage.SIGNED
    answer = sign_in(client, cast.mariam).get(f"/rapports/{report_id}/rapport-signe.pdf")
    assert answer.data.count(b"/ByteRange") >= 2


def test_seydou_who_refuses_is_led_home_for_the_report_is_no_longer_his_to_see(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, report_id: int
) -> None:
    sign_in(client, cast.seydou)
    form = {"reason": "Mon titre est faux.", "password": PASSWORD, "validated": validated(client, report_id)}
    answer = client.post(f"/rapports/{report_id}/refus-de-signer", data=form, follow_redirects=True)
    assert answer.status_code == 200
    assert "Votre refus est enregistré" in answer.text
    assert stage_of(app, report_id) is Stage.READING


def test_who_has_signed_refuses_no_more_and_both_signatures_stay(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, report_id: int
) -> None:
    sign_in(client, cast.issa)
    moment = validated(client, report_id)
    sign(client, report_id)
    page = client.get(f"/rapports/{report_id}/refus-de-signer").text
    assert "vous ne pouvez plus refuser de le signer" in page and 'name="reason"' not in page
    answer = refuse(client, report_id, validated=moment)
    assert answer.status_code == 403 and "L’autre signataire le peut encore" in answer.text
    assert (stage_of(app, report_id), standing_signatures(app)) == (Stage.VALIDATED, ["rapporteur"])
    sign(sign_in(client, cast.seydou), report_id)
    assert refuse(client, report_id, validated=moment).status_code == 409
    assert (stage_of(app, report_id), standing_signatures(app)) == (Stage.SIGNED, ["chair", "rapporteur"])


@pytest.mark.parametrize("password", ["", "pas le bon"])
def test_without_the_password_nobody_refuses_and_the_reason_is_kept(
    password: str, app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, report_id: int
) -> None:
    moment = validated(sign_in(client, cast.issa), report_id)
    answer = refuse(client, report_id, validated=moment, password=password)
    assert answer.status_code == 200
    assert '<p class="error" id="error-password">Ce mot de passe n’est pas le vôtre' in answer.text
    assert "Le total du budget est inexact.</textarea>" in answer.text
    assert stage_of(app, report_id) is Stage.VALIDATED


def test_a_refusal_without_a_reason_is_asked_for_one(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, report_id: int
) -> None:
    moment = validated(sign_in(client, cast.issa), report_id)
    answer = refuse(client, report_id, validated=moment, reason=" ")
    assert answer.status_code == 422 and 'id="error-reason"' in answer.text
    assert stage_of(app, report_id) is Stage.VALIDATED


def test_a_page_from_before_the_text_was_validated_anew_refuses_nothing(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, report_id: int
) -> None:
    moment = validated(sign_in(client, cast.issa), report_id)
    with app.app_context():
        validated_again(db.session.get_one(Report, report_id), cast)
        db.session.commit()
    answer = refuse(client, report_id, validated=moment)
    assert answer.status_code == 409 and "relisez-le avant de refuser" in answer.text
    assert "Le total du budget est inexact.</textarea>" in answer.text
    assert refuse(client, report_id).status_code == 409, "a form that does not say what it was shown"
    assert stage_of(app, report_id) is Stage.VALIDATED


def test_guessing_at_the_page_of_refusal_is_slowed_down(
    client: FlaskClient, cast: Cast, sign_in: SignIn, report_id: int
) -> None:
    moment = validated(sign_in(client, cast.issa), report_id)
    answers = [refuse(client, report_id, validated=moment, password="non").status_code for _ in range(14)]
    assert (answers[0], answers[-1]) == (200, 429)


def test_a_double_click_refuses_once_and_says_what_follows(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, report_id: int
) -> None:
    sign(sign_in(client, cast.seydou), report_id)
    moment = validated(sign_in(client, cast.issa), report_id)
    answers = [refuse(client, report_id, validated=moment, once="only") for _ in range(2)]
    assert [(each.status_code, each.location) for each in answers] == [(303, "/")] * 2
    said = client.get("/").text
    assert "Votre refus est enregistré. La signature de Seydou BA est annulée." in said
    assert "CRSB de Ségou, qui lira votre motif" in said
    with app.app_context():
        acts = db.session.scalars(select(AuditEvent.act).where(AuditEvent.act == "refuse")).all()
        db.session.rollback()
    assert acts == ["refuse"]


def test_the_page_of_signing_shows_every_page_of_the_document_before_it_asks_anything(
    client: FlaskClient, cast: Cast, sign_in: SignIn, report_id: int
) -> None:
    sign_in(client, cast.issa)
    page = client.get(f"/rapports/{report_id}/signature").text
    pictures = re.findall(r'<img src="([^"]+)" alt="Page (\d+) sur (\d+)"', page)
    assert [each[1] for each in pictures] == [str(number) for number in range(1, int(pictures[0][2]) + 1)]
    assert page.index(pictures[-1][0]) < page.index('name="password"')
    first = client.get(pictures[0][0])
    assert (first.mimetype, first.data[:4]) == ("image/png", b"\x89PNG")
    assert client.get(f"/rapports/{report_id}/a-signer/{len(pictures) + 1}.png").status_code == 404
    said = " ".join(page.split())
    assert f"{len(pictures)} pages, en qualité de rapporteur. Après votre signature, le texte ne peut plus" in said


def test_the_file_that_the_page_names_is_the_one_that_gets_signed(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, report_id: int
) -> None:
    sign_in(client, cast.issa)
    shown = file_shown(client, report_id)
    assert digest(client.get(f"/rapports/{report_id}/a-signer.pdf").data) == shown
    sign(client, report_id)
    with app.app_context():
        assert db.session.get_one(Report, report_id).final_hash == shown
        db.session.rollback()


def test_a_page_from_before_the_same_text_was_validated_anew_signs_nothing(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, report_id: int
) -> None:
    shown = file_shown(sign_in(client, cast.issa), report_id)
    with app.app_context():
        validated_again(db.session.get_one(Report, report_id), cast)
        db.session.commit()
    for file in (shown, "", "0" * 64):
        answer = client.post(f"/rapports/{report_id}/signature", data={"password": PASSWORD, "file": file})
        assert answer.status_code == 409 and "rien n’est signé" in answer.text
    assert standing_signatures(app) == []
    sign(client, report_id)


def test_two_signatories_who_read_at_the_same_time_both_sign_the_same_file(
    app: Flask, cast: Cast, sign_in: SignIn, report_id: int
) -> None:
    tabs = [sign_in(app.test_client(), person) for person in (cast.issa, cast.seydou)]
    shown = [file_shown(tab, report_id) for tab in tabs]
    for tab, file in zip(tabs, shown, strict=True):
        answer = tab.post(f"/rapports/{report_id}/signature", data={"password": PASSWORD, "file": file})
        assert answer.status_code == 303
    assert stage_of(app, report_id) is Stage.SIGNED


def test_of_two_tabs_and_a_double_click_one_signature_comes(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, report_id: int
) -> None:
    form = {"password": PASSWORD, "file": file_shown(sign_in(client, cast.issa), report_id)}
    place = f"/rapports/{report_id}/signature"
    answers = [client.post(place, data=form | {"once": once}).status_code for once in ("one", "one", "other")]
    assert answers == [303, 303, 403]
    assert standing_signatures(app) == ["rapporteur"]


def test_each_signature_says_that_it_is_kept_who_has_the_report_now_and_what_follows(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, report_id: int
) -> None:
    sign(sign_in(client, cast.issa), report_id)
    said = client.get(f"/rapports/{report_id}").text
    assert "Votre signature est enregistrée. Il reste la signature de Seydou BA" in said
    assert "publié par la coordination" in said
    sign(sign_in(client, cast.seydou), report_id)
    assert "Les deux signatures y sont" in client.get(f"/rapports/{report_id}").text


def test_publishing_asks_once_more_and_says_what_follows(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, report_id: int
) -> None:
    for person in (cast.issa, cast.seydou):
        sign(sign_in(client, person), report_id)
    sign_in(client, cast.coumba)
    assert f'href="/rapports/{report_id}/publier"' in client.get(f"/rapports/{report_id}").text
    asked = client.get(f"/rapports/{report_id}/publier").text
    assert "Vous publiez le rapport signé de Ségou." in asked and "Signé par Issa KONE" in asked
    assert stage_of(app, report_id) is Stage.SIGNED
    answers = [client.post(f"/rapports/{report_id}/publier", data={"once": "only"}) for _ in range(2)]
    assert [each.status_code for each in answers] == [303, 303]
    assert "Le rapport est publié. Sa version publique" in client.get(f"/rapports/{report_id}").text

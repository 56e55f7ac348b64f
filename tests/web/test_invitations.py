"""Signing by code over HTTP: coordination hands over the link, the president the code; who has both signs."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.content import codes
from app.db import db
from app.directory.models import Person
from app.mail.models import Letter
from app.reports.models.invitation import Invitation
from app.reports.models.report import Report
from app.reports.models.signature import Signature, Slot
from app.reports.notifications.inbox import Notice
from app.reports.proofs.anchors import anchor_of
from app.reports.replay.verifying import verify_reports
from app.reports.signing import acts as signing
from app.reports.signing.acts import Sealer
from app.reports.validating import acts as validating
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import report_at
from tests.invited import without_password
from tests.paper import filed

SignIn = Callable[[FlaskClient, Person], FlaskClient]
STROKES = "[[10,200,100,20,200,380,300,50,500,200]]"


@dataclass
class Invited:
    """What coordination and the president were each shown, and the browser of who was invited."""

    place: str
    code: str
    browser: FlaskClient

    def sign(self, **typed: str) -> Any:
        shown = re.findall(r'name="file" value="([^"]+)"', self.browser.get(self.place).text)
        form = {"read": "1", "strokes": STROKES, "code": self.code, "file": "".join(shown), **typed}
        answer = self.browser.post(self.place, data=form, buffered=True)
        answer.close()  # what is noted of it is written once it has left
        return answer


def invited(app: Flask, cast: Cast, sign_in: SignIn, slot: str = "chair") -> Invited:
    answer = sign_in(app.test_client(), cast.coumba).post("/rapports/1/invitations", data={"slot": slot})
    assert answer.status_code == 200, answer.text
    assert not re.search(r"\d{4} \d{4}", answer.text), "coordination sees no code"
    found = re.search(r"(/signature/[\w-]{40,})", answer.text)
    number = len(kept(app, select(Invitation)))
    shown = sign_in(app.test_client(), cast.adama).post(f"/rapports/1/invitations/{number}/code")
    assert shown.status_code == 200 and "/signature/" not in shown.text, "the president sees no link"
    (code,) = re.findall(r"<code>(\d{4} \d{4})</code>", shown.text)
    return Invited(found[1] if found else "", code, app.test_client())


@pytest.fixture
def validated(app: Flask, cast: Cast) -> None:
    """A validated report, whose chair has not opened his account."""
    with app.app_context():
        without_password(cast.seydou)
        report_at(Stage.VALIDATED, cast)
        db.session.commit()


@pytest.fixture
def seydou(app: Flask, cast: Cast, sign_in: SignIn, validated: None) -> Invited:
    return invited(app, cast, sign_in)


def kept(app: Flask, what: Any) -> Any:
    with app.app_context():
        found = db.session.scalars(what).all()
        db.session.expunge_all()
        return found


def test_with_link_and_code_seydou_reads_and_signs_without_signing_in(app: Flask, seydou: Invited) -> None:
    page = seydou.browser.get(seydou.place)
    assert page.status_code == 200
    assert "Le lien vous vient de Coumba SIDIBE. Le code vous vient de Adama DEMBELE" in page.text
    assert seydou.browser.get(seydou.place + "/document.pdf").data.startswith(b"%PDF-")
    answer = seydou.sign(once="only")
    assert answer.status_code == 303
    assert "Votre signature est enregistrée" in seydou.browser.get(answer.location).text
    again = seydou.sign(once="only")
    assert (again.status_code, again.location) == (303, answer.location)
    assert seydou.browser.get(seydou.place).status_code == 404
    assert [each.slot.value for each in kept(app, select(Signature))] == ["chair"]
    with app.app_context():
        assert verify_reports(db.session) == []
        db.session.rollback()


def test_the_link_opens_nothing_else(app: Flask, seydou: Invited) -> None:
    seydou.browser.get(seydou.place)
    assert seydou.browser.get("/rapports/1").status_code == 303
    assert seydou.browser.get("/").status_code == 303


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"read": ""}, "Cochez cette case"),
        ({"strokes": ""}, "Dessinez votre signature"),
        ({"strokes": "[[1]]", "written": ""}, "n’a pas été reçue en entier"),
    ],
)
def test_what_is_missing_is_said_beside_it_and_nothing_typed_is_lost(
    typed: dict[str, str], sentence: str, app: Flask, seydou: Invited
) -> None:
    answer = seydou.sign(**{"written": "", **typed})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert kept(app, select(Invitation))[0].tries == 0
    if "read" in typed:
        assert STROKES in answer.text


def test_five_wrong_codes_and_the_invitation_is_void_and_coordination_told(
    app: Flask, cast: Cast, seydou: Invited
) -> None:
    answers = [seydou.sign(code="00000000") for _ in range(5)]
    assert [each.status_code for each in answers] == [200] * 5
    assert "Il reste 4 essais" in answers[0].text and STROKES in answers[0].text
    assert "Il reste un essai" in answers[3].text
    assert "ne sert plus" in answers[4].text
    assert seydou.sign().status_code == 404
    assert kept(app, select(Signature)) == []
    (notice,) = kept(app, select(Notice).where(Notice.act == "invite", Notice.seq == 0))
    assert notice.person_id == cast.coumba.id and "saisi 5 fois de travers" in notice.sentence
    told = kept(app, select(AuditEvent).where(AuditEvent.act == "code_refused"))
    assert len(told) == 5 and told[0].actor_id is None


def test_unknown_expired_revoked_and_replaced_links_get_one_and_the_same_answer(
    app: Flask, cast: Cast, sign_in: SignIn, seydou: Invited
) -> None:
    unknown = seydou.browser.get("/signature/nothing")
    assert unknown.status_code == 404
    with app.app_context():
        db.session.scalars(select(Invitation)).one().deadline -= timedelta(days=15)
        db.session.commit()
    places = [seydou]
    assert seydou.browser.get(seydou.place).text == unknown.text
    places += [invited(app, cast, sign_in), invited(app, cast, sign_in)]
    sign_in(app.test_client(), cast.coumba).post("/rapports/1/invitations/3/revoquer")
    for each in places:
        assert each.browser.get(each.place).text == unknown.text
        assert each.browser.get(each.place + "/document.pdf").status_code == 404
        assert each.sign().status_code == 404


def test_seydou_refuses_by_code_and_the_text_is_back_with_the_commission(app: Flask, seydou: Invited) -> None:
    refuse = seydou.place + "/refus"
    assert seydou.browser.post(refuse, data={"reason": "", "refusal_code": seydou.code}).status_code == 422
    wrong = seydou.browser.post(refuse, data={"reason": "Mon titre est faux.", "refusal_code": "1"})
    assert wrong.status_code == 200 and "Mon titre est faux." in wrong.text
    answer = seydou.browser.post(refuse, data={"reason": "Mon titre est faux.", "refusal_code": seydou.code})
    assert "Votre refus est enregistré" in seydou.browser.get(answer.location).text
    assert kept(app, select(Report))[0].stage is Stage.READING
    assert seydou.browser.get(seydou.place).status_code == 404


def test_who_guesses_at_many_links_is_sent_away(app: Flask, cast: Cast, sign_in: SignIn, validated: None) -> None:
    codes = []
    for _ in range(8):
        each = invited(app, cast, sign_in)
        codes += [each.sign(code="00000000").status_code for _ in range(4)]
    assert codes[:30] == [200] * 30
    assert codes[-1] == 429


def test_the_letter_brings_the_link_and_never_the_code(
    app: Flask, cast: Cast, sign_in: SignIn, validated: None
) -> None:
    app.config.update(MAIL_URL="smtp://localhost", MAIL_FROM="Sɛbɛn <seben@exemple.ml>")
    seydou = invited(app, cast, sign_in)
    assert seydou.place == ""
    letter, second = kept(app, select(Letter).order_by(Letter.id))
    for part in (letter.text, letter.html):
        assert "/signature/" in part and "Coumba SIDIBE" in part
        assert "prévenez Adama DEMBELE (adama@exemple.ml)" in part, "whom to call who expected nothing"
    for part in (second.text, second.html):
        assert "/signature/" not in part and "Adama DEMBELE vient de tirer le code" in part
    for each in (letter, second):
        assert each.recipient == "seydou@exemple.ml"
        for part in (each.text, each.html):
            assert seydou.code not in part and seydou.code.replace(" ", "") not in part


def test_a_person_without_account_is_added_named_and_invited(
    app: Flask, cast: Cast, client: FlaskClient, sign_in: SignIn
) -> None:
    sign_in(client, cast.coumba)
    person = {"first_name": "Bakary", "surname": "DIARRA", "title": "Conseiller du gouverneur", "sans_compte": "1"}
    place = client.post("/administration/personnes/nouvelle", data=person).location.partition("#")[0]
    assert client.post(place + "/roles", data={"role": "member", "place": "1"}).status_code == 422
    assert client.post(place + "/lien").status_code == 422
    assert client.post(place + "/roles", data={"role": "chair", "place": "1"}).status_code == 303
    assert "Bakary DIARRA" in client.get("/rencontres/1/modifier").text
    page = client.get(place)
    assert page.status_code == 200 and "None" not in page.text
    assert "sans compte" in client.get("/administration/personnes").text


def test_who_signed_by_code_refuses_no_more_with_code_or_account(
    app: Flask, cast: Cast, sign_in: SignIn, seydou: Invited
) -> None:
    assert seydou.sign().status_code == 303
    form = {"reason": "Le total du budget est inexact.", "refusal_code": seydou.code}
    assert seydou.browser.post(seydou.place + "/refus", data=form).status_code == 404
    answer = sign_in(app.test_client(), cast.seydou).post("/rapports/1/refus-de-signer", data=form)
    assert answer.status_code == 403 and "Vous avez signé ce rapport" in answer.text
    assert [each.void for each in kept(app, select(Signature))] == [False]


def test_whose_paper_waits_reads_why_the_code_refuses_nothing(
    app: Flask, cast: Cast, desk: Sealer, seydou: Invited
) -> None:
    with app.app_context():
        filed(db.session.get_one(Report, 1), cast.coumba, desk, [Slot.CHAIR])
        db.session.commit()
    page = seydou.browser.get(seydou.place).text
    assert "Un papier qui porte votre signature attend" in page and 'name="refusal_code"' not in page
    form = {"reason": "Le total du budget est inexact.", "refusal_code": seydou.code}
    assert seydou.browser.post(seydou.place + "/refus", data=form).status_code == 403
    assert kept(app, select(Report))[0].stage is Stage.VALIDATED


def test_a_code_handed_over_before_a_refusal_signs_nothing_after_the_text_is_validated_again(
    app: Flask, cast: Cast, seydou: Invited
) -> None:
    with app.app_context():
        report = db.session.get_one(Report, 1)
        signing.refuse(report, cast.issa, "Le total du budget est inexact.")
        for person in (cast.mariam, cast.oumar, cast.adama):
            validating.confirm(report, person)
        validating.validate(report, cast.adama)
        db.session.commit()
    assert seydou.browser.get(seydou.place).status_code == 404
    assert seydou.sign().status_code == 404
    assert kept(app, select(Signature)) == []


def test_who_was_invited_sees_every_page_first_and_signs_the_file_that_was_shown(app: Flask, seydou: Invited) -> None:
    page = seydou.browser.get(seydou.place).text
    pictures = re.findall(r'<img src="([^"]+)" alt="Page', page)
    assert pictures and seydou.browser.get(pictures[0]).mimetype == "image/png"
    assert seydou.browser.get(pictures[0].replace("/1.png", "/99.png")).status_code == 404
    assert page.index(pictures[-1]) < page.index('name="code"')
    for file in ("", "0" * 64):
        assert seydou.sign(file=file).status_code == 409
    assert kept(app, select(Signature)) == [] and kept(app, select(Invitation))[0].tries == 0


def test_before_the_code_is_drawn_the_page_says_whom_to_ask_and_counts_no_try(
    app: Flask, cast: Cast, sign_in: SignIn, validated: None
) -> None:
    answer = sign_in(app.test_client(), cast.coumba).post("/rapports/1/invitations", data={"slot": "chair"})
    assert "Adama DEMBELE le tire" in answer.text
    place = re.search(r"(/signature/[\w-]{40,})", answer.text)[1]  # type: ignore[index]
    seydou = Invited(place, "0000 0000", app.test_client())
    assert "Demandez le code à Adama DEMBELE" in seydou.browser.get(place).text
    refused = seydou.sign()
    assert refused.status_code == 422 and "Aucun code n’a encore été tiré" in refused.text
    assert kept(app, select(Invitation))[0].tries == 0 and kept(app, select(Signature)) == []


def test_coordination_is_refused_the_code_and_the_other_signatory_reads_who_draws_it(
    app: Flask, cast: Cast, sign_in: SignIn, validated: None
) -> None:
    coumba, issa, adama = (sign_in(app.test_client(), each) for each in (cast.coumba, cast.issa, cast.adama))
    coumba.post("/rapports/1/invitations", data={"slot": "chair"})
    code = "/rapports/1/invitations/1/code"
    assert coumba.post(code).status_code == 403 and f'action="{code}"' not in coumba.get("/rapports/1/invitations").text
    refused = issa.post(code)
    assert refused.status_code == 403 and "le code de l’autre signature se demande" in refused.text
    desk = issa.get("/rapports/1/invitations").text
    assert "Peut le tirer\xa0: Adama DEMBELE" in desk.replace("&nbsp;", "\xa0") and f'action="{code}"' not in desk
    desk = adama.get("/rapports/1/invitations").text
    assert f'action="{code}"' in desk and "Révoquer" not in desk
    assert adama.post("/rapports/1/invitations", data={"slot": "chair"}).status_code == 403


def test_no_link_is_drawn_in_the_name_of_who_has_an_account(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    with app.app_context():
        report_at(Stage.VALIDATED, cast)
        db.session.commit()
    coumba = sign_in(app.test_client(), cast.coumba)
    assert "Seydou BA a un compte et signe avec lui" in coumba.get("/rapports/1/invitations").text
    for slot in ("chair", "rapporteur"):
        answer = coumba.post("/rapports/1/invitations", data={"slot": slot})
        assert answer.status_code == 422 and "a un compte et signe avec lui" in answer.text


def test_both_hands_are_named_beside_the_signature_and_by_the_verification(
    app: Flask, cast: Cast, sign_in: SignIn, desk: Sealer, seydou: Invited
) -> None:
    assert seydou.sign().status_code == 303
    hands = "lien remis par Coumba SIDIBE, code remis par Adama DEMBELE"
    issa = sign_in(app.test_client(), cast.issa)
    assert hands in issa.get("/rapports/1/signature").text
    with app.app_context():
        report = db.session.get_one(Report, 1)
        signing.sign(report, cast.issa, report.text_hash, b"", desk)
        db.session.commit()
        code = codes.spoken(anchor_of(report).code)
    assert hands in app.test_client().get(f"/verifier/{code}").text

"""Second factors over HTTP: enrolled with the password, asked for at signing, spent once, removed when lost."""

from __future__ import annotations

import re
from collections.abc import Callable

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from passlib.totp import TOTP
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.commands.people import people
from app.db import db, now
from app.directory.models import Person
from app.mail.models import Letter
from app.people.factors.models import RecoveryCode, Totp
from app.people.factors.passkeys import PasskeySite
from app.people.factors.vault import CHALLENGE_LIVES, Vault
from app.reports.models.signature import Signature
from app.reports.replay.verifying import verify_reports
from app.workflow import Stage
from tests.cast import PASSWORD, Cast
from tests.factories import report_at

SignIn = Callable[[FlaskClient, Person], FlaskClient]


@pytest.fixture
def validated(app: Flask, cast: Cast) -> None:
    with app.app_context():
        report_at(Stage.VALIDATED, cast)
        db.session.commit()


class Device:
    """Issa's telephone: the application that was shown the secret."""

    def __init__(self, secret: str) -> None:
        self.totp = TOTP(key=secret, format="base32")

    def shows(self, later: int = 0) -> str:
        return self.totp.generate(time=now().timestamp() + later).token


def enrolled(client: FlaskClient) -> tuple[Device, list[str]]:
    """The application enrolled, and the recovery codes that were shown."""
    page = client.get("/compte/facteurs").text
    secret = re.search(r"<code>([A-Z2-7 ]{30,})</code>", page)
    sealed = re.search(r'name="sealed" value="([^"]+)"', page)
    assert secret and sealed
    device = Device(secret[1].replace(" ", ""))
    form = {"sealed": sealed[1], "password": PASSWORD, "code": device.shows()}
    answer = client.post("/compte/facteurs/application", data=form)
    assert answer.status_code == 200, answer.text
    return device, re.findall(r"<code>(\w{5}-\w{5})</code>", answer.text)


def sign(client: FlaskClient, **typed: str) -> int:
    shown = re.findall(r'name="file" value="([^"]+)"', client.get("/rapports/1/signature").text)
    form = {"password": PASSWORD, "file": shown[0], **typed}
    return client.post("/rapports/1/signature", data=form).status_code


def signatures(app: Flask) -> list[Signature]:
    with app.app_context():
        found = list(db.session.scalars(select(Signature)))
        db.session.expunge_all()
        return found


def test_once_issa_has_an_application_his_password_alone_signs_nothing(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, validated: None
) -> None:
    device, recovery = enrolled(sign_in(client, cast.issa))
    assert len(set(recovery)) == 8
    for wrong in ({}, {"factor": "000000"}, {"factor": "abcde-abcde"}, {"answer": "{}"}):
        assert sign(client, **wrong) == 200
    assert signatures(app) == []
    assert sign(client, factor=device.shows(later=30)) == 303
    (signature,) = signatures(app)
    assert signature.details == {"factor": "totp"}


def test_refusing_asks_issa_for_his_second_factor_too_and_the_log_says_which(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, validated: None
) -> None:
    device, _ = enrolled(sign_in(client, cast.issa))
    place = "/rapports/1/refus-de-signer"
    (moment,) = re.findall(r'name="validated" value="([^"]+)"', client.get(place).text)
    form = {"reason": "Le total du budget est inexact.", "password": PASSWORD, "validated": moment}
    for wrong in ({}, {"factor": "000000"}, {"answer": "{}"}):
        answer = client.post(place, data=form | wrong)
        assert answer.status_code == 200 and 'id="error-factor"' in answer.text
        assert "Le total du budget est inexact.</textarea>" in answer.text
    assert client.post(place, data=form | {"factor": device.shows(later=30)}).status_code == 303
    with app.app_context():
        (event,) = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "refuse"))
        assert orjson.loads(event.body)["facts"]["factor"] == "totp"
        assert verify_reports(db.session) == []
        db.session.rollback()


def test_a_code_that_has_served_serves_no_more(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, validated: None
) -> None:
    device, _ = enrolled(sign_in(client, cast.issa))
    assert sign(client, factor=device.shows()) == 200, "that code served to enrol"
    assert signatures(app) == []
    later = device.shows(later=30)
    assert sign(client, factor=later) == 303
    with app.app_context():
        db.session.execute(db.delete(Signature))
        db.session.commit()
    assert sign(client, factor=later) == 200


def test_a_recovery_code_signs_once_and_is_gone(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, validated: None
) -> None:
    _, recovery = enrolled(sign_in(client, cast.issa))
    assert sign(client, factor=recovery[3].upper().replace("-", " ")) == 303
    assert signatures(app)[0].details == {"factor": "recovery"}
    with app.app_context():
        assert len(db.session.scalars(select(RecoveryCode)).all()) == 7
        db.session.execute(db.delete(Signature))
        db.session.commit()
    assert sign(client, factor=recovery[3]) == 200


def test_guessing_at_the_second_factor_is_slowed_down_though_the_password_is_right(
    client: FlaskClient, cast: Cast, sign_in: SignIn, validated: None
) -> None:
    enrolled(sign_in(client, cast.issa))
    answers = [sign(client, factor="000000") for _ in range(8)]
    assert answers[0] == 200
    assert answers[-1] == 429


def test_without_the_password_a_borrowed_session_changes_no_factor(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    enrolled(sign_in(client, cast.issa))
    for place in ("secours", "application", "cles"):
        answer = client.post(f"/compte/facteurs/{place}", data={"password": "pas le bon"})
        assert answer.status_code == 200 and "rien n’a changé" in answer.text
    with app.app_context():
        assert len(db.session.scalars(select(Totp)).all()) == 1
        db.session.rollback()


def test_a_wrong_code_or_another_s_secret_enrols_nothing(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    sign_in(client, cast.issa)
    sealed = re.search(r'name="sealed" value="([^"]+)"', client.get("/compte/facteurs").text)
    assert sealed
    for form in ({"sealed": sealed[1], "code": "000000"}, {"sealed": "gAAAAA", "code": "000000"}):
        answer = client.post("/compte/facteurs/application", data={**form, "password": PASSWORD})
        assert answer.status_code == 422
    assert (
        sealed[1]
        in client.post(
            "/compte/facteurs/application", data={"sealed": sealed[1], "code": "1", "password": PASSWORD}
        ).text
    )


def test_coordination_removes_what_issa_lost_and_he_is_told(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, validated: None
) -> None:
    app.config.update(MAIL_URL="smtp://localhost", MAIL_FROM="Sɛbɛn <seben@exemple.ml>")
    enrolled(sign_in(client, cast.issa))
    coumba = sign_in(app.test_client(), cast.coumba)
    place = f"/administration/personnes/{cast.issa.id}"
    assert "Retirer ses seconds facteurs" in coumba.get(place).text
    assert coumba.post(place + "/facteurs/retirer").status_code == 303
    assert coumba.post(place + "/facteurs/retirer").status_code == 422
    assert client.get("/rapports/1").status_code == 303, "his session ended with them"
    assert sign(sign_in(client, cast.issa)) == 303
    with app.app_context():
        events = db.session.scalars(select(AuditEvent).where(AuditEvent.act.startswith("factor_"))).all()
        assert [(each.act, each.actor_id) for each in events] == [
            ("factor_add", cast.issa.id),
            ("factor_remove", cast.coumba.id),
        ]
        assert orjson.loads(events[1].body)["facts"] == {"person": cast.issa.id, "territory": 1, "factor": "all"}
        added, removed = db.session.scalars(select(Letter).order_by(Letter.id))
        assert added.subject == "Vos seconds facteurs sont changés"
        assert removed.subject == "Vos seconds facteurs sont retirés"
        assert removed.recipient == "issa@exemple.ml" and "Coumba SIDIBE, de la coordination, a retiré" in removed.text
        db.session.rollback()


def test_the_machine_removes_what_the_only_coordination_lost(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    enrolled(sign_in(client, cast.coumba))
    refused = client.post(f"/administration/personnes/{cast.coumba.id}/facteurs/retirer")
    assert refused.status_code == 422 and "vos propres seconds facteurs" in refused.text
    run = app.test_cli_runner().invoke(people, ["remove-factors", "coumba@exemple.ml"])
    assert run.exit_code == 0, run.output
    with app.app_context():
        assert db.session.scalars(select(Totp)).all() == []
        db.session.rollback()
    assert client.get("/compte").status_code == 303
    assert app.test_cli_runner().invoke(people, ["remove-factors", "coumba@exemple.ml"]).exit_code == 1


def test_who_is_erased_keeps_no_factor_and_may_be_named_by_number(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    enrolled(sign_in(client, cast.issa))
    erase = ["erase", str(cast.issa.id), "--reason", "Demande de la personne", "--yes"]
    assert app.test_cli_runner().invoke(people, erase).exit_code == 0
    with app.app_context():
        assert db.session.scalars(select(Totp)).all() == db.session.scalars(select(RecoveryCode)).all() == []
        db.session.rollback()


def test_no_secret_is_kept_in_clear(app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn) -> None:
    device, recovery = enrolled(sign_in(client, cast.issa))
    with app.app_context():
        everything = "".join(str(db.session.execute(table.select()).all()) for table in db.metadata.sorted_tables)
        db.session.rollback()
    assert device.totp.base32_key not in everything
    assert not [code for code in recovery if code.replace("-", "") in everything]


def test_a_challenge_is_for_one_person_one_purpose_and_a_quarter_of_an_hour() -> None:
    vault, at = Vault("s" * 40), now()
    challenge = vault.challenge("sign", 2, at)
    assert vault.is_challenge(challenge, "sign", 2, at)
    assert not vault.is_challenge(challenge, "sign", 3, at)
    assert not vault.is_challenge(challenge, "enrol", 2, at)
    assert not vault.is_challenge(challenge[:-1], "sign", 2, at)
    assert not vault.is_challenge(challenge, "sign", 2, at.replace(year=at.year + 1))
    assert not Vault("t" * 40).is_challenge(challenge, "sign", 2, at)
    assert CHALLENGE_LIVES == 900


def test_passkeys_need_a_site_with_a_name() -> None:
    assert PasskeySite.at("http://127.0.0.1:5000", "GSB") is None
    assert PasskeySite.at("https://seben.exemple.ml/", "GSB") == PasskeySite(
        "seben.exemple.ml", "https://seben.exemple.ml", "GSB"
    )

"""A code asked for on the public page, checkpoints made after a request and by command, and how far they reach."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from app.audit.models import AuditEvent, Checkpoint, Leaf
from app.commands.audit import audit
from app.commands.work import work
from app.db import db
from app.directory.models import Person
from app.reports.models.report import Report
from app.reports.proofs.anchors import anchor_of
from app.reports.signing.acts import Sealer
from app.workflow import Stage
from tests.cast import LOG, PASSWORD, Cast
from tests.factories import BASE_URL, report_at
from tests.registers import entered
from tests.tampering import disarm

SignIn = Callable[[FlaskClient, Person], FlaskClient]


def at(app: Flask, stage: Stage, cast: Cast, desk: Sealer | None = None) -> int:
    with app.app_context():
        report = report_at(stage, cast, desk)
        db.session.commit()
        return report.id


def printed(app: Flask, report_id: int) -> str:
    """The address in the QR code, without the site's own."""
    with app.app_context():
        return anchor_of(db.session.get_one(Report, report_id)).address(BASE_URL).removeprefix(BASE_URL)


def checkpoints(app: Flask) -> list[tuple[int, str]]:
    with app.app_context():
        return [(row.size, row.reason) for row in db.session.scalars(select(Checkpoint).order_by(Checkpoint.size))]


def said(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.text.replace("\u202f", " ").replace("\u00a0", " "))


def test_a_stranger_learns_from_the_paper_that_the_text_is_the_signed_one(
    app: Flask, client: FlaskClient, cast: Cast, desk: Sealer
) -> None:
    report_id = at(app, Stage.SIGNED, cast, desk)
    answer = client.get(printed(app, report_id))
    assert answer.status_code == 200
    page = said(answer)
    assert "Ce code est celui du texte signé." in page
    title = "Rapport de la rencontre sur le budget 2018 du Conseil régional de Ségou"
    assert f"Rapport n° {report_id} : {title}, rencontre du 22 février 2018" in page
    assert "porte la signature du journal" in page and "— exemple.ml" in page


def test_a_code_may_be_typed_as_it_was_heard(app: Flask, client: FlaskClient, cast: Cast, desk: Sealer) -> None:
    place = printed(app, at(app, Stage.SIGNED, cast, desk)).partition("?")[0]
    typed = place.removeprefix("/verifier/").replace("-", " ").lower()
    answer = client.get("/verifier", query_string={"code": typed})
    assert (answer.status_code, answer.location) == (303, place)


@pytest.mark.parametrize("typed", ["1234", "U" * 16, "<script>", "é"])
def test_what_is_no_code_is_said_to_be_none(client: FlaskClient, typed: str) -> None:
    answer = client.get("/verifier", query_string={"code": typed})
    assert answer.status_code == 422
    assert "seize lettres et chiffres" in answer.text and "<script>" not in answer.text.partition("<main")[2]
    assert client.get(f"/verifier/{typed}").status_code == 404


def test_a_code_of_nothing_is_not_found(client: FlaskClient) -> None:
    answer = client.get("/verifier/0000-0000-0000-0000")
    assert answer.status_code == 404
    assert "n’est celui d’aucun texte validé ici" in said(answer)


@pytest.mark.parametrize("altered", ["r=9", "n=99999999999999999999999", "f=-1", "v=é", "r="])
def test_a_square_that_was_altered_is_not_trusted(
    app: Flask, client: FlaskClient, cast: Cast, desk: Sealer, altered: str
) -> None:
    place = printed(app, at(app, Stage.SIGNED, cast, desk))
    page = said(client.get(f"{place.partition('?')[0]}?{altered}"))
    assert "Le carré imprimé ne dit pas la même chose que le journal" in page


def test_validating_and_signing_on_the_screen_make_checkpoints_at_once(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    report_id = at(app, Stage.VALIDATED, cast)
    before = checkpoints(app)
    rapporteur = sign_in(app.test_client(), cast.issa)
    place = f"/rapports/{report_id}/signature"
    (file,) = re.findall(r'name="file" value="(\w+)"', rapporteur.get(place).text)
    answer = rapporteur.post(place, data={"password": PASSWORD, "file": file})
    assert answer.status_code == 303, answer.text
    assert [reason for _, reason in checkpoints(app)[len(before) :]] == ["sign"]


def test_the_file_to_sign_waits_for_its_checkpoint_and_signing_makes_it(
    app: Flask, cast: Cast, sign_in: SignIn
) -> None:
    report_id = at(app, Stage.VALIDATED, cast)
    with app.app_context():
        disarm(db.session.connection())
        for table in ("leaf", "node", "checkpoint"):
            db.session.execute(text(f"DELETE FROM {table}"))
        db.session.commit()
    rapporteur = sign_in(app.test_client(), cast.issa)
    answer = rapporteur.get(f"/rapports/{report_id}/a-signer.pdf")
    assert answer.status_code == 422 and "point de contrôle" in answer.text
    assert checkpoints(app) == []
    place = f"/rapports/{report_id}/signature"
    assert "point de contrôle" in rapporteur.get(place).text
    answer = rapporteur.post(place, data={"password": PASSWORD, "file": ""})
    assert answer.status_code == 409 and "n’avait pas pu vous être montré" in answer.text
    (file,) = re.findall(r'name="file" value="(\w+)"', answer.text)
    assert rapporteur.post(place, data={"password": PASSWORD, "file": file}).status_code == 303
    assert [reason for _, reason in checkpoints(app)] == ["validate", "sign"]


def test_a_request_without_the_log_s_key_succeeds_all_the_same(
    app: Flask, cast: Cast, desk: Sealer, sign_in: SignIn, tmp_path: Path
) -> None:
    report_id = at(app, Stage.SIGNED, cast, desk)
    before = checkpoints(app)
    shutil.copytree(Path(app.config["KEYS_FOLDER"]) / "authority", tmp_path / "rien" / "authority")
    app.config["KEYS_FOLDER"] = str(tmp_path / "rien")
    coordination = sign_in(app.test_client(), cast.coumba)
    assert coordination.post(f"/rapports/{report_id}/publier").status_code in (204, 303)
    assert checkpoints(app) == before
    with app.app_context():
        assert db.session.get_one(Report, report_id).stage is Stage.PUBLISHED


def test_who_supervises_sees_how_far_the_checkpoints_reach(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    report_id = at(app, Stage.VALIDATED, cast)
    with app.app_context():
        count = db.session.query(AuditEvent).count()
    place = f"/rapports/{report_id}/historique"
    page = said(sign_in(app.test_client(), cast.salif).get(place))
    assert f"{count} événements dans le dernier point de contrôle signé" in page
    assert "Tout ce qui est au journal est couvert." in page
    assert "point de contrôle" not in said(sign_in(app.test_client(), cast.issa).get(place))


# ---- Commands --------------------------------------------------------------------------------------------------------


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(audit, list(arguments))
    return result.exit_code, result.output.replace("\u202f", " ").replace("\u00a0", " ")


def test_the_command_answers_a_code(app: Flask, cast: Cast, desk: Sealer) -> None:
    place = printed(app, at(app, Stage.SIGNED, cast, desk))
    code, told = run(app, "code", place[10:29])
    assert code == 0 and told.endswith("Ce code est celui du texte signé.\n")
    assert run(app, "code", "0000-0000-0000-0000")[0] == 1
    assert "seize" in run(app, "code", "12")[1]


def test_the_command_signs_prints_and_is_verified_from_outside(app: Flask, cast: Cast, tmp_path: Path) -> None:
    with app.app_context():
        entered()
        db.session.commit()
    at(app, Stage.READING, cast)
    code, told = run(app, "status")
    assert "Aucun point de contrôle" in told and "le plus ancien depuis 0 min" in told
    code, kept = run(app, "checkpoint")
    assert code == 0 and kept.startswith("exemple.ml\n")
    assert run(app, "checkpoint") == (0, kept)
    (tmp_path / "point.txt").write_text(kept)
    code, told = run(app, "verify", "--checkpoint", str(tmp_path / "point.txt"))
    assert code == 0, told
    assert "Tous les événements sont couverts." in run(app, "status")[1]
    with app.app_context():
        disarm(db.session.connection())
        db.session.execute(text("DELETE FROM leaf WHERE number > 3"))
        db.session.execute(text("DELETE FROM checkpoint"))
        db.session.commit()
    code, told = run(app, "verify", "--checkpoint", str(tmp_path / "point.txt"))
    assert code == 1 and "le journal n’en a plus que 4" in told


def test_the_key_is_printed_for_others(app: Flask, tmp_path: Path) -> None:
    assert run(app, "key") == (0, f"{LOG.signer.verifier}\n")
    app.config["KEYS_FOLDER"] = str(tmp_path / "keys")
    code, told = run(app, "key")
    assert code == 0 and told.splitlines()[-1].startswith("127.0.0.1+")
    assert run(app, "key")[1] == told.splitlines()[-1] + "\n"


def test_the_worker_makes_what_is_due(app: Flask, cast: Cast) -> None:
    at(app, Stage.VALIDATED, cast)
    with app.app_context():
        disarm(db.session.connection())
        for table in ("leaf", "node", "checkpoint"):
            db.session.execute(text(f"DELETE FROM {table}"))
        db.session.commit()
    assert app.test_cli_runner().invoke(work, ["--once"]).exit_code == 0
    assert [reason for _, reason in checkpoints(app)] == ["validate"]
    with app.app_context():
        assert db.session.scalar(select(Leaf.code).where(Leaf.code.is_not(None)))

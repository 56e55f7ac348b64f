"""What reports print of their campaign, on the screen: changed by the coordination, seen by voters, refused elsewhere."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.content.canonical import canonical
from app.db import db
from app.directory.models import Grant, Person, Role
from app.documents.attached import NAME, attached
from app.reports.access.situation import signatures_of
from app.reports.models.ballot import Choice
from app.reports.models.report import Report
from app.reports.output import report_pdf
from app.reports.signing.acts import Sealer
from app.reports.text.parts import as_published, part_views
from app.reports.validating import acts as validating
from app.workflow import Stage
from app.workshops.models import Campaign
from tests.cast import Cast
from tests.factories import BASE_URL, report_at

SignIn = Callable[[FlaskClient, Person], FlaskClient]
FIRST = "Rapport de la rencontre sur le budget 2018 du Conseil régional de Ségou"
TITLE = "Rapport du débat public {organisateur}"
THEN = "Rapport du débat public du Conseil régional de Ségou"


def said(answer: Any) -> str:
    bare = re.sub(r'<span class="hidden">[^<]*</span>', "", answer.text)
    plain = re.sub(r"<(?!/?(?:del|ins)\b)[^>]+>", "", bare).replace("\u202f", " ").replace("\u00a0", " ")
    return re.sub(r"\s+", " ", plain.replace("&nbsp;", " "))


def cover(answer: Any) -> str:
    return re.search(r'<header class="cover".*?</header>', answer.text, re.DOTALL)[0]  # type: ignore[index]


def retitle(client: FlaskClient) -> Any:
    return client.post("/campagnes/1/modifier", data={"report_title": TITLE, "version": "1"})


def public(app: Flask, desk: Sealer) -> bytes:
    with app.app_context():
        report = db.session.get_one(Report, 1)
        return report_pdf.public(report, as_published(part_views(report)), signatures_of(report), BASE_URL, desk.store)


def at(stage: Stage, app: Flask, cast: Cast, desk: Sealer) -> None:
    with app.app_context():
        report_at(stage, cast, desk)
        db.session.commit()


def test_another_title_leaves_the_page_and_the_public_file_of_a_published_report_alone(
    app: Flask, client: FlaskClient, cast: Cast, desk: Sealer, sign_in: SignIn
) -> None:
    at(Stage.PUBLISHED, app, cast, desk)
    reader = sign_in(app.test_client(), cast.lamine)
    page, file = cover(reader.get("/rapports/1")), public(app, desk)
    assert FIRST in page
    assert retitle(sign_in(client, cast.coumba)).status_code == 303
    assert cover(reader.get("/rapports/1")) == page
    assert public(app, desk) == file


def test_a_voter_sees_what_of_the_title_has_changed_since_the_vote(
    app: Flask, client: FlaskClient, cast: Cast, desk: Sealer, sign_in: SignIn
) -> None:
    at(Stage.READING, app, cast, desk)
    with app.app_context():
        validating.vote(db.session.get_one(Report, 1), cast.mariam, Choice.APPROVE)
        db.session.commit()
    since = "/rapports/1/depuis-mon-vote"
    voter = sign_in(app.test_client(), cast.mariam)
    assert "mot pour mot" in said(voter.get(since))
    assert retitle(sign_in(client, cast.coumba)).status_code == 303
    page = said(voter.get(since))
    assert f"<del>{FIRST}</del><ins>{THEN}</ins>" in page and "mot pour mot" not in page
    assert "Le texte a changé depuis votre vote" in said(voter.get("/rapports/1"))


def test_whoever_coordinates_another_place_is_told_why_the_title_of_a_report_being_read_stands(
    app: Flask, client: FlaskClient, cast: Cast, desk: Sealer, sign_in: SignIn
) -> None:
    at(Stage.READING, app, cast, desk)
    with app.app_context():
        moussa = cast.moussa
        moussa.grants.append(Grant(role=Role.COORDINATION, territory_id=moussa.grants[0].territory_id))
        db.session.commit()
        events = db.session.query(AuditEvent).count()
    answer = retitle(sign_in(client, cast.moussa))
    assert answer.status_code == 403
    assert "seule une coordination qui couvre toutes ses collectivités" in said(answer)
    with app.app_context():
        assert db.session.query(AuditEvent).count() == events
        assert db.session.scalars(select(Campaign.report_title)).one() != TITLE


@pytest.mark.anywhere
@pytest.mark.forges
def test_a_file_that_carries_another_masthead_is_told_apart_from_the_signed_one(
    app: Flask, client: FlaskClient, cast: Cast, desk: Sealer
) -> None:
    at(Stage.PUBLISHED, app, cast, desk)
    with app.app_context():
        signed = desk.store.get(db.session.get_one(Report, 1).signed_hash)
    told = attached(signed)
    assert told["masthead"]["title"] == FIRST
    told["masthead"]["title"] = THEN
    forged = io.BytesIO()
    with pikepdf.open(io.BytesIO(signed)) as document:
        document.attachments[NAME] = pikepdf.AttachedFileSpec(document, canonical(told), filename=NAME)
        document.save(forged)
    page = said(
        client.post("/verifier", data={"file": (io.BytesIO(forged.getvalue()), "rapport.pdf")}, follow_redirects=True)
    )
    assert "Le texte joint au fichier n’est pas celui qui a été signé." in page
    assert f"<del>{FIRST}</del><ins>{THEN}</ins>" in page
    assert f"Rapport n° 1 : {FIRST}, rencontre du 22 février 2018" in page

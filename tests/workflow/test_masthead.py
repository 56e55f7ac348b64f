"""The masthead: live while a text is drafted, under its hash from the reading on, frozen with the validation."""

from __future__ import annotations

from datetime import date
from typing import Any

import orjson
import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.audit.standalone import seben_audit
from app.content.canonical import canonical, digest
from app.db import db
from app.people.invalid import Forbidden
from app.reports.editing import acts as editing
from app.reports.editing import renewing
from app.reports.history import since
from app.reports.models.ballot import Ballot, Choice, Votes
from app.reports.models.report import Report
from app.reports.notifications.inbox import Notice
from app.reports.output import document, report_pdf
from app.reports.rectification import acts as rectification
from app.reports.replay.verifying import verify_reports
from app.reports.signing import acts as signing
from app.reports.signing.acts import Sealer
from app.reports.text import masthead, revisions
from app.reports.text.parts import part_views
from app.reports.validating import acts as validating
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import DEADLINE, final_of, report_at
from tests.workflow.outsiders import place_of
from tests.workflow.test_rectifying import WHAT, WHY, validated_again

pytestmark = pytest.mark.usefixtures("world")

FIRST = "Rapport de la rencontre sur le budget 2018 du Conseil régional de Ségou"
TITLE = "Rapport du débat public sur le budget {organisateur}"
THEN = "Rapport du débat public sur le budget du Conseil régional de Ségou"


def retitled(cast: Cast, report: Report, title: str = TITLE) -> None:
    campaign = report.workshop.campaign
    assert renewing.change_campaign(cast.coumba, campaign, {"report_title": title}, campaign.version)


def acts(report: Report) -> list[str]:
    query = select(AuditEvent.act).where(AuditEvent.stream == f"report:{report.id}").order_by(AuditEvent.seq)
    return list(db.session.scalars(query))


def last_facts(report: Report) -> dict[str, Any]:
    query = select(AuditEvent.body).where(AuditEvent.stream == f"report:{report.id}").order_by(AuditEvent.seq.desc())
    facts: dict[str, Any] = orjson.loads(db.session.scalars(query.limit(1)).one())["facts"]
    return facts


def both_verifiers(app: Flask) -> list[str]:
    """What the two find wrong with the reports; the one that stands alone is asked of the reports alone."""
    db.session.commit()
    found = seben_audit.verify(place_of(app.config["DATABASE_URL"]), [], jobs=1).findings
    theirs = {each.sentence for each in found if each.report is not None}
    ours = {each.sentence for each in verify_reports(db.session)}
    assert ours == theirs
    return sorted(ours)


def test_a_draft_prints_what_the_campaign_and_the_meeting_say_now(cast: Cast) -> None:
    report = report_at(Stage.EDITING, cast)
    assert report.masthead_json == "" and document.cover(report).title == FIRST
    before = report.text_hash
    retitled(cast, report)
    assert document.cover(report).title == THEN
    assert report.text_hash == before and acts(report)[-1] == "hand_over"


def test_from_the_reading_on_it_is_under_the_hash_of_the_text(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    kept = {
        "organisation": "Groupe de Suivi Budgétaire",
        "title": FIRST,
        "held_on": "2018-02-22",
        "place": "Ségou",
    }
    assert orjson.loads(report.masthead_json) == kept == last_facts(report)["masthead"]
    hashes = {view.part.key: view.content_hash for view in part_views(report)}
    assert report.text_hash == digest(canonical({**hashes, "@masthead": digest(canonical(kept))}))


def test_another_title_while_the_commission_reads_reopens_its_votes_and_says_what_changed(
    world: Flask, cast: Cast
) -> None:
    report = report_at(Stage.READING, cast)
    for person in (cast.mariam, cast.oumar):
        validating.vote(report, person, Choice.APPROVE)
    before = report.text_hash
    retitled(cast, report)
    assert report.text_hash != before and document.cover(report).title == THEN
    assert acts(report).count("renew_masthead") == 1
    assert last_facts(report)["reopened"] == sorted([cast.mariam.id, cast.oumar.id])
    ballots = db.session.scalars(select(Ballot)).all()
    assert [ballot.stands for ballot in ballots] == [False, False]
    assert since.reheaded(report, ballots[0].at) == [("Titre du rapport", FIRST, THEN)]
    told = db.session.scalars(select(Notice).where(Notice.act == "renew_masthead")).all()
    assert {each.person_id for each in told if each.asks} == {cast.mariam.id, cast.oumar.id}
    assert {cast.adama.id, cast.binta.id} <= {each.person_id for each in told}
    sentence = next(each.sentence for each in told if each.person_id == cast.mariam.id)
    assert f"« {THEN} » au lieu de « {FIRST} »" in sentence.replace("\u202f", " ").replace("\u00a0", " ")
    assert sentence.endswith("confirmez-le ou changez-le.")
    assert both_verifiers(world) == []


def test_the_day_of_the_meeting_is_printed_too_and_what_is_not_printed_disturbs_no_report(
    world: Flask, cast: Cast
) -> None:
    report = report_at(Stage.READING, cast)
    workshop, before = report.workshop, report.text_hash
    renewing.change_workshop(cast.coumba, workshop, {"consent": "annoncé à l’ouverture"}, workshop.version)
    renewing.change_campaign(cast.coumba, workshop.campaign, {"ends_on": "2018-04-30"}, workshop.campaign.version)
    assert report.text_hash == before and acts(report)[-1] == "transmit"
    renewing.change_workshop(cast.coumba, workshop, {"held_on": "2018-03-01"}, workshop.version)
    assert document.signed_at(report) == "Fait à Ségou, le 1er mars 2018"
    assert last_facts(report)["masthead"]["held_on"] == "2018-03-01"
    assert both_verifiers(world) == []


def test_whoever_coordinates_elsewhere_cannot_change_what_a_commission_reads(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    cast.moussa.grants[0].role = "coordination"
    db.session.flush()
    campaign, before = report.workshop.campaign, report.text_hash
    with pytest.raises(Forbidden, match="seule une coordination qui couvre toutes"):
        renewing.change_campaign(cast.moussa, campaign, {"report_title": TITLE}, campaign.version)
    assert (report.text_hash, document.cover(report).title) == (before, FIRST)
    assert campaign.report_title != TITLE


def test_once_validated_nothing_changes_it_and_refusing_to_sign_opens_it_again(
    world: Flask, cast: Cast, desk: Sealer
) -> None:
    report = report_at(Stage.VALIDATED, cast, desk)
    before, file, number = report.text_hash, final_of(report), len(acts(report))
    retitled(cast, report)
    assert (report.text_hash, len(acts(report))) == (before, number)
    assert document.cover(report).title == FIRST and final_of(report) == file
    assert both_verifiers(world) == []
    signing.refuse(report, cast.issa, "La date est à revoir.")
    assert document.cover(report).title == THEN and report.text_hash != before
    assert last_facts(report)["masthead"]["title"] == THEN
    assert both_verifiers(world) == []


def test_a_refusal_that_finds_the_same_masthead_leaves_the_text_as_it_was(
    world: Flask, cast: Cast, desk: Sealer
) -> None:
    report = report_at(Stage.VALIDATED, cast, desk)
    before = report.text_hash
    signing.refuse(report, cast.issa, "La date est à revoir.")
    assert report.text_hash == before and "masthead" not in last_facts(report)
    assert both_verifiers(world) == []


def test_while_the_rapporteur_has_the_text_back_another_title_makes_the_votes_kept_for_it_wait(
    world: Flask, cast: Cast
) -> None:
    report = report_at(Stage.READING, cast)
    validating.vote(report, cast.mariam, Choice.APPROVE)
    validating.return_to_rapporteur(report, cast.adama, "Le lieu.", votes=Votes.UNTOUCHED)
    retitled(cast, report)
    assert last_facts(report)["reopened"] == []
    editing.transmit(report, cast.issa, DEADLINE, date.today())
    assert last_facts(report)["to_confirm"] == [cast.mariam.id]
    assert both_verifiers(world) == []


def test_a_rectification_keeps_what_it_says_of_the_report_that_it_replaces(
    world: Flask, cast: Cast, desk: Sealer
) -> None:
    first = report_at(Stage.PUBLISHED, cast, desk)
    second = rectification.rectify(first, cast.coumba, WHAT, WHY)
    retitled(cast, first)
    assert document.cover(first).title == FIRST
    # A report opened anew follows the campaign; the one that is published stays.
    assert document.cover(second).title == THEN
    validated_again(second, cast, desk)
    kept = orjson.loads(second.masthead_json)["rectifies"]
    assert (kept["report"], kept["what"], kept["why"]) == (first.id, WHAT, WHY)
    assert kept["published_on"] == first.published_at.date().isoformat() and len(kept["code"]) == 19  # type: ignore[union-attr]
    assert both_verifiers(world) == []


@pytest.fixture
def before_mastheads(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """As a reading was opened before mastheads were kept."""
    monkeypatch.setattr(masthead, "keep", lambda report: revisions.seal_text(report) and {})
    return monkeypatch


def test_a_reading_opened_before_they_were_kept_is_validated_on_the_hash_it_was_voted_on(
    world: Flask, cast: Cast, desk: Sealer, before_mastheads: pytest.MonkeyPatch
) -> None:
    report = report_at(Stage.READING, cast)
    voted_on = report.text_hash
    before_mastheads.undo()
    assert both_verifiers(world) == []
    for person in (cast.mariam, cast.oumar, cast.adama):
        validating.vote(report, person, Choice.APPROVE)
    validating.validate(report, cast.adama)
    assert report.text_hash == voted_on and orjson.loads(report.masthead_json)["title"] == FIRST
    assert last_facts(report)["masthead"]["title"] == FIRST
    assert both_verifiers(world) == []
    # Its file carries the text as its hash has it, and prints what is kept all the same.
    assert not revisions.covers_masthead(report)
    contents = {view.part.key: view.content for view in part_views(report)}
    assert "masthead" not in orjson.loads(report_pdf.source(report, contents))
    retitled(cast, report)
    assert document.cover(report).title == FIRST
    report.masthead_json = report.masthead_json.replace("Ségou", "Bla")
    assert [each for each in both_verifiers(world) if "l’empreinte de l’en-tête" in each]


def test_a_reading_opened_before_they_were_kept_takes_one_with_the_first_change(
    world: Flask, cast: Cast, before_mastheads: pytest.MonkeyPatch
) -> None:
    report = report_at(Stage.READING, cast)
    validating.vote(report, cast.mariam, Choice.APPROVE)
    before_mastheads.undo()
    retitled(cast, report)
    assert last_facts(report)["reopened"] == [cast.mariam.id]
    assert last_facts(report)["masthead_before"]["title"] == FIRST
    assert revisions.covers_masthead(report) and both_verifiers(world) == []


def test_the_step_of_the_database_copies_it_for_what_was_validated_before_and_leaves_its_hash(
    world: Flask, cast: Cast, desk: Sealer, before_mastheads: pytest.MonkeyPatch
) -> None:
    before_mastheads.setattr(masthead, "keep_beside", lambda report: {})
    report = report_at(Stage.PUBLISHED, cast, desk)
    second = rectification.rectify(report, cast.coumba, WHAT, WHY)
    validated_again(second, cast, desk)
    before_mastheads.undo()
    hashes = report.text_hash, second.text_hash
    expected = masthead.now(report), masthead.now(second)
    db.session.commit()
    db.session.remove()
    downgrade(revision="0017")
    upgrade()
    first, second = db.session.scalars(select(Report).order_by(Report.id)).all()
    assert (masthead.kept(first), masthead.kept(second)) == expected
    assert (first.text_hash, second.text_hash) == hashes
    assert not revisions.covers_masthead(first)
    assert both_verifiers(world) == []
    retitled(cast, first)
    assert document.cover(first).title == FIRST


def test_the_step_of_the_database_takes_from_the_log_what_it_tells(world: Flask, cast: Cast, desk: Sealer) -> None:
    report = report_at(Stage.VALIDATED, cast, desk)
    retitled(cast, report)
    kept = report.masthead_json
    db.session.commit()
    db.session.remove()
    downgrade(revision="0017")
    upgrade()
    assert db.session.scalars(select(Report.masthead_json)).one() == kept
    assert both_verifiers(world) == []

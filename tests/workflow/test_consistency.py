"""Passing a report on past the consistency check: what blocks, what one goes past saying why, what is mended by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import orjson
import pytest
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.content.canonical import TooLong
from app.db import db
from app.directory.territories import Level, Territory
from app.reports import drafting
from app.reports.consistency.checking import findings_of
from app.reports.editing import acts as editing
from app.reports.editing.mending import mend
from app.reports.models.ballot import Choice
from app.reports.models.report import Report
from app.reports.pages.consistency_page import survey
from app.reports.replay.verifying import verify_reports
from app.reports.steps import NotAllowed, NotReady
from app.reports.text import revisions
from app.reports.validating import acts as validating
from app.workflow import Stage
from app.workshops.models import Campaign, Workshop
from tests.cast import Cast
from tests.factories import DEADLINE, content_of, opened, report_at, reworded, save, written

pytestmark = pytest.mark.usefixtures("world")
WHY = "La liste est jointe sur papier."


def draft(cast: Cast, *changes: tuple[str, str, str]) -> Report:
    """A draft, complete, with these words put otherwise: part, words, other words."""
    report = written(opened(cast), cast.fanta)
    put(report, cast, *changes)
    return report


def put(report: Report, cast: Cast, *changes: tuple[str, str, str]) -> None:
    person = cast.fanta if report.stage is Stage.DRAFTING else cast.issa
    for key, old, new in changes:
        save(report, key, reworded(content_of(report, key), old, new), person)


def facts(report: Report, act: str) -> dict[str, Any]:
    query = select(AuditEvent.body).where(AuditEvent.stream == f"report:{report.id}", AuditEvent.act == act)
    found: dict[str, Any] = orjson.loads(db.session.scalars(query.order_by(AuditEvent.seq.desc())).first() or "")[
        "facts"
    ]
    return found


def rules(report: Report) -> list[str]:
    return [finding.rule.key for finding in findings_of(report)]


ABSENT = ("attendance", "Seydou BA", "Ali SY")
UNSAID = (("follow_up", "non réalisée", ""), ("follow_up", "Faute de crédits.", ""))


def test_a_report_without_a_finding_passes_as_ever_and_the_log_says_nothing_of_the_check(cast: Cast) -> None:
    report = draft(cast)
    drafting.hand_over(report, cast.fanta, "Un mot de trop.")
    assert not facts(report, "hand_over").keys() & {"warnings", "passed"}


def test_past_a_warning_one_goes_on_saying_why_and_the_log_keeps_both(cast: Cast) -> None:
    report = draft(cast, ABSENT)
    with pytest.raises(NotReady, match="dites pourquoi passer outre") as refusal:
        drafting.hand_over(report, cast.fanta, "  ")
    assert [finding.rule.key for finding in refusal.value.findings] == ["absent_speaker"]
    assert report.stage is Stage.DRAFTING
    with pytest.raises(TooLong):
        drafting.hand_over(report, cast.fanta, "a" * 300_000)
    drafting.hand_over(report, cast.fanta, f" {WHY} ")
    block = next(block.id for block in content_of(report, "ceremony") if block.zone == "speeches")
    told = facts(report, "hand_over")
    assert (told["warnings"], told["passed"]) == ([["absent_speaker", "ceremony", block]], WHY)
    assert report.stage is Stage.EDITING
    assert verify_reports(db.session) == []


def test_what_nobody_could_defend_blocks_whatever_is_said(cast: Cast) -> None:
    report = draft(cast, *UNSAID)
    with pytest.raises(
        NotReady, match="À corriger d’abord : Rien ne dit ce qu’est devenue la recommandation n° 1"
    ) as refusal:
        drafting.hand_over(report, cast.fanta, WHY)
    assert [finding.blocking for finding in refusal.value.findings] == [True]
    put(report, cast, ("follow_up", "Former les élus.", "Former tous les élus."))
    assert report.stage is Stage.DRAFTING


def test_the_check_stands_before_the_commission_and_before_the_validation_too(cast: Cast) -> None:
    report = report_at(Stage.EDITING, cast)
    put(report, cast, ABSENT)
    with pytest.raises(NotReady, match="1\u00a0avertissement"):
        editing.transmit(report, cast.issa, DEADLINE, date.today())
    editing.transmit(report, cast.issa, DEADLINE, date.today(), WHY)
    for person in (cast.mariam, cast.oumar, cast.adama):
        validating.vote(report, person, Choice.APPROVE)
    with pytest.raises(NotReady, match="1\u00a0avertissement"):
        validating.validate(report, cast.adama)
    validating.validate(report, cast.adama, passing_why="La présidence l’a confirmé.")
    assert [facts(report, act)["passed"] for act in ("transmit", "validate")] == [WHY, "La présidence l’a confirmé."]
    assert verify_reports(db.session) == []


def test_the_terms_are_checked_as_they_will_be_annexed(cast: Cast) -> None:
    """Until the report is before the commission, those that stand in the campaign now."""
    report = draft(cast)
    campaign = report.workshop.campaign
    campaign.terms = campaign.terms.replace('"05"', '"cinq"')
    assert rules(report) == ["quotas"]
    report.stage = Stage.READING
    assert rules(report) == []


def test_another_territory_is_one_that_is_neither_above_nor_below(cast: Cast) -> None:
    report = draft(cast, ("conclusion", "dans la bonne humeur", "au Conseil régional de Kayes"))
    assert rules(report) == ["other_territory"]
    segou = report.workshop.territory
    db.session.add(Territory(level=Level.CIRCLE, name="Kayes", parent_id=segou.id, path=f"{segou.path}99/"))
    db.session.flush()
    assert rules(report) == []


def test_a_finding_is_mended_through_the_door_of_every_save(cast: Cast) -> None:
    report = draft(cast, ("conclusion", "Les travaux ont pris", "Les travaux: ils ont pris"))
    (finding,) = findings_of(report)
    base = revisions.part_of(report, "conclusion").number
    with pytest.raises(NotAllowed):
        mend(report, finding.name, base, cast.issa)
    assert mend(report, finding.name, base, cast.fanta) == "conclusion"
    assert content_of(report, "conclusion")[0].text.startswith("Les travaux\u00a0: ils")
    told = facts(report, "draft")
    assert (told["part"], told["parent"], told["number"]) == ("conclusion", base, base + 1)
    assert rules(report) == []


@pytest.mark.parametrize("moved", ["the text", "the finding", "nothing to mend"])
def test_a_mend_is_refused_where_the_text_has_moved(moved: str, cast: Cast) -> None:
    report = draft(cast, ("conclusion", "Les travaux ont pris", "Les travaux: ils ont pris"), ABSENT)
    spaces, absent = sorted(findings_of(report), key=lambda each: each.rule.key != "spaces")
    base = revisions.part_of(report, "conclusion").number
    before = {
        "the text": lambda: put(report, cast, ("conclusion", "fin dans", "fin, dit-on, dans")),
        "the finding": lambda: put(report, cast, ("conclusion", "Les travaux: ils", "Les travaux : ils")),
        "nothing to mend": lambda: None,
    }[moved]
    before()
    name, base = (absent.name, 2) if moved == "nothing to mend" else (spaces.name, base)
    with pytest.raises(NotReady, match="Le texte a changé"):
        mend(report, name, base, cast.fanta)


def test_who_may_pass_the_report_on_sees_what_stands_in_the_way(cast: Cast) -> None:
    report = draft(cast, *UNSAID)
    mine = survey(report, cast.fanta)
    assert mine.button is not None and mine.button.act.key == "hand_over" and "n° 1" in (mine.button.why_not or "")
    assert mine.may_write and [(group.part.key, group.number) for group in mine.groups] == [("follow_up", 4)]
    assert mine.groups[0].shown[0].anchor == "zone-rows-0-status"
    others = survey(report, cast.salif)
    assert others.button is None and not others.may_write and others.findings == mine.findings


def test_the_recommendations_left_open_by_the_last_meeting_are_looked_for(cast: Cast) -> None:
    before = report_at(Stage.VALIDATED, cast).workshop
    campaign = Campaign(
        name="Budgets régionaux 2019", organisation="Groupe", report_title="Rapport", budget_year=2019,
        starts_on=date(2019, 1, 1), ends_on=date(2019, 3, 1), terms="[]", programme=before.campaign.programme,
    )  # fmt: skip
    workshop = Workshop(
        campaign=campaign, territory=before.territory, held_on=date(2019, 2, 21), place="Ségou", venue="Ségou",
        organising_body="le Conseil", facilitator=before.facilitator, rapporteur=before.rapporteur, chair=before.chair,
    )  # fmt: skip
    db.session.add(workshop)
    db.session.flush()
    report = drafting.open_report(workshop, cast.fanta)
    carried = content_of(report, "follow_up")
    answered = [
        replace(row, fields={**row.fields, "status": "en cours", "execution": "Le texte est à l’étude."})
        for row in carried
    ]
    written(report, cast.fanta)
    save(report, "follow_up", tuple(answered), cast.fanta)
    assert len(answered) == 3 and rules(report) == []
    save(report, "follow_up", tuple(answered[1:]), cast.fanta)
    (lost,) = findings_of(report)
    assert lost.rule.key == "earlier_lost" and "« Former les élus. »" in lost.sentence.replace("\u202f", " ")

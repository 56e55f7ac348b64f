"""A published report is rectified by another: the same hands, two documents that name each other, one log each."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.audit import watch
from app.audit.models import AuditEvent
from app.audit.standalone import seben_audit
from app.audit.verification import verify_chains
from app.content.prose import cut
from app.db import db
from app.reports import drafting
from app.reports.access import rectified
from app.reports.access.visibility import visible_report
from app.reports.amending import acts as amending
from app.reports.editing import acts as editing
from app.reports.models.ballot import Choice
from app.reports.models.report import Origin, Report
from app.reports.notifications.inbox import Notice
from app.reports.pages import lists
from app.reports.proofs import code_lookup
from app.reports.proofs.anchors import anchor_of
from app.reports.rectification import acts as rectification
from app.reports.rectification import statement
from app.reports.replay.verifying import verify_reports
from app.reports.signing import acts as signing
from app.reports.signing.acts import Sealer
from app.reports.steps import NotAllowed, NotReady, WrongStage
from app.reports.text import prefill, revisions
from app.reports.validating import acts as validating
from app.workflow import Stage
from tests.cast import LOG, Cast
from tests.factories import DEADLINE, content_of, final_of, report_at, save, sign
from tests.tampering import disarm
from tests.workflow.outsiders import place_of

WHAT, WHY = "La phrase de la conclusion.", "Le rapporteur a relevé une erreur de date."
NEW = cut("Les travaux ont pris fin à dix-sept heures.", "body")


def validated_again(report: Report, cast: Cast, desk: Sealer) -> Report:
    """The rectification taken through the same hands, up to the signatures."""
    save(report, "conclusion", NEW, cast.fanta)
    drafting.hand_over(report, cast.fanta)
    editing.transmit(report, cast.issa, DEADLINE, date.today())
    for person in (cast.mariam, cast.oumar, cast.adama):
        validating.vote(report, person, Choice.APPROVE)
    validating.validate(report, cast.adama)
    final_of(report, desk.store)
    return report


def published_again(report: Report, cast: Cast, desk: Sealer) -> Report:
    """The same, signed by both and published."""
    validated_again(report, cast, desk)
    sign(report, cast.issa, desk)
    sign(report, cast.seydou, desk)
    signing.publish(report, cast.coumba)
    return report


def test_a_rectification_goes_through_the_same_hands_and_takes_the_place_of_the_first(
    world: Flask, cast: Cast, desk: Sealer
) -> None:
    first = report_at(Stage.PUBLISHED, cast, desk)
    before = (first.signed_hash, first.text_hash, first.stage, first.published_at)
    second = rectification.rectify(first, cast.coumba, WHAT, WHY)
    assert (second.stage, second.workshop_id, second.rectifies_id) == (Stage.DRAFTING, first.workshop_id, first.id)
    part = revisions.part_of(second, "conclusion")
    assert revisions.current(part).origin is Origin.RECTIFICATION
    assert content_of(second, "conclusion") == content_of(first, "conclusion")
    assert content_of(second, "attendance") == content_of(first, "attendance")
    assert statement.changed(second) == []
    assert rectified.of(first, cast.lamine).under_way and not rectified.of(first).replaced_by
    assert [line.id for line in lists.page_of(cast.lamine)] == [first.id]
    assert not visible_report(cast.lamine, second.id)

    published_again(second, cast, desk)
    db.session.commit()
    assert (first.signed_hash, first.text_hash, first.stage, first.published_at) == before
    assert second.rectifies_parts == "conclusion"
    assert [each.part.key for each in statement.compared(second, personal=True)] == ["conclusion"]
    # Both documents point at each other, and lists show the latest.
    ahead, back = rectified.of(first, cast.lamine).replaced_by, rectified.of(second, cast.lamine).rectified
    assert ahead and back and (ahead.id, back.id) == (second.id, first.id)
    assert [(line.id, line.rectifies) for line in lists.page_of(cast.lamine)] == [(second.id, first.id)]
    # The codes of both are still those of signed texts.
    for report in (first, second):
        told = code_lookup.answer(anchor_of(report).code, (LOG.signer.verifier,))
        assert told and told.good and told.report.id == report.id
    # And both logs tell it, to the application and to who does not trust it.
    assert verify_chains(db.session) == []
    assert verify_reports(db.session) == []
    with pytest.raises(NotReady, match="rectifie déjà"):
        rectification.rectify(first, cast.coumba, WHAT, WHY)
    third = rectification.rectify(second, cast.adama, WHAT, WHY)
    assert third.rectifies_id == second.id


def test_the_next_meeting_follows_the_recommendations_of_the_rectified_version_once_it_is_published(
    world: Flask, cast: Cast, desk: Sealer
) -> None:
    first = report_at(Stage.PUBLISHED, cast, desk)
    later = first.workshop.__class__(
        campaign_id=first.workshop.campaign_id,
        territory_id=first.workshop.territory_id,
        held_on=date(first.workshop.held_on.year + 1, 1, 1),
    )
    second = rectification.rectify(first, cast.coumba, WHAT, WHY)
    rows = content_of(second, "recommendations")
    save(second, "recommendations", rows[:-1], cast.fanta)
    told = len(prefill.open_recommendations(later))
    published_again(second, cast, desk)
    assert len(prefill.open_recommendations(later)) == told - 1


def test_only_coordination_and_the_president_rectify_and_only_what_is_published(
    world: Flask, cast: Cast, desk: Sealer
) -> None:
    report = report_at(Stage.SIGNED, cast, desk)
    with pytest.raises(WrongStage):
        rectification.rectify(report, cast.coumba, WHAT, WHY)
    signing.publish(report, cast.coumba)
    for who in ("fanta", "issa", "mariam", "seydou", "salif", "lamine", "moussa"):
        with pytest.raises(NotAllowed):
            rectification.rectify(report, getattr(cast, who), WHAT, WHY)
    with pytest.raises(NotReady, match="ce qui est à rectifier"):
        rectification.rectify(report, cast.coumba, " ", WHY)
    with pytest.raises(NotReady, match="motif"):
        rectification.rectify(report, cast.coumba, WHAT, " ")
    with pytest.raises(NotAllowed, match="rapport rectificatif"):
        rectification.abandon(report, cast.coumba, WHY)
    second = rectification.rectify(report, cast.adama, WHAT, WHY)
    db.session.commit()
    assert verify_reports(db.session) == []
    told = {
        (notice.person_id, notice.report_id): notice.sentence
        for notice in db.session.scalars(select(Notice).where(Notice.act.in_(("rectify", "open"))))
    }
    assert "À vous de l’y corriger" in told[cast.fanta.id, second.id]
    assert {cast.issa.id, cast.seydou.id, cast.mariam.id, cast.coumba.id} == {
        person for person, number in told if number == report.id
    } - {cast.oumar.id, cast.binta.id}


def test_a_rectification_can_be_given_up_and_another_opened(world: Flask, cast: Cast, desk: Sealer) -> None:
    first = report_at(Stage.PUBLISHED, cast, desk)
    second = rectification.rectify(first, cast.coumba, WHAT, WHY)
    with pytest.raises(NotReady, match="motif"):
        rectification.abandon(second, cast.coumba, " ")
    rectification.abandon(second, cast.coumba, "L’erreur n’en était pas une.")
    assert second.stage is Stage.ABANDONED
    assert rectified.of(first).rectifying is None
    with pytest.raises(NotAllowed):
        save(second, "conclusion", NEW, cast.fanta)
    with pytest.raises(WrongStage):
        amending.mark_read(second, cast.adama)
    third = rectification.rectify(first, cast.coumba, WHAT, WHY)
    db.session.commit()
    assert third.id not in (first.id, second.id)
    assert verify_reports(db.session) == []


TAMPERED = [
    ("UPDATE report SET rectifies_id = 2 WHERE id = 2", "report", "le rapport rectifié"),
    ("UPDATE report SET rectifies_why = 'Autre.' WHERE id = 2", "report", "le motif de la rectification"),
    ("UPDATE report SET rectifies_what = 'Autre.' WHERE id = 2", "report", "ce qui est rectifié"),
    ("UPDATE report SET rectifies_parts = 'terms' WHERE id = 2", "report", "les parties rectifiées"),
    (
        "UPDATE audit_event SET body = replace(body, 'rectified_by\"\\:2', 'rectified_by\"\\:1') WHERE act = 'rectify'",
        "rectification",
        "annonce le rapport 1",
    ),
    (
        "UPDATE audit_event SET body = replace(body, 'rectifies\"\\:1', 'rectifies\"\\:2') WHERE stream = 'report:2'",
        "event",
        "ouvre une rectification qui ne pouvait pas l’être",
    ),
]


def _outside(place: str) -> list[tuple[str, str]]:
    """What the verifier that stands alone says of the reports."""
    kinds = {"event", "report", "part", "revision", "rectification"}
    found = seben_audit.verify(place, [], jobs=1).findings
    return [(each.kind, each.sentence) for each in found if each.kind in kinds]


def test_what_is_changed_by_hand_is_found_by_both_verifiers(world: Flask, cast: Cast, desk: Sealer) -> None:
    published_again(rectification.rectify(report_at(Stage.PUBLISHED, cast, desk), cast.coumba, WHAT, WHY), cast, desk)
    db.session.commit()
    assert db.session.scalar(select(AuditEvent.id).where(AuditEvent.act == "rectify"))
    place = place_of(db.engine.url.render_as_string(hide_password=False))
    assert _outside(place) == []
    disarm(db.session.connection())
    db.session.commit()
    for statement_, kind, said in TAMPERED:
        watch.unwatch(db.session.connection())
        db.session.execute(text(statement_))
        own = [(each.kind, each.sentence) for each in verify_reports(db.session)]
        assert any(kind == found and said in sentence for found, sentence in own), (statement_, own)
        db.session.commit()
        others = _outside(place)
        assert any(kind == found and said in sentence for found, sentence in others), (statement_, others)

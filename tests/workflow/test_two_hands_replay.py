"""What both verifiers say of invitations: of those made before two hands were asked for, and of two hands that are one."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from flask import Flask

from app.audit.standalone import seben_audit
from app.content.canonical import digest
from app.db import db, now
from app.directory.models import Grant, Role
from app.reports import steps
from app.reports.models.invitation import Ended, Invitation
from app.reports.models.report import Report
from app.reports.models.signature import Slot, Way
from app.reports.replay.verifying import verify_reports
from app.reports.signing import acts as signing
from app.reports.signing.acts import Manner, Sealer
from app.reports.signing.invitation import accepting, handing, inviting
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import final_of, report_at, sign
from tests.invited import KEY, invitation_of, without_password
from tests.workflow.outsiders import place_of

CHAIN = {"unsigned", "late", "leaf"}


def found(app: Flask) -> set[str]:
    """The sentences, which are the same of both verifiers."""
    db.session.commit()
    ours = {each.sentence for each in verify_reports(db.session)}
    told = seben_audit.verify(place_of(app.config["DATABASE_URL"]), [], jobs=1).findings
    assert {each.sentence for each in told if each.report and each.kind not in CHAIN} == ours
    return ours


def invited_as_before(report: Report, cast: Cast) -> Invitation:
    """As coordination once invited: link and code in one event."""
    made = Invitation(report_id=report.id, number=1, slot=Slot.CHAIR, person_id=cast.seydou.id, by_id=cast.coumba.id)
    made.token_hash, made.code_hash = "a" * 64, "b" * 64
    made.at, made.deadline, made.tries = now(), date.today() + timedelta(days=14), 0

    def effect() -> dict[str, Any]:
        db.session.add(made)
        return {
            "invitation": 1,
            "slot": "chair",
            "signatory": made.person_id,
            "deadline": made.deadline.isoformat(),
            "token": made.token_hash,
            "code": digest(made.code_hash.encode()),
            "replaced": None,
        }

    steps.take("invite", report, cast.coumba, effect)
    return made


def signed_as_before(report: Report, invitation: Invitation, cast: Cast, desk: Sealer) -> None:
    details = {"invitation": 1, "handed_by": cast.coumba.id, "mark": "typed", "written": "Seydou BA"}
    manner = Manner(Way.CODE, "Signature électronique interne", details, facts={"invitation": 1})
    signing.sign(report, cast.seydou, report.text_hash, final_of(report), desk, manner)
    inviting.end(invitation, Ended.SIGNED)


def test_a_log_from_before_two_hands_is_accepted(world: Flask, cast: Cast, desk: Sealer) -> None:
    report = report_at(Stage.VALIDATED, cast, desk)
    invitation = invited_as_before(report, cast)
    signed_as_before(report, invitation, cast, desk)
    sign(report, cast.issa, desk)
    assert report.stage is Stage.SIGNED
    assert found(world) == set()


def test_an_invitation_from_before_whose_code_was_drawn_anew_is_accepted(
    world: Flask, cast: Cast, desk: Sealer
) -> None:
    without_password(cast.seydou)
    report = report_at(Stage.VALIDATED, cast, desk)
    invitation = invited_as_before(report, cast)
    handing.hand_code(report, 1, cast.adama, KEY, date.today())
    accepting.sign(invitation, report, report.text_hash, final_of(report), desk, (), "Seydou BA")
    assert found(world) == set()


def test_one_person_who_came_to_both_secrets_is_found(world: Flask, cast: Cast, desk: Sealer) -> None:
    """He coordinated for a moment, and presides again: the door is passed by, the log is not."""
    without_password(cast.seydou)
    report = report_at(Stage.VALIDATED, cast, desk)
    for_a_moment = Grant(role=Role.COORDINATION, territory_id=1)
    adama = cast.adama
    adama.grants.append(for_a_moment)
    db.session.flush()
    given = inviting.invite(report, "chair", adama, date.today())
    adama.grants.remove(for_a_moment)
    db.session.flush()
    invitation = given.invitation

    def effect() -> dict[str, Any]:
        invitation.code_hash, invitation.code_by_id, invitation.code_at = "c" * 64, cast.adama.id, now()
        told = digest(invitation.code_hash.encode())
        return {"invitation": 1, "slot": "chair", "signatory": cast.seydou.id, "code": told}

    steps.take("hand_code", report, cast.adama, effect)
    (sentence,) = found(world)
    assert "dont cette même personne a remis le lien" in sentence


def test_a_signature_by_an_invitation_whose_code_nobody_drew_is_found(world: Flask, cast: Cast, desk: Sealer) -> None:
    without_password(cast.seydou)
    report = report_at(Stage.VALIDATED, cast, desk)
    given = inviting.invite(report, "chair", cast.coumba, date.today())
    signed_as_before(report, given.invitation, cast, desk)
    (sentence,) = found(world)
    assert "dont personne n’a tiré le code" in sentence


def test_two_hands_that_are_two_are_accepted(world: Flask, cast: Cast, desk: Sealer) -> None:
    without_password(cast.seydou)
    report = report_at(Stage.VALIDATED, cast, desk)
    accepting.sign(invitation_of(report, cast), report, report.text_hash, final_of(report), desk, (), "Seydou BA")
    assert found(world) == set()

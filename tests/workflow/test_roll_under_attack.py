"""The roll of a reading against who may change the commission: whatever is done to it, that reading goes on as it opened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.audit.standalone import seben_audit
from app.db import db
from app.directory.models import Commission, Person
from app.people import commissions, grants
from app.reports import deadline
from app.reports.access import roll, situation
from app.reports.amending import acts as amending
from app.reports.editing import acts as editing
from app.reports.models.ballot import Choice
from app.reports.models.report import Report
from app.reports.notifications.inbox import Notice
from app.reports.replay.verifying import verify_reports
from app.reports.signing import acts as signing
from app.reports.steps import NotAllowed, NotReady
from app.reports.validating import acts as validating
from app.workflow import Stage
from app.working_days import add_working_days
from tests.cast import Cast
from tests.factories import DEADLINE, amended, report_at
from tests.workflow.outsiders import place_of

pytestmark = pytest.mark.usefixtures("world")


def take_over(cast: Cast) -> None:
    """What coordination may do at any time: a quorum of one, other rules, two friends on the commission, one presiding."""
    commission = db.session.scalars(select(Commission)).one()
    values = {"name": commission.name, "quorum": "1", "majority": "seats", "casting_vote": "1", "reading_days": "1"}
    assert commissions.change(commission, values, commissions.fingerprint(commission), cast.coumba)
    grants.give(cast.moussa, "member", "1", cast.coumba)
    grants.give(cast.lamine, "president", "1", cast.coumba)


def friends_are_kept_out(report: Report, cast: Cast) -> None:
    for friend in (cast.moussa, cast.lamine):
        with pytest.raises(NotReady, match="liste des votants"):
            validating.vote(report, friend, Choice.APPROVE)
    amendment = amended(report, "method", "débats", "échanges", cast.mariam)
    acts: list[Callable[[], Any]] = [
        lambda: validating.validate(report, cast.lamine),
        lambda: validating.return_to_rapporteur(report, cast.lamine, "Non."),
        lambda: amending.adopt(report, amendment, cast.lamine),
        lambda: amending.reject(report, amendment, cast.lamine, "Non."),
        lambda: deadline.extend(report, cast.lamine, add_working_days(DEADLINE, 2), "Non.", date.today()),
    ]
    for act in acts:
        with pytest.raises(NotAllowed, match="vous présiderez la prochaine"):
            act()
    amending.withdraw(report, amendment, cast.mariam)


def rules(report: Report) -> tuple[int, int, str]:
    facts = situation.facts(report)
    return facts.members, facts.quorum, facts.majority.value


def refused_to_be_signed(report: Report, cast: Cast) -> None:
    """Validated by the true commission, refused, and so back in the same reading."""
    for person in (cast.mariam, cast.oumar, cast.adama):
        validating.vote(report, person, Choice.APPROVE)
    validating.validate(report, cast.adama)
    signing.refuse(report, cast.seydou, "Mon titre est inexact.")
    assert report.stage is Stage.READING


def nothing(report: Report, cast: Cast) -> None:
    """The reading goes on."""


def members_taken_away(report: Report, cast: Cast) -> None:
    for person in (cast.oumar, cast.binta):
        grants.take(person.grants[0], cast.coumba)


@pytest.mark.parametrize("meanwhile", [nothing, refused_to_be_signed])
def test_a_quorum_of_one_and_new_friends_change_nothing_for_the_reading_under_way(
    meanwhile: Callable[[Report, Cast], None], cast: Cast
) -> None:
    report = report_at(Stage.READING, cast)
    before = rules(report)
    take_over(cast)
    meanwhile(report, cast)
    assert rules(report) == before == (4, 3, "simple")
    friends_are_kept_out(report, cast)
    assert verify_reports(db.session) == []


def test_a_commission_emptied_during_a_reading_is_still_the_one_that_must_reach_its_quorum(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    take_over(cast)
    members_taken_away(report, cast)
    validating.vote(report, cast.adama, Choice.APPROVE)
    friends_are_kept_out(report, cast)
    assert rules(report) == (4, 3, "simple")


def said_to(person: Person) -> str:
    query = select(Notice.sentence).where(Notice.person_id == person.id, Notice.act == "transmit").order_by(Notice.id)
    return list(db.session.scalars(query))[-1]


def transmitted_again(report: Report, cast: Cast) -> dict[str, Any]:
    validating.return_to_rapporteur(report, cast.adama, "Le lieu est à corriger.")
    editing.transmit(report, cast.issa, DEADLINE, date.today())
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "transmit").order_by(AuditEvent.id)).all()[-1]
    return seben_audit.json.loads(event.body)["facts"]  # type: ignore[no-any-return]


def test_a_report_sent_back_and_passed_on_again_takes_the_new_roll_and_says_so_to_everybody_and_for_ever(
    world: Flask, cast: Cast, sign_in: Any
) -> None:
    report = report_at(Stage.READING, cast)
    take_over(cast)
    facts = transmitted_again(report, cast)
    assert facts["roll_before"] == {"members": 4, "quorum": 3, "majority": "simple"}
    assert rules(report) == (6, 1, "seats")
    told = "6 membres au lieu de 4, 1 votes de quorum au lieu de 3, majorité des membres au lieu de majorité simple"
    assert (
        told.replace("1 votes", "1 vote") in said_to(cast.mariam)
        and said_to(cast.fanta).count("ont changé depuis") == 1
    )
    db.session.commit()
    history = sign_in(world.test_client(), cast.salif).get(f"/rapports/{report.id}/historique").text
    assert "La liste des votants ou ses règles ont changé depuis la lecture précédente" in history
    assert verify_reports(db.session) == []
    theirs = seben_audit.verify(place_of(world.config["DATABASE_URL"]), [], jobs=1).findings
    assert [each.sentence for each in theirs if each.report] == []


def test_a_report_passed_on_again_to_the_same_commission_says_nothing_of_it(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    facts = transmitted_again(report, cast)
    assert "roll_before" not in facts and roll.changed(facts) == ""


def test_members_changed_one_for_one_are_said_too(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    grants.take(cast.binta.grants[0], cast.coumba)
    grants.give(cast.moussa, "member", "1", cast.coumba)
    assert "d’autres membres" in roll.changed(transmitted_again(report, cast))


def test_a_member_of_the_roll_who_takes_the_chair_during_a_reading_closes_it(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    for person in (cast.mariam, cast.oumar, cast.adama):
        validating.vote(report, person, Choice.APPROVE)
    grants.take(cast.adama.grants[0], cast.coumba)
    grants.give(cast.oumar, "president", "1", cast.coumba)
    validating.validate(report, cast.oumar)
    assert report.stage is Stage.VALIDATED

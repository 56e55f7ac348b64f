"""The commission votes on the text that stands: what counts, by which rule it carries, and what becomes of a vote."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from app.audit.models import AuditEvent
from app.db import db, now
from app.directory.models import Commission, Grant, Person, Role
from app.people import commissions, grants, persons
from app.reports.access import roll, situation
from app.reports.amending import acts as amending
from app.reports.editing import acts as editing
from app.reports.history import since
from app.reports.minutes.setting import document
from app.reports.models.ballot import Ballot, Choice
from app.reports.models.report import Report
from app.reports.pages.tasks import tasks_of
from app.reports.replay.verifying import verify_reports
from app.reports.steps import NotAllowed, NotReady
from app.reports.validating import acts as validating
from app.reports.validating.seats import taken
from app.workflow import Facts, Majority, Stage, approvals_prevail
from tests.cast import Cast
from tests.factories import DEADLINE, amended, content_of, report_at, reworded

pytestmark = pytest.mark.usefixtures("world")

FOR, AGAINST, NEITHER = Choice.APPROVE, Choice.OBJECT, Choice.ABSTAIN


def the_commission() -> Commission:
    return db.session.scalars(select(Commission)).one()


def ruled(**rules: Any) -> Commission:
    commission = the_commission()
    for name, value in rules.items():
        setattr(commission, name, value)
    db.session.flush()
    return commission


def voted(report: Report, voices: dict[Person, Choice]) -> None:
    for person, choice in voices.items():
        validating.vote(report, person, choice, "Il manque une réponse." if choice is AGAINST else "")


def change_text(report: Report, cast: Cast, old: str = "débats", new: str = "échanges") -> None:
    """The president adopts a member's other wording of the method."""
    amending.adopt(report, amended(report, "method", old, new, cast.binta), cast.adama)


def seat_of(report: Report, person: Person) -> Any:
    return next(seat for seat in taken(report, the_commission(), roll.of(report)) if seat.person.id == person.id)


def events(report: Report, act: str) -> int:
    query = select(func.count(AuditEvent.id)).where(AuditEvent.stream == f"report:{report.id}", AuditEvent.act == act)
    return db.session.scalar(query) or 0


# By which rule a vote carries: for, against, neither; of how many members; the president's voice; whether it carries.
RULES = [
    (Majority.SIMPLE, (2, 1, 0), None, True),
    (Majority.SIMPLE, (1, 0, 3), None, True),
    (Majority.SIMPLE, (1, 1, 2), None, False),
    (Majority.SIMPLE, (0, 0, 4), None, False),
    (Majority.ABSOLUTE, (2, 0, 2), None, False),
    (Majority.ABSOLUTE, (3, 0, 1), None, True),
    (Majority.SEATS, (2, 0, 0), None, False),
    (Majority.SEATS, (3, 1, 0), None, True),
    (Majority.TWO_THIRDS, (2, 1, 1), None, True),
    (Majority.TWO_THIRDS, (3, 2, 0), None, False),
    (Majority.TWO_THIRDS, (0, 0, 4), None, False),
    (Majority.SIMPLE, (2, 2, 0), True, True),
    (Majority.SIMPLE, (2, 2, 0), False, False),
    (Majority.SIMPLE, (1, 2, 0), True, False),
    (Majority.SIMPLE, (1, 1, 2), True, True),
    (Majority.SIMPLE, (0, 0, 4), True, False),
    (Majority.ABSOLUTE, (2, 2, 0), True, True),
    (Majority.ABSOLUTE, (2, 2, 0), False, False),
    (Majority.ABSOLUTE, (1, 1, 2), True, False),
    (Majority.SEATS, (2, 2, 0), True, False),
    (Majority.SEATS, (1, 1, 0), True, False),
    (Majority.TWO_THIRDS, (2, 2, 0), True, False),
]


@pytest.mark.parametrize(("majority", "given", "casting", "carries"), RULES)
def test_each_kind_of_majority_carries_what_its_sentence_says(
    majority: Majority, given: tuple[int, int, int], casting: bool | None, carries: bool
) -> None:
    approvals, objections, abstentions = given
    facts = Facts(
        stage=Stage.READING,
        members=4,
        ballots=sum(given),
        approvals=approvals,
        objections=objections,
        abstentions=abstentions,
        majority=majority,
        casting=casting,
    )
    why = approvals_prevail(facts)
    assert (why is None) == carries
    assert carries or f"{approvals} pour, {objections} contre" in (why or "")


def test_the_commissions_rules_are_those_that_validating_asks_for(cast: Cast) -> None:
    ruled(majority=Majority.TWO_THIRDS, quorum=2)
    report = report_at(Stage.READING, cast)
    voted(report, {cast.mariam: FOR, cast.oumar: AGAINST})
    facts = situation.facts(report)
    assert (facts.majority, facts.quorum, facts.casting) == (Majority.TWO_THIRDS, 2, None)
    with pytest.raises(NotReady, match="deux tiers"):
        validating.validate(report, cast.adama)


def test_at_a_tie_adamas_voice_decides_where_the_commission_lets_it(cast: Cast) -> None:
    ruled(casting_vote=True)
    report = report_at(Stage.READING, cast)
    voted(report, {cast.mariam: AGAINST, cast.oumar: AGAINST, cast.binta: FOR, cast.adama: FOR})
    assert situation.facts(report).casting is True
    validating.validate(report, cast.adama)
    assert report.stage is Stage.VALIDATED
    assert verify_reports(db.session) == []


def test_at_a_tie_nobodys_voice_decides_where_the_commission_does_not_let_it(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    voted(report, {cast.mariam: AGAINST, cast.oumar: AGAINST, cast.binta: FOR, cast.adama: FOR})
    with pytest.raises(NotReady, match="2 pour, 2 contre"):
        validating.validate(report, cast.adama)


def test_where_two_thirds_are_asked_for_adamas_voice_decides_no_tie(cast: Cast) -> None:
    ruled(casting_vote=True, majority=Majority.TWO_THIRDS)
    report = report_at(Stage.READING, cast)
    voted(report, {cast.mariam: AGAINST, cast.oumar: AGAINST, cast.binta: FOR, cast.adama: FOR})
    assert situation.facts(report).casting is None
    with pytest.raises(NotReady, match="deux tiers"):
        validating.validate(report, cast.adama)


def test_adamas_abstention_or_absence_decides_nothing(cast: Cast) -> None:
    ruled(casting_vote=True)
    report = report_at(Stage.READING, cast)
    voted(report, {cast.mariam: AGAINST, cast.oumar: FOR})
    assert situation.facts(report).casting is None
    voted(report, {cast.adama: NEITHER})
    assert situation.facts(report).casting is None
    voted(report, {cast.adama: AGAINST})
    assert situation.facts(report).casting is False


def test_the_voice_of_who_presided_when_the_reading_opened_decides_a_tie(cast: Cast) -> None:
    ruled(casting_vote=True)
    report = report_at(Stage.READING, cast)
    voted(report, {cast.mariam: AGAINST, cast.adama: FOR})
    db.session.scalars(select(Grant).where(Grant.role == Role.PRESIDENT)).one().role = Role.MEMBER
    db.session.flush()
    facts = situation.facts(report)
    assert (facts.casting, facts.approvals) == (True, 1)


def test_somebody_who_is_member_and_president_sits_once(cast: Cast) -> None:
    grants.give(cast.adama, "member", str(the_commission().territory_id), cast.coumba)
    seats = commissions.seats(the_commission())
    assert [person.id for person, presides in seats if presides] == [cast.adama.id]
    assert len(seats) == 4


def test_oumar_changes_his_vote_and_has_one(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    voted(report, {cast.oumar: FOR})
    voted(report, {cast.oumar: AGAINST})
    validating.vote(report, cast.oumar, AGAINST, "Il manque une réponse.")
    ballots = db.session.scalars(select(Ballot)).all()
    assert [(ballot.choice, ballot.stands) for ballot in ballots] == [(AGAINST, True)]
    assert events(report, "vote") == 2


def test_an_objection_says_why(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    with pytest.raises(NotReady, match="motif"):
        validating.vote(report, cast.oumar, AGAINST, "  ")


def test_a_vote_on_another_text_than_the_one_seen_is_refused(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    seen = report.text_hash
    change_text(report, cast)
    with pytest.raises(NotReady, match="a changé pendant que vous le lisiez"):
        validating.vote(report, cast.oumar, FOR, seen=seen)
    validating.vote(report, cast.oumar, FOR, seen=report.text_hash)
    assert situation.facts(report).approvals == 1


def test_a_vote_falls_with_its_text_and_one_click_confirms_it(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    validating.vote(report, cast.oumar, AGAINST, "Il manque une réponse.")
    change_text(report, cast)
    seat = seat_of(report, cast.oumar)
    assert (seat.counted, seat.moved) == (False, True)
    assert situation.facts(report).ballots == 0
    ballot = validating.confirm(report, cast.oumar, seen=report.text_hash)
    assert (ballot.choice, ballot.reason, ballot.stands) == (AGAINST, "Il manque une réponse.", True)
    assert ballot.text_hash == report.text_hash
    assert events(report, "vote") == 2
    validating.confirm(report, cast.oumar)
    assert events(report, "vote") == 2, "confirming twice is once"
    assert verify_reports(db.session) == []


def test_what_has_changed_since_a_vote_is_told_part_by_part(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    ballot = validating.vote(report, cast.oumar, FOR)
    assert since.since(report, ballot.at) == []
    change_text(report, cast)
    (part,) = since.since(report, ballot.at)
    assert (part.part.key, part.now - part.then) == ("method", 1)
    (change,) = part.changes
    ((label, words),) = part.labelled(change)
    assert label == ""
    assert [text for op, text in words if op != "="] == ["débats", "échanges"]


def test_a_text_that_comes_back_word_for_word_does_not_raise_fallen_votes_by_itself(cast: Cast) -> None:
    """Oumar was told that his vote had fallen: it counts again when he says so, which takes one click."""
    report = report_at(Stage.READING, cast)
    ballot = validating.vote(report, cast.oumar, FOR)
    change_text(report, cast)
    change_text(report, cast, "échanges", "débats")
    assert ballot.text_hash == report.text_hash
    seat = seat_of(report, cast.oumar)
    assert (seat.counted, seat.moved) == (False, False)
    assert since.since(report, ballot.at) == []
    validating.confirm(report, cast.oumar, seen=report.text_hash)
    assert situation.facts(report).approvals == 1
    assert verify_reports(db.session) == []


def test_confirming_without_a_vote_is_refused(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    with pytest.raises(NotReady, match="pas encore de vote"):
        validating.confirm(report, cast.oumar)


def test_mariam_removed_between_reading_and_voting_no_longer_votes_and_oumars_voice_given_before_counts(
    cast: Cast,
) -> None:
    report = report_at(Stage.READING, cast)
    amending.mark_read(report, cast.mariam)
    voted(report, {cast.oumar: FOR})
    for person in (cast.mariam, cast.oumar):
        (grant,) = person.grants
        grants.take(grant, cast.coumba)
    with pytest.raises(NotAllowed):
        validating.vote(report, cast.mariam, FOR)
    facts = situation.facts(report)
    assert (facts.members, facts.quorum, facts.ballots) == (4, 3, 1)
    assert (seat_of(report, cast.oumar).left, seat_of(report, cast.oumar).counted) == (True, True)
    assert verify_reports(db.session) == []


# The roll is closed when the reading opens


def test_a_reasoned_objection_stays_with_the_one_who_gave_it_and_left(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    voted(report, {cast.mariam: AGAINST, cast.oumar: AGAINST, cast.binta: FOR, cast.adama: FOR})
    persons.deactivate(cast.mariam, cast.coumba)
    facts = situation.facts(report)
    assert (facts.approvals, facts.objections, facts.members, facts.quorum) == (2, 2, 4, 3)
    with pytest.raises(NotReady, match="2 pour, 2 contre"):
        validating.validate(report, cast.adama)
    told = str(document(report, "", now()))
    assert "Mariam" in told and "ne siège plus" in told and "Il manque une réponse." in told
    assert verify_reports(db.session) == []


def test_with_all_members_gone_adama_validates_nothing_alone(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    validating.vote(report, cast.adama, FOR)
    for person in (cast.mariam, cast.oumar, cast.binta):
        persons.deactivate(person, cast.coumba)
    with pytest.raises(NotReady, match="Quorum non atteint : 1 vote sur 3 requis"):
        validating.validate(report, cast.adama)


def test_a_quorum_lowered_during_a_reading_is_that_of_the_next(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    voted(report, {cast.adama: FOR})
    ruled(quorum=1, majority=Majority.SEATS, casting_vote=True)
    facts = situation.facts(report)
    assert (facts.quorum, facts.majority, facts.casting) == (3, Majority.SIMPLE, None)
    with pytest.raises(NotReady, match="Quorum non atteint"):
        validating.validate(report, cast.adama)


def test_a_reading_does_not_open_with_a_quorum_that_its_roll_cannot_reach(cast: Cast) -> None:
    ruled(quorum=5)
    report = report_at(Stage.EDITING, cast)
    with pytest.raises(NotReady, match="quorum de la commission est de 5 votes, et elle n’a que 4 membres"):
        editing.transmit(report, cast.issa, DEADLINE, date.today())
    assert report.stage is Stage.EDITING


def test_who_joins_during_a_reading_votes_in_the_next(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    grants.give(cast.moussa, "member", str(the_commission().territory_id), cast.coumba)
    with pytest.raises(NotReady, match="liste des votants de cette lecture"):
        validating.vote(report, cast.moussa, FOR)
    assert situation.facts(report).members == 4
    assert not any(task.what == "Lire le rapport et voter" for task in tasks_of(cast.moussa))
    validating.return_to_rapporteur(report, cast.adama, "À compléter.")
    editing.transmit(report, cast.issa, DEADLINE, date.today())
    validating.vote(report, cast.moussa, FOR)
    assert situation.facts(report).members == 5
    assert verify_reports(db.session) == []


def test_a_member_of_a_commission_above_does_not_vote_in_this_one(cast: Cast) -> None:
    """Roles reach down, seats do not: the vote is refused rather than taken and never counted."""
    report = report_at(Stage.READING, cast)
    moussa = cast.moussa
    moussa.grants.append(Grant(role=Role.MEMBER, territory_id=None))
    db.session.flush()
    with pytest.raises(NotReady, match="liste des votants"):
        validating.vote(report, moussa, FOR)


def test_the_text_of_a_part_is_not_touched_by_votes(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    before = content_of(report, "method")
    voted(report, {cast.oumar: FOR})
    assert content_of(report, "method") == before
    assert reworded(before, "débats", "échanges") != before

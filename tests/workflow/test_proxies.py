"""A member of the commission names another, who votes on one report in the member's name."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.db import db
from app.directory.models import Commission, Person
from app.people import grants
from app.reports.access import roll, situation
from app.reports.editing import acts as editing
from app.reports.models.ballot import Choice, Proxy
from app.reports.models.report import Report
from app.reports.replay.verifying import verify_reports
from app.reports.steps import NotAllowed, NotReady
from app.reports.validating import acts as validating
from app.reports.validating import proxies
from app.reports.validating.seats import Seat, taken
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import DEADLINE, report_at
from tests.workflow.test_voting import change_text, events

pytestmark = pytest.mark.usefixtures("world")

FOR, AGAINST = Choice.APPROVE, Choice.OBJECT


@pytest.fixture
def report(cast: Cast) -> Report:
    """A report before the commission; Mariam has given her proxy to Oumar."""
    report = report_at(Stage.READING, cast)
    proxies.name(report, cast.mariam, cast.oumar)
    return report


def seat_of(report: Report, person: Person) -> Seat:
    commission = db.session.scalars(select(Commission)).one()
    return next(seat for seat in taken(report, commission, roll.of(report)) if seat.person.id == person.id)


def removed(person: Person, cast: Cast) -> None:
    (grant,) = person.grants
    grants.take(grant, cast.coumba)


def test_oumar_votes_in_mariams_name_and_in_his_own(report: Report, cast: Cast) -> None:
    ballot = validating.vote(report, cast.oumar, AGAINST, "Elle attend une réponse.", on_behalf_of=cast.mariam)
    validating.vote(report, cast.oumar, FOR)
    assert (ballot.person_id, ballot.cast_by_id) == (cast.mariam.id, cast.oumar.id)
    facts = situation.facts(report)
    assert (facts.approvals, facts.objections) == (1, 1)
    assert seat_of(report, cast.mariam).cast_by is cast.oumar
    assert seat_of(report, cast.oumar).cast_by is None
    assert verify_reports(db.session) == []


def test_without_a_proxy_nobody_votes_for_another(report: Report, cast: Cast) -> None:
    for voter, member in ((cast.binta, cast.mariam), (cast.oumar, cast.binta), (cast.mariam, cast.oumar)):
        with pytest.raises(NotReady, match="pas donné procuration"):
            validating.vote(report, voter, FOR, on_behalf_of=member)
    assert situation.facts(report).ballots == 0


def test_voting_oneself_replaces_the_proxys_vote_and_ends_the_proxy(report: Report, cast: Cast) -> None:
    validating.vote(report, cast.oumar, AGAINST, "Il manque une réponse.", on_behalf_of=cast.mariam)
    validating.vote(report, cast.mariam, FOR)
    facts = situation.facts(report)
    assert (facts.approvals, facts.objections) == (1, 0)
    with pytest.raises(NotReady, match="repris"):
        validating.vote(report, cast.oumar, AGAINST, "Non.", on_behalf_of=cast.mariam)
    assert proxies.of_report(report) == []
    assert verify_reports(db.session) == []


def test_a_vote_given_in_person_prevails_over_a_proxy_given_afterwards(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    validating.vote(report, cast.mariam, FOR)
    proxies.name(report, cast.mariam, cast.oumar)
    with pytest.raises(NotReady, match="personnellement"):
        validating.vote(report, cast.oumar, AGAINST, "Non.", on_behalf_of=cast.mariam)
    change_text(report, cast)
    validating.confirm(report, cast.oumar, on_behalf_of=cast.mariam)
    assert situation.facts(report).approvals == 1, "her vote had fallen with its text"
    assert verify_reports(db.session) == []


def test_taking_the_proxy_back_leaves_the_vote_it_gave(report: Report, cast: Cast) -> None:
    validating.vote(report, cast.oumar, FOR, on_behalf_of=cast.mariam)
    proxies.end(report, cast.mariam)
    assert proxies.end(report, cast.mariam) is None
    assert events(report, "end_proxy") == 1
    assert situation.facts(report).approvals == 1
    with pytest.raises(NotReady, match="repris"):
        validating.vote(report, cast.oumar, AGAINST, "Non.", on_behalf_of=cast.mariam)
    assert verify_reports(db.session) == []


def test_a_proxy_given_twice_is_given_once_and_one_given_to_another_replaces_it(report: Report, cast: Cast) -> None:
    proxies.name(report, cast.mariam, cast.oumar)
    assert events(report, "name_proxy") == 1
    proxies.name(report, cast.mariam, cast.binta)
    assert [
        (proxy.holder_id, proxy.ended_at is None) for proxy in db.session.scalars(select(Proxy).order_by(Proxy.id))
    ] == [
        (cast.oumar.id, False),
        (cast.binta.id, True),
    ]
    assert verify_reports(db.session) == []


def test_a_member_holds_one_proxy(report: Report, cast: Cast) -> None:
    with pytest.raises(NotReady, match="Oumar CISSE détient déjà la procuration"):
        proxies.name(report, cast.binta, cast.oumar)


def test_a_proxy_is_not_passed_on(report: Report, cast: Cast) -> None:
    with pytest.raises(NotReady, match="a donné sa propre procuration"):
        proxies.name(report, cast.binta, cast.mariam)
    with pytest.raises(NotReady, match="Vous portez la procuration de Mariam SANOGO"):
        proxies.name(report, cast.oumar, cast.adama)


def test_only_members_give_and_hold(report: Report, cast: Cast) -> None:
    for holder in (cast.binta, cast.salif, cast.issa):
        with pytest.raises(NotReady, match="Choisissez un autre membre"):
            proxies.name(report, cast.binta, holder)
    for giver in (cast.issa, cast.salif, cast.coumba):
        with pytest.raises(NotAllowed):
            proxies.name(report, giver, cast.adama)


def test_the_proxy_of_one_who_was_removed_lets_nobody_vote(report: Report, cast: Cast) -> None:
    validating.vote(report, cast.oumar, FOR, on_behalf_of=cast.mariam)
    removed(cast.mariam, cast)
    with pytest.raises(NotReady, match="Mariam SANOGO ne siège plus"):
        validating.vote(report, cast.oumar, AGAINST, "Non.", on_behalf_of=cast.mariam)
    assert situation.facts(report).ballots == 1, "what was given while both sat is given"
    proxies.name(report, cast.binta, cast.oumar)
    assert verify_reports(db.session) == [], "his hands are free again"


def test_what_a_holder_voted_before_he_left_counts_and_its_giver_is_told_that_he_votes_no_more(
    report: Report, cast: Cast
) -> None:
    validating.vote(report, cast.oumar, FOR, on_behalf_of=cast.mariam)
    removed(cast.oumar, cast)
    seat = seat_of(report, cast.mariam)
    assert (seat.idle, seat.counted, seat.holds) == (True, True, None)
    assert situation.facts(report).ballots == 1
    with pytest.raises(NotAllowed):
        validating.vote(report, cast.oumar, FOR, on_behalf_of=cast.mariam)
    validating.confirm(report, cast.mariam)
    assert situation.facts(report).approvals == 1
    assert verify_reports(db.session) == []


def test_the_presidents_casting_voice_is_not_given_by_proxy(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    db.session.scalars(select(Commission)).one().casting_vote = True
    proxies.name(report, cast.adama, cast.oumar)
    validating.vote(report, cast.oumar, FOR, on_behalf_of=cast.adama)
    facts = situation.facts(report)
    assert (facts.approvals, facts.casting) == (1, None)


def test_a_proxy_lasts_from_one_reading_to_the_next(report: Report, cast: Cast) -> None:
    validating.return_to_rapporteur(report, cast.adama, "Le lieu est à corriger.")
    editing.transmit(report, cast.issa, DEADLINE, date.today())
    validating.vote(report, cast.oumar, FOR, on_behalf_of=cast.mariam)
    assert situation.facts(report).approvals == 1
    assert verify_reports(db.session) == []

"""The text goes back to the rapporteur: why, what is to be looked at, and what becomes of the votes given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import orjson
import pytest
from flask import Flask

from app.audit.standalone import seben_audit
from app.db import db
from app.reports import drafting
from app.reports.access import situation
from app.reports.editing import acts as editing
from app.reports.models.ballot import Choice, Votes
from app.reports.models.report import Report
from app.reports.replay.verifying import verify_reports
from app.reports.steps import NotReady
from app.reports.validating import acts as validating
from app.reports.validating import proxies, returns
from app.workflow import Stage
from tests.cast import LOG, Cast, row
from tests.factories import DEADLINE, content_of, report_at, reworded, save
from tests.workflow.outsiders import place_of
from tests.workflow.test_minutes import told
from tests.workflow.test_voting import change_text, seat_of

pytestmark = pytest.mark.usefixtures("world")

FOR, AGAINST = Choice.APPROVE, Choice.OBJECT


def read_by_the_commission(cast: Cast) -> Report:
    """Oumar's vote fell with an amendment; Mariam's and, by proxy, Binta's stand."""
    report = report_at(Stage.READING, cast)
    validating.vote(report, cast.oumar, FOR)
    change_text(report, cast)
    validating.vote(report, cast.mariam, AGAINST, "Il manque une réponse.")
    proxies.name(report, cast.binta, cast.adama)
    validating.vote(report, cast.adama, FOR, on_behalf_of=cast.binta)
    return report


def back(report: Report, cast: Cast, votes: Votes, edited: bool = False) -> None:
    """Sent back, edited or not, and passed on again."""
    validating.return_to_rapporteur(report, cast.adama, "Le lieu est à corriger.", ["introduction"], [], votes)
    if edited:
        save(report, "introduction", reworded(content_of(report, "introduction"), "réuni", "rassemblé"), cast.issa)
    editing.transmit(report, cast.issa, DEADLINE, date.today())


def counted(report: Report) -> tuple[int, int]:
    facts = situation.facts(report)
    return facts.approvals, facts.objections


def test_issa_reads_who_sent_the_text_back_why_and_what_to_look_at(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    validating.return_to_rapporteur(
        report, cast.adama, " Le lieu est à corriger. ", ["method", "introduction"], [], Votes.UNTOUCHED
    )
    asked = returns.last(report)
    assert asked is not None
    assert (asked.by, asked.reason, asked.votes) == (cast.adama, "Le lieu est à corriger.", Votes.UNTOUCHED)
    assert asked.parts == ["introduction", "method"], "in the document's order"
    assert verify_reports(db.session) == []


@pytest.mark.parametrize("parts", [["cover"], ["nowhere"], ["introduction", ""]])
def test_parts_that_are_none_are_refused(cast: Cast, parts: list[str]) -> None:
    report = report_at(Stage.READING, cast)
    with pytest.raises(NotReady, match="parties du rapport"):
        validating.return_to_rapporteur(report, cast.adama, "Le lieu.", parts)
    assert report.stage is Stage.READING


def test_an_observation_that_is_none_is_refused(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    with pytest.raises(NotReady, match="L’observation n° 4 n’est plus ouverte"):
        validating.return_to_rapporteur(report, cast.adama, "Le lieu.", [], [4])


def test_a_return_says_why(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    with pytest.raises(NotReady, match="motif"):
        validating.return_to_rapporteur(report, cast.adama, " ")


@pytest.mark.parametrize("edited", [False, True])
def test_votes_that_fall_are_to_be_given_again(cast: Cast, edited: bool) -> None:
    report = read_by_the_commission(cast)
    back(report, cast, Votes.FALL, edited)
    assert counted(report) == (0, 0)
    assert seat_of(report, cast.mariam).ballot is None
    assert verify_reports(db.session) == []


@pytest.mark.parametrize("edited", [False, True])
def test_votes_that_stand_count_however_the_text_was_worded_otherwise(cast: Cast, edited: bool) -> None:
    report = read_by_the_commission(cast)
    given = report.text_hash
    back(report, cast, Votes.STAND, edited)
    assert counted(report) == (1, 1)
    mariam, oumar, binta = (seat_of(report, person) for person in (cast.mariam, cast.oumar, cast.binta))
    assert (mariam.ballot.text_hash, mariam.ballot.reading) == (given, 2)
    assert mariam.moved == edited
    assert binta.cast_by is cast.adama
    assert (oumar.counted, oumar.ballot.choice) == (False, FOR), "what had fallen still waits to be confirmed"
    assert verify_reports(db.session) == []


def named_otherwise(report: Report, cast: Cast) -> None:
    save(report, "introduction", reworded(content_of(report, "introduction"), "Ségou", "Markala"), cast.issa)


def recommended_otherwise(report: Report, cast: Cast) -> None:
    first, *others = content_of(report, "recommendations")
    (name, text), *_ = [each for each in first.words.items() if each[1]]
    other = replace(first, fields={**first.fields, name: f"{text} sans délai"})
    save(report, "recommendations", (other, *others), cast.issa)


def counted_otherwise(report: Report, cast: Cast) -> None:
    save(report, "method", reworded(content_of(report, "method"), "Des exposés", "Trois exposés"), cast.issa)


@pytest.mark.parametrize(
    ("change", "bounded"),
    [
        (named_otherwise, ["introduction"]),
        (recommended_otherwise, ["recommendations"]),
        (counted_otherwise, ["method"]),
    ],
)
def test_no_vote_stands_where_a_recommendation_a_figure_or_a_name_has_changed(
    cast: Cast, change: Callable[[Report, Cast], None], bounded: list[str]
) -> None:
    report = read_by_the_commission(cast)
    validating.return_to_rapporteur(report, cast.adama, "Le lieu.", votes=Votes.STAND)
    change(report, cast)
    event = editing.transmit(report, cast.issa, DEADLINE, date.today())
    facts = orjson.loads(event.body)["facts"]
    assert (facts["bounded"], facts["carried"]) == (bounded, [])
    assert counted(report) == (0, 0)
    assert any(
        "une recommandation, un chiffre, une date ou un nom a changé" in each for each in told(report)["Déroulement"]
    )
    validating.confirm(report, cast.mariam)
    assert counted(report) == (0, 1)
    assert verify_reports(db.session) == []


def test_votes_that_stood_on_other_figures_are_found_by_both_verifiers(
    world: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = read_by_the_commission(cast)
    monkeypatch.setattr(returns, "_bounded", lambda report, kept: set())
    validating.return_to_rapporteur(report, cast.adama, "Le lieu.", votes=Votes.STAND)
    recommended_otherwise(report, cast)
    editing.transmit(report, cast.issa, DEADLINE, date.today())
    db.session.commit()
    place = place_of(world.config["DATABASE_URL"])
    theirs = seben_audit.verify(place, seben_audit.read_keys([str(LOG.signer.verifier)]), jobs=1).findings
    for found in (verify_reports(db.session), theirs):
        assert [each.sentence for each in found if "des votes sont restés acquis" in each.sentence]


def test_votes_stand_where_the_text_comes_back_untouched(cast: Cast) -> None:
    report = read_by_the_commission(cast)
    back(report, cast, Votes.UNTOUCHED)
    assert counted(report) == (1, 1)
    assert not seat_of(report, cast.oumar).counted
    assert verify_reports(db.session) == []


ATTENDEES = (
    row("attendees", name="Awa KEÏTA", body="Mairie", contact="76 12 34 56", signed=""),
    row("attendees", name="Moussa BA", body="Trésor", contact="", signed=""),
)


def put_back(report: Report, cast: Cast) -> None:
    """The list of those present, a person short, and again as it was: a row of the same words, and another id."""
    save(report, "attendance", ATTENDEES[:1], cast.issa)
    save(report, "attendance", (ATTENDEES[0], replace(ATTENDEES[1], id="again")), cast.issa)


def passed_on(report: Report, cast: Cast) -> None:
    """Past what the check says of a list without consent."""
    editing.transmit(report, cast.issa, DEADLINE, date.today(), "La liste est celle du jour.")


def respaced(report: Report, cast: Cast) -> None:
    save(report, "method", reworded(content_of(report, "method"), "Des exposés", "Des  exposés"), cast.issa)


@pytest.mark.parametrize("change", [put_back, respaced], ids=["a list put back", "blanks"])
def test_votes_stand_where_the_text_comes_back_reading_as_it_did(
    cast: Cast, change: Callable[[Report, Cast], None]
) -> None:
    report = report_at(Stage.EDITING, cast)
    save(report, "attendance", ATTENDEES, cast.issa)
    passed_on(report, cast)
    validating.vote(report, cast.mariam, AGAINST, "Il manque une réponse.")
    validating.return_to_rapporteur(report, cast.adama, "Le lieu.", votes=Votes.UNTOUCHED)
    text = report.text_hash
    change(report, cast)
    passed_on(report, cast)
    assert report.text_hash != text, "the bytes are others"
    assert situation.facts(report).objections == 1
    assert verify_reports(db.session) == []


def test_a_list_with_a_name_more_is_another_text(cast: Cast) -> None:
    report = report_at(Stage.EDITING, cast)
    save(report, "attendance", ATTENDEES[:1], cast.issa)
    passed_on(report, cast)
    validating.vote(report, cast.mariam, FOR)
    validating.return_to_rapporteur(report, cast.adama, "Le lieu.", votes=Votes.UNTOUCHED)
    save(report, "attendance", ATTENDEES, cast.issa)
    passed_on(report, cast)
    assert situation.facts(report).approvals == 0


def test_a_text_said_to_read_as_it_did_that_does_not_is_found(
    world: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = read_by_the_commission(cast)
    monkeypatch.setattr(returns, "_alike", lambda report, kept: {"introduction"})
    back(report, cast, Votes.UNTOUCHED, edited=True)
    db.session.commit()
    place = place_of(world.config["DATABASE_URL"])
    theirs = seben_audit.verify(place, seben_audit.read_keys([str(LOG.signer.verifier)]), jobs=1).findings
    for found in (verify_reports(db.session), theirs):
        assert [each.sentence for each in found if "tenues pour la même lecture" in each.sentence]


def test_votes_on_a_text_that_was_touched_are_confirmed_one_by_one(cast: Cast) -> None:
    report = read_by_the_commission(cast)
    back(report, cast, Votes.UNTOUCHED, edited=True)
    assert counted(report) == (0, 0)
    ballot = validating.confirm(report, cast.mariam)
    assert (ballot.choice, ballot.reason) == (AGAINST, "Il manque une réponse.")
    assert counted(report) == (0, 1)
    assert verify_reports(db.session) == []


def test_votes_go_through_two_returns(cast: Cast) -> None:
    report = read_by_the_commission(cast)
    back(report, cast, Votes.STAND, edited=True)
    back(report, cast, Votes.UNTOUCHED)
    assert counted(report) == (1, 1)
    assert verify_reports(db.session) == []
    validating.vote(report, cast.oumar, FOR)
    validating.vote(report, cast.adama, FOR)
    validating.validate(report, cast.adama)
    assert report.stage is Stage.VALIDATED
    assert verify_reports(db.session) == []


def test_a_draft_sent_further_back_keeps_what_was_said_of_the_votes(cast: Cast) -> None:
    report = read_by_the_commission(cast)
    validating.return_to_rapporteur(report, cast.adama, "Le lieu.", votes=Votes.STAND)
    editing.return_draft(report, cast.issa, "Le lieu.")
    drafting.hand_over(report, cast.fanta)
    editing.transmit(report, cast.issa, DEADLINE, date.today())
    assert counted(report) == (1, 1)
    assert verify_reports(db.session) == []

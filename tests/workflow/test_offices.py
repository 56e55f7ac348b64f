"""Incompatible offices: refused when a role is given, and again when an act is taken, whatever way was found round it."""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import Any

import pytest
from flask import Flask

from app import offices, workflow
from app.audit import checkpoints
from app.content.typography import french
from app.db import db, now
from app.directory.models import Grant, Person, Role
from app.directory.territories import Level, Territory
from app.people import grants, holding_offices
from app.people.invalid import Invalid
from app.reports.access import situation
from app.reports.amending import acts as amending
from app.reports.editing import acts as editing
from app.reports.models.ballot import Choice
from app.reports.models.report import Opinion
from app.reports.models.signature import Slot
from app.reports.replay.verifying import verify_reports
from app.reports.signing import acts as signing
from app.reports.signing.acts import Sealer
from app.reports.signing.invitation import handing, inviting
from app.reports.signing.paper import attesting
from app.reports.steps import NotAllowed, NotReady
from app.reports.validating import acts as validating
from app.workflow import Stage
from app.workshops import meetings
from app.workshops.entries import InvalidEntries as Unfit
from tests.cast import LOG, Cast
from tests.factories import DEADLINE, amended, final_of, report_at, sign, the_workshop
from tests.invited import KEY, without_password
from tests.paper import filed

pytestmark = pytest.mark.usefixtures("world")

SEGOU, KAYES = "1", "2"
BOTH = [(row.role, hands_on) for row in offices.ROLES for hands_on in row.those]


def besides(person: Person, role: Role, place: int | None = 1) -> Person:
    """As an old database has it, or two requests of one moment: a role nobody would be given today."""
    person.grants.append(Grant(role=role, territory_id=place))
    db.session.flush()
    return person


def below_segou() -> Territory:
    circle = Territory(level=Level.CIRCLE, name="Macina", parent_id=1, path="/1/macina/")
    db.session.add(circle)
    db.session.flush()
    circle.path = f"/1/{circle.id}/"
    db.session.flush()
    return circle


def newcomer(cast: Cast) -> Person:
    person = cast.lamine
    for grant in list(person.grants):
        person.grants.remove(grant)
    db.session.flush()
    return person


@pytest.mark.parametrize(("watching", "hands_on"), BOTH)
def test_nobody_is_given_two_incompatible_offices_in_either_order_and_the_one_in_the_way_is_named(
    watching: str, hands_on: str, cast: Cast
) -> None:
    circle = str(below_segou().id)
    for first, then in ((watching, hands_on), (hands_on, watching)):
        for here, there in ((SEGOU, SEGOU), (SEGOU, circle), (circle, SEGOU)):
            person = newcomer(cast)
            grants.give(person, first, here, cast.coumba)
            with pytest.raises(Invalid) as refusal:
                grants.give(person, then, there, cast.coumba)
            assert french(f"a le rôle « {Role(first).label} » (") in refusal.value.errors["role"]
            assert len(person.grants) == 1


def test_what_is_held_everywhere_reaches_every_territory(cast: Cast) -> None:
    for hands_on in offices.HANDS_ON:
        with pytest.raises(Invalid) as refusal:
            grants.give(cast.coumba, hands_on, KAYES, None)
        assert french("a le rôle « Coordination » (partout), incompatible") in refusal.value.errors["role"]


def test_offices_over_territories_apart_and_offices_that_go_together_are_given(cast: Cast) -> None:
    grants.give(cast.issa, "coordination", KAYES, cast.coumba)
    grants.give(cast.adama, "chair", SEGOU, cast.coumba)
    grants.give(cast.salif, "coordination", SEGOU, cast.coumba)
    grants.give(cast.mariam, "rapporteur", SEGOU, cast.coumba)
    assert holding_offices.clashes() == []


def test_of_every_two_roles_the_table_says_the_same_both_ways() -> None:
    for one, other in product(Role, Role):
        assert offices.between(one, other) == offices.between(other, one)
        refused = {one, other} & {"coordination", "supervisor"} and {one, other} & {*offices.HANDS_ON}
        assert bool(offices.between(one, other)) == bool(refused), f"{one}, {other}"


def test_every_act_that_the_table_of_deeds_names_exists_and_its_second_hand_has_a_bar() -> None:
    for row in offices.DEEDS:
        assert {*row.first, *row.then} <= workflow.BY_KEY.keys()


@pytest.mark.parametrize("watching", [Role.COORDINATION, Role.SUPERVISOR])
@pytest.mark.parametrize("place", [1, None])
def test_who_holds_both_from_before_reads_but_neither_votes_decides_validates_nor_transmits(
    watching: Role, place: int | None, cast: Cast
) -> None:
    report = report_at(Stage.EDITING, cast)
    besides(cast.issa, watching, place)
    with pytest.raises(NotAllowed, match="deux charges incompatibles"):
        editing.transmit(report, cast.issa, DEADLINE, date.today())
    cast.issa.grants.pop()
    editing.transmit(report, cast.issa, DEADLINE, date.today())
    amendment = amended(report, "method", "débats", "échanges", cast.mariam)
    besides(cast.adama, watching, place)
    acts: list[Any] = [
        lambda: validating.vote(report, cast.adama, Choice.APPROVE),
        lambda: amending.adopt(report, amendment, cast.adama),
        lambda: amending.reject(report, amendment, cast.adama, "Non."),
        lambda: amended(report, "method", "suivis", "précédés", cast.adama),
        lambda: amending.mark_read(report, cast.adama),
        lambda: validating.validate(report, cast.adama),
        lambda: validating.return_to_rapporteur(report, cast.adama, "Le lieu."),
    ]
    for act in acts:
        with pytest.raises(NotAllowed, match="deux charges incompatibles"):
            act()
    assert situation.hands(report, cast.adama).roles >= {"president"}
    assert verify_reports(db.session) == []


def test_coordination_over_a_circle_below_does_not_bind_on_the_regions_report_but_on_the_circles(cast: Cast) -> None:
    circle = below_segou()
    report = report_at(Stage.READING, cast)
    besides(cast.oumar, Role.COORDINATION, circle.id)
    validating.vote(report, cast.oumar, Choice.APPROVE)
    assert holding_offices.not_fit(cast.oumar, "/1/") is None
    assert holding_offices.not_fit(cast.oumar, circle.path) is not None


def test_a_coordinator_is_named_neither_rapporteur_nor_chair_of_a_meeting_and_does_not_sign_what_names_her(
    cast: Cast, desk: Sealer
) -> None:
    report = report_at(Stage.VALIDATED, cast, desk)
    besides(cast.seydou, Role.COORDINATION)
    with pytest.raises(NotAllowed, match="deux charges incompatibles"):
        sign(report, cast.seydou, desk)
    with pytest.raises(NotAllowed, match="deux charges incompatibles"):
        signing.refuse(report, cast.seydou, "Non.")
    final = final_of(report)
    workshop = the_workshop()
    typed = {"chair_id": str(cast.seydou.id), "venue": "ailleurs"}
    with pytest.raises(Unfit) as refusal:
        meetings.change_workshop(cast.coumba, workshop, typed, workshop.version)
    assert "deux charges incompatibles" in refusal.value.errors["chair_id"]
    assert final


def test_a_paper_signed_by_who_holds_both_is_not_attested(cast: Cast, desk: Sealer) -> None:
    report = report_at(Stage.VALIDATED, cast, desk)
    scan = filed(report, cast.fanta, desk, [Slot.CHAIR])
    besides(cast.seydou, Role.COORDINATION)
    with pytest.raises(NotReady, match="Seydou BA tient ici deux charges incompatibles"):
        attesting.attest(report, scan, cast.mariam, desk)


def test_a_friend_takes_the_coordination_away_and_it_still_stands_in_the_way_of_that_report(cast: Cast) -> None:
    """The way round: coordinate, have it taken away, preside and validate, have it given back. The log remembers."""
    friend = cast.coumba  # a coordination of the region alone no longer keeps whose roles were all taken away
    given = grants.give(cast.lamine, "coordination", SEGOU, cast.coumba)
    report = report_at(Stage.EDITING, cast)
    grants.take(given, friend)
    grants.give(cast.lamine, "president", SEGOU, friend)
    editing.transmit(report, cast.issa, DEADLINE, date.today())
    with pytest.raises(NotAllowed, match="avez tenu le rôle « Coordination »"):
        validating.vote(report, cast.lamine, Choice.APPROVE)
    with pytest.raises(NotAllowed, match="avez tenu le rôle « Coordination »"):
        validating.validate(report, cast.lamine)
    with pytest.raises(Invalid):
        grants.give(cast.lamine, "coordination", SEGOU, friend)


def test_who_left_the_coordination_before_a_report_was_opened_or_elsewhere_acts_on_it(cast: Cast) -> None:
    grants.take(grants.give(cast.lamine, "coordination", SEGOU, cast.coumba), cast.coumba)
    report = report_at(Stage.EDITING, cast)
    grants.take(grants.give(cast.lamine, "coordination", KAYES, cast.coumba), cast.coumba)
    grants.take(grants.give(cast.moussa, "coordination", SEGOU, cast.coumba), cast.coumba)
    grants.give(cast.lamine, "member", SEGOU, cast.coumba)
    editing.transmit(report, cast.issa, DEADLINE, date.today())
    validating.vote(report, cast.lamine, Choice.APPROVE)
    assert situation.facts(report).approvals == 1


def test_who_gave_the_opinion_on_an_amendment_does_not_decide_it(cast: Cast) -> None:
    besides(cast.issa, Role.PRESIDENT)
    report = report_at(Stage.READING, cast)
    amendment = amended(report, "method", "débats", "échanges", cast.mariam)
    amending.opine(report, amendment, Opinion.FAVOURABLE, "", cast.issa)
    for decide in (
        lambda: amending.adopt(report, amendment, cast.issa),
        lambda: amending.reject(report, amendment, cast.issa, "Non."),
        lambda: amending.defer(report, amendment, cast.issa),
    ):
        with pytest.raises(NotAllowed, match="donné l’avis"):
            decide()
    amending.adopt(report, amendment, cast.adama)


def test_flask_people_offices_and_the_coordinations_page_name_who_holds_both(
    app: Flask, cast: Cast, sign_in: Any
) -> None:
    run = app.test_cli_runner().invoke(args=["people", "offices"])
    assert (run.exit_code, "Personne ne tient" in run.output) == (0, True)
    besides(cast.mariam, Role.SUPERVISOR, None)
    db.session.commit()
    run = app.test_cli_runner().invoke(args=["people", "offices"])
    assert run.exit_code == 1
    assert "Mariam SANOGO est à la fois «\u202fSuperviseur\u202f» (partout) et" in run.output
    page = sign_in(app.test_client(), cast.coumba).get("/administration/personnes").text
    assert "Charges incompatibles" in page and "Mariam SANOGO</a> est à la fois" in page


def test_the_demo_and_the_cast_hold_no_incompatible_offices(cast: Cast) -> None:
    assert holding_offices.clashes() == []


ALL_THAT_GO_TOGETHER = (Role.FACILITATOR, Role.RAPPORTEUR, Role.MEMBER, Role.PRESIDENT, Role.CHAIR)


def alone(cast: Cast) -> Person:
    """Lamine holds every office that one person may hold together, and the commission is he alone."""
    lamine = cast.lamine
    for role in ALL_THAT_GO_TOGETHER:
        grants.give(lamine, role, SEGOU, cast.coumba)
    for person in (cast.mariam, cast.oumar, cast.binta, cast.adama):
        grants.take(person.grants[0], cast.coumba)
    return lamine


def test_one_person_with_every_office_that_goes_together_does_not_validate_what_he_passed_on(cast: Cast) -> None:
    lamine = alone(cast)
    report = report_at(Stage.EDITING, cast)
    editing.transmit(report, lamine, DEADLINE, date.today())
    validating.vote(report, lamine, Choice.APPROVE)
    with pytest.raises(NotAllowed, match="Vous avez transmis ce texte à la commission"):
        validating.validate(report, lamine)
    assert report.stage is Stage.READING


def test_one_person_with_every_office_that_goes_together_gives_one_signature_and_no_more(
    cast: Cast, desk: Sealer
) -> None:
    lamine = alone(cast)
    workshop = the_workshop()
    workshop.rapporteur_id = lamine.id
    report = report_at(Stage.EDITING, cast)
    editing.transmit(report, cast.issa, DEADLINE, date.today())
    validating.vote(report, lamine, Choice.APPROVE)
    validating.validate(report, lamine)
    checkpoints.advance(LOG, "validate", now())
    sign(report, lamine, desk)
    with pytest.raises(NotAllowed, match="Vous avez déjà signé"):
        sign(report, lamine, desk)
    without_password(cast.seydou)
    with pytest.raises(NotAllowed):
        inviting.invite(report, "chair", lamine, date.today())
    inviting.invite(report, "chair", cast.coumba, date.today())
    with pytest.raises(NotAllowed, match="le code de l’autre signature"):
        handing.hand_code(report, 1, lamine, KEY, date.today())
    scan = filed(report, lamine, desk, [Slot.CHAIR])
    with pytest.raises(NotAllowed, match="n’atteste pas"):
        attesting.attest(report, scan, lamine, desk)
    assert report.stage is Stage.VALIDATED

"""Mes tâches: what waits for whom, the most urgent first, each with the one button that leads to the thing itself."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from freezegun import freeze_time

from app.db import db, now
from app.directory.models import Person
from app.directory.territories import Level, Territory
from app.reports.amending import acts as amending
from app.reports.comments import acts as commenting
from app.reports.models.ballot import Ballot, Choice
from app.reports.models.report import AmendmentState, Opinion, Report
from app.reports.pages import tasks
from app.reports.signing.acts import Sealer
from app.reports.validating import proxies
from app.reports.validating.acts import vote
from app.workflow import Stage
from app.workshops.models import Workshop
from tests.cast import Cast
from tests.factories import DEADLINE, amended, report_at, the_workshop

SignIn = Callable[[FlaskClient, Person], FlaskClient]

pytestmark = pytest.mark.usefixtures("world")


def waiting(person: Person) -> list[tuple[str, str, str]]:
    """What waits for this person, the button and where it leads."""
    return [(task.what, task.button, task.anchor) for task in tasks.tasks_of(person)]


def whats(person: Person) -> list[str]:
    return [what for what, _, _ in waiting(person)]


READ = ("Lire le rapport et voter", "Lire et voter", "commission")


@pytest.mark.parametrize(
    ("stage", "who", "found"),
    [
        (Stage.DRAFTING, "fanta", ("Rédiger le rapport et le soumettre", "Rédiger", "main")),
        (Stage.EDITING, "issa", ("Éditer le rapport et le transmettre", "Éditer", "main")),
        (Stage.READING, "mariam", READ),
        (Stage.READING, "adama", READ),
        (Stage.VALIDATED, "issa", ("Signer le rapport", "Signer", "sign")),
        (Stage.VALIDATED, "seydou", ("Signer le rapport", "Signer", "sign")),
        (Stage.SIGNED, "coumba", ("Publier le rapport", "Publier", "act-publish")),
    ],
)
def test_each_stage_waits_for_those_whose_turn_it_is(
    cast: Cast, desk: Sealer, stage: Stage, who: str, found: tuple[str, str, str]
) -> None:
    report_at(stage, cast, desk)
    assert waiting(getattr(cast, who)) == [found]
    assert waiting(cast.salif) == waiting(cast.moussa) == waiting(cast.lamine) == []


def test_amendments_wait_for_the_opinion_then_for_the_decision(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    amendments = [
        amended(report, "method", "débats", "échanges", cast.mariam),
        amended(report, "conclusion", "humeur", "entente", cast.mariam),
    ]
    assert ("Donner un avis sur 2 amendements", "Donner mon avis", "amendment-1") in waiting(cast.issa)
    amending.opine(report, amendments[0], Opinion.LEFT, "", cast.issa)
    assert ("Donner un avis sur 1 amendement", "Donner mon avis", "amendment-2") in waiting(cast.issa)
    assert ("Décider 2 amendements", "Décider", "amendment-1") in waiting(cast.adama)
    amendments[0].state = AmendmentState.DEFERRED
    db.session.flush()
    assert ("Décider 1 amendement", "Décider", "amendment-2") in waiting(cast.adama)
    assert ("Décider 1 amendement réservé", "Décider", "amendment-1") in waiting(cast.adama)


def test_an_amendment_to_be_reviewed_waits_for_its_author(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    amendment = amended(report, "method", "débats", "échanges", cast.mariam)
    amendment.state = AmendmentState.REVIEW
    db.session.flush()
    task = ("Revoir 1 de vos amendements\u00a0: le texte a changé au même endroit", "Revoir", "amendment-1")
    assert task in waiting(cast.mariam)
    assert task not in waiting(cast.oumar)
    assert "Décider 1 amendement" in whats(cast.adama)


def test_a_vote_that_fell_waits_to_be_confirmed(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    vote(report, cast.mariam, Choice.APPROVE)
    assert waiting(cast.mariam) == []
    ballot = db.session.query(Ballot).one()
    ballot.stands = False
    db.session.flush()
    assert waiting(cast.mariam) == [
        ("Confirmer votre vote\u00a0: le texte a changé depuis", "Confirmer", "act-confirm")
    ]


def test_a_proxy_moves_the_task_to_who_holds_it(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    proxies.name(report, cast.mariam, cast.oumar)
    assert waiting(cast.mariam) == []
    assert ("Voter au nom d’un autre membre\u00a0: 1 procuration", "Voter", "ballot-vote-for") in waiting(cast.oumar)
    proxies.end(report, cast.mariam)
    assert waiting(cast.mariam) == waiting(cast.oumar) == [READ]


def test_an_observation_waits_for_whom_it_names_until_it_is_answered_or_settled(cast: Cast) -> None:
    report = report_at(Stage.EDITING, cast)
    commenting.comment(report, cast.issa, "method", "Combien de débats ?", mention=cast.fanta.id)
    first = commenting.comment(report, cast.issa, "conclusion", "À quelle heure ?", mention=cast.fanta.id)
    assert waiting(cast.fanta) == [("Répondre à 2 observations où l’on vous nomme", "Répondre", "observation-1")]
    commenting.comment(report, cast.fanta, "method", "Trois.", thread=1)
    assert waiting(cast.fanta) == [("Répondre à 1 observation où l’on vous nomme", "Répondre", "observation-2")]
    commenting.resolve(report, first.number, cast.issa)
    assert waiting(cast.fanta) == []


def test_closing_waits_for_adama_once_somebody_has_voted_and_nothing_is_undecided(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    assert "Clore la lecture" not in whats(cast.adama)
    vote(report, cast.mariam, Choice.APPROVE)
    assert ("Clore la lecture", "Clore", "act-validate") in waiting(cast.adama)
    amended(report, "method", "débats", "échanges", cast.oumar)
    assert "Clore la lecture" not in whats(cast.adama)


def test_a_late_reading_comes_before_all_else(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    _elsewhere(1, report.stage_since - timedelta(days=90), None, Stage.DRAFTING)
    _elsewhere(2, report.stage_since - timedelta(days=5), DEADLINE + timedelta(days=30), Stage.READING)
    with freeze_time(datetime.combine(DEADLINE + timedelta(days=1), datetime.min.time(), UTC)):
        found = tasks.tasks_of(cast.adama)
        assert [task.line.id for task in found] == [1, 1, 3]
        assert {task.what for task in found[:2]} == {
            "La date limite de lecture est passée\u00a0: prolonger, ou clore",
            "Lire le rapport et voter",
        }
        assert [task.line.overdue for task in found] == [True, True, False]


def _elsewhere(n: int, since: datetime, deadline: object, stage: Stage) -> None:
    """Another report, in a circle of Ségou."""
    first = the_workshop()
    circle = Territory(level=Level.CIRCLE, name=f"Cercle {n}", parent_id=first.territory_id, path="/")
    db.session.add(circle)
    db.session.flush()
    circle.path = f"{first.territory.path}{circle.id}/"
    workshop = Workshop(
        campaign_id=first.campaign_id, territory=circle, held_on=first.held_on, place="Ségou", venue="Ségou",
        organising_body="le Conseil de cercle",
    )  # fmt: skip
    db.session.add(Report(workshop=workshop, stage=stage, stage_since=since, reading=1, deadline=deadline))
    db.session.flush()


def test_the_oldest_draft_comes_first(cast: Cast) -> None:
    report = report_at(Stage.DRAFTING, cast)
    _elsewhere(1, now() - timedelta(days=3), None, Stage.DRAFTING)
    _elsewhere(2, now() - timedelta(days=9), None, Stage.DRAFTING)
    assert [task.line.id for task in tasks.tasks_of(cast.fanta)] == [3, 2, report.id]


def test_the_page_counts_its_tasks_in_its_title_and_each_has_one_button(
    app: Flask, cast: Cast, sign_in: SignIn
) -> None:
    report_at(Stage.READING, cast)
    vote(db.session.get_one(Report, 1), cast.mariam, Choice.APPROVE)
    db.session.commit()
    adama = sign_in(app.test_client(), cast.adama)
    page = adama.get("/").text
    assert "<title>(2) Mes tâches" in page
    assert page.count('class="task"') == len(re.findall(r'<a class="button primary" href="/rapports/1#', page)) == 2


def test_who_has_no_task_is_shown_no_count(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    report_at(Stage.READING, cast)
    db.session.commit()
    page = sign_in(app.test_client(), cast.lamine).get("/").text
    assert "<title>Mes tâches" in page
    assert "Rien ne vous attend" in page


def test_signing_leads_to_the_page_where_one_signs(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    report_at(Stage.VALIDATED, cast)
    db.session.commit()
    assert 'href="/rapports/1/signature">Signer' in sign_in(app.test_client(), cast.issa).get("/").text


# --- Chez qui est le texte


@pytest.mark.parametrize("place", ["/rapports", "/campagnes/1", "/rencontres/1", "/rapports/1"])
def test_every_list_says_by_name_who_has_the_text_and_who_is_next(
    app: Flask, cast: Cast, sign_in: SignIn, place: str
) -> None:
    report_at(Stage.EDITING, cast)
    db.session.commit()
    page = sign_in(app.test_client(), cast.salif).get(place).text
    assert re.search(
        r"chez le rapporteur, Issa KONE\s*(</b>)?,\s*depuis aujourd’hui&#8239;; ensuite&nbsp;: la CRSB de Ségou", page
    )


def test_the_signatories_still_awaited_are_named(app: Flask, cast: Cast, sign_in: SignIn, desk: Sealer) -> None:
    from tests.factories import sign

    report = report_at(Stage.VALIDATED, cast, desk)
    db.session.commit()
    salif = sign_in(app.test_client(), cast.salif)
    assert "chez Issa KONE et Seydou BA, pour signature" in salif.get("/rapports").text
    sign(report, cast.issa, desk)
    db.session.commit()
    for place in ("/rapports", "/campagnes/1", "/rapports/1"):
        assert "chez Seydou BA, pour signature" in salif.get(place).text

"""Who gets which answer at which address: every route, every person, every stage, compared with a table people can read.

The table is `matrix.txt`, beside this file: one line a route, one column a person. About a report, a cell has one sign for
each stage, from drafting to published; elsewhere one sign. The signs stand at the table's head.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from app import workflow
from app.db import db
from app.people.models import Grant, Person, Role
from app.people.territories import Level, Territory
from app.reports import press
from app.reports.models import Choice, Report
from app.reports.signing import Desk
from app.reports.validating import vote
from app.web.guards import MARK
from app.workflow import Stage
from tests.cast import PASSWORD, PEOPLE, Cast, _person
from tests.factories import amended, report_at

SignIn = Callable[[FlaskClient, Person], FlaskClient]

TABLE = Path(__file__).with_name("matrix.txt")
STAGES = list(Stage)
OPEN, NOT_READY, ASKED, UNSEEN, FORBIDDEN, ELSEWHERE = "o", "n", "k", ".", "x", "s"
SIGNS = {401: ASKED, 403: FORBIDDEN, 404: UNSEEN, 409: ELSEWHERE, 422: NOT_READY}

# Beside the cast, whose rights need a counter-example. name: what is special, roles, where, whether the account is active
EVERY_ROLE = tuple(Role)
OTHERS: dict[str, tuple[tuple[Role, ...], str, bool]] = {
    "koniba": ((Role.RAPPORTEUR,), "Ségou", True),  # a rapporteur of the region, not the one named for this meeting
    "awa": (EVERY_ROLE, "Bla", True),  # every role in a circle below: nothing of it reaches up to the region's report
    "djeneba": (EVERY_ROLE, "Kayes", True),  # every role in another region
    "modibo": (EVERY_ROLE, "", False),  # every role everywhere, but the account is closed
}
NOBODY = "nobody"
COLUMNS = (*PEOPLE, *OTHERS, NOBODY)

KNOWN: dict[str, str | int] = {
    "report_id": 1,
    "key": "method",
    "number": 1,
    "campaign_id": 1,
    "workshop_id": 1,
    "person_id": 1,
    "grant_id": 1,
    "territory_id": 1,
    "commission_id": 1,
    "token": "nothing",
}
# What a form needs to be taken where the act is allowed.
FORMS: dict[str, dict[str, str]] = {
    "amending.amend": {"zone-body": "Des exposés ont été suivis d’échanges."},
    "amending.opine": {"opinion": "left"},
    "amending.reject": {"reason": "Le texte le dit déjà."},
    "editing.return_draft": {"reason": "La conclusion manque."},
    "editing.transmit": {"deadline": (date.today() + timedelta(days=9)).isoformat()},
    "validating.vote": {"choice": "approve"},
    "validating.return_to_rapporteur": {"reason": "Le lieu est à corriger."},
    "signing.sign": {"password": PASSWORD},
    "signing.refuse": {"reason": "Mon titre est faux."},
}


def routes(app: Flask) -> dict[str, tuple[Rule, str]]:
    """Each route and method by its name in the table: "GET /rapports/<id>"."""
    found = {}
    for rule in app.url_map.iter_rules():
        if rule.endpoint != "static":
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                found[f"{method} {re.sub('<(?:int:)?([a-z_]+)>', _short, rule.rule)}"] = rule, method
    return found


def _short(found: re.Match[str]) -> str:
    return f"<{found[1].removesuffix('_id')}>"


@cache
def table() -> dict[str, dict[str, str]]:
    """The cells by route and person, as the table has them."""
    lines = [line for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    columns = lines[0].split()
    assert tuple(columns) == COLUMNS
    cells = (re.split(r"\s{2,}", line) for line in lines[1:])
    return {route: dict(zip(columns, signs.split(), strict=True)) for route, signs in cells}


def about_a_report(route: str) -> bool:
    return "<report>" in route


@pytest.fixture
def people(app: Flask, cast: Cast) -> dict[str, Person]:
    """The cast, and the others."""
    with app.app_context():
        segou = db.session.get_one(Territory, 1)
        below = Territory(level=Level.CIRCLE, name="Bla", parent_id=segou.id, path="/bla/")
        db.session.add(below)
        db.session.flush()
        below.path = f"{segou.path}{below.id}/"
        places = {"Ségou": segou, "Bla": below, "Kayes": db.session.get_one(Territory, 2)}
        for name, (roles, place, active) in OTHERS.items():
            facts = ("Madame", name.capitalize(), "COULIBALY", "", roles[0], place)
            person = _person(name, facts, "", places)
            person.active = active
            person.grants += [Grant(role=role, territory_id=places[place].id if place else None) for role in roles[1:]]
            db.session.add(person)
        db.session.commit()
        every = db.session.query(Person).all()
        db.session.expunge_all()
    return {person.email.partition("@")[0]: person for person in every}


@pytest.fixture
def clients(app: Flask, people: Mapping[str, Person], sign_in: SignIn) -> dict[str, FlaskClient]:
    """A browser for each column, signed in where there is an account."""
    opened = {name: app.test_client() for name in COLUMNS}
    for name, person in people.items():
        sign_in(opened[name], person)
    return opened


@pytest.fixture
def undone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every request is undone, so that each meets the same state; a file is set only once."""
    monkeypatch.setattr(db.session, "commit", db.session.rollback)
    for name in ("draft", "final"):
        monkeypatch.setattr(press, name, _set_once(getattr(press, name)))


def _set_once(setting: Callable[..., bytes]) -> Callable[..., bytes]:
    kept: dict[str, bytes] = {}

    def given(report: Report, *rest: object) -> bytes:
        if report.text_hash not in kept:
            kept[report.text_hash] = setting(report, *rest)
        return kept[report.text_hash]

    return given


def stand_at(stage: Stage, cast: Cast, desk: Desk) -> None:
    """The one report, at that stage; before the commission, with an amendment of Mariam's and the votes it takes."""
    report = report_at(stage, cast, desk)
    if stage is Stage.READING:
        amended(report, "method", "débats", "échanges", cast.mariam)
        for person in (cast.oumar, cast.binta, cast.adama):
            vote(report, person, Choice.APPROVE)
    db.session.commit()


def sign_of(client: FlaskClient, rule: Rule, method: str, app: Flask) -> str:
    """The answer, as the table writes it."""
    values = {name: KNOWN[name] for name in rule.arguments}
    if rule.endpoint in ("campaigns.edit_terms", "campaigns.save_terms"):
        values["key"] = "context"
    place = app.url_map.bind("localhost").build(rule.endpoint, values, method=method)
    form = FORMS.get(rule.endpoint, {})
    answer = client.open(place, method=method, data=form if method == "POST" else None)
    if answer.status_code == 303 and answer.location.startswith("/connexion?next="):
        return ASKED
    return OPEN if answer.status_code < 400 else SIGNS.get(answer.status_code, f"({answer.status_code})")


def differences(found: Mapping[str, Mapping[str, str]], expected: Mapping[str, Mapping[str, str]]) -> list[str]:
    return [
        f"{route}, {name}: {signs[name]} where the table has {expected[route][name]}"
        for route, signs in found.items()
        for name in signs
        if signs[name] != expected[route][name]
    ]


def test_every_route_has_its_line_and_every_line_its_route(app: Flask) -> None:
    assert set(table()) == set(routes(app))
    for route, cells in table().items():
        width = len(STAGES) if about_a_report(route) else 1
        assert {len(signs) for signs in cells.values()} == {width}, route


@pytest.mark.usefixtures("undone")
@pytest.mark.parametrize("stage", STAGES)
def test_about_a_report_everybody_gets_the_answer_of_the_table(
    stage: Stage, app: Flask, clients: Mapping[str, FlaskClient], cast: Cast, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as committing, app.app_context():
        committing.setattr(db.session, "commit", db.session.registry().commit)
        stand_at(stage, cast, desk)
    asked = {route: how for route, how in routes(app).items() if about_a_report(route)}
    found = {
        route: {name: sign_of(client, rule, method, app) for name, client in clients.items()}
        for route, (rule, method) in asked.items()
    }
    at = STAGES.index(stage)
    expected = {route: {name: signs[at] for name, signs in table()[route].items()} for route in found}
    assert differences(found, expected) == []


@pytest.mark.usefixtures("undone")
def test_elsewhere_everybody_gets_the_answer_of_the_table(app: Flask, clients: Mapping[str, FlaskClient]) -> None:
    asked = {route: how for route, how in routes(app).items() if not about_a_report(route)}
    found = {
        route: {name: sign_of(client, rule, method, app) for name, client in clients.items()}
        for route, (rule, method) in asked.items()
    }
    assert differences(found, table()) == []

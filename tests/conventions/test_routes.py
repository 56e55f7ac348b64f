"""Every address states what it is for, and reading an address changes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from werkzeug.routing import Rule

from app import workflow
from app.db import db
from app.directory.models import Person, Role
from app.reports.models.ballot import Choice
from app.reports.models.report import Report
from app.reports.signing.acts import Sealer
from app.reports.validating.acts import vote
from app.web.guards import MARK, public
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import amended, report_at

SignIn = Callable[[FlaskClient, Person], FlaskClient]

UNGUARDED = {"static"}
# Who reads everything there is to read, and at which stage the report is then.
READERS = {
    "fanta": Stage.DRAFTING,
    "issa": Stage.EDITING,
    "mariam": Stage.READING,
    "adama": Stage.READING,
    "seydou": Stage.VALIDATED,
    "salif": Stage.SIGNED,
    "coumba": Stage.SIGNED,
    "lamine": Stage.PUBLISHED,
}
WRITING = re.compile(
    r"\s*(INSERT|UPDATE|DELETE|REPLACE|MERGE|CREATE|DROP|ALTER|TRUNCATE)\b|.*\bFOR UPDATE\b", re.I | re.S
)


def rules(app: Flask) -> list[Rule]:
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint not in UNGUARDED]


def test_every_view_states_what_it_is_for(app: Flask) -> None:
    marks = {rule.endpoint: getattr(app.view_functions[rule.endpoint], MARK, None) for rule in rules(app)}
    assert [endpoint for endpoint, mark in marks.items() if mark is None] == []
    assert len(marks) > 60


def test_what_a_view_states_exists_in_the_tables(app: Flask) -> None:
    acts, roles = {act.key for act in workflow.ACTS}, {role.value for role in Role}
    for rule in rules(app):
        kind, _, names = getattr(app.view_functions[rule.endpoint], MARK).partition(":")
        known = {"act": acts, "role": roles, "reads": {""}, "public": {""}, "signed_in": {""}}[kind]
        assert set(names.split(",")) <= known, rule.endpoint


WITHOUT_A_VIEW = {"open", "renew_masthead"}
"""A report is opened from its meeting; its masthead follows from a change of the campaign or the meeting."""


def test_every_act_has_a_view_that_takes_it(app: Flask) -> None:
    stated = {
        key
        for rule in rules(app)
        if "POST" in (rule.methods or ())
        for key in getattr(app.view_functions[rule.endpoint], MARK).removeprefix("act:").split(",")
    }
    assert {act.key for act in workflow.ACTS} - WITHOUT_A_VIEW <= stated


def test_what_is_about_one_report_is_guarded_by_that_report(app: Flask) -> None:
    """A child reached by its own number is never served without its report's check."""
    for rule in rules(app):
        mark = getattr(app.view_functions[rule.endpoint], MARK)
        about_a_report = "<int:report_id>" in rule.rule
        assert (mark == "reads" or mark.startswith("act:")) == about_a_report, rule.rule


def test_an_address_answers_to_reading_or_writing_and_no_other_method(app: Flask) -> None:
    for rule in rules(app):
        assert (rule.methods or set()) <= {"GET", "HEAD", "OPTIONS", "POST"}, rule.rule


def test_addresses_are_french_words(app: Flask) -> None:
    english = re.compile(r"/(reports?|edit|new|delete|login|logout|vote[sr]|sign|users?|people|settings|history)(/|$)")
    assert [rule.rule for rule in rules(app) if english.search(rule.rule)] == []


@contextmanager
def statements(app: Flask) -> Iterator[list[str]]:
    """Every SQL statement sent meanwhile."""
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def standing_at(stage: Stage, cast: Cast, desk: Sealer) -> Report:
    """A report at that stage; before the commission it has votes and amendments."""
    report = report_at(stage, cast, desk)
    if stage is Stage.READING:
        amended(report, "method", "débats", "échanges", cast.mariam)
        amended(report, "conclusion", "fin", "fin à midi", cast.adama)
        vote(report, cast.mariam, Choice.APPROVE)
    db.session.commit()
    return report


def addresses(app: Flask, report_id: int) -> list[str]:
    """Every address that can be read, with something that exists in each place left open."""
    known = {
        "report_id": report_id,
        "key": "method",
        "number": 1,
        "campaign_id": 1,
        "workshop_id": 1,
        "person_id": 2,
        "grant_id": 2,
        "territory_id": 1,
        "commission_id": 1,
        "token": "none",
        "ticket": "none",
        "event_id": 1,
        "document": "termes",
        "code": "0000-0000-0000-0000",
        "file": "none.jpg",
        "page": 1,
        "kind": "csv",
    }
    found = []
    adapter = app.url_map.bind("localhost")
    for rule in rules(app):
        if "GET" in (rule.methods or ()):
            values = {name: known[name] for name in rule.arguments}
            if rule.endpoint == "campaigns.edit_terms":
                values["key"] = "context"
            if rule.endpoint.startswith("sheets."):
                values["key"] = "attendance"
            found.append(adapter.build(rule.endpoint, values, method="GET"))
    return found


@pytest.mark.parametrize("name", READERS)
def test_reading_every_page_writes_nothing(
    name: str, app: Flask, client: FlaskClient, cast: Cast, desk: Sealer, sign_in: SignIn
) -> None:
    with app.app_context():
        report_id = standing_at(READERS[name], cast, desk).id
    client = sign_in(client, getattr(cast, name))
    answers: dict[str, int] = {}
    with statements(app) as seen:
        for address in addresses(app, report_id):
            for headers in ({}, {"HX-Request": "true"}):
                answers[address] = client.get(address, headers=headers).status_code
    assert [statement for statement in seen if WRITING.match(statement)] == []
    assert sum(code == 200 for code in answers.values()) >= (5 if name == "lamine" else 10)
    assert not [address for address, code in answers.items() if code >= 500]


@pytest.mark.parametrize(
    ("who", "stage", "place"),
    [
        ("fanta", Stage.DRAFTING, "parties/method/modifier"),
        ("fanta", Stage.DRAFTING, "parties/method"),
        ("mariam", Stage.READING, "parties/method/amender"),
    ],
)
def test_a_fragment_is_one_part_alone_and_the_same_address_a_whole_page(
    who: str, stage: Stage, place: str, app: Flask, client: FlaskClient, cast: Cast, desk: Sealer, sign_in: SignIn
) -> None:
    with app.app_context():
        report_id = standing_at(stage, cast, desk).id
    client = sign_in(client, getattr(cast, who))
    fragment = client.get(f"/rapports/{report_id}/{place}", headers={"HX-Request": "true"}).text
    assert "<html" not in fragment
    assert fragment.count('id="part-') == fragment.count('id="part-method"') == 1
    whole = client.get(f"/rapports/{report_id}/{place}", follow_redirects=True).text
    assert whole.count("<html") == 1
    assert whole.count('id="part-method"') == 1


def test_the_coordination_reads_every_page_of_its_desk(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    """The walk above would prove little if it met closed doors only."""
    client = sign_in(client, cast.coumba)
    desk = [place for place in addresses(app, 1) if re.match(r"/(administration/|campagnes|rencontres/1)", place)]
    codes = {place: client.get(place).status_code for place in desk}
    assert len(codes) > 15
    assert {place: code for place, code in codes.items() if code != 200} == {}


def test_a_page_that_tried_to_write_would_leave_nothing(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    @app.get("/sournois")
    @public
    def sly() -> str:
        db.session.get_one(Person, cast.fanta.id).title = "Modifié"
        db.session.flush()
        return "fait"

    assert app.test_client().get("/sournois").text == "fait"
    with app.app_context():
        titles = select(func.count(Person.id)).where(Person.title == "Modifié")
        assert db.session.scalar(titles) == 0

"""Who gets which answer at which address: every route, every person, every stage, compared with a table people can read.

The table is `matrix.txt`, beside this file: one line a route, one column a person. About a report, a cell has one sign for
each stage, from drafting to published; elsewhere one sign. The signs stand at the table's head.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache
from hashlib import sha256
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.routing import Rule

from app import workflow
from app.db import db, now
from app.directory.models import Grant, Person, Role, RoleProposal
from app.directory.territories import Level, Territory
from app.documents.pieces import Pieces
from app.mail import outbox
from app.reports.access import situation, visibility
from app.reports.amending import acts as amending
from app.reports.attachments import acts as attaching
from app.reports.attachments import uploads
from app.reports.attachments.acts import StoredFile
from app.reports.comments import acts as commenting
from app.reports.models.attachment import AttachmentKind
from app.reports.models.ballot import Choice
from app.reports.models.report import Opinion, Report
from app.reports.models.signature import Slot
from app.reports.output import report_pdf
from app.reports.pages import lists, tasks
from app.reports.signing.acts import Sealer
from app.reports.signing.invitation import inviting
from app.reports.signing.paper import printing
from app.reports.validating.acts import vote
from app.web.account.sessions import SECRET
from app.web.guards import MARK
from app.workflow import Stage
from app.working_days import add_working_days
from tests.cast import PASSWORD, Cast, session_of
from tests.factories import DEADLINE, amended, report_at, written
from tests.invited import without_password
from tests.paper import filed
from tests.photographs import photograph
from tests.web.matrix import (
    ASKED,
    COLUMNS,
    ELSEWHERE,
    FORBIDDEN,
    NOT_READY,
    OFFICES_HEAD,
    OPEN,
    OTHERS,
    STAGES,
    TABLE,
    UNSEEN,
    about_a_report,
    follows,
    offices_lines,
    routes,
    table,
)

pytestmark = pytest.mark.anywhere

Browser = Callable[[str], FlaskClient]

SIGNS = {401: ASKED, 403: FORBIDDEN, 404: UNSEEN, 409: ELSEWHERE, 422: NOT_READY}
KNOWN: dict[str, str | int] = {
    "report_id": 1,
    "key": "method",
    "number": 1,
    "campaign_id": 1,
    "workshop_id": 1,
    "person_id": 1,
    "grant_id": 1,
    "proposal_id": 1,
    "territory_id": 1,
    "commission_id": 1,
    "notice_id": 1,
    "letter_id": 1,
    "token": "nothing",
    "ticket": "nothing",
    "event_id": 1,
    "session_id": 999,  # somebody else's
    "kind": "csv",
    "document": "termes",
    "code": "0000-0000-0000-0000",
    "file": "none.jpg",
    "page": 1,
}
# What a form needs to be taken where the act is allowed.
FORMS: dict[str, dict[str, Any]] = {
    "administration.give_role": {"role": "reader", "place": "1"},
    "administration.places.create_commission": {"name": "CRSB de Kayes", "place": "2"},
    "administration.places.change_commission": {"name": "CRSB de Ségou"},
    "administration.places.add_below": {"level": "circle", "name": "Macina"},
    "administration.places.add_at_root": {"level": "region", "name": "Gao"},
    "amending.adopt_formal": {"shown": "1"},
    "amending.amend": {"zone-body": "Des exposés ont été suivis d’échanges."},
    "amending.opine": {"opinion": "left"},
    "commenting.comment": {"text": "Lesquels ?"},
    "commenting.reply": {"text": "Ceux de la région."},
    "amending.reject": {"reason": "Le texte le dit déjà."},
    "moments.restore": {"base": "2"},
    "editing.save": {"zone-body": "Des exposés ont été suivis d’échanges."},
    "editing.return_draft": {"reason": "La conclusion manque."},
    "clock.extend": {"deadline": add_working_days(DEADLINE, 1).isoformat(), "reason": "Des membres sont en mission."},
    "editing.transmit": {"deadline": DEADLINE.isoformat()},
    "workshops.create": {"territory": "2"},
    "validating.vote": {"choice": "approve"},
    "validating.name_proxy": {"holder": "5"},  # Binta
    "validating.return_to_rapporteur": {"reason": "Le lieu est à corriger."},
    "signing.sign": {"password": PASSWORD},
    "refusing.refuse": {"reason": "Mon titre est faux.", "password": PASSWORD},
    "rectifying.rectify": {"what": "La conclusion.", "reason": "Une date est fausse."},
    "inviting.invite": {"slot": "chair"},
    "pictures.add": {"consent": "oui"},
    "attachments.attach": {"kind": "mission_report"},
    "sending.begin": {"kind": "mission_report", "name": "Suite.pdf", "size": "9", "mark": "1"},
    "sending.finish": {"sha256": sha256(b"%PDF-1.7\n").hexdigest()},
    "papers.deposit_pages": {"do": "empty"},
    "papers.attest": {"password": PASSWORD, "checks": ["pages", "signatures", "original"]},
    "papers.refuse": {"reason": "Une page est coupée."},
}
# The hidden field by which a form says what it was shown beside: read from the page at the same address.
SHOWN = {"refusing.refuse": "validated", "signing.sign": "file"}
PDF = b"%PDF-1.7\n"
# A file that goes with a form: the field, its content, its name.
FILES: dict[str, tuple[str, bytes, str]] = {
    "pictures.add": ("pictures", photograph(8, 8), "a.jpg"),
    "attachments.attach": ("file", PDF, "Mission.pdf"),
}
# What is sent that is no form.
RAW: dict[str, dict[str, object]] = {
    "sending.piece": {"data": PDF, "headers": {"Upload-Offset": 0, "Upload-Hash": sha256(PDF).hexdigest()}},
}


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
            db.session.add(_other(name, roles, places.get(place), active, cast.fanta.password))
        _dead_letter()
        modibo = db.session.scalars(select(Person).where(Person.first_name == "Modibo")).one()
        db.session.add(RoleProposal(person=cast.lamine, role=Role.SUPERVISOR, proposed_by=modibo))
        db.session.commit()
        every = db.session.scalars(select(Person)).all()
        db.session.expunge_all()
    return {person.email.partition("@")[0]: person for person in every}


def _dead_letter() -> None:
    letter = outbox.queue("personne@exemple.ml", "Objet", "Texte", "<p>Texte</p>", domain="exemple.ml", at=now())
    db.session.flush()
    outbox.note_refusal(letter, "550 unknown", now())


def _other(name: str, roles: tuple[Role, ...], place: Territory | None, active: bool, password: str | None) -> Person:
    return Person(
        email=f"{name}@exemple.ml",
        first_name=name.capitalize(),
        surname="SISSOKO",
        password=password,
        active=active,
        fs_uniquifier=name,
        grants=[Grant(role=role, territory_id=place.id if place else None) for role in roles],
    )


@pytest.fixture
def browser(app: Flask, people: Mapping[str, Person]) -> Browser:
    """Opens a browser for a column, signed in where there is an account: each time the same session, which nothing ends."""
    secrets = cache(lambda name: session_of(app, people[name]))

    def opened(name: str) -> FlaskClient:
        client = app.test_client()
        if name in people:
            with client.session_transaction() as session:
                session[SECRET] = secrets(name)
        return client

    return opened


@pytest.fixture
def stage_set(
    request: pytest.FixtureRequest, app: Flask, people: Mapping[str, Person], cast: Cast, desk: Sealer
) -> Stage:
    """The one report at the stage asked for; before the commission, with an amendment of Mariam's and the votes it takes.

    Validated, with an invitation of its chair.

    The amendment is of form alone, and the rapporteur is for it.
    """
    with app.app_context():
        report = report_at(request.param, cast, desk)
        if request.param is Stage.DRAFTING:
            written(report, cast.fanta)
        if request.param is Stage.READING:
            amendment = amended(report, "method", "débats", "échanges", cast.mariam, formal=True)
            amending.opine(report, amendment, Opinion.FAVOURABLE, "", cast.issa)
            for person in (cast.oumar, cast.binta, cast.adama):
                vote(report, person, Choice.APPROVE)
        if request.param is Stage.VALIDATED:
            _invited(report, cast)
            filed(report, cast.coumba, desk, [Slot.CHAIR])
        _observed(report, cast)
        _attached(report, cast, desk)
        db.session.commit()
    return Stage(request.param)


def _invited(report: Report, cast: Cast) -> None:
    """Seydou was invited to sign by code, and has opened his account since."""
    password = cast.seydou.password
    without_password(cast.seydou)
    inviting.invite(report, "chair", cast.coumba, now().date())
    cast.seydou.password = password


def _observed(report: Report, cast: Cast) -> None:
    """An open observation and a settled one, as if from before the text was validated."""
    stage, report.stage = report.stage, Stage.EDITING
    for _ in range(2):
        commenting.comment(report, cast.issa, "method", "Lesquels ?")
    commenting.resolve(report, 2, cast.issa)
    report.stage = stage


def _attached(report: Report, cast: Cast, desk: Sealer) -> None:
    """A file of Fanta's beside the report, and another of which all pieces have arrived."""
    found = StoredFile(AttachmentKind.OTHER, "Programme.pdf", "application/pdf", len(PDF), desk.store.put(PDF))
    attaching.attach(report, cast.fanta, found)
    upload = uploads.begin(report, cast.fanta, AttachmentKind.OTHER, "Suite.pdf", len(PDF), "", len(PDF))
    Pieces(desk.store, upload.id).keep(0, PDF)
    uploads.take_in(upload, 0, PDF, sha256(PDF).hexdigest())


@pytest.fixture
def undone(people: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every request is undone, so that each meets the same state; a file is set only once."""
    monkeypatch.setattr(db.session, "commit", db.session.rollback)
    for name in ("draft", "final"):
        monkeypatch.setattr(report_pdf, name, _set_once(getattr(report_pdf, name)))
    monkeypatch.setattr(printing, "paper_copy", _set_once(printing.paper_copy))


def _set_once(setting: Callable[..., bytes]) -> Callable[..., bytes]:
    kept: dict[str, bytes] = {}

    def given(report: Report, *rest: object) -> bytes:
        if report.text_hash not in kept:
            kept[report.text_hash] = setting(report, *rest)
        return kept[report.text_hash]

    return given


def sign_of(client: FlaskClient, rule: Rule, method: str, app: Flask) -> str:
    """The answer, as the table writes it."""
    values = {name: KNOWN[name] for name in rule.arguments}
    if rule.endpoint in ("campaigns.edit_terms", "campaigns.save_terms"):
        values["key"] = "context"
    if rule.endpoint == "commenting.reopen":
        values["number"] = 2
    if rule.endpoint.startswith("sheets."):
        values["key"] = "attendance"
    place = app.url_map.bind("localhost").build(rule.endpoint, values, method=method)
    form: dict[str, object] = {**FORMS.get(rule.endpoint, {})}
    if method == "POST" and rule.endpoint in SHOWN:
        shown = re.search(f'name="{SHOWN[rule.endpoint]}" value="([^"]*)"', client.get(place).text)
        form |= {SHOWN[rule.endpoint]: shown[1]} if shown else {}
    if rule.endpoint in FILES:
        field, content, name = FILES[rule.endpoint]
        form[field] = (BytesIO(content), name)
    sent = RAW.get(rule.endpoint, {"data": form}) if method == "POST" else {}
    answer = client.open(place, method=method, **sent)
    if answer.status_code == 303 and answer.location.startswith("/connexion?next="):
        return ASKED
    return OPEN if answer.status_code < 400 else SIGNS.get(answer.status_code, f"({answer.status_code})")


def answers(app: Flask, browser: Browser, about: bool) -> dict[str, dict[str, str]]:
    """What everybody gets at every address about the report, or at all others."""
    return {
        route: {name: sign_of(browser(name), rule, method, app) for name in COLUMNS}
        for route, (rule, method) in routes(app).items()
        if about_a_report(route) == about
    }


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


@pytest.mark.parametrize("stage_set", STAGES, indirect=True)
def test_about_a_report_everybody_gets_the_answer_of_the_table(
    stage_set: Stage, undone: None, app: Flask, browser: Browser
) -> None:
    at = STAGES.index(stage_set)
    expected = {route: {name: signs[at : at + 1] for name, signs in cells.items()} for route, cells in table().items()}
    assert differences(answers(app, browser, about=True), expected) == []


def test_elsewhere_everybody_gets_the_answer_of_the_table(undone: None, app: Flask, browser: Browser) -> None:
    assert differences(answers(app, browser, about=False), table()) == []


def test_the_table_ends_with_the_incompatible_offices() -> None:
    text = TABLE.read_text()
    assert text[text.index(OFFICES_HEAD) :] == offices_lines()


def test_what_the_table_says_of_the_acts_follows_from_the_workflow(app: Flask) -> None:
    seen = set()
    for route, (rule, method) in routes(app).items():
        kind, _, keys = getattr(app.view_functions[rule.endpoint], MARK).partition(":")
        if kind != "act" or method == "GET":
            continue
        acts = [workflow.BY_KEY[key] for key in keys.split(",")]
        seen |= {act.key for act in acts}
        for name, signs in table()[route].items():
            for stage, sign in zip(STAGES, signs, strict=True):
                assert follows(acts, name, stage, sign), f"{route}, {name}, {stage}: {sign}"
    assert seen == {act.key for act in workflow.ACTS} - {"open", "renew_masthead"}


def test_every_act_is_open_to_somebody_somewhere_in_the_table() -> None:
    """A table full of refusals would be matched by an application that refuses everything."""
    posts = {route: cells for route, cells in table().items() if route.startswith("POST") and about_a_report(route)}
    closed = [route for route, cells in posts.items() if not any(OPEN in signs for signs in cells.values())]
    # No office file is sent here, and the check finds nothing to be corrected in this text; validating waits for the
    # amendment to be decided, and the passage that it rewords is still there; a substitute is named by a document; the
    # report rectifies none, so that there is nothing to abandon; who signs has an account, and is invited no more.
    assert set(closed) == {
        "POST …/controle/corriger",
        "POST …/word",
        "POST …/word/<token>",
        "POST …/ancien-rapport",
        "POST …/ancien-rapport/reprendre",
        "POST …/parties/<key>/tableur",
        "POST …/parties/<key>/tableur/reprendre",
        "POST …/amendements/<number>/caducite",
        "POST …/valider",
        "POST …/suppleance",
        "POST …/invitations",
        "POST …/invitations/<number>/code",
        "POST …/abandonner",
    }


def test_a_closed_account_sees_nothing_and_may_nothing_even_past_the_sign_in(
    app: Flask, people: Mapping[str, Person], cast: Cast
) -> None:
    """Sessions of closed accounts are refused at the door; behind it their roles count for nothing either."""
    with app.app_context():
        report = report_at(Stage.EDITING, cast)
        modibo = db.session.get_one(Person, people["modibo"].id)
        assert len(modibo.grants) == len(Role)
        assert visibility.visible_report(modibo, report.id) is None
        assert situation.hands(report, modibo).roles == frozenset()
        assert lists.page_of(modibo) == []
        assert tasks.tasks_of(modibo) == []

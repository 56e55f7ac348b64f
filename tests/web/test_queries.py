"""How many queries a page takes: the same number however much there is, and few.

The limits are what was measured and one or two more; whoever makes a page need fewer lowers its limit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from app.db import db, now
from app.directory.models import Grant, Person, Role
from app.directory.territories import Level, Territory
from app.reports.access import roll
from app.reports.amending import acts as amending
from app.reports.editing import acts as editing
from app.reports.models.ballot import Choice
from app.reports.models.report import Report
from app.reports.signing.acts import Sealer
from app.reports.text import revisions
from app.reports.validating.acts import vote
from app.workflow import Stage
from app.working_days import add_working_days
from app.workshops.models import Campaign, Workshop
from tests.cast import Cast, row
from tests.factories import DEADLINE, amended, content_of, report_at, reworded, the_workshop, written

SignIn = Callable[[FlaskClient, Person], FlaskClient]

MANY = 60
HTMX = {"HX-Request": "true", "HX-Target": "section#part-method"}
LATER = {"deadline": add_working_days(DEADLINE, 1).isoformat(), "reason": "Congés."}
SAVED = {"zone-body": "Des exposés ont été suivis d’échanges."}


@dataclass(frozen=True)
class Page:
    """One request, by whom, with the report at which stage, and the most queries it may take."""

    name: str
    who: str
    stage: Stage
    place: str
    most: int
    form: dict[str, str] | None = None
    headers: dict[str, str] = field(default_factory=dict)


PAGES = (
    Page("a draft", "fanta", Stage.DRAFTING, "/rapports/1", 10),
    Page("a report before the commission, for its president", "adama", Stage.READING, "/rapports/1", 13),
    Page("a report before the commission, for a member", "mariam", Stage.READING, "/rapports/1", 13),
    Page("a report to be signed", "seydou", Stage.VALIDATED, "/rapports/1", 16),
    Page("a published report", "lamine", Stage.PUBLISHED, "/rapports/1", 12),
    Page("the signing page", "issa", Stage.VALIDATED, "/rapports/1/signature", 23),
    Page("a part's editor", "fanta", Stage.DRAFTING, "/rapports/1/parties/method/modifier", 5, headers=HTMX),
    Page("a part's editor in its page", "fanta", Stage.DRAFTING, "/rapports/1/parties/method/modifier", 12),
    Page("an amendment's editor", "mariam", Stage.READING, "/rapports/1/parties/method/amender", 5, headers=HTMX),
    Page("a save", "fanta", Stage.DRAFTING, "/rapports/1/parties/method/modifier", 22, SAVED, HTMX),
    Page("two of many versions", "fanta", Stage.DRAFTING, "/rapports/1/parties/method/revisions/2", 7),
    Page("the consistency check", "fanta", Stage.DRAFTING, "/rapports/1/controle", 13),
    Page("the consistency check beside the text", "fanta", Stage.DRAFTING, "/rapports/1/controle", 12, headers=HTMX),
    Page("handing over", "fanta", Stage.DRAFTING, "/rapports/1/soumettre", 22, {}),
    Page("passing on", "issa", Stage.EDITING, "/rapports/1/transmettre", 30, {"deadline": DEADLINE.isoformat()}),
    Page("proposing", "mariam", Stage.READING, "/rapports/1/parties/method/amender", 19, SAVED),
    Page("adopting", "adama", Stage.READING, "/rapports/1/amendements/1/adopter", 27, {}),
    Page("voting", "mariam", Stage.READING, "/rapports/1/vote", 14, {"choice": "approve"}),
    Page("giving one's proxy", "mariam", Stage.READING, "/rapports/1/procuration", 16, {"holder": "4"}),
    Page("what changed since a vote", "oumar", Stage.READING, "/rapports/1/depuis-mon-vote", 8),
    Page("confirming a vote", "oumar", Stage.READING, "/rapports/1/confirmer-mon-vote", 8, {}),
    Page("sending back", "adama", Stage.READING, "/rapports/1/renvoyer-au-rapporteur", 16, {"reason": "Le lieu."}),
    Page("the history", "salif", Stage.READING, "/rapports/1/historique", 6),
    Page("two versions compared", "salif", Stage.READING, "/rapports/1/parties/method/revisions/2", 7),
    Page("who wrote it", "salif", Stage.READING, "/rapports/1/parties/method/revisions/2?vue=auteurs", 7),
    Page("an idle poll", "mariam", Stage.READING, "/rapports/1/nouvelles?page=999&vu=999", 3, headers=HTMX),
    Page("a sign of life", "mariam", Stage.READING, "/rapports/1/parties/method/presence", 9, {}),
    Page("giving more time", "adama", Stage.READING, "/rapports/1/prolonger", 15, LATER),
    Page("my tasks", "adama", Stage.READING, "/", 12),
    Page("the reports", "salif", Stage.READING, "/rapports", 4),
    Page("the reports looked for", "salif", Stage.READING, "/rapports?recherche=Ségou&etape=reading", 5),
    Page("the campaigns", "coumba", Stage.READING, "/campagnes", 5),
    Page("a campaign", "coumba", Stage.READING, "/campagnes/1", 7),
    Page("a workshop", "coumba", Stage.READING, "/rencontres/1", 9),
    Page("a workshop to be planned", "coumba", Stage.READING, "/campagnes/1/rencontres/nouvelle", 5),
    Page("the persons", "coumba", Stage.READING, "/administration/personnes", 7),
    Page("a person", "coumba", Stage.READING, "/administration/personnes/1", 8),
    Page("the commissions", "coumba", Stage.READING, "/administration/commissions", 4),
    Page("a commission", "coumba", Stage.READING, "/administration/commissions/1", 5),
    Page("the territories", "coumba", Stage.READING, "/administration/collectivites", 4),
)


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The queries sent meanwhile; that a transaction begins is not one."""
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def little(stage: Stage, cast: Cast, desk: Sealer) -> Report:
    """One report with one of everything that its stage has."""
    report = report_at(stage, cast, desk)
    if stage is Stage.DRAFTING:
        written(report, cast.fanta)
    if stage is Stage.READING:
        amended(report, "method", "débats", "échanges", cast.oumar)
        amended(report, "method", "débats", "débats vifs", cast.binta)
        amending.adopt(report, amended(report, "method", "exposés", "exposés brefs", cast.oumar), cast.adama)
        amending.mark_read(report, cast.oumar)
        vote(report, cast.oumar, Choice.APPROVE)
    db.session.commit()
    return report


def much(report: Report, cast: Cast) -> None:
    """Many of everything around the report, and of what it has of its own at its stage."""
    members = [person(f"membre{n}", Role.MEMBER) for n in range(MANY)]
    db.session.flush()
    for n in range(MANY):
        elsewhere(n)
    _more_text(report, cast, members)
    db.session.commit()


def person(name: str, role: Role) -> Person:
    added = Person(email=f"{name}@exemple.ml", first_name=name, surname="DIARRA", fs_uniquifier=name)
    added.grants.append(Grant(role=role, territory_id=1))
    db.session.add(added)
    return added


def elsewhere(n: int) -> None:
    """Another campaign, and in another circle another workshop with its report, before the commission."""
    first = the_workshop()
    campaign = Campaign(
        name=f"Campagne {n}", organisation="Groupe", report_title="R", budget_year=2019,
        starts_on=date(2019, 1, 1), ends_on=date(2019, 3, 1), terms="[]", programme="[]",
    )  # fmt: skip
    circle = Territory(level=Level.CIRCLE, name=f"Cercle {n}", parent_id=1, path="/")
    db.session.add_all([campaign, circle])
    db.session.flush()
    circle.path = f"{first.territory.path}{circle.id}/"
    workshop = Workshop(
        campaign_id=first.campaign_id, territory=circle, held_on=first.held_on, place="Ségou", venue="Ségou",
        organising_body="le Conseil de cercle", rapporteur_id=2, chair_id=7,
    )  # fmt: skip
    db.session.add(Report(workshop=workshop, stage=Stage.READING, stage_since=now(), reading=1))
    db.session.flush()


def _more_text(report: Report, cast: Cast, members: list[Person]) -> None:
    """Rows, revisions, amendments, votes, as the stage allows."""
    author = {Stage.DRAFTING: cast.fanta, Stage.EDITING: cast.issa}.get(report.stage)
    if author is not None:
        names = ("Seydou BA", *(f"Personne {n}" for n in range(MANY)))
        rows = [row("attendees", name=name, body="", contact="", signed="") for name in names]
        editing.save_part(report, "attendance", revisions.part_of(report, "attendance").number, tuple(rows), author)
        for n in range(MANY // 4):
            content = reworded(content_of(report, "method"), "débats", f"débats, {n} fois")
            editing.save_part(report, "method", revisions.part_of(report, "method").number, content, author)
    if report.stage is Stage.READING:
        report.roll_json = ""
        roll.take_down(report)
        for n, member in enumerate(members[: MANY // 2]):
            amended(report, "method", "débats", f"débats {n}", member)
            vote(report, member, Choice.APPROVE)


@pytest.mark.parametrize("stage", sorted({page.stage for page in PAGES}, key=lambda stage: stage.order))
def test_a_page_takes_few_queries_and_as_many_for_much_as_for_little(
    stage: Stage, app: Flask, cast: Cast, desk: Sealer, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = [page for page in PAGES if page.stage is stage]
    clients = {page.who: sign_in(app.test_client(), getattr(cast, page.who)) for page in pages}

    def taken() -> dict[str, int]:
        with monkeypatch.context() as undoing:
            undoing.setattr(db.session, "commit", written_but_undone)
            return {page.name: queries(app, clients[page.who], page) for page in pages}

    with app.app_context():
        report_id = little(stage, cast, desk).id
    few = taken()
    with app.app_context():
        much(db.session.get_one(Report, report_id), cast)
    many = taken()
    assert {name: (few[name], many[name]) for name in few if few[name] != many[name]} == {}
    assert {page.name: many[page.name] for page in pages if many[page.name] > page.most} == {}


def written_but_undone() -> None:
    """In place of a commit: what is written is sent, and taken back, so that each request meets the same state."""
    db.session.flush()
    db.session.rollback()


def queries(app: Flask, client: FlaskClient, page: Page) -> int:
    """How many queries the request takes once the process is warm."""
    method, form = ("GET", None) if page.form is None else ("POST", {**page.form, "once": "clé"})
    for _ in range(2):
        with counted(app) as seen:
            answer = client.open(page.place, method=method, data=form, headers=page.headers)
        assert answer.status_code in (200, 204, 303), (page.name, answer.status_code)
    return len(seen)

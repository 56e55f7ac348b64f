"""What is frozen is what is printed: whatever else is changed anywhere, a validated report gives the same bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Boolean, Column, Date, Integer, Table, event, select
from sqlalchemy import Enum as Enumeration
from sqlalchemy.exc import IntegrityError

from app.db import Moment, db
from app.directory.models import Person
from app.reports.access.situation import signatures_of
from app.reports.models.report import Report
from app.reports.output import report_pdf
from app.reports.proofs.anchors import anchor_of
from app.reports.rectification import acts as rectification
from app.reports.replay.verifying import verify_report
from app.reports.signing.acts import Sealer, latest_file
from app.reports.text.parts import as_published, part_views
from app.reports.word.making import word_file
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import BASE_URL, report_at, workshop_again
from tests.tampering import disarm
from tests.workflow.test_rectifying import WHAT, WHY, validated_again

SignIn = Callable[[FlaskClient, Person], FlaskClient]
MADE_ON = datetime.fromisoformat("2026-12-01T10:00:00+00:00")
READER = "salif"
LOG = frozenset({"audit_event", "event_private", "chain_head", "leaf", "node", "checkpoint"})
"""Changed in them, the chain is broken: that is found by the hashes, and tried elsewhere."""
RECORD = frozenset({
    "report", "report_part", "revision", "revision_private", "amendment", "comment", "ballot", "proxy", "read_mark",
    "signature", "invitation", "attachment", "scan", "substitution",
})  # fmt: skip
"""The report's own rows: changed in them, its log says so."""
NOT_PRINTED_BUT_LOOKED_UP = frozenset({("territory", "path")})
"""Where a territory lies decides who may see its reports: without it there would be no page to compare."""


@pytest.fixture(params=["validated", "signed", "published", "rectifying"])
def frozen(request: pytest.FixtureRequest, app: Flask, cast: Cast, desk: Sealer) -> int:
    """A report whose text is settled; the last is validated and rectifies another."""
    with app.app_context():
        workshop_again("Une autre campagne").territory_id = cast.moussa.grants[0].territory_id
        if request.param == "rectifying":
            report = rectification.rectify(report_at(Stage.PUBLISHED, cast, desk), cast.coumba, WHAT, WHY)
            validated_again(report, cast, desk)
        else:
            report = report_at(Stage(request.param), cast, desk)
        db.session.commit()
        return report.id


def test_no_column_that_is_read_for_it_changes_a_byte_of_a_settled_report_unless_its_log_says_so(
    frozen: int, app: Flask, client: FlaskClient, cast: Cast, desk: Sealer, sign_in: SignIn
) -> None:
    sign_in(client, getattr(cast, READER))
    press_all = Printing(app, client, desk, frozen)
    with reached(app) as tables:
        before = press_all()
    columns = [
        column
        for table in sorted(tables - LOG)
        for column in db.metadata.tables[table].columns
        if not column.primary_key and (table, column.name) not in NOT_PRINTED_BUT_LOOKED_UP
    ]
    assert {"campaign", "workshop", "territory", "person", "report", "revision"} <= tables
    with app.app_context():
        disarm(db.session.connection())
        quiet = [
            column for column in columns if column.table.name not in RECORD or not named_by_the_log(column, frozen)
        ]
        # Whatever the log does not name is changed at once, and for good.
        changed = [column for column in quiet if put_otherwise(column, cast)]
        db.session.commit()
    assert {f"{each.table.name}.{each.name}" for each in changed} >= {
        "campaign.organisation", "campaign.report_title", "campaign.budget_year", "workshop.held_on", "workshop.place",
        "workshop.venue", "workshop.organising_body", "workshop.campaign_id", "territory.name", "person.surname",
        "person.title",
    }  # fmt: skip
    after = press_all()
    assert [name for name in before if before[name] != after[name]] == []
    assert before.keys() == after.keys()


@dataclass
class Printing:
    """Everything that is ever printed of one report, by name."""

    app: Flask
    client: FlaskClient
    desk: Sealer
    report_id: int

    def __call__(self) -> dict[str, bytes]:
        page = self.client.get(f"/rapports/{self.report_id}")
        assert page.status_code == 200
        # The page's frame and the label of the sheet are live: who reads, and how the lists call the meeting now.
        document = re.search(r'<header class="cover".*?</article>', page.text, re.DOTALL)
        assert document is not None
        found = {"page": document[0].encode()}
        with self.app.app_context():
            report = db.session.get_one(Report, self.report_id)
            address = anchor_of(report).address("")
            found |= self._files(report)
            db.session.rollback()
        answer = self.client.get(address)
        # Who signed is told by the name of today; which report it is, by what is printed on it.
        named = re.search(r"<p>Rapport n° .*?</p>", answer.text)
        assert named is not None
        return {**found, "verification": named[0].encode()}

    def _files(self, report: Report) -> Iterator[tuple[str, bytes]]:
        views, store = part_views(report), self.desk.store
        contents = {view.part.key: view.content for view in views}
        yield "draft", report_pdf.draft(report, contents, MADE_ON, store)
        yield "word", word_file(report, views, b"key", MADE_ON, store=store)
        yield "final", report_pdf.final(report, contents, BASE_URL, store)
        if report.final_hash:
            yield "signed", store.get(latest_file(report))
        if report.stage is Stage.PUBLISHED:
            yield "public", report_pdf.public(report, as_published(views), signatures_of(report), BASE_URL, store)


@contextmanager
def reached(app: Flask) -> Iterator[set[str]]:
    """The tables that are read inside, by their names."""
    names, seen = db.metadata.tables.keys(), set[str]()

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        seen.update(name.strip('"') for name in re.findall(r'(?:FROM|JOIN|,)\s+("?\w+"?)', statement))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)
        seen &= set(names)


def named_by_the_log(column: Column[Any], report_id: int) -> bool:
    """Whether the report's replay finds the column changed; nothing of it stays."""
    attempt = db.session.begin_nested()
    try:
        return put_otherwise(column, None) and bool(verify_report(db.session, report_id))
    finally:
        attempt.rollback()
        db.session.expire_all()


def put_otherwise(column: Column[Any], cast: Cast | None) -> bool:
    """Give the column another plausible value in every row, past the guards; the rows of the reader's own account stay.

    Answers whether there was anything to change.
    """
    table = column.table
    assert isinstance(table, Table)
    done = False
    for row in db.session.execute(select(table)).mappings().all():
        if cast is not None and getattr(cast, READER).id == row.get(
            {"person": "id", "grant": "person_id", "open_session": "person_id"}.get(table.name)
        ):
            continue
        for value in other(column, row):
            try:
                with db.session.begin_nested():
                    where = [each == row[each.name] for each in table.primary_key.columns]
                    db.session.execute(table.update().where(*where).values({column.name: value}))
            except IntegrityError:
                continue
            done = True
            break
    return done


def other(column: Column[Any], row: Mapping[str, Any]) -> Iterable[Any]:
    """Values that could as well stand there."""
    value = row[column.name]
    if column.foreign_keys:
        (key,) = column.foreign_keys
        ids = db.session.scalars(select(key.column).where(key.column != (value or 0)).order_by(key.column)).all()
        return ids[:6]
    if isinstance(column.type, Enumeration) or isinstance(value, Enum):
        kind = column.type.enum_class if isinstance(column.type, Enumeration) else type(value)
        return [] if kind is None else [each for each in kind if each != value]
    return _plain(column, value, row)


def _plain(column: Column[Any], value: Any, row: Mapping[str, Any]) -> Iterable[Any]:
    if isinstance(column.type, Moment):
        return [(value or MADE_ON) + timedelta(days=3)]
    if isinstance(column.type, Date):
        return [(value or MADE_ON.date()) + timedelta(days=3)]
    if isinstance(column.type, Boolean):
        return [not value]
    if isinstance(column.type, Integer):
        return [(value or 0) + 1]
    if value and value[0] in "[{":
        return ["[]" if value[0] == "[" else "{}"]
    return [f"Autre {row.get('id', '')} {value or 'mention'}"[: getattr(column.type, "length", None)]]

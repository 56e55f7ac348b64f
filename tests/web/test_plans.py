"""No page reads a whole table to find the rows of one report: what grows with the years is always found by an index."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from app.db import db
from app.directory.models import Person
from app.reports.signing.acts import Sealer
from app.workflow import CIRCUIT, Stage
from tests.cast import Cast
from tests.factories import amended, report_at

SignIn = Callable[[FlaskClient, Person], FlaskClient]
GROWING = (
    "report_part|revision|amendment|ballot|read_mark|signature|audit_event|chain_head|once|workshop|"
    "comment|proxy|presence|notice|letter"
)
WHOLE = re.compile(rf"SCAN ({GROWING})\b")


@pytest.fixture(autouse=True)
def _sqlite_alone(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--database") != "sqlite":
        pytest.skip("PostgreSQL plans by the size of its tables: in a small one an index is not worth while")


@pytest.fixture
def asked(app: Flask) -> Iterator[list[tuple[str, Any]]]:
    """Every reading statement with its parameters, as the pages send them."""
    found: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, parameters: Any, *rest: Any) -> None:
        if statement.startswith("SELECT"):
            found.append((statement, parameters))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


def whole_tables(app: Flask, asked: list[tuple[str, Any]]) -> set[str]:
    """The growing tables that these statements read from end to end."""
    with app.app_context(), db.engine.connect() as connection:
        plans = [
            row.detail
            for statement, parameters in list(asked)
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    assert plans
    return {match[1] for plan in plans if (match := WHOLE.match(plan))}


@pytest.mark.parametrize("stage", CIRCUIT)
@pytest.mark.parametrize("name", ["fanta", "issa", "mariam", "adama", "seydou", "salif", "coumba"])
def test_pages_find_their_rows_by_an_index(
    app: Flask,
    client: FlaskClient,
    cast: Cast,
    desk: Sealer,
    sign_in: SignIn,
    asked: list[tuple[str, Any]],
    name: str,
    stage: Stage,
) -> None:
    with app.app_context():
        report = report_at(stage, cast, desk)
        if stage is Stage.READING:
            amended(report, "method", "débats", "échanges", cast.mariam)
        place = f"/rapports/{report.id}"
        db.session.commit()
    sign_in(client, getattr(cast, name))
    asked.clear()
    for page in ("/", "/rapports", place, f"{place}/historique", f"{place}/parties/method/revisions/1", "/campagnes/1"):
        assert client.get(page).status_code in (200, 404)
    assert whole_tables(app, asked) == set()

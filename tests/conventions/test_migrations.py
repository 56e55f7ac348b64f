"""The migrations make exactly the tables that the models describe, and can be walked back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import Engine, delete, inspect, text

from app.audit import watch
from app.audit.models import AuditEvent
from app.cli import migrate
from app.db import db
from app.reports.models.report import Report, Revision
from app.reports.rectification import acts as rectification
from app.reports.replay.verifying import verify_reports
from app.reports.signing.acts import Sealer
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import opened, report_at


@pytest.fixture
def engine(app: Flask) -> Iterator[Engine]:
    with app.app_context():
        yield db.engine


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names()) - {"alembic_version"}


def triggers(engine: Engine) -> set[str]:
    query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if engine.dialect.name == "postgresql":
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    with engine.connect() as connection:
        return set(connection.execute(text(query)).scalars())


def differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        return list(compare_metadata(context, db.metadata))


def test_the_migrations_make_what_the_models_describe(engine: Engine) -> None:
    assert differences(engine) == []


def test_the_comparison_sees_a_column_that_is_missing(engine: Engine) -> None:
    with engine.begin() as connection:
        watch.unwatch(connection)
        connection.execute(text("ALTER TABLE workshop DROP COLUMN venue"))
    assert "venue" in str(differences(engine))


def test_the_way_back_is_empty_and_the_way_forth_the_same_again(engine: Engine) -> None:
    before = tables(engine), triggers(engine)
    assert before[1]
    downgrade(revision="base")
    assert tables(engine) == set()
    assert triggers(engine) == set()
    upgrade()
    assert (tables(engine), triggers(engine)) == before
    assert differences(engine) == []


def test_every_step_of_the_way_can_be_taken_alone(engine: Engine) -> None:
    steps = len(list(Path(migrate.directory, "versions").glob("*.py")))
    for _ in range(steps):
        downgrade(revision="-1")
    for _ in range(steps):
        upgrade(revision="+1")
    assert differences(engine) == []


def test_the_migrations_stand_in_one_line_named_by_their_order(engine: Engine) -> None:
    found = list(ScriptDirectory(migrate.directory).walk_revisions())[::-1]
    assert [script.revision for script in found] == [f"{number:04}" for number in range(1, len(found) + 1)]
    for script in found:
        assert Path(script.path).name.startswith(f"{script.revision}_")
        assert script.doc


def test_a_database_with_reports_can_be_walked_back_too(world: Flask, cast: Cast) -> None:
    """The log guards itself against removal; the migration that takes it away must come through all the same."""
    opened(cast)
    db.session.commit()
    for model in (AuditEvent, Revision):
        with pytest.raises(Exception, match=r"append-only|not authorized"):
            db.session.execute(delete(model))
        db.session.rollback()
    db.session.remove()
    downgrade(revision="base")
    assert tables(db.engine) == set()


def test_a_report_comes_through_the_step_that_lets_it_be_rectified_and_a_rectification_bars_the_way_back(
    world: Flask, cast: Cast, desk: Sealer
) -> None:
    report = report_at(Stage.PUBLISHED, cast, desk)
    db.session.commit()
    known = (report.id, report.workshop_id, report.signed_hash, len(report.parts))
    db.session.remove()
    downgrade(revision="0015")
    upgrade()
    report = db.session.get_one(Report, known[0])
    assert (report.id, report.workshop_id, report.signed_hash, len(report.parts)) == known
    rectification.rectify(report, cast.coumba, "La date.", "Une erreur de frappe.")
    db.session.commit()
    db.session.remove()
    with pytest.raises(SystemExit):
        downgrade(revision="0015")
    upgrade()
    assert verify_reports(db.session) == []

"""Nothing disarms the log: SQLite's connections are watched, PostgreSQL's role has no right to, a canary tries it all."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

from app import create_app
from app.audit import canary, checkpoints, guards, watch
from app.audit.canary import Unguarded, require_guarded
from app.audit.events import record
from app.commands.audit import audit
from app.db import db, now, reading
from tests.cast import LOG, Cast
from tests.factories import opened


@pytest.fixture(autouse=True)
def written(world: Flask, cast: Cast) -> Iterator[None]:
    opened(cast)
    record("people", "person_add", None, {"person": 1}, private={"first_name": "Awa"})
    checkpoints.advance(LOG, "period", now())
    db.session.commit()
    db.session.remove()
    yield
    db.session.rollback()


def only(dialect: str) -> None:
    if db.engine.dialect.name != dialect:
        pytest.skip(f"{dialect} alone")


def broken(*statements: str) -> None:
    """What somebody who owns the database has done."""
    with db.engine.begin() as connection:
        watch.unwatch(connection)
        for statement in statements:
            connection.execute(text(statement))
        watch.rewatch(connection)


FORBIDDEN = [
    *(f"UPDATE {table} SET {keys[0][0]} = 1" for table, keys in guards.KEYS.items()),
    *(f"DELETE FROM {table} WHERE 0" for table in guards.KEYS),
    *(f"DROP TRIGGER {table}_never_{kind}" for table in guards.KEYS for kind in ("changed", "removed", "replaced")),
    *(f"DROP TABLE {table}" for table in guards.KEYS),
    *(f"ALTER TABLE {table} RENAME TO other" for table in guards.KEYS),
    *(f"CREATE TEMP TABLE {table} (id)" for table in guards.KEYS),
    "ALTER TABLE audit_event ADD COLUMN other",
    "ALTER TABLE audit_event DROP COLUMN act",
    "INSERT INTO checkpoint VALUES (1, '', '', '', '') ON CONFLICT (size) DO UPDATE SET note = ''",
    "UPDATE OR REPLACE revision SET id = 2",
    "WITH found AS (SELECT 1) DELETE FROM revision WHERE id IN found",
    "CREATE TEMP VIEW revision AS SELECT 1",
    "CREATE TEMP TRIGGER other BEFORE INSERT ON audit_event BEGIN SELECT RAISE(IGNORE); END",
    "CREATE TRIGGER other BEFORE INSERT ON audit_event BEGIN SELECT RAISE(IGNORE); END",
    "CREATE TABLE other (id)",
    "CREATE UNIQUE INDEX other ON audit_event (act)",
    "DROP INDEX ix_leaf_code",
    "REINDEX",
    "INSERT INTO sqlite_master (sql) VALUES ('')",
    "UPDATE sqlite_master SET sql = ''",
    "DELETE FROM sqlite_master",
    "ATTACH ':memory:' AS other",
    "DETACH main",
    "SELECT load_extension('other')",
    *(
        f"PRAGMA {pragma}"
        for pragma in (
            "writable_schema = ON",
            "main.writable_schema(1)",
            "Writable_Schema = RESET",
            "recursive_triggers = OFF",
            "foreign_keys = OFF",
            "ignore_check_constraints = ON",
            "defer_foreign_keys = ON",
            "journal_mode = OFF",
            "synchronous = OFF",
            "schema_version = 1",
            "legacy_alter_table = ON",
            "trusted_schema = ON",
        )
    ),
]


def test_sqlite_refuses_on_the_applications_connection(subtests: pytest.Subtests) -> None:
    only("sqlite")
    with db.engine.connect() as connection:
        for statement in FORBIDDEN:
            with subtests.test(statement):
                assert re.search("not authorized|may not be modified", refusal(connection, statement))


def test_without_the_watcher_sqlite_would_have_done_it_or_refused_later(subtests: pytest.Subtests) -> None:
    """So that the refusals above are the watcher's own, and no mistake in writing a statement."""
    only("sqlite")
    later = re.compile("append-only|may not be modified|constraint failed|cannot|Safety level|error in trigger|^$")
    with db.engine.connect() as connection:
        watch.unwatch(connection)
        for statement in FORBIDDEN:
            with subtests.test(statement):
                assert later.search(refusal(connection, statement)) or "load_extension" in statement


def refusal(connection: Connection, statement: str) -> str:
    """What the database says to this; empty where it does it. Nothing of it stays."""
    attempt = connection.begin_nested()
    try:
        connection.exec_driver_sql(statement)
    except DBAPIError as error:
        return str(error.orig)
    finally:
        attempt.rollback()
    return ""


def test_it_lets_the_application_do_its_work() -> None:
    only("sqlite")
    with db.engine.connect() as connection:
        for statement in (
            "SELECT count(*) FROM audit_event",
            "WITH RECURSIVE up(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM up WHERE n < 3) SELECT max(n) FROM up",
            "PRAGMA table_info(audit_event)",
            "PRAGMA foreign_keys",
            "PRAGMA quick_check(1)",
            "UPDATE chain_head SET seq = seq",
            "DELETE FROM presence",
        ):
            assert refusal(connection, statement) == ""


def test_every_connection_is_watched_not_only_the_first() -> None:
    only("sqlite")
    token = reading.set(True)  # writers would wait for each other
    several = [db.engine.connect() for _ in range(4)]
    for connection in several:
        assert refusal(connection, "DELETE FROM revision") == "not authorized"
    for connection in several:
        connection.close()
    reading.reset(token)


# ---- The canary ------------------------------------------------------------------------------------------------------


def test_a_guarded_database_is_served() -> None:
    require_guarded(db.engine, strict=False)


def test_the_canary_leaves_everything_as_it_was_and_is_quick() -> None:
    def contents() -> list[object]:
        with db.engine.connect() as connection:
            return [connection.execute(text(f"SELECT * FROM {table}")).all() for table in guards.KEYS]

    before = contents()
    started = time.perf_counter()
    require_guarded(db.engine, strict=False)
    assert contents() == before
    assert time.perf_counter() - started < 1  # some milliseconds; a busy machine is slow, not wrong
    with db.engine.connect() as connection, pytest.raises(DBAPIError):
        connection.exec_driver_sql("DELETE FROM revision")


def test_it_notices_every_trigger_that_is_gone() -> None:
    for table in guards.KEYS:
        for statement in guards.removal(db.engine.dialect.name, [table]):
            with db.engine.begin() as connection:
                watch.unwatch(connection)
                connection.execute(text(statement))
                assert canary.absent(connection) == [f"{statement.split()[2]} (missing)"]
                empty = connection.execute(text(f"SELECT 1 FROM {table}")).first() is None
                assert canary.allowed(connection) or empty or "replaced" in statement or "emptied" in statement
                connection.rollback()


def test_it_notices_a_trigger_that_no_longer_refuses() -> None:
    if db.engine.dialect.name == "sqlite":
        broken(
            "DROP TRIGGER leaf_never_removed",
            "CREATE TRIGGER leaf_never_removed BEFORE DELETE ON leaf BEGIN SELECT 1; END",
        )
    else:
        broken(
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
        )
    with pytest.raises(Unguarded, match="DELETE FROM leaf"):
        require_guarded(db.engine, strict=False)


def test_it_notices_a_trigger_that_a_replica_may_pass() -> None:
    only("postgresql")
    broken("ALTER TABLE leaf ENABLE TRIGGER leaf_never_changed")
    with pytest.raises(Unguarded, match="leaf_never_changed"):
        require_guarded(db.engine, strict=False)


def test_it_notices_a_connection_that_nobody_watches() -> None:
    only("sqlite")
    import pysqlite3

    unwatched = create_engine(db.engine.url, module=pysqlite3)
    with pytest.raises(Unguarded, match="DROP TRIGGER"):
        require_guarded(unwatched, strict=False)


def test_it_asks_for_the_migrations_first(tmp_path: Path) -> None:
    only("sqlite")
    import pysqlite3

    empty = create_engine(f"sqlite:///{tmp_path / 'empty.sqlite'}", module=pysqlite3)
    with pytest.raises(Unguarded, match="flask db upgrade"):
        require_guarded(empty, strict=False)


def test_a_server_does_not_start_on_a_log_without_guards(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FLASK_RUN_FROM_CLI", raising=False)
    broken(guards.removal(db.engine.dialect.name, ["revision"])[0])
    with pytest.raises(Unguarded, match="revision_never_changed"):
        create_app({"DATABASE_URL": app.config["DATABASE_URL"]}, tmp_path)


def test_the_command_says_what_is_not_guarded_and_restores_it(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    assert run(audit, ["guard"]).exit_code == 0
    broken(guards.removal(db.engine.dialect.name, ["revision"])[0])
    told = run(audit, ["guard"])
    assert told.exit_code == 1 and "revision_never_changed" in told.output
    assert run(audit, ["guard", "--restore"]).exit_code == 0
    assert run(audit, ["guard"]).exit_code == 0


# ---- PostgreSQL's roles ----------------------------------------------------------------------------------------------


@pytest.fixture
def as_server(app: Flask) -> Iterator[Engine]:
    """Connections in the role that serves, once the command has given it its rights."""
    only("postgresql")
    broken("DROP ROLE IF EXISTS seben_web", "CREATE ROLE seben_web LOGIN")
    result = app.test_cli_runner().invoke(audit, ["guard-role", "seben_web", "--apply"])
    assert result.exit_code == 0, result.output
    engine = create_engine(db.engine.url.set(username="seben_web"))
    yield engine
    engine.dispose()
    broken("DROP OWNED BY seben_web", "DROP ROLE seben_web")


def test_the_role_that_serves_reads_and_adds_and_no_more(as_server: Engine) -> None:
    with as_server.connect() as connection:
        for table, keys in guards.KEYS.items():
            connection.execute(text(f"SELECT count(*) FROM {table}"))
            for statement in (
                f"UPDATE {table} SET {keys[0][0]} = {keys[0][0]}",
                f"DELETE FROM {table}",
                f"TRUNCATE {table} CASCADE",
                f"ALTER TABLE {table} DISABLE TRIGGER ALL",
                f"DROP TRIGGER {table}_never_changed ON {table}",
                f"DROP TABLE {table} CASCADE",
                "SET session_replication_role = replica",
            ):
                assert re.search("permission denied|must be owner", refusal(connection, statement)), statement


def test_in_production_the_owner_of_the_tables_may_not_serve(as_server: Engine) -> None:
    with pytest.raises(Unguarded, match="guard-role"):
        require_guarded(db.engine, strict=True)
    require_guarded(as_server, strict=True)


def test_the_grants_are_printed_for_who_runs_them_by_hand(app: Flask) -> None:
    told = app.test_cli_runner().invoke(audit, ["guard-role", "seben_web"])
    assert f"GRANT SELECT, INSERT ON {', '.join(guards.KEYS)} TO seben_web;" in told.output
    assert app.test_cli_runner().invoke(audit, ["guard-role", "x; DROP"]).exit_code == 1


def test_pages_are_served_under_watch(client: FlaskClient) -> None:
    db.session.remove()
    assert client.get("/verifier").status_code == 200

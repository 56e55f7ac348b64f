"""The database itself refuses, on the application's connection, to change or remove an event or a revision."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.audit import guards
from app.db import db
from tests.cast import Cast
from tests.factories import opened

TABLES = tuple(guards.KEYS)
COLUMNS = {
    "audit_event": ("stream", "seq", "at", "actor_id", "actor_role", "act", "body", "prev", "hash"),
    "revision": (
        *("part_id", "number", "parent", "content_json", "runs_json", "hash", "author_id", "author_role", "at"),
        *("origin", "amendment_id", "adopted_by_id", "merged"),
    ),
}
TEXTS = {"audit_event": "body", "revision": "content_json"}


@pytest.fixture(autouse=True)
def written(world: Flask, cast: Cast) -> None:
    opened(cast)
    db.session.commit()


def rows(table: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in db.session.execute(text(f"SELECT * FROM {table} ORDER BY id"))]


def refused(statement: str, table: str) -> bool:
    """Whether the database refuses, and nothing has changed."""
    before = rows(table)
    attempt = db.session.begin_nested()
    try:
        db.session.execute(text(statement))
    except DBAPIError as error:
        attempt.rollback()
        return "append-only" in str(error.orig) and rows(table) == before
    attempt.rollback()
    return False


def taken(table: str, verb: str, key: str) -> str:
    """The statement that inserts the table's first row again with another text, only its `key` the same."""
    number = guards.KEYS[table][1][-1]
    other = {TEXTS[table]: "'[]'", number: f"{number} + 1000" if key == "id" else number}
    names = (*(["id"] if key == "id" else []), *COLUMNS[table])
    values = ", ".join(other.get(name, name) for name in names)
    return f"{verb} INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} WHERE id = 1"


@pytest.mark.parametrize("table", TABLES)
def test_what_was_written_is_neither_changed_nor_removed(table: str) -> None:
    assert len(rows(table)) > 0
    assert refused(f"UPDATE {table} SET {TEXTS[table]} = '[]'", table)
    assert refused(f"UPDATE {table} SET id = id + 1000 WHERE id = 1", table)
    assert refused(f"DELETE FROM {table}", table)
    assert refused(f"DELETE FROM {table} WHERE id = 1", table)


@pytest.mark.parametrize("recursive", ["ON", "OFF"])
@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "REPLACE"])
@pytest.mark.parametrize("table", TABLES)
def test_sqlite_does_not_replace_by_any_key(table: str, verb: str, recursive: str) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("REPLACE is SQLite's")
    db.session.execute(text(f"PRAGMA recursive_triggers = {recursive}"))
    assert refused(taken(table, verb, key="id"), table)
    assert refused(taken(table, verb, key="secondary"), table)
    assert refused(f"UPDATE OR REPLACE {table} SET id = 2 WHERE id = 1", table)


@pytest.mark.parametrize("table", TABLES)
def test_every_unique_key_of_the_table_is_guarded(table: str) -> None:
    from sqlalchemy import inspect

    found = inspect(db.engine)
    keys = {tuple(found.get_pk_constraint(table)["constrained_columns"])}
    keys |= {tuple(each["column_names"]) for each in found.get_unique_constraints(table)}
    keys |= {tuple(each["column_names"]) for each in found.get_indexes(table) if each["unique"]}
    assert keys == set(guards.KEYS[table])


@pytest.mark.parametrize("table", TABLES)
def test_an_upsert_does_not_change_it_either(table: str) -> None:
    target = ", ".join(guards.KEYS[table][1])
    change = f" ON CONFLICT ({target}) DO UPDATE SET {TEXTS[table]} = '[]'"
    insert = taken(table, "INSERT", key="secondary").replace("WHERE id = 1", "WHERE id = 1" + change)
    assert refused(insert, table)


@pytest.mark.parametrize("table", TABLES)
def test_postgresql_does_not_empty_it_even_for_a_replica(table: str) -> None:
    if db.engine.dialect.name != "postgresql":
        pytest.skip("TRUNCATE is PostgreSQL's")
    assert refused(f"TRUNCATE {table} CASCADE", table)
    assert refused("TRUNCATE person CASCADE", table)
    db.session.execute(text("SET session_replication_role = replica"))
    assert refused(f"DELETE FROM {table}", table)
    assert refused(f"UPDATE {table} SET {TEXTS[table]} = '[]'", table)
    assert refused(f"TRUNCATE {table} CASCADE", table)


def test_the_guards_can_be_taken_away_and_put_back(world: Flask) -> None:
    connection = db.session.connection()
    guards.remove(connection)
    assert not refused("DELETE FROM audit_event", "audit_event")
    guards.install(connection)
    assert refused("DELETE FROM audit_event", "audit_event")

"""The database itself refuses, on the application's connection, to change or remove what was written once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import DBAPIError

from app.audit import checkpoints, guards, watch
from app.audit.events import record
from app.content.canonical import content_hash
from app.db import db, now
from app.workshops import terms
from app.workshops.models import Campaign
from tests.cast import LOG, Cast
from tests.factories import opened

TABLES = tuple(guards.KEYS)
TEXTS = {
    "audit_event": "body",
    "revision": "content_json",
    "leaf": "code",
    "node": "hash",
    "checkpoint": "note",
    "journal_entry": "act",
    "event_private": "payload",
    "revision_private": "content_json",
    "campaign_text": "content_json",
}


@pytest.fixture(autouse=True)
def written(world: Flask, cast: Cast) -> Iterator[None]:
    """Something in every table; the watcher away, which would refuse before a trigger is asked."""
    opened(cast)
    campaign = db.session.scalars(select(Campaign)).one()
    terms.save_programme(cast.coumba, campaign, (), content_hash(campaign.programme_content))
    record("people", "person_add", None, {"person": 1}, private={"first_name": "Awa"})
    for turn in range(260):
        record("people", "sign_in", None, {"turn": turn})
    checkpoints.advance(LOG, "period", now())
    db.session.commit()
    watch.unwatch(db.session.connection())
    yield
    db.session.rollback()


def columns(table: str) -> list[str]:
    return [str(each["name"]) for each in inspect(db.session.connection()).get_columns(table)]


def rows(table: str) -> list[tuple[object, ...]]:
    key = ", ".join(guards.KEYS[table][0])
    return [tuple(row) for row in db.session.execute(text(f"SELECT * FROM {table} ORDER BY {key}"))]


def first(table: str) -> str:
    """The condition that names the table's first row."""
    key = ", ".join(guards.KEYS[table][0])
    return f"({key}) IN (SELECT {key} FROM {table} ORDER BY {key} LIMIT 1)"


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


def taken(table: str, verb: str, key: tuple[str, ...]) -> str:
    """The statement that inserts the table's first row again with another text, only its `key` the same."""
    others = {each[-1] for each in guards.KEYS[table] if each != key} - set(key)
    values = {**{name: f"{name} + 1000" for name in others}, TEXTS[table]: "'[]'"}
    names = columns(table)
    said = ", ".join(values.get(name, name) for name in names)
    return f"{verb} INTO {table} ({', '.join(names)}) SELECT {said} FROM {table} WHERE {first(table)}"


KEYS = [(table, key) for table, keys in guards.KEYS.items() for key in keys]


def test_what_was_written_is_neither_changed_nor_removed() -> None:
    for table in TABLES:
        assert len(rows(table)) > 0
        number = guards.KEYS[table][0][-1]
        assert refused(f"UPDATE {table} SET {TEXTS[table]} = '[]'", table)
        assert refused(f"UPDATE {table} SET {number} = {number} + 1000 WHERE {first(table)}", table)
        assert refused(f"DELETE FROM {table}", table)
        assert refused(f"DELETE FROM {table} WHERE {first(table)}", table)


@pytest.mark.parametrize("recursive", ["ON", "OFF"])
@pytest.mark.parametrize("verb", ["INSERT OR REPLACE", "REPLACE"])
def test_sqlite_does_not_replace_by_any_key(verb: str, recursive: str) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("REPLACE is SQLite's")
    db.session.execute(text(f"PRAGMA recursive_triggers = {recursive}"))
    for table, key in KEYS:
        assert refused(taken(table, verb, key), table)
        assert refused(f"UPDATE OR REPLACE {table} SET {key[-1]} = {key[-1]} + 1 WHERE {first(table)}", table)


def test_every_unique_key_of_the_tables_is_guarded() -> None:
    found = inspect(db.session.connection())
    for table in TABLES:
        keys = {tuple(found.get_pk_constraint(table)["constrained_columns"])}
        keys |= {tuple(each["column_names"]) for each in found.get_unique_constraints(table)}
        keys |= {tuple(each["column_names"]) for each in found.get_indexes(table) if each["unique"]}
        assert keys == set(guards.KEYS[table])


def test_an_upsert_does_not_change_it_either() -> None:
    for table, key in KEYS:
        change = f" ON CONFLICT ({', '.join(key)}) DO UPDATE SET {TEXTS[table]} = '[]'"
        assert refused(taken(table, "INSERT", key) + change, table)


def test_postgresql_does_not_empty_them_even_for_a_replica() -> None:
    if db.engine.dialect.name != "postgresql":
        pytest.skip("TRUNCATE is PostgreSQL's")
    for role in ("origin", "replica"):
        db.session.execute(text(f"SET session_replication_role = {role}"))
        for table in TABLES:
            assert refused(f"TRUNCATE {table} CASCADE", table)
            assert refused(f"DELETE FROM {table}", table)
            assert refused(f"UPDATE {table} SET {TEXTS[table]} = '[]'", table)
        assert refused("TRUNCATE person CASCADE", "audit_event")
    db.session.execute(text("SET session_replication_role = origin"))


def test_the_guards_can_be_taken_away_and_put_back() -> None:
    connection = db.session.connection()
    guards.remove(connection)
    assert not refused("DELETE FROM checkpoint", "checkpoint")
    guards.install(connection)
    assert refused("DELETE FROM checkpoint", "checkpoint")

"""The canary: tries what nobody may do to the log, in a transaction that is undone, before anybody is served."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from app.audit import guards, watch
from app.audit.guards import KEYS

REFUSALS = ("append-only", "not authorized", "permission denied", "may not be modified")
MISSING = "The database has no table {table}: run `flask db upgrade` before serving."
OPEN = (
    "The log is not guarded: the database did not refuse {tried}. Nothing is served until it does. Restore the triggers "
    "(`flask audit guard --restore`), then verify the log (`flask audit verify`)."
)
OWNER = (
    "The log is not guarded: the database role of the server may {powers}. Serve with a role of its own, that has only "
    "SELECT and INSERT on these tables: `flask audit guard-role NAME` prints what to grant."
)


class Unguarded(RuntimeError):
    """Something that must be refused was not; the message says what."""


def require_guarded(engine: Engine, *, strict: bool) -> None:
    """Raise `Unguarded` where this engine's connections could change or remove what the log holds.

    `strict` also asks that a role of PostgreSQL has no power over the guards themselves. Leaves nothing behind.
    """
    with engine.connect() as connection:
        present = set(inspect(connection).get_table_names())
        if missing := [table for table in KEYS if table not in present]:
            raise Unguarded(MISSING.format(table=missing[0]))
        if found := [*absent(connection), *allowed(connection)]:
            raise Unguarded(OPEN.format(tried=" nor ".join(f"`{each}`" for each in found)))
        if strict and (powers := powers_of(connection)):
            raise Unguarded(OWNER.format(powers=", ".join(powers)))
        connection.rollback()


def absent(connection: Connection) -> list[str]:
    """The triggers that are not there as they were made, by name: an empty table gives nothing to try them on."""
    wanted = [each.split()[2] for each in guards.creation(connection.dialect.name) if each.startswith("CREATE TRIGGER")]
    found = sound(connection)
    return [f"{name} (missing)" for name in wanted if name not in found]


def present(connection: Connection) -> set[str]:
    """The names of all triggers, whatever they do."""
    query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if connection.dialect.name == "postgresql":
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    return set(connection.execute(text(query)).scalars())


def sound(connection: Connection) -> set[str]:
    """The names of those that are as they were made."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
        made = set(guards.creation("sqlite"))
        return {row.name for row in rows if row.sql in made}
    # "A": always, in a session that calls itself a replica too.
    armed = text("SELECT tgname, prosrc FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid WHERE tgenabled = 'A'")
    return {row.tgname for row in connection.execute(armed) if row.prosrc == guards.source_of(row.tgname)}


def allowed(connection: Connection) -> list[str]:
    """The forbidden statements that the database does not refuse; all is undone."""
    if connection.dialect.name == "postgresql":
        found = _tried(connection, _on_rows())
        if not _refused(connection, "SET LOCAL session_replication_role = replica", keep=True):
            found += _tried(connection, _on_rows())
        return found
    found = _tried(connection, [*_on_rows(), *_against_the_guards()])
    watch.unwatch(connection)  # what the watcher refuses never reaches the triggers
    try:
        return [*found, *_tried(connection, [*_on_rows(), *_replacing()])]
    finally:
        watch.rewatch(connection)


def powers_of(connection: Connection) -> list[str]:
    """What the connection's role of PostgreSQL could do beyond reading and adding: none of it is tried, for it locks."""
    if connection.dialect.name != "postgresql":
        return []
    asked = text(
        "SELECT relname, pg_has_role(relowner, 'MEMBER') AS owns, "
        "has_table_privilege(oid, 'UPDATE') OR has_table_privilege(oid, 'DELETE') OR "
        "has_table_privilege(oid, 'TRUNCATE') OR has_table_privilege(oid, 'TRIGGER') AS writes "
        "FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND relname = ANY(:names)"
    )
    rows = connection.execute(asked, {"names": list(KEYS)}).all()
    owned = [f"drop or alter {row.relname}" for row in rows if row.owns]
    return sorted(owned or [f"write to {row.relname}" for row in rows if row.writes])


def _on_rows() -> Iterator[str]:
    """On one row each, so that a large table costs no more than a small one."""
    for table, keys in KEYS.items():
        names = ", ".join(keys[0])
        first = f"({names}) IN (SELECT {names} FROM {table} LIMIT 1)"
        yield f"UPDATE {table} SET {keys[0][0]} = {keys[0][0]} WHERE {first}"
        yield f"DELETE FROM {table} WHERE {first}"


def _replacing() -> Iterator[str]:
    return (f"REPLACE INTO {table} SELECT * FROM {table} LIMIT 1" for table in KEYS)


def _against_the_guards() -> Iterator[str]:
    for table in KEYS:
        yield f"DROP TRIGGER {table}_never_changed"
        yield f"DROP TABLE {table}"
        yield f"ALTER TABLE {table} RENAME TO other"
        yield f"CREATE TEMP TABLE {table} (id)"
    yield "CREATE TEMP TRIGGER other BEFORE INSERT ON audit_event BEGIN SELECT RAISE(IGNORE); END"
    yield "UPDATE sqlite_master SET sql = '' WHERE type = 'trigger'"
    yield "DELETE FROM sqlite_master WHERE type = 'trigger'"
    yield "PRAGMA writable_schema = ON"
    yield "PRAGMA recursive_triggers = OFF"
    yield "PRAGMA foreign_keys = OFF"
    yield "PRAGMA ignore_check_constraints = ON"
    yield "ATTACH ':memory:' AS other"


def _tried(connection: Connection, statements: list[str] | Iterator[str]) -> list[str]:
    return [each for each in statements if not _refused(connection, each)]


def _refused(connection: Connection, statement: str, *, keep: bool = False) -> bool:
    """Whether the database refuses this for the sake of the log; a table without rows has nothing to refuse.

    With `keep` what was done stays until the whole transaction is undone.
    """
    attempt = connection.begin_nested()
    try:
        done = connection.exec_driver_sql(statement)
    except DBAPIError as error:
        attempt.rollback()
        return any(refusal in str(error.orig) for refusal in REFUSALS)
    if keep:
        attempt.commit()
        return False
    attempt.rollback()
    return done.rowcount == 0

"""The log guards itself: triggers that refuse to change or remove what was written once."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, text

KEYS: dict[str, tuple[tuple[str, ...], ...]] = {
    "audit_event": (("id",), ("stream", "seq")),
    "revision": (("id",), ("part_id", "number")),
    "leaf": (("number",), ("event_id",)),
    "node": (("level", "number"),),
    "checkpoint": (("size",),),
    "journal_entry": (("event_id",),),
    "event_private": (("event_id",),),
}
"""The append-only tables, each with all its unique keys: SQLite's REPLACE removes a row through any of them."""
ERASABLE = frozenset({"event_private"})
"""Those of which a row may go once an event `erase` names it; in the connection of a command alone (`watch`, `grants`)."""


def install(connection: Connection, tables: Iterable[str] = tuple(KEYS)) -> None:
    """Create the triggers of these tables, which must exist."""
    for statement in creation(connection.dialect.name, tables):
        connection.execute(text(statement))


def remove(connection: Connection, tables: Iterable[str] = tuple(KEYS)) -> None:
    """Drop the triggers of these tables, as a migration back must."""
    for statement in removal(connection.dialect.name, tables):
        connection.execute(text(statement))


def creation(dialect: str, tables: Iterable[str] = tuple(KEYS)) -> list[str]:
    """The statements that create the triggers in "sqlite" or "postgresql"."""
    if dialect == "postgresql":
        tables = tuple(tables)
        functions = [_POSTGRES_FUNCTION, *([_POSTGRES_ERASING] if ERASABLE & {*tables} else [])]
        return [*functions, *(statement for table in tables for statement in _postgres(table))]
    return [statement for table in tables for statement in _sqlite(table, KEYS[table])]


def removal(dialect: str, tables: Iterable[str] = tuple(KEYS)) -> list[str]:
    """The statements that undo `creation`; the function that PostgreSQL's triggers call stays."""
    if dialect == "postgresql":
        return [f"DROP TRIGGER {table}_never_{kind} ON {table}" for table in tables for kind in ("changed", "emptied")]
    return [f"DROP TRIGGER {table}_never_{kind}" for table in tables for kind in ("changed", "removed", "replaced")]


def grants(role: str, tables: Iterable[str]) -> list[str]:
    """What PostgreSQL must be told so that `role` can serve the site: on append-only tables it reads and adds, no more.

    `tables` are all of the application's. To be run by their owner, and again after a migration that makes tables.
    """
    free = [f'"{table}"' for table in sorted(set(tables) - set(KEYS) - {"alembic_version"})]
    return [
        f"GRANT USAGE ON SCHEMA public TO {role}",
        f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}",
        f"REVOKE ALL ON {', '.join(KEYS)}, alembic_version FROM {role}, PUBLIC",
        f"GRANT SELECT, INSERT ON {', '.join(KEYS)} TO {role}",
        f"GRANT SELECT ON alembic_version TO {role}",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {', '.join(free)} TO {role}",
    ]


def _sqlite(table: str, keys: tuple[tuple[str, ...], ...]) -> list[str]:
    """Without recursive_triggers, REPLACE removes rows and fires no DELETE trigger: so a taken key is refused too."""
    taken = " OR ".join("(" + " AND ".join(f"{name} = NEW.{name}" for name in key) + ")" for key in keys)
    refuse = f"SELECT RAISE(ABORT, '{table} is append-only')"
    undeclared = f"WHEN NOT EXISTS ({_SQLITE_DECLARED}) " if table in ERASABLE else ""
    return [
        f"CREATE TRIGGER {table}_never_changed BEFORE UPDATE ON {table} BEGIN {refuse}; END",
        f"CREATE TRIGGER {table}_never_removed BEFORE DELETE ON {table} {undeclared}BEGIN {refuse}; END",
        f"CREATE TRIGGER {table}_never_replaced BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {taken}) BEGIN {refuse}; END",
    ]


# An event is declared erased by another that names it; the journal's files find those few among a million.
_ERASURES = "FROM journal_entry JOIN audit_event ON audit_event.id = journal_entry.event_id"
_ARE_ERASURES = "journal_entry.act = 'erase' AND audit_event.act = 'erase' AND audit_event.stream = 'people'"
_SQLITE_DECLARED = (
    f"SELECT 1 {_ERASURES} JOIN json_each(audit_event.body, '$.facts.events') AS named "
    f"WHERE {_ARE_ERASURES} AND json_extract(named.value, '$.id') = OLD.event_id"
)
_REFUSAL = "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'"
POSTGRES_SOURCE = f" BEGIN {_REFUSAL}; END "
POSTGRES_ERASING_SOURCE = (
    f" BEGIN IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 {_ERASURES} WHERE {_ARE_ERASURES} AND "
    "CAST(audit_event.body AS jsonb) -> 'facts' -> 'events' @> "
    f"jsonb_build_array(jsonb_build_object('id', OLD.event_id))) THEN RETURN OLD; END IF; {_REFUSAL}; END "
)
_POSTGRES_FUNCTION = (
    f"CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $${POSTGRES_SOURCE}$$"
)
_POSTGRES_ERASING = (
    f"CREATE OR REPLACE FUNCTION refuse_undeclared() RETURNS trigger LANGUAGE plpgsql AS $${POSTGRES_ERASING_SOURCE}$$"
)


def source_of(trigger: str) -> str:
    """What the function of this trigger does in PostgreSQL, letter by letter."""
    erasing = {f"{table}_never_changed" for table in ERASABLE}
    return POSTGRES_ERASING_SOURCE if trigger in erasing else POSTGRES_SOURCE


def _postgres(table: str) -> list[str]:
    """ENABLE ALWAYS: a session that calls itself a replica does not get round the triggers."""
    function = "refuse_undeclared" if table in ERASABLE else "refuse_change"
    return [
        f"CREATE TRIGGER {table}_never_changed BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {function}()",
        f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_never_changed",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_never_emptied",
    ]

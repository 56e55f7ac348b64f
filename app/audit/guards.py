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
    "revision_private": (("revision_id",),),
    "campaign_text": (("id",), ("campaign_id", "kind", "version")),
}
"""The append-only tables, each with all its unique keys: SQLite's REPLACE removes a row through any of them."""
ERASABLE = {"event_private": "events", "revision_private": "revisions"}
"""Those of which a row may go once an event `erase` names it, each with the fact under which that event does, by `id`; in
the connection of a command alone (`watch`, `grants`).
"""


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
        functions = [_POSTGRES_FUNCTION, *(_postgres_erasing(table) for table in tables if table in ERASABLE)]
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
    undeclared = f"WHEN NOT EXISTS ({_sqlite_declared(table)}) " if table in ERASABLE else ""
    return [
        f"CREATE TRIGGER {table}_never_changed BEFORE UPDATE ON {table} BEGIN {refuse}; END",
        f"CREATE TRIGGER {table}_never_removed BEFORE DELETE ON {table} {undeclared}BEGIN {refuse}; END",
        f"CREATE TRIGGER {table}_never_replaced BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {taken}) BEGIN {refuse}; END",
    ]


# An event is declared erased by another that names it; the journal's files find those few among a million.
_ERASURES = "FROM journal_entry JOIN audit_event ON audit_event.id = journal_entry.event_id"
_ARE_ERASURES = "journal_entry.act = 'erase' AND audit_event.act = 'erase' AND audit_event.stream = 'people'"
_REFUSAL = "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'"
POSTGRES_SOURCE = f" BEGIN {_REFUSAL}; END "
_POSTGRES_FUNCTION = (
    f"CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $${POSTGRES_SOURCE}$$"
)


def _sqlite_declared(table: str) -> str:
    return (
        f"SELECT 1 {_ERASURES} JOIN json_each(audit_event.body, '$.facts.{ERASABLE[table]}') AS named "
        f"WHERE {_ARE_ERASURES} AND json_extract(named.value, '$.id') = OLD.{KEYS[table][0][0]}"
    )


def _erasing_source(table: str) -> str:
    return (
        f" BEGIN IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 {_ERASURES} WHERE {_ARE_ERASURES} AND "
        f"CAST(audit_event.body AS jsonb) -> 'facts' -> '{ERASABLE[table]}' @> "
        f"jsonb_build_array(jsonb_build_object('id', OLD.{KEYS[table][0][0]}))) THEN RETURN OLD; END IF; {_REFUSAL}; END "
    )


def _erasing_function(table: str) -> str:
    return "refuse_undeclared" if table == "event_private" else f"refuse_undeclared_{table}"


def _postgres_erasing(table: str) -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {_erasing_function(table)}() RETURNS trigger LANGUAGE plpgsql "
        f"AS $${_erasing_source(table)}$$"
    )


def source_of(trigger: str) -> str:
    """What the function of this trigger does in PostgreSQL, letter by letter."""
    erasing = {f"{table}_never_changed": table for table in ERASABLE}
    return _erasing_source(erasing[trigger]) if trigger in erasing else POSTGRES_SOURCE


def _postgres(table: str) -> list[str]:
    """ENABLE ALWAYS: a session that calls itself a replica does not get round the triggers."""
    function = _erasing_function(table) if table in ERASABLE else "refuse_change"
    return [
        f"CREATE TRIGGER {table}_never_changed BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION {function}()",
        f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_never_changed",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_never_emptied",
    ]

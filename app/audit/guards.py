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
}
"""The append-only tables, each with all its unique keys: SQLite's REPLACE removes a row through any of them."""


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
        return [_POSTGRES_FUNCTION, *(statement for table in tables for statement in _postgres(table))]
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
    return [
        f"CREATE TRIGGER {table}_never_changed BEFORE UPDATE ON {table} BEGIN {refuse}; END",
        f"CREATE TRIGGER {table}_never_removed BEFORE DELETE ON {table} BEGIN {refuse}; END",
        f"CREATE TRIGGER {table}_never_replaced BEFORE INSERT ON {table} "
        f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {taken}) BEGIN {refuse}; END",
    ]


POSTGRES_SOURCE = (
    " BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END "
)
_POSTGRES_FUNCTION = (
    f"CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $${POSTGRES_SOURCE}$$"
)


def _postgres(table: str) -> list[str]:
    """ENABLE ALWAYS: a session that calls itself a replica does not get round the triggers."""
    return [
        f"CREATE TRIGGER {table}_never_changed BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_never_changed",
        f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_never_emptied",
    ]

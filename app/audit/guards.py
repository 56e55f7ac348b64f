"""The log guards itself: triggers that refuse to change or remove what was written once."""

from __future__ import annotations

from sqlalchemy import Connection, text

KEYS: dict[str, tuple[tuple[str, ...], ...]] = {
    "audit_event": (("id",), ("stream", "seq")),
    "revision": (("id",), ("part_id", "number")),
}
"""The append-only tables, each with all its unique keys: SQLite's REPLACE removes a row through any of them."""


def install(connection: Connection) -> None:
    """Create the triggers. The tables must exist."""
    for statement in creation(connection.dialect.name):
        connection.execute(text(statement))


def remove(connection: Connection) -> None:
    """Drop the triggers, as a migration back must."""
    for statement in removal(connection.dialect.name):
        connection.execute(text(statement))


def creation(dialect: str) -> list[str]:
    """The statements that create the triggers in "sqlite" or "postgresql"."""
    if dialect == "postgresql":
        return [_POSTGRES_FUNCTION, *(statement for table in KEYS for statement in _postgres(table))]
    return [statement for table, keys in KEYS.items() for statement in _sqlite(table, keys)]


def removal(dialect: str) -> list[str]:
    """The statements that undo `creation`."""
    if dialect == "postgresql":
        kinds = ("changed", "emptied")
        drops = [f"DROP TRIGGER {table}_never_{kind} ON {table}" for table in KEYS for kind in kinds]
        return [*drops, "DROP FUNCTION refuse_change()"]
    return [f"DROP TRIGGER {table}_never_{kind}" for table in KEYS for kind in ("changed", "removed", "replaced")]


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


_POSTGRES_FUNCTION = (
    "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
    "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME "
    "USING ERRCODE = 'integrity_constraint_violation'; END $$"
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

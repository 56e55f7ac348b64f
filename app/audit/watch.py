"""What a connection of the application may do to SQLite: read and write rows, and nothing that would disarm the log.

Triggers refuse to change what was written, but they can be dropped. So each connection asks here before it runs a
statement. SQLite asks once for each, when it is prepared, and keeps prepared statements: the cost is paid once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, event

from app.audit.guards import ERASABLE, KEYS

ALLOW, DENY = 0, 1
# The numbers are those of sqlite3_set_authorizer; pysqlite3 does not name all of them.
_DELETE, _INSERT, _PRAGMA, _READ, _SELECT, _TRANSACTION, _UPDATE = 9, 18, 19, 20, 21, 22, 23
_FUNCTION, _SAVEPOINT, _RECURSIVE = 31, 32, 33
_ALWAYS = frozenset({_READ, _SELECT, _TRANSACTION, _SAVEPOINT, _RECURSIVE})
# Pragmas whose argument only says what to look at.
_LOOKING = frozenset(
    {
        *("table_info", "table_xinfo", "table_list", "index_info", "index_xinfo", "index_list", "foreign_key_list"),
        *("foreign_key_check", "integrity_check", "quick_check"),
    }
)
# How long a lock is waited for guards nothing.
_WAITING = "busy_timeout"
_SCHEMA = "sqlite_"


def watch(engine: Engine) -> None:
    """Watch every connection that this engine will open, once it has been prepared (`app.db.prepare`)."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, record: connection.set_authorizer(judge))


def unwatch(connection: Connection) -> None:
    """Let this connection do anything, for as long as it is open: for migrations."""
    _set(connection, None)


def rewatch(connection: Connection) -> None:
    """Watch it again."""
    _set(connection, judge)


@contextmanager
def erasing(connection: Connection) -> Iterator[None]:
    """Let this connection also remove rows of ERASABLE tables, where the triggers find the erasure declared.

    What is removed on SQLite is overwritten in the file.
    """
    if connection.dialect.name == "sqlite":
        unwatch(connection)
        connection.exec_driver_sql("PRAGMA secure_delete = ON")
    _set(connection, _judge_erasing)
    try:
        yield
    finally:
        rewatch(connection)


def _set(connection: Connection, authorizer: Any) -> None:
    if connection.dialect.name == "sqlite":
        connection.connection.driver_connection.set_authorizer(authorizer)  # type: ignore[union-attr]


def judge(action: int, first: str | None, second: str | None, schema: str | None, trigger: str | None) -> int:
    """Whether SQLite may do this; everything that is not named here is refused: tables made, changed or dropped,
    triggers, other databases, settings of the connection.
    """
    if action in _ALWAYS:
        return ALLOW
    if action == _INSERT:
        return DENY if _is_schema(first) else ALLOW
    if action in (_UPDATE, _DELETE):
        return DENY if first in KEYS or _is_schema(first) else ALLOW
    if action == _FUNCTION:
        return DENY if second == "load_extension" else ALLOW
    if action == _PRAGMA:
        return ALLOW if second is None or (first or "").lower() in {*_LOOKING, _WAITING} else DENY
    return DENY


def _judge_erasing(action: int, first: str | None, second: str | None, schema: str | None, trigger: str | None) -> int:
    if action == _DELETE and first in ERASABLE:
        return ALLOW
    return judge(action, first, second, schema, trigger)


def _is_schema(table: str | None) -> bool:
    return table is None or table.lower().startswith(_SCHEMA)

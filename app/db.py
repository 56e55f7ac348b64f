"""The database: one declarative base, UTC times, and how SQLite begins a transaction."""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, Engine, Enum, MetaData, TypeDecorator, event, text
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
# Seconds that a write waits for others: whoever asked has an answer within eight.
PATIENCE = 7.0
# Of these, on SQLite, what other programs are waited for, after our own writers.
OTHERS = 3.0
# Seconds after which a request gives up a server that takes what it is asked and says nothing.
SILENCE = 8.0
# And seconds for a connection to come about.
CONNECTING = 3
# SQLite up to 3.51.2 can lose a commit when the write-ahead log is reset (sqlite.org, "WAL-reset bug").
OLDEST_SOUND_SQLITE = (3, 51, 3)


class _Declarative(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)


db = SQLAlchemy(model_class=_Declarative, session_options={"expire_on_commit": False})
# Enumerations are kept by value, as text: readable in the database, and open to new members.
db.Model.registry.update_type_annotation_map(  # type: ignore[attr-defined]  # the declarative base sets it
    {StrEnum: Enum(StrEnum, native_enum=False, length=20, values_callable=lambda kind: [each.value for each in kind])}
)

if TYPE_CHECKING:

    class Base(_Declarative):
        __abstract__ = True
else:
    Base = db.Model

# True while a request that may not write is served: SQLite then begins without the write lock.
reading: ContextVar[bool] = ContextVar("reading", default=False)


# True while a request is answered: a database server that says nothing is then given up, as no command would.
answering: ContextVar[bool] = ContextVar("answering", default=False)


@contextmanager
def only_reading() -> Iterator[None]:
    """Inside, nothing is written and no writer waits for us; what was begun is undone at the end."""
    token = reading.set(True)
    try:
        yield
    finally:
        db.session.rollback()
        reading.reset(token)


# True while something is written that may as well be left out: it waits for nobody.
_unhurried: ContextVar[bool] = ContextVar("unhurried", default=False)


@contextmanager
def in_passing() -> Iterator[None]:
    """Inside, a write takes no place in the line: where another is writing it fails at once, as on a lock."""
    tokens = reading.set(False), _unhurried.set(True)
    try:
        if db.engine.dialect.name != "sqlite":
            db.session.execute(text("SET LOCAL lock_timeout = '20ms'"))
        yield
    finally:
        reading.reset(tokens[0])
        _unhurried.reset(tokens[1])


class UnsoundSQLite(RuntimeError):
    """The SQLite library in use is one that can lose commits."""


def now() -> datetime:
    """This moment in UTC, to the microsecond."""
    return datetime.now(UTC)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC; naive values are refused, so that no local time slips in."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def engine_options(url: str) -> dict[str, Any]:
    """Engine options for `url`: the sound SQLite library for SQLite, small pools with live checks for the rest."""
    if not url.startswith("sqlite"):
        return {
            "pool_size": 5,
            "max_overflow": 5,
            "pool_timeout": PATIENCE,
            "pool_pre_ping": True,
        }
    import pysqlite3

    if pysqlite3.sqlite_version_info < OLDEST_SOUND_SQLITE:
        raise UnsoundSQLite(
            f"SQLite {pysqlite3.sqlite_version} can lose commits; "
            f"{'.'.join(map(str, OLDEST_SOUND_SQLITE))} or newer is needed (pip install pysqlite3)."
        )
    return {"module": pysqlite3, "connect_args": {"timeout": OTHERS, "check_same_thread": False}}


def prepare(engine: Engine) -> None:
    """Teach an engine how this application begins and ends its transactions."""
    if engine.dialect.name != "sqlite":
        event.listen(engine, "do_connect", _impatient)
        event.listen(engine, "connect", _limit_waiting)
        event.listen(engine, "checkout", _limit_statements)
        return
    queue = f"{make_url(engine.url).database}.queue"
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", lambda connection: _begin(connection, queue))
    event.listen(engine, "commit", _leave_queue)
    event.listen(engine, "rollback", _leave_queue)


def _impatient(dialect: Dialect, record: Any, args: Any, settings: Any) -> Any:
    """A connection that a server which was stopped does not hold for ever; its own limits end with itself."""
    import psycopg

    class Impatient(psycopg.Connection[Any]):
        def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
            try:
                return super().wait(gen, interval, SILENCE if timeout is None and answering.get() else timeout)
            except psycopg.errors._WaitTimeout as error:
                self.pgconn.finish()
                raise psycopg.OperationalError("the server does not answer") from error

    return Impatient.connect(*args, **settings, connect_timeout=CONNECTING)


def _limit_statements(connection: Any, record: Any, proxy: Any) -> None:
    """What a request asks is not worked at for longer than the request waits; a command's statements have no end."""
    wanted = int(SILENCE * 1000) if answering.get() else 0
    if record.info.get("statements", 0) != wanted:
        with connection.cursor() as cursor:
            cursor.execute(f"SET statement_timeout = {wanted}")
        connection.commit()
        record.info["statements"] = wanted


def _limit_waiting(connection: Any, record: Any) -> None:
    """PostgreSQL waits for a locked row for ever, unless told otherwise."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET lock_timeout = {int(PATIENCE * 1000)}")
    connection.commit()


def _on_connect(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "recursive_triggers=ON",
        "cache_size=-32000",
        "mmap_size=268435456",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection, queue: str) -> None:
    if reading.get():
        connection.exec_driver_sql("BEGIN")
        return
    unhurried = _unhurried.get()
    _enter_queue(connection, queue, time.monotonic() + PATIENCE - OTHERS)
    try:
        if unhurried:
            connection.exec_driver_sql("PRAGMA busy_timeout = 0")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    except BaseException:
        _leave_queue(connection)
        raise
    finally:
        if unhurried:
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {int(OTHERS * 1000)}")


def _enter_queue(connection: Connection, queue: str, until: float) -> None:
    """Writers wait in line on a file lock: SQLite's own busy wait starves some of them for seconds."""
    if ":memory:" in queue or connection.info.get("queue") is not None:
        return
    handle = os.open(queue, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        if _unhurried.get():
            os.close(handle)
            raise _locked(connection) from None
        if not _PlaceInLine(handle).reached(until):
            raise _locked(connection) from None
    connection.info["queue"] = handle


class _PlaceInLine:
    """A place in the line. The kernel serves the line in order, but waits without an end: so it is a thread that waits."""

    def __init__(self, handle: int) -> None:
        self.handle = handle
        self.turn = threading.Event()
        self.left = False
        self.settling = threading.Lock()
        threading.Thread(target=self._wait, daemon=True).start()

    def _wait(self) -> None:
        fcntl.flock(self.handle, fcntl.LOCK_EX)
        with self.settling:
            if self.left:
                os.close(self.handle)
            else:
                self.turn.set()

    def reached(self, until: float) -> bool:
        """Whether its turn came in time; else the place is given up."""
        self.turn.wait(max(until - time.monotonic(), 0))
        with self.settling:
            self.left = not self.turn.is_set()
        return not self.left


def _locked(connection: Connection) -> OperationalError:
    """What SQLite itself says of a lock that was waited for in vain."""
    dbapi: Any = connection.dialect.dbapi
    return OperationalError("BEGIN IMMEDIATE", None, dbapi.OperationalError("database is locked"))


def _leave_queue(connection: Connection) -> None:
    handle = connection.info.pop("queue", None)
    if handle is not None:
        os.close(handle)

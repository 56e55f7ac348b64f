"""How Alembic reaches the application's database: inside the application, in one transaction."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from app.audit import watch
from app.db import db

config = context.config


def run() -> None:
    """Migrate the database that the application is set to."""
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect() as connection:
        watch.unwatch(connection)
        _look_at_keys(connection, "OFF")
        try:
            context.configure(
                connection=connection,
                target_metadata=db.metadata,
                compare_type=True,
                render_as_batch=False,
                transaction_per_migration=True,
            )
            with context.begin_transaction():
                context.run_migrations()
            _want_whole(connection)
        finally:
            connection.rollback()
            _look_at_keys(connection, "ON")
            watch.rewatch(connection)


def _look_at_keys(connection: Connection, keys: str) -> None:
    """SQLite makes a table that others point at anew: meanwhile nobody may look. It heeds this outside transactions only."""
    if connection.dialect.name == "sqlite":
        connection.connection.driver_connection.execute(f"PRAGMA foreign_keys = {keys}")


def _want_whole(connection: Connection) -> None:
    """What was not looked at on the way is looked at in the end."""
    if connection.dialect.name != "sqlite":
        return
    broken = connection.connection.driver_connection.execute("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise RuntimeError(f"Rows that point at nothing (table, row, table pointed at): {broken[:10]}")


run()

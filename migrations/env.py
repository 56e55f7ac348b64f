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
        _mind_references(connection, "OFF")
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            compare_type=True,
            render_as_batch=False,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        _mind_references(connection, "ON")
        watch.rewatch(connection)


def _mind_references(connection: Connection, how: str) -> None:
    """SQLite changes a column by making its table anew, which may not count as emptying it; outside a transaction only."""
    if connection.dialect.name == "sqlite":
        connection.connection.driver_connection.execute(f"PRAGMA foreign_keys={how}")


run()

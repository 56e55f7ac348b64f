"""What somebody who owns the database can do: take the guards away, and then anything."""

from __future__ import annotations

from sqlalchemy import Connection

from app.audit import guards, watch


def disarm(connection: Connection) -> None:
    """Nothing refuses any longer on this connection."""
    watch.unwatch(connection)
    guards.remove(connection)

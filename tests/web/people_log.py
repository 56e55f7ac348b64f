"""What the log of people says, for tests about accounts."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Flask
from sqlalchemy import select

from app.audit.models import AuditEvent


def told(app: Flask) -> list[tuple[str, int | None, dict[str, Any]]]:
    """Act, actor and facts of every event about people, in order."""
    from app.db import db

    with app.app_context():
        events = db.session.scalars(select(AuditEvent).where(AuditEvent.stream == "people").order_by(AuditEvent.seq))
        return [(event.act, event.actor_id, orjson.loads(event.body)["facts"]) for event in events]


def acts(app: Flask) -> list[str]:
    return [act for act, _, _ in told(app)]

"""What the log of people says, for tests about accounts."""

from __future__ import annotations

from typing import Any

import orjson
from flask import Flask
from sqlalchemy import select

from app.audit import private
from app.audit.models import AuditEvent, EventPrivate


def told(app: Flask) -> list[tuple[str, int | None, dict[str, Any]]]:
    """Act, actor and facts of every event about people, in order."""
    from app.db import db

    with app.app_context():
        query = select(AuditEvent, EventPrivate.payload).where(AuditEvent.stream == "people").order_by(AuditEvent.seq)
        rows = db.session.execute(query.outerjoin(EventPrivate, EventPrivate.event_id == AuditEvent.id)).all()
        return [(event.act, event.actor_id, _whole(event.body, payload)) for event, payload in rows]


def _whole(body: str, payload: str | None) -> dict[str, Any]:
    """An event's facts with what stands beside it in the place of its hash."""
    facts = private.whole(orjson.loads(body)["facts"], payload, declared=False)
    facts.pop(private.SEALED, None)
    return facts


def acts(app: Flask) -> list[str]:
    return [act for act, _, _ in told(app)]

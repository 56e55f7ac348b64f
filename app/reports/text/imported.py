"""Which reports were taken over from before the application: the log says so."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.db import db


def are_old(reports: Sequence[int]) -> set[int]:
    """Of these reports, by id, those whose recommendations were taken over from before the application."""
    streams = {f"report:{report}": report for report in reports}
    found = db.session.execute(
        select(AuditEvent.stream, AuditEvent.body).where(AuditEvent.stream.in_(streams), AuditEvent.act == "draft")
    )
    return {streams[stream] for stream, body in found if _takes_over(body)}


def _takes_over(body: str) -> bool:
    facts = orjson.loads(body)["facts"]
    return bool(facts.get("old")) and facts["part"] == "recommendations"

"""The way round by the log: who gave up an office over the report's territory while the report was under way."""

from __future__ import annotations

import orjson
from sqlalchemy import select

from app import offices
from app.audit.entries import JournalEntry
from app.audit.models import AuditEvent
from app.db import db
from app.directory.models import ROLE_LABELS, Person, Role
from app.reports.models.report import Report

LEFT = (
    "Vous avez tenu le rôle « {} » dans cette collectivité depuis l’ouverture de ce rapport : {}. "
    "Une autre personne doit agir sur ce rapport ; vous le pourrez sur les suivants."
)


def in_the_way(report: Report, person: Person, role: str) -> str | None:
    """Why this role may not be exercised on this report by who held one that goes with it not, as a French sentence.

    Giving up an office to act in another, and taking it back, would else be one person in both. At most two queries.
    """
    if role not in offices.HANDS_ON:
        return None
    for left in _left(report, person):
        if why := offices.between(left, role):
            return LEFT.format(ROLE_LABELS[Role(left)], why)
    return None


def _left(report: Report, person: Person) -> list[str]:
    """The roles over the report's territory that were taken from the person since the report was opened."""
    opened = select(AuditEvent.id).where(AuditEvent.stream == f"report:{report.id}", AuditEvent.seq == 1)
    bodies = db.session.scalars(
        select(AuditEvent.body)
        .join(JournalEntry, JournalEntry.event_id == AuditEvent.id)
        .where(JournalEntry.act == "grant_take", JournalEntry.event_id > opened.scalar_subquery())
    )
    lineage = {None, *(int(step) for step in report.workshop.territory.path.strip("/").split("/"))}
    taken = [orjson.loads(body)["facts"] for body in bodies]
    return [each["role"] for each in taken if each["person"] == person.id and each["territory"] in lineage]

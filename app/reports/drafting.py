"""Drafting: opening the report of a workshop, writing it, handing it over to the rapporteur."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app import template, workflow
from app.audit.models import AuditEvent
from app.db import db, now
from app.directory.models import Person
from app.reports import steps
from app.reports.models.report import Origin, Report, ReportPart, Revision
from app.reports.text import prefill, revisions
from app.workflow import Stage
from app.workshops.models import Workshop


def may_open(workshop: Workshop, person: Person) -> str | None:
    """The role by which this person may open the workshop's report, as the table has it; None where they may not."""
    path = workshop.territory.path
    roles = frozenset(grant.role for grant in person.grants if person.active and grant.reaches(path))
    return workflow.role_for(steps.OPEN, workflow.Hands(roles=roles))


def open_report(workshop: Workshop, person: Person) -> Report:
    """Open the report of a workshop, its parts prefilled. A report already open is simply given back.

    Raises `steps.NotAllowed` for who holds none of the roles that the table names for it.
    """
    role = may_open(workshop, person)
    if role is None:
        raise steps.NotAllowed(
            "Seuls un facilitateur de cette collectivité, le président de sa commission et la coordination ouvrent "
            "son rapport."
        )
    found = db.session.scalar(select(Report).where(Report.workshop_id == workshop.id, Report.rectifies_id.is_(None)))
    if found is not None:
        return found
    report = Report(workshop=workshop, stage=Stage.DRAFTING, stage_since=now())
    db.session.add(report)
    db.session.flush()
    parts = {part.key: _prefilled(report, part, person, role) for part in template.STORED}
    revisions.seal_text(report)
    steps.begin(report, person, role, {"parts": parts})
    return report


def _prefilled(report: Report, part: template.Part, person: Person, role: str) -> dict[str, Any]:
    stored = ReportPart(report_id=report.id, key=part.key, number=0)
    db.session.add(stored)
    db.session.flush()
    content = prefill.content_for(part, report.workshop)
    revision = revisions.write(stored, content, person, role, Origin.PREFILL, parent=None)
    return {"number": revision.number, **revisions.fingerprints(revision)}


def hand_over(report: Report, person: Person, passing_why: str = "") -> AuditEvent:
    """Submit the draft to the rapporteur; `passing_why` says why one goes on past what the consistency check warns of."""
    return steps.take(
        "hand_over", report, person, lambda: {"parts": renew_terms(report, person)}, passing_why=passing_why
    )


def renew_terms(report: Report, person: Person) -> dict[str, Any]:
    """Take over the campaign's terms of reference as they stand now; answers with the new revision, if there is one."""
    standing = select(ReportPart, Revision).join(
        Revision, (Revision.part_id == ReportPart.id) & (Revision.number == ReportPart.number)
    )
    mine = (ReportPart.report_id == report.id, ReportPart.key == template.TERMS.key)
    part, before = db.session.execute(standing.where(*mine)).one()
    content = prefill.content_for(template.TERMS, report.workshop)
    revision = (
        revisions.write(part, content, person, "", Origin.PREFILL, parent=before) if content != before.content else None
    )
    if revision is None:
        return {}
    revisions.seal_text(report)
    return {"terms": {"number": revision.number, **revisions.fingerprints(revision)}}

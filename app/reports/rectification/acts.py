"""Opening a rectification, and giving it up."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app import template, workflow
from app.audit.models import AuditEvent
from app.content.blocks import Content
from app.content.canonical import check_text
from app.db import db, now
from app.directory.models import Person
from app.reports import steps
from app.reports.access import situation
from app.reports.models.report import Origin, Report, ReportPart, Revision, decode
from app.reports.text import prefill, revisions
from app.workflow import Stage

NO_WHAT = "Dites ce qui est à rectifier : ces mots seront imprimés en tête du rapport rectificatif."
NO_REASON = "Indiquez le motif de la rectification : il sera imprimé en tête du rapport rectificatif."


def rectify(report: Report, person: Person, what: str, reason: str) -> Report:
    """Open the report that is to take the place of a published one, with its texts, for the facilitator to correct.

    `what` is rectified, and `reason` says why; both are printed. Raises `steps.NotReady` where one of them is lacking or
    another rectification stands, `content.canonical.TooLong`, and what `steps.take` raises.
    """
    what, reason = what.strip(), reason.strip()
    check_text(what, "reason")
    check_text(reason, "reason")
    if not what or not reason:
        raise steps.NotReady(NO_REASON if what else NO_WHAT)
    opened: list[Report] = []

    def effect() -> dict[str, Any]:
        opened.append(_open(report, person, what, reason))
        return {"rectified_by": opened[0].id, "what": what, "text_hash": report.text_hash}

    steps.take("rectify", report, person, effect, reason=reason)
    return opened[0]


def _open(rectified: Report, person: Person, what: str, reason: str) -> Report:
    report = Report(
        workshop=rectified.workshop,
        stage=Stage.DRAFTING,
        stage_since=now(),
        rectifies_id=rectified.id,
        rectifies_what=what,
        rectifies_why=reason,
    )
    db.session.add(report)
    db.session.flush()
    role = workflow.role_for(workflow.BY_KEY["rectify"], situation.hands(rectified, person)) or ""
    texts = _texts(rectified)
    parts = {part.key: _taken_over(report, part, texts, person, role) for part in template.STORED}
    revisions.seal_text(report)
    facts = {"rectifies": rectified.id, "what": what, "reason": reason, "parts": parts}
    steps.begin(report, person, role, facts)
    return report


def _texts(report: Report) -> dict[str, Content]:
    """The texts in force, by part; one that was erased is empty."""
    rows = db.session.execute(
        select(ReportPart.key, Revision.content_json)
        .join(Revision, (Revision.part_id == ReportPart.id) & (Revision.number == ReportPart.number))
        .where(ReportPart.report_id == report.id)
    )
    return {key: decode(text) for key, text in rows}


def _taken_over(
    report: Report, part: template.Part, texts: dict[str, Content], person: Person, role: str
) -> dict[str, Any]:
    """The part begun with the text of the report that is rectified; who wrote its words is for that one to say."""
    stored = ReportPart(report_id=report.id, key=part.key, number=0)
    db.session.add(stored)
    db.session.flush()
    content = texts[part.key] if part.key in texts else prefill.content_for(part, report.workshop)
    revision = revisions.write(stored, content, person, role, Origin.RECTIFICATION, parent=None)
    return {"number": revision.number, **revisions.fingerprints(revision)}


def abandon(report: Report, person: Person, reason: str) -> AuditEvent:
    """Give the rectification up: it is kept, and another can be opened. Raises what `steps.take` raises."""
    check_text(reason, "reason")
    return steps.take("abandon", report, person, reason=reason)

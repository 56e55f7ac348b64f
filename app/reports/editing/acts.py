"""Editing: saving a part on top of what others saved, sending the draft back, passing the text on to the commission."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from app.audit.models import AuditEvent
from app.content.blocks import Content
from app.content.merge import merge
from app.db import now
from app.directory.models import Person
from app.reports import deadline as clock
from app.reports import steps
from app.reports.access import roll
from app.reports.amending import outdated
from app.reports.drafting import renew_terms
from app.reports.history import taken_out
from app.reports.models.report import Origin, Report, Revision
from app.reports.text import masthead, revisions
from app.reports.text.revisions import Collision
from app.reports.validating import returns
from app.workflow import Stage


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of a save: the current revision, whether it is new, and whether it was merged with somebody else's."""

    revision: Revision
    new: bool
    merged: bool


def act_for(stage: Stage) -> str:
    """The act that a save is at this stage: the facilitator drafts, the rapporteur edits."""
    return "draft" if stage is Stage.DRAFTING else "edit"


def save_part(
    report: Report, key: str, base: int, content: Content, person: Person, *, file: str = "", old: bool = False
) -> Saved:
    """Save a part that was edited on revision `base`; `file` is the SHA-256 of the Word file it was edited in, if any,
    `old` whether that is a report from before the application.

    Raises `Collision` where the words collide with a newer revision, `content.canonical.TooLong`, LookupError for an unknown
    part or revision, and what `steps.take` raises.
    """
    part = revisions.part_of(report, key)
    before = revisions.current(part)
    merged = False
    if base == part.number:
        earlier = revisions.revision_of(part, before.parent) if before.parent else None
    else:
        earlier = revisions.revision_of(part, base)
        result = merge(earlier.content, content, before.content)
        if result.clashes or earlier.erased:  # of an erased text nobody can say what was changed: a person must look
            steps.admit([act_for(report.stage)], report, person)
            raise Collision(part, result)
        content, merged = result.content, True
    if before.says(content):
        return Saved(before, new=False, merged=merged)
    written: list[Revision] = []

    def effect() -> dict[str, Any]:
        role = "facilitator" if report.stage is Stage.DRAFTING else "rapporteur"
        origin = Origin.IMPORT if file else Origin.TYPED
        revision = revisions.write(part, content, person, role, origin, parent=before, merged=merged, earlier=earlier)
        revisions.seal_text(report)
        written.append(revision)
        return {
            "part": key,
            "number": revision.number,
            "parent": before.number,
            "base": base,
            **revisions.fingerprints(revision),
            "merged": merged,
            **({"file": file} if file else {}),
            **({"old": True} if old else {}),
            **taken_out.by(report, key, before.content, content),
        }

    steps.take(act_for(report.stage), report, person, effect)
    return Saved(written[0], new=True, merged=merged)


def return_draft(report: Report, person: Person, reason: str) -> AuditEvent:
    """Send the draft back to the facilitator."""
    return steps.take("return_draft", report, person, reason=reason)


def transmit(report: Report, person: Person, deadline: date | None, today: date, passing_why: str = "") -> AuditEvent:
    """Pass the text on to the commission, to be read by `deadline`, a working day to come.

    `passing_why` says why one goes on past what the consistency check warns of.
    """
    by = clock.require_working_day(deadline, today)

    def effect() -> dict[str, Any]:
        parts, head = renew_terms(report, person), masthead.keep(report)
        report.reading += 1
        report.deadline, report.late_received = by, False
        report.reading_since = now()
        return {
            "deadline": by.isoformat(),
            "reading": report.reading,
            **roll.take_down(report),
            "late": False,
            **head,
            "text_hash": report.text_hash,
            "parts": parts,
            **returns.carry_ballots(report),
            "overtaken": outdated.overtake(report),
        }

    return steps.take("transmit", report, person, effect, passing_why=passing_why)

"""Restoring: an earlier revision of a part becomes the next one, with the authors its words had."""

from __future__ import annotations

from typing import Any

from app.directory.models import Person
from app.reports import steps
from app.reports.access import situation
from app.reports.history import taken_out
from app.reports.models.report import Origin, Report, Revision
from app.reports.text import revisions
from app.workflow import BY_KEY, Stage, role_for

ACTS = ("restore_draft", "restore_edit")


def act_for(stage: Stage) -> str:
    """The act that restoring is at this stage: the facilitator's or the rapporteur's."""
    return "restore_draft" if stage is Stage.DRAFTING else "restore_edit"


def may_restore(report: Report, person: Person) -> bool:
    """Whether this person may restore texts of this report now."""
    act = BY_KEY[act_for(report.stage)]
    return report.stage in act.stages and role_for(act, situation.hands(report, person)) is not None


def restore(report: Report, key: str, number: int, base: int, person: Person) -> Revision:
    """Make revision `number` of a part current again, where `base` still is; answers with the new revision.

    Raises `steps.NotReady` where the part has changed since or says the same already, LookupError for an unknown part or
    revision, and what `steps.take` raises.
    """
    part = revisions.part_of(report, key)
    before, earlier = revisions.current(part), revisions.revision_of(part, number)
    written: list[Revision] = []

    def effect() -> dict[str, Any]:
        if base != part.number:
            raise steps.NotReady(
                "Cette partie a changé entre-temps : relisez-la avant de rétablir un texte plus ancien."
            )
        if earlier.erased:
            raise steps.NotReady("Ce texte a été effacé (données personnelles) : il ne peut plus être rétabli.")
        if earlier.number >= part.number or earlier.content_json == before.content_json:
            raise steps.NotReady("Le texte actuel est déjà celui-là.")
        role = BY_KEY[act_for(report.stage)].who[0]
        revision = revisions.write(part, earlier.content, person, role, Origin.RESTORE, parent=before, restored=earlier)
        revisions.seal_text(report)
        written.append(revision)
        return {
            "part": key,
            "number": revision.number,
            "parent": before.number,
            "restored": earlier.number,
            **revisions.fingerprints(revision),
            **taken_out.by(report, key, before.content, earlier.content),
        }

    steps.take(act_for(report.stage), report, person, effect)
    return written[0]

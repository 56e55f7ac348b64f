"""Erasing the texts of revisions that hold personal data, attendance lists first. Commands alone may call this."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select

from app import template
from app.audit import events, private, watch
from app.db import db
from app.directory.models import Person
from app.reports import steps
from app.reports.amending import outdated
from app.reports.erasure.persons import CannotErase, require_reason
from app.reports.models.report import UNDECIDED, Report, ReportPart, Revision, RevisionPrivate
from app.workflow import Stage


@dataclass(frozen=True, slots=True)
class Emptied:
    """The numbers of the revisions whose texts went; `current` where the one in force was among them."""

    numbers: Sequence[int]
    current: bool


def erase_list(
    report_id: int, key: str, numbers: Collection[int], reason: str, *, current: bool = False, by: Person | None = None
) -> Emptied:
    """Empty these revisions of a part, or without `numbers` all but the one in force; that one only with `current`, and
    once the report is published.

    The event that says so names them and never what they said. Raises `CannotErase`; the caller commits.
    """
    reason = require_reason(reason)
    report = db.session.get(Report, report_id, with_for_update={"of": Report}, populate_existing=True)
    if report is None:
        raise CannotErase(f"Il n’y a pas de rapport n° {report_id}.")
    part = _part(report, key)
    found = _standing(part)
    chosen = _chosen(report, part, found, numbers, current)
    _require_unamended(report, part, chosen)
    named = [{"id": each.id, "number": each.number, "hash": each.hash} for each in chosen]
    facts = {"events": [], "report": report.id, "part": key, "revisions": named, "reason": reason}
    events.record(private.STREAM, private.ACT, by, facts, where=steps.where(report))
    _remove(chosen)
    return Emptied([each.number for each in chosen], part.number in {each.number for each in chosen})


def _part(report: Report, key: str) -> ReportPart:
    part = db.session.scalar(select(ReportPart).where(ReportPart.report_id == report.id, ReportPart.key == key))
    if part is None or key not in template.PERSONAL:
        raise CannotErase(f"La partie « {key} » n’a pas de textes à part.")
    return part


def _standing(part: ReportPart) -> dict[int, Revision]:
    """By number, the revisions of which a text still stands apart."""
    query = select(Revision).join(RevisionPrivate, RevisionPrivate.revision_id == Revision.id)
    rows = db.session.scalars(query.where(Revision.part_id == part.id).order_by(Revision.number))
    return {revision.number: revision for revision in rows}


def _chosen(
    report: Report, part: ReportPart, found: dict[int, Revision], numbers: Collection[int], current: bool
) -> list[Revision]:
    wanted = set(numbers) or set(found) - {part.number}
    wanted |= {part.number} if current else set()
    if absent := sorted(wanted - set(found)):
        raise CannotErase(
            f"Révision {absent[0]} : elle n’existe pas, son texte est déjà effacé, ou elle date d’avant que ces textes "
            "soient mis à part."
        )
    if part.number in wanted and not current:
        raise CannotErase(f"La révision {part.number} est en vigueur : ajoutez --current pour l’effacer aussi.")
    if current and report.stage is not Stage.PUBLISHED:
        raise CannotErase(
            f"La révision {part.number} est en vigueur et le rapport n’est pas publié : la commission en a besoin. "
            "Corrigez d’abord la liste, puis effacez les révisions d’avant."
        )
    if not wanted:
        raise CannotErase("Il n’y a rien à effacer : aucune révision antérieure n’a de texte à part.")
    return [found[number] for number in sorted(wanted)]


def _require_unamended(report: Report, part: ReportPart, chosen: Sequence[Revision]) -> None:
    """An amendment still to be decided is read beside the text it was written on."""
    bases = {each.number for each in chosen}
    waiting = [each.number for each in outdated.undecided(report, part.key, UNDECIDED) if each.base in bases]
    if waiting:
        said = ", ".join(f"n° {number}" for number in waiting)
        raise CannotErase(f"Des amendements à décider partent de ces révisions ({said}) : faites-les décider d’abord.")


def _remove(chosen: Sequence[Revision]) -> None:
    """The event that names them is written: without it the database refuses."""
    db.session.flush()
    with watch.erasing(db.session.connection()):
        for revision in chosen:
            db.session.execute(delete(RevisionPrivate).where(RevisionPrivate.revision_id == revision.id))
    db.session.expire_all()

"""Filing the scan of a paper that was signed by hand, for somebody else to attest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.audit.models import AuditEvent
from app.content.typography import french
from app.db import db, now
from app.directory.models import Person
from app.documents.store import Store
from app.people.invalid import Invalid, one_line
from app.reports import steps
from app.reports.access import situation
from app.reports.models.report import Report
from app.reports.models.scan import Scan, ScanState
from app.reports.models.signature import Slot

LONGEST_PLACE = 120
CHANGED = "Le texte n’est plus celui que porte ce papier : rien n’a été déposé. Imprimez l’exemplaire d’aujourd’hui."


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole paper come back: bound into `file`; `final` is the file whose text it bears, named by `text_hash`."""

    file: bytes
    pages: int
    by_hand: Sequence[int]
    final: bytes
    text_hash: str


def check(report: Report, slots: Sequence[Slot], kept_at: str) -> str:
    """The place of the original as it is stored. Raises `Invalid` with what is lacking or cannot be."""
    errors = {}
    place = one_line(kept_at)
    if not place:
        errors["kept_at"] = "Indiquez où l’original sur papier est conservé."
    elif len(place) > LONGEST_PLACE:
        errors["kept_at"] = f"Le lieu dépasse {LONGEST_PLACE} caractères : abrégez-le."
    signed = situation.signed_by(report)
    waiting = situation.on_paper(report)
    if not slots:
        errors["slots"] = "Dites quelles signatures ce papier porte."
    elif any(slot.value in signed for slot in slots):
        errors["slots"] = "L’une de ces signatures est déjà donnée : ne cochez que celles qui manquent."
    elif any(slot in waiting for slot in slots):
        errors["slots"] = (
            "Un papier déjà déposé porte l’une de ces signatures et attend d’être attesté : faites-le d’abord refuser."
        )
    if errors:
        raise Invalid(errors)
    return place


def file_scan(
    report: Report, person: Person, paper: Paper, slots: Sequence[Slot], kept_at: str, store: Store
) -> AuditEvent:
    """Keep the scan, to be attested. Raises `Invalid`, `documents.store.Unreachable`, and what `steps.take` raises."""

    def effect() -> dict[str, Any]:
        if paper.text_hash != report.text_hash:
            raise steps.NotReady(french(CHANGED))
        place = check(report, slots, kept_at)
        scan = Scan(
            report_id=report.id,
            number=(db.session.scalar(select(func.count(Scan.id)).where(Scan.report_id == report.id)) or 0) + 1,
            final_hash=report.final_hash or store.put(paper.final),
            file_hash=store.put(paper.file),
            pages=paper.pages,
            slots=" ".join(slot.value for slot in Slot if slot in slots),
            placed=" ".join(map(str, paper.by_hand)),
            kept_at=place,
            filed_by_id=person.id,
            at=now(),
            state=ScanState.FILED,
        )
        db.session.add(scan)
        return {
            "scan": scan.number,
            "text_hash": report.text_hash,
            "final_hash": scan.final_hash,
            "file": scan.file_hash,
            "pages": scan.pages,
            "slots": scan.slots.split(),
            "placed": scan.placed_pages,
            "kept_at": place,
        }

    return steps.take("file_scan", report, person, effect)


def numbered(report: Report, number: int) -> Scan:
    """The report's scan of that number, with its people. Raises LookupError."""
    found: Scan | None = db.session.scalar(_scans(report).where(Scan.number == number))
    if found is None:
        raise LookupError(number)
    return found


def scans_of(report: Report) -> Sequence[Scan]:
    """All scans of the report, the newest first: one query."""
    return db.session.scalars(_scans(report).order_by(Scan.number.desc())).all()


def _scans(report: Report) -> Any:
    return (
        select(Scan).where(Scan.report_id == report.id).options(joinedload(Scan.filed_by), joinedload(Scan.settled_by))
    )


def outdate(report: Report, person: Person) -> None:
    """The text goes back: what waits to be attested is a paper of the past."""
    for scan in db.session.scalars(select(Scan).where(Scan.report_id == report.id, Scan.state == ScanState.FILED)):
        scan.state, scan.settled_by_id, scan.settled_at = ScanState.OUTDATED, person.id, now()

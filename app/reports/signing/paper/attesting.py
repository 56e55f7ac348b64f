"""Attesting that a scan conforms to the paper, which seals the signatures it bears; or refusing it."""

from __future__ import annotations

from typing import Any

from app.audit.models import AuditEvent
from app.content.typography import french
from app.db import db, now
from app.directory.models import Person
from app.reports import steps
from app.reports.access import situation
from app.reports.models.report import Report
from app.reports.models.scan import Scan, ScanState
from app.reports.models.signature import Slot, Way
from app.reports.signing import acts as signing
from app.reports.signing.acts import Manner, Sealer

SETTLED = "Cet exemplaire n’attend plus d’être attesté : rechargez la page pour voir ce qu’il est devenu."
OVERTAKEN = (
    "L’une des signatures que porte ce papier a été donnée autrement entre-temps : refusez-le, en disant pourquoi."
)


def attest(report: Report, scan: Scan, person: Person, desk: Sealer) -> AuditEvent:
    """Say that the scan conforms: each signature on it is sealed into the final file, by the attester's certificate.

    Raises `documents.seal.CannotSign`, `documents.store` errors, and what `steps.take` raises.
    """

    def effect() -> dict[str, Any]:
        _require_waiting(scan)
        before = situation.signed_by(report)
        if any(slot.value in before for slot in scan.signed_slots):
            raise steps.NotReady(OVERTAKEN)
        report.final_hash = report.final_hash or scan.final_hash
        sealed: list[dict[str, Any]] = []
        for slot in scan.signed_slots:
            sealed.append(_seal(report, slot, scan, person, desk, last=bool(before) or bool(sealed)))
            db.session.flush()
        _settle(scan, ScanState.ATTESTED, person)
        facts = {
            "scan": scan.number,
            "filer": scan.filed_by_id,
            "kept_at": scan.kept_at,
            "final_hash": report.final_hash,
            "signatures": [
                {key: each[key] for key in ("slot", "signatory", "file_hash", "way", "details")} for each in sealed
            ],
        }
        return facts | ({"signed_hash": report.signed_hash} if report.signed_hash else {})

    return steps.take("attest", report, person, effect, scan=scan)


def _seal(report: Report, slot: Slot, scan: Scan, attester: Person, desk: Sealer, last: bool) -> dict[str, Any]:
    signatory = db.session.get_one(Person, situation.signatories(report)[slot])
    if why := situation.not_fit(report, signatory):
        raise steps.NotReady(why)
    nature = french(
        f"Signature manuscrite sur papier ; numérisation attestée conforme par {attester.name} ; "
        f"original conservé : {scan.kept_at}"
    )
    details = {"scan": scan.number, "file": scan.file_hash, "kept_at": scan.kept_at}
    manner = Manner(Way.PAPER, nature, details, attester)
    return {**signing.put_on(report, signatory, slot, desk, manner, last), "signatory": signatory.id}


def refuse_scan(report: Report, scan: Scan, person: Person, reason: str) -> AuditEvent:
    """Turn the scan down, saying why: whoever filed it may file another. Raises what `steps.take` raises."""

    def effect() -> dict[str, Any]:
        _require_waiting(scan)
        _settle(scan, ScanState.REFUSED, person)
        scan.reason = reason.strip()
        return {"scan": scan.number, "filer": scan.filed_by_id}

    return steps.take("refuse_scan", report, person, effect, reason=reason, scan=scan)


def _require_waiting(scan: Scan) -> None:
    if not scan.waits:
        raise steps.NotReady(SETTLED)


def _settle(scan: Scan, state: ScanState, person: Person) -> None:
    scan.state, scan.settled_by_id, scan.settled_at = state, person.id, now()

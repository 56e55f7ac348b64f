"""Who signed a report, in what way and when; where the paper is, for those who work on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import not_, select
from sqlalchemy.orm import joinedload

from app.db import db
from app.directory.models import Person, Role
from app.reports.access import situation
from app.reports.access.visibility import visible_report
from app.reports.models.report import Report
from app.reports.models.signature import Signature, Slot, Way
from app.reports.signing.invitation import handing


@dataclass(frozen=True, slots=True)
class KnownSignatory:
    """`instead_of` is whom they stood in for, `attester` who attested a paper; `kept_at` where that is ("": not told).

    `hands`: by whom link and code of a signature by code were handed over, as a French clause.
    """

    slot: Slot
    name: str
    at: datetime
    way: Way
    instead_of: str = ""
    attester: str = ""
    kept_at: str = ""
    hands: str = ""

    @property
    def plain(self) -> bool:
        """Whether the signature in the file says it all."""
        return self.way is Way.ELECTRONIC and not self.instead_of


def signatories(report: Report, viewer: Person | None) -> Sequence[KnownSignatory]:
    """The signatures that stand on the final file, in the order in which they were given. `viewer` None: anybody."""
    rows = db.session.scalars(
        select(Signature)
        .where(Signature.report_id == report.id, Signature.final_hash == report.final_hash, not_(Signature.void))
        .options(joinedload(Signature.person), joinedload(Signature.attester))
        .order_by(Signature.id)
    ).all()
    insider = works_on(report, viewer)
    return [_signatory(row, insider) for row in rows]


def _signatory(row: Signature, insider: bool) -> KnownSignatory:
    details = row.details
    stood_for = db.session.get(Person, details["stands_for"]) if "stands_for" in details else None
    return KnownSignatory(
        slot=row.slot,
        name=row.person.name,
        at=row.at,
        way=row.way,
        instead_of=stood_for.name if stood_for else "",
        attester=row.attester.name if row.attester else "",
        hands=hands.sentence if (hands := handing.of_signature(row)) else "",
        kept_at=str(details.get("kept_at", "")) if insider else "",
    )


def works_on(report: Report, viewer: Person | None) -> bool:
    """Whether the viewer sees the report as more than a reader of what is published."""
    if viewer is None or visible_report(viewer, report.id) is None:
        return False
    return bool(situation.roles(report, viewer) - {Role.READER})

"""What a report's page shows of papers and substitutes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from app.reports.models.report import Report
from app.reports.models.scan import Scan, Substitution
from app.reports.models.signature import Slot
from app.reports.signing import substituting
from app.reports.signing.paper import filing
from app.workflow import SETTLED


@dataclass(frozen=True, slots=True)
class Papers:
    """The scans, the newest first, and who stands in for whom, by slot."""

    scans: Sequence[Scan] = ()
    stand_ins: Mapping[Slot, Substitution] = field(default_factory=dict)

    @property
    def substitutes(self) -> dict[Slot, int]:
        return {slot: each.person_id for slot, each in self.stand_ins.items()}

    @property
    def any(self) -> bool:
        return bool(self.scans or self.stand_ins)


def papers_of(report: Report) -> Papers:
    """Two queries, once the text is validated; before, there is no paper that could still count."""
    if report.stage not in SETTLED:
        return Papers()
    return Papers(filing.scans_of(report), substituting.standing_of(report))

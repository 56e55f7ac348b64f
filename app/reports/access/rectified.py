"""Which report rectifies which: what a page says of a report's neighbours, and which of them lists show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, literal, or_, select
from sqlalchemy.orm import aliased

from app.db import db
from app.directory.models import Person
from app.directory.territories import Territory
from app.reports.access.visibility import visible
from app.reports.models.report import Report
from app.workflow import Stage
from app.workshops.models import Workshop


@dataclass(frozen=True, slots=True)
class Link:
    """Another report of the same workshop; `seen`: the person asked for may open it."""

    id: int
    stage: Stage
    published_at: datetime | None
    seen: bool = False


@dataclass(frozen=True, slots=True)
class Links:
    """The report that one rectifies, and the one that rectifies it or is to; abandoned ones do not count."""

    rectified: Link | None = None
    rectifying: Link | None = None

    @property
    def follower(self) -> int:
        """The number of the report that rectifies it, or is to; 0 for none."""
        return self.rectifying.id if self.rectifying else 0

    @property
    def replaced_by(self) -> Link | None:
        return self.rectifying if self.rectifying and self.rectifying.published_at else None

    @property
    def under_way(self) -> Link | None:
        return None if self.replaced_by else self.rectifying


def of(report: Report, person: Person | None = None) -> Links:
    """The neighbours of a report: one query, none for a report that can have no neighbour yet."""
    if report.stage is not Stage.PUBLISHED and report.rectifies_id is None:
        return Links()
    seen = visible(person) if person is not None else literal(False)
    standing = (Report.rectifies_id == report.id) & (Report.stage != Stage.ABANDONED)
    rows = db.session.execute(
        select(Report.id, Report.stage, Report.published_at, seen.label("seen"))
        .join(Workshop, Workshop.id == Report.workshop_id)
        .join(Territory, Territory.id == Workshop.territory_id)
        .where(or_(standing, Report.id == report.rectifies_id) if report.rectifies_id else standing)
    )
    found = [Link(row.id, row.stage, row.published_at, bool(row.seen)) for row in rows]
    return Links(
        next((link for link in found if link.id == report.rectifies_id), None),
        next((link for link in found if link.id != report.rectifies_id), None),
    )


def not_replaced() -> ColumnElement[bool]:
    """The condition on Report for those in whose place no other is published."""
    later = aliased(Report, name="later")
    return ~exists().where(later.rectifies_id == Report.id, later.stage == Stage.PUBLISHED)

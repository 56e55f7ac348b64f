"""Lists of reports: plain rows, one query each (one more for a search), paged by key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from app.db import db
from app.directory.models import Person
from app.directory.territories import Territory
from app.reports import deadline as clock
from app.reports.access.rectified import not_replaced
from app.reports.access.visibility import visible
from app.reports.models.report import UNDECIDED, Amendment, Report
from app.reports.pages import holder
from app.reports.pages.holder import Holder
from app.workflow import Stage
from app.workshops.models import Campaign, Workshop

PAGE = 50


@dataclass(frozen=True, slots=True)
class ReportLine:
    """One report in a list."""

    id: int
    stage: Stage
    deadline: date | None
    territory: str
    campaign: str
    held_on: date
    rectifies: int | None
    undecided: int
    holder: Holder

    @property
    def overdue(self) -> bool:
        return clock.overdue(self.stage, self.deadline)


@cache
def lines() -> Select[*tuple[Any, ...]]:
    """Reports with all that a `line` shows of them; what is selected besides may be added.

    Put together once: it takes longer than asking does.
    """
    undecided = (
        select(func.count(Amendment.id))
        .where(Amendment.report_id == Report.id, Amendment.state.in_(UNDECIDED))
        .scalar_subquery()
    )
    query = (
        select(
            Report.id,
            Report.stage,
            Report.stage_since,
            Report.deadline,
            Territory.name.label("territory"),
            Campaign.name.label("campaign"),
            Workshop.held_on,
            Report.rectifies_id,
            undecided.label("undecided"),
        )
        .join(Workshop, Workshop.id == Report.workshop_id)
        .join(Territory, Territory.id == Workshop.territory_id)
        .join(Campaign, Campaign.id == Workshop.campaign_id)
    )
    return holder.told(query)


def line(row: Any) -> ReportLine:
    """The report of a row that `lines` has asked for."""
    return ReportLine(
        row.id,
        row.stage,
        row.deadline,
        row.territory,
        row.campaign,
        row.held_on,
        row.rectifies_id,
        row.undecided,
        holder.read(row, row.stage, row.stage_since),
    )


def page_of(
    person: Person, stage: Stage | None = None, search: str = "", before: int | None = None
) -> Sequence[ReportLine]:
    """At most PAGE + 1 reports that this person may see, the latest opened first, from below identifier `before` on.

    Those replaced by another are left out. The one line beyond PAGE says that there are more. `search` is looked for in the
    names of territory and campaign.
    """
    query = lines().where(visible(person), not_replaced()).order_by(Report.id.desc()).limit(PAGE + 1)
    if stage is not None:
        query = query.where(Report.stage == stage)
    if before is not None:
        query = query.where(Report.id < before)
    return [line(row) for row in db.session.execute(query.where(_named(search)) if search else query)]


def _named(search: str) -> ColumnElement[bool]:
    """The reports whose territory's or campaign's name holds `search`.

    Campaigns are few and asked first: where none is meant, the reports are found by way of the territories, and those of
    other places need not be read one by one.
    """
    territory, campaign = (kind.name.icontains(search, autoescape=True) for kind in (Territory, Campaign))
    if db.session.scalar(select(Campaign.id).where(campaign).limit(1)):
        return territory | campaign
    return Workshop.territory_id.in_(select(Territory.id).where(territory).correlate(None))

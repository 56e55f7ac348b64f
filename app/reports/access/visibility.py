"""Reading reports: which ones a person may see, and what pages need of them in few queries."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Select, false, or_, select, true
from sqlalchemy.orm import contains_eager

from app.db import db
from app.directory.models import Grant, Person, Role
from app.directory.territories import Territory
from app.reports.models.report import Report
from app.workflow import Stage
from app.workshops.models import Workshop

# From which moment on each role sees a report in its scope.
_ALWAYS = frozenset({Role.FACILITATOR, Role.RAPPORTEUR, Role.SUPERVISOR, Role.COORDINATION})
_ONCE_READ = frozenset({Role.MEMBER, Role.PRESIDENT})


def visible(person: Person) -> ColumnElement[bool]:
    """The condition, on Report joined to Workshop and Territory, for what this person may see."""
    if not person.active:
        return false()
    return or_(false(), *(_seen_by(grant) for grant in person.grants))


def _seen_by(grant: Grant) -> ColumnElement[bool]:
    where: ColumnElement[bool] = true() if grant.territory is None else Territory.path.startswith(grant.territory.path)
    return where & stage_shown(grant.role)


def stage_shown(role: Role) -> ColumnElement[bool]:
    """The condition on Report for the stages at which this role sees it."""
    if role in _ALWAYS:
        return true()
    if role in _ONCE_READ:
        return (Report.reading > 0) | (Report.stage == Stage.PUBLISHED)
    if role == Role.CHAIR:
        return Report.stage.in_((Stage.VALIDATED, Stage.SIGNED, Stage.PUBLISHED))
    return Report.stage == Stage.PUBLISHED


def seen_reports(person: Person) -> Select[Report]:
    """All reports this person may see, with workshop, territory and campaign in the same query."""
    return (
        select(Report)
        .join(Report.workshop)
        .join(Workshop.territory)
        .join(Workshop.campaign)
        .where(visible(person))
        .options(
            contains_eager(Report.workshop).contains_eager(Workshop.territory),
            contains_eager(Report.workshop).contains_eager(Workshop.campaign),
        )
    )


def visible_report(person: Person, report_id: int, *, lock: bool = False) -> Report | None:
    """The report, if this person may see it; `lock` holds its row until the transaction ends."""
    query = seen_reports(person).where(Report.id == report_id)
    if lock:
        query = query.with_for_update(of=Report).execution_options(populate_existing=True)
    return db.session.scalar(query)

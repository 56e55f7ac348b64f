"""Checking a report: what the rules need of it, read in few queries."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from app.content.blocks import Content
from app.db import db
from app.directory.territories import Territory
from app.reports.consistency.case import Case
from app.reports.consistency.language import levelled
from app.reports.consistency.rules import RuleFinding, check
from app.reports.models.report import Report, ReportPart, Revision, decode
from app.reports.text import prefill
from app.workflow import Stage


def findings_of(report: Report) -> tuple[RuleFinding, ...]:
    """What the check finds in the report as it stands."""
    return check(case_of(report, contents_of(report)))


def case_of(report: Report, contents: Mapping[str, Content]) -> Case:
    workshop = report.workshop
    return Case(
        contents=contents,
        held_on=workshop.held_on,
        budget_year=workshop.campaign.budget_year,
        territory=workshop.territory.name,
        elsewhere=_elsewhere(workshop.territory),
        opening=prefill.opening(workshop),
        earlier=tuple(block.fields["text"] for block in prefill.open_recommendations(workshop)),
    )


def contents_of(report: Report) -> Mapping[str, Content]:
    """The content of each stored part, by its key, as it would be passed on now."""
    rows = db.session.execute(
        select(ReportPart.key, Revision.content_json)
        .join(Revision, (Revision.part_id == ReportPart.id) & (Revision.number == ReportPart.number))
        .where(ReportPart.report_id == report.id)
    )
    contents = {key: decode(text) for key, text in rows}
    if report.stage in (Stage.DRAFTING, Stage.EDITING):
        # They are taken over anew when the report is passed on: what stands in the campaign now is what will be annexed.
        contents["terms"] = decode(report.workshop.campaign.terms)
    return contents


def _elsewhere(territory: Territory) -> dict[str, str]:
    """The names of territories apart from this one's own line; a name that one on its line bears too is left out."""
    rows = db.session.execute(select(Territory.name, Territory.path)).all()
    near = {levelled(name) for name, path in rows if path.startswith(territory.path) or territory.path.startswith(path)}
    return {key: name for name, _ in rows if (key := levelled(name)) not in near}

"""Changing a campaign or a meeting: what its reports print follows, up to their validation, and their votes are reopened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import lazyload

from app import workflow
from app.db import db
from app.directory.models import Person
from app.reports import steps
from app.reports.access import situation
from app.reports.amending.deciding import reopen_ballots
from app.reports.models.report import Report
from app.reports.text import masthead
from app.workflow import Stage
from app.workshops import campaigns, meetings
from app.workshops.entries import InvalidEntries
from app.workshops.models import Campaign, Workshop

ACT = workflow.BY_KEY["renew_masthead"]
ELSEWHERE = (
    "Cette campagne a des rapports entre les mains de la commission ou du rapporteur dans des collectivités qui ne sont "
    "pas de votre ressort : ce qu’ils impriment ne peut être changé que par une coordination de ces collectivités."
)
_FIELDS = {"title": "report_title", "organisation": "organisation"}
"""Of what is printed, the fields of a campaign's form."""


def change_campaign(person: Person, campaign: Campaign, typed: Mapping[str, str], version: int) -> bool:
    """Change a campaign's facts, and with them the mastheads of its reports that are not validated yet.

    Raises what `campaigns.change_campaign` raises, and `InvalidEntries` where a report elsewhere would print otherwise.
    """
    db.session.refresh(campaign, with_for_update=True)
    with following(person, Workshop.campaign_id == campaign.id):
        return campaigns.change_campaign(person, campaign, typed, version)


def change_workshop(person: Person, workshop: Workshop, typed: Mapping[str, str], version: int) -> bool:
    """The same for a meeting. Raises what `meetings.change_workshop` raises."""
    db.session.refresh(workshop.campaign, with_for_update=True)
    with following(person, Workshop.id == workshop.id):
        return meetings.change_workshop(person, workshop, typed, version, frozen=frozen(workshop, held=True))


def frozen(workshop: Workshop, *, held: bool = False) -> bool:
    """Whether what the workshop's report prints is settled; `held`: the report's row is until the transaction ends."""
    query = select(Report.stage).where(Report.workshop_id == workshop.id, Report.rectifies_id.is_(None))
    stage = db.session.scalar(query.with_for_update() if held else query)
    return stage is not None and stage.order >= Stage.VALIDATED.order


@contextmanager
def following(person: Person, which: Any) -> Iterator[None]:
    """Make the change inside; what the reports print follows it, or nothing is changed."""
    reports = _open_to_change(which)
    before = {report.id: masthead.kept(report) or masthead.now(report) for report in reports}
    with db.session.begin_nested():
        yield
        db.session.flush()
        changed = [report for report in reports if masthead.now(report) != before[report.id]]
        _require_within_reach(person, changed, before)
        for report in changed:
            _renew(report, person, before[report.id])


def _open_to_change(which: Any) -> Sequence[Report]:
    """The reports whose text hash stands for what they print, or whose votes were given on it; held, in order."""
    query = (
        select(Report)
        .join(Report.workshop)
        .where(which, Report.stage.in_(ACT.stages), or_(Report.masthead_json != "", Report.stage == Stage.READING))
        .order_by(Report.id)
        .with_for_update(of=Report)
        .options(lazyload(Report.workshop))
        .execution_options(populate_existing=True)
    )
    return db.session.scalars(query).all()


def _require_within_reach(person: Person, reports: Sequence[Report], before: Mapping[int, dict[str, Any]]) -> None:
    beyond = [each for each in reports if workflow.role_for(ACT, situation.hands(each, person)) is None]
    if beyond:
        now, then = masthead.now(beyond[0]), before[beyond[0].id]
        raise InvalidEntries({field: ELSEWHERE for name, field in _FIELDS.items() if now[name] != then[name]})


def _renew(report: Report, person: Person, before: dict[str, Any]) -> None:
    def effect() -> dict[str, Any]:
        head = masthead.keep(report)
        return {
            **head,
            "masthead_before": before,
            "text_hash": report.text_hash,
            "reopened": reopen_ballots(report) if report.stage is Stage.READING else [],
        }

    steps.take(ACT.key, report, person, effect)

"""Lists of reports: plain rows, one query each (one more for a search), paged by key."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, or_, select, true

from app.db import db
from app.people.models import Person, Role
from app.people.territories import Territory
from app.reports.models import Amendment, AmendmentState, Ballot, Report, Signature
from app.reports.queries import visible
from app.workflow import Stage
from app.workshops.models import Campaign, Workshop

PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One report in a list."""

    id: int
    stage: Stage
    stage_since: datetime
    deadline: date | None
    territory: str
    path: str
    campaign: str
    held_on: date
    undecided: int


def _lines() -> Select[int, Stage, datetime, date | None, str, str, str, date, int]:
    undecided = (
        select(func.count(Amendment.id))
        .where(Amendment.report_id == Report.id, Amendment.state == AmendmentState.OPEN)
        .scalar_subquery()
    )
    return (
        select(
            Report.id,
            Report.stage,
            Report.stage_since,
            Report.deadline,
            Territory.name,
            Territory.path,
            Campaign.name,
            Workshop.held_on,
            undecided,
        )
        .join(Workshop, Workshop.id == Report.workshop_id)
        .join(Territory, Territory.id == Workshop.territory_id)
        .join(Campaign, Campaign.id == Workshop.campaign_id)
    )


def page_of(person: Person, stage: Stage | None = None, search: str = "", before: int | None = None) -> Sequence[Line]:
    """At most PAGE + 1 reports that this person may see, the latest opened first, from below identifier `before` on.

    The one line beyond PAGE says that there are more. `search` is looked for in the names of territory and campaign.
    """
    query = _lines().where(visible(person)).order_by(Report.id.desc()).limit(PAGE + 1)
    if stage is not None:
        query = query.where(Report.stage == stage)
    if before is not None:
        query = query.where(Report.id < before)
    return _read(query.where(_named(search)) if search else query)


def _named(search: str) -> ColumnElement[bool]:
    """The reports whose territory's or campaign's name holds `search`.

    Campaigns are few and asked first: where none is meant, the reports are found by way of the territories, and those of
    other places need not be read one by one.
    """
    territory, campaign = (kind.name.icontains(search, autoescape=True) for kind in (Territory, Campaign))
    if db.session.scalar(select(Campaign.id).where(campaign).limit(1)):
        return territory | campaign
    return Workshop.territory_id.in_(select(Territory.id).where(territory).correlate(None))


def _read(query: Select[*tuple[Any, ...]]) -> list[Line]:
    return [Line(*tuple(row)) for row in db.session.execute(query)]


@dataclass(frozen=True, slots=True)
class Task:
    """A report that waits for this person, and what for."""

    line: Line
    what: str
    anchor: str
    """Where on the report's page it is done."""


Condition = ColumnElement[bool]


def tasks_of(person: Person) -> list[Task]:
    """What waits for this person, the longest waiting first: one query a kind of task, at most PAGE of each."""
    if not person.active:
        return []
    found: list[Task] = []
    for role, what, anchor, waiting in _KINDS:
        scope = _scope(person, role)
        if scope is None:
            continue
        query = _lines().where(scope, waiting(person)).order_by(Report.stage_since, Report.id).limit(PAGE)
        found += [Task(line, what, anchor) for line in _read(query)]
    return sorted(found, key=lambda task: task.line.stage_since)


def _scope(person: Person, role: Role) -> Condition | None:
    """The reports over which the person holds the role; None where there are none."""
    grants = [grant for grant in person.grants if grant.role == role]
    if any(grant.territory is None for grant in grants):
        return true()
    return (
        or_(*(Territory.path.startswith(grant.territory.path) for grant in grants if grant.territory))
        if grants
        else None
    )


def _drafts(person: Person) -> Condition:
    return Report.stage == Stage.DRAFTING


def _edits(person: Person) -> Condition:
    return Report.stage == Stage.EDITING


def _opinions(person: Person) -> Condition:
    return and_(Report.stage == Stage.READING, _open_amendment(Amendment.opinion.is_(None)))


def _votes(person: Person) -> Condition:
    voted = exists().where(
        Ballot.report_id == Report.id,
        Ballot.reading == Report.reading,
        Ballot.person_id == person.id,
        Ballot.stands.is_(True),
    )
    return and_(Report.stage == Stage.READING, not_(voted))


def _decisions(person: Person) -> Condition:
    return and_(Report.stage == Stage.READING, _open_amendment(Amendment.author_id != person.id))


def _open_amendment(*where: Condition) -> Condition:
    return exists().where(Amendment.report_id == Report.id, Amendment.state == AmendmentState.OPEN, *where)


def _closings(person: Person) -> Condition:
    return and_(Report.stage == Stage.READING, not_(_open_amendment()))


def _signatures(person: Person) -> Condition:
    # Written as the index of standing signatures has it: "IS false" would not be found by it.
    signed = exists().where(Signature.report_id == Report.id, Signature.person_id == person.id, not_(Signature.void))
    named = (Workshop.rapporteur_id == person.id) | (Workshop.chair_id == person.id)
    return and_(Report.stage == Stage.VALIDATED, named, not_(signed))


def _publications(person: Person) -> Condition:
    return Report.stage == Stage.SIGNED


_KINDS: tuple[tuple[Role, str, str, Callable[[Person], Condition]], ...] = (
    (Role.FACILITATOR, "Rédiger le rapport et le soumettre", "main", _drafts),
    (Role.RAPPORTEUR, "Éditer le rapport et le transmettre", "main", _edits),
    (Role.RAPPORTEUR, "Donner un avis sur les amendements", "amendments", _opinions),
    (Role.MEMBER, "Lire le rapport et voter", "commission", _votes),
    (Role.PRESIDENT, "Lire le rapport et voter", "commission", _votes),
    (Role.PRESIDENT, "Décider les amendements", "amendments", _decisions),
    (Role.PRESIDENT, "Clore la lecture", "next", _closings),
    (Role.RAPPORTEUR, "Signer le rapport", "next", _signatures),
    (Role.CHAIR, "Signer le rapport", "next", _signatures),
    (Role.COORDINATION, "Publier le rapport", "next", _publications),
)

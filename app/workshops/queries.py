"""Reading campaigns and workshops: what a person may see, one page at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from sqlalchemy import ColumnElement, Select, false, func, or_, select, true, tuple_
from sqlalchemy.orm import contains_eager, joinedload

from app.db import db
from app.directory.models import Person, Role
from app.directory.territories import Territory
from app.workshops import wording
from app.workshops.models import Campaign, Workshop

PAGE = 50
INSIDERS = tuple(role for role in Role if role is not Role.READER)
"""The roles that see campaigns and workshops: all but the readers of published reports."""

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class PageOf(Generic[Row]):
    """Up to PAGE rows; `next_key` leads to the rest, and is empty on the last page."""

    rows: Sequence[Row]
    next_key: str = ""


def workshop(person: Person, workshop_id: int) -> Workshop | None:
    """The workshop with all that its page names, if this person may see it."""
    return db.session.scalar(
        _seen(person)
        .where(Workshop.id == workshop_id)
        .join(Workshop.campaign)
        .options(
            contains_eager(Workshop.campaign),
            joinedload(Workshop.facilitator),
            joinedload(Workshop.rapporteur),
            joinedload(Workshop.chair),
        )
    )


def workshops(person: Person, campaign: Campaign, after: str = "") -> PageOf[Workshop]:
    """The campaign's workshops that this person may see, by date. `after` is a page's `next_key`."""
    query = _seen(person).where(Workshop.campaign_id == campaign.id)
    key = _read_key(after)
    if key is not None:
        query = query.where(tuple_(Workshop.held_on, Workshop.id) > tuple_(*key))
    found = db.session.scalars(query.order_by(Workshop.held_on, Workshop.id).limit(PAGE + 1)).all()
    return _page(found, lambda row: (row.held_on, row.id))


def campaigns(after: str = "") -> PageOf[Campaign]:
    """All campaigns, the latest first."""
    query = select(Campaign)
    key = _read_key(after)
    if key is not None:
        query = query.where(tuple_(Campaign.starts_on, Campaign.id) < tuple_(*key))
    found = db.session.scalars(query.order_by(Campaign.starts_on.desc(), Campaign.id.desc()).limit(PAGE + 1)).all()
    return _page(found, lambda row: (row.starts_on, row.id))


def counts(person: Person, campaigns: Sequence[Campaign]) -> dict[int, int]:
    """How many workshops this person may see, by the campaign's id."""
    rows = db.session.execute(
        select(Workshop.campaign_id, func.count(Workshop.id))
        .join(Workshop.territory)
        .where(Workshop.campaign_id.in_([campaign.id for campaign in campaigns]), _reach(person, INSIDERS))
        .group_by(Workshop.campaign_id)
    )
    return dict(rows.all())


def free_territories(person: Person, campaign: Campaign, wanted: str = "") -> Sequence[Territory]:
    """Up to PAGE territories that this person coordinates and that have no workshop in the campaign yet.

    Those whose name holds `wanted`; without it, those at the top of the tree first.
    """
    taken = select(Workshop.territory_id).where(Workshop.campaign_id == campaign.id)
    query = (
        select(Territory).where(Territory.id.not_in(taken), _coordinated(person)).order_by(Territory.name, Territory.id)
    )
    if not wanted.strip():
        return db.session.scalars(
            query.order_by(None).order_by(func.length(Territory.path), Territory.name).limit(PAGE)
        ).all()
    # Compared here: a database without a French collation finds no "Ségou" under "segou".
    name = wording.folded(wanted)
    return [each for each in db.session.scalars(query) if name in wording.folded(each.name)][:PAGE]


def free_territory(person: Person, campaign: Campaign, territory_id: int) -> Territory | None:
    """The territory, if this person may plan its workshop and none is planned in the campaign yet."""
    taken = select(Workshop.territory_id).where(Workshop.campaign_id == campaign.id)
    return db.session.scalar(
        select(Territory).where(Territory.id == territory_id, Territory.id.not_in(taken), _coordinated(person))
    )


def _coordinated(person: Person) -> ColumnElement[bool]:
    return _reach(person, (Role.COORDINATION,))


def _reach(person: Person, roles: Sequence[Role]) -> ColumnElement[bool]:
    if not person.active:
        return false()
    scopes = [grant.territory for grant in person.grants if grant.role in roles]
    return or_(false(), *(true() if scope is None else Territory.path.startswith(scope.path) for scope in scopes))


def _seen(person: Person) -> Select[Workshop]:
    return (
        select(Workshop)
        .join(Workshop.territory)
        .where(_reach(person, INSIDERS))
        .options(contains_eager(Workshop.territory))
    )


def _page(found: Sequence[Row], key: Callable[[Row], tuple[date, int]]) -> PageOf[Row]:
    rows = found[:PAGE]
    if len(found) == len(rows):
        return PageOf(rows)
    day, number = key(rows[-1])
    return PageOf(rows, f"{day.isoformat()}.{number}")


def _read_key(key: str) -> tuple[date, int] | None:
    """The day and number in a page's key; None, hence the first page, for one that nobody was given."""
    day, _, number = key.partition(".")
    try:
        return date.fromisoformat(day), int(number[:18])
    except ValueError:
        return None

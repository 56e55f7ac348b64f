"""Who may change a campaign: its facts and its two documents bind every meeting held in it."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.db import db
from app.directory.models import Person, Role
from app.directory.territories import Territory
from app.people.invalid import Forbidden
from app.people.keeping import reaches
from app.workshops.models import Campaign, Workshop

ELSEWHERE = (
    "Cette campagne dépasse la collectivité dont vous assurez la coordination : seule une coordination qui couvre toutes "
    "ses collectivités la modifie."
)


def covers(person: Person, campaign: Campaign) -> bool:
    """Whether the person coordinates every territory in which the campaign meets.

    Before the first meeting is planned: every territory that whoever created it coordinates.
    """
    if reaches(person, None):
        return True
    if not person.holds(Role.COORDINATION):
        return False
    held = select(Territory).join(Workshop, Workshop.territory_id == Territory.id)
    places: Sequence[Territory] = db.session.scalars(held.where(Workshop.campaign_id == campaign.id)).all()
    if places:
        return all(reaches(person, place) for place in places)
    return _created_by(campaign, person)


def check(person: Person, campaign: Campaign) -> None:
    """Raises `Forbidden` for who may not change it; the campaign's row is held, so no meeting is planned meanwhile."""
    if not covers(person, campaign):
        raise Forbidden(ELSEWHERE)


def _created_by(campaign: Campaign, person: Person) -> bool:
    told = (AuditEvent.stream == f"campaign:{campaign.id}", AuditEvent.act == "campaign_create")
    body = db.session.scalar(select(AuditEvent.body).where(*told).order_by(AuditEvent.seq).limit(1))
    creator_id = orjson.loads(body)["actor"] if body is not None else None
    if creator_id is None:
        return False
    if creator_id == person.id:
        return True
    creator = db.session.get_one(Person, creator_id)
    coordinated = [grant for grant in creator.grants if grant.role == Role.COORDINATION]
    return bool(coordinated) and all(reaches(person, grant.territory) for grant in coordinated)

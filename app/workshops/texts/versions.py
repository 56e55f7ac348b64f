"""Reading the versions of a campaign's two documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import load_only

from app import template
from app.db import db
from app.directory.models import Person
from app.workshops.models import Campaign, CampaignText

KINDS = {"terms": template.TERMS, "programme": template.BY_KEY["programme"]}
"""The parts of a report that each document becomes."""
SHOWN = 50
"""Versions on one page."""


@dataclass(frozen=True, slots=True)
class TextVersion:
    """A version without its text."""

    number: int
    at: datetime
    author: str


@dataclass(frozen=True, slots=True)
class Listed:
    """Versions, newest first; `older` is the number below which the next page begins, 0 at the end.

    `first`: the oldest that was kept.
    """

    rows: Sequence[TextVersion]
    older: int
    first: int


def listed(campaign: Campaign, kind: str, before: int = 0) -> Listed:
    """The versions below number `before` (0: the newest). Two queries."""
    mine = (CampaignText.campaign_id == campaign.id, CampaignText.kind == kind)
    query = (
        select(CampaignText.version, CampaignText.at, Person.first_name, Person.surname)
        .outerjoin(Person, Person.id == CampaignText.author_id)
        .where(*mine, *([CampaignText.version < before] if before else []))
        .order_by(CampaignText.version.desc())
        .limit(SHOWN + 1)
    )
    found = [
        TextVersion(row.version, row.at, f"{row.first_name} {row.surname}" if row.surname else "Le système")
        for row in db.session.execute(query)
    ]
    first = db.session.scalar(select(CampaignText.version).where(*mine).order_by(CampaignText.version).limit(1))
    return Listed(found[:SHOWN], found[SHOWN - 1].number if len(found) > SHOWN else 0, first or 0)


def find(campaign_id: int, kind: str, number: int) -> CampaignText:
    """One version. Raises LookupError where it was not kept."""
    found = texts(campaign_id, kind, number)
    if not found:
        raise LookupError(number)
    return found[number]


def texts(campaign_id: int, kind: str, *numbers: int) -> dict[int, CampaignText]:
    """Those of these versions that were kept, by number. One query."""
    query = select(CampaignText).where(
        CampaignText.campaign_id == campaign_id, CampaignText.kind == kind, CampaignText.version.in_(numbers)
    )
    only = load_only(CampaignText.version, CampaignText.hash, CampaignText.content_json)
    return {row.version: row for row in db.session.scalars(query.options(only))}


def current(campaign: Campaign, kind: str) -> int:
    """The number of the version that stands."""
    return int(getattr(campaign, f"{kind}_version"))


def stored(campaign: Campaign, kind: str) -> str:
    """The document as it stands, in canonical JSON."""
    return str(getattr(campaign, kind))

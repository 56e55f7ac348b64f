"""Campaigns and the workshops held in them."""

from __future__ import annotations

from datetime import date, datetime

import orjson
from sqlalchemy import Date, ForeignKey, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.content.blocks import Block, Content
from app.db import Base, Moment, now
from app.directory.models import Person
from app.directory.territories import Territory


class Campaign(Base):
    """A round of meetings on one subject and budget year.

    `report_title` is printed on every cover; the word `{organisateur}` in it stands for the organising body with its
    preposition ("du Conseil régional de Ségou"). `terms` and `programme` are canonical JSON of content blocks;
    `version` counts the saves of the facts, `terms_version` and `programme_version` those of the two documents.
    """

    __tablename__ = "campaign"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    organisation: Mapped[str] = mapped_column(String(200))
    report_title: Mapped[str] = mapped_column(Text)
    budget_year: Mapped[int]
    starts_on: Mapped[date] = mapped_column(Date)
    ends_on: Mapped[date] = mapped_column(Date)
    terms: Mapped[str] = mapped_column(Text)
    terms_version: Mapped[int] = mapped_column(default=1)
    programme: Mapped[str] = mapped_column(Text)
    programme_version: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    workshops: Mapped[list[Workshop]] = relationship(back_populates="campaign")

    @property
    def terms_content(self) -> Content:
        return _decode(self.terms)

    @property
    def programme_content(self) -> Content:
        return _decode(self.programme)


class CampaignText(Base):
    """One version of one of a campaign's two documents, `kind` "terms" or "programme", as the log's event tells of it.

    `hash` is that of `content_json`; `at` and `author_id` are the event's. Versions from before this table was there may
    be missing at the beginning: of those the log has the hash alone.
    """

    __tablename__ = "campaign_text"
    __table_args__ = (UniqueConstraint("campaign_id", "kind", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    kind: Mapped[str] = mapped_column(String(12))
    version: Mapped[int]
    content_json: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)

    @property
    def content(self) -> Content:
        return _decode(self.content_json)


def _decode(stored: str) -> Content:
    return tuple(Block.from_json(block) for block in orjson.loads(stored))


class Workshop(Base):
    """One meeting of a campaign, in one territory. `organising_body` bears its article: "la Mairie de Bla".

    `consent` says how those who came were told of, and agreed to, the list of presence and the photographs.
    """

    __tablename__ = "workshop"
    __table_args__ = (UniqueConstraint("campaign_id", "territory_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaign.id"))
    territory_id: Mapped[int] = mapped_column(ForeignKey("territory.id"), index=True)
    held_on: Mapped[date] = mapped_column(Date)
    place: Mapped[str] = mapped_column(String(120))
    venue: Mapped[str] = mapped_column(String(200))
    organising_body: Mapped[str] = mapped_column(String(200))
    facilitator_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    rapporteur_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    chair_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    steering_supervisor: Mapped[str] = mapped_column(String(200), default="")
    staff_supervisor: Mapped[str] = mapped_column(String(200), default="")
    consent: Mapped[str] = mapped_column(String(300), default="", server_default=text("''"))
    version: Mapped[int] = mapped_column(default=1)

    campaign: Mapped[Campaign] = relationship(back_populates="workshops")
    territory: Mapped[Territory] = relationship()
    facilitator: Mapped[Person | None] = relationship(foreign_keys=[facilitator_id])
    rapporteur: Mapped[Person | None] = relationship(foreign_keys=[rapporteur_id])
    chair: Mapped[Person | None] = relationship(foreign_keys=[chair_id])

"""The report and its life: parts, revisions, amendments, ballots, signatures."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.content.blocks import Block, Content
from app.db import Base, Moment, now
from app.people.models import Person
from app.workflow import Stage
from app.workshops.models import Workshop


class Report(Base):
    """The document of one workshop.

    `reading` counts the times the text went to the commission (0: never); `text_hash` covers the hashes of all current
    revisions; `final_hash` names, in the store, the PDF being signed, and `signed_hash` the same with both signatures.
    """

    __tablename__ = "report"

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id"), unique=True)
    stage: Mapped[Stage] = mapped_column(index=True)
    stage_since: Mapped[datetime] = mapped_column(Moment, default=now)
    reading: Mapped[int] = mapped_column(default=0)
    deadline: Mapped[date | None] = mapped_column(Date)
    amendment_count: Mapped[int] = mapped_column(default=0)
    text_hash: Mapped[str] = mapped_column(String(64), default="")
    final_hash: Mapped[str] = mapped_column(String(64), default="")
    signed_hash: Mapped[str] = mapped_column(String(64), default="", index=True)
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)

    workshop: Mapped[Workshop] = relationship(lazy="joined", innerjoin=True)
    parts: Mapped[list[ReportPart]] = relationship(back_populates="report", order_by="ReportPart.id")


class ReportPart(Base):
    """One part of the template in one report; `number` is that of its current revision."""

    __tablename__ = "report_part"
    __table_args__ = (UniqueConstraint("report_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    key: Mapped[str] = mapped_column(String(40))
    number: Mapped[int] = mapped_column(default=0)
    filled: Mapped[bool] = mapped_column(default=False)
    content_hash: Mapped[str] = mapped_column(String(64), default="")

    report: Mapped[Report] = relationship(back_populates="parts")


class Origin(StrEnum):
    """How a revision came to be."""

    PREFILL = "prefill"
    TYPED = "typed"
    AMENDMENT = "amendment"


class Revision(Base):
    """One immutable version of a part. `runs` tells for each word the number of the revision that brought it."""

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("part_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    part_id: Mapped[int] = mapped_column(ForeignKey("report_part.id"))
    number: Mapped[int]
    parent: Mapped[int] = mapped_column(default=0)
    content_json: Mapped[str] = mapped_column(Text)
    runs_json: Mapped[str] = mapped_column(Text)
    hash: Mapped[str] = mapped_column(String(64))
    author_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    author_role: Mapped[str] = mapped_column(String(16), default="")
    at: Mapped[datetime] = mapped_column(Moment)
    origin: Mapped[Origin]
    amendment_id: Mapped[int | None] = mapped_column(ForeignKey("amendment.id"))
    adopted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    merged: Mapped[bool] = mapped_column(default=False)

    author: Mapped[Person | None] = relationship(foreign_keys=[author_id], lazy="raise_on_sql")
    adopted_by: Mapped[Person | None] = relationship(foreign_keys=[adopted_by_id], lazy="raise_on_sql")

    @property
    def content(self) -> Content:
        return decode(self.content_json)

    @property
    def runs(self) -> dict[str, dict[str, list[list[int]]]]:
        runs: dict[str, dict[str, list[list[int]]]] = orjson.loads(self.runs_json)
        return runs


class AmendmentState(StrEnum):
    """Where an amendment stands."""

    OPEN = "open"
    ADOPTED = "adopted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"

    @property
    def label(self) -> str:
        return {
            "open": "À décider",
            "adopted": "Adopté",
            "rejected": "Rejeté",
            "withdrawn": "Retiré",
            "lapsed": "Caduc",
        }[self.value]


class Opinion(StrEnum):
    """What the rapporteur thinks of an amendment."""

    FAVOURABLE = "favourable"
    UNFAVOURABLE = "unfavourable"
    LEFT = "left"

    @property
    def label(self) -> str:
        return {
            "favourable": "Favorable",
            "unfavourable": "Défavorable",
            "left": "S’en remet à la commission",
        }[self.value]


class Amendment(Base):
    """A member's proposed new wording of a part: the whole part as amended, and the revision it was written on."""

    __tablename__ = "amendment"
    __table_args__ = (UniqueConstraint("report_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    part_key: Mapped[str] = mapped_column(String(40))
    number: Mapped[int]
    base: Mapped[int]
    content_json: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text, default="")
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[AmendmentState] = mapped_column(default=AmendmentState.OPEN)
    opinion: Mapped[Opinion | None]
    opinion_text: Mapped[str] = mapped_column(Text, default="")
    opinion_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decision_reason: Mapped[str] = mapped_column(Text, default="")

    author: Mapped[Person] = relationship(foreign_keys=[author_id], lazy="raise_on_sql")

    @property
    def content(self) -> Content:
        return decode(self.content_json)


class Choice(StrEnum):
    """A member's voice."""

    APPROVE = "approve"
    OBJECT = "object"
    ABSTAIN = "abstain"

    @property
    def label(self) -> str:
        return {"approve": "Approuve", "object": "S’oppose", "abstain": "S’abstient"}[self.value]


class Ballot(Base):
    """A member's voice on the report in one reading; `stands` is false once the text has changed since."""

    __tablename__ = "ballot"
    __table_args__ = (UniqueConstraint("report_id", "reading", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    reading: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    choice: Mapped[Choice]
    reason: Mapped[str] = mapped_column(Text, default="")
    text_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Moment)
    stands: Mapped[bool] = mapped_column(default=True)

    person: Mapped[Person] = relationship(lazy="raise_on_sql")


class ReadMark(Base):
    """A member has read the text in its state `text_hash`."""

    __tablename__ = "read_mark"
    __table_args__ = (UniqueConstraint("report_id", "reading", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    reading: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    text_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Moment)


class Slot(StrEnum):
    """The two signatures of a report."""

    RAPPORTEUR = "rapporteur"
    CHAIR = "chair"

    @property
    def label(self) -> str:
        return {"rapporteur": "Rapporteur", "chair": "Président de séance"}[self.value]


class Signature(Base):
    """A signature on the final PDF `final_hash`; `file_hash` names the file that bears it."""

    __tablename__ = "signature"
    __table_args__ = (
        Index(
            "uq_signature_report_id_slot_standing",
            "report_id",
            "slot",
            unique=True,
            sqlite_where=text("void = 0"),
            postgresql_where=text("NOT void"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    slot: Mapped[Slot]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    final_hash: Mapped[str] = mapped_column(String(64))
    file_hash: Mapped[str] = mapped_column(String(64))
    void: Mapped[bool] = mapped_column(default=False)

    person: Mapped[Person] = relationship(lazy="raise_on_sql")


def decode(text: str) -> Content:
    """The content stored as canonical JSON."""
    blocks: list[dict[str, Any]] = orjson.loads(text)
    return tuple(Block.from_json(block) for block in blocks)

"""The report and its life: parts, revisions, amendments, observations."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import Date, ForeignKey, Index, String, Text, UniqueConstraint, false, func, select, text
from sqlalchemy.orm import Mapped, column_property, mapped_column, relationship

from app.content.blocks import Block, Content
from app.content.canonical import content_bytes
from app.content.changes import Change
from app.db import Base, Moment, now
from app.directory.models import Person
from app.workflow import Stage
from app.workshops.models import Workshop


class Report(Base):
    """The document of one workshop, or what rectifies it: at most one stands for each report.

    `reading` counts the times the text went to the commission (0: never), the last at `reading_since`; `return_json` says
    what was asked for when it was last sent back to the rapporteur; `text_hash` covers the hashes of all current revisions;
    `final_hash` names, in the store, the PDF being signed, `signed_hash` the same with both signatures, `minutes_hash` the
    minutes of the reading that was closed, and `public_hash` the version that circulates once it is published. Of a
    rectifying report, `rectifies_id` is the published one it replaces, with what is rectified and why as typed, and once
    validated the keys of the parts that differ, parted by spaces.
    `masthead_json`: what is printed and stands in no part, in canonical JSON, under `text_hash` too; empty, and live, before
    a first reading.
    """

    __tablename__ = "report"
    __table_args__ = (
        Index(
            "uq_report_workshop_id_first",
            "workshop_id",
            unique=True,
            sqlite_where=text("rectifies_id IS NULL"),
            postgresql_where=text("rectifies_id IS NULL"),
        ),
        Index(
            "uq_report_rectifies_id_standing",
            "rectifies_id",
            unique=True,
            sqlite_where=text("stage <> 'abandoned'"),
            postgresql_where=text("stage <> 'abandoned'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    workshop_id: Mapped[int] = mapped_column(ForeignKey("workshop.id"), index=True)
    stage: Mapped[Stage] = mapped_column(index=True)
    stage_since: Mapped[datetime] = mapped_column(Moment, default=now)
    reading: Mapped[int] = mapped_column(default=0)
    reading_since: Mapped[datetime | None] = mapped_column(Moment)
    deadline: Mapped[date | None] = mapped_column(Date)
    roll_json: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    """Who may vote in the reading, and by which rules (see `app.reports.access.roll`); empty before the first."""
    late_received: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether amendments and votes are still received after the deadline: the president says so for the reading."""
    return_json: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    amendment_count: Mapped[int] = mapped_column(default=0)
    comment_count: Mapped[int] = mapped_column(default=0, server_default="0")
    text_hash: Mapped[str] = mapped_column(String(64), default="")
    final_hash: Mapped[str] = mapped_column(String(64), default="", info={"stored": "le PDF mis à la signature"})
    signed_hash: Mapped[str] = mapped_column(String(64), default="", index=True, info={"stored": "le PDF signé"})
    minutes_hash: Mapped[str] = mapped_column(
        String(64), default="", server_default=text("''"), info={"stored": "le procès-verbal de la commission"}
    )
    public_hash: Mapped[str] = mapped_column(
        String(64), default="", server_default=text("''"), index=True, info={"stored": "la version publique"}
    )
    public_masked: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    """What the public version leaves out: words of `app.reports.personal.version.MASKED`, parted by spaces."""
    rectifies_id: Mapped[int | None] = mapped_column(ForeignKey("report.id"), index=True)
    rectifies_what: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    rectifies_why: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    rectifies_parts: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    masthead_json: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
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
    RESTORE = "restore"  # an earlier one again
    IMPORT = "import"  # taken over from a Word file
    MODIFICATION = "modification"  # the president's own words in an amendment he adopted
    RECTIFICATION = "rectification"  # as it stands in the report that is rectified


class RevisionPrivate(Base):
    """The text of a revision of a personal part, with the salt of its hash (hexadecimal); gone where it was erased."""

    __tablename__ = "revision_private"

    revision_id: Mapped[int] = mapped_column(ForeignKey("revision.id"), primary_key=True, autoincrement=False)
    salt: Mapped[str] = mapped_column(String(64))
    content_json: Mapped[str] = mapped_column(Text)


class Revision(Base):
    """One immutable version of a part. `runs` tells for each word the number of the revision that brought it.

    `content_json`: its text, in the row (`plain_json`) or beside it, then under a salted `hash`; empty where erased.
    """

    __tablename__ = "revision"
    __table_args__ = (UniqueConstraint("part_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    part_id: Mapped[int] = mapped_column(ForeignKey("report_part.id"))
    number: Mapped[int]
    parent: Mapped[int] = mapped_column(default=0)
    plain_json: Mapped[str] = mapped_column("content_json", Text)
    content_json: Mapped[str] = column_property(
        func.coalesce(
            select(RevisionPrivate.content_json)
            .where(RevisionPrivate.revision_id == id)
            .correlate_except(RevisionPrivate)
            .scalar_subquery(),
            plain_json,
        )
    )
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
    def erased(self) -> bool:
        return not self.content_json

    def says(self, content: Content) -> bool:
        """Whether this is its text. Hashes do not tell: two of one text differ where they are salted."""
        return content_bytes(content).decode("utf-8") == self.content_json

    @property
    def runs(self) -> dict[str, dict[str, list[list[int]]]]:
        runs: dict[str, dict[str, list[list[int]]]] = orjson.loads(self.runs_json)
        return runs


class AmendmentState(StrEnum):
    """Where an amendment stands."""

    OPEN = "open"
    DEFERRED = "deferred"  # put off: still to be decided
    REVIEW = "review"  # the words it touches have changed since: still to be decided
    ADOPTED = "adopted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    LAPSED = "lapsed"

    @property
    def label(self) -> str:
        return {
            "open": "À décider",
            "deferred": "Réservé",
            "review": "À revoir",
            "adopted": "Adopté",
            "rejected": "Rejeté",
            "withdrawn": "Retiré",
            "lapsed": "Caduc",
        }[self.value]


UNDECIDED = (AmendmentState.OPEN, AmendmentState.DEFERRED, AmendmentState.REVIEW)


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
    """One change of a part that a member proposes, written on its revision `base`.

    `change_json` is the canonical form of an `app.content.changes.Change`. Those filed at one sitting share `deposit`, the
    number of the first of them. `formal`: the author holds that only the form is touched. `comment`: the number of the
    observation it grew out of.
    """

    __tablename__ = "amendment"
    __table_args__ = (UniqueConstraint("report_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    part_key: Mapped[str] = mapped_column(String(40))
    number: Mapped[int]
    deposit: Mapped[int] = mapped_column(server_default="0")
    base: Mapped[int]
    change_json: Mapped[str] = mapped_column(Text, server_default=text("''"))
    formal: Mapped[bool] = mapped_column(default=False, server_default=false())
    comment: Mapped[int | None]
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
    def change(self) -> Change:
        return Change.from_json(orjson.loads(self.change_json))

    @property
    def undecided(self) -> bool:
        return self.state in UNDECIDED


class Comment(Base):
    """An observation on a part, or on a passage of one: `quote` in the block `block_id` of its revision `revision`.

    The first of a thread has its own number as `thread`; answers bear that of the first, and only the first is resolved.
    """

    __tablename__ = "comment"
    __table_args__ = (UniqueConstraint("report_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    number: Mapped[int]
    thread: Mapped[int]
    part_key: Mapped[str] = mapped_column(String(40))
    revision: Mapped[int]
    block_id: Mapped[str] = mapped_column(String(40), default="")
    quote: Mapped[str] = mapped_column(Text, default="")
    text: Mapped[str] = mapped_column(Text)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    author_role: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(Moment)
    mention_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    resolved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    resolved_at: Mapped[datetime | None] = mapped_column(Moment)

    author: Mapped[Person] = relationship(foreign_keys=[author_id], lazy="raise_on_sql")
    mention: Mapped[Person | None] = relationship(foreign_keys=[mention_id], lazy="raise_on_sql")
    resolved_by: Mapped[Person | None] = relationship(foreign_keys=[resolved_by_id], lazy="raise_on_sql")


def decode(text: str) -> Content:
    """The content stored as canonical JSON; none where it was erased."""
    blocks: list[dict[str, Any]] = orjson.loads(text) if text else []
    return tuple(Block.from_json(block) for block in blocks)

"""The commission's voices on a report: who has read it, how each member votes, who votes for another."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Moment
from app.directory.models import Person


class Choice(StrEnum):
    """A member's voice."""

    APPROVE = "approve"
    OBJECT = "object"
    ABSTAIN = "abstain"

    @property
    def label(self) -> str:
        return {"approve": "Approuve", "object": "S’oppose", "abstain": "S’abstient"}[self.value]


class Ballot(Base):
    """A member's voice on the report in one reading; `stands` is false once the text has changed since.

    `cast_by_id` names the holder of the member's proxy, where it was he who voted.
    """

    __tablename__ = "ballot"
    __table_args__ = (UniqueConstraint("report_id", "reading", "person_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    reading: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    cast_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    choice: Mapped[Choice]
    reason: Mapped[str] = mapped_column(Text, default="")
    text_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Moment)
    stands: Mapped[bool] = mapped_column(default=True)

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="raise_on_sql")


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


class Proxy(Base):
    """A member's proxy for the votes on one report; it stands until `ended_at`."""

    __tablename__ = "proxy"
    __table_args__ = (
        Index(
            "uq_proxy_report_id_giver_id_standing",
            "report_id",
            "giver_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    giver_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    holder_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    giver: Mapped[Person] = relationship(foreign_keys=[giver_id], lazy="raise_on_sql")
    holder: Mapped[Person] = relationship(foreign_keys=[holder_id], lazy="raise_on_sql")


class Votes(StrEnum):
    """What becomes of the votes given, when a text is sent back."""

    FALL = "fall"
    UNTOUCHED = "untouched"
    STAND = "stand"

    @property
    def label(self) -> str:
        return {
            "fall": "tombent : la commission votera de nouveau",
            "untouched": "restent acquis si le texte revient inchangé ; sinon chacun confirme, au vu des seules parties "
            "modifiées",
            "stand": "restent acquis, sauf si une recommandation, un chiffre, une date ou un nom change ; sinon chacun "
            "confirme",
        }[self.value]

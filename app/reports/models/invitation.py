"""Invitations to sign by a code for one use."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Moment
from app.directory.models import Person
from app.reports.models.signature import Slot


class Ended(StrEnum):
    """How an invitation came to its end by somebody's act; it also ends by its deadline, wrong codes, or its report."""

    SIGNED = "signed"
    REFUSED = "refused"
    REVOKED = "revoked"
    REPLACED = "replaced"  # by a newer one for the same slot

    @property
    def label(self) -> str:
        return {
            "signed": "a servi à signer",
            "refused": "a servi à refuser de signer",
            "revoked": "révoquée",
            "replaced": "remplacée par une autre",
        }[self.value]


class Invitation(Base):
    """A link and a code by which the person of a slot signs one report; of both only hashes are kept.

    The link is `by_id`'s to hand over, the code `code_by_id`'s, who is somebody else; until that one has drawn it there is
    none. (Both were `by_id`'s once: such a code serves no more.) `deadline` is the last day it serves, `tries` how many
    wrong codes were typed: no event of the log, as with passwords.
    """

    __tablename__ = "invitation"
    __table_args__ = (UniqueConstraint("report_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    number: Mapped[int]
    slot: Mapped[Slot]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    code_hash: Mapped[str] = mapped_column(String(64), default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    code_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    code_at: Mapped[datetime | None] = mapped_column(Moment)
    deadline: Mapped[date] = mapped_column(Date)
    tries: Mapped[int] = mapped_column(default=0)
    ended: Mapped[Ended | None]
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="raise_on_sql")
    by: Mapped[Person] = relationship(foreign_keys=[by_id], lazy="raise_on_sql")
    code_by: Mapped[Person | None] = relationship(foreign_keys=[code_by_id], lazy="raise_on_sql")

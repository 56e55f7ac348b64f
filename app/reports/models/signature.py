"""The signatures of a report: the two slots, the ways of signing, and the rows."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Moment
from app.directory.models import Person


class Slot(StrEnum):
    """The two signatures of a report."""

    RAPPORTEUR = "rapporteur"
    CHAIR = "chair"

    @property
    def label(self) -> str:
        return {"rapporteur": "Rapporteur", "chair": "Président de séance"}[self.value]


class Way(StrEnum):
    """How a signature was given. Nobody can be made to sign electronically: the three are worth the same here."""

    ELECTRONIC = "electronic"  # with one's account, the password given again
    CODE = "code"  # by a code for one use, of whoever has no account
    PAPER = "paper"  # by hand; somebody else attested that the scan conforms

    @property
    def label(self) -> str:
        return {
            "electronic": "Signature électronique",
            "code": "Signature par code à usage unique",
            "paper": "Signature sur papier",
        }[self.value]


class Signature(Base):
    """A signature on the final PDF `final_hash`; `file_hash` names the file that bears it.

    `details_json` is the canonical JSON of what its way of signing adds (empty: nothing), of which the log keeps the hash;
    `attester_id` who attested a signature given on paper.
    """

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
    final_hash: Mapped[str] = mapped_column(String(64), info={"stored": "le PDF mis à la signature"})
    file_hash: Mapped[str] = mapped_column(String(64), info={"stored": "le PDF qui porte une signature"})
    void: Mapped[bool] = mapped_column(default=False)
    way: Mapped[Way] = mapped_column(default=Way.ELECTRONIC, server_default="electronic")
    details_json: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))
    attester_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="raise_on_sql")
    attester: Mapped[Person | None] = relationship(foreign_keys=[attester_id], lazy="raise_on_sql")

    @property
    def details(self) -> dict[str, Any]:
        details: dict[str, Any] = orjson.loads(self.details_json) if self.details_json else {}
        return details

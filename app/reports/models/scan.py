"""Scans of papers signed by hand, and substitutes for signatories."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Moment
from app.directory.models import Person
from app.reports.models.signature import Slot


class ScanState(StrEnum):
    """Where a scan stands."""

    FILED = "filed"  # waits for somebody to attest it
    ATTESTED = "attested"
    REFUSED = "refused"
    OUTDATED = "outdated"  # the text went back to the commission before it was attested

    @property
    def label(self) -> str:
        return {
            "filed": "À attester",
            "attested": "Attestée conforme",
            "refused": "Refusée",
            "outdated": "Périmée",
        }[self.value]


class Scan(Base):
    """The scan `file_hash` of a paper that was signed by hand.

    `number` counts the scans of its report; `final_hash` names the file whose text the paper bears; `slots` are those signed
    on it and `placed` the pages put in their place by hand, each parted by spaces; `kept_at` is where the original is kept.
    """

    __tablename__ = "scan"
    __table_args__ = (UniqueConstraint("report_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    number: Mapped[int]
    final_hash: Mapped[str] = mapped_column(String(64), info={"stored": "le PDF mis à la signature"})
    file_hash: Mapped[str] = mapped_column(String(64), info={"stored": "le papier signé numérisé n° {number}"})
    pages: Mapped[int]
    slots: Mapped[str] = mapped_column(String(40))
    placed: Mapped[str] = mapped_column(String(240), default="", server_default=text("''"))
    kept_at: Mapped[str] = mapped_column(Text)
    filed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[ScanState] = mapped_column(default=ScanState.FILED)
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    settled_at: Mapped[datetime | None] = mapped_column(Moment)
    reason: Mapped[str] = mapped_column(Text, default="", server_default=text("''"))

    filed_by: Mapped[Person] = relationship(foreign_keys=[filed_by_id], lazy="raise_on_sql")
    settled_by: Mapped[Person | None] = relationship(foreign_keys=[settled_by_id], lazy="raise_on_sql")

    @property
    def signed_slots(self) -> list[Slot]:
        return [Slot(each) for each in self.slots.split()]

    @property
    def placed_pages(self) -> list[int]:
        return [int(each) for each in self.placed.split()]

    @property
    def waits(self) -> bool:
        return self.state is ScanState.FILED


class Substitution(Base):
    """Who signs in the stead of a named signatory ("P.O."), by the document that allows it.

    It holds for one validation of the text: it is `ended` by another, by being taken back, or when a signature is refused.
    """

    __tablename__ = "substitution"
    __table_args__ = (
        UniqueConstraint("report_id", "number"),
        Index(
            "uq_substitution_report_id_slot_standing",
            "report_id",
            "slot",
            unique=True,
            sqlite_where=text("ended = 0"),
            postgresql_where=text("NOT ended"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    number: Mapped[int]
    slot: Mapped[Slot]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    named_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    document_hash: Mapped[str] = mapped_column(
        String(64), info={"stored": "le document n° {number} qui permet de signer à la place d’une autre personne"}
    )
    document_kind: Mapped[str] = mapped_column(String(8))
    reference: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(Moment)
    ended: Mapped[bool] = mapped_column(default=False)

    person: Mapped[Person] = relationship(foreign_keys=[person_id], lazy="raise_on_sql")
    named: Mapped[Person] = relationship(foreign_keys=[named_id], lazy="raise_on_sql")

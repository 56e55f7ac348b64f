"""Files beside a report, and those still on their way."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Base, Moment, now
from app.directory.models import Person


class AttachmentKind(StrEnum):
    """What a file is to the report."""

    AUDIO = "audio"
    VIDEO = "video"
    SLIDES = "slides"
    MISSION_REPORT = "mission_report"  # the supervisor's
    OTHER = "other"

    @property
    def label(self) -> str:
        return {
            "audio": "Enregistrement sonore",
            "video": "Enregistrement vidéo",
            "slides": "Diapositives",
            "mission_report": "Rapport de mission",
            "other": "Autre document",
        }[self.value]


class Attachment(Base):
    """A file beside a report: no part of its text, never changed, and no longer shown once withdrawn.

    `size` in bytes; `file_hash` names it in the store; `media_type` is what its content was found to be.
    """

    __tablename__ = "attachment"
    __table_args__ = (UniqueConstraint("report_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    number: Mapped[int]
    kind: Mapped[AttachmentKind]
    name: Mapped[str] = mapped_column(String(200))
    media_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger)
    file_hash: Mapped[str] = mapped_column(
        String(64), info={"stored": "la pièce jointe n° {number}", "let_go": "withdrawn_at"}
    )
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    author_role: Mapped[str] = mapped_column(String(16))
    at: Mapped[datetime] = mapped_column(Moment)
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)

    author: Mapped[Person] = relationship(foreign_keys=[author_id], lazy="raise_on_sql")
    withdrawn_by: Mapped[Person | None] = relationship(foreign_keys=[withdrawn_by_id], lazy="raise_on_sql")


class Upload(Base):
    """A file on its way in pieces, of `size` bytes. `mark` tells it from others so named."""

    __tablename__ = "upload"
    __table_args__ = (UniqueConstraint("report_id", "person_id", "kind", "name", "size", "mark"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("report.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[AttachmentKind]
    name: Mapped[str] = mapped_column(String(200))
    size: Mapped[int] = mapped_column(BigInteger)
    mark: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(Moment, default=now)


class UploadPiece(Base):
    """A piece of a file on its way that is in the store: `length` bytes from byte `start` on, and their SHA-256."""

    __tablename__ = "upload_piece"

    upload_id: Mapped[int] = mapped_column(ForeignKey("upload.id"), primary_key=True, autoincrement=False)
    start: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    length: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))

"""Attaching a file to a report, and withdrawing it; at every stage, as the text is not touched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app import workflow
from app.db import db, now
from app.directory.models import Person
from app.documents.recognition import Unknown, by_content
from app.documents.store import Store
from app.reports import steps
from app.reports.access import situation
from app.reports.attachments import kinds
from app.reports.attachments.kinds import KindRefused
from app.reports.models.attachment import Attachment, AttachmentKind
from app.reports.models.report import Report

MOST = 200
"""Files beside one report, withdrawn ones too."""
SUPERVISORS_OWN = "Un superviseur joint son rapport de mission\u00a0; le reste vient du facilitateur ou du rapporteur."
NOT_YOURS = "Seules la personne qui a joint ce fichier et la coordination peuvent le retirer."
GONE = "Ce fichier a déjà été retiré."
FULL = f"Ce rapport a déjà {MOST} pièces jointes\u00a0: il n’en prend pas davantage."


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that was looked at and is in the store."""

    kind: AttachmentKind
    name: str
    media_type: str
    size: int
    file_hash: str


def receive(file: Path, name: str, kind: AttachmentKind, largest: int, store: Store) -> StoredFile:
    """Look at a file on this machine and put it into the store. Raises `kinds.Refused` and `store.Unreachable`."""
    size = file.stat().st_size
    kinds.require_size(kind, size, largest)
    try:
        found = by_content(file)
    except Unknown as error:
        raise KindRefused(f"{error} {kinds.wrong_type(kind)}") from error
    if found.media_type not in kinds.RULES[kind].types:
        raise KindRefused(kinds.wrong_type(kind))
    return StoredFile(kind, kinds.kept_name(name, found), found.media_type, size, store.put_file(file))


def may_attach(report: Report, person: Person) -> tuple[AttachmentKind, ...]:
    """The kinds of files that this person may attach; a supervisor, who changes nothing, the mission report."""
    roles = situation.roles(report, person)
    if roles & (set(workflow.KEEPERS) - {workflow.SUPERVISOR}):
        return tuple(AttachmentKind)
    return (AttachmentKind.MISSION_REPORT,) if workflow.SUPERVISOR in roles else ()


def require_kind(report: Report, person: Person, kind: AttachmentKind) -> None:
    """Raises `steps.NotAllowed`."""
    if kind not in may_attach(report, person):
        raise steps.NotAllowed(SUPERVISORS_OWN)


def attach(report: Report, person: Person, stored: StoredFile) -> Attachment:
    """Raises `steps.NotReady` where there are too many already, and what `steps.take` raises."""
    require_kind(report, person, stored.kind)
    count = db.session.scalar(select(func.count(Attachment.id)).where(Attachment.report_id == report.id)) or 0
    row = Attachment(
        report_id=report.id,
        number=count + 1,
        kind=stored.kind,
        name=stored.name,
        media_type=stored.media_type,
        size=stored.size,
        file_hash=stored.file_hash,
        author_id=person.id,
        author_role=workflow.role_for(workflow.BY_KEY["attach"], situation.hands(report, person)) or "",
        at=now(),
    )

    def effect() -> dict[str, Any]:
        if count >= MOST:
            raise steps.NotReady(FULL)
        db.session.add(row)
        return {
            "attachment": row.number,
            "kind": row.kind.value,
            "name": row.name,
            "media_type": row.media_type,
            "size": row.size,
            "file": row.file_hash,
        }

    steps.take("attach", report, person, effect)
    return row


def may_withdraw(report: Report, row: Attachment, person: Person) -> bool:
    return row.author_id == person.id or _as(report, person) == workflow.COORDINATION


def _as(report: Report, person: Person) -> str | None:
    """The role in which the log will have it withdrawn."""
    return workflow.role_for(workflow.BY_KEY["withdraw_attachment"], situation.hands(report, person))


def withdraw(report: Report, number: int, person: Person) -> Attachment:
    """The file is shown no more; what it was stays in the log. Raises LookupError, and what `steps.take` raises."""
    row = of_number(report, number)

    def effect() -> dict[str, Any]:
        if not may_withdraw(report, row, person):
            raise steps.NotAllowed(NOT_YOURS)
        if row.withdrawn_at is not None:
            raise steps.WrongStage(GONE)
        row.withdrawn_by_id, row.withdrawn_at = person.id, now()
        return {"attachment": row.number, "name": row.name}

    steps.take("withdraw_attachment", report, person, effect)
    return row


def of_number(report: Report, number: int) -> Attachment:
    """Raises LookupError."""
    row = db.session.scalar(select(Attachment).where(Attachment.report_id == report.id, Attachment.number == number))
    if row is None:
        raise LookupError(number)
    return row


def attachments_of(report: Report) -> Sequence[Attachment]:
    """All of them, the latest first, with who brought them: one query."""
    return db.session.scalars(
        select(Attachment)
        .where(Attachment.report_id == report.id)
        .options(joinedload(Attachment.author), joinedload(Attachment.withdrawn_by))
        .order_by(Attachment.number.desc())
    ).all()

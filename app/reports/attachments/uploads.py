"""Files on their way in pieces over poor links: begun, gone on with after a break or another day, forgotten after two days.

The truth is `Upload.received`, written in the transaction of each piece once the piece is on the disk: what lies beyond it
is written over by the piece that is sent again.
"""

from __future__ import annotations

import os
import zlib
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, select

from app.db import db, now
from app.documents.recognition import HEAD, Unknown, by_head
from app.people.models import Person
from app.reports import steps
from app.reports.attachments import attaching, kinds
from app.reports.attachments.kinds import Refused
from app.reports.attachments.models import Kind, Upload
from app.reports.models import Report

LARGEST_PIECE = 4 * 1024 * 1024
KEPT_FOR = timedelta(hours=48)
MOST = 5
"""Files that one person may have on the way to one report; one more, and the oldest is forgotten."""


class Elsewhere(Exception):
    """The piece does not begin where the file ends, or came spoilt; `received` is where to go on."""

    def __init__(self, received: int) -> None:
        super().__init__(received)
        self.received = received


def begin(
    report: Report, person: Person, kind: Kind, name: str, size: int, mark: str, largest: int, folder: Path
) -> Upload:
    """The file's upload: the one under way where the same file was begun, else a new one.

    `mark` tells the file from others of its name and size. Raises `kinds.Refused`, and what `steps.admit` raises.
    """
    steps.admit(["attach"], report, person)
    attaching.want_kind(report, person, kind)
    kinds.want_size(kind, size, largest)
    name = kinds.kept_name(name)
    mine = select(Upload).where(Upload.report_id == report.id, Upload.person_id == person.id)
    same = (Upload.kind == kind, Upload.name == name, Upload.size == size, Upload.mark == mark[:40])
    found = db.session.scalar(mine.where(*same))
    if found is not None:
        found.received = min(found.received, _size(path_of(found, folder)))
        return found
    for old in db.session.scalars(mine.order_by(Upload.at.desc()).offset(MOST - 1)).all():
        forget(old, folder)
    upload = Upload(report_id=report.id, person_id=person.id, kind=kind, name=name, size=size, mark=mark[:40])
    upload.received, upload.at = 0, now()
    db.session.add(upload)
    db.session.flush()
    return upload


def of(report: Report, person: Person, upload_id: int, *, lock: bool = False) -> Upload:
    """The person's own upload; `lock` holds its row until the transaction ends. Raises LookupError."""
    query = select(Upload).where(Upload.id == upload_id, Upload.report_id == report.id, Upload.person_id == person.id)
    upload = db.session.scalar(query.with_for_update() if lock else query)
    if upload is None:
        raise LookupError(upload_id)
    return upload


def path_of(upload: Upload, folder: Path) -> Path:
    return folder / f"{upload.id}.part"


def take_in(upload: Upload, offset: int, piece: bytes, checksum: str, folder: Path) -> None:
    """Write the piece that begins at `offset`; `checksum` is its CRC-32 in hexadecimal digits.

    When this returns the piece is on the disk. Raises `Elsewhere`, and `kinds.Refused` where the file's head shows that
    it is nothing to be attached as that.
    """
    spoilt = f"{zlib.crc32(piece):08x}" != checksum.lower()
    if spoilt or offset != upload.received or offset + len(piece) > upload.size:
        raise Elsewhere(upload.received)
    if offset == 0:
        _want_head(upload.kind, piece)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle = os.open(path_of(upload, folder), os.O_CREAT | os.O_WRONLY, 0o600)
    try:
        written = 0
        while written < len(piece):
            written += os.pwrite(handle, piece[written:], offset + written)
        os.fsync(handle)
    finally:
        os.close(handle)
    upload.received, upload.at = offset + len(piece), now()


def _want_head(kind: Kind, head: bytes) -> None:
    """So that nobody sends 500 MB in vain."""
    try:
        kinds.want_type(kind, by_head(head[:HEAD]))
    except Unknown as error:
        raise Refused(f"{error} {kinds.wrong_type(kind)}") from error


def complete(upload: Upload, folder: Path) -> bool:
    return upload.received == upload.size == _size(path_of(upload, folder))


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def forget(upload: Upload, folder: Path) -> None:
    """It is attached, or is not taken."""
    db.session.execute(delete(Upload).where(Upload.id == upload.id))
    path_of(upload, folder).unlink(missing_ok=True)


def forget_old(at: datetime, folder: Path) -> int:
    """Uploads that nobody went on with for two days, and pieces of none; answers with how many files went."""
    db.session.execute(delete(Upload).where(Upload.at < at - KEPT_FOR))
    kept = {path.name for path in (path_of(each, folder) for each in db.session.scalars(select(Upload)))}
    gone = [path for path in folder.glob("*.part") if path.name not in kept]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)

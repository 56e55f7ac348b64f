"""Files on their way in pieces over poor links: begun, gone on with after a break or another day, forgotten after two days.

The truth is in the rows `UploadPiece`, each written once its piece is in the store that all servers share: what no row
covers is a hole, and asked for. A piece that is lost or spoilt afterwards is found when the file is put together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, select

from app.db import db, now
from app.directory.models import Person
from app.documents.pieces import Pieces, sweep
from app.documents.recognition import HEAD, Unknown, by_head
from app.documents.store import NAME, Store
from app.reports import steps
from app.reports.attachments import acts as attaching
from app.reports.attachments import kinds
from app.reports.attachments.kinds import KindRefused
from app.reports.models.attachment import AttachmentKind, Upload, UploadPiece
from app.reports.models.report import Report

LARGEST_PIECE = 4 * 1024 * 1024
KEPT_FOR = timedelta(hours=48)
MOST = 5
"""Files that one person may have on the way to one report; one more, and the oldest is forgotten."""
UNNAMED = (
    "L’empreinte manque, cette page est d’une version précédente\u00a0: rechargez-la, puis choisissez de nouveau le "
    "même fichier."
)


class Elsewhere(Exception):
    """The piece does not lie where one is missing, or came spoilt; `hole` is the first that is missing."""

    def __init__(self, hole: Hole) -> None:
        super().__init__(hole)
        self.hole = hole


@dataclass(frozen=True, slots=True)
class Hole:
    """The first stretch of a file that is not there, from byte `start` to before `end`; at the file's end once all is."""

    start: int
    end: int


class Unlike(Exception):
    """What was put together is not the sender's file. `pieces`: each with where it begins, its length, and its hash, which
    is empty where it was lost or spoilt; the sender tells by them which to send again.
    """

    def __init__(self, pieces: Sequence[tuple[int, int, str]]) -> None:
        super().__init__(len(pieces))
        self.pieces = pieces


def begin(
    report: Report, person: Person, kind: AttachmentKind, name: str, size: int, mark: str, largest: int
) -> Upload:
    """The file's upload: the one under way where the same file was begun, else a new one.

    `mark` tells the file from others of its name and size. Raises `kinds.Refused`, and what `steps.admit` raises.
    """
    steps.admit(["attach"], report, person)
    attaching.require_kind(report, person, kind)
    kinds.require_size(kind, size, largest)
    name = kinds.kept_name(name)
    mine = select(Upload).where(Upload.report_id == report.id, Upload.person_id == person.id)
    same = (Upload.kind == kind, Upload.name == name, Upload.size == size, Upload.mark == mark[:40])
    found = db.session.scalar(mine.where(*same))
    if found is not None:
        return found
    for old in db.session.scalars(mine.order_by(Upload.at.desc()).offset(MOST - 1)).all():
        forget(old)
    upload = Upload(report_id=report.id, person_id=person.id, kind=kind, name=name, size=size, mark=mark[:40], at=now())
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


def pieces_of(upload: Upload) -> Sequence[UploadPiece]:
    """What has come of it, in order; no two overlap."""
    query = select(UploadPiece).where(UploadPiece.upload_id == upload.id).order_by(UploadPiece.start)
    return db.session.scalars(query).all()


def hole(upload: Upload) -> Hole:
    """Where to go on."""
    reached = 0
    for piece in pieces_of(upload):
        if piece.start > reached:
            return Hole(reached, piece.start)
        reached = piece.start + piece.length
    return Hole(reached, upload.size)


def require_fit(upload: Upload, start: int, piece: bytes, fingerprint: str) -> UploadPiece | None:
    """The row of the piece that this one takes the place of; None where it fills a hole.

    `fingerprint` is its SHA-256 as the sender has it. Raises `Elsewhere`, and `kinds.Refused` where the sender names none,
    or the file's head shows that it is nothing to be attached as that.
    """
    if not NAME.fullmatch(fingerprint):
        raise KindRefused(UNNAMED)
    there = pieces_of(upload)
    end = start + len(piece)
    same = next((each for each in there if (each.start, each.length) == (start, len(piece))), None)
    free = bool(piece) and start >= 0 and end <= upload.size
    if same is None and any(start < each.start + each.length and each.start < end for each in there):
        free = False
    if not free or hashlib.sha256(piece).hexdigest() != fingerprint:
        raise Elsewhere(hole(upload))
    if start == 0:
        _require_head(upload.kind, piece)
    return same


def _require_head(kind: AttachmentKind, head: bytes) -> None:
    """So that nobody sends 500 MB in vain."""
    try:
        kinds.require_type(kind, by_head(head[:HEAD]))
    except Unknown as error:
        raise KindRefused(f"{error} {kinds.wrong_type(kind)}") from error


def take_in(upload: Upload, start: int, piece: bytes, fingerprint: str) -> str:
    """Note the piece, which is in the store already (`Pieces.keep`); the hash of the one whose place it takes, or nothing.

    Raises what `require_fit` raises.
    """
    same = require_fit(upload, start, piece, fingerprint)
    replaced = ""
    if same is not None:
        replaced = same.hash if same.hash != fingerprint else ""
        same.hash = fingerprint
    else:
        db.session.add(UploadPiece(upload_id=upload.id, start=start, length=len(piece), hash=fingerprint))
    upload.at = now()
    db.session.flush()
    return replaced


def stands(upload: Upload, start: int, fingerprint: str) -> bool:
    """Whether a row names this very piece."""
    return any((each.start, each.hash) == (start, fingerprint) for each in pieces_of(upload))


def complete(upload: Upload) -> bool:
    return hole(upload) == Hole(upload.size, upload.size)


def put_together(upload: Upload, fingerprint: str, store: Store, path: Path) -> None:
    """Write the whole file to `path`, a piece in memory at a time; `fingerprint` is its SHA-256 as the sender has it.

    Raises `Unlike` where it is another, and `documents.store.Unreachable`.
    """
    pieces, whole = Pieces(store, upload.id), hashlib.sha256()
    told: list[tuple[int, int, str]] = []
    with path.open("wb") as file:
        for each in pieces_of(upload):
            piece = pieces.read(each.start, each.hash)
            told.append((each.start, each.length, each.hash if piece is not None else ""))
            if piece is not None:
                file.write(piece)
                whole.update(piece)
    if whole.hexdigest() != fingerprint:
        raise Unlike(told)


def forget(upload: Upload) -> None:
    """It is attached, or is not taken; its pieces are thrown away after the transaction, or swept."""
    db.session.execute(delete(UploadPiece).where(UploadPiece.upload_id == upload.id))
    db.session.execute(delete(Upload).where(Upload.id == upload.id))


def forget_old(at: datetime, store: Store) -> int:
    """Uploads that nobody went on with for two days, and pieces of none; answers with how many pieces went."""
    for old in db.session.scalars(select(Upload).where(Upload.at < at - KEPT_FOR)).all():
        forget(old)
    return sweep(store, db.session.scalars(select(Upload.id)).all())

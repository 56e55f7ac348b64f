"""Checkpoints on their way out: letters to those who keep them, and a file elsewhere that grows by each."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable
from datetime import datetime
from html import escape
from pathlib import Path

from sqlalchemy import select

from app.audit.models import Checkpoint
from app.content.typography import french
from app.db import db
from app.mail import outbox

TAIL = 16_384
"""Bytes at the end of the file that surely hold its last note whole."""
SUBJECT = "Point de contrôle du journal : {size} événements"
TEXT = """\
Voici l’état signé du journal de « {organisation} », le {at:%d/%m/%Y} à {at:%H h %M} (temps universel).
Gardez ce courrier : quiconque l’a peut montrer, plus tard, que rien de ce qui précède n’a été réécrit.
Tous ceux qui le reçoivent doivent avoir reçu les mêmes lignes.
"""


class NotAppended(Exception):
    """The file elsewhere cannot be written or is none of ours; the message says why."""


def post(made: Checkpoint, recipients: Iterable[str], organisation: str, domain: str, at: datetime) -> None:
    """Put a letter with the checkpoint into the outbox for each of these addresses; the caller commits."""
    text = french(TEXT.format(organisation=organisation, at=made.at))
    html = "".join(f"<p>{escape(line)}</p>" for line in text.splitlines()) + f"<pre>{escape(made.note)}</pre>"
    subject = french(SUBJECT.format(size=made.size))
    for recipient in recipients:
        outbox.queue(recipient, subject, f"{text}\n{made.note}", html, domain=domain, at=at)


def append(path: Path) -> int:
    """Append to the file the checkpoints that it does not have yet, and wait until they are on the disk; how many.

    To be called after the commit: a checkpoint that was undone must have been shown to nobody. Several may do so at once.
    Raises `NotAppended`.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        with os.fdopen(descriptor, "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            missing = (
                select(Checkpoint.note).where(Checkpoint.size > _last_size(file.fileno())).order_by(Checkpoint.size)
            )
            notes = db.session.scalars(missing).all()
            if notes:
                file.write("".join(f"{each}\n" for each in notes).encode())
                file.flush()
                os.fsync(file.fileno())
    except (OSError, ValueError) as error:
        raise NotAppended(f"{path}: {error}") from error
    return len(notes)


def _last_size(descriptor: int) -> int:
    """The size that the last note of the file tells; 0 for an empty file."""
    length = os.fstat(descriptor).st_size
    if not length:
        return 0
    tail = os.pread(descriptor, TAIL, max(0, length - TAIL)).decode("utf-8", "replace").rstrip("\n")
    text, parted, _ = tail.rpartition("\n\n")
    if not parted:
        raise ValueError("not a file of checkpoints")
    return int(text.split("\n\n")[-1].split("\n")[1])

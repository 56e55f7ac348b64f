"""Checkpoints on their way out: letters to those who keep them, and a file elsewhere that grows by each."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app.audit import restorations, witness
from app.audit.models import Checkpoint
from app.audit.note import CUT, REMARK, BadNote, Checkpointed, Verifier
from app.audit.restorations import Restoration
from app.audit.witness import WRITTEN, Last
from app.content.typography import french
from app.db import db
from app.mail import outbox

SUBJECT = "Point de contrôle du journal : {size} événements"
TEXT = """\
Voici l’état signé du journal de « {organisation} », le {at:%d/%m/%Y} à {at:%H h %M} (temps universel).
Gardez ce courrier : quiconque l’a peut montrer, plus tard, que rien de ce qui précède n’a été réécrit.
Tous ceux qui le reçoivent doivent avoir reçu les mêmes lignes.
"""


WHAT_NOW = (
    "Ce qui a été fait entre ces deux moments n’est plus dans l’application. Si vous n’en avez pas entendu parler, demandez "
    "à la personne qui tient le serveur : cet acte a été fait par commande sur la machine, et reste au journal."
)


class NotAppended(Exception):
    """The file elsewhere cannot be written or is none of ours; the message says why."""


def post(made: Checkpoint, recipients: Iterable[str], organisation: str, domain: str, at: datetime) -> None:
    """Put a letter with the checkpoint into the outbox for each of these addresses; the caller commits."""
    text = french(TEXT.format(organisation=organisation, at=made.at))
    if made.reason == restorations.ACT:
        text += f"\n{restorations.declared(db.session)[-1].sentence}\n"
    html = "".join(f"<p>{escape(line)}</p>" for line in text.splitlines()) + f"<pre>{escape(made.note)}</pre>"
    subject = french(SUBJECT.format(size=made.size))
    for recipient in recipients:
        outbox.queue(recipient, subject, f"{text}\n{made.note}", html, domain=domain, at=at)


def announce(restoration: Restoration, recipients: Iterable[str], domain: str, at: datetime) -> None:
    """A letter to those who supervise, so that nobody goes on from a backup unseen; the caller commits."""
    text = french(f"{restoration.sentence}\n\n{WHAT_NOW}")
    for recipient in recipients:
        html = "".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line)
        outbox.queue(recipient, "Une restauration du journal a été déclarée", text, html, domain=domain, at=at)


def append(path: Path, known: Sequence[Verifier]) -> int:
    """Append to the file the checkpoints that it does not have yet, and wait until they are on the disk; how many.

    To be called after the commit: a checkpoint that was undone must have been shown to nobody. Several may do so at once.
    Where the log does not go on from the last checkpoint there, and no declared restoration says why, nothing is appended
    and that is kept as an alarm; the caller commits. Raises `NotAppended`.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        with os.fdopen(descriptor, "r+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            return _brought_up_to_date(file, path, known)
    except (OSError, ValueError) as error:
        raise NotAppended(f"{path}: {error}") from error


def _brought_up_to_date(file: Any, path: Path, known: Sequence[Verifier]) -> int:
    try:
        last = witness.last_in(file.fileno(), known)
        alarm = witness.judge(last, path)
    except BadNote:
        alarm = witness.spoilt()
    witness.keep(alarm)
    if alarm is not None:
        return 0
    lines, base = _left_behind(path, last, known)
    missing = select(Checkpoint).where(Checkpoint.size > base).order_by(Checkpoint.size)
    made = db.session.scalars(missing).all()
    if last.cut:
        lines = f"{CUT} : ce qui précède a été interrompu, et suit en entier\n\n{lines}"
    if last.unended:
        lines = f"\n{lines}" if last.cut else f"\n\n{lines}"
    if made:
        file.write((lines + "".join(f"{WRITTEN.format(at=each.at)}\n{each.note}\n" for each in made)).encode())
        file.flush()
        os.fsync(file.fileno())
    newest = made[-1] if made else None
    head = Checkpointed("", newest.size, bytes.fromhex(newest.root)) if newest else last.head
    witness.appended(path, head)
    return len(made)


def _left_behind(path: Path, last: Last, known: Sequence[Verifier]) -> tuple[str, int]:
    """The line that parts two histories, where a restoration was declared, and up to which size the file is the log's."""
    if last.head is None or witness.holds(last.head):
        return "", last.head.size if last.head else 0
    restoration = restorations.covering(restorations.declared(db.session), last.head)
    assert restoration is not None  # else there is an alarm
    ours = witness.parted(path, known)[0]
    return f"{REMARK}{restoration.sentence}\n\n", max((head.size for head in ours), default=0)

"""The file of checkpoints elsewhere, read back: the log must go on from the last one there before more is signed."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy import func, select

from app.audit import note, restorations, tree
from app.audit.merkle import range_root
from app.audit.models import AuditEvent, Witnessed
from app.audit.note import BadNote, Checkpointed, Verifier
from app.content.typography import french
from app.db import db, now

TAIL = 16_384
"""Bytes at the end of the file that surely hold its last note whole."""
WRITTEN = "# {at:%Y-%m-%d %H:%M:%S} UTC"
"""The line before each note: when it was signed. For people, and for the sentence of an alarm; it is not signed."""
_WRITTEN = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}) ([0-9]{2}:[0-9]{2}:[0-9]{2}) UTC")


class Wrong(StrEnum):
    """What is wrong with the log beside the file, or with the file."""

    SHORTER = "shorter"
    FORKED = "forked"
    EMPTIED = "emptied"
    SPOILT = "spoilt"

    @property
    def refuses(self) -> bool:
        """Whether nothing more may be signed: what is wrong with the file alone keeps nobody from that."""
        return self in (Wrong.SHORTER, Wrong.FORKED)


@dataclass(frozen=True, slots=True)
class Last:
    """The last checkpoint of the file, and when it was written there as the line before it says ("": it does not).

    `cut`: what follows it was cut off while it was written; `unended`: so is the last line.
    """

    head: Checkpointed | None = None
    at: str = ""
    cut: bool = False
    unended: bool = False


@dataclass(frozen=True, slots=True)
class Alarm:
    """The log does not go on from what was witnessed: `size` and `at` of that, and how many events there are here."""

    wrong: Wrong
    size: int
    root: str
    at: str
    here: int

    @property
    def sentence(self) -> str:
        return french(
            SENTENCES[self.wrong].format(
                size=restorations.figures(self.size), here=restorations.events_of(self.here), on=_on(self.at)
            )
        )


SENTENCES = {
    Wrong.SHORTER: (
        "Le journal de cette machine est plus court ({here}) que le dernier point de contrôle conservé "
        "({size}{on}) : une ancienne sauvegarde a été restaurée, ou des événements ont été retirés."
    ),
    Wrong.FORKED: (
        "Le journal de cette machine n’est plus celui du dernier point de contrôle conservé ({size} événements{on}) : une "
        "ancienne sauvegarde a été restaurée puis continuée, ou des événements ont été modifiés."
    ),
    Wrong.EMPTIED: (
        "Le fichier où sont conservés les points de contrôle a disparu ou est vide ; il en portait un de {size} "
        "événements{on}. Remettez-le à sa place."
    ),
    Wrong.SPOILT: (
        "Le fichier où sont conservés les points de contrôle est abîmé, ou n’est pas celui de ce journal : rien n’y est "
        "plus ajouté. Mettez-le de côté et rétablissez-en une copie."
    ),
}


class Restored(Exception):
    """Nothing is signed on a log that does not go on from what was witnessed; the message is a French sentence."""


def _on(at: str) -> str:
    moment = restorations.said(at)
    return f", {moment}" if moment else ""


def read(path: Path, known: Iterable[Verifier]) -> Last:
    """The last checkpoint that stands whole in the file; none where it is empty or not there.

    Raises `BadNote` where the file is none of this log's, and OSError.
    """
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            return last_in(file.fileno(), known)
    except FileNotFoundError:
        return Last()


def last_in(descriptor: int, known: Iterable[Verifier]) -> Last:
    """The same, of a file that is open."""
    length = os.fstat(descriptor).st_size
    start = max(0, length - TAIL)
    text = os.pread(descriptor, TAIL, start).decode("utf-8", "replace")
    if start:  # from the first note that stands whole
        text = text[text.find("\n\n— ") + 2 :].partition("\n\n")[2]
    keys = tuple(known)
    notes, left = _whole(text, keys)
    if not notes and length and not left:
        raise BadNote("the file holds no checkpoint")
    written, remark = notes[-1] if notes else ("", "")
    head = note.checkpoint(written, keys) if notes else None
    return Last(head, _moment(remark), bool(left), bool(text) and not text.endswith("\n"))


def _whole(text: str, keys: Sequence[Verifier]) -> tuple[list[tuple[str, str]], str]:
    """The notes that stand whole, and the beginning of one that was cut off while it was written."""
    notes, left = note.parted(text)
    if not text.endswith("\n") and notes and not left and not _sound(notes[-1][0], keys):
        left = notes.pop()[0]  # it ends within its signature
    first = left.split("\n")[0]
    if left and not any(key.name.startswith(first) if first == left else key.name == first for key in keys):
        raise BadNote("what stands at the end of the file is no checkpoint")
    return notes, left


def _moment(remark: str) -> str:
    """ISO 8601; empty where the remark says no moment."""
    match = _WRITTEN.fullmatch(remark)
    return f"{match[1]}T{match[2]}+00:00" if match else ""


def _sound(written: str, keys: Iterable[Verifier]) -> bool:
    try:
        note.checkpoint(written, keys)
    except BadNote:
        return False
    return True


def examine(path: Path, known: Iterable[Verifier]) -> Alarm | None:
    """What is wrong; None where the log goes on from the file, or a declared restoration says why it does not.

    The file is read before the log, so that one that grew meanwhile raises no alarm. Raises OSError where it cannot be
    read now: then nothing is known.
    """
    try:
        last = read(path, known)
    except BadNote:
        return spoilt()
    return judge(last, path)


def judge(last: Last, path: Path) -> Alarm | None:
    here = tree.size(db.session)
    if last.head is None:
        return _emptied(path, here)
    if holds(last.head):
        return None
    if restorations.covering(restorations.declared(db.session), last.head):
        return None
    wrong = Wrong.SHORTER if last.head.size > here else Wrong.FORKED
    return Alarm(wrong, last.head.size, last.head.root.hex(), last.at, here)


def spoilt() -> Alarm:
    return Alarm(Wrong.SPOILT, 0, "", "", tree.size(db.session))


def parted(path: Path, known: Iterable[Verifier]) -> tuple[list[Checkpointed], list[Checkpointed]]:
    """The checkpoints of the whole file that are of this log, and those that are not."""
    keys = tuple(known)
    try:
        notes = note.parted(path.read_text("utf-8", "replace"))[0]
    except FileNotFoundError:
        return [], []
    heads = [note.checkpoint(written, keys) for written, _ in notes if _sound(written, keys)]
    ours = [head for head in heads if holds(head)]
    return ours, [head for head in heads if head not in ours]


def holds(head: Checkpointed) -> bool:
    """Whether the log's first leaves have that root."""
    if head.size > tree.size(db.session):
        return False
    try:
        return range_root(0, head.size, tree.Nodes(db.session)) == head.root
    except (IndexError, ValueError):  # leaves or nodes are missing
        return False


def _emptied(path: Path, here: int) -> Alarm | None:
    """An empty file is none where nothing was ever appended to it."""
    kept = row()
    if kept.path != str(path) or not kept.size:
        return None
    left = Checkpointed("", kept.size, bytes.fromhex(kept.root))
    if restorations.covering(restorations.declared(db.session), left):
        return None
    at = kept.appended_at.isoformat(timespec="seconds") if kept.appended_at else ""
    return Alarm(Wrong.EMPTIED, kept.size, kept.root, at, here)


def alarm() -> str:
    """What was found wrong when it was last looked at, in French; empty for nothing."""
    return db.session.scalar(select(Witnessed.alarm)) or ""


def row() -> Witnessed:
    """The one there is; the migration that made the table put it in."""
    return db.session.get_one(Witnessed, 1)


def keep(alarm: Alarm | None) -> None:
    """Keep what was found, for all screens; the caller commits. Nothing is written where nothing changed."""
    kept = row()
    told = alarm.sentence if alarm else ""
    if kept.alarm == told:
        return
    kept.alarm, kept.found_at = told, now() if told else None
    db.session.flush()


def appended(path: Path, head: Checkpointed | None) -> None:
    """Keep how far the file went; the caller commits."""
    kept = row()
    if head is None or (kept.path, kept.size, kept.root) == (str(path), head.size, head.root.hex()):
        return
    kept.path, kept.size, kept.root, kept.appended_at = str(path), head.size, head.root.hex(), now()
    db.session.flush()


def last_event_at() -> datetime | None:
    return db.session.scalar(select(func.max(AuditEvent.at)))

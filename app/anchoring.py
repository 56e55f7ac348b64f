"""The log's checkpoints made as the settings say: each in a transaction of its own, between two others."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select

from app.audit import checkpoints, dispatch, events, log_key, restorations, tree, witness
from app.audit.checkpoints import Broken
from app.audit.dispatch import NotAppended
from app.audit.log_key import LogKey, NoLogKey
from app.audit.models import Checkpoint
from app.audit.restorations import Restoration
from app.audit.tree import UnfitLeaf
from app.audit.witness import Alarm, Restored, Wrong
from app.db import db, now
from app.directory.models import Grant, Person, Role

log = logging.getLogger(__name__)

CANNOT = (Broken, NoLogKey, Restored, UnfitLeaf)
"""Why there is no checkpoint; each says so in a French sentence."""
NOTHING = "Rien n’est à déclarer : le journal continue le dernier point de contrôle conservé."


class CannotDeclare(Exception):
    """Why no restoration is declared; the message is a French sentence."""


def anchor(config: Mapping[str, Any], reason: str) -> Checkpoint | None:
    """Make a checkpoint of what the log holds beyond the last one; None where it is up to date.

    First the file elsewhere is read back: a log that does not go on from the last checkpoint there is not signed.
    Letters leave with it, and the file elsewhere is brought up to date: if that fails now, the next one does it. Nothing
    may be under way in the session. Raises one of `CANNOT`, and what the database raises; then nothing has been made.
    """
    key = log_key.load(Path(config["KEYS_FOLDER"]))
    try:
        _require_going_on(config, key)
        made = checkpoints.advance(key, reason, now())
        if made is not None and config["MAIL_URL"]:
            dispatch.post(made, recipients(config), config["ORGANISATION"], _domain(config), made.at)
        db.session.commit()
    except BaseException as error:
        db.session.rollback()
        if isinstance(error, Restored):
            look(config)
        raise
    export(config)
    return made


def _require_going_on(config: Mapping[str, Any], key: LogKey) -> None:
    try:
        alarm = witness.examine(Path(config["CHECKPOINT_FILE"]), key.known) if config["CHECKPOINT_FILE"] else None
    except OSError:
        log.exception("the file of checkpoints was not read")
        return
    if alarm is not None and alarm.wrong.refuses:
        raise Restored(alarm.sentence)


def look(config: Mapping[str, Any]) -> Alarm | None:
    """Read the file elsewhere back, and keep what is wrong for all screens. None where nothing is, or it cannot be read now.

    Nothing may be under way in the session.
    """
    if not config["CHECKPOINT_FILE"]:
        return None
    try:
        alarm = witness.examine(Path(config["CHECKPOINT_FILE"]), log_key.verifiers(Path(config["KEYS_FOLDER"])))
        witness.keep(alarm)
        db.session.commit()
    except (OSError, NoLogKey):
        log.exception("the file of checkpoints was not read")
        alarm = None
    finally:
        db.session.rollback()
    return alarm


def declare(config: Mapping[str, Any], person: Person, reason: str) -> Restoration:
    """Declare that the log goes on from a backup: an event that says from when to when, and a checkpoint of it.

    Raises `CannotDeclare`, and what `anchor` raises once it is declared.
    """
    path = Path(config["CHECKPOINT_FILE"] or "")
    key = log_key.load(Path(config["KEYS_FOLDER"]))
    try:
        alarm = witness.examine(path, key.known) if config["CHECKPOINT_FILE"] else None
    except OSError as error:
        raise CannotDeclare(f"Le fichier des points de contrôle ne se laisse pas lire : {error}.") from error
    if alarm is None:
        raise CannotDeclare(NOTHING)
    if alarm.wrong is Wrong.SPOILT:
        raise CannotDeclare(alarm.sentence)
    events.record(restorations.STREAM, restorations.ACT, None, _declaration(path, key, alarm, person, reason))
    witness.keep(None)
    made = restorations.declared(db.session)[-1]
    if config["MAIL_URL"]:
        dispatch.announce(made, _supervising(), _domain(config), now())
    db.session.commit()
    anchor(config, restorations.ACT)
    return made


def _declaration(path: Path, key: LogKey, alarm: Alarm, person: Person, reason: str) -> dict[str, Any]:
    ours, abandoned = witness.parted(path, key.known)
    common = max((head.size for head in ours), default=0)
    shared = db.session.get(Checkpoint, common)
    last = witness.last_event_at()
    places = {
        "left": (alarm.size, alarm.root, alarm.at),
        "common": (common, shared.root if shared else "", shared.at.isoformat(timespec="seconds") if shared else ""),
        "gone_on": (
            tree.size(db.session),
            tree.resume(db.session).root().hex(),
            last.isoformat(timespec="seconds") if last else "",
        ),
    }
    before = {head for each in restorations.declared(db.session) for head in each.abandoned}
    left = {(alarm.size, alarm.root), *((head.size, head.root.hex()) for head in abandoned)} - before
    return restorations.facts(places, left, reason, person.id)


def _supervising() -> Sequence[str]:
    """The addresses of coordination and supervisors."""
    roles = (Role.COORDINATION, Role.SUPERVISOR)
    query = select(Person.email).join(Grant, Grant.person_id == Person.id).where(Person.active, Grant.role.in_(roles))
    return [email for email in db.session.scalars(query.distinct().order_by(Person.email)) if email and "@" in email]


def export(config: Mapping[str, Any]) -> None:
    """Bring the file elsewhere up to date, where the settings name one."""
    if not config["CHECKPOINT_FILE"]:
        return
    try:
        dispatch.append(Path(config["CHECKPOINT_FILE"]), log_key.verifiers(Path(config["KEYS_FOLDER"])))
        db.session.commit()
    except NotAppended:
        log.exception("the file of checkpoints was not written")
    finally:
        db.session.rollback()


def recipients(config: Mapping[str, Any]) -> list[str]:
    """The addresses that checkpoints are sent to."""
    asked = config["CHECKPOINT_MAILTO"] or ()
    addresses = asked.replace(";", ",").split(",") if isinstance(asked, str) else asked
    return [address.strip() for address in addresses if address.strip()]


def name(config: Mapping[str, Any]) -> str:
    """What the log is called in its checkpoints when its key is made: for ever after, the key says it."""
    return str(config["LOG_NAME"] or urlsplit(config["BASE_URL"]).hostname or "localhost")


def _domain(config: Mapping[str, Any]) -> str:
    return parseaddr(str(config["MAIL_FROM"] or ""))[1].rpartition("@")[2] or "localhost"

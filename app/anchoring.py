"""The log's checkpoints made as the settings say: each in a transaction of its own, between two others."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from app.audit import checkpoints, dispatch, log_key
from app.audit.checkpoints import Broken
from app.audit.dispatch import NotAppended
from app.audit.log_key import NoLogKey
from app.audit.models import Checkpoint
from app.audit.tree import Unfit
from app.db import db, now

log = logging.getLogger(__name__)

CANNOT = (Broken, NoLogKey, Unfit)
"""Why there is no checkpoint; each says so in a French sentence."""


def anchor(config: Mapping[str, Any], reason: str) -> Checkpoint | None:
    """Make a checkpoint of what the log holds beyond the last one; None where it is up to date.

    Letters leave with it, and the file elsewhere is brought up to date: if that fails now, the next one does it. Nothing
    may be under way in the session. Raises one of `CANNOT`, and what the database raises; then nothing has been made.
    """
    key = log_key.load(Path(config["KEYS_FOLDER"]))
    try:
        made = checkpoints.advance(key, reason, now())
        if made is not None and config["MAIL_URL"]:
            dispatch.post(made, recipients(config), config["ORGANISATION"], _domain(config), made.at)
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    export(config)
    return made


def export(config: Mapping[str, Any]) -> None:
    """Bring the file elsewhere up to date, where the settings name one."""
    if not config["CHECKPOINT_FILE"]:
        return
    try:
        dispatch.append(Path(config["CHECKPOINT_FILE"]))
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

"""Codes of an application (TOTP, RFC 6238), and the recovery codes for who has lost the device."""

from __future__ import annotations

import secrets
from datetime import datetime

from passlib.exc import TokenError
from passlib.totp import TOTP
from sqlalchemy import delete, select

from app.db import db
from app.directory.models import Person
from app.people.factors.models import RecoveryCode, Totp
from app.people.factors.vault import Vault

DRIFT = 30  # seconds by which the device's clock may be wrong
RECOVERY_CODES = 8
HALF = 5
# Without letters and figures that are taken for one another.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def new_secret() -> str:
    """A fresh secret, in base32."""
    secret: str = TOTP.new().base32_key
    return secret


def address(secret: str, person: Person, site: str) -> str:
    """What the QR code says to the application: the secret, whose it is, and for which site."""
    said: str = TOTP(key=secret, format="base32").to_uri(
        label=person.email or person.name, issuer=site.replace(":", " ")
    )
    return said


def step_of(secret: str, code: str, at: datetime, last_step: int | None = None) -> int | None:
    """The time step that the code is for; None where it is wrong, or of no later step than `last_step`."""
    try:
        match = TOTP(key=secret, format="base32").match(code, time=at, window=DRIFT, last_counter=last_step)
    except (TokenError, ValueError):
        return None
    return int(match.counter)


def takes(person: Person, code: str, vault: Vault, at: datetime) -> bool:
    """Whether the person's application shows this code now; it is spent by it. The caller holds the person's row."""
    row = db.session.get(Totp, person.id, populate_existing=True)
    secret = vault.open(row.sealed) if row else None
    if row is None or secret is None:
        return False
    step = step_of(secret, code, at, row.last_step)
    if step is None:
        return False
    row.last_step = step
    return True


def renewed(person: Person, vault: Vault) -> list[str]:
    """Fresh recovery codes in the place of those there were, to be shown once."""
    forget(person.id)
    made = ["".join(secrets.choice(ALPHABET) for _ in range(2 * HALF)) for _ in range(RECOVERY_CODES)]
    db.session.add_all(RecoveryCode(person_id=person.id, hash=vault.hash(person.id, each)) for each in made)
    db.session.flush()
    return [f"{each[:HALF]}-{each[HALF:]}" for each in made]


def recovers(person: Person, code: str, vault: Vault) -> bool:
    """Whether this is one of the person's recovery codes; it is spent by it. The caller holds the person's row."""
    plain = "".join(sign for sign in code.lower() if sign.isalnum())
    mine = (RecoveryCode.person_id == person.id, RecoveryCode.hash == vault.hash(person.id, plain))
    row = db.session.scalar(select(RecoveryCode).where(*mine))
    if row is None:
        return False
    db.session.delete(row)
    db.session.flush()
    return True


def forget(person_id: int) -> None:
    """The person's recovery codes are worth nothing from now on."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person_id))

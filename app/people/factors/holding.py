"""Which second factors a person has; enrolling, asking for one, and removing them. Each change leaves one event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, or_, select

from app.db import db
from app.directory.models import Person
from app.people import keeping, persons, tidings
from app.people.factors import codes, passkeys
from app.people.factors.models import Passkey, RecoveryCode, Totp
from app.people.factors.passkeys import PasskeySite
from app.people.factors.vault import Vault
from app.people.invalid import Invalid, one_line
from app.people.keeping import Key

TOTP, PASSKEY, RECOVERY = "totp", "passkey", "recovery"
FORM_LIVES = 60 * 60  # seconds in which the QR code must be confirmed
MOST_PASSKEYS = 10
LONGEST_NAME = 60

STALE = "Ce carré est périmé : rechargez la page, et photographiez le nouveau."
WRONG_CODE = "Ce code ne correspond pas : vérifiez l’heure de votre appareil, et saisissez le code affiché maintenant."
ALREADY = "Une application de codes est déjà inscrite : la coordination peut la retirer."
NO_NAME = "Donnez un nom à cette clé, par exemple « Téléphone »."
TOO_MANY = f"Vous avez déjà {MOST_PASSKEYS} clés : la coordination peut les retirer."
NOT_MADE = "La clé d’accès n’a pas pu être inscrite : recommencez."
NOTHING = "Inscrivez d’abord une application de codes ou une clé d’accès."


@dataclass(frozen=True, slots=True)
class Held:
    """What a person has enrolled; `recovery` counts the recovery codes that are left."""

    totp: Totp | None
    passkeys: Sequence[Passkey]
    recovery: int

    @property
    def any(self) -> bool:
        return self.totp is not None or bool(self.passkeys)


def of(person: Person) -> Held:
    """The person's second factors, in two queries."""
    left = select(func.count(RecoveryCode.id)).where(RecoveryCode.person_id == person.id).scalar_subquery()
    mine = select(Totp, left).select_from(Person).outerjoin(Totp, Totp.person_id == Person.id)
    totp, recovery = db.session.execute(mine.where(Person.id == person.id)).one()
    return Held(totp, passkeys.of(person), recovery)


def has_any(person: Person) -> bool:
    """Whether the person has any second factor, in one query."""
    owned = (select(model).where(model.person_id == person.id).exists() for model in (Totp, Passkey))
    return bool(db.session.scalar(select(or_(*owned))))


def enrol_codes(person: Person, sealed: str, code: str, vault: Vault, at: datetime) -> list[str]:
    """Enrol the application that was given the `sealed` secret, and shows `code`. Raises `Invalid`.

    Answers with the recovery codes, where new ones are due.
    """
    held = _held(person)
    secret = vault.open(sealed, FORM_LIVES)
    if held.totp is not None:
        raise Invalid({"": ALREADY})
    if secret is None:
        raise Invalid({"code": STALE})
    step = codes.step_of(secret, "".join(code.split()), at)
    if step is None:
        raise Invalid({"code": WRONG_CODE})
    db.session.add(Totp(person_id=person.id, sealed=vault.seal(secret), last_step=step))
    return _enrolled(person, TOTP, held, vault)


def enrol_passkey(person: Person, answer: str, name: str, site: PasskeySite, vault: Vault, at: datetime) -> list[str]:
    """Enrol the passkey that the browser made; answers as `enrol_codes`. Raises `Invalid`."""
    held = _held(person)
    name = one_line(name)[:LONGEST_NAME]
    if not name:
        raise Invalid({"name": NO_NAME})
    if len(held.passkeys) >= MOST_PASSKEYS:
        raise Invalid({"": TOO_MANY})
    if passkeys.made(person, answer, name, site, vault, at) is None:
        raise Invalid({"name": NOT_MADE})
    return _enrolled(person, PASSKEY, held, vault, name)


def renew_recovery(person: Person, vault: Vault) -> list[str]:
    """Fresh recovery codes; the earlier ones are worth nothing. Raises `Invalid` without a factor to stand in for."""
    if not _held(person).any:
        raise Invalid({"": NOTHING})
    fresh = codes.renewed(person, vault)
    _told(person, {"factor": RECOVERY})
    return fresh


def ask_at_sign_in(person: Person, wanted: bool) -> None:
    """Have a second factor asked for at each sign-in, or no more. Raises `Invalid` without one to be asked for."""
    if wanted and not _held(person).any:
        raise Invalid({"": NOTHING})
    if person.asks_factor != wanted:
        person.asks_factor = wanted
        keeping.record("factor_asked", person, person, {"at_sign_in": wanted})


def remove_all(person: Person, actor: Person | None) -> None:
    """Take away what the person has lost: coordination's to do, at their word; nobody does it for themselves.

    Sessions and links end. Raises `Invalid` where there is nothing, `Forbidden` for whom the actor does not keep.
    """
    keeping.check(actor, person, keeping.OWN_FACTORS)
    if not _held(person).any:
        raise Invalid({"": "Cette personne n’a pas de second facteur."})
    facts = keeping.turn(Key.FACTORS, person, actor)
    forget(person.id)
    persons.end_sessions(person)
    event = keeping.record("factor_remove", person, actor, {"factor": "all", **facts})
    tidings.tell(person, "factor_remove", actor, event)


def forget(person_id: int) -> None:
    """Delete all the person's factors and codes; the event is the caller's."""
    for model in (Totp, Passkey, RecoveryCode):
        db.session.execute(delete(model).where(model.person_id == person_id))


def given(person: Person, code: str, answer: str, site: PasskeySite | None, vault: Vault, at: datetime) -> str:
    """Which second factor the person has just given: `code` as typed, or a passkey's `answer`; empty for none that is right.

    What serves once is spent: the person's row is held, so that the same code sent twice counts once.
    """
    persons.locked(person.id)
    if answer:
        return PASSKEY if site is not None and passkeys.shows(person, answer, site, vault, at) else ""
    typed = "".join(code.split())
    if typed.isdecimal() and len(typed) == 6:
        return TOTP if codes.takes(person, typed, vault, at) else ""
    return RECOVERY if typed and codes.recovers(person, typed, vault) else ""


def _held(person: Person) -> Held:
    persons.locked(person.id)
    return of(person)


def _enrolled(person: Person, factor: str, before: Held, vault: Vault, name: str = "") -> list[str]:
    db.session.flush()
    fresh = [] if before.recovery else codes.renewed(person, vault)
    _told(person, {"factor": factor, "codes": len(fresh)}, {"name": name} if name else None)
    return fresh


def _told(person: Person, facts: dict[str, Any], private: dict[str, Any] | None = None) -> None:
    """The event and the letter of something enrolled; sessions and links end, the caller's too."""
    persons.end_sessions(person)
    event = keeping.record("factor_add", person, person, facts, private)
    tidings.tell(person, "factor_add", person, event, factor=facts["factor"])

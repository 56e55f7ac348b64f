"""Passkeys (WebAuthn): the questions put to a browser, and its answers checked. Each question is answered once."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

import orjson
import webauthn
from sqlalchemy import select
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, options_to_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from app.audit.once import Once
from app.content.canonical import digest
from app.db import db
from app.directory.models import Person
from app.people.factors.models import Passkey
from app.people.factors.vault import Vault

LONGEST_ANSWER = 20_000
ENROL, SIGN = "enrol", "sign"
_UNFIT = (WebAuthnException, ValueError, KeyError, TypeError, AttributeError)


@dataclass(frozen=True, slots=True)
class PasskeySite:
    """To whom a passkey answers: the host's name, the origin of its pages, and what people call it."""

    host: str
    origin: str
    name: str

    @classmethod
    def at(cls, base_url: str, name: str) -> PasskeySite | None:
        """The site at this address; None where it has no name but a number, which browsers refuse passkeys."""
        parts = urlsplit(base_url)
        host = parts.hostname or ""
        try:
            ipaddress.ip_address(host)
        except ValueError:
            return cls(host, f"{parts.scheme}://{parts.netloc}", name) if host else None
        return None


def enrolling(person: Person, site: PasskeySite, vault: Vault, at: datetime) -> str:
    """What the browser is asked to make a passkey, as JSON."""
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=site.name,
        user_name=person.email or person.name,
        user_id=vault.hash(person.id, "passkey").encode("ascii"),
        user_display_name=person.name,
        challenge=vault.challenge(ENROL, person.id, at),
        exclude_credentials=_known(of(person)),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED, user_verification=UserVerificationRequirement.PREFERRED
        ),
    )
    return options_to_json(options)


def asking(person: Person, site: PasskeySite, keys: Sequence[Passkey], vault: Vault, at: datetime) -> str:
    """What the browser is asked to show one of these passkeys, as JSON."""
    options = webauthn.generate_authentication_options(
        rp_id=site.host, challenge=vault.challenge(SIGN, person.id, at), allow_credentials=_known(keys)
    )
    return options_to_json(options)


def made(person: Person, answer: str, name: str, site: PasskeySite, vault: Vault, at: datetime) -> Passkey | None:
    """The passkey that the browser made; None where its answer is none to a question of ours."""
    challenge = _challenge(person, answer, ENROL, vault, at)
    if challenge is None:
        return None
    try:
        verified = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
        )
    except _UNFIT:
        return None
    credential = bytes_to_base64url(verified.credential_id)
    if db.session.scalar(select(Passkey.id).where(Passkey.credential == credential)) is not None:
        return None
    row = Passkey(
        person_id=person.id,
        credential=credential,
        public_key=bytes_to_base64url(verified.credential_public_key),
        sign_count=verified.sign_count,
        name=name,
    )
    db.session.add(row)
    db.session.flush()
    return row


def shows(person: Person, answer: str, site: PasskeySite, vault: Vault, at: datetime) -> bool:
    """Whether one of the person's passkeys gave this answer, to a question of ours that had none yet."""
    challenge = _challenge(person, answer, SIGN, vault, at)
    row = _row(person, answer) if challenge is not None else None
    if row is None or challenge is None:
        return False
    try:
        verified = webauthn.verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=base64url_to_bytes(row.public_key),
            credential_current_sign_count=row.sign_count,
        )
    except _UNFIT:
        return False
    row.sign_count, row.used_at = verified.new_sign_count, at
    return True


def of(person: Person) -> Sequence[Passkey]:
    """The person's passkeys, the oldest first."""
    return db.session.scalars(select(Passkey).where(Passkey.person_id == person.id).order_by(Passkey.id)).all()


def _known(keys: Sequence[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(each.credential)) for each in keys]


def _row(person: Person, answer: str) -> Passkey | None:
    mine = (Passkey.person_id == person.id, Passkey.credential == str(orjson.loads(answer)["id"]))
    return db.session.scalar(select(Passkey).where(*mine).with_for_update())


def _challenge(person: Person, answer: str, purpose: str, vault: Vault, at: datetime) -> bytes | None:
    """The challenge that this answers, where it was ours, for this, lately, and never answered before."""
    try:
        told = orjson.loads(answer) if len(answer) <= LONGEST_ANSWER else {}
        said = orjson.loads(base64url_to_bytes(told["response"]["clientDataJSON"]))
        found = base64url_to_bytes(said["challenge"])
        told["id"]
    except _UNFIT:
        return None
    if not vault.is_challenge(found, purpose, person.id, at):
        return None
    key = digest(found)
    if db.session.get(Once, key) is not None:
        return None
    db.session.add(Once(key=key, person_id=person.id))
    return found

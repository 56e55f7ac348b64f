"""The code of an invitation: drawn by somebody else than who handed over its link, and never by who signs the report."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import or_, select

from app.content.canonical import digest
from app.db import db, now
from app.directory.models import Grant, Person, Role
from app.reports import steps
from app.reports.access import situation
from app.reports.models.invitation import Invitation
from app.reports.models.report import Report
from app.reports.models.signature import Signature, Way
from app.reports.signing.invitation import inviting

DIGITS = 8
ONE_HAND = "Vous avez remis le lien de cette invitation : le code se demande à une autre personne."
TO_DRAW = (Role.PRESIDENT, Role.RAPPORTEUR)


@dataclass(frozen=True, slots=True)
class InvitationHands:
    """By whose hands a signature by code came about, by name; `code` is empty where one hand gave both, as was once so."""

    link: str
    code: str = ""

    @property
    def sentence(self) -> str:
        return (
            f"lien remis par {self.link}, code remis par {self.code}"
            if self.code
            else f"lien et code remis par {self.link}"
        )


def code_hash(token_hash: str, code: str, key: bytes) -> str:
    """How a code is kept: a hash under the server's `key`, without which eight digits are not to be tried out."""
    return hmac.new(key, f"{token_hash}:{code}".encode(), hashlib.sha256).hexdigest()


def hand_code(report: Report, number: int, person: Person, key: bytes, today: date) -> tuple[Invitation, str]:
    """Draw the code of an invitation, to be told to who is invited; one drawn before serves no more.

    Raises LookupError for an unknown invitation, `steps.NotReady` for one that serves no more, `steps.NotAllowed` for who
    handed over its link, and what `steps.take` raises.
    """
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    found: list[Invitation] = []

    def effect() -> dict[str, Any]:
        invitation = inviting.numbered(report, number)
        if person.id in (invitation.by_id, invitation.person_id):
            raise steps.NotAllowed(ONE_HAND)
        if not inviting.serves(invitation, report, today):
            raise steps.NotReady(inviting.NOT_OPEN)
        invitation.code_hash = code_hash(invitation.token_hash, code, key)
        invitation.code_by_id, invitation.code_at = person.id, now()
        found.append(invitation)
        return {
            "invitation": number,
            "slot": invitation.slot.value,
            "signatory": invitation.person_id,
            "code": digest(invitation.code_hash.encode("ascii")),
        }

    steps.take("hand_code", report, person, effect)
    return found[0], code


def right(invitation: Invitation, code: str, key: bytes) -> bool:
    """Whether this is the invitation's code; spaces do not count. The caller holds the invitation's row."""
    typed = code_hash(invitation.token_hash, "".join(code.split()), key)
    return invitation.code_by_id is not None and hmac.compare_digest(typed, invitation.code_hash)


def who_may(report: Report) -> Sequence[Person]:
    """Who may draw a code for this report, by surname: its presidents and rapporteurs but for those who sign it."""
    lineage = [int(step) for step in report.workshop.territory.path.strip("/").split("/")]
    found = db.session.scalars(
        select(Person)
        .where(
            Person.active.is_(True),
            Person.email.is_not(None),
            Person.id.not_in(inviting.signatories(report).values()),
            select(Grant.id)
            .where(
                Grant.person_id == Person.id,
                Grant.role.in_(TO_DRAW),
                or_(Grant.territory_id.is_(None), Grant.territory_id.in_(lineage)),
            )
            .exists(),
        )
        .order_by(Person.surname, Person.first_name, Person.id)
    )
    return [person for person in found if situation.not_fit(report, person) is None]


def of_signature(signature: Signature) -> InvitationHands | None:
    """By whose hands this signature came about; None for one that was not given by code."""
    if signature.way is not Way.CODE:
        return None
    names = [_name(signature.details.get(each)) for each in ("handed_by", "code_by")]
    return InvitationHands(*names)


def of_invitation(invitation: Invitation) -> InvitationHands:
    return InvitationHands(_name(invitation.by_id), _name(invitation.code_by_id))


def _name(person_id: int | None) -> str:
    person = db.session.get(Person, person_id) if person_id else None
    return person.name if person else ""

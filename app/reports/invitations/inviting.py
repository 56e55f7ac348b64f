"""Invitations made and revoked by coordination, found again by their token, and whether they still serve."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.content.canonical import digest
from app.db import db, now
from app.people.grants import SIGNING
from app.people.models import Person
from app.reports import standing, steps
from app.reports.invitations.models import Ended, Invitation
from app.reports.models import Report
from app.reports.signatures import Slot
from app.workflow import Stage

LIVES = timedelta(days=14)
MOST_TRIES = 5
DIGITS = 8

NO_SLOT = "Choisissez la signature à donner par code."
SIGNED = "Cette signature est déjà donnée."
CLOSED = "Cette personne est désactivée : réactivez-la d’abord."
WITHOUT_ROLE = "Cette personne n’a plus de rôle qui signe dans cette collectivité : redonnez-le-lui d’abord."
NOT_OPEN = "Cette invitation ne vaut déjà plus : rechargez la page."


@dataclass(frozen=True, slots=True)
class Given:
    """An invitation just made, with the two secrets that are told once: the link's token, and the code in digits."""

    invitation: Invitation
    token: str
    code: str


def code_hash(token: str, code: str, key: bytes) -> str:
    """How a code is kept: a hash under the server's `key` and the token, which is kept nowhere.

    Eight digits are soon tried out by whoever has the database, but not without these two.
    """
    return hmac.new(key, f"{token}:{code}".encode(), hashlib.sha256).hexdigest()


def token_hash(token: str) -> str:
    """How a token is kept."""
    return digest(token.encode("utf-8"))


def invite(report: Report, slot: str, person: Person, key: bytes, today: date) -> Given:
    """Invite the person of a slot to sign by code, from `today` on; an earlier invitation for it ends.

    Raises `steps.NotReady` where there is nothing to sign, and what `steps.take` raises.
    """
    token, code = secrets.token_urlsafe(32), f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    made = Invitation(token_hash=token_hash(token), code_hash=code_hash(token, code, key), tries=0)

    def effect() -> dict[str, Any]:
        signatory = _signatory(report, slot)
        earlier = next((each for each in of_report(report) if each.slot == slot and each.ended is None), None)
        if earlier is not None:
            end(earlier, Ended.REPLACED)
        made.report_id, made.number, made.slot = report.id, _next_number(report), Slot(slot)
        made.person_id, made.by_id = signatory.id, person.id
        made.at, made.deadline = now(), today + LIVES
        db.session.add(made)
        return {
            "invitation": made.number,
            "slot": slot,
            "signatory": signatory.id,
            "deadline": made.deadline.isoformat(),
            "token": made.token_hash,
            "code": digest(made.code_hash.encode("ascii")),
            "replaced": earlier.number if earlier else None,
        }

    steps.take("invite", report, person, effect)
    return Given(made, token, code)


def _signatory(report: Report, slot: str) -> Person:
    if slot not in set(Slot):
        raise steps.NotReady(NO_SLOT)
    if slot in standing.signed_by(report):
        raise steps.NotReady(SIGNED)
    found = db.session.get_one(Person, signatories(report)[slot])
    if not found.active:
        raise steps.NotReady(CLOSED)
    if not standing.roles(report, found) & SIGNING:
        raise steps.NotReady(WITHOUT_ROLE)
    return found


def signatories(report: Report) -> Mapping[str, int]:
    """Who signs for each slot: slot to person."""
    return {slot.value: person_id for slot, person_id in standing.signatories(report).items() if person_id is not None}


def _next_number(report: Report) -> int:
    return (db.session.scalar(select(func.max(Invitation.number)).where(Invitation.report_id == report.id)) or 0) + 1


def revoke(report: Report, number: int, person: Person) -> None:
    """Make an invitation worthless. Raises LookupError for an unknown one, `steps.NotReady` where it ended before."""
    query = select(Invitation).where(Invitation.report_id == report.id, Invitation.number == number).with_for_update()

    def effect() -> dict[str, Any]:
        invitation = db.session.scalar(query.execution_options(populate_existing=True))
        if invitation is None:
            raise LookupError(number)
        if invitation.ended is not None:
            raise steps.NotReady(NOT_OPEN)
        end(invitation, Ended.REVOKED)
        return {"invitation": number, "slot": invitation.slot.value, "signatory": invitation.person_id}

    steps.take("revoke_invitation", report, person, effect)


def end(invitation: Invitation, how: Ended) -> None:
    """The invitation serves no longer; the event that says so is the caller's."""
    invitation.ended, invitation.ended_at = how, now()


def of_report(report: Report) -> Sequence[Invitation]:
    """All invitations for this report, the newest first, with both persons."""
    return db.session.scalars(
        select(Invitation)
        .where(Invitation.report_id == report.id)
        .options(*(joinedload(each).lazyload(Person.grants) for each in (Invitation.person, Invitation.by)))
        .order_by(Invitation.number.desc())
    ).all()


def found_by(token: str) -> Invitation | None:
    """The invitation of this token, whatever became of it, with both persons."""
    query = select(Invitation).where(Invitation.token_hash == token_hash(token))
    return db.session.scalar(query.options(joinedload(Invitation.person), joinedload(Invitation.by)))


def held(invitation: Invitation) -> Invitation:
    """The same read afresh, its row held until the transaction ends: codes are judged one after the other."""
    db.session.refresh(invitation, ["tries", "ended", "ended_at"], with_for_update=True)
    return invitation


def serves(invitation: Invitation, report: Report, today: date) -> bool:
    """Whether it still lets its person sign: nothing ended it, and what it was made for still waits for that signature."""
    return (
        invitation.ended is None
        and invitation.tries < MOST_TRIES
        and today <= invitation.deadline
        and report.stage is Stage.VALIDATED
        and invitation.at >= report.stage_since
        and invitation.person.active
        and invitation.slot in standing.slots_of(report, invitation.person)
        and invitation.slot not in standing.signed_by(report)
    )

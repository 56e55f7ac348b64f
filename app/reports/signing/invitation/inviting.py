"""Invitations made and revoked by coordination, which hands over the link; and whether they still serve."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from app.content.canonical import digest
from app.db import db, now
from app.directory.models import Person
from app.people.grants import SIGNING
from app.reports import steps
from app.reports.access import situation
from app.reports.models.invitation import Ended, Invitation
from app.reports.models.report import Report
from app.reports.models.signature import Slot
from app.workflow import Stage

LIVES = timedelta(days=14)
MOST_TRIES = 5

NO_SLOT = "Choisissez la signature à donner par code."
SIGNED = "Cette signature est déjà donnée."
CLOSED = "Cette personne est désactivée : réactivez-la d’abord."
WITHOUT_ROLE = "Cette personne n’a plus de rôle qui signe dans cette collectivité : redonnez-le-lui d’abord."
NOT_OPEN = "Cette invitation ne vaut déjà plus : rechargez la page."
HAS_ACCOUNT = "{} a un compte et signe avec lui, ou sur papier : personne ne tire de lien à son nom."


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """An invitation just made, with the token of its link, which is told once."""

    invitation: Invitation
    token: str


def token_hash(token: str) -> str:
    """How a token is kept."""
    return digest(token.encode("utf-8"))


def invite(report: Report, slot: str, person: Person, today: date) -> NewInvitation:
    """Invite the person of a slot to sign by code, from `today` on; an earlier invitation for it ends.

    Its code is another person's to draw: see `handing.hand_code`. Raises `steps.NotReady` where there is nothing to sign,
    and what `steps.take` raises.
    """
    token = secrets.token_urlsafe(32)
    made = Invitation(token_hash=token_hash(token), tries=0)

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
            "replaced": earlier.number if earlier else None,
        }

    steps.take("invite", report, person, effect)
    return NewInvitation(made, token)


def _signatory(report: Report, slot: str) -> Person:
    if slot not in set(Slot):
        raise steps.NotReady(NO_SLOT)
    if slot in situation.signed_by(report):
        raise steps.NotReady(SIGNED)
    found = db.session.get_one(Person, signatories(report)[slot])
    if not found.active:
        raise steps.NotReady(CLOSED)
    if found.signs_in:
        raise steps.NotReady(HAS_ACCOUNT.format(found.name))
    if not situation.roles(report, found) & SIGNING:
        raise steps.NotReady(WITHOUT_ROLE)
    if why := situation.not_fit(report, found):
        raise steps.NotReady(why)
    return found


def signatories(report: Report) -> Mapping[str, int]:
    """Who signs for each slot: slot to person."""
    return {slot.value: person_id for slot, person_id in situation.signatories(report).items() if person_id is not None}


def _next_number(report: Report) -> int:
    return (db.session.scalar(select(func.max(Invitation.number)).where(Invitation.report_id == report.id)) or 0) + 1


def numbered(report: Report, number: int) -> Invitation:
    """The invitation of that number, its row held until the transaction ends. Raises LookupError for an unknown one."""
    query = select(Invitation).where(Invitation.report_id == report.id, Invitation.number == number)
    query = query.with_for_update(of=Invitation).options(joinedload(Invitation.person))
    invitation = db.session.scalar(query.execution_options(populate_existing=True))
    if invitation is None:
        raise LookupError(number)
    return invitation


def revoke(report: Report, number: int, person: Person) -> None:
    """Make an invitation worthless. Raises LookupError for an unknown one, `steps.NotReady` where it ended before."""

    def effect() -> dict[str, Any]:
        invitation = numbered(report, number)
        if invitation.ended is not None:
            raise steps.NotReady(NOT_OPEN)
        end(invitation, Ended.REVOKED)
        return {"invitation": number, "slot": invitation.slot.value, "signatory": invitation.person_id}

    steps.take("revoke_invitation", report, person, effect)


def end(invitation: Invitation, how: Ended) -> None:
    """The invitation serves no longer; the event that says so is the caller's."""
    invitation.ended, invitation.ended_at = how, now()


_PERSONS = (Invitation.person, Invitation.by, Invitation.code_by)


def of_report(report: Report) -> Sequence[Invitation]:
    """All invitations for this report, the newest first, with their persons."""
    return db.session.scalars(
        select(Invitation)
        .where(Invitation.report_id == report.id)
        .options(*(joinedload(each).lazyload(Person.grants) for each in _PERSONS))
        .order_by(Invitation.number.desc())
    ).all()


def found_by(token: str) -> Invitation | None:
    """The invitation of this token, whatever became of it, with its persons."""
    query = select(Invitation).where(Invitation.token_hash == token_hash(token))
    return db.session.scalar(query.options(*(joinedload(each) for each in _PERSONS)))


def held(invitation: Invitation) -> Invitation:
    """The same read afresh, its row held until the transaction ends: codes are judged one after the other."""
    fields = ["tries", "ended", "ended_at", "code_hash", "code_by_id"]
    db.session.refresh(invitation, fields, with_for_update=True)
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
        and not invitation.person.signs_in
        and invitation.slot in situation.slots_of(report, invitation.person)
        and invitation.slot not in situation.signed_by(report)
    )

"""Lawful erasure: what the log knows of persons beside its events, and a person's own row. Commands alone may call this."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, or_, select

from app.audit import events, private
from app.audit.models import AuditEvent
from app.content.typography import legible
from app.db import db
from app.directory.models import Person
from app.mail.models import Letter
from app.people import persons
from app.people.factors import holding
from app.reports.models.ballot import Ballot
from app.reports.models.report import Amendment, Revision
from app.reports.models.scan import Scan, Substitution
from app.reports.models.signature import Signature

LONGEST_REASON = 500


class CannotErase(Exception):
    """Why nothing is erased; the message is a French sentence."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What was done: how many events were emptied, whether the person's name stays, and how many letters went."""

    events: int
    name_stays: bool = True
    letters: int = 0


def erase_events(named: Sequence[str], reason: str) -> Erased:
    """Empty these events, each named by its id or as "people:12". Raises `CannotErase`; the caller commits."""
    reason = require_reason(reason)
    found = list({event.id: event for event in (_event(each) for each in named)}.values())
    _declare(found, {"reason": reason})
    private.remove(found)
    return Erased(len(found))


def erase_person(person: Person, reason: str) -> Erased:
    """Empty the person's row and all events about it, close the account, drop its letters. Raises `CannotErase`.

    The name stays where the person had a hand in an official text (`wrote`): the law wants its authors identified.
    """
    reason = require_reason(reason)
    person = persons.locked(person.id) or person
    found, stays = private.about(person.id), wrote(person.id)
    _declare(found, {"person": person.id, "name_stays": stays, "reason": reason})
    private.remove(found)
    person.email, person.phone, person.password, person.active = f"efface-{person.id}", "", None, False
    person.civility = person.title = person.body = ""
    if not stays:
        person.first_name, person.surname = "Personne", f"effacée n° {person.id}"
    holding.forget(person.id)
    persons.end_sessions(person)
    letters = db.session.execute(delete(Letter).where(Letter.person_id == person.id))
    db.session.flush()
    return Erased(len(found), stays, letters.rowcount)  # type: ignore[attr-defined]  # a DELETE's result has it


def wrote(person_id: int) -> bool:
    """Whether this person wrote or adopted words of a report, proposed or decided some, voted on one or signed one."""
    hands = [
        select(Revision.id).where(or_(Revision.author_id == person_id, Revision.adopted_by_id == person_id)),
        select(Amendment.id).where(
            or_(
                Amendment.author_id == person_id,
                Amendment.opinion_by_id == person_id,
                Amendment.decided_by_id == person_id,
            )
        ),
        select(Ballot.report_id).where(or_(Ballot.person_id == person_id, Ballot.cast_by_id == person_id)),
        select(Signature.id).where(or_(Signature.person_id == person_id, Signature.attester_id == person_id)),
        select(Scan.id).where(or_(Scan.filed_by_id == person_id, Scan.settled_by_id == person_id)),
        select(Substitution.id).where(or_(Substitution.person_id == person_id, Substitution.named_id == person_id)),
    ]
    return any(db.session.scalar(each.limit(1)) is not None for each in hands)


def _declare(found: Sequence[AuditEvent], facts: dict[str, object]) -> None:
    events.record("people", "erase", None, {"events": private.places(found), **facts})


def require_reason(typed: str) -> str:
    """Why something is erased, as it is kept. Raises `CannotErase` where nothing is said, or too much."""
    reason = " ".join(legible(typed).split())
    if not reason:
        raise CannotErase(
            "Dites pourquoi (--reason) : le motif reste au journal. N’y mettez pas ce qui doit disparaître."
        )
    if len(reason) > LONGEST_REASON:
        raise CannotErase(f"Le motif compte {len(reason)} caractères, pour {LONGEST_REASON} au plus.")
    return reason


def _event(named: str) -> AuditEvent:
    stream, parted, number = named.rpartition(":")
    event = None
    if number.isascii() and number.isdecimal() and len(number) < 10:
        here = (
            [AuditEvent.stream == stream, AuditEvent.seq == int(number)] if parted else [AuditEvent.id == int(number)]
        )
        event = db.session.scalar(select(AuditEvent).where(*here))
    if event is None:
        raise CannotErase(f"Il n’y a pas d’événement « {named} ».")
    if not private.beside(event):
        raise CannotErase(
            f"L’événement « {named} » n’a pas de données à part : il n’en a jamais eu, ou elles sont déjà effacées."
        )
    return event

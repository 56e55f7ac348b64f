"""Validating: the commission votes, its president closes the reading or sends the text back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.audit.models import AuditEvent
from app.db import db, now
from app.people.models import Person
from app.reports import standing, steps
from app.reports.models import Ballot, Choice, Report


def vote(report: Report, person: Person, choice: Choice, reason: str = "") -> Ballot:
    """Vote on the text as it stands, or change one's vote; the same vote again changes nothing.

    An objection takes a reason (`steps.NotReady` without one).
    """
    reason = reason.strip()
    if choice is Choice.OBJECT and not reason:
        raise steps.NotReady("Indiquez le motif de votre opposition : il guide la suite des travaux.")
    ballot = ballot_of(report, person)
    if ballot and (ballot.choice, ballot.reason, ballot.text_hash, ballot.stands) == (
        choice,
        reason,
        report.text_hash,
        True,
    ):
        return ballot
    voice = ballot or Ballot(report_id=report.id, reading=report.reading, person_id=person.id)

    def effect() -> dict[str, Any]:
        voice.choice, voice.reason, voice.text_hash = choice, reason, report.text_hash
        voice.at, voice.stands = now(), True
        db.session.add(voice)
        return {"reading": report.reading, "choice": choice.value, "text_hash": report.text_hash}

    steps.take("vote", report, person, effect, reason=reason)
    return voice


def ballot_of(report: Report, person: Person) -> Ballot | None:
    """The person's ballot in the reading under way."""
    return db.session.scalar(
        select(Ballot).where(
            Ballot.report_id == report.id, Ballot.reading == report.reading, Ballot.person_id == person.id
        )
    )


def return_to_rapporteur(report: Report, person: Person, reason: str) -> AuditEvent:
    """Send the text back to the rapporteur; open amendments stay open for the next reading."""
    return steps.take("return_to_rapporteur", report, person, reason=reason)


def validate(report: Report, person: Person) -> AuditEvent:
    """Close the reading and freeze the text."""

    def effect() -> dict[str, Any]:
        facts = standing.facts(report)
        return {
            "text_hash": report.text_hash,
            "approvals": facts.approvals,
            "objections": facts.objections,
            "abstentions": facts.abstentions,
            "members": facts.members,
            "quorum": facts.quorum,
        }

    return steps.take("validate", report, person, effect)

"""Somebody who signs without an account, invited by two hands: Coumba hands over the link, Adama the code."""

from __future__ import annotations

from datetime import date

from app.db import db
from app.directory.models import Person
from app.reports.models.invitation import Invitation
from app.reports.models.report import Report
from app.reports.signing.invitation import handing, inviting
from tests.cast import Cast

KEY = b"the server's"


def without_password(person: Person) -> Person:
    """An account that nobody has opened: its person signs by code."""
    person.password = None
    db.session.flush()
    return person


def invitation_of(report: Report, cast: Cast, slot: str = "chair") -> Invitation:
    """An invitation with its code; the slot's person has no account, or one not opened."""
    given = inviting.invite(report, slot, cast.coumba, date.today())
    invitation, _ = handing.hand_code(report, given.invitation.number, cast.adama, KEY, date.today())
    return invitation

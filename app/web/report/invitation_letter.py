"""Letters to who is to sign by code: one brings the link, one says that a code was drawn; none ever has the code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import current_app, render_template, url_for

from app.db import now
from app.directory.models import Person
from app.mail import outbox
from app.reports.models.report import Report
from app.reports.signing.invitation.inviting import NewInvitation
from app.web.guards import me

BRINGS_LINK = ("mail/invitation.txt", "mail/invitation.html")
TELLS_OF_CODE = ("mail/invitation_code.txt", "mail/invitation_code.html")


def link(given: NewInvitation) -> str:
    base: str = current_app.config["BASE_URL"]
    return base.rstrip("/") + url_for("invitations.page", token=given.token)


def send(given: NewInvitation, person: Person, report: Report, may_hand: Sequence[Person]) -> bool:
    """The link, by whom it was drawn, and whom to call who did not expect it. Answers whether there was a way to send it."""
    subject = f"{report.workshop.territory.name} : rapport à lire et à signer"
    values = {"link": link(given), "deadline": given.invitation.deadline, "may_hand": may_hand}
    return _queue(BRINGS_LINK, subject, person, report, values)


def tell_of_code(person: Person, report: Report) -> bool:
    """That a code was drawn in this person's name, and by whom. Answers whether there was a way to say it."""
    subject = f"{report.workshop.territory.name} : un code de signature a été tiré pour vous"
    return _queue(TELLS_OF_CODE, subject, person, report, {})


def _queue(pages: tuple[str, str], subject: str, person: Person, report: Report, values: dict[str, Any]) -> bool:
    if not (person.email and current_app.config["MAIL_URL"]):
        return False
    values = {**values, "subject": subject, "person": person, "report": report, "by": me()}
    text, html = (render_template(page, **values) for page in pages)
    domain = str(current_app.config["MAIL_FROM"]).rpartition("@")[2].rstrip("> ")
    outbox.queue(person.email, subject, text, html, domain=domain, at=now(), person_id=person.id)
    return True

"""The letter that brings an invitation's link to who is to sign."""

from __future__ import annotations

from flask import current_app, render_template, url_for

from app.db import now
from app.mail import outbox
from app.people.models import Person
from app.reports.invitations.inviting import Given
from app.reports.models import Report
from app.web.guards import me


def link(given: Given) -> str:
    base: str = current_app.config["BASE_URL"]
    return base.rstrip("/") + url_for("invitations.page", token=given.token)


def send(given: Given, person: Person, report: Report) -> None:
    """The link alone: the code goes another way."""
    values = {
        "person": person,
        "report": report,
        "link": link(given),
        "deadline": given.invitation.deadline,
        "by": me(),
    }
    subject = f"{report.workshop.territory.name} : rapport à lire et à signer"
    letter = ("mail/invitation.txt", "mail/invitation.html")
    text, html = (render_template(name, subject=subject, **values) for name in letter)
    domain = str(current_app.config["MAIL_FROM"]).rpartition("@")[2].rstrip("> ")
    outbox.queue(person.email or "", subject, text, html, domain=domain, at=now(), person_id=person.id)

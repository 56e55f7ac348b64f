"""A forgotten password: a link by mail to the address of the account, for whoever asks; nobody learns who has an account."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from flask import Blueprint, current_app, render_template, request, url_for
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import select
from werkzeug.wrappers import Response

from app.audit import access as noted
from app.audit import events
from app.db import db, now
from app.directory.models import Person
from app.mail import outbox
from app.people import attempts, keeping, persons
from app.web import access_log, afterwards
from app.web.guards import public
from app.web.login import LINK_LIVES

blueprint = Blueprint("forgotten", __name__)

MAILED_LIVES = timedelta(hours=2)
# Shorter than a link lives: whoever asks in somebody's place, however often, leaves the owner with one that serves.
BETWEEN = timedelta(minutes=30)


@blueprint.route("/mot-de-passe-oublie", methods=["GET", "POST"])
@public
def ask() -> Any:
    mailed = bool(current_app.config["MAIL_URL"])
    asked = request.method == "POST" and mailed
    page = render_template(
        "security/forgotten.html",
        mailed=mailed,
        asked=asked,
        days=LINK_LIVES.days,
        hours=MAILED_LIVES // timedelta(hours=1),
        minutes=BETWEEN // timedelta(minutes=1),
    )
    return _sent_afterwards(page, request.form.get("email", "")) if asked else page


def holder(token: str) -> Person | None:
    """The person to whom this link was mailed, as long as it serves: a new password and the end of all sessions end it."""
    try:
        key = _serializer().loads(token, max_age=int(MAILED_LIVES.total_seconds()))
    except BadData:
        return None
    return db.session.scalar(select(Person).where(Person.fs_uniquifier == key))


def _sent_afterwards(page: str, email: str) -> Response:
    """The letter is written once the answer has left, so that the time it takes says nothing of who has an account."""
    response = Response(page, mimetype="text/html")
    address = access_log.address()
    app = current_app._get_current_object()  # type: ignore[attr-defined]  # the proxy's own way to its object
    work = partial(_send, email, address)
    response.call_on_close(lambda: afterwards.put(app, "letters", "a letter with a link for a password", work))
    return response


def _send(email: str, address: str) -> None:
    """To who has an account by that address and was not written to just now. No session ends: a stranger may have asked."""
    person = persons.by_email(email)
    if person is None or not person.active or keeping.turned_by_other(person):
        return
    try:
        attempts.admit("reset", str(person.id), 1, BETWEEN)
    except attempts.TooManyVisits:
        return
    attempts.count("reset", str(person.id), BETWEEN)
    with current_app.test_request_context():
        _write(person)
    events.record(noted.STREAM, "reset_mailed", None, {"person": person.id, "address": address})


def _write(person: Person) -> None:
    subject = "Votre lien pour choisir un mot de passe"
    base: str = current_app.config["BASE_URL"]
    token = _serializer().dumps(person.fs_uniquifier)
    values = {
        "subject": subject,
        "person": person,
        "link": base.rstrip("/") + url_for("security.reset_password", token=token),
        "hours": MAILED_LIVES // timedelta(hours=1),
    }
    text, html = (render_template(name, **values) for name in ("mail/forgotten.txt", "mail/forgotten.html"))
    domain = str(current_app.config["MAIL_FROM"]).rpartition("@")[2].rstrip("> ")
    outbox.queue(person.email or "", subject, text, html, domain=domain, at=now(), person_id=person.id)


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="seben-mailed-link")

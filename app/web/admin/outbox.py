"""The coordination's desk, next door: the mail that waits, that left, and that nobody takes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, abort, current_app, flash, render_template, url_for

from app.db import now
from app.directory.models import Role
from app.mail import outbox
from app.people import keeping
from app.web.guards import View, me, role
from app.web.htmx import go

blueprint = Blueprint("mail", __name__)

SHOWN = 50


def keeps_mail() -> bool:
    """Whether the mail is this person's to look after: it is everybody's, so it takes the coordination everywhere."""
    return keeping.reaches(me(), None)


blueprint.add_app_template_global(keeps_mail)


def everywhere(view: View) -> Callable[..., Any]:
    """For the coordination everywhere; for a region's the page does not exist."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs) if keeps_mail() else abort(404)

    return guarded


@blueprint.get("/administration/courrier")
@role(Role.COORDINATION)
@everywhere
def desk() -> str:
    waiting_count, dead_count = outbox.counts()
    return render_template(
        "admin/mail.html",
        off=not current_app.config["MAIL_URL"],
        waiting_count=waiting_count,
        dead_count=dead_count,
        longest_waiting=outbox.longest_waiting(SHOWN),
        dead_letters=outbox.dead(SHOWN),
        lately_sent=outbox.lately_sent(SHOWN),
    )


@blueprint.post("/administration/courrier/<int:letter_id>/renvoyer")
@role(Role.COORDINATION)
@everywhere
def send_again(letter_id: int) -> Any:
    if not outbox.revive(letter_id, now()):
        abort(404)
    flash("La lettre repart avec le prochain courrier.")
    return go(url_for(".desk"))

"""Notices: what a person has been told, opened one by one, and how they want to be told."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from flask import Blueprint, abort, flash, render_template, request, url_for
from flask_login import current_user

from app.reports.notifications import inbox
from app.reports.notifications.inbox import PAGE, NotificationKind, NotificationWay
from app.web.converters import LARGEST
from app.web.guards import me, signed_in
from app.web.htmx import go
from app.web.jinja import BAMAKO

blueprint = Blueprint("notices", __name__)

WAYS = [(way.value, way.label) for way in NotificationWay]


def unread() -> int:
    """How many notices wait unopened for who is signed in; asked for by whole pages alone, for it takes a query."""
    return inbox.unread(current_user._get_current_object()) if current_user.is_authenticated else 0


blueprint.add_app_template_global(unread, "unread_notices")


@blueprint.get("/notifications")
@signed_in
def listing() -> str:
    found = inbox.page_of(me(), min(request.args.get("avant", LARGEST, type=int), LARGEST))
    shown = found[:PAGE]
    days = [(day, list(told)) for day, told in groupby(shown, lambda notice: notice.at.astimezone(BAMAKO).date())]
    return render_template(
        "notifications/listing.html",
        days=days,
        newest=shown[0].id if shown else 0,
        unseen=any(notice.seen_at is None for notice in shown),
        more=shown[-1].id if len(found) > PAGE else None,
    )


@blueprint.post("/notifications/<int:notice_id>/ouvrir")
@signed_in
def open_one(notice_id: int) -> Any:
    return go(inbox.open_one(me(), notice_id) or abort(404))


@blueprint.post("/notifications/lues")
@signed_in
def see_all() -> Any:
    inbox.see_all(me(), min(request.form.get("jusque", 0, type=int), LARGEST))
    flash("Tout est marqué comme lu.")
    return go(url_for(".listing"))


@blueprint.get("/compte/notifications")
@signed_in
def preferences() -> str:
    return render_template(
        "notifications/preferences.html", choices=inbox.choices_of(me()), kinds=NotificationKind, ways=WAYS
    )


@blueprint.post("/compte/notifications")
@signed_in
def choose() -> Any:
    inbox.choose(me(), request.form)
    flash("Vos choix sont enregistrés.")
    return go(url_for(".preferences"))

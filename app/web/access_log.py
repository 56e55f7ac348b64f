"""Sign-ins and refusals on their way into the log: noted while a request is served, written once its answer has left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from flask import Flask, Response, current_app, g, request
from flask_login import current_user
from sqlalchemy.exc import DBAPIError

from app.audit import access
from app.audit.access import AccessNote, Tally
from app.audit.entries import NOWHERE, Where
from app.db import db, only_reading
from app.directory.models import Person, Role
from app.people import attempts
from app.reports.access import visibility
from app.reports.models.report import Report
from app.reports.steps import where
from app.web import afterwards
from app.web.guards import MARK

REFUSALS = frozenset({403, 404})
PLACED = frozenset({"denied", access.DOWNLOAD})
"""What those who supervise the report's place are told of."""


def init_app(app: Flask) -> None:
    app.extensions["access"] = Tally()
    app.after_request(_after)


def note(act: str, person: int, facts: Mapping[str, Any] | None = None, *, known: bool = True) -> None:
    """Have `act` written about this person's account (0: nobody's); `known` says that it was that person, signed in."""
    g.setdefault("access_notes", []).append(AccessNote(act, person, {"address": address(), **(facts or {})}, known))


def address() -> str:
    """The network that this request comes from, as the log names it."""
    network = attempts.network(request.remote_addr or "")
    return access.hashed_address(network, current_app.config["SECRET_KEY"])


def _after(response: Response) -> Response:
    if response.status_code in REFUSALS and request.url_rule is not None and current_user.is_authenticated:
        facts = {"method": request.method, "page": request.url_rule.rule, "status": response.status_code}
        report_id = (request.view_args or {}).get("report_id")
        note("denied", current_user.id, {**facts, **({"report": report_id} if report_id is not None else {})})
    notes: list[AccessNote] = g.pop("access_notes", [])
    if notes:
        app = current_app._get_current_object()  # type: ignore[attr-defined]  # the proxy's own way to its object
        mark = getattr(app.view_functions.get(request.endpoint or ""), MARK, "")
        response.call_on_close(lambda: _hand_on(app, notes, mark))
    return response


def _hand_on(app: Flask, notes: list[AccessNote], mark: str) -> None:
    for each in notes:
        if each.act != access.DOWNLOAD or not _told(app, each):
            name = "downloads" if each.act == access.DOWNLOAD else "access"
            told = f"{each.act} by {each.person} at {each.at.isoformat(timespec='seconds')}: {dict(each.facts)}"
            afterwards.put(app, name, told, partial(_write, app, each, mark))


def _told(app: Flask, each: AccessNote) -> bool:
    """A look without a lock, that answers at once: who takes the same file again and again keeps nobody from writing."""
    try:
        with app.app_context(), only_reading():
            return access.told_lately(each)
    except DBAPIError:
        return False


def _write(app: Flask, each: AccessNote, mark: str) -> None:
    placed = _placed(each, mark) if each.act in PLACED else each
    if placed is not None:
        access.write(app.extensions["access"], placed)


def _placed(each: AccessNote, mark: str) -> AccessNote | None:
    """A note about a report with the place it concerns; None where there was nothing to be refused."""
    report_id = each.facts.get("report")
    report = db.session.get(Report, report_id) if report_id is not None else None
    if report_id is not None and report is None:
        return None
    if each.facts.get("status") == 404 and not _kept_out(each, report, mark):
        return None
    place: Where = where(report) if report is not None else NOWHERE
    return replace(each, where=place)


def _kept_out(each: AccessNote, report: Report | None, mark: str) -> bool:
    """Whether "not found" was said of something that is there: a report out of sight, or a desk of another role."""
    person = db.session.get_one(Person, each.person)
    if report is not None:
        return visibility.visible_report(person, report.id) is None or each.facts["page"].endswith("/historique")
    kind, _, roles = mark.partition(":")
    return kind == "role" and not any(person.holds(Role(role)) for role in roles.split(","))

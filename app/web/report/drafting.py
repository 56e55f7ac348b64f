"""Drafting: opening a workshop's report and handing it over."""

from __future__ import annotations

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue

from app.content.canonical import TooLong
from app.db import db
from app.directory.models import Role
from app.reports import drafting
from app.reports.models.report import Report
from app.reports.steps import NotReady
from app.web.guards import act, me, role
from app.web.htmx import go
from app.web.report import page as report_page
from app.workshops.models import Workshop

blueprint = Blueprint("drafting", __name__)
blueprint.register_error_handler(NotReady, report_page.refused)
blueprint.register_error_handler(TooLong, report_page.refused)


@blueprint.post("/rencontres/<int:workshop_id>/rapport")
@role(Role.FACILITATOR, Role.COORDINATION)
def open_report(workshop_id: int) -> ResponseReturnValue:
    workshop = db.session.get(Workshop, workshop_id)
    if workshop is None or drafting.may_open(workshop, me()) is None:
        abort(404)
    report = drafting.open_report(workshop, me())
    return go(url_for("reports.page", report_id=report.id))


@blueprint.post("/rapports/<int:report_id>/soumettre")
@act("hand_over")
def hand_over(report: Report) -> ResponseReturnValue:
    drafting.hand_over(report, me(), request.form.get("passing", ""))
    return go(url_for("reports.page", report_id=report.id))

"""Rectifying a published report: the form that opens the rectification, what it changes, and giving it up."""

from __future__ import annotations

from flask import Blueprint, abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.content.canonical import TooLong
from app.content.typography import french
from app.db import db
from app.reports.access import rectified, visibility
from app.reports.history import timeline as history
from app.reports.models.report import Report
from app.reports.rectification import acts as rectification
from app.reports.rectification import statement
from app.reports.steps import NotReady
from app.web.guards import act, me, reads
from app.web.htmx import go
from app.web.report import page as report_page
from app.workflow import CIRCUIT

blueprint = Blueprint("rectifying", __name__)
blueprint.register_error_handler(NotReady, report_page.refused)
blueprint.register_error_handler(TooLong, report_page.refused)
blueprint.add_app_template_global(statement.nodes, "rectification_nodes")
blueprint.add_app_template_global(CIRCUIT, "circuit")  # type: ignore[arg-type]  # as any object


@blueprint.get("/rapports/<int:report_id>/rectifier")
@act("rectify")
def ask(report: Report) -> ResponseReturnValue:
    return _form(report)


def _form(report: Report, status: int = 200, **errors: str) -> ResponseReturnValue:
    return (
        render_template(
            "rectification/form.html",
            report=report,
            links=rectified.of(report, me()),
            values=request.form,
            errors=errors,
        ),
        status,
    )


@blueprint.post("/rapports/<int:report_id>/rectifier")
@act("rectify")
def rectify(report: Report) -> ResponseReturnValue:
    what, reason = request.form.get("what", ""), request.form.get("reason", "")
    try:
        opened = rectification.rectify(report, me(), what, reason)
    except (NotReady, TooLong) as error:
        db.session.rollback()
        field = "what" if not what.strip() else "reason"
        return _form(visibility.visible_report(me(), report.id) or abort(404), 422, **{field: str(error)})
    flash(french(f"Le rapport n° {opened.id} est ouvert : il rectifiera celui-ci, qui reste publié tel quel."))
    seen = visibility.visible_report(me(), opened.id) is not None
    return go(url_for("reports.page", report_id=opened.id if seen else report.id))


@blueprint.post("/rapports/<int:report_id>/abandonner")
@act("abandon")
def abandon(report: Report) -> ResponseReturnValue:
    rectified_id = report.rectifies_id
    rectification.abandon(report, me(), request.form.get("reason", ""))
    flash("La rectification est abandonnée : le rapport publié reste en vigueur.")
    return go(url_for("reports.page", report_id=rectified_id))


@blueprint.get("/rapports/<int:report_id>/rectification")
@reads
def changes(report: Report) -> ResponseReturnValue:
    """What a rectifying report changes, as words; readers of published reports get no text about persons."""
    if report.rectifies_id is None:
        abort(404)
    whole = history.may_see(report, me())
    return render_template(
        "rectification/changes.html",
        report=report,
        links=rectified.of(report, me()),
        compared=statement.compared(report, personal=whole),
        whole=whole,
    )

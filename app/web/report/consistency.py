"""The consistency check on the screen: beside the text, on a page of its own, and what can be mended in one gesture."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.db import db
from app.reports.access import visibility
from app.reports.consistency import acknowledged
from app.reports.editing.mending import mend
from app.reports.history import timeline as history
from app.reports.models.report import Report
from app.reports.pages.consistency_page import survey
from app.reports.steps import NotReady
from app.web.guards import act, me, reads
from app.web.htmx import go, htmx

blueprint = Blueprint("consistency", __name__)
blueprint.add_app_template_global(acknowledged.told, "warnings_passed")


@blueprint.get("/rapports/<int:report_id>/controle")
@reads
def page(report: Report) -> ResponseReturnValue:
    if not history.may_see(report, me()):
        abort(404)
    return _show(report)


def _show(report: Report, sentence: str = "") -> str:
    shown = "consistency/_fresh.html" if htmx.wants_fragment else "consistency/page.html"
    return render_template(shown, report=report, survey=survey(report, me()), sentence=sentence)


@blueprint.post("/rapports/<int:report_id>/controle/corriger")
@act("draft", "edit")
def correct(report: Report) -> ResponseReturnValue:
    key = mend(report, request.form.get("finding", ""), request.form.get("base", 0, type=int), me())
    if request.form.get("back"):
        return go(url_for("consistency.page", report_id=report.id))
    return go(url_for("reports.page", report_id=report.id, _anchor=f"part-{key}"))


@blueprint.errorhandler(NotReady)
def _refused(error: NotReady) -> ResponseReturnValue:
    """The text has moved: the check as it stands now, and the sentence above it."""
    db.session.rollback()
    report = visibility.visible_report(me(), (request.view_args or {})["report_id"])
    if report is None:
        abort(404)
    return _show(report, str(error)), 422

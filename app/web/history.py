"""The history of a report: its events, a version beside an earlier one, and who wrote what."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from app.reports import history
from app.reports.models import Report
from app.reports.versions import look
from app.web.guards import me, reads

blueprint = Blueprint("history", __name__)
blueprint.add_app_template_global(history.part_label, "part_label")


@blueprint.get("/rapports/<int:report_id>/historique")
@reads
def page(report: Report) -> ResponseReturnValue:
    _want_admitted(report)
    before = request.args.get("avant", 0, type=int)
    chronicle = history.chronicle(report, before)
    return render_template("history/page.html", report=report, chronicle=chronicle, before=before)


@blueprint.get("/rapports/<int:report_id>/parties/<key>/revisions/<int:number>")
@reads
def revision(report: Report, key: str, number: int) -> ResponseReturnValue:
    """`avec` names the earlier version to compare with (the one before without it); `vue=auteurs` shows the authors."""
    _want_admitted(report)
    authors = request.args.get("vue") == "auteurs"
    try:
        view = look(report, key, number, request.args.get("avec", type=int), authors)
    except LookupError:
        abort(404)
    return render_template("history/revision.html", report=report, view=view, authors=authors)


def _want_admitted(report: Report) -> None:
    if not history.may_see(report, me()):
        abort(404)

"""Validating: votes, the close of the reading, the text sent back."""

from __future__ import annotations

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue

from app.reports import validating
from app.reports.models import Choice, Report
from app.reports.steps import NotReady
from app.web import reports
from app.web.guards import act, me
from app.web.htmx import go

blueprint = Blueprint("validating", __name__)
blueprint.register_error_handler(NotReady, reports.refused)


@blueprint.post("/rapports/<int:report_id>/vote")
@act("vote")
def vote(report: Report) -> ResponseReturnValue:
    choice = request.form.get("choice", "")
    if choice not in {each.value for each in Choice}:
        abort(422, "Choisissez : approuver, s’opposer ou s’abstenir.")
    validating.vote(report, me(), Choice(choice), request.form.get("reason", ""))
    return go(url_for("reports.page", report_id=report.id, _anchor="commission"))


@blueprint.post("/rapports/<int:report_id>/valider")
@act("validate")
def validate(report: Report) -> ResponseReturnValue:
    validating.validate(report, me())
    return go(url_for("reports.page", report_id=report.id))


@blueprint.post("/rapports/<int:report_id>/renvoyer-au-rapporteur")
@act("return_to_rapporteur")
def return_to_rapporteur(report: Report) -> ResponseReturnValue:
    validating.return_to_rapporteur(report, me(), request.form.get("reason", ""))
    return go(url_for("reports.page", report_id=report.id))

"""Asked once more before a report is validated or published: what it is, in plain words, and what follows."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app import workflow
from app.reports.consistency import acknowledged
from app.reports.models.report import Report
from app.reports.pages.report_page import open_page
from app.web.guards import act, me
from app.web.report import outcomes

blueprint = Blueprint("confirming", __name__)


@blueprint.get("/rapports/<int:report_id>/valider")
@act("validate")
def validate(report: Report) -> ResponseReturnValue:
    return validating(report)


def validating(report: Report, status: int = 200, sentence: str = "") -> ResponseReturnValue:
    """The page before a validation; with `sentence`, why it was not taken."""
    page = open_page(report, me())
    button = next((each for each in page.buttons if each.act.key == "validate"), None)
    findings = acknowledged.found(workflow.BY_KEY["validate"], report) if button and not button.why_not else ()
    failed = {"form": "validate", "sentence": sentence, "values": request.form, "findings": findings}
    answer = render_template(
        "validating/confirm.html",
        report=report,
        page=page,
        button=button,
        findings=findings,
        failed=failed if sentence else None,
        signatories=outcomes.awaited(report),
    )
    return answer, status


@blueprint.get("/rapports/<int:report_id>/publier")
@act("publish")
def publish(report: Report) -> ResponseReturnValue:
    return render_template("signing/publish.html", report=report, page=open_page(report, me()))

"""The report page: the document, its contents, where it is and what may be done."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, g, render_template, request
from flask.typing import ResponseReturnValue

from app import template
from app.db import db, now
from app.documents.pdf import RenderingFailed
from app.reports.history import timeline as history
from app.reports.models.report import Report
from app.reports.output import document, report_pdf
from app.reports.pages.report_page import open_page
from app.reports.steps import NotReady
from app.reports.text.parts import as_published, part_views
from app.web.files import store
from app.web.guards import me, reads
from app.web.handing import hands_out
from app.web.report.cards import asked, cards_of
from app.web.report.text import open_sheet
from app.workflow import Stage

blueprint = Blueprint("reports", __name__)


@blueprint.get("/rapports/<int:report_id>")
@reads
def page(report: Report) -> ResponseReturnValue:
    return show(report)


def show(report: Report, status: int = 200, **more: Any) -> ResponseReturnValue:
    """The report page. `more`: `editor` replaces one part by its editor, `failed` puts a sentence beside an act's form."""
    found = more.pop("page", None) or open_page(report, me())
    wanted = asked()
    sheet = open_sheet(found, wanted)
    return (
        render_template(
            "report/page.html",
            page=found,
            report=report,
            template_parts=template.PARTS,
            cover=_cover(report),
            cards=cards_of(found, wanted, sheet.view),
            sheet=sheet,
            part_html=sheet.part,
            Stage=Stage,
            **{"editor": None, "failed": None, **more},
        ),
        status,
    )


def refused(error: NotReady) -> ResponseReturnValue:
    """An act that cannot be taken yet: the page again, the sentence beside the form, what was typed still in it."""
    db.session.rollback()
    g.pop("place", None)
    from app.reports.access import visibility

    report = visibility.visible_report(me(), (request.view_args or {})["report_id"])
    if report is None:
        abort(404)
    failed = {
        "form": request.form.get("which", ""),
        "sentence": str(error),
        "values": request.form,
        "findings": getattr(error, "findings", ()),
    }
    return show(report, 422, failed=failed)


def _cover(report: Report) -> Any:
    return document.cover(report)


@blueprint.get("/rapports/<int:report_id>/projet.pdf")
@reads
@hands_out("draft")
def draft_pdf(report: Report) -> ResponseReturnValue:
    views = part_views(report)
    if not history.may_see(report, me()):
        views = as_published(views)
    contents = {view.part.key: view.content for view in views}
    try:
        pdf = report_pdf.draft(report, contents, now(), store())
    except RenderingFailed as error:
        abort(422, str(error))
    return as_pdf(pdf, f"projet-rapport-{report.id}.pdf")


def as_pdf(pdf: bytes, name: str) -> Response:
    """A PDF to download; no page may be run from it."""
    response = Response(pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response

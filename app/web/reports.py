"""The report page: the document, its contents, where it is and what may be done."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, abort, g, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app import template
from app.content.diff import BlockChange, State, compare
from app.db import db, now
from app.documents.pdf import RenderingFailed
from app.reports import document, press
from app.reports.models import Amendment, AmendmentState, Report, decode
from app.reports.page import Page, PartView, base_contents, open_page, part_views
from app.reports.steps import NotReady
from app.web.guards import me, reads
from app.workflow import Stage

blueprint = Blueprint("reports", __name__)


@blueprint.get("/rapports/<int:report_id>")
@reads
def page(report: Report) -> ResponseReturnValue:
    return show(report)


def show(report: Report, status: int = 200, **more: Any) -> ResponseReturnValue:
    """The report page. `more`: `editor` replaces one part by its editor, `failed` puts a sentence beside an act's form."""
    found = more.pop("page", None) or open_page(report, me())
    return (
        render_template(
            "reports/page.html",
            page=found,
            report=report,
            template_parts=template.PARTS,
            cover=_cover(report),
            changes=changes_of(report, found),
            part_html=lambda view: part_html(view, found),
            Stage=Stage,
            **{"editor": None, "failed": None, **more},
        ),
        status,
    )


def refused(error: NotReady) -> ResponseReturnValue:
    """An act that cannot be taken yet: the page again, the sentence beside the form, what was typed still in it."""
    db.session.rollback()
    g.pop("place", None)
    from app.reports import queries

    report = queries.visible_report(me(), (request.view_args or {})["report_id"])
    if report is None:
        abort(404)
    failed = {"form": request.form.get("which", ""), "sentence": str(error), "values": request.form}
    return show(report, 422, failed=failed)


def _cover(report: Report) -> Any:
    return document.whole(report, {}, project=False).cover


def part_html(view: PartView, page: Page) -> Markup:
    """A part as the screen shows it: the same nodes that the PDF prints."""
    follow_up = page.view("follow_up").content_json if view.part.key == "unmet" else "[]"
    made_at = document.signed_at(page.report.workshop) if view.part.key == "signatures" else ""
    return _part_html(view.part.key, view.content_json, follow_up, made_at)


@lru_cache(maxsize=1024)
def _part_html(key: str, content_json: str, follow_up_json: str, made_at: str) -> Markup:
    contents = {"follow_up": decode(follow_up_json), key: decode(content_json)}
    nodes = list(document.part_nodes(template.BY_KEY[key], contents, made_at))
    return Markup(render_template("reports/_nodes.html", nodes=nodes))


def changes_of(report: Report, page: Page) -> dict[int, list[BlockChange]]:
    """For each open amendment, by number, what it changes: word by word."""
    waiting = [each for each in page.amendments if each.state is AmendmentState.OPEN]
    if not waiting:
        return {}
    bases = base_contents(report, waiting)
    return {each.number: reworded(bases[each.number], each) for each in waiting}


def reworded(base: Any, amendment: Amendment) -> list[BlockChange]:
    return [change for change in compare(base, amendment.content) if change.state is not State.SAME]


@blueprint.get("/rapports/<int:report_id>/projet.pdf")
@reads
def draft_pdf(report: Report) -> ResponseReturnValue:
    contents = {view.part.key: view.content for view in part_views(report)}
    try:
        pdf = press.draft(report, contents, now())
    except RenderingFailed as error:
        abort(422, str(error))
    return as_pdf(pdf, f"projet-rapport-{report.id}.pdf")


def as_pdf(pdf: bytes, name: str) -> Response:
    """A PDF to download; no page may be run from it."""
    response = Response(pdf, mimetype="application/pdf")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response

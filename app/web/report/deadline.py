"""The clock: the deadline of a reading, who is at work on which part, and what is new for a page that stays open."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.reports import deadline
from app.reports.history import timeline as history
from app.reports.live import presence, updates
from app.reports.models.report import Report
from app.reports.pages.report_page import open_page
from app.reports.steps import NotReady
from app.web.converters import LARGEST
from app.web.guards import act, me, reads
from app.web.htmx import go, htmx
from app.web.jinja import BAMAKO
from app.web.report import page as report_page
from app.web.report.editing import posted_day, written_part

blueprint = Blueprint("clock", __name__)
blueprint.register_error_handler(NotReady, report_page.refused)
for term in (deadline.overdue, deadline.reading_time, deadline.more_time, deadline.today):
    blueprint.add_app_template_global(term, term.__name__)
blueprint.add_app_template_global(lambda: presence.EVERY, "heartbeat")


@blueprint.post("/rapports/<int:report_id>/prolonger")
@act("extend")
def extend(report: Report) -> ResponseReturnValue:
    day = datetime.now(BAMAKO).date()
    deadline.extend(
        report, me(), posted_day("deadline"), request.form.get("reason", ""), day, receive_late="late" in request.form
    )
    return go(url_for("reports.page", report_id=report.id, _anchor="next"))


@blueprint.post("/rapports/<int:report_id>/parties/<key>/presence")
@act("draft", "edit", "amend")
def beat(report: Report, key: str) -> ResponseReturnValue:
    """A sign from an open editor; answered with who else is there where that is not what the page was told."""
    part = written_part(key)
    presence.beat(report, part.key, me())
    marks = presence.others(report, part.key, me())
    told = request.form.get("marks", "")
    if told == ",".join(sorted(mark.token for mark in marks)):
        return "", 204
    return render_template("live/_presence.html", report=report, key=part.key, marks=marks, beating=True)


@blueprint.get("/rapports/<int:report_id>/nouvelles")
@reads
def latest(report: Report) -> ResponseReturnValue:
    """`page`: the event at which the page was opened; `vu`: the last it was told of; `marques`: who it was told is there."""
    if not htmx.wants_fragment:
        return go(url_for("reports.page", report_id=report.id))
    if not history.may_see(report, me()):
        return "", 204
    opened, seen = (min(request.args.get(name, 0, type=int), LARGEST) for name in ("page", "vu"))
    found = updates.look(report, me())
    gone = found.parts_since(request.args.get("marques", ""))
    if found.seq <= seen and not gone:
        return "", 204
    strip = updates.strip_since(report, opened, me())
    page = open_page(report, me()) if found.seq > seen else None
    return render_template(
        "live/_latest.html", report=report, page=page, now=found, opened=opened, strip=strip, gone=gone
    )

"""The history of a report: its events, a version beside an earlier one, and who wrote what."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from app.audit import checkpoints
from app.directory.models import Role
from app.reports.access import roll
from app.reports.editing import restoring
from app.reports.history import taken_out
from app.reports.history import timeline as history
from app.reports.history.attribution import shares
from app.reports.history.versions import look
from app.reports.models.report import Report
from app.reports.notifications import asked
from app.reports.text import masthead
from app.web.guards import me, reads
from app.workflow import BY_KEY

blueprint = Blueprint("history", __name__)
blueprint.add_app_template_global(history.part_label, "part_label")
blueprint.add_app_template_global(lambda facts: masthead.reworded(facts, "« {} »".format), "masthead_reworded")
blueprint.add_app_template_global(masthead.of, "masthead_of")
blueprint.add_app_template_global(asked.changed_since, "changed_since")
blueprint.add_app_template_global(roll.changed, "roll_changed")
blueprint.add_app_template_global(taken_out.sentence, "taken_out")
blueprint.add_app_template_global(lambda act: BY_KEY[act].label, "act_label")


@blueprint.get("/rapports/<int:report_id>/historique")
@reads
def page(report: Report) -> ResponseReturnValue:
    _require_admitted(report)
    before = request.args.get("avant", 0, type=int)
    chronicle = history.chronicle(report, before)
    reach = checkpoints.standing() if before == 0 and me().holds(Role.SUPERVISOR) else None
    return render_template("history/page.html", report=report, chronicle=chronicle, before=before, reach=reach)


@blueprint.get("/rapports/<int:report_id>/parties/<key>/revisions/<int:number>")
@reads
def revision(report: Report, key: str, number: int) -> ResponseReturnValue:
    """`avec` names the earlier version to compare with (the one before without it); `vue=auteurs` shows the authors."""
    _require_admitted(report)
    authors = request.args.get("vue") == "auteurs"
    by_role = request.args.get("par") == "role"
    try:
        view = look(report, key, number, request.args.get("avec", type=int), authors, by_role)
    except LookupError:
        abort(404)
    restorable = number < view.newest and not view.gone and restoring.may_restore(report, me())
    return render_template(
        "history/revision.html",
        report=report,
        view=view,
        authors=authors,
        by_role=by_role,
        shares=shares(view.written, by_role),
        restorable=restorable,
    )


def _require_admitted(report: Report) -> None:
    if not history.may_see(report, me()):
        abort(404)

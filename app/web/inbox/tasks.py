"""Lists: what waits for me, and the reports I may see."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue

from app.reports.pages.lists import PAGE, page_of
from app.reports.pages.tasks import tasks_of
from app.web.converters import LARGEST
from app.web.guards import me, signed_in
from app.workflow import Stage

blueprint = Blueprint("lists", __name__)


@blueprint.get("/")
@signed_in
def tasks() -> ResponseReturnValue:
    return render_template("inbox/tasks.html", tasks=tasks_of(me()))


@blueprint.get("/rapports")
@signed_in
def reports() -> ResponseReturnValue:
    wanted = request.args.get("etape", "")
    stage = Stage(wanted) if wanted in {each.value for each in Stage} else None
    search = request.args.get("recherche", "").strip()[:100]
    lines = page_of(me(), stage, search, min(request.args.get("avant", LARGEST, type=int), LARGEST))
    more = lines[PAGE - 1].id if len(lines) > PAGE else None
    return render_template("inbox/reports.html", lines=lines[:PAGE], more=more, stage=stage, search=search, Stage=Stage)

"""Who wrote what in the whole report, to take away: an annex in PDF and a workbook."""

from __future__ import annotations

import tempfile
from pathlib import Path

from flask import Blueprint, Response, abort
from flask.typing import ResponseReturnValue

from app.db import now
from app.documents.pdf import RenderingFailed
from app.reports.history import attribution
from app.reports.history import timeline as history
from app.reports.models.report import Report
from app.web.guards import me, reads
from app.web.handing import hands_out
from app.web.journal import FORMATS
from app.web.report.page import as_pdf

blueprint = Blueprint("authors", __name__)


@blueprint.get("/rapports/<int:report_id>/auteurs.pdf")
@reads
@hands_out("authors")
def annex(report: Report) -> ResponseReturnValue:
    _require_admitted(report)
    try:
        return as_pdf(attribution.annex(report, now()), f"auteurs-rapport-{report.id}.pdf")
    except RenderingFailed as error:
        abort(422, str(error))


@blueprint.get("/rapports/<int:report_id>/auteurs.xlsx")
@reads
@hands_out("authors_table")
def workbook(report: Report) -> ResponseReturnValue:
    _require_admitted(report)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "auteurs.xlsx"
        attribution.write_workbook(path, report)
        answer = Response(path.read_bytes(), content_type=FORMATS["xlsx"])
    answer.headers["Content-Disposition"] = f'attachment; filename="auteurs-rapport-{report.id}.xlsx"'
    return answer


def _require_admitted(report: Report) -> None:
    if not history.may_see(report, me()):
        abort(404)

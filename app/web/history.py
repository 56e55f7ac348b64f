"""Placeholder."""

from flask import Blueprint

blueprint = Blueprint("history", __name__)


@blueprint.get("/rapports/<int:report_id>/historique")
def page(report_id: int) -> str:
    return ""


@blueprint.get("/rapports/<int:report_id>/parties/<key>/revisions/<int:number>")
def revision(report_id: int, key: str, number: int) -> str:
    return ""

"""Refusing to sign: the page that asks why and for the same proof as signing, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import workflow
from app.content.typography import french
from app.people import commissions
from app.reports.access import situation
from app.reports.access.situation import signatures_of
from app.reports.models.report import Report
from app.reports.signing import acts as signing
from app.reports.steps import NotAllowed
from app.web.account import factors
from app.web.guards import act, me
from app.web.htmx import go

blueprint = Blueprint("refusing", __name__)

CHANGED = "Le texte a été validé de nouveau depuis que cette page est ouverte : relisez-le avant de refuser."
NO_REASON = "Indiquez un motif : la commission le lira."


@blueprint.get("/rapports/<int:report_id>/refus-de-signer")
@act("refuse")
def ask(report: Report) -> ResponseReturnValue:
    return _page(report, {})


def _page(report: Report, errors: Mapping[str, str], status: int = 200) -> ResponseReturnValue:
    answer = render_template(
        "signing/refuse.html",
        report=report,
        why_not=_why_not(report),
        signatures=signatures_of(report),
        reason=request.form.get("reason", ""),
        errors={name: french(each) for name, each in errors.items()},
        **factors.asked_of(me()),
    )
    return answer, status


def _why_not(report: Report) -> str | None:
    return workflow.barred(workflow.BY_KEY["refuse"], situation.hands(report, me()))


@blueprint.post("/rapports/<int:report_id>/refus-de-signer")
@act("refuse")
def refuse(report: Report) -> ResponseReturnValue:
    if why := _why_not(report):
        raise NotAllowed(why)
    reason = request.form.get("reason", "")
    if not reason.strip():
        return _page(report, {"reason": NO_REASON}, 422)
    if request.form.get("validated", "") != report.stage_since.isoformat():
        return _page(report, {"text": CHANGED}, 409)
    factor, wrong = factors.proof(me())
    if wrong:
        return _page(report, wrong)  # with status 200, so that the failure is counted
    others = [each.person.name for each in signatures_of(report).values()]
    signing.refuse(report, me(), reason, {"factor": factor} if factor else None)
    flash(french(_answer(report, others)))
    # Not to the report: back with the commission, it is no longer the chair's to see.
    return go(url_for("lists.tasks"))


def _answer(report: Report, voided: list[str]) -> str:
    """What is done, who has the report now, and what follows."""
    commission = commissions.covering(report.workshop.territory)
    where = f"la {commission.name}" if commission else "la commission"
    falls = f" La signature de {voided[0]} est annulée." if voided else ""
    return (
        f"Votre refus est enregistré.{falls} Le rapport est de nouveau chez {where}, qui lira votre motif : les votes sont "
        "à confirmer, puis le rapport sera de nouveau à valider et à signer."
    )

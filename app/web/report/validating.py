"""Validating: votes, proxies, the close of the reading, the text sent back."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, abort, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import lazyload

from app import workflow
from app.content.canonical import TooLong
from app.content.typography import french
from app.db import db, now, only_reading
from app.directory.models import Person
from app.documents.pdf import RenderingFailed
from app.documents.store import Unreachable
from app.reports import minutes
from app.reports.access import situation, visibility
from app.reports.history import since
from app.reports.history import timeline as history
from app.reports.models.ballot import Choice, Votes
from app.reports.models.report import Report
from app.reports.steps import NotReady
from app.reports.validating import acts as validating
from app.reports.validating import proxies
from app.reports.validating.acts import Minutes, OutdatedMinutes
from app.web.files import store
from app.web.guards import act, me, reads
from app.web.handing import hands_out
from app.web.htmx import go
from app.web.report import confirming, outcomes
from app.web.report import page as report_page
from app.web.report.page import as_pdf
from app.workflow import Majority, Stage

blueprint = Blueprint("validating", __name__)
blueprint.register_error_handler(TooLong, report_page.refused)
blueprint.add_app_template_global(Votes, "Votes")
blueprint.add_app_template_global(Majority, "Majority")
View = Callable[..., ResponseReturnValue]

CHANGED = "Le texte a changé depuis que cette page est ouverte : rien n’est validé. Relisez-le, puis validez."
MEANWHILE = "Un vote ou une décision est arrivé pendant que le procès-verbal s’établissait : relisez, puis validez."


@blueprint.errorhandler(NotReady)
def _refused(error: NotReady) -> ResponseReturnValue:
    """The sentence beside the form that was sent: that of a validation has a page of its own."""
    if request.endpoint != "validating.validate":
        return report_page.refused(error)
    db.session.rollback()
    g.pop("place", None)
    report = visibility.visible_report(me(), (request.view_args or {})["report_id"])
    if report is None:
        abort(404)
    return confirming.validating(report, 422, str(error))


def _commission(report: Report) -> ResponseReturnValue:
    return go(url_for("reports.page", report_id=report.id, _anchor="commission"))


def _voter(report: Report) -> Person | None:
    """The member in whose name the person votes by proxy; None for oneself."""
    asked = request.values.get("pour", type=int)
    return None if asked in (None, me().id) else proxies.giver(report, me(), asked or 0)


@blueprint.post("/rapports/<int:report_id>/vote")
@act("vote")
def vote(report: Report) -> ResponseReturnValue:
    choice = request.form.get("choice", "")
    if choice not in set(Choice):
        abort(422, "Choisissez : approuver, s’opposer ou s’abstenir.")
    reason, seen = request.form.get("reason", ""), request.form.get("text_hash", "")
    validating.vote(report, me(), Choice(choice), reason, on_behalf_of=_voter(report), seen=seen)
    return _commission(report)


@blueprint.get("/rapports/<int:report_id>/depuis-mon-vote")
@act("vote")
def since_my_vote(report: Report) -> ResponseReturnValue:
    """What has changed since one's vote; `pour` names the member in whose name it was given."""
    voter = _voter(report)
    ballot = validating.ballot_of(report, voter or me()) or abort(404)
    parts, heads = since.since(report, ballot.at), since.reheaded(report, ballot.at)
    return render_template("validating/since.html", report=report, ballot=ballot, voter=voter, parts=parts, heads=heads)


@blueprint.post("/rapports/<int:report_id>/confirmer-mon-vote")
@act("vote")
def confirm(report: Report) -> ResponseReturnValue:
    validating.confirm(report, me(), on_behalf_of=_voter(report), seen=request.form.get("text_hash", ""))
    return _commission(report)


@blueprint.post("/rapports/<int:report_id>/procuration")
@act("name_proxy")
def name_proxy(report: Report) -> ResponseReturnValue:
    holder = db.session.get(Person, request.form.get("holder", 0, type=int), options=[lazyload(Person.grants)])
    if holder is None:
        raise NotReady("Choisissez un autre membre de la commission.")
    proxies.name(report, me(), holder)
    return _commission(report)


@blueprint.post("/rapports/<int:report_id>/procuration/reprendre")
@act("end_proxy")
def end_proxy(report: Report) -> ResponseReturnValue:
    proxies.end(report, me())
    return _commission(report)


def minutes_first(view: View) -> View:
    """Set the minutes before the write begins, so that nobody waits for a page to be set."""

    @wraps(view)
    def prepared(report_id: int, **kwargs: Any) -> ResponseReturnValue:
        db.session.rollback()
        try:
            with only_reading():
                g.minutes = _closing(report_id)
                if g.minutes is not None:
                    g.minutes.store.put(g.minutes.pdf)
        except (RenderingFailed, Unreachable) as error:
            raise NotReady(str(error)) from error
        return view(report_id=report_id, **kwargs)

    return prepared


def _closing(report_id: int) -> Minutes | None:
    """The minutes that this person would close the reading with; None for those who may not, whom the act refuses."""
    report = visibility.visible_report(me(), report_id) if me().is_authenticated else None
    if report is None or workflow.role_for(workflow.BY_KEY["validate"], situation.hands(report, me())) is None:
        return None
    return minutes.closing(report, me(), now(), store(), request.form.get("passing", ""))


@blueprint.post("/rapports/<int:report_id>/valider")
@minutes_first
@act("validate")
def validate(report: Report) -> ResponseReturnValue:
    if request.form.get("text_hash", report.text_hash) != report.text_hash:
        return confirming.validating(report, 409, CHANGED)
    try:
        validating.validate(report, me(), g.minutes, request.form.get("passing", ""))
    except OutdatedMinutes as error:
        raise NotReady(MEANWHILE) from error
    flash(french(outcomes.validated(report)))
    return go(url_for("reports.page", report_id=report.id))


@blueprint.get("/rapports/<int:report_id>/proces-verbal.pdf")
@reads
@hands_out("minutes")
def minutes_pdf(report: Report) -> ResponseReturnValue:
    """The minutes of the reading: provisional while it may go on, then the very file that was kept."""
    provisional = report.stage in (Stage.EDITING, Stage.READING) and report.reading
    if not history.may_see(report, me()) or not (provisional or report.minutes_hash):
        abort(404)
    if not provisional:
        return as_pdf(store().get(report.minutes_hash), f"proces-verbal-{report.id}.pdf")
    try:
        return as_pdf(minutes.provisional(report, now()), f"proces-verbal-{report.id}-provisoire.pdf")
    except RenderingFailed as error:
        abort(422, str(error))


@blueprint.post("/rapports/<int:report_id>/renvoyer-au-rapporteur")
@act("return_to_rapporteur")
def return_to_rapporteur(report: Report) -> ResponseReturnValue:
    form = request.form
    votes = form.get("votes", Votes.FALL)
    if votes not in set(Votes):
        raise NotReady("Choisissez ce que deviennent les votes donnés.")
    comments = form.getlist("comments", type=int)
    validating.return_to_rapporteur(report, me(), form.get("reason", ""), form.getlist("parts"), comments, Votes(votes))
    return go(url_for("reports.page", report_id=report.id))

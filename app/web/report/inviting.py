"""Having somebody sign by code: coordination hands over the link, a president or rapporteur who does not sign the code."""

from __future__ import annotations

import hashlib

from flask import Blueprint, abort, current_app, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import workflow
from app.content.typography import french
from app.db import db, now
from app.directory.models import Person
from app.reports import steps
from app.reports.access import situation
from app.reports.access.situation import signatures_of
from app.reports.models.report import Report
from app.reports.models.signature import Slot
from app.reports.signing.invitation import handing, inviting
from app.web.guards import act, me
from app.web.htmx import go
from app.web.report import invitation_letter

blueprint = Blueprint("inviting", __name__)
blueprint.add_app_template_global(handing.of_signature, "hands_of")


def key() -> bytes:
    """The server's key under which codes are kept."""
    secret: str = current_app.config["SECRET_KEY"]
    return hashlib.sha256(b"invitation:" + secret.encode()).digest()


@blueprint.get("/rapports/<int:report_id>/invitations")
@act("invite", "hand_code")
def desk(report: Report) -> ResponseReturnValue:
    return _desk(report)


def _desk(report: Report, status: int = 200, refusal: str = "") -> ResponseReturnValue:
    named, hands = inviting.signatories(report), situation.hands(report, me())
    made = inviting.of_report(report)
    draw = workflow.BY_KEY["hand_code"]
    shown = {
        "people": {slot: db.session.get_one(Person, person_id) for slot, person_id in named.items()},
        "made": made,
        "serving": {each.slot.value: each for each in made if inviting.serves(each, report, now().date())},
        "signatures": signatures_of(report),
        "may_invite": workflow.role_for(workflow.BY_KEY["invite"], hands) is not None,
        "may_draw": workflow.role_for(draw, hands) is not None,
        "why_not": workflow.barred(draw, hands),
        "may_hand": handing.who_may(report),
        "most": inviting.MOST_TRIES,
        "has_account": inviting.HAS_ACCOUNT,
    }
    page = render_template("invitations/desk.html", report=report, slots=Slot, refusal=french(refusal), **shown)
    return page, status


@blueprint.post("/rapports/<int:report_id>/invitations")
@act("invite")
def invite(report: Report) -> ResponseReturnValue:
    try:
        given = inviting.invite(report, request.form.get("slot", ""), me(), now().date())
    except steps.NotReady as why:
        return _desk(report, 422, str(why))
    person = db.session.get_one(Person, given.invitation.person_id)
    may_hand = handing.who_may(report)
    mailed = invitation_letter.send(given, person, report, may_hand)
    link = "" if mailed else invitation_letter.link(given)
    # The link is on this answer and nowhere else; the form sent again leads to the list.
    g.place = url_for(".desk", report_id=report.id)
    shown = {"given": given, "person": person, "mailed": mailed, "link": link, "may_hand": may_hand}
    return render_template("invitations/given.html", report=report, **shown)


@blueprint.post("/rapports/<int:report_id>/invitations/<int:number>/code")
@act("hand_code")
def hand_code(report: Report, number: int) -> ResponseReturnValue:
    try:
        invitation, code = handing.hand_code(report, number, me(), key(), now().date())
    except LookupError:
        abort(404)
    except steps.NotReady as why:
        return _desk(report, 422, str(why))
    person = db.session.get_one(Person, invitation.person_id)
    told = invitation_letter.tell_of_code(person, report)
    # The code is on this answer and nowhere else; the form sent again leads to the list.
    g.place = url_for(".desk", report_id=report.id)
    return render_template("invitations/code.html", report=report, person=person, code=code, told=told)


@blueprint.post("/rapports/<int:report_id>/invitations/<int:number>/revoquer")
@act("revoke_invitation")
def revoke(report: Report, number: int) -> ResponseReturnValue:
    try:
        inviting.revoke(report, number, me())
    except LookupError:
        abort(404)
    except steps.NotReady as why:
        return _desk(report, 422, str(why))
    flash(french("L’invitation est révoquée : le lien et le code ne servent plus."))
    return go(url_for(".desk", report_id=report.id))

"""Signing by code: the page of who was invited, without an account."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import workflow
from app.audit import once
from app.content.typography import french
from app.db import db, now
from app.directory.models import Person
from app.documents.authority import NoAuthority
from app.documents.seal import CannotSign
from app.documents.stamp import Strokes
from app.documents.store import Damaged, Missing, Unreachable
from app.people import attempts
from app.people.attempts import AttemptOrigin, TooManyAttempts
from app.reports.access import situation, visibility
from app.reports.access.situation import signatures_of
from app.reports.models.invitation import Ended, Invitation
from app.reports.models.report import Report
from app.reports.signing.acts import OutdatedFile
from app.reports.signing.invitation import accepting, drawing, handing, inviting
from app.web import access_log
from app.web.guards import public
from app.web.handing import hands_out
from app.web.htmx import go
from app.web.report import final_file, signing
from app.web.report.inviting import key

blueprint = Blueprint("invitations", __name__)
View = Callable[..., ResponseReturnValue]

LONGEST_NAME = 80
NOT_READ = "Cochez cette case quand vous avez lu le document."
NO_MARK = "Dessinez votre signature, ou écrivez votre nom."
NO_REASON = "Indiquez un motif : la commission le lira."
NO_CODE = "Aucun code n’a encore été tiré pour vous : demandez-le à l’une des personnes nommées ci-dessus."


def invited(view: View) -> View:
    """For who holds the link of an invitation that serves; whatever else the link is, the answer is the same.

    Only an address that failed too often is sent away before.
    """

    @wraps(view)
    def guarded(token: str, **kwargs: Any) -> ResponseReturnValue:
        found = _open(token)
        if found is None:
            place = _received(token)
            return redirect(place, 303) if place else _ended(404)
        attempts.check(_origin(token))
        invitation, report = found
        return view(invitation, report, token, **kwargs)

    return public(guarded)


def _origin(token: str) -> AttemptOrigin:
    """Each link is guessed at by itself, and each address for all of them."""
    return AttemptOrigin(f"signature:{inviting.token_hash(token)}", request.remote_addr or "", "")


def _received(token: str) -> str | None:
    """Where the sender of this very form was led, if it came before."""
    sent, invitation = request.form.get("once", "")[:64], inviting.found_by(token)
    if not sent or invitation is None:
        return None
    found = once.take(sent, invitation.person_id, request.path)
    return found.place if found is not None else None


def _open(token: str) -> tuple[Invitation, Report] | None:
    """The invitation and its report, both held where something may be written."""
    writing = request.method == "POST"
    invitation = inviting.found_by(token)
    if invitation is None:
        return None
    report = visibility.visible_report(invitation.person, invitation.report_id, lock=writing)
    if report is None:
        return None
    if writing:
        inviting.held(invitation)
    return (invitation, report) if inviting.serves(invitation, report, now().date()) else None


def _ended(status: int) -> ResponseReturnValue:
    return render_template("invitations/ended.html"), status


def rendered_first(view: View) -> View:
    """As `signing.rendered_first`, for the person of the invitation."""

    @wraps(view)
    def prepared(token: str) -> ResponseReturnValue:
        def whose() -> tuple[Person, int] | None:
            invitation = inviting.found_by(token)
            return (invitation.person, invitation.report_id) if invitation else None

        g.final = signing.rendered(whose)
        return view(token=token)

    return prepared


@blueprint.get("/signature/<token>")
@invited
def page(invitation: Invitation, report: Report, token: str) -> ResponseReturnValue:
    return _page(invitation, report, token)


def _page(
    invitation: Invitation, report: Report, token: str, status: int = 200, errors: dict[str, str] | None = None
) -> ResponseReturnValue:
    values = {name: request.form.get(name, "") for name in ("strokes", "written", "read", "reason")}
    shown = {
        "values": values,
        "errors": {name: french(each) for name, each in (errors or {}).items()},
        "signatures": signatures_of(report),
        "file": final_file.shown(report),
        "may_not_refuse": workflow.barred(workflow.BY_KEY["refuse"], situation.hands(report, invitation.person)),
        "field": drawing,
        "may_hand": handing.who_may(report),
    }
    answer = render_template("invitations/page.html", invitation=invitation, report=report, token=token, **shown)
    return answer, status


@blueprint.get("/signature/<token>/document.pdf")
@invited
@hands_out("to_sign")
def document(invitation: Invitation, report: Report, token: str) -> ResponseReturnValue:
    """The very file that this person is about to sign."""
    return final_file.as_file(report)


@blueprint.get("/signature/<token>/document/<int:page>.png")
@invited
def document_page(invitation: Invitation, report: Report, token: str, page: int) -> ResponseReturnValue:
    return final_file.as_picture(report, page)


@blueprint.post("/signature/<token>")
@rendered_first
@invited
def sign(invitation: Invitation, report: Report, token: str) -> ResponseReturnValue:
    if not signing.shown_is(report):
        return _page(invitation, report, token, 409, {"": signing.not_shown()})
    strokes, written, errors = _mark_posted()
    if not request.form.get("read"):
        errors["read"] = NOT_READ
    if errors:
        return _page(invitation, report, token, 422, errors)
    if wrong := _wrong_code(invitation, report, token):
        return wrong
    text_hash, final = g.final or (report.text_hash, b"")
    try:
        accepting.sign(invitation, report, text_hash, final, signing.desk(), strokes, written)
    except OutdatedFile:
        return _page(invitation, report, token, 409, {"": signing.CHANGED})
    except (NoAuthority, CannotSign, Unreachable, Missing, Damaged) as error:
        db.session.rollback()
        return _page(invitation, report, token, 422, {"": str(error)})
    return _done(invitation, token)


def _mark_posted() -> tuple[Strokes, str, dict[str, str]]:
    """The drawing, or the name written in its place; and what is wrong with them."""
    written = " ".join(request.form.get("written", "").split())[:LONGEST_NAME]
    try:
        strokes = drawing.read(request.form.get("strokes", ""))
    except drawing.UnreadableDrawing as why:
        return (), written, {"written": str(why)}
    return strokes, written, {} if strokes or written else {"written": NO_MARK}


@blueprint.post("/signature/<token>/refus")
@invited
def refuse(invitation: Invitation, report: Report, token: str) -> ResponseReturnValue:
    reason = request.form.get("reason", "")
    if not reason.strip():
        return _page(invitation, report, token, 422, {"reason": NO_REASON})
    if wrong := _wrong_code(invitation, report, token, "refusal_code"):
        return wrong
    accepting.refuse(invitation, report, reason)
    return _done(invitation, token)


def _wrong_code(invitation: Invitation, report: Report, token: str, name: str = "code") -> ResponseReturnValue | None:
    """What the person reads after a wrong code; with status 200, so that the try is counted."""
    if invitation.code_by_id is None:
        return _page(invitation, report, token, 422, {name: NO_CODE})
    right = handing.right(invitation, request.form.get(name, ""), key())
    try:
        attempts.settle(_origin(token), right)
    except TooManyAttempts as wait:
        return _page(invitation, report, token, 429, {name: str(wait)})
    if right:
        return None
    access_log.note("code_refused", invitation.person_id, {"report": report.id}, known=False)
    left = accepting.left_after(invitation, report)
    if not left:
        return _ended(200)
    tries = "un essai" if left == 1 else f"{left} essais"
    sentence = f"Ce code n’est pas le bon : relisez-le, ou demandez-en un autre à qui vous l’a remis. Il reste {tries}."
    return _page(invitation, report, token, errors={name: sentence})


def _done(invitation: Invitation, token: str) -> ResponseReturnValue:
    place = url_for(".after", token=token)
    if sent := request.form.get("once", "")[:64]:
        once.take(sent, invitation.person_id, request.path)
        once.led(sent, invitation.person_id, request.path, place)
    return go(place)


@blueprint.get("/signature/<token>/suite")
@public
def after(token: str) -> ResponseReturnValue:
    """What became of it, for who has just signed or refused."""
    invitation = inviting.found_by(token)
    if invitation is None or invitation.ended not in (Ended.SIGNED, Ended.REFUSED):
        return _ended(404)
    report = db.session.get_one(Report, invitation.report_id)
    return render_template("invitations/after.html", invitation=invitation, report=report)

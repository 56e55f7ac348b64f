"""Signing: the page where a signatory reads and signs, the signed file, its publication."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Any

from flask import Blueprint, abort, current_app, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import anchoring, workflow
from app.content.canonical import digest
from app.content.typography import french
from app.db import db, only_reading
from app.directory.models import Person
from app.documents import authority
from app.documents.authority import NoAuthority
from app.documents.seal import CannotSign
from app.documents.store import Damaged, Missing, Unreachable
from app.reports.access import situation, visibility
from app.reports.history import timeline as history
from app.reports.models.report import Report
from app.reports.pages.report_page import open_page
from app.reports.proofs.anchors import NotAnchored
from app.reports.signing import acts as signing
from app.reports.signing.acts import ELECTRONIC, Manner, OutdatedFile, Sealer
from app.reports.steps import NotAllowed, NotReady
from app.web.account import factors
from app.web.files import store
from app.web.guards import act, me, reads
from app.web.handing import hands_out
from app.web.htmx import go
from app.web.report import final_file, outcomes, publication
from app.web.report import page as report_page
from app.web.report.page import as_pdf
from app.web.report.publication import public_first
from app.workflow import Stage

blueprint = Blueprint("signing", __name__)
blueprint.register_error_handler(NotReady, report_page.refused)
View = Callable[..., ResponseReturnValue]

CHANGED = "Le document n’est plus celui que vous lisiez : rien n’est signé. Relisez-le ci-dessous avant de signer."
NOT_READ = "Le document n’avait pas pu vous être montré : rien n’est signé. Lisez-le ci-dessous, puis signez."


def desk() -> Sealer:
    """What signing needs. Raises `NoAuthority` with the command that creates the authority."""
    return Sealer(authority.load(Path(current_app.config["KEYS_FOLDER"])), store())


def rendered_first(view: View) -> View:
    """Render and store the final file before the write begins, so that nobody waits for a page to be set."""

    @wraps(view)
    def prepared(report_id: int, **kwargs: Any) -> ResponseReturnValue:
        g.final = rendered(lambda: (me(), report_id) if me().is_authenticated else None)
        return view(report_id=report_id, **kwargs)

    return prepared


Whose = Callable[[], tuple[Person, int] | None]


def rendered(whose: Whose) -> tuple[str, bytes] | None:
    """The final file of a report that this person may see, and the hash of its text; None where there is none to render."""
    try:
        return _read_and_render(whose)
    except NotAnchored:
        _anchor()
        return _read_and_render(whose)


def _read_and_render(whose: Whose) -> tuple[str, bytes] | None:
    """In a transaction of its own, that only reads."""
    db.session.rollback()
    with only_reading():
        found = whose()
        return _render(*found) if found else None


def _anchor() -> None:
    """The file names a checkpoint of the log that covers the validation: make it, where none was made since."""
    try:
        anchoring.anchor(current_app.config, "validate")
    except anchoring.CANNOT as error:
        abort(422, str(error))


def _render(person: Person, report_id: int) -> tuple[str, bytes] | None:
    report = visibility.visible_report(person, report_id)
    if report is None or report.stage is not Stage.VALIDATED or report.final_hash:
        return None
    final = final_file.final(report)
    with suppress(Unreachable):  # the view says it
        store().put(final)
    return report.text_hash, final


@blueprint.get("/rapports/<int:report_id>/signature")
@act("sign")
def sign_page(report: Report) -> ResponseReturnValue:
    return _page(report, {})


def _page(report: Report, errors: Mapping[str, str], status: int = 200) -> ResponseReturnValue:
    slots = situation.slots_of(report, me())
    shown = {"report": report, "page": open_page(report, me()), "errors": errors, "slot": slots[0] if slots else None}
    file = final_file.shown(report)
    return render_template("signing/page.html", file=file, **shown, **factors.asked_of(me())), status


@blueprint.post("/rapports/<int:report_id>/signature")
@rendered_first
@act("sign")
def sign(report: Report) -> ResponseReturnValue:
    if why := workflow.barred(workflow.BY_KEY["sign"], situation.hands(report, me())):
        raise NotAllowed(why)
    if not shown_is(report):
        return _page(report, {"text": not_shown()}, 409)
    factor, wrong = factors.proof(me())
    if wrong:
        return _page(report, wrong)  # with status 200, so that the failure is counted
    text_hash, final = g.final or (report.text_hash, b"")
    try:
        signing.sign(report, me(), text_hash, final, desk(), _manner(factor))
    except OutdatedFile:
        return _page(report, {"text": CHANGED}, 409)
    except (NoAuthority, CannotSign, Unreachable, Missing, Damaged) as error:
        db.session.rollback()
        return _page(report, {"text": str(error)}, 422)
    flash(french(outcomes.signed(report)))
    return go(url_for("reports.page", report_id=report.id))


def shown_is(report: Report) -> bool:
    """Whether the form was sent from beside the very file that is to be signed."""
    return request.form.get("file", "") == (report.final_hash or (digest(g.final[1]) if g.final else ""))


def not_shown() -> str:
    """What to say where it was not."""
    return french(CHANGED if request.form.get("file") else NOT_READ)


def _manner(factor: str) -> Manner:
    return Manner(details={"factor": factor}) if factor else ELECTRONIC


@blueprint.post("/rapports/<int:report_id>/publier")
@public_first("publish")
@act("publish")
def publish(report: Report) -> ResponseReturnValue:
    publication.publish(report)
    flash(french(outcomes.PUBLISHED))
    return go(url_for("reports.page", report_id=report.id))


@blueprint.get("/rapports/<int:report_id>/a-signer.pdf")
@act("sign")
@hands_out("to_sign")
def to_sign(report: Report) -> ResponseReturnValue:
    """The very file that this person is about to sign."""
    return final_file.as_file(report)


@blueprint.get("/rapports/<int:report_id>/a-signer/<int:page>.png")
@act("sign")
def page_to_sign(report: Report, page: int) -> ResponseReturnValue:
    return final_file.as_picture(report, page)


@blueprint.get("/rapports/<int:report_id>/rapport-signe.pdf")
@reads
@hands_out("signed")
def signed_pdf(report: Report) -> ResponseReturnValue:
    """The official file, with all that it was signed with: for who has a hand in the report, or watches over it."""
    if not report.signed_hash or not history.may_see(report, me()):
        abort(404)
    return as_pdf(store().get(report.signed_hash), f"rapport-{report.id}-signe.pdf")

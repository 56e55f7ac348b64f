"""Signing on paper: the copy to print, its pages coming back, the scan beside the text, and who attests it."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, abort, current_app, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.content.typography import french
from app.db import db
from app.documents.authority import NoAuthority
from app.documents.pdf import RenderingFailed
from app.documents.scanning import binding, drawing
from app.documents.seal import CannotSign
from app.documents.store import Damaged, Missing, Unreachable
from app.people.invalid import Invalid
from app.reports.access import situation, visibility
from app.reports.access.situation import signatures_of
from app.reports.history import timeline as history
from app.reports.models.report import Report
from app.reports.models.scan import Scan
from app.reports.models.signature import Slot
from app.reports.proofs.anchors import NotAnchored
from app.reports.signing import substituting
from app.reports.signing.paper import attesting, depositing, filing, printing
from app.reports.signing.paper.depositing import Deposited
from app.reports.steps import NotReady
from app.reports.text.parts import part_views
from app.web import errors
from app.web.account.sign_in import confirm_password
from app.web.files import store
from app.web.guards import act, me, reads
from app.web.handing import hands_out
from app.web.htmx import go
from app.web.report.depositing import Brought, cleared, read_first, tray_of
from app.web.report.page import as_pdf
from app.web.report.signing import desk, rendered_first
from app.workflow import BY_KEY, Stage, barred, role_for

blueprint = Blueprint("papers", __name__)
for _error in (RenderingFailed, Unreachable):
    blueprint.register_error_handler(_error, lambda error: errors.page(422, str(error)))

WRONG_PASSWORD = "Ce mot de passe n’est pas le vôtre : rien n’a été attesté. Saisissez-le de nouveau."
CHECKS = ("pages", "signatures", "original")
UNCHECKED = (
    "Cochez les trois constats après les avoir faits ; si l’un est faux, refusez l’exemplaire en disant pourquoi."
)
TAKEN = "L’exemplaire est déposé. Une autre personne que vous et que les signataires doit maintenant l’attester."
EMPTIED = "Les pages déposées ont été jetées. Vous pouvez recommencer."


@blueprint.get("/rapports/<int:report_id>/exemplaire-papier.pdf")
@act("file_scan")
@hands_out("paper")
def copy(report: Report) -> ResponseReturnValue:
    """The text once more, each page with its code."""
    rooms = printing.rooms_of(signatures_of(report), substituting.standing_of(report))
    contents = {each.part.key: each.content for each in part_views(report)}
    try:
        pdf = printing.paper_copy(report, contents, current_app.config["BASE_URL"], rooms, store())
    except (RenderingFailed, NotAnchored) as error:
        abort(422, str(error))
    return as_pdf(pdf, f"rapport-{report.id}-exemplaire-papier.pdf")


@blueprint.get("/rapports/<int:report_id>/papier")
@act("file_scan")
def deposit(report: Report) -> ResponseReturnValue:
    return _deposit_page(report, depositing.begun(tray_of(report.id)))


@blueprint.get("/rapports/<int:report_id>/papier/bac/<key>.jpg")
@act("file_scan")
def in_tray(report: Report, key: str) -> ResponseReturnValue:
    """A page in one's own tray, to see which it is."""
    try:
        return _picture(tray_of(report.id).picture(key), "image/jpeg")
    except LookupError:
        abort(404)


@blueprint.post("/rapports/<int:report_id>/papier")
@rendered_first
@read_first
@act("file_scan")
def deposit_pages(report: Report) -> ResponseReturnValue:
    """Take in pages; once all are there and the rest is said, file the paper."""
    if request.form.get("do") == "empty":
        flash(EMPTIED)
        return go(url_for("papers.deposit", report_id=report.id))
    brought: Brought = g.brought
    slots, kept_at = [slot for slot in Slot if slot in request.form.getlist("slots")], request.form.get("kept_at", "")
    try:
        filing.check(report, slots, kept_at)
        if brought.paper is None:
            return _deposit_page(report, brought.deposit, 422)
        filing.file_scan(report, me(), brought.paper, slots, kept_at, store())
    except Invalid as error:
        return _deposit_page(report, brought.deposit, 422, error.errors)
    flash(TAKEN)
    return cleared(go(url_for("reports.page", report_id=report.id, _anchor="papers")), tray_of(report.id), store())


def _deposit_page(
    report: Report, deposit: Deposited | None, status: int = 200, wrong: dict[str, str] | None = None
) -> ResponseReturnValue:
    page = render_template(
        "paper/deposit.html",
        report=report,
        deposit=deposit,
        errors=wrong or {},
        typed=request.form,
        chosen=request.form.getlist("slots"),
        free=[slot for slot in Slot if slot.value not in situation.signed_by(report)],
        Slot=Slot,
    )
    return page, status


@blueprint.get("/rapports/<int:report_id>/papier/<int:number>")
@reads
def scan(report: Report, number: int) -> ResponseReturnValue:
    """The scan beside the text, page by page."""
    return _scan_page(report, _seen(report, number))


def _seen(report: Report, number: int) -> Scan:
    """The scan, for those who work on the report: its pages hold telephone numbers."""
    try:
        if history.may_see(report, me()):
            return filing.numbered(report, number)
    except LookupError:
        pass
    abort(404)


def _scan_page(report: Report, scan: Scan, status: int = 200, **wrong: str) -> ResponseReturnValue:
    hands = situation.hands(report, me(), scan=scan)
    waits = scan.waits and report.stage is Stage.VALIDATED
    attest, refuse = BY_KEY["attest"], BY_KEY["refuse_scan"]
    page = render_template(
        "paper/scan.html",
        report=report,
        scan=scan,
        errors=wrong,
        typed=request.form,
        may_attest=waits and role_for(attest, hands),
        why_not=barred(attest, hands),
        may_refuse=waits and role_for(refuse, hands),
    )
    return page, status


@blueprint.get("/rapports/<int:report_id>/papier/<int:number>/numerisation.pdf")
@reads
@hands_out("scan")
def scan_pdf(report: Report, number: int) -> ResponseReturnValue:
    found = _seen(report, number)
    return as_pdf(_kept(found.file_hash), f"rapport-{report.id}-exemplaire-{found.number}.pdf")


@blueprint.get("/rapports/<int:report_id>/papier/<int:number>/pages/<int:page>.jpg")
@reads
def scan_page(report: Report, number: int, page: int) -> ResponseReturnValue:
    return _page_of(_seen(report, number).file_hash, page, binding.picture_of, "image/jpeg")


@blueprint.get("/rapports/<int:report_id>/papier/<int:number>/texte/<int:page>.png")
@reads
def text_page(report: Report, number: int, page: int) -> ResponseReturnValue:
    return _page_of(_seen(report, number).final_hash, page, drawing.drawn, "image/png")


def _page_of(name: str, page: int, make: Callable[[bytes, int], bytes], kind: str) -> Response:
    try:
        return _picture(make(_kept(name), page), kind)
    except LookupError:
        abort(404)


def _kept(name: str) -> bytes:
    try:
        return store().get(name)
    except (Missing, Damaged, Unreachable) as error:
        abort(422, str(error))


def _picture(picture: bytes, kind: str) -> Response:
    response = Response(picture, mimetype=kind)
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


@blueprint.post("/rapports/<int:report_id>/papier/<int:number>/attester")
@act("attest")
def attest(report: Report, number: int) -> ResponseReturnValue:
    found = _seen(report, number)
    if not set(CHECKS) <= set(request.form.getlist("checks")):
        return _scan_page(report, found, 422, checks=french(UNCHECKED))
    if not confirm_password(me(), request.form.get("password", "")):
        return _scan_page(report, found, password=WRONG_PASSWORD)  # with status 200, so that the failure is counted
    try:
        attesting.attest(report, found, me(), desk())
    except (NotReady, NoAuthority, CannotSign, Unreachable, Missing, Damaged) as error:
        return _undone(report.id, number, text=str(error))
    return go(url_for("reports.page", report_id=report.id, _anchor="papers"))


@blueprint.post("/rapports/<int:report_id>/papier/<int:number>/refuser")
@act("refuse_scan")
def refuse(report: Report, number: int) -> ResponseReturnValue:
    try:
        attesting.refuse_scan(report, _seen(report, number), me(), request.form.get("reason", ""))
    except NotReady as error:
        return _undone(report.id, number, reason=str(error))
    return go(url_for("reports.page", report_id=report.id, _anchor="papers"))


def _undone(report_id: int, number: int, **wrong: str) -> ResponseReturnValue:
    """The page as things stand again after what could not be done, the sentence beside the form."""
    db.session.rollback()
    report = visibility.visible_report(me(), report_id)
    if report is None:
        abort(404)
    return _scan_page(report, _seen(report, number), 422, **wrong)

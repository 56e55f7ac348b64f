"""Amending: the commission's marks, amendments, opinions and decisions."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue

from app import template
from app.content.blocks import Content
from app.content.canonical import TooLong
from app.reports import amending, revisions
from app.reports.editing import Collision
from app.reports.models import Amendment, Opinion, Report
from app.reports.steps import NotReady
from app.web import reports
from app.web.editing import Editor, posted_base, preview, show_editor, stored_part
from app.web.forms import read_zones, rearranged
from app.web.guards import act, me
from app.web.htmx import go

blueprint = Blueprint("amending", __name__)
blueprint.register_error_handler(NotReady, reports.refused)


@blueprint.post("/rapports/<int:report_id>/lu")
@act("mark_read")
def mark_read(report: Report) -> ResponseReturnValue:
    amending.mark_read(report, me())
    return go(url_for("reports.page", report_id=report.id, _anchor="commission"))


@blueprint.get("/rapports/<int:report_id>/parties/<key>/amender")
@act("amend")
def propose(report: Report, key: str) -> ResponseReturnValue:
    stored = stored_part(report, key)
    return show_editor(report, _editor(report, key, revisions.current(stored).content, stored.number))


@blueprint.post("/rapports/<int:report_id>/parties/<key>/amender")
@act("amend")
def amend(report: Report, key: str) -> ResponseReturnValue:
    part, base, known = posted_base(report, key)
    if request.form.get("grid"):
        return show_editor(report, _editor(report, key, rearranged(request.form, part.zones, known), base))
    content = read_zones(request.form, part.zones, known)
    if request.form.get("do") == "preview":
        return show_editor(report, _editor(report, key, content, base, preview=preview(report, part, content)))
    try:
        amendment = amending.amend(report, key, base, content, request.form.get("reason", ""), me())
    except (TooLong, NotReady) as error:
        return show_editor(report, _editor(report, key, content, base, sentence=str(error)), 422)
    return _back(report, amendment)


def _editor(report: Report, key: str, content: Content, base: int, **more: Any) -> Editor:
    action = url_for("amending.amend", report_id=report.id, key=key)
    reason = request.form.get("reason", "")
    return Editor(
        template.BY_KEY[key],
        content,
        base,
        action,
        "Proposer l’amendement",
        form="amend",
        with_reason=True,
        reason=reason,
        **more,
    )


def _back(report: Report, amendment: Amendment) -> ResponseReturnValue:
    return go(url_for("reports.page", report_id=report.id, _anchor=f"amendment-{amendment.number}"))


def _numbered(report: Report, number: int) -> Amendment:
    try:
        return amending.numbered(report, number)
    except LookupError:
        abort(404)


@blueprint.post("/rapports/<int:report_id>/amendements/<int:number>/avis")
@act("opine")
def opine(report: Report, number: int) -> ResponseReturnValue:
    amendment = _numbered(report, number)
    opinion = request.form.get("opinion", "")
    if opinion not in {each.value for each in Opinion}:
        raise NotReady("Choisissez un avis : favorable, défavorable ou laissé à la commission.")
    amending.opine(report, amendment, Opinion(opinion), request.form.get("text", ""), me())
    return _back(report, amendment)


@blueprint.post("/rapports/<int:report_id>/amendements/<int:number>/adopter")
@act("adopt")
def adopt(report: Report, number: int) -> ResponseReturnValue:
    amendment = _numbered(report, number)
    by_hand = _settled(report, amendment)
    if request.form.get("grid") and by_hand:
        return show_editor(report, _settling(report, amendment, by_hand[1], by_hand[0]))
    try:
        amending.adopt(report, amendment, me(), by_hand)
    except Collision as clash:
        again = _settling(report, amendment, clash.merged.content, clash.part.number, clashes=clash.merged.clashes)
        return show_editor(report, again, 409)
    return _back(report, amendment)


def _settled(report: Report, amendment: Amendment) -> tuple[int, Content] | None:
    """The wording settled by hand after a collision, where one was posted."""
    if "base" not in request.form:
        return None
    part, base, known = posted_base(report, amendment.part_key)
    known = (*known, *(block for block in amendment.content if block.id not in {each.id for each in known}))
    if request.form.get("grid"):
        return base, rearranged(request.form, part.zones, known)
    return base, read_zones(request.form, part.zones, known)


def _settling(report: Report, amendment: Amendment, content: Content, base: int, **more: Any) -> Editor:
    action = url_for("amending.adopt", report_id=report.id, number=amendment.number)
    sentence = (
        f"Le texte a changé depuis l’amendement n° {amendment.number}, aux mêmes endroits. Choisissez les mots à retenir, "
        "puis adoptez."
    )
    part = template.BY_KEY[amendment.part_key]
    return Editor(part, content, base, action, "Adopter ce texte", form="adopt", sentence=sentence, **more)


@blueprint.post("/rapports/<int:report_id>/amendements/<int:number>/rejeter")
@act("reject")
def reject(report: Report, number: int) -> ResponseReturnValue:
    amendment = _numbered(report, number)
    amending.reject(report, amendment, me(), request.form.get("reason", ""))
    return _back(report, amendment)


@blueprint.post("/rapports/<int:report_id>/amendements/<int:number>/retirer")
@act("withdraw")
def withdraw(report: Report, number: int) -> ResponseReturnValue:
    amendment = _numbered(report, number)
    amending.withdraw(report, amendment, me())
    return _back(report, amendment)


@blueprint.post("/rapports/<int:report_id>/amendements/<int:number>/caducite")
@act("lapse")
def lapse(report: Report, number: int) -> ResponseReturnValue:
    amendment = _numbered(report, number)
    amending.lapse(report, amendment, me())
    return _back(report, amendment)

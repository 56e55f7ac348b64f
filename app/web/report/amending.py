"""Amending: the commission's marks, amendments, opinions and decisions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from flask import Blueprint, abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import template
from app.audit.models import AuditEvent
from app.content.blocks import Content
from app.content.canonical import TooLong
from app.content.typography import french
from app.reports.amending import acts as amending
from app.reports.amending.board import spoken
from app.reports.comments import acts as commenting
from app.reports.history import timeline as history
from app.reports.live import presence
from app.reports.models.report import Amendment, Comment, Opinion, Report
from app.reports.pages import amendment_page
from app.reports.pages.report_page import open_page
from app.reports.steps import NotReady
from app.reports.text import revisions
from app.reports.text.revisions import Collision
from app.web.forms import read_zones, rearranged
from app.web.guards import act, me, reads
from app.web.htmx import go
from app.web.report import page as report_page
from app.web.report import settling
from app.web.report.cards import alone, kept
from app.web.report.editing import Editor, posted_base, preview, show_editor, stored_part

blueprint = Blueprint("amending", __name__)
blueprint.register_error_handler(NotReady, report_page.refused)


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
    form = request.form
    if form.get("grid"):
        return show_editor(report, _editor(report, key, rearranged(form, part.zones, known), base))
    content = read_zones(form, part.zones, known)
    if form.get("do") == "preview":
        return show_editor(report, _editor(report, key, content, base, preview=preview(report, part, content)))
    observed = _observation(report)
    how: dict[str, Any] = {"formal": bool(form.get("formal")), "comment": observed.number if observed else None}
    try:
        filed = amending.amend(report, key, base, content, form.get("reason", ""), me(), **how)
    except (TooLong, NotReady) as error:
        return show_editor(report, _editor(report, key, content, base, sentence=str(error)), 422)
    presence.leave(report, key, me())
    flash(french(_filed([each.number for each in filed])))
    return _back(report, filed[0])


def _filed(numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"Amendement n°\u00a0{numbers[0]} déposé."
    return f"{len(numbers)} amendements déposés : n°\u00a0{spoken(numbers)}."


def _editor(report: Report, key: str, content: Content, base: int, **more: Any) -> Editor:
    form = request.form
    return Editor(
        template.BY_KEY[key],
        content,
        base,
        url_for("amending.amend", report_id=report.id, key=key),
        "Proposer l’amendement",
        form="amend",
        amends=True,
        reason=form.get("reason", ""),
        formal=bool(form.get("formal")),
        comment=_observation(report),
        **more,
    )


def _observation(report: Report) -> Comment | None:
    """The observation that the amendment grows out of, where there is such a one."""
    number = request.form.get("comment", type=int) or request.args.get("observation", type=int)
    try:
        return commenting.first_of(report, number) if number else None
    except LookupError:
        return None


def _back(report: Report, amendment: Amendment) -> ResponseReturnValue:
    """To the amendment's card, in the view and with the filter it was decided in."""
    return go(url_for("reports.page", report_id=report.id, _anchor=f"amendment-{amendment.number}", **kept()))


def _numbered(report: Report, number: int) -> Amendment:
    try:
        return amending.numbered(report, number)
    except LookupError:
        abort(404)


@blueprint.get("/rapports/<int:report_id>/amendements/<int:number>")
@reads
def amendment(report: Report, number: int) -> ResponseReturnValue:
    """The amendment by itself: what letters and tasks lead to."""
    if not history.may_see(report, me()):
        abort(404)
    found = amendment_page.open_dossier(report, open_page(report, me()), number) or abort(404)
    card, cards = alone(found.page, number)
    return render_template("amending/page.html", report=report, dossier=found, card=card, cards=cards, failed=None)


@blueprint.post("/rapports/<int:report_id>/amendements/<int:number>/avis")
@act("opine")
def opine(report: Report, number: int) -> ResponseReturnValue:
    amendment = _numbered(report, number)
    opinion = request.form.get("opinion", "")
    if opinion not in set(Opinion):
        raise NotReady("Choisissez un avis : favorable, défavorable ou laissé à la commission.")
    amending.opine(report, amendment, Opinion(opinion), request.form.get("text", ""), me())
    return _back(report, amendment)


@blueprint.get("/rapports/<int:report_id>/amendements/<int:number>/modifier")
@act("adopt")
def modify(report: Report, number: int) -> ResponseReturnValue:
    """The amendment's passages in small editors, to be adopted in other words."""
    return settling.show(report, _numbered(report, number))


@blueprint.post("/rapports/<int:report_id>/amendements/<int:number>/adopter")
@act("adopt")
def adopt(report: Report, number: int) -> ResponseReturnValue:
    amendment = _numbered(report, number)
    try:
        event = amending.adopt(report, amendment, me(), settling.settlement(report, amendment))
    except Collision:
        return settling.show(report, amendment, 409, settling.why(report, amendment))
    except (TooLong, NotReady) as error:
        if not settling.posted():
            raise
        return settling.show(report, amendment, 422, str(error))
    _say_overtaken(event)
    return _back(report, amendment)


def _say_overtaken(event: AuditEvent) -> None:
    """Tell the president which amendments his decision has put to review."""
    numbers = orjson.loads(event.body)["facts"].get("overtaken", [])
    if len(numbers) == 1:
        flash(french(f"L’amendement n°\u00a0{numbers[0]} touchait les mêmes mots : il est à revoir."))
    elif numbers:
        flash(french(f"Les amendements n°\u00a0{spoken(numbers)} touchaient les mêmes mots : ils sont à revoir."))


@blueprint.post("/rapports/<int:report_id>/amendements/<int:number>/suivre-avis")
@act("adopt", "reject")
def follow(report: Report, number: int) -> ResponseReturnValue:
    """Decide as the rapporteur advises, in one click."""
    amendment = _numbered(report, number)
    try:
        event = amending.follow_opinion(report, amendment, me())
    except Collision:
        return settling.show(report, amendment, 409, settling.why(report, amendment))
    _say_overtaken(event)
    return _back(report, amendment)


@blueprint.post("/rapports/<int:report_id>/amendements/forme")
@act("adopt")
def adopt_formal(report: Report) -> ResponseReturnValue:
    """Adopt at once the amendments of form alone that stand in nobody's way, of those that were on the screen."""
    adopted, left = amending.adopt_formal(report, me(), request.form.getlist("shown", type=int))
    done = "1 amendement de forme adopté" if len(adopted) == 1 else f"{len(adopted)} amendements de forme adoptés"
    rest = f" ; {len(left)} restent à décider un par un" if len(left) > 1 else " ; 1 reste à décider" if left else ""
    flash(french(f"{done}{rest}."))
    return go(url_for("reports.page", report_id=report.id, _anchor="amendments", **kept()))


@blueprint.post("/rapports/<int:report_id>/amendements/<int:number>/rejeter")
@act("reject")
def reject(report: Report, number: int) -> ResponseReturnValue:
    amendment = _numbered(report, number)
    amending.reject(report, amendment, me(), request.form.get("reason", ""))
    return _back(report, amendment)


@blueprint.post("/rapports/<int:report_id>/amendements/<int:number>/reserver")
@act("defer")
def defer(report: Report, number: int) -> ResponseReturnValue:
    amendment = _numbered(report, number)
    amending.defer(report, amendment, me(), request.form.get("reason", ""))
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

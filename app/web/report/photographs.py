"""Photographs: the page on which they are added, and each of them as an image."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import wraps
from typing import Any

from flask import Blueprint, abort, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.content.blocks import FILE
from app.content.typography import french
from app.db import db, only_reading
from app.documents import pictures
from app.documents.pictures import LARGEST, Developed, UnfitPicture, kept
from app.documents.store import Missing, Unreachable
from app.reports import steps
from app.reports.access import visibility
from app.reports.attachments import photographs
from app.reports.models.report import Report
from app.reports.steps import NotReady
from app.template import Consent
from app.web.files import store, stored
from app.web.guards import act, me, reads
from app.web.htmx import go
from app.web.report import editing

blueprint = Blueprint("pictures", __name__)
View = Callable[..., ResponseReturnValue]

NO_FILE = "Choisissez au moins une photographie."
NO_CONSENT = "Dites si les personnes que l’on reconnaît ont donné leur accord."
NAME = 80


@blueprint.get("/rapports/<int:report_id>/photographies")
@act("draft", "edit")
def page(report: Report) -> ResponseReturnValue:
    return _page(report)


def _page(report: Report, status: int = 200, **errors: str) -> ResponseReturnValue:
    rows = photographs.pictures_of(report)
    return (
        render_template(
            "attachments/photographs.html",
            report=report,
            rows=[(block, kept(block.fields[FILE])) for block in rows],
            most=photographs.MOST,
            consents=[(Consent.GIVEN.value, "Oui"), (Consent.REFUSED.value, "Non, ou je ne sais pas")],
            consent=request.form.get("consent", ""),
            errors=errors,
        ),
        status,
    )


def developed_first(view: View) -> View:
    """Develop and store the photographs before the write begins: nobody waits for it. Only for those who may add them."""

    @wraps(view)
    def prepared(report_id: int, **kwargs: Any) -> ResponseReturnValue:
        db.session.rollback()
        with only_reading():
            allowed = _may_add(report_id)
        g.developed, g.refused = _developed() if allowed else ([], [])
        with suppress(Unreachable):  # the view says it
            for each in g.developed if request.form.get("consent") in tuple(Consent) else ():
                pictures.keep(each, store())
        return view(report_id=report_id, **kwargs)

    return prepared


def _may_add(report_id: int) -> bool:
    """The guard says it again with its own answer; here it only spares the work."""
    report = visibility.visible_report(me(), report_id) if me().is_authenticated else None
    try:
        steps.admit(("draft", "edit"), report, me()) if report else None
    except (steps.NotAllowed, steps.WrongStage):
        return False
    return report is not None


def _developed() -> tuple[list[Developed], list[str]]:
    """What is fit to be kept, and a sentence for each file that is not."""
    found, refused = [], []
    for file in request.files.getlist("pictures")[: photographs.MOST]:
        if not file.filename:
            continue
        try:
            found.append(pictures.develop(file.stream.read(LARGEST + 1)))
        except UnfitPicture as error:
            refused.append(french(f"« {file.filename[-NAME:]} » : {error}"))
    return found, refused


@blueprint.post("/rapports/<int:report_id>/photographies")
@developed_first
@act("draft", "edit")
def add(report: Report) -> ResponseReturnValue:
    consent = request.form.get("consent", "")
    if consent not in tuple(Consent):
        return _page(report, 422, consent=NO_CONSENT)
    if not g.developed:
        return _page(report, 422, pictures=" ".join(g.refused) or NO_FILE)
    try:
        added = [pictures.keep(each, store()) for each in g.developed]
        photographs.add(report, me(), added, Consent(consent))
    except (NotReady, Unreachable) as error:
        db.session.rollback()
        return _page(report, 422, pictures=str(error))
    _tell(len(added))
    if g.refused:  # where the sentences about them are seen
        return go(url_for(".page", report_id=report.id))
    return go(url_for("editing.edit", report_id=report.id, key=photographs.KEY, _anchor=f"part-{photographs.KEY}"))


def _tell(count: int) -> None:
    said = "Une photographie est ajoutée" if count == 1 else f"{count} photographies sont ajoutées"
    flash(french(f"{said} : écrivez maintenant {'sa légende' if count == 1 else 'leurs légendes'}."))
    for sentence in g.refused:
        flash(f"N’a pas été prise\u00a0: {sentence}")


@blueprint.get("/rapports/<int:report_id>/images/<file>")
@reads
def image(report: Report, file: str) -> ResponseReturnValue:
    """`file` is the hash of a photograph, or of its thumbnail, with ".jpg"."""
    name = file.removesuffix(".jpg")
    if not photographs.may_be_shown(report, name, me()):
        abort(404)
    try:
        return stored(name, store().size(name), "image/jpeg")
    except Missing:
        abort(404)


editing.blueprint.add_app_template_global(kept, "kept_picture")

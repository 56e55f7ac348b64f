"""Files beside a report: the page that lists and plays them, and the form that adds one."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Blueprint, abort, current_app, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.content.typography import french
from app.db import db, only_reading
from app.documents.store import Missing, Unreachable
from app.reports.access import visibility
from app.reports.attachments import acts as attaching
from app.reports.attachments import kinds
from app.reports.attachments.acts import StoredFile
from app.reports.attachments.kinds import KindRefused
from app.reports.attachments.uploads import Unlike
from app.reports.history import timeline as history
from app.reports.models.attachment import Attachment, AttachmentKind
from app.reports.models.report import Report
from app.reports.steps import NotReady
from app.web.files import store, stored
from app.web.guards import act, me, reads
from app.web.handing import hands_out
from app.web.headers import POLICY
from app.web.htmx import go

blueprint = Blueprint("attachments", __name__)
View = Callable[..., ResponseReturnValue]

NO_FILE = "Choisissez un fichier."
NO_KIND = "Dites ce que c’est."
TOO_PLAIN = (
    "Sans JavaScript, un fichier peut peser 25\u00a0Mo au plus. Activez JavaScript\u00a0: l’envoi se fera par morceaux, "
    "et reprendra après une coupure."
)


@blueprint.app_template_filter("weight")
def weight(size: int) -> str:
    """Bytes as people say them: "850 ko", "3,2 Mo"."""
    if size < 999_500:
        return f"{max(1, round(size / 1000))}\u00a0ko"
    return f"{size / 1_000_000:.1f}".replace(".", ",").removesuffix(",0") + "\u00a0Mo"


@blueprint.get("/rapports/<int:report_id>/pieces-jointes")
@reads
def page(report: Report) -> ResponseReturnValue:
    return _page(_shown(report))


def _shown(report: Report) -> Report:
    """For those with a part in the report; readers of published reports see the document alone."""
    if not history.may_see(report, me()):
        abort(404)
    return report


def _page(report: Report, status: int = 200, **errors: str) -> ResponseReturnValue:
    allowed = attaching.may_attach(report, me())
    shown = render_template(
        "attachments/page.html",
        report=report,
        attachments=attaching.attachments_of(report),
        allowed=allowed,
        limits={kind: kinds.most(kind, current_app.config) for kind in allowed},
        rules=kinds.RULES,
        chosen=request.form.get("kind", ""),
        may_withdraw=lambda row: attaching.may_withdraw(report, row, me()) if allowed else False,
        errors=errors,
    )
    return shown, status, {"Content-Security-Policy": f"{POLICY}; media-src 'self'"}


@blueprint.get("/rapports/<int:report_id>/pieces-jointes/<int:number>")
@reads
@hands_out("attachment")
def file(report: Report, number: int) -> ResponseReturnValue:
    """To be saved; with `lire` in the address, sound and film to be played in the page."""
    row = _of_number(_shown(report), number)
    played = "lire" in request.args and row.media_type.startswith(("audio/", "video/"))
    try:
        return stored(row.file_hash, row.size, row.media_type, "" if played else row.name)
    except Missing:
        abort(404)


def _of_number(report: Report, number: int) -> Attachment:
    try:
        row = attaching.of_number(report, number)
    except LookupError:
        abort(404)
    return row if row.withdrawn_at is None else abort(404)


@blueprint.post("/rapports/<int:report_id>/pieces-jointes/<int:number>/retirer")
@act("withdraw_attachment")
def withdraw(report: Report, number: int) -> ResponseReturnValue:
    try:
        row = attaching.withdraw(report, number, me())
    except LookupError:
        abort(404)
    flash(french(f"« {row.name} » est retiré : plus personne ne peut l’ouvrir."))
    return go(url_for(".page", report_id=report.id))


def stored_first(find: Callable[..., StoredFile | str | Unlike]) -> Callable[[View], View]:
    """Look at the file and store it before the write begins: nobody waits for it. What `find` says is left in `g.stored`."""

    def decorate(view: View) -> View:
        @wraps(view)
        def prepared(report_id: int, **kwargs: Any) -> ResponseReturnValue:
            db.session.rollback()
            with only_reading():
                report = admitted(report_id)
                try:
                    g.stored = find(report, **kwargs) if report else ""
                except (KindRefused, Unreachable) as error:
                    g.stored = str(error)
            return view(report_id=report_id, **kwargs)

        return prepared

    return decorate


def admitted(report_id: int) -> Report | None:
    """The guard says it again with its own answer; here it only spares the work."""
    report = visibility.visible_report(me(), report_id) if me().is_authenticated else None
    return report if report is not None and attaching.may_attach(report, me()) else None


def _posted(report: Report) -> StoredFile | str:
    """The file of the plain form."""
    given = request.files.get("file")
    kind = kind_sent()
    if given is None or not given.filename or kind is None:
        return NO_FILE
    if kind not in attaching.may_attach(report, me()):
        return attaching.SUPERVISORS_OWN
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        given.save(path)
        if path.stat().st_size > kinds.PLAIN:
            return TOO_PLAIN
        return attaching.receive(path, given.filename, kind, kinds.most(kind, current_app.config), store())


def kind_sent() -> AttachmentKind | None:
    value = request.form.get("kind", "")
    return AttachmentKind(value) if value in tuple(AttachmentKind) else None


@blueprint.post("/rapports/<int:report_id>/pieces-jointes")
@stored_first(_posted)
@act("attach")
def attach(report: Report) -> ResponseReturnValue:
    if kind_sent() is None:
        return _page(report, 422, kind=NO_KIND)
    if isinstance(g.stored, str):
        return _page(report, 422, file=g.stored)
    try:
        return _attached(report, g.stored)
    except NotReady as error:
        return _page(report, 422, file=str(error))


def _attached(report: Report, found: StoredFile) -> ResponseReturnValue:
    row = attaching.attach(report, me(), found)
    flash(french(f"« {row.name} » est joint au rapport."))
    return go(url_for(".page", report_id=report.id, _anchor=f"piece-{row.number}"))

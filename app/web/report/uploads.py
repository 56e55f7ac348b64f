"""The pieces of a file on its way to a report, as the page's script sends them, and the whole once they are all there."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial, wraps
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Blueprint, current_app, flash, g, jsonify, request, url_for
from flask.typing import ResponseReturnValue

from app.content.typography import french
from app.db import db, only_reading
from app.documents.pieces import Pieces
from app.documents.store import NAME, Store, Unreachable
from app.reports import steps
from app.reports.attachments import acts as attaching
from app.reports.attachments import kinds, uploads
from app.reports.attachments.acts import StoredFile
from app.reports.attachments.kinds import KindRefused
from app.reports.attachments.uploads import Elsewhere, Hole, Unlike
from app.reports.models.report import Report
from app.reports.steps import NotReady
from app.web.files import store
from app.web.guards import act, me
from app.web.report.attachments import NO_KIND, View, admitted, kind_sent, stored_first

blueprint = Blueprint("sending", __name__)

TOO_LONG = "Ce morceau de fichier est trop long\u00a0: rechargez la page, puis recommencez."
FORGOTTEN = "Cet envoi n’est plus connu\u00a0: rechargez la page, puis choisissez de nouveau le fichier."
UNLIKE = (
    "Ce qui est arrivé n’est pas le fichier de votre appareil : des morceaux se sont perdus ou abîmés, ou le fichier a "
    "changé pendant l’envoi. Rien n’est joint. Choisissez-le de nouveau : seuls les morceaux en défaut repartiront."
)
NOT_WHOLE = (
    "Il manque encore des morceaux de ce fichier\u00a0: choisissez-le de nouveau, l’envoi reprendra où il en était."
)


def _folder() -> Path:
    return Path(current_app.config["UPLOADS_FOLDER"])


@blueprint.post("/rapports/<int:report_id>/pieces-jointes/envois")
@act("attach")
def begin(report: Report) -> ResponseReturnValue:
    """Begin to send a file in pieces, or learn where to go on with it."""
    kind, form = kind_sent(), request.form
    if kind is None:
        return _told(NO_KIND)
    size, largest = form.get("size", 0, type=int), kinds.most(kind, current_app.config)
    try:
        upload = uploads.begin(report, me(), kind, form.get("name", ""), size, form.get("mark", ""), largest)
    except (KindRefused, steps.NotAllowed) as error:
        return _told(str(error))
    place = url_for(".offset", report_id=report.id, number=upload.id)
    return jsonify(place=place, piece=uploads.LARGEST_PIECE, **_standing(uploads.hole(upload)))


def _standing(hole: Hole) -> dict[str, int]:
    """How much is there without a gap from the beginning, and where the gap ends."""
    return {"received": hole.start, "until": hole.end}


def _told(sentence: str, status: int = 422, **more: Any) -> ResponseReturnValue:
    """A refusal, as the script that sends shows it."""
    return jsonify(sentence=french(sentence), **more), status


@blueprint.get("/rapports/<int:report_id>/pieces-jointes/envois/<int:number>")
@act("attach")
def offset(report: Report, number: int) -> ResponseReturnValue:
    """Which bytes of the file are wanted next."""
    upload = uploads.of(report, me(), number)
    return jsonify(size=upload.size, **_standing(uploads.hole(upload)))


@blueprint.errorhandler(LookupError)
def forgotten(error: LookupError) -> ResponseReturnValue:
    """The upload is another's, was attached, or was let go."""
    db.session.rollback()
    return _told(FORGOTTEN)


def received_first(view: View) -> View:
    """Take the piece off the wire before the write begins: over a poor link that may take minutes."""

    @wraps(view)
    def prepared(**kwargs: Any) -> ResponseReturnValue:
        if (request.content_length or 0) > uploads.LARGEST_PIECE:
            return _told(TOO_LONG, 413)
        request.max_content_length = uploads.LARGEST_PIECE
        request.get_data(cache=True, parse_form_data=False)
        db.session.rollback()
        with only_reading():
            refused = _keep_piece(**kwargs)
        return view(**kwargs) if refused is None else refused

    return prepared


def _keep_piece(report_id: int, number: int) -> ResponseReturnValue | None:
    """Put the piece into the store where it is wanted; the view says it again with the guard's answers, and notes it."""
    report = admitted(report_id)
    try:
        if report is not None:
            upload = uploads.of(report, me(), number)
            start, data, fingerprint = _piece()
            uploads.require_fit(upload, start, data, fingerprint)
            Pieces(store(), upload.id).keep(start, data)
            g.kept = True
    except (LookupError, KindRefused, Elsewhere):
        return None
    except Unreachable as error:
        return _told(str(error), 503)
    return None


def _piece() -> tuple[int, bytes, str]:
    """Where it begins, itself, and its SHA-256 as the sender has it."""
    start = request.headers.get("Upload-Offset", -1, type=int)
    return start, request.get_data(), request.headers.get("Upload-Hash", "")


@blueprint.post("/rapports/<int:report_id>/pieces-jointes/envois/<int:number>")
@received_first
@act("attach")
def piece(report: Report, number: int) -> ResponseReturnValue:
    """One piece of the file: where it begins and its SHA-256 stand in the headers."""
    upload = uploads.of(report, me(), number, lock=True)
    start, data, fingerprint = _piece()
    try:
        replaced = uploads.take_in(upload, start, data, fingerprint)
    except Elsewhere as error:
        if "kept" in g and not uploads.stands(upload, start, fingerprint):  # another one was quicker
            _drop(store(), upload.id, start, fingerprint)
        return jsonify(_standing(error.hole)), 422
    except KindRefused as error:
        return _told(str(error))
    answer = jsonify(_standing(uploads.hole(upload)))
    if replaced:
        answer.call_on_close(partial(_drop, store(), upload.id, start, replaced))
    return answer


def _drop(files: Store, upload: int, start: int, fingerprint: str) -> None:
    """Nothing lies in the store that no row names, however often a piece is sent otherwise."""
    with suppress(Unreachable):
        Pieces(files, upload).drop(start, fingerprint)


def _gathered(report: Report, number: int) -> StoredFile | str | Unlike:
    """The file whose pieces are all there and make what was sent; the view has its own answer for one that is not this
    person's, or is attached.
    """
    try:
        upload = uploads.of(report, me(), number)
    except LookupError:
        return ""
    fingerprint = request.form.get("sha256", "")
    if not NAME.fullmatch(fingerprint):
        return uploads.UNNAMED
    if not uploads.complete(upload):
        return NOT_WHOLE
    largest = kinds.most(upload.kind, current_app.config)
    _folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    with TemporaryDirectory(dir=_folder()) as folder:
        path = Path(folder) / "file"
        try:
            uploads.put_together(upload, fingerprint, store(), path)
        except Unlike as unlike:
            return unlike
        return attaching.receive(path, upload.name, upload.kind, largest, store())


@blueprint.post("/rapports/<int:report_id>/pieces-jointes/envois/<int:number>/joindre")
@stored_first(_gathered)
@act("attach")
def finish(report: Report, number: int) -> ResponseReturnValue:
    upload = uploads.of(report, me(), number, lock=True)
    if isinstance(g.stored, str):
        return _told(g.stored)
    if isinstance(g.stored, Unlike):
        return _told(UNLIKE, pieces=g.stored.pieces)
    try:
        row = attaching.attach(report, me(), g.stored)
    except NotReady as error:
        return _told(str(error))
    uploads.forget(upload)
    flash(french(f"« {row.name} » est joint au rapport."))
    g.place = url_for("attachments.page", report_id=report.id, _anchor=f"piece-{row.number}")
    answer = jsonify(place=g.place)
    answer.call_on_close(_after(store(), upload.id))
    return answer


def _after(files: Store, upload: int) -> Callable[[], None]:
    """Throws the pieces away once all is committed and answered; what that leaves is swept by the worker."""

    def throw_away() -> None:
        with suppress(Unreachable):
            Pieces(files, upload).throw_away()

    return throw_away

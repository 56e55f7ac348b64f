"""The report in Word: its file to download, an edited copy brought back, and what is taken over of it."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from flask import Blueprint, Response, abort, current_app, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeSerializer

from app.content.canonical import TooLong, digest
from app.content.merge import merge
from app.content.typography import french
from app.db import now
from app.documents.pdf import RenderingFailed
from app.documents.sandbox.reading import read_word
from app.documents.store import Damaged, Missing, Unreachable
from app.documents.tray import Tray
from app.documents.word.opening import LARGEST_FILE, UnreadableWord
from app.documents.word.reading import Copy
from app.reports.amending.board import spoken
from app.reports.models.report import Report
from app.reports.pages.report_page import open_page
from app.reports.steps import NotReady
from app.reports.text import revisions
from app.reports.word import returned, taking
from app.reports.word.making import word_file
from app.reports.word.manifest import Foreign
from app.reports.word.returned import Returned
from app.reports.word.taking import WordTaken
from app.template import BY_KEY
from app.web.files import store
from app.web.guards import act, me, read_before, reads
from app.web.handing import hands_out
from app.web.htmx import go
from app.web.report.editing import COLLISION, Editor, show_editor, stored_part
from app.workflow import Stage

blueprint = Blueprint("word", __name__)

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
ACTS = ("draft", "edit", "amend", "comment")
NO_COPY = "Cette adresse ne mène à aucune copie que vous ayez déposée\u00a0: déposez de nouveau le document Word."
NO_FILE = "Choisissez d’abord le document Word que vous avez modifié."


def key() -> bytes:
    """What seals the files we give out."""
    return str(current_app.config["SECRET_KEY"]).encode("utf-8")


@blueprint.get("/rapports/<int:report_id>/rapport.docx")
@reads
@hands_out("word")
def download(report: Report) -> ResponseReturnValue:
    """`amendements`: while the commission reads, with those still to be decided as tracked changes, and the observations."""
    page = open_page(report, me())
    marked = bool(request.args.get("amendements")) and report.stage is Stage.READING and page.may_see_history
    waiting = sorted((each for each in page.amendments if each.undecided), key=lambda each: each.number)
    try:
        data = word_file(
            report,
            page.parts,
            key(),
            now(),
            amendments=waiting if marked else (),
            threads=page.threads if marked else (),
            store=store(),
        )
    except RenderingFailed as error:
        abort(422, str(error))
    return as_word(data, f"rapport-{report.id}{'-avec-amendements' if marked else ''}.docx")


def as_word(data: bytes, name: str) -> Response:
    """A Word file to download."""
    response = Response(data, mimetype=MEDIA_TYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@blueprint.get("/rapports/<int:report_id>/word")
@act(*ACTS)
def bring(report: Report) -> ResponseReturnValue:
    return _form(report)


def _form(report: Report, sentence: str = "", status: int = 200) -> ResponseReturnValue:
    return render_template("word/bring.html", report=report, page=open_page(report, me()), error=sentence), status


def _receive(report: Report) -> None:
    """Lay the file into the tray, once it is known to be a copy of this report."""
    g.brought, g.refused = "", NO_FILE
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return
    data = upload.stream.read(LARGEST_FILE + 1)
    try:
        returned.check(report, data, key())
        g.brought = _lay_down(report, data)
    except (UnreadableWord, Foreign, Unreachable) as error:
        g.refused = str(error)


def _lay_down(report: Report, data: bytes) -> str:
    """The file in the place of the one that this person brought before; it is kept for good once it is taken over."""
    name, tray = digest(data), _tray(report.id)
    tray.empty()
    tray.keep({"file": name}, {name: data})
    return name


def _tray(report_id: int) -> Tray:
    return Tray(store(), f"word-{report_id}-{me().id}")


@blueprint.post("/rapports/<int:report_id>/word")
@read_before(_receive, *ACTS)
@act(*ACTS)
def receive(report: Report) -> ResponseReturnValue:
    """What is in the file is shown at an address of its own."""
    if not g.get("brought"):
        return _form(report, g.get("refused", NO_FILE), 422)
    return go(url_for("word.look", report_id=report.id, token=_signer().dumps([report.id, me().id, g.brought])))


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="seben word copy")


@blueprint.get("/rapports/<int:report_id>/word/<token>")
@act(*ACTS)
def look(report: Report, token: str) -> ResponseReturnValue:
    return _show(report, token)


def _show(report: Report, token: str, sentence: str = "", status: int = 200) -> ResponseReturnValue:
    copy, _ = _copy(report, token)
    return (
        render_template(
            "word/look.html",
            report=report,
            copy=copy,
            token=token,
            act=taking.act_for(report, me()),
            error=sentence,
            typed=request.form,
        ),
        status,
    )


def _copy(report: Report, token: str) -> tuple[Returned, str]:
    """What was brought under this address, and the file's SHA-256: for who brought it alone."""
    try:
        report_id, person_id, name = _signer().loads(token)
        if (report_id, person_id) != (report.id, me().id):
            abort(422, NO_COPY)
        copy = _read(report.id, name)
        page = open_page(report, me())
        return returned.open_copy(report, copy, key(), page.parts, page.amendments, me().id), name
    except (BadSignature, ValueError, Missing):
        abort(422, NO_COPY)
    except (UnreadableWord, Foreign, Unreachable, Damaged) as error:
        abort(422, str(error))


def _read_again(report: Report, token: str) -> None:
    """The file, while nobody waits, kept for good where the log will name it; what is wrong is said later."""
    with suppress(BadSignature, ValueError):
        report_id, person_id, name = _signer().loads(token)
        if (report_id, person_id) == (report.id, me().id):
            g.copy = _tried(report.id, name, keep=taking.names_file(report, me(), request.form.getlist("passage")))


def _tried(report_id: int, name: str, *, keep: bool = False) -> Copy | Exception:
    try:
        data = _file(report_id, name)
        if keep:
            store().put(data)
        return read_word(data)
    except (Missing, UnreadableWord, Unreachable, Damaged) as error:
        return error


def _file(report_id: int, name: str) -> bytes:
    """From the tray, or of those that are kept."""
    with suppress(LookupError):
        data = _tray(report_id).picture(name)
        if digest(data) == name:
            return data
    return store().get(name)


def _read(report_id: int, name: str) -> Copy:
    """The file as it was read before the write began, or now where nothing is written."""
    copy: Copy | Exception = g.get("copy") or _tried(report_id, name)
    if isinstance(copy, Exception):
        raise copy
    return copy


@blueprint.post("/rapports/<int:report_id>/word/<token>")
@read_before(_read_again, *ACTS)
@act(*ACTS)
def take(report: Report, token: str) -> ResponseReturnValue:
    copy, name = _copy(report, token)
    form = request.form
    try:
        taken = taking.take(
            report, copy, form.getlist("passage"), form.getlist("remark"), form.get("reason", ""), name, me()
        )
    except (NotReady, TooLong) as error:
        return _show(report, token, str(error), 422)
    for sentence in _told(taken):
        flash(french(sentence))
    if taken.collided:
        return go(url_for("word.look", report_id=report.id, token=token))
    return go(url_for("reports.page", report_id=report.id))


def _told(taken: WordTaken) -> list[str]:
    said = []
    if taken.saved:
        said.append(f"Repris du fichier Word : {', '.join(taken.saved)}.")
    if taken.amendments:
        one = len(taken.amendments) == 1
        said.append(f"{'Amendement déposé' if one else 'Amendements déposés'} : n°\u00a0{spoken(taken.amendments)}.")
    if taken.observations:
        one = len(taken.observations) == 1
        said.append(
            f"{'Observation ajoutée' if one else 'Observations ajoutées'} : n°\u00a0{spoken(taken.observations)}."
        )
    if taken.collided:
        said.append(f"À reprendre à la main, le texte ayant changé entre-temps : {', '.join(taken.collided)}.")
    return said


@blueprint.get("/rapports/<int:report_id>/word/<token>/<key>")
@act("draft", "edit")
def settle(report: Report, token: str, key: str) -> ResponseReturnValue:
    """A part of the file in the editor, where its words collide with what was saved since: both texts are there."""
    stored = stored_part(report, key)
    copy, _ = _copy(report, token)
    if key not in copy.bases:
        abort(404)
    merged = merge(copy.bases[key], copy.content(key), revisions.current(stored).content)
    action = url_for("editing.save", report_id=report.id, key=key)
    editor = Editor(BY_KEY[key], merged.content, stored.number, action, "Enregistrer")
    if merged.clashes:
        editor = replace(editor, sentence=COLLISION, clashes=merged.clashes)
    return show_editor(report, editor)

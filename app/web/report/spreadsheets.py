"""Spreadsheets: a list uploaded into a part, its columns matched and its lines checked; and a part's rows to take away."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.content.canonical import TooLong
from app.content.typography import french
from app.documents.sandbox.reading import read_sheets
from app.documents.sheets import packed
from app.documents.sheets.opening import LARGEST_FILE, UnreadableSheet
from app.reports.live import presence
from app.reports.models.report import Report
from app.reports.pages.report_page import open_page
from app.reports.spreadsheets import export as spreadsheet_export
from app.reports.spreadsheets import taking
from app.reports.spreadsheets.columns import column_letter, head_lines, heads_of, importable, zone_of
from app.reports.spreadsheets.taking import SheetUpload
from app.reports.steps import NotReady
from app.reports.text import revisions
from app.template import Part
from app.web.guards import act, keeps_nothing, me, read_before, reads
from app.web.handing import hands_out
from app.web.htmx import go
from app.web.journal import FORMATS
from app.web.report.editing import COLLISION, Editor, show_editor, stored_part

blueprint = Blueprint("sheets", __name__)
blueprint.add_app_template_global(importable, "takes_sheets")

SHOWN = 20
"""Lines in the preview."""
NO_FILE = "Choisissez d’abord le tableur qui contient vos lignes."


def _part(key: str) -> Part:
    return importable(key) or abort(404)


@blueprint.get("/rapports/<int:report_id>/parties/<key>/tableur")
@act("draft", "edit")
def bring(report: Report, key: str) -> ResponseReturnValue:
    return _form(report, _part(key))


def _form(report: Report, part: Part, sentence: str = "", status: int = 200) -> ResponseReturnValue:
    base = request.form.get("base", type=int) or stored_part(report, part.key).number
    shape = taking.shape_of(part)
    return render_template(
        "spreadsheets/bring.html", report=report, part=part, shape=shape, base=base, error=sentence
    ), status


@blueprint.post("/rapports/<int:report_id>/parties/<key>/tableur")
@keeps_nothing
@act("draft", "edit")
def receive(report: Report, key: str) -> ResponseReturnValue:
    """Read the file and show how it would be taken over; nothing of it is kept here."""
    part = _part(key)
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return _form(report, part, NO_FILE, 422)
    try:
        book = read_sheets(upload.stream.read(LARGEST_FILE + 1))
        return _matching(report, taking.open_upload(part, book))
    except UnreadableSheet as error:
        return _form(report, part, str(error), 422)


def _matching(report: Report, upload: SheetUpload, sentence: str = "", status: int = 200) -> ResponseReturnValue:
    stored = stored_part(report, upload.part.key)
    return (
        render_template(
            "spreadsheets/match.html",
            report=report,
            upload=upload,
            shape=taking.shape_of(upload.part),
            heads=heads_of(upload.sheet, upload.matching.header),
            head_lines=head_lines(upload.sheet, upload.matching.header),
            letter=column_letter,
            cells=packed.pack(upload.book),
            base=request.form.get("base", type=int) or stored.number,
            rows_there=_rows_there(report, upload.part),
            shown=SHOWN,
            error=sentence,
            typed=request.form,
        ),
        status,
    )


def _rows_there(report: Report, part: Part) -> int:
    content = revisions.current(stored_part(report, part.key)).content
    zone = zone_of(part)
    return sum(block.zone == zone.key and any(block.fields.values()) for block in content)


def _come_back(report: Report, key: str) -> None:
    part = importable(key)
    try:
        g.upload = _posted(part) if part else None
    except UnreadableSheet as error:
        g.upload = str(error)


@blueprint.post("/rapports/<int:report_id>/parties/<key>/tableur/reprendre")
@read_before(_come_back, "draft", "edit")
@act("draft", "edit")
def take(report: Report, key: str) -> ResponseReturnValue:
    part = _part(key)
    upload: SheetUpload | str = g.get("upload") or packed.LOST
    if isinstance(upload, str):
        return _form(report, part, upload, 422)
    if request.form.get("do") != "save":
        return _matching(report, upload)
    try:
        return _taken(report, upload)
    except (NotReady, TooLong) as error:
        return _matching(report, upload, str(error), 422)


def _posted(part: Part) -> SheetUpload:
    """The upload as it came back from the matching screen; columns chosen for another sheet or line are guessed anew."""
    form = request.form
    book = packed.unpack(form.get("cells", ""))
    chosen, header = form.get("sheet", type=int), form.get("header", type=int)
    if form.get("matched", "") != f"{chosen}:{header}":
        other = form.get("matched", "").partition(":")[0] != str(chosen)
        return taking.open_upload(part, book, chosen, None if other else header)
    fields = tuple(form.get(f"column-{at}", "") for at in range(form.get("columns", 0, type=int)))
    return taking.open_upload(part, book, chosen, header, fields)


def _taken(report: Report, upload: SheetUpload) -> ResponseReturnValue:
    form, part = request.form, upload.part
    base = form.get("base", type=int) or stored_part(report, part.key).number
    how: dict[str, Any] = {"append": form.get("how") != "replace", "leave": bool(form.get("leave"))}
    try:
        saved, rows = taking.take(report, upload, base, me(), **how)
    except LookupError:
        abort(422, "Cette page est trop ancienne : déposez de nouveau le tableur.")
    except revisions.Collision as clash:
        place = url_for("editing.save", report_id=report.id, key=part.key)
        merged = clash.merged
        found = Editor(
            part, merged.content, clash.part.number, place, "Enregistrer", sentence=COLLISION, clashes=merged.clashes
        )
        return show_editor(report, found, 409)
    presence.leave(report, part.key, me())
    lines = "1 ligne reprise" if rows == 1 else f"{rows} lignes reprises"
    flash(
        french(
            f"{lines} du tableur." if saved.new else "Le tableur dit déjà ce que dit cette partie : rien n’a changé."
        )
    )
    return go(url_for("reports.page", report_id=report.id, _anchor=f"part-{part.key}"))


@blueprint.get("/rapports/<int:report_id>/parties/<key>.<kind>")
@reads
@hands_out("sheet")
def give(report: Report, key: str, kind: str) -> ResponseReturnValue:
    """A part's rows as this person may read them."""
    part = _part(key)
    writers = {"xlsx": spreadsheet_export.workbook, "csv": spreadsheet_export.plain_table}
    if kind not in writers:
        abort(404)
    page = open_page(report, me())
    try:
        data = writers[kind](part, page.view(key).content, public=not page.may_see_history)
    except spreadsheet_export.TooLongForACell as error:
        abort(422, str(error))
    response = Response(data, content_type=FORMATS[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="rapport-{report.id}-{key}.{kind}"'
    return response

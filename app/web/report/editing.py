"""Editing: a part's editor, its saves, and the text sent back or on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Blueprint, abort, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app import template
from app.content.blocks import Content
from app.content.canonical import TooLong
from app.content.merge import Clash
from app.content.prose import join
from app.documents.tree import Node
from app.reports.editing import acts as editing
from app.reports.live import presence
from app.reports.models.report import Comment, Report, ReportPart
from app.reports.output import document
from app.reports.pages.report_page import open_page
from app.reports.steps import NotReady
from app.reports.text import revisions
from app.reports.text.revisions import Collision
from app.web.forms import blank, read_zones, rearranged
from app.web.guards import act, me
from app.web.htmx import go, htmx
from app.web.jinja import BAMAKO
from app.web.report import page as report_page
from app.web.report.text import part_html

blueprint = Blueprint("editing", __name__)
blueprint.register_error_handler(NotReady, report_page.refused)
blueprint.register_error_handler(TooLong, report_page.refused)


@dataclass(frozen=True, slots=True)
class Editor:
    """One part in the editor: its content as typed so far, the revision it stands on, and what went wrong."""

    part: template.Part
    content: Content
    base: int
    action: str
    submit: str
    form: str = "edit"
    sentence: str = ""
    clashes: tuple[Clash, ...] = ()
    preview: tuple[Node, ...] | None = None
    amends: bool = False
    """Whether it is an amendment that is being written: then `reason`, `formal` and `comment` go with it."""
    reason: str = ""
    formal: bool = False
    comment: Comment | None = None

    def source(self, zone: template.Zone) -> str:
        """The zone's text as it stands in its textarea or line."""
        blocks = [block for block in self.content if block.zone == zone.key]
        return join(blocks) if blocks else ""

    def rows(self, zone: template.Zone) -> list[Any]:
        """The rows of a grid; an empty one where there are none and one may be typed into."""
        assert zone.shape is not None
        found = [block for block in self.content if block.zone == zone.key]
        return found if found or zone.shape.uploaded else [blank(zone)]


def written_part(key: str) -> template.Part:
    """The part of that key, where it is one that people write; else 404."""
    part = template.BY_KEY.get(key)
    if part is None or part.kind is not template.PartKind.WRITTEN:
        abort(404)
    return part


def stored_part(report: Report, key: str) -> ReportPart:
    """The part as the report has it; 404 where it was opened before the template had that part."""
    try:
        return revisions.part_of(report, written_part(key).key)
    except LookupError:
        abort(404)


@blueprint.get("/rapports/<int:report_id>/parties/<key>/modifier")
@act("draft", "edit")
def edit(report: Report, key: str) -> ResponseReturnValue:
    stored = stored_part(report, key)
    return show_editor(report, _editor(report, key, revisions.current(stored).content, stored.number))


@blueprint.post("/rapports/<int:report_id>/parties/<key>/modifier")
@act("draft", "edit")
def save(report: Report, key: str) -> ResponseReturnValue:
    part, base, known = posted_base(report, key)
    if request.form.get("grid"):
        return show_editor(report, _editor(report, key, rearranged(request.form, part.zones, known), base))
    content = read_zones(request.form, part.zones, known)
    if request.form.get("do") == "preview":
        return show_editor(report, _editor(report, key, content, base, preview=preview(report, part, content)))
    try:
        saved = editing.save_part(report, key, base, content, me())
    except TooLong as error:
        return show_editor(report, _editor(report, key, content, base, sentence=str(error)), 422)
    except Collision as clash:
        number, merged = clash.part.number, clash.merged
        again = _editor(report, key, merged.content, number, sentence=COLLISION, clashes=merged.clashes)
        return show_editor(report, again, 409)
    presence.leave(report, key, me())
    return _saved(report, key, saved)


def preview(report: Report, part: template.Part, content: Content) -> tuple[Node, ...]:
    """The part as it would be printed with this content."""
    contents = {part.key: content}
    if part.key == "unmet":
        contents["follow_up"] = revisions.current(revisions.part_of(report, "follow_up")).content
    return tuple(document.part_nodes(part, contents, document.signed_at(report)))


COLLISION = (
    "Quelqu’un a enregistré cette partie pendant que vous écriviez, aux mêmes endroits. Rien n’est perdu : les deux textes "
    "sont ci-dessous. Gardez les mots qui conviennent, puis enregistrez."
)


def posted_base(report: Report, key: str) -> tuple[template.Part, int, Content]:
    """The part being edited, the number of the revision the form was made on, and that revision's content."""
    part, stored = written_part(key), stored_part(report, key)
    base = request.form.get("base", type=int) or stored.number
    try:
        return part, base, revisions.revision_of(stored, base).content
    except LookupError:
        abort(422, "Cette page est trop ancienne : rechargez-la.")


def _editor(report: Report, key: str, content: Content, base: int, **more: Any) -> Editor:
    action = url_for("editing.save", report_id=report.id, key=key)
    return Editor(template.BY_KEY[key], content, base, action, "Enregistrer", **more)


def show_editor(report: Report, editor: Editor, status: int = 200) -> ResponseReturnValue:
    """The editor in its part's place: the fragment alone for htmx, else the whole report page around it."""
    if htmx.wants_fragment:
        marks = presence.others(report, editor.part.key, me())
        return render_template("editing/_editor.html", editor=editor, report=report, marks=marks), status
    return report_page.show(report, status, editor=editor)


def _saved(report: Report, key: str, saved: editing.Saved) -> ResponseReturnValue:
    place = url_for("reports.page", report_id=report.id, _anchor=f"part-{key}")
    if not htmx.wants_fragment:
        return go(place)
    g.place = url_for("editing.part", report_id=report.id, key=key)
    return _fragment(report, key, saved)


@blueprint.get("/rapports/<int:report_id>/parties/<key>")
@act("draft", "edit")
def part(report: Report, key: str) -> ResponseReturnValue:
    written_part(key)
    if not htmx.wants_fragment:
        return go(url_for("reports.page", report_id=report.id, _anchor=f"part-{key}"))
    return _fragment(report, key, None)


def _fragment(report: Report, key: str, saved: editing.Saved | None) -> str:
    page = open_page(report, me())
    return render_template(
        "editing/_saved.html",
        page=page,
        report=report,
        view=page.view(key),
        saved=saved,
        part_html=lambda view: part_html(view, page),
        failed=None,
        at=datetime.now(BAMAKO),
    )


@blueprint.post("/rapports/<int:report_id>/renvoyer-au-facilitateur")
@act("return_draft")
def return_draft(report: Report) -> ResponseReturnValue:
    editing.return_draft(report, me(), request.form.get("reason", ""))
    return go(url_for("reports.page", report_id=report.id))


@blueprint.post("/rapports/<int:report_id>/transmettre")
@act("transmit")
def transmit(report: Report) -> ResponseReturnValue:
    passing_why = request.form.get("passing", "")
    editing.transmit(report, me(), posted_day("deadline"), datetime.now(BAMAKO).date(), passing_why)
    return go(url_for("reports.page", report_id=report.id))


def posted_day(name: str) -> date | None:
    """The date posted in a field; None where it is empty or no date."""
    try:
        return date.fromisoformat(request.form.get(name, "").strip())
    except ValueError:
        return None

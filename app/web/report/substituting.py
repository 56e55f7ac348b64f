"""Signing in another's stead: coordination names who, by a document that allows it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from flask import Blueprint, Response, abort, current_app, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.documents.store import Damaged, Missing, Unreachable
from app.people.invalid import Invalid
from app.reports.access import situation
from app.reports.history import timeline as history
from app.reports.models.report import Report
from app.reports.models.signature import Slot
from app.reports.signing import substituting
from app.reports.steps import NotReady
from app.web.files import store
from app.web.guards import act, me, read_before, reads
from app.web.handing import hands_out
from app.web.htmx import go

blueprint = Blueprint("substituting", __name__)

CONTENT_TYPES = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png"}
NO_SLOT = "Choisissez la signature dont il s’agit."


@blueprint.get("/rapports/<int:report_id>/suppleance")
@act("substitute")
def page(report: Report) -> ResponseReturnValue:
    return _page(report)


def _store_document(report: Report) -> None:
    """Before the write begins; what cannot be kept is said by the view."""
    upload = request.files.get("document")
    g.document = upload.read(substituting.LARGEST + 1) if upload and request.form.get("do") != "end" else b""
    with suppress(Unreachable):
        if substituting.kind_of(g.document):
            store().put(g.document)


@blueprint.post("/rapports/<int:report_id>/suppleance")
@read_before(_store_document, "substitute")
@act("substitute")
def substitute(report: Report) -> ResponseReturnValue:
    form = request.form
    try:
        slot = Slot(form.get("slot", ""))
        if form.get("do") == "end":
            substituting.take_back(report, me(), slot)
        else:
            document: bytes = g.get("document", b"")
            chosen = int(form["substitute"]) if form.get("substitute", "").isdecimal() else 0
            substituting.substitute(report, me(), slot, chosen, form.get("reference", ""), document, store())
    except ValueError:
        return _page(report, 422, {"": NO_SLOT})
    except Invalid as error:
        return _page(report, 422, error.errors)
    except (NotReady, Unreachable) as error:
        return _page(report, 422, {"": str(error)})
    return go(url_for("reports.page", report_id=report.id, _anchor="papers"))


def _page(report: Report, status: int = 200, errors: dict[str, str] | None = None) -> ResponseReturnValue:
    signed = situation.signed_by(report)
    shown: dict[str, Any] = {
        "named": {Slot.RAPPORTEUR: report.workshop.rapporteur, Slot.CHAIR: report.workshop.chair},
        "stand_ins": substituting.standing_of(report),
        "candidates": {slot: _offered(report, slot) for slot in Slot if slot.value not in signed},
        "typed": request.form,
    }
    return render_template("paper/substitution.html", report=report, errors=errors or {}, **shown), status


def _offered(report: Report, slot: Slot) -> list[tuple[int, str]]:
    return [(person.id, person.name) for person in substituting.candidates(report, slot)]


@blueprint.get("/rapports/<int:report_id>/suppleances/<int:number>/document")
@reads
@hands_out("substitute")
def document(report: Report, number: int) -> ResponseReturnValue:
    """The document that allows it, for those who work on the report."""
    try:
        if not history.may_see(report, me()):
            abort(404)
        found = substituting.numbered(report, number)
        content = store().get(found.document_hash)
    except (LookupError, Missing):
        abort(404)
    except (Damaged, Unreachable) as error:
        current_app.logger.warning("the document of substitution %s cannot be read: %s", number, error)
        abort(422, str(error))
    response = Response(content, mimetype=CONTENT_TYPES[found.document_kind])
    name = f"rapport-{report.id}-suppleance-{number}.{found.document_kind}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response

"""The file that a signatory is about to sign, and its pages as pictures: set once, and kept a while by this worker."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, abort, current_app

from app.content.canonical import digest
from app.documents.pdf import RenderingFailed
from app.documents.scanning import drawing
from app.documents.store import Damaged, Missing, Unreachable
from app.reports.models.report import Report
from app.reports.output import report_pdf
from app.reports.proofs.anchors import NotAnchored
from app.reports.signing import acts as signing
from app.reports.text.parts import part_views
from app.web.files import store
from app.web.report.page import as_pdf

KEPT = 6
_kept: dict[tuple[object, ...], bytes] = {}


@dataclass(frozen=True, slots=True)
class ShownFile:
    """What a signatory reads: `name` is the hash of the file to sign, whichever signature `latest` bears already."""

    name: str
    latest: str
    pages: int


def final(report: Report) -> bytes:
    """The file to sign, without a signature: the same bytes every time. Raises what `press.final` raises."""
    key = (report.id, report.text_hash, report.stage_since)
    found = _kept.get(key)
    if found is None:
        contents = {each.part.key: each.content for each in part_views(report)}
        found = _kept[key] = report_pdf.final(report, contents, current_app.config["BASE_URL"], store())
        while len(_kept) > KEPT:
            _kept.pop(next(iter(_kept)), None)
    return found


def name(report: Report) -> str:
    """The hash of the file to sign. Raises what `final` raises."""
    return report.final_hash or digest(final(report))


def _latest(report: Report) -> tuple[str, bytes]:
    """The file with the signature it may bear already, and its hash."""
    latest = signing.latest_file(report)
    if latest:
        return latest, store().get(latest)
    pdf = final(report)
    return digest(pdf), pdf


def shown(report: Report) -> ShownFile | str:
    """What is to be signed; or a sentence that says why it cannot be shown."""
    try:
        latest, pdf = _latest(report)
        return ShownFile(name(report), latest, drawing.count(pdf))
    except (RenderingFailed, NotAnchored, Missing, Damaged, Unreachable) as error:
        return str(error)


def as_file(report: Report) -> Response:
    return _answered(report, lambda pdf: as_pdf(pdf, f"rapport-{report.id}-a-signer.pdf"))


def as_picture(report: Report, page: int) -> Response:
    """One page, from 1."""
    return _answered(report, lambda pdf: _picture(pdf, page))


def _picture(pdf: bytes, page: int) -> Response:
    try:
        response = Response(drawing.drawn(pdf, page), mimetype="image/png")
    except LookupError:
        abort(404)
    response.headers["Cache-Control"] = "private, max-age=3600"
    return response


def _answered(report: Report, make: Callable[[bytes], Response]) -> Response:
    try:
        return make(_latest(report)[1])
    except (RenderingFailed, NotAnchored, Missing, Damaged, Unreachable) as error:
        abort(422, str(error))

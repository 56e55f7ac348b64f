"""The public version of a report: made before the publication is written, or later by the coordination; handed out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

from flask import Blueprint, abort, current_app, g, url_for
from flask.typing import ResponseReturnValue

from app import workflow
from app.db import db, only_reading
from app.documents import authority
from app.documents.authority import NoAuthority
from app.documents.pdf import RenderingFailed
from app.documents.seal import CannotSign
from app.documents.store import Unreachable
from app.reports.access import situation, visibility
from app.reports.access.situation import signatures_of
from app.reports.models.report import Report
from app.reports.output import report_pdf
from app.reports.proofs.anchors import NotAnchored
from app.reports.signing import acts as signing
from app.reports.signing import publication
from app.reports.signing.publication import Public, SourceChanged
from app.reports.steps import NotReady
from app.reports.text import withheld
from app.reports.text.parts import PartView, as_published, part_views
from app.web.files import store
from app.web.guards import act, me, reads
from app.web.htmx import go
from app.web.report import page as report_page
from app.web.report.page import as_pdf
from app.workflow import Stage

blueprint = Blueprint("publication", __name__)
blueprint.register_error_handler(NotReady, report_page.refused)
View = Callable[..., ResponseReturnValue]

MEANWHILE = "Le rapport a changé pendant que sa version publique s’établissait : rien n’a été fait. Recommencez."


def public_first(key: str) -> Callable[[View], View]:
    """Make and seal the public version before the write of act `key` begins, so that nobody waits for pages to be set."""

    def prepares(view: View) -> View:
        @wraps(view)
        def prepared(report_id: int, **kwargs: Any) -> ResponseReturnValue:
            db.session.rollback()
            try:
                with only_reading():
                    g.public = _made(report_id, workflow.BY_KEY[key])
                    if g.public is not None:
                        store().put(g.public.pdf)
            except (RenderingFailed, NotAnchored, NoAuthority, CannotSign, Unreachable) as error:
                raise NotReady(str(error)) from error
            return view(report_id=report_id, **kwargs)

        return prepared

    return prepares


def _made(report_id: int, taken: workflow.Act) -> Public | None:
    """None for those who may not, whom the act refuses."""
    report = visibility.visible_report(me(), report_id) if me().is_authenticated else None
    if report is None or report.stage not in taken.stages:
        return None
    if workflow.role_for(taken, situation.hands(report, me())) is None:
        return None
    keys = authority.load(Path(current_app.config["KEYS_FOLDER"]))
    return publication.prepare(report, current_app.config["BASE_URL"], keys, store())


def publish(report: Report) -> None:
    """Publish with what `public_first` has made."""
    try:
        signing.publish(report, me(), g.public)
    except (SourceChanged, Unreachable) as error:
        raise NotReady(MEANWHILE if isinstance(error, SourceChanged) else str(error)) from error


@blueprint.post("/rapports/<int:report_id>/version-publique")
@public_first("make_public")
@act("make_public")
def establish(report: Report) -> ResponseReturnValue:
    try:
        publication.establish(report, me(), g.public)
    except (SourceChanged, Unreachable) as error:
        raise NotReady(MEANWHILE if isinstance(error, SourceChanged) else str(error)) from error
    return go(url_for("reports.page", report_id=report.id))


@blueprint.get("/rapports/<int:report_id>/rapport-public.pdf")
@reads
def public_pdf(report: Report) -> ResponseReturnValue:
    """What anybody may pass on of a published report: the file that was kept, or its text set now where none is."""
    if report.stage is not Stage.PUBLISHED:
        abort(404)
    views = part_views(report)
    kept = publication.standing_file(report, views)
    return as_pdf(store().get(kept) if kept else _set_now(report, views), f"rapport-{report.id}-version-publique.pdf")


def _set_now(report: Report, views: Sequence[PartView]) -> bytes:
    """Of a report published before public versions were kept, or of which something has been erased since."""
    left_out = withheld.masked({view.part.key: view.content for view in views})
    base_url = current_app.config["BASE_URL"]
    try:
        return report_pdf.public(report, as_published(views), signatures_of(report), base_url, store(), left_out)
    except (RenderingFailed, NotAnchored) as error:
        abort(422, str(error))

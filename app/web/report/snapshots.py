"""Moments of a report's life: any two beside each other, the validation beside the signature, the whole replayed; and an
earlier text of a part made current again.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from flask import Blueprint, abort, flash, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from app import template
from app.content.typography import french
from app.documents.store import Damaged, Missing, Unreachable
from app.reports.editing import restoring
from app.reports.history import snapshots
from app.reports.history import timeline as history
from app.reports.history.comparing import between, texts_at
from app.reports.history.snapshots import Snapshot
from app.reports.models.report import Report, decode
from app.reports.output import document
from app.reports.signing.acts import latest_file
from app.web.files import store
from app.web.guards import act, me, reads
from app.web.htmx import go
from app.web.report.text import beside

blueprint = Blueprint("moments", __name__)


@blueprint.get("/rapports/<int:report_id>/comparer")
@reads
def compare(report: Report) -> ResponseReturnValue:
    """`de` and `a` are numbers of events, the earlier first; without them the last move and now. `partie` narrows to one."""
    found = _moments(report)
    older = _asked(found, "de", found[max(0, len(found) - 2)])
    newer = _asked(found, "a", found[-1])
    if newer.step < older.step:
        older, newer = newer, older
    key = request.args.get("partie", "")
    numbers = {key: newer.numbers.get(key, 0)} if key in template.BY_KEY else newer.numbers
    return render_template(
        "snapshots/compare.html",
        report=report,
        choices=snapshots.to_choose_from(found, older, newer),
        older=older,
        newer=newer,
        key=key,
        parts=template.STORED,
        compared=between(report.id, older.numbers, numbers),
    )


@blueprint.get("/rapports/<int:report_id>/validation-et-signature")
@reads
def vouched(report: Report) -> ResponseReturnValue:
    found = _moments(report)
    return render_template(
        "snapshots/vouched.html", report=report, vouched=snapshots.vouched(report, found, lambda: _file(report))
    )


def _file(report: Report) -> bytes:
    try:
        return store().get(latest_file(report))
    except (Missing, Damaged, Unreachable) as error:
        raise LookupError(report.final_hash) from error


@blueprint.get("/rapports/<int:report_id>/rejouer")
@reads
def replay(report: Report) -> ResponseReturnValue:
    """`pas` counts the human acts from 1; without it, the last."""
    found = _moments(report)
    step = min(max(request.args.get("pas", len(found), type=int), 1), len(found))
    now = found[step - 1]
    before = found[step - 2].numbers if step > 1 else {}
    texts = texts_at(report.id, now.numbers)
    return render_template(
        "snapshots/replay.html",
        report=report,
        moment=now,
        last=len(found),
        compared=between(report.id, before, now.numbers) if step > 1 else [],
        sheet=Markup("").join(_html(report, part.key, texts) for part in template.PARTS),
    )


def _html(report: Report, key: str, texts: dict[str, str]) -> Markup:
    return _part_html(key, texts.get(key, "[]"), *beside(key, texts.get("follow_up", "[]"), report))


@lru_cache(maxsize=512)
def _part_html(key: str, content: str, follow_up: str, made_at: str, images: str) -> Markup:
    contents = {"follow_up": decode(follow_up), key: decode(content)}
    nodes = list(document.part_nodes(template.BY_KEY[key], contents, made_at))
    return Markup(render_template("report/_nodes.html", nodes=nodes, marking=None, images=images))


@blueprint.post("/rapports/<int:report_id>/parties/<key>/revisions/<int:number>/retablir")
@act(*restoring.ACTS)
def restore(report: Report, key: str, number: int) -> ResponseReturnValue:
    try:
        revision = restoring.restore(report, key, number, request.form.get("base", 0, type=int), me())
    except LookupError:
        abort(404)
    label = history.part_label(key)
    flash(french(f"« {label} » : la révision {number} est rétablie, comme révision {revision.number}."))
    return go(url_for("reports.page", report_id=report.id, _anchor=f"part-{key}"))


def _moments(report: Report) -> Sequence[Snapshot]:
    """All moments, for those with a part in the report; readers of published ones see the document alone."""
    if not history.may_see(report, me()):
        abort(404)
    return snapshots.moments(report)


def _asked(found: Sequence[Snapshot], name: str, otherwise: Snapshot) -> Snapshot:
    seq = request.args.get(name, type=int)
    if seq is None:
        return otherwise
    try:
        return snapshots.at(found, seq)
    except LookupError:
        abort(404)

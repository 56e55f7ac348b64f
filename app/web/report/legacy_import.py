"""An old Word report taken over: brought, recognised by its headings, settled, and put into the official parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import shorten
from typing import Any

from flask import Blueprint, current_app, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeSerializer

from app.content.canonical import TooLong, digest
from app.content.inline import html
from app.content.typography import french
from app.documents.word.opening import LARGEST_FILE, UnreadableWord
from app.reports.legacy_import import taking
from app.reports.legacy_import.building import Built, build
from app.reports.legacy_import.pieces import LegacyPiece, OldReport, read_old
from app.reports.legacy_import.recognising import LEFT, NOWHERE, TARGETS, recognise
from app.reports.models.report import Report
from app.reports.steps import NotReady
from app.web.guards import act, keeps_nothing, me, read_before
from app.web.htmx import go

blueprint = Blueprint("olden", __name__)

NO_FILE = "Choisissez d’abord l’ancien rapport, au format Word (.docx)."
NO_TEXT = "Ce document ne contient aucun texte\u00a0: c’est peut-être un rapport numérisé. Déposez sa version Word."
LOST = "L’ancien rapport n’est pas revenu en entier de cette page\u00a0: déposez-le de nouveau."
MOST_PIECES = 3_000
TOO_LONG = "Ce document compte plus de 3\u202f000 paragraphes\u00a0: ce n’est pas le rapport d’une rencontre."
LARGEST = 6 * 1024 * 1024


@blueprint.get("/rapports/<int:report_id>/ancien-rapport")
@act("draft")
def bring(report: Report) -> ResponseReturnValue:
    return _form(report)


def _form(report: Report, sentence: str = "", status: int = 200) -> ResponseReturnValue:
    return render_template("legacy_import/bring.html", report=report, error=sentence), status


@blueprint.post("/rapports/<int:report_id>/ancien-rapport")
@keeps_nothing
@act("draft")
def receive(report: Report) -> ResponseReturnValue:
    """Read the file and show where its pieces would go; nothing of it is kept here."""
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return _form(report, NO_FILE, 422)
    data = upload.stream.read(LARGEST_FILE + 1)
    try:
        old = read_old(data)
    except UnreadableWord as error:
        return _form(report, str(error), 422)
    carried = _signer().dumps([*_owner(report), digest(data), taking.numbers(report), _told(old)])
    if not old.pieces or len(old.pieces) > MOST_PIECES or len(carried) > LARGEST:
        return _form(report, TOO_LONG if old.pieces else NO_TEXT, 422)
    return _settling(report, old, str(carried))


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="seben old report")


def _owner(report: Report) -> list[int]:
    return [report.id, me().id]


def _told(old: OldReport) -> list[Any]:
    return [[piece.to_json() for piece in old.pieces], old.besides]


def _settling(
    report: Report, old: OldReport, carried: str, sentence: str = "", status: int = 200
) -> ResponseReturnValue:
    found = recognise(old.pieces)
    shown = [(at, piece, found[at], _said(f"piece-{at}")) for at, piece in enumerate(old.pieces)]
    groups = [
        (key, _said(f"all-{key}") or key, [each for each in shown if each[2] == key])
        for key in (*TARGETS, LEFT)
        if key in found
    ]
    return (
        render_template(
            "legacy_import/settle.html",
            report=report,
            targets=TARGETS,
            unknown=[each for each in shown if each[2] == NOWHERE],
            groups=groups,
            left=LEFT,
            built=build(old.pieces, _chosen(found)),
            besides=old.besides,
            carried=carried,
            styled=html,
            error=sentence,
        ),
        status,
    )


def _chosen(found: tuple[str, ...]) -> list[str]:
    """Where each piece goes: as chosen for it, else for all that was recognised with it, else as it was recognised."""
    together = {key: _said(f"all-{key}") or key for key in set(found)}
    return [_said(f"piece-{at}") or together[key] for at, key in enumerate(found)]


def _said(name: str) -> str:
    """The place that this field of the screen says; empty where it says none that there is."""
    said = request.form.get(name, "")
    return said if said == LEFT or said in TARGETS else NOWHERE


@dataclass(frozen=True, slots=True)
class Carried:
    """An old report as it came back from the screen on which it was settled. `bases`: the texts it was settled on."""

    old: OldReport
    built: Built
    bases: dict[str, int]
    file: str


def _come_back(report: Report) -> None:
    g.carried = None
    try:
        report_id, person_id, file, bases, (pieces, besides) = _signer().loads(request.form.get("carried", ""))
        old = OldReport(tuple(LegacyPiece.from_json(piece) for piece in pieces), tuple(besides))
    except (BadSignature, ValueError):
        return
    if [report_id, person_id] == _owner(report):
        g.carried = Carried(old, build(old.pieces, _chosen(recognise(old.pieces))), bases, file)


@blueprint.post("/rapports/<int:report_id>/ancien-rapport/reprendre")
@read_before(_come_back, "draft")
@act("draft")
def take(report: Report) -> ResponseReturnValue:
    carried: Carried | None = g.get("carried")
    if carried is None:
        return _form(report, LOST, 422)
    try:
        return _taken(report, carried.built, carried.bases, carried.file)
    except (NotReady, TooLong) as error:
        return _settling(report, carried.old, request.form["carried"], str(error), 422)


def _taken(report: Report, built: Built, bases: dict[str, int], file: str) -> ResponseReturnValue:
    taken = taking.take(report, built, bases, file, me())
    flash(french(f"Repris de l’ancien rapport : {', '.join(taken.saved) or 'rien'}."))
    if taken.collided:
        flash(french(f"À reprendre à la main, le texte ayant changé entre-temps : {', '.join(taken.collided)}."))
    if built.left:
        flash(french(_left(built.left)))
    return go(url_for("reports.page", report_id=report.id))


def _left(lines: Sequence[str]) -> str:
    """The first lines that no row could be made of, in few words: a flash travels in a cookie."""
    shown = " ; ".join(shorten(line, 80, placeholder="…") for line in lines[:5])
    return f"Lignes de tableau non reprises ({len(lines)}) : {shown}{' ; …' if len(lines) > 5 else ''}"

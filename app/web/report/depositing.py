"""What a deposit of paper brings, read and stored before the write begins; and its tray, emptied once all is committed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import g, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from app.db import db, now, only_reading
from app.documents.scanning.reading import ScanFile
from app.documents.store import Store, Unreachable
from app.documents.tray import Tray, sweep
from app.reports import steps
from app.reports.access import visibility
from app.reports.models.report import Report
from app.reports.output import document
from app.reports.signing.paper import depositing
from app.reports.signing.paper.depositing import Deposited
from app.reports.signing.paper.filing import Paper
from app.reports.steps import NotAllowed, WrongStage
from app.web.files import store
from app.web.guards import me

View = Callable[..., ResponseReturnValue]


@dataclass(frozen=True, slots=True)
class Brought:
    """What a deposit brought, read before the write began: `paper` where all its pages are there."""

    deposit: Deposited
    paper: Paper | None
    version: int


def read_first(view: View) -> View:
    """Read the files before the write begins: a minute's work on sixty photographs must make nobody wait."""

    @wraps(view)
    def prepared(report_id: int, **kwargs: Any) -> ResponseReturnValue:
        g.brought = None
        if me().is_authenticated:
            try:
                if request.form.get("do") == "empty":
                    _empty(report_id)
                else:
                    g.brought = _read(report_id)
            except (NotAllowed, WrongStage, LookupError):
                db.session.rollback()  # the view's own guard says it
        return view(report_id=report_id, **kwargs)

    return prepared


def _empty(report_id: int) -> None:
    """Raises as `_read` does."""
    db.session.rollback()
    with only_reading():
        _admitted(report_id)
        tray_of(report_id).empty()


def _admitted(report_id: int) -> Report:
    """Raises what stands in the way; LookupError where the report is not this person's to see."""
    report = visibility.visible_report(me(), report_id)
    if report is None:
        raise LookupError(report_id)
    steps.admit(("file_scan",), report, me())
    return report


def _read(report_id: int) -> Brought:
    """Raises as `_admitted` does."""
    db.session.rollback()
    with only_reading():
        report = _admitted(report_id)
        final = g.final[1] if g.final else store().get(report.final_hash)
        wanted = depositing.wanted_of(report, final)
        title = f"Exemplaire signé : {document.whole(report, {}, project=False).title}"
        tray = tray_of(report_id)
        deposit = depositing.take_in(tray, wanted, _uploads(), _by_hand(), set(request.form.getlist("drop")))
        paper = depositing.bound(deposit, tray, report, title, final, now()) if deposit.order.complete else None
        if paper is not None:
            store().put(paper.final)
            store().put(paper.file)
    return Brought(deposit, paper, wanted.version)


def _uploads() -> list[ScanFile]:
    return [
        ScanFile((each.filename or "")[:120], each.read()) for each in request.files.getlist("files") if each.filename
    ]


def _by_hand() -> dict[str, int]:
    """The pages that somebody put in their place, by the key of the picture."""
    typed = {name.removeprefix("page-"): value for name, value in request.form.items() if name.startswith("page-")}
    return {key: int(value) for key, value in typed.items() if value.isdecimal() and len(value) < 4}


def tray_of(report_id: int) -> Tray:
    return depositing.tray_of(report_id, me(), store())


def cleared(answer: Response, tray: Tray, files: Store) -> Response:
    """The tray is emptied once all is committed and answered; what that leaves is swept another time."""

    def clear() -> None:
        with suppress(Unreachable):
            tray.empty()
            sweep(files, now())

    answer.call_on_close(clear)
    return answer

"""Telling a report's past, its masthead: kept when a reading opens, renewed while it may change, then frozen."""

from __future__ import annotations

from collections.abc import Iterator

from app.content.canonical import canonical, digest
from app.reports.replay import comparing
from app.reports.replay.logged import ReportEvent
from app.reports.replay.logged_masthead import LoggedMasthead
from app.reports.replay.state import ReplayedReport
from app.reports.replay.stored_rows import Row, StoredReport
from app.workflow import SETTLED, Stage


def followed(past: ReplayedReport, event: ReportEvent) -> None:
    """The masthead that the act keeps along with the text; none in what was done before mastheads were kept."""
    if "masthead" in event.facts:
        _keep(past, event, covered=True)


def renewed(past: ReplayedReport, event: ReportEvent) -> None:
    """A word of it was changed in the campaign or the meeting: the votes fall with the text they were given on."""
    before = past.head.hash
    known = before in ("", digest(canonical(event.facts["masthead_before"])))
    past.want(event, known, "remplace un en-tête qui n’était pas celui du rapport")
    _keep(past, event, covered=True)
    past.require_text(event)
    past.want(event, past.head.hash != before, "remplace l’en-tête par le même")
    if past.stage == Stage.READING:
        past.reopen(event)
    else:
        past.want(event, not event.facts["reopened"], "rouvre des votes hors d’une lecture")


def frozen(past: ReplayedReport, event: ReportEvent) -> None:
    """The validation of a reading that was opened before mastheads were kept: this one stands beside the text's hash."""
    if "masthead" in event.facts:
        past.want(event, not past.head.hash, "garde un autre en-tête que celui qui était lu")
        _keep(past, event, covered=False)


def _keep(past: ReplayedReport, event: ReportEvent, *, covered: bool) -> None:
    """That of a rectification says what it rectifies, as its opening did."""
    head = event.facts["masthead"]
    said = head.get("rectifies")
    told = (said["report"], said["what"], said["why"]) if said is not None else (None, "", "")
    same = told == (past.rectifies, past.rectifies_what, past.rectifies_why)
    past.want(event, same, "imprime en tête autre chose que ce que le rapport rectifie")
    past.head = LoggedMasthead(digest(canonical(head)), covered)


def disagreements(past: ReplayedReport, stored: StoredReport) -> Iterator[tuple[str, str]]:
    """The masthead in the report's row, where it is not the one that the log tells."""
    if stored.report is not None and past.stage:
        yield from comparing.matched("report", str, {"le rapport": past}, {"le rapport": stored.report}, _pairs)


def _pairs(_: str, past: ReplayedReport, row: Row) -> comparing.Pairs:
    if not past.head.hash and past.stage in SETTLED:
        return {}  # validated before mastheads were kept: the log tells none, it was copied later, and is taken as it is
    kept = digest(str(row.masthead_json).encode("utf-8")) if row.masthead_json else ""
    return {"l’empreinte de l’en-tête": (kept, past.head.hash)}

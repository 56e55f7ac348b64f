"""The minutes as a document and as a PDF: provisional ones at any time, the final ones as a reading is closed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from app.content.canonical import canonical
from app.directory.models import Person
from app.documents.pdf import render_apart
from app.documents.store import Store
from app.documents.tree import Cover, Document, Heading, Node
from app.people import commissions
from app.reports.access import roll as rolls
from app.reports.access import situation
from app.reports.consistency import acknowledged
from app.reports.minutes import amendments, comments, proceedings, votes
from app.reports.minutes.phrases import day, moment, quoted
from app.reports.models.report import Report
from app.reports.text import masthead
from app.reports.validating.acts import Minutes, last_event
from app.reports.validating.seats import taken
from app.workflow import BY_KEY, unmet

PROVISIONAL = "PROVISOIRE"


def closing(report: Report, president: Person, at: datetime, store: Store, passing_why: str = "") -> Minutes | None:
    """The minutes of a reading that the president is about to close; None while something stands in the way of it.

    `passing_why` says why one goes on past what the consistency check warns of. Raises `documents.pdf.RenderingFailed`.
    """
    act = BY_KEY["validate"]
    seq = last_event(report)  # read first: what comes in meanwhile makes the minutes outdated, never wrong
    if report.stage not in act.stages or unmet(act, situation.facts(report)):
        return None
    closed = f"{president.name}, qui préside la commission, a validé le rapport le {moment(at)}."
    warned = acknowledged.told(acknowledged.facts(acknowledged.found(act, report), passing_why.strip()), quoted)
    return Minutes(_pressed(report, " ".join(filter(None, (closed, warned))), at, seq), seq, store)


def provisional(report: Report, at: datetime) -> bytes:
    """The minutes as they stand at that moment, as a PDF that says so on every page. Raises `RenderingFailed`."""
    return _pressed(report, "", at, last_event(report))


def _pressed(report: Report, closed: str, at: datetime, seq: int) -> bytes:
    source = {"report": report.id, "reading": report.reading, "text_hash": report.text_hash, "event": seq}
    return render_apart(document(report, closed, at), source=canonical(source), made_on=at).pdf


def document(report: Report, closed: str, at: datetime) -> Document:
    """The minutes as of the moment `at`; `closed` says who closed the reading, without it they are provisional."""
    front = masthead.of(report)
    title = f"Procès-verbal de la lecture n° {report.reading}"
    about = f"{front.title} ({day(front.held_on)})"
    return Document(
        cover=Cover(front.organisation, title, about, f"Établi le {moment(at)}"),
        nodes=tuple(_nodes(report, closed)),
        title=f"{title} – {about}",
        watermark="" if closed else PROVISIONAL,
        reference=f"Rapport n° {report.id} – procès-verbal de lecture" + ("" if closed else " (provisoire)"),
        compact=True,
        source_label="Références du procès-verbal",
    )


def _nodes(report: Report, closed: str) -> Iterator[Node]:
    commission = commissions.covering(report.workshop.territory)
    roll = rolls.of(report, commission)
    seats, facts = taken(report, commission, roll), situation.facts(report)
    yield Heading(1, "La lecture", "reading")
    yield from proceedings.rules(report, commission, roll, facts)
    yield Heading(1, "Déroulement", "course")
    yield from proceedings.happened(report)
    yield Heading(1, "Membres de la commission", "members")
    yield votes.members(seats)
    yield Heading(1, "Amendements", "amendments")
    yield from amendments.nodes(report)
    yield Heading(1, "Observations", "observations")
    yield from comments.nodes(report)
    yield Heading(1, "Votes", "votes")
    yield votes.votes(seats)
    yield Heading(1, "Résultat", "result")
    yield from votes.result(report, facts, closed)

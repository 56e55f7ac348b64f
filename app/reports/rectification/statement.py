"""What a rectifying report says of itself: which report it replaces, why, and which parts differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from app import template
from app.content.inline import Span
from app.db import db
from app.documents.tree import Heading, Items, Marker, Node, Paragraph
from app.reports.history.comparing import Compared, Numbers, between, texts_at
from app.reports.models.report import Report, ReportPart
from app.reports.text import masthead
from app.reports.text.masthead import Rectified
from app.workflow import SETTLED
from app.workshops import wording

TITLE = "Rapport rectificatif"
FIRST = 1
"""The revision that holds the text of the report that is rectified, in every part."""


def changed(report: Report, at: Numbers | None = None) -> list[str]:
    """The keys of the parts whose text is not that of the rectified report, in the template's order.

    Settled with the validation; before it as the parts are, or as they were `at` these revisions: two queries where a
    part was written in, three without `at`.
    """
    if report.stage in SETTLED:
        return report.rectifies_parts.split()
    numbers = {key: number for key, number in (at or _numbers(report)).items() if number > FIRST}
    if not numbers:
        return []
    before, after = texts_at(report.id, dict.fromkeys(numbers, FIRST)), texts_at(report.id, numbers)
    return [part.key for part in template.STORED if part.key in numbers and before[part.key] != after[part.key]]


def settled(report: Report) -> dict[str, Any]:
    """Settle which parts differ, as the text is validated; the facts for the log, none for other reports."""
    if report.rectifies_id is None:
        return {}
    keys = changed(report)
    report.rectifies_parts = " ".join(keys)
    return {"rectified": keys}


def compared(report: Report, *, personal: bool) -> list[Compared]:
    """What a rectifying report changes, part by part, as words; without `personal`, no text that holds personal data."""
    numbers = {key: number for key, number in _numbers(report).items() if personal or key not in template.PERSONAL}
    return between(report.id, dict.fromkeys(numbers, FIRST), numbers)


def _numbers(report: Report) -> dict[str, int]:
    rows = db.session.execute(select(ReportPart.key, ReportPart.number).where(ReportPart.report_id == report.id))
    return dict(rows.all())


def nodes(report: Report, at: Numbers | None = None) -> tuple[Node, ...]:
    """The statement at the head of a rectifying report, of its parts `at` these revisions; nothing for other reports."""
    rectified = masthead.rectified(report)
    if rectified is None:
        return ()
    return (
        Heading(1, "RECTIFICATION :", "rectification", new_page=True),
        Paragraph((Span(f"Ce rapport rectifie et remplace {_named(rectified)}"),)),
        Paragraph((Span("Motif : ", bold=True), Span(rectified.why))),
        Paragraph((Span("Ce qui est rectifié : ", bold=True), Span(rectified.what))),
        *_parts(changed(report, at)),
    )


def _named(rectified: Rectified) -> str:
    """ "le rapport n° 5, publié le 3 mars 2018 (code de vérification 7K3M-…), qui reste tel qu’il a été signé."."""
    when = f", publié le {wording.day(rectified.published_on)}" if rectified.published_on else ""
    how = f" (code de vérification {rectified.code})" if rectified.code else ""
    return f"le rapport n°\u00a0{rectified.report}{when}{how}, qui reste conservé tel qu’il a été signé."


def _parts(keys: Sequence[str]) -> tuple[Node, ...]:
    if not keys:
        return (Paragraph((Span("Aucune partie du texte ne change.", italic=True),)),)
    labels = tuple((Span(template.BY_KEY[key].label),) for key in keys if key in template.BY_KEY)
    lead = "Partie modifiée :" if len(labels) == 1 else "Parties modifiées :"
    return Paragraph((Span(lead, bold=True),)), Items(Marker.DASH, labels)

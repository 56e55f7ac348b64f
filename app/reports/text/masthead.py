"""The masthead: what a report prints that none of its parts holds. Live at first, kept and hashed from the reading on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import select

from app.audit.models import Leaf
from app.content.canonical import canonical
from app.content.codes import spoken
from app.db import db
from app.reports.models.report import Report
from app.reports.proofs.anchors import last_validation
from app.reports.text import revisions
from app.workshops import wording

LABELS: Mapping[str, str] = {
    "organisation": "Organisation",
    "title": "Titre du rapport",
    "held_on": "Date de la rencontre",
    "place": "Lieu",
}
"""What stands on every report's, and what people call it."""


KEPT_BY = ("transmit", "renew_masthead", "refuse")
"""The acts whose events tell of a masthead that is read from then on."""


@dataclass(frozen=True, slots=True)
class Masthead:
    """The words of the cover and of the line above the chair's signature; the day of the meeting is printed as words."""

    organisation: str
    title: str
    held_on: date
    place: str


@dataclass(frozen=True, slots=True)
class Rectified:
    """Of a rectifying report: the one that it replaces, when that was published and by which code it is known ("": none),
    what is rectified, and why.
    """

    report: int
    published_on: date | None
    code: str
    what: str
    why: str


def of(report: Report) -> Masthead:
    """The masthead as the report prints it: the one that is kept, else that of the campaign and the meeting."""
    if report.masthead_json:
        kept = orjson.loads(report.masthead_json)
        return Masthead(kept["organisation"], kept["title"], date.fromisoformat(kept["held_on"]), kept["place"])
    campaign, workshop = report.workshop.campaign, report.workshop
    return Masthead(campaign.organisation, wording.report_title(campaign, workshop), workshop.held_on, workshop.place)


def rectified(report: Report) -> Rectified | None:
    """What a rectifying report says of the one it replaces; None for other reports. No query where it is kept."""
    if report.rectifies_id is None:
        return None
    said = orjson.loads(report.masthead_json)["rectifies"] if report.masthead_json else _rectified_now(report)
    day = said["published_on"]
    return Rectified(said["report"], date.fromisoformat(day) if day else None, said["code"], said["what"], said["why"])


def _rectified_now(report: Report) -> dict[str, Any]:
    replaced = db.session.get_one(Report, report.rectifies_id)
    event = last_validation(replaced.id)
    code = db.session.scalar(select(Leaf.code).where(Leaf.event_id == event.id)) if event else None
    return {
        "report": replaced.id,
        "published_on": replaced.published_at.date().isoformat() if replaced.published_at else "",
        "code": spoken(code) if code else "",
        "what": report.rectifies_what,
        "why": report.rectifies_why,
    }


def now(report: Report) -> dict[str, Any]:
    """All of it as the campaign and the meeting have it now, whatever is kept: JSON, days as ISO dates."""
    campaign, workshop = report.workshop.campaign, report.workshop
    return {
        "organisation": campaign.organisation,
        "title": wording.report_title(campaign, workshop),
        "held_on": workshop.held_on.isoformat(),
        "place": workshop.place,
        **({"rectifies": _rectified_now(report)} if report.rectifies_id is not None else {}),
    }


def kept(report: Report) -> dict[str, Any]:
    """The same as it is kept; empty where it is not yet."""
    found: dict[str, Any] = orjson.loads(report.masthead_json) if report.masthead_json else {}
    return found


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """What differs between two mastheads as the log tells them: its name, then each as it is printed."""
    return [
        (label, _printed(name, before[name]), _printed(name, after[name]))
        for name, label in LABELS.items()
        if before[name] != after[name]
    ]


def reworded(facts: Mapping[str, Any], quoted: Callable[[str], str]) -> str:
    """What an act that renewed it did, as words behind a name: "a modifié l’en-tête : lieu « Bla » au lieu de « Ségou »"."""
    changed = changes(facts["masthead_before"], facts["masthead"])
    said = (f"{label.lower()} {quoted(after)} au lieu de {quoted(before)}" for label, before, after in changed)
    return f"a modifié l’en-tête du rapport : {' ; '.join(said)}"


def _printed(name: str, said: str) -> str:
    return wording.day(date.fromisoformat(said)) if name == "held_on" else said


def keep(report: Report) -> dict[str, Any]:
    """Keep the masthead of now, under the hash of the text; answers with the facts for the log."""
    facts = keep_beside(report)
    with db.session.no_autoflush:  # the parts are written already: the report's row need not be twice
        revisions.seal_text(report)
    return facts


def keep_beside(report: Report) -> dict[str, Any]:
    """Keep it and leave the hash of the text as it is; answers as `keep`."""
    found = now(report)
    report.masthead_json = canonical(found).decode("utf-8")
    return {"masthead": found}


def renew(report: Report) -> dict[str, Any]:
    """Keep the masthead of now where another is kept, or none under the hash; the facts for the log, if there are any."""
    if kept(report) == now(report) and revisions.covers_masthead(report):
        return {}
    return {**keep(report), "text_hash": report.text_hash}

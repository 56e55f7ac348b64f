"""Telling what the log says of a report's publication, and of the public version that circulates since."""

from __future__ import annotations

from app.reports.replay.logged import ReportEvent
from app.reports.replay.state import ReplayedReport


def published(past: ReplayedReport, event: ReportEvent) -> None:
    same = event.facts["signed_hash"] == past.signed_hash
    past.want(event, same, "publie un autre document que celui qui a été signé")
    past.published_at = event.at
    _name_public(past, event)


def established(past: ReplayedReport, event: ReportEvent) -> None:
    same = event.facts["signed_hash"] == past.signed_hash
    past.want(event, same, "établit la version publique d’un autre document que celui qui a été signé")
    past.want(event, bool(event.facts["public"]), "ne nomme pas la version publique qu’il établit")
    _name_public(past, event)


def _name_public(past: ReplayedReport, event: ReportEvent) -> None:
    """Reports published before public versions were kept have none."""
    if "public" in event.facts:
        past.public_hash, past.public_masked = event.facts["public"], " ".join(event.facts["masked"])

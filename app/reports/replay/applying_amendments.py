"""Telling a report's past, the acts about amendments: filed, advised on, decided, overtaken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from app.reports.models.report import AmendmentState, Origin
from app.reports.replay.logged import Adoption, LoggedAmendment, LoggedRevision, ReportEvent
from app.reports.replay.state import ReplayedReport


def _amend(past: ReplayedReport, event: ReportEvent) -> None:
    facts = event.facts
    follows = facts["amendment"] == len(past.proposals) + 1
    past.want(event, past.in_time(event), "propose un amendement après la date limite, que le président n’a pas levée")
    past.want(event, follows, "donne à l’amendement un numéro qui ne suit pas")
    first = past.proposals.get(facts["deposit"])
    same = (facts["part"], facts["base"], event.actor)
    sitting = facts["deposit"] == facts["amendment"] or (
        first is not None and first.deposit == facts["deposit"] and (first.part, first.base, first.author) == same
    )
    past.want(event, sitting, "rattache l’amendement à un dépôt dont il n’est pas")
    past.proposals[facts["amendment"]] = LoggedAmendment(
        event.at,
        facts["part"],
        facts["base"],
        facts["hash"],
        event.actor,
        facts.get("reason", ""),
        facts["deposit"],
        facts["formal"],
        facts.get("comment"),
        AmendmentState(facts["state"]),
    )


def _opine(past: ReplayedReport, event: ReportEvent) -> None:
    facts = event.facts
    proposal = past.proposals[facts["amendment"]]
    past.want(event, proposal.author != event.actor, "donne un avis sur son propre amendement")
    past.proposals[facts["amendment"]] = replace(
        proposal,
        opinion=facts["opinion"],
        opinion_text=facts["text"],
        opinion_by=event.actor,
    )


def _adopt(past: ReplayedReport, event: ReportEvent) -> None:
    facts = event.facts
    past.decide(event, AmendmentState.ADOPTED)
    proposal = past.proposals[facts["amendment"]]
    before = past.versions.get((facts["part"], facts["parent"]))
    past.want(event, facts["part"] == proposal.part, "adopte un amendement dans une autre partie que la sienne")
    past.want(
        event, facts["parent"] == past.current.get(facts["part"]), "adopte sur une révision qui n’est plus en vigueur"
    )
    for number, version in _adopted(event, proposal):
        past.add(facts["part"], number, version, event)
    own = facts["modified"]["number"] if facts["modified"] else None
    past.adoptions.append(
        Adoption(facts["amendment"], facts["part"], facts["parent"], facts["number"], own, bool(facts["by_hand"]))
    )
    past.require_text(event)
    past.require_taken_out(event)
    past.overtake(event, facts["part"])
    # What said the same already changes nothing, and no vote falls with it.
    after = past.versions.get((facts["part"], past.current[facts["part"]]))
    if before is None or after is None or before.hash != after.hash:
        past.reopen(event)
    else:
        past.want(event, not facts["reopened"], "rouvre des votes alors que le texte n’a pas changé")


def _adopted(event: ReportEvent, proposal: LoggedAmendment) -> Iterator[tuple[int, LoggedRevision]]:
    """The revision with the author's words, then that with the president's, as far as there are any."""
    facts = event.facts
    if facts["number"] is not None:
        yield (
            facts["number"],
            LoggedRevision(
                event.at,
                facts["hash"],
                facts["runs"],
                facts["parent"],
                proposal.author,
                None,
                Origin.AMENDMENT,
                merged=proposal.base != facts["parent"],
                amendment=facts["amendment"],
                adopted_by=event.actor,
                salted=bool(facts.get("salted")),
            ),
        )
    own = facts["modified"]
    if own is not None:
        parent = facts["parent"] if facts["number"] is None else facts["number"]
        yield (
            own["number"],
            LoggedRevision(
                event.at,
                own["hash"],
                own["runs"],
                parent,
                event.actor,
                event.role,
                Origin.MODIFICATION,
                amendment=facts["amendment"],
                adopted_by=event.actor,
                salted=bool(own.get("salted")),
            ),
        )


AMENDING: dict[str, Callable[[ReplayedReport, ReportEvent], None]] = {
    "amend": _amend,
    "opine": _opine,
    "adopt": _adopt,
    "reject": lambda past, event: past.decide(event, AmendmentState.REJECTED),
    "defer": lambda past, event: past.decide(event, AmendmentState.DEFERRED),
    "lapse": lambda past, event: past.decide(event, AmendmentState.LAPSED),
    "withdraw": lambda past, event: past.decide(event, AmendmentState.WITHDRAWN),
}
"""By act."""

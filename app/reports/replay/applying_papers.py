"""Telling a report's past: papers filed, attested and refused, and who was to sign in another's stead."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from app.reports.models.scan import ScanState
from app.reports.replay.logged import ReportEvent, Seal
from app.reports.replay.logged_papers import LoggedScan, StandIn
from app.reports.replay.state import ReplayedReport


def _file_scan(past: ReplayedReport, event: ReportEvent) -> None:
    facts = event.facts
    past.require_text(event)
    past.want(event, facts["scan"] == len(past.scans) + 1, "donne à l’exemplaire un numéro qui ne suit pas")
    same = past.final_hash in ("", facts["final_hash"])
    past.want(event, same, "porte un autre document que celui qui est à signer")
    free = not {seal.slot for seal in past.seals if not seal.void} & set(facts["slots"])
    past.want(event, free, "porte une signature qui était déjà donnée")
    past.scans[facts["scan"]] = LoggedScan(
        event.at,
        facts["final_hash"],
        facts["file"],
        facts["pages"],
        tuple(facts["slots"]),
        tuple(facts["placed"]),
        facts["kept_at"],
        event.actor,
    )


def _attest(past: ReplayedReport, event: ReportEvent) -> None:
    facts = event.facts
    scan = past.scans[facts["scan"]]
    given = facts["signatures"]
    past.want(event, scan.state is ScanState.FILED, "atteste un exemplaire qui n’attendait plus de l’être")
    other = event.actor not in {scan.filed_by, *(each["signatory"] for each in given)}
    past.want(event, other, "est fait par une personne qui ne pouvait pas attester")
    named = tuple(each["slot"] for each in given) == scan.slots and facts["filer"] == scan.filed_by
    past.want(event, named and facts["kept_at"] == scan.kept_at, "n’atteste pas l’exemplaire tel qu’il a été déposé")
    same = past.final_hash in ("", facts["final_hash"])
    past.want(event, same, "signe un autre document que la première signature")
    past.final_hash = facts["final_hash"]
    for each in given:
        require_signatory(past, event, each["slot"], each["signatory"])
        past.seals.append(
            Seal(
                event.at,
                each["slot"],
                each["signatory"],
                facts["final_hash"],
                each["file_hash"],
                each["way"],
                each["details"],
                event.actor,
            )
        )
    past.count_signatures(event)
    past.scans[facts["scan"]] = _settled(scan, ScanState.ATTESTED, event)


def _refuse_scan(past: ReplayedReport, event: ReportEvent) -> None:
    scan = past.scans[event.facts["scan"]]
    past.want(event, scan.state is ScanState.FILED, "refuse un exemplaire qui n’attendait plus d’être attesté")
    past.want(event, event.facts["filer"] == scan.filed_by, "ne dit pas juste qui avait déposé l’exemplaire")
    refused = _settled(scan, ScanState.REFUSED, event)
    past.scans[event.facts["scan"]] = replace(refused, reason=event.facts["reason"])


def _settled(scan: LoggedScan, state: ScanState, event: ReportEvent) -> LoggedScan:
    return replace(scan, state=state, settled_by=event.actor, settled_at=event.at)


def _substitute(past: ReplayedReport, event: ReportEvent) -> None:
    facts = event.facts
    signed = facts["slot"] in {seal.slot for seal in past.seals if not seal.void}
    past.want(event, not signed, "désigne un suppléant pour une signature déjà donnée")
    stood = _end(past, (facts["slot"],))
    if facts["substitute"] is None:
        past.want(event, stood, "retire un suppléant que personne n’avait désigné")
        return
    number = facts["substitution"]
    past.want(event, number == len(past.stand_ins) + 1, "donne à la suppléance un numéro qui ne suit pas")
    others = {each.person for each in past.stand_ins.values() if not each.ended} | {facts["stands_for"]}
    past.want(event, facts["substitute"] not in others, "désigne une personne qui signe déjà")
    past.stand_ins[number] = StandIn(
        event.at,
        facts["slot"],
        facts["substitute"],
        facts["stands_for"],
        facts["document"],
        facts["reference"],
        event.actor,
    )


def require_signatory(past: ReplayedReport, event: ReportEvent, slot: str, person: int | None) -> None:
    """Where somebody was to sign in another's stead, nobody else has."""
    named = {each.person for each in past.stand_ins.values() if each.slot == slot and not each.ended}
    past.want(event, not named or person in named, "signe à la place de la personne qui était désignée")


def end_papers(past: ReplayedReport, event: ReportEvent) -> None:
    """The text goes back: papers that wait are outdated, and nobody signs in another's stead any longer."""
    for number, scan in past.scans.items():
        if scan.state is ScanState.FILED:
            past.scans[number] = _settled(scan, ScanState.OUTDATED, event)
    _end(past, {each.slot for each in past.stand_ins.values()})


def _end(past: ReplayedReport, slots: Iterable[str]) -> bool:
    found = [number for number, each in past.stand_ins.items() if each.slot in slots and not each.ended]
    for number in found:
        past.stand_ins[number] = replace(past.stand_ins[number], ended=True)
    return bool(found)


PAPERS: dict[str, Callable[[ReplayedReport, ReportEvent], None]] = {
    "file_scan": _file_scan,
    "attest": _attest,
    "refuse_scan": _refuse_scan,
    "substitute": _substitute,
}

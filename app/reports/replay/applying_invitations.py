"""Telling what became of a report's invitations."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app.reports.models.invitation import Ended
from app.reports.replay.logged import ReportEvent
from app.reports.replay.logged_invitations import Invite
from app.reports.replay.state import ReplayedReport


def _invite(past: ReplayedReport, event: ReportEvent) -> None:
    facts = event.facts
    past.want(event, facts["invitation"] == len(past.invites) + 1, "donne à l’invitation un numéro qui ne suit pas")
    open_ones = [number for number, each in past.invites.items() if each.slot == facts["slot"] and not each.ended]
    replaces = facts["replaced"] == (open_ones[0] if open_ones else None)
    past.want(event, replaces, "ne dit pas juste quelle invitation la sienne remplace")
    for number in open_ones:
        _end(past, event, number, Ended.REPLACED)
    past.invites[facts["invitation"]] = Invite(
        event.at,
        facts["slot"],
        facts["signatory"],
        event.actor,
        facts["deadline"],
        facts["token"],
        facts.get("code", ""),
    )


def _hand_code(past: ReplayedReport, event: ReportEvent) -> None:
    invite = past.invites[event.facts["invitation"]]
    past.want(event, not invite.ended, "tire le code d’une invitation qui ne valait plus")
    same = (invite.slot, invite.signatory) == (event.facts["slot"], event.facts["signatory"])
    past.want(event, same, "tire le code d’une autre invitation que la sienne")
    past.want(event, event.actor != invite.by, "tire le code d’une invitation dont cette même personne a remis le lien")
    past.want(event, event.actor != invite.signatory, "tire le code de sa propre signature")
    drawn = replace(invite, code=event.facts["code"], code_by=event.actor, code_at=event.at)
    past.invites[event.facts["invitation"]] = drawn


def _revoke(past: ReplayedReport, event: ReportEvent) -> None:
    _end(past, event, event.facts["invitation"], Ended.REVOKED)


def served(past: ReplayedReport, event: ReportEvent) -> None:
    """A signature given or refused by an invitation, which it ends: nobody else's, and no later than its last day."""
    number = event.facts.get("invitation")
    code = event.facts.get("way") == "code"
    if number is None:
        past.want(event, not code or event.act != "sign", "signe par code sans invitation")
        return
    invite = past.invites[number]
    fits = invite.signatory == event.actor and invite.slot == event.facts["slot"]
    in_time = event.at.date().isoformat() <= invite.deadline
    past.want(event, fits and in_time, "use d’une invitation qui ne valait pas pour lui")
    past.want(event, bool(invite.code), "use d’une invitation dont personne n’a tiré le code")
    past.want(event, code or event.act != "sign", "use d’une invitation pour une signature qui n’est pas par code")
    _end(past, event, number, Ended.SIGNED if event.act == "sign" else Ended.REFUSED)


def _end(past: ReplayedReport, event: ReportEvent, number: int, how: Ended) -> None:
    invite = past.invites[number]
    past.want(event, not invite.ended, f"met fin à l’invitation n° {number}, qui ne valait déjà plus")
    past.invites[number] = replace(invite, ended=how.value, ended_at=event.at)


INVITING: dict[str, Callable[[ReplayedReport, ReportEvent], None]] = {
    "invite": _invite,
    "hand_code": _hand_code,
    "revoke_invitation": _revoke,
}

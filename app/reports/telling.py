"""Telling a report's past: its events in order, each checked against the table of the workflow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app import workflow
from app.reports.models import AmendmentState, Choice, Origin
from app.reports.past import Event, Past, Proposal, Seal, Version, Voice


def tell(past: Past, report_id: int, event: Event) -> None:
    """Go through one more event; what is wrong with it is added to the past's `doubts`, and the story goes on."""
    act = workflow.BY_KEY.get(event.act)
    if act is None:
        past.want(event, False, "porte un acte inconnu")
        return
    try:
        _check(past, act, report_id, event)
        if act.key in _TELLERS:
            _TELLERS[act.key](past, event)
        _move(past, act, event)
    except (KeyError, TypeError, ValueError, AttributeError):
        past.want(event, False, "ne dit pas tout ce que son acte demande")


def _check(past: Past, act: workflow.Act, report_id: int, event: Event) -> None:
    past.want(event, event.facts["report"] == report_id, "parle d’un autre rapport")
    placed = event.facts["from"] == past.stage and past.stage in (act.stages or ("",))
    past.want(event, placed, "ne pouvait pas avoir lieu à cette étape")
    past.want(event, event.role in act.who, "a été fait dans un rôle qui ne le permet pas")


def _move(past: Past, act: workflow.Act, event: Event) -> None:
    moves = act.to is not None and (act.when is None or bool(past.signed_hash))
    expected = act.to.value if act.to is not None and moves else past.stage
    past.want(event, event.facts["to"] == expected, "ne mène pas à l’étape qu’il dit")
    if moves:
        past.since = event.at
    past.stage = event.facts["to"]


def _open(past: Past, event: Event) -> None:
    past.workshop = event.facts["workshop"]
    past.renew(event)


def _save(past: Past, event: Event) -> None:
    facts = event.facts
    version = Version(
        event.at,
        facts["hash"],
        facts["runs"],
        facts["parent"],
        event.actor,
        event.role,
        Origin.TYPED,
        merged=facts["merged"],
    )
    past.add(facts["part"], facts["number"], version, event)


def _transmit(past: Past, event: Event) -> None:
    past.renew(event)
    past.reading += 1
    past.deadline = event.facts["deadline"]
    past.want(event, event.facts["reading"] == past.reading, "ne compte pas juste les lectures")
    past.want_text(event)


def _mark_read(past: Past, event: Event) -> None:
    past.want_text(event)
    past.read[event.facts["reading"], event.actor] = event.facts["text_hash"], event.at


def _amend(past: Past, event: Event) -> None:
    facts = event.facts
    follows = facts["amendment"] == len(past.proposals) + 1
    past.want(event, follows, "donne à l’amendement un numéro qui ne suit pas")
    past.proposals[facts["amendment"]] = Proposal(
        event.at, facts["part"], facts["base"], facts["hash"], event.actor, facts.get("reason", "")
    )


def _opine(past: Past, event: Event) -> None:
    facts = event.facts
    past.proposals[facts["amendment"]] = replace(
        past.proposals[facts["amendment"]],
        opinion=facts["opinion"],
        opinion_text=facts["text"],
        opinion_by=event.actor,
    )


def _adopt(past: Past, event: Event) -> None:
    facts = event.facts
    past.decide(event, AmendmentState.ADOPTED)
    proposal = past.proposals[facts["amendment"]]
    version = Version(
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
    )
    before = past.versions.get((facts["part"], facts["parent"]))
    past.add(facts["part"], facts["number"], version, event)
    past.want_text(event)
    # What said the same already changes nothing, and no vote falls with it.
    if before is None or before.hash != version.hash:
        past.reopen(event)
    else:
        past.want(event, not facts["reopened"], "rouvre des votes alors que le texte n’a pas changé")


def _vote(past: Past, event: Event) -> None:
    facts = event.facts
    past.want_text(event)
    past.want(event, facts["reading"] == past.reading, "vote dans une autre lecture que celle en cours")
    past.voices[facts["reading"], event.actor] = Voice(
        event.at, facts["choice"], facts.get("reason", ""), facts["text_hash"]
    )


def _validate(past: Past, event: Event) -> None:
    past.want_text(event)
    decided = all(proposal.state is not AmendmentState.OPEN for proposal in past.proposals.values())
    past.want(event, decided, "valide un texte dont un amendement restait à décider")
    given = [voice.choice for voice in past.standing().values()]
    for name, choice in (
        ("approvals", Choice.APPROVE),
        ("objections", Choice.OBJECT),
        ("abstentions", Choice.ABSTAIN),
    ):
        past.want(event, event.facts[name] <= given.count(choice.value), "compte plus de voix qu’il n’en a été donné")


def _sign(past: Past, event: Event) -> None:
    facts = event.facts
    same = past.final_hash in ("", facts["final_hash"])
    past.want(event, same, "signe un autre document que la première signature")
    past.final_hash = facts["final_hash"]
    past.seals.append(Seal(event.at, facts["slot"], event.actor, facts["final_hash"], facts["file_hash"]))
    signed = {seal.slot: seal.person for seal in past.seals if not seal.void}
    both = len(signed) == 2 and len(set(signed.values())) == 2
    past.want(event, both == ("signed_hash" in facts), "ne compte pas juste les signatures")
    past.signed_hash = facts.get("signed_hash", "")


def _refuse(past: Past, event: Event) -> None:
    standing = [seal.slot for seal in past.seals if not seal.void]
    past.want(event, sorted(event.facts["voided"]) == sorted(standing), "n’annule pas les signatures qui valaient")
    past.seals = [replace(seal, void=True) for seal in past.seals]
    past.final_hash = ""
    past.reopen(event)


def _publish(past: Past, event: Event) -> None:
    same = event.facts["signed_hash"] == past.signed_hash
    past.want(event, same, "publie un autre document que celui qui a été signé")
    past.published_at = event.at


# Acts that are not here move the report and change nothing else.
_TELLERS: dict[str, Callable[[Past, Event], None]] = {
    "open": _open,
    "draft": _save,
    "edit": _save,
    "hand_over": Past.renew,
    "transmit": _transmit,
    "mark_read": _mark_read,
    "amend": _amend,
    "opine": _opine,
    "adopt": _adopt,
    "reject": lambda past, event: past.decide(event, AmendmentState.REJECTED),
    "lapse": lambda past, event: past.decide(event, AmendmentState.LAPSED),
    "withdraw": lambda past, event: past.decide(event, AmendmentState.WITHDRAWN),
    "vote": _vote,
    "validate": _validate,
    "sign": _sign,
    "refuse": _refuse,
    "publish": _publish,
}

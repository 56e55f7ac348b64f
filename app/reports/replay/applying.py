"""Telling a report's past: its events in order, each checked against the table of the workflow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from app import workflow
from app.reports.models.ballot import Choice
from app.reports.models.report import AmendmentState, Origin
from app.reports.models.signature import Way
from app.reports.replay import applying_masthead as masthead
from app.reports.replay import applying_publication as publication
from app.reports.replay.applying_amendments import AMENDING
from app.reports.replay.applying_invitations import INVITING, served
from app.reports.replay.applying_papers import PAPERS, end_papers, require_signatory
from app.reports.replay.applying_rectification import abandoned, opened, rectified, validated
from app.reports.replay.logged import NO_DETAILS, LoggedBallot, LoggedComment, LoggedRevision, ReportEvent, Seal
from app.reports.replay.logged_attachments import LoggedAttachment
from app.reports.replay.state import ReplayedReport


def tell(past: ReplayedReport, report_id: int, event: ReportEvent) -> None:
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


def _check(past: ReplayedReport, act: workflow.Act, report_id: int, event: ReportEvent) -> None:
    past.want(event, event.facts["report"] == report_id, "parle d’un autre rapport")
    placed = event.facts["from"] == past.stage and past.stage in (act.stages or ("",))
    past.want(event, placed, "ne pouvait pas avoir lieu à cette étape")
    past.want(event, event.role in act.who, "a été fait dans un rôle qui ne le permet pas")


def _move(past: ReplayedReport, act: workflow.Act, event: ReportEvent) -> None:
    moves = act.to is not None and (act.when is None or bool(past.signed_hash))
    expected = act.to.value if act.to is not None and moves else past.stage
    past.want(event, event.facts["to"] == expected, "ne mène pas à l’étape qu’il dit")
    if moves:
        past.since = event.at
    past.stage = event.facts["to"]


def _open(past: ReplayedReport, event: ReportEvent) -> None:
    past.workshop = event.facts["workshop"]
    past.renew(event)
    opened(past, event)


def _save(past: ReplayedReport, event: ReportEvent) -> None:
    facts = event.facts
    version = LoggedRevision(
        event.at,
        facts["hash"],
        facts["runs"],
        facts["parent"],
        event.actor,
        event.role,
        Origin.IMPORT if facts.get("file") else Origin.TYPED,
        merged=facts["merged"],
        salted=bool(facts.get("salted")),
    )
    past.add(facts["part"], facts["number"], version, event)
    past.require_taken_out(event)
    if version.merged:
        past.merges[facts["part"], facts["number"]] = facts["base"], facts["parent"]


def _restore(past: ReplayedReport, event: ReportEvent) -> None:
    facts = event.facts
    source = past.versions.get((facts["part"], facts["restored"]))
    salted = bool(facts.get("salted"))
    # A text sealed before such texts stood apart is sealed anew, with salt: then only its authors can be compared.
    same = source is not None and (
        source.runs == facts["runs"] and (source.hash == facts["hash"] or (salted and not source.salted))
    )
    past.want(event, same, "rétablit un texte qui n’était pas celui de la révision qu’il nomme")
    earlier = 0 < facts["restored"] < facts["parent"]
    past.want(event, earlier, "rétablit une révision qui n’était pas plus ancienne")
    version = LoggedRevision(
        event.at, facts["hash"], facts["runs"], facts["parent"], event.actor, event.role, Origin.RESTORE
    )
    version = replace(version, salted=salted)
    past.add(facts["part"], facts["number"], version, event)
    past.require_taken_out(event)


def _transmit(past: ReplayedReport, event: ReportEvent) -> None:
    past.renew(event)
    past.reading += 1
    past.reading_since = event.at
    past.deadline = event.facts["deadline"]
    past.open_by(event)
    past.want(event, event.facts["reading"] == past.reading, "ne compte pas juste les lectures")
    masthead.followed(past, event)
    past.require_text(event)
    past.carry(event)
    past.overtake(event)


def _extend(past: ReplayedReport, event: ReportEvent) -> None:
    past.want(event, event.facts["before"] == past.deadline, "prolonge une lecture qui avait une autre date limite")
    longer = past.deadline is None or event.facts["deadline"] > past.deadline
    longer = longer or (event.facts["deadline"] == past.deadline and event.facts.get("late", False) and not past.late)
    past.want(event, longer, "ne prolonge pas la lecture")
    past.deadline, past.late = event.facts["deadline"], event.facts.get("late", past.late)


def _mark_read(past: ReplayedReport, event: ReportEvent) -> None:
    past.require_text(event)
    past.read[event.facts["reading"], event.actor] = event.facts["text_hash"], event.at


def _comment(past: ReplayedReport, event: ReportEvent) -> None:
    facts = event.facts
    number, thread = facts["comment"], facts["thread"]
    past.want(event, number == len(past.remarks) + 1, "donne à l’observation un numéro qui ne suit pas")
    past.remarks[number] = LoggedComment(
        event.at,
        event.actor,
        event.role,
        thread,
        facts["part"],
        facts["revision"],
        facts["block"],
        facts["quote"],
        facts["text"],
        facts["mention"],
    )
    first = past.remarks[thread]
    past.want(event, first.thread == thread and first.part == facts["part"], "répond à ce qui n’a pas été observé là")
    current = past.current[facts["part"]]
    past.want(event, facts["revision"] == current, "porte sur une révision qui n’était pas en vigueur")
    settled = first.resolved_at is not None
    past.want(event, facts["reopened"] == settled, "ne dit pas juste si l’observation était réglée")
    past.settle(event, thread, settled=False)


def _resolve(past: ReplayedReport, event: ReportEvent) -> None:
    _turn(past, event, settled=True)


def _reopen(past: ReplayedReport, event: ReportEvent) -> None:
    _turn(past, event, settled=False)


def _turn(past: ReplayedReport, event: ReportEvent, *, settled: bool) -> None:
    first = past.remarks[event.facts["comment"]]
    was = first.resolved_at is not None
    past.want(event, first.thread == event.facts["comment"], "règle ou rouvre ce qui n’est qu’une réponse")
    past.want(event, was != settled, "règle ou rouvre une observation qui l’était déjà")
    past.settle(event, event.facts["comment"], settled=settled)


def _vote(past: ReplayedReport, event: ReportEvent) -> None:
    facts = event.facts
    past.require_text(event)
    past.want(event, facts["reading"] == past.reading, "vote dans une autre lecture que celle en cours")
    voter, cast_by = facts.get("for", event.actor), event.actor if "for" in facts else None
    allowed = cast_by is None or past.holder(voter) == cast_by
    past.want(event, allowed, "vote au nom d’une personne qui n’en avait pas donné procuration")
    known = past.voices.get((past.reading, voter))
    again = known is not None and (known.choice, known.reason) == (facts["choice"], facts.get("reason", ""))
    past.want(event, again or past.in_time(event), "vote après la date limite, que le président n’a pas levée")
    past.want(event, past.listed(voter), "donne une voix à une personne qui n’est pas sur la liste des votants")
    if cast_by is None:
        ended = past.end_mandate(event, voter)
        past.want(event, facts.get("proxy_ended") == ended, "ne dit pas juste quelle procuration prend fin")
    past.voices[facts["reading"], voter] = LoggedBallot(
        event.at, facts["choice"], facts.get("reason", ""), facts["text_hash"], cast_by=cast_by
    )


def _name_proxy(past: ReplayedReport, event: ReportEvent) -> None:
    facts = event.facts
    past.want(event, facts["giver"] == event.actor != facts["holder"], "donne une procuration qui n’est pas la sienne")
    past.mandate(event, event.actor, facts["holder"])


def _end_proxy(past: ReplayedReport, event: ReportEvent) -> None:
    facts = event.facts
    held = facts["giver"] == event.actor and past.end_mandate(event, event.actor) == facts["holder"]
    past.want(event, held, "reprend une procuration qui n’était pas donnée")


def _return(past: ReplayedReport, event: ReportEvent) -> None:
    past.require_text(event)
    past.return_hash, past.returned = event.facts["hash"], event.facts
    past.left, past.left_head = dict(past.current), past.head.hash


def _validate(past: ReplayedReport, event: ReportEvent) -> None:
    past.require_text(event)
    masthead.frozen(past, event)
    decided = all(proposal.state is not AmendmentState.OPEN for proposal in past.proposals.values())
    past.want(event, decided, "valide un texte dont un amendement restait à décider")
    given = [voice.choice for who, voice in past.standing().items() if past.listed(who)]
    for name, choice in (
        ("approvals", Choice.APPROVE),
        ("objections", Choice.OBJECT),
        ("abstentions", Choice.ABSTAIN),
    ):
        past.want(event, event.facts[name] <= given.count(choice.value), "compte plus de voix qu’il n’en a été donné")
    said = (event.facts["quorum"], event.facts["members"], event.facts["majority"])
    by_roll = past.roll is None or said == (past.roll["quorum"], len(past.roll["seats"]), past.roll["majority"])
    past.want(event, by_roll, "ne valide pas selon les règles arrêtées à l’ouverture de la lecture")
    past.minutes_hash = event.facts["minutes"]
    validated(past, event)


def _sign(past: ReplayedReport, event: ReportEvent) -> None:
    facts = event.facts
    same = past.final_hash in ("", facts["final_hash"])
    past.want(event, same, "signe un autre document que la première signature")
    past.final_hash = facts["final_hash"]
    given = facts.get("way", Way.ELECTRONIC.value), facts.get("details", NO_DETAILS)
    past.seals.append(Seal(event.at, facts["slot"], event.actor, facts["final_hash"], facts["file_hash"], *given))
    require_signatory(past, event, facts["slot"], event.actor)
    past.count_signatures(event)
    served(past, event)


def _refuse(past: ReplayedReport, event: ReportEvent) -> None:
    standing = [seal.slot for seal in past.seals if not seal.void]
    past.want(event, sorted(event.facts["voided"]) == sorted(standing), "n’annule pas les signatures qui valaient")
    past.seals = [replace(seal, void=True) for seal in past.seals]
    past.final_hash = ""
    end_papers(past, event)
    masthead.followed(past, event)
    past.reopen(event)
    served(past, event)


def _attach(past: ReplayedReport, event: ReportEvent) -> None:
    facts = event.facts
    number = facts["attachment"]
    past.want(event, number == len(past.pieces) + 1, "donne à la pièce jointe un numéro qui ne suit pas")
    past.pieces[number] = LoggedAttachment(
        event.at,
        facts["kind"],
        facts["name"],
        facts["media_type"],
        facts["size"],
        facts["file"],
        event.actor,
        event.role,
    )


def _withdraw_attachment(past: ReplayedReport, event: ReportEvent) -> None:
    number = event.facts["attachment"]
    piece = past.pieces[number]
    past.want(event, piece.withdrawn_at is None, "retire une pièce jointe qui l’était déjà")
    allowed = event.actor == piece.author or event.role == workflow.COORDINATION
    past.want(event, allowed, "retire la pièce jointe d’une autre personne")
    past.pieces[number] = replace(piece, withdrawn_by=event.actor, withdrawn_at=event.at)


# Acts that are not here move the report and change nothing else.
_TELLERS: dict[str, Callable[[ReplayedReport, ReportEvent], None]] = {
    "open": _open,
    "draft": _save,
    "edit": _save,
    "restore_draft": _restore,
    "restore_edit": _restore,
    "hand_over": ReplayedReport.renew,
    "transmit": _transmit,
    "comment": _comment,
    "resolve": _resolve,
    "reopen": _reopen,
    "extend": _extend,
    "mark_read": _mark_read,
    "renew_masthead": masthead.renewed,
    **AMENDING,
    "vote": _vote,
    "name_proxy": _name_proxy,
    "end_proxy": _end_proxy,
    "return_to_rapporteur": _return,
    "validate": _validate,
    "sign": _sign,
    "refuse": _refuse,
    **INVITING,
    **PAPERS,
    "publish": publication.published,
    "make_public": publication.established,
    "rectify": rectified,
    "abandon": abandoned,
    "attach": _attach,
    "withdraw_attachment": _withdraw_attachment,
}

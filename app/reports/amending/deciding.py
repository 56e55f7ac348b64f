"""Deciding amendments: what a president settles, and the decisions that leave the text as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from app.audit.models import AuditEvent
from app.content import changes
from app.content.canonical import check_text
from app.content.changes import ClashChoice, Spot
from app.db import db, now
from app.directory.models import Person
from app.reports import steps
from app.reports.amending import outdated
from app.reports.models.ballot import Ballot
from app.reports.models.report import Amendment, AmendmentState, Report


@dataclass(frozen=True, slots=True)
class Settlement:
    """What the president decided with the part's revision `base` before him.

    `choices`: what becomes of each clash; `texts`: fields that he words in his own way, clashing or not.
    """

    base: int
    choices: Mapping[Spot, ClashChoice] = field(default_factory=dict)
    texts: Mapping[Spot, str] = field(default_factory=dict)


def numbered(report: Report, number: int) -> Amendment:
    """The report's amendment of that number, held until the transaction ends. Raises LookupError where there is none."""
    amendment = db.session.scalar(
        select(Amendment)
        .where(Amendment.report_id == report.id, Amendment.number == number)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if amendment is None:
        raise LookupError(number)
    return amendment


def reject(report: Report, amendment: Amendment, person: Person, reason: str) -> AuditEvent:
    """Reject an amendment, saying why."""
    check_text(reason, "reason")
    return close(report, amendment, person, "reject", AmendmentState.REJECTED, reason)


def defer(report: Report, amendment: Amendment, person: Person, reason: str = "") -> AuditEvent:
    """Put off the decision of an amendment: it stays to be decided."""
    check_text(reason, "reason")
    return close(report, amendment, person, "defer", AmendmentState.DEFERRED, reason)


def lapse(report: Report, amendment: Amendment, person: Person) -> AuditEvent:
    """Note that an amendment has nothing left to do: its passage is gone, or the text says already what it asks for.

    Raises `steps.NotReady` while there is something to decide.
    """
    if not nothing_left(report, amendment):
        raise steps.NotReady("Le passage visé existe encore : adoptez ou rejetez cet amendement.")
    return close(report, amendment, person, "lapse", AmendmentState.LAPSED)


def nothing_left(report: Report, amendment: Amendment) -> bool:
    """Whether the part is no more, or all the blocks that the amendment touches, or the text says it already."""
    content = outdated.contents(report, {amendment.part_key}).get(amendment.part_key)
    if content is None:
        return True
    outcome = changes.apply(amendment.change, content)
    return outcome.gone or outcome.idle


def close(
    report: Report, amendment: Amendment, person: Person, act: str, state: AmendmentState, reason: str = ""
) -> AuditEvent:
    """Take an act that says what becomes of an amendment and leaves the text as it is."""

    def effect() -> dict[str, Any]:
        require_undecided(amendment)
        if amendment.state is state:
            raise steps.WrongStage(
                f"L’amendement n° {amendment.number} est déjà {state.label.lower()}. Rechargez la page."
            )
        decide(amendment, state, person, reason)
        return {"amendment": amendment.number}

    return steps.take(act, report, person, effect, reason=reason, amendment=amendment)


def decide(amendment: Amendment, state: AmendmentState, person: Person, reason: str = "") -> None:
    """Note on the amendment what has become of it, by whom, when and why."""
    amendment.state, amendment.decided_by_id, amendment.decided_at = state, person.id, now()
    amendment.decision_reason = reason.strip()


def require_undecided(amendment: Amendment) -> None:
    """Raises `steps.WrongStage` where the amendment was decided, perhaps in another tab."""
    if not amendment.undecided:
        raise steps.WrongStage(
            f"L’amendement n° {amendment.number} est déjà clos ({amendment.state.label.lower()}). Rechargez la page."
        )


def reopen_ballots(report: Report) -> list[int]:
    """The ballots of this reading no longer stand: the text they were given on has changed. Answers with whose."""
    ballots = db.session.scalars(
        select(Ballot)
        .where(Ballot.report_id == report.id, Ballot.reading == report.reading, Ballot.stands.is_(True))
        .order_by(Ballot.person_id)
    ).all()
    for ballot in ballots:
        ballot.stands = False
    return [ballot.person_id for ballot in ballots]

"""The one door: every act on a report passes here: check, run, move the stage, write the event, tell people."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

from app import workflow
from app.audit import events
from app.audit.entries import Where
from app.audit.models import AuditEvent
from app.db import db, now
from app.directory.models import Person
from app.reports.access import situation, tenure
from app.reports.consistency import acknowledged
from app.reports.consistency.rules import RuleFinding
from app.reports.models.report import Amendment, Report
from app.reports.models.scan import Scan
from app.reports.notifications import recipients


class NotAllowed(Exception):
    """This person may not take this act."""


class WrongStage(Exception):
    """The act does not belong to the stage the report is at."""


class NotReady(Exception):
    """Something must hold first; the message says what. `findings`: what of the consistency check stands in the way."""

    def __init__(self, sentence: str, findings: Sequence[RuleFinding] = ()) -> None:
        super().__init__(sentence)
        self.findings = findings


NO_ROLE = "Votre rôle ne permet pas cette action sur ce rapport."
NO_RECTIFICATION = "Seul un rapport rectificatif s’abandonne : celui-ci n’en est pas un."
OPEN = workflow.BY_KEY["open"]
Effect = Callable[[], dict[str, Any]]


def take(
    key: str,
    report: Report,
    person: Person,
    effect: Effect | None = None,
    *,
    reason: str = "",
    amendment: Amendment | None = None,
    passing_why: str = "",
    scan: Scan | None = None,
) -> AuditEvent:
    """Take act `key` on `report` as `person`.

    `effect` makes the change and answers with the facts for the log; it runs after the checks on role, stage and person and
    the report's needs. `reason` is asked for where the table says so, `passing_why` where the consistency check warns.
    Raises `NotAllowed`, `WrongStage`, `NotReady`, and whatever `effect` raises; then nothing has been written.
    """
    act = workflow.BY_KEY[key]
    hands = situation.hands(report, person, amendment, scan)
    role, findings = _check(act, report, person, hands)
    reason, passing_why = reason.strip(), passing_why.strip()
    if act.reason and not reason:
        raise NotReady("Indiquez un motif : il sera lu par la personne qui reprend le texte.")
    if findings and not passing_why:
        raise NotReady(acknowledged.sentence(findings), findings)
    facts: dict[str, Any] = {"report": report.id, "from": report.stage.value}
    if reason:
        facts["reason"] = reason
    facts.update(acknowledged.logged(findings, passing_why))
    facts.update(effect() if effect else {})
    db.session.flush()
    _move(act, report)
    facts["to"] = report.stage.value
    event = events.record(f"report:{report.id}", act.key, person, facts, role, where(report))
    recipients.tell(act, report, event, person, facts)
    return event


def begin(report: Report, person: Person, role: str, facts: dict[str, Any]) -> AuditEvent:
    """The first event of a report that was just made by `person` in `role`, and those who are told of it."""
    first = {"report": report.id, "workshop": report.workshop_id, **facts, "from": "", "to": report.stage.value}
    event = events.record(f"report:{report.id}", OPEN.key, person, first, role, where(report))
    recipients.tell(OPEN, report, event, person, first)
    return event


def where(report: Report) -> Where:
    """Where the events of a report are filed."""
    return Where(report.workshop.territory.path, report.workshop.campaign_id)


def admit(keys: Iterable[str], report: Report, person: Person) -> None:
    """Raise unless one of these acts is this person's to take at this stage; needs and personal bars are not asked."""
    hands = situation.hands(report, person)
    acts = [workflow.BY_KEY[key] for key in keys]
    mine = [act for act in acts if workflow.role_for(act, hands)]
    allowed = [act for act in mine if act.concerns(report.rectifies_id is not None)]
    if mine and not allowed:
        raise NotAllowed(NO_RECTIFICATION)
    if not allowed:
        raise NotAllowed(next((why for act in acts if (why := workflow.incompatible(act, hands))), NO_ROLE))
    if not any(report.stage in act.stages for act in allowed):
        raise WrongStage(_elsewhere(allowed[0], report))


def _check(
    act: workflow.Act, report: Report, person: Person, hands: workflow.Hands
) -> tuple[str, Sequence[RuleFinding]]:
    """The role in which the act may be taken, and what the consistency check warns of."""
    role = workflow.role_for(act, hands)
    if role is None:
        raise NotAllowed(workflow.incompatible(act, hands) or NO_ROLE)
    if not act.concerns(report.rectifies_id is not None):
        raise NotAllowed(NO_RECTIFICATION)
    if act.stages and report.stage not in act.stages:
        raise WrongStage(_elsewhere(act, report))
    if why := workflow.barred(act, hands) or tenure.in_the_way(report, person, role):
        raise NotAllowed(why)
    facts = situation.facts(report) if act.needs else None
    findings = acknowledged.found(act, report)
    if facts and (why := workflow.unmet(act, replace(facts, blocking=acknowledged.blocking(findings)))):
        raise NotReady(why, findings)
    return role, findings


def _elsewhere(act: workflow.Act, report: Report) -> str:
    return (
        f"« {act.label} » n’est plus possible : le rapport est à l’étape « {report.stage.label} ». "
        "Rechargez la page pour voir où il en est."
    )


def _move(act: workflow.Act, report: Report) -> None:
    if act.to is None or (act.when is not None and not act.when(situation.facts(report))):
        return
    report.stage = act.to
    report.stage_since = now()
    db.session.flush()

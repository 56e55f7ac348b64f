"""For which reports something waits for a person: the condition of each kind of task, on a query of reports."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, not_, or_, select
from sqlalchemy.orm import aliased

from app.directory.models import Person
from app.reports import deadline
from app.reports.access import roll
from app.reports.models.ballot import Ballot, Proxy
from app.reports.models.report import UNDECIDED, Amendment, AmendmentState, Comment, Report
from app.reports.models.scan import Scan, ScanState, Substitution
from app.reports.models.signature import Signature, Slot
from app.workflow import Stage
from app.workshops.models import Workshop

Condition = ColumnElement[bool]
OPEN, DEFERRED, REVIEW = UNDECIDED


def at(stage: Stage) -> Callable[[Person], Condition]:
    return lambda person: Report.stage == stage


def _late() -> Condition:
    return and_(Report.deadline.is_not(None), Report.deadline < deadline.today())


# --- Amendments


def amendments(*where: Condition) -> Select[int]:
    return select(Amendment.id).where(Amendment.report_id == Report.id, *where)


def reading_with(*where: Condition) -> Condition:
    return and_(Report.stage == Stage.READING, amendments(*where).exists())


def without_opinion(person: Person) -> tuple[Condition, ...]:
    return Amendment.state.in_(UNDECIDED), Amendment.opinion.is_(None), Amendment.author_id != person.id


def to_decide(person: Person) -> tuple[Condition, ...]:
    return Amendment.state.in_((OPEN, REVIEW)), Amendment.author_id != person.id


def put_off(person: Person) -> tuple[Condition, ...]:
    return Amendment.state == DEFERRED, Amendment.author_id != person.id


def to_review(person: Person) -> tuple[Condition, ...]:
    return Amendment.state == AmendmentState.REVIEW, Amendment.author_id == person.id


# --- Votes


def _voice_of(voter: Any, *where: Condition) -> Condition:
    return exists().where(
        Ballot.report_id == Report.id, Ballot.reading == Report.reading, Ballot.person_id == voter, *where
    )


def votes(person: Person) -> Condition:
    """Not voted yet in this reading, and nobody asked to do it instead."""
    return and_(Report.stage == Stage.READING, roll.holds(person), not_(_voice_of(person.id)), not_(_lent(person)))


def fallen(person: Person) -> Condition:
    fell = _voice_of(person.id, Ballot.stands.is_(False))
    return and_(Report.stage == Stage.READING, fell, not_(_lent(person)))


def _lent(person: Person) -> Condition:
    return exists().where(Proxy.report_id == Report.id, Proxy.giver_id == person.id, Proxy.ended_at.is_(None))


def _held(person: Person) -> Select[int]:
    """The proxies given to this person for which no vote stands."""
    voted = _voice_of(Proxy.giver_id, Ballot.stands.is_(True)).correlate(Report, Proxy)
    return select(Proxy.id).where(
        Proxy.report_id == Report.id, Proxy.holder_id == person.id, Proxy.ended_at.is_(None), not_(voted)
    )


def held_proxies(person: Person) -> Condition:
    return and_(Report.stage == Stage.READING, _held(person).exists())


def proxy_count(person: Person) -> ColumnElement[Any]:
    return _held(person).with_only_columns(func.count(Proxy.id)).scalar_subquery()


# --- The reading's end, observations, signatures


def overdue(person: Person) -> Condition:
    return and_(Report.stage == Stage.READING, _late())


def closings(person: Person) -> Condition:
    undecided = amendments(Amendment.state.in_(UNDECIDED)).exists()
    voted = exists().where(Ballot.report_id == Report.id, Ballot.reading == Report.reading, Ballot.stands.is_(True))
    return and_(Report.stage == Stage.READING, not_(undecided), voted, not_(_late()))


def _mentioning(person: Person) -> Select[int]:
    """Observations that name this person, whose thread is open and who has not answered there since."""
    opening, answer = _others()
    settled = exists().where(
        opening.report_id == Comment.report_id, opening.number == Comment.thread, opening.resolved_at.is_not(None)
    )
    answered = exists().where(
        answer.report_id == Comment.report_id,
        answer.thread == Comment.thread,
        answer.author_id == person.id,
        answer.number > Comment.number,
    )
    return select(Comment.id).where(
        Comment.report_id == Report.id, Comment.mention_id == person.id, not_(settled), not_(answered)
    )


@cache
def _others() -> tuple[type[Comment], type[Comment]]:
    """Other observations of the same thread: the first, and an answer."""
    return aliased(Comment), aliased(Comment)


def mentions(person: Person) -> Condition:
    before_signing = (Stage.DRAFTING, Stage.EDITING, Stage.READING)
    return and_(Report.stage.in_(before_signing), _mentioning(person).exists())


def mention_count(person: Person) -> ColumnElement[Any]:
    return _mentioning(person).with_only_columns(func.count(Comment.id)).scalar_subquery()


def first_mention(person: Person) -> ColumnElement[Any]:
    return _mentioning(person).with_only_columns(func.min(Comment.thread)).scalar_subquery()


def signatures(person: Person) -> Condition:
    # Written as the index of standing signatures has it: "IS false" would not be found by it.
    signed = exists().where(Signature.report_id == Report.id, Signature.person_id == person.id, not_(Signature.void))
    named = or_(*(signatory(slot) == person.id for slot in Slot))
    return and_(Report.stage == Stage.VALIDATED, named, not_(signed), not_(_on_paper(person)))


def signatory(slot: Slot) -> ColumnElement[Any]:
    """Who signs for this slot: who stands in for the one named, or that one."""
    stands_in = select(Substitution.person_id).where(
        Substitution.report_id == Report.id, Substitution.slot == slot, not_(Substitution.ended)
    )
    named = {Slot.RAPPORTEUR: Workshop.rapporteur_id, Slot.CHAIR: Workshop.chair_id}[slot]
    return func.coalesce(stands_in.correlate(Report).scalar_subquery(), named)


def _on_paper(person: Person) -> Condition:
    """This person's signature is on a paper that waits to be attested."""
    return or_(
        *(and_(_waiting_scans(Scan.slots.contains(slot.value)).exists(), signatory(slot) == person.id) for slot in Slot)
    )


def _waiting_scans(*where: Condition) -> Select[int]:
    return select(Scan.id).where(Scan.report_id == Report.id, Scan.state == ScanState.FILED, *where)


def papers(person: Person) -> Condition:
    """A paper that somebody else filed waits to be attested, and this person signs nothing of the report."""
    signs = or_(*(signatory(slot) == person.id for slot in Slot))
    return and_(Report.stage == Stage.VALIDATED, _waiting_scans(Scan.filed_by_id != person.id).exists(), not_(signs))

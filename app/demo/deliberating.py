"""What a commission does with a text before it: observations, amendments and their outcome, votes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from app.content.typography import french
from app.demo.people import PRESIDENT, RAPPORTEUR
from app.demo.proposals import DemoProposal
from app.demo.remarks import DemoRemark
from app.demo.rewording import current, reworded
from app.directory.models import Person
from app.reports.amending import acts as amending
from app.reports.comments import acts as commenting
from app.reports.models.ballot import Choice
from app.reports.models.report import Amendment, AmendmentState, Report
from app.reports.text import revisions
from app.reports.validating import acts as validating

Seats = Sequence[Person]


def read(report: Report, seats: Seats, readers: Iterable[int]) -> None:
    for seat in readers:
        amending.mark_read(report, seats[seat])


def vote(report: Report, seats: Seats, choices: Mapping[int, Choice]) -> None:
    for seat, choice in choices.items():
        validating.vote(report, seats[seat], choice)


def observe(report: Report, seats: Seats, remarks: Iterable[DemoRemark]) -> list[int]:
    """Make the observations, answer and settle them; answers with their numbers."""
    return [_observe(report, seats, remark) for remark in remarks]


def _observe(report: Report, seats: Seats, remark: DemoRemark) -> int:
    number = commenting.comment(
        report,
        seats[remark.seat],
        remark.part,
        french(remark.text),
        quote=french(remark.quote),
        mention=None if remark.mention is None else seats[remark.mention].id,
    ).number
    for seat, text in remark.answers:
        commenting.comment(report, seats[seat], remark.part, french(text), thread=number)
    if remark.settled_by is not None:
        commenting.resolve(report, number, seats[remark.settled_by])
    return number


def deliberate(
    report: Report, seats: Seats, proposals: Iterable[DemoProposal], observations: Sequence[int] = ()
) -> list[Amendment]:
    """Propose all amendments, each with the rapporteur's opinion, and only then bring them to their outcomes.

    `observations` are the numbers of those that an amendment may have grown out of, in their order.
    """
    filed = [(proposal, _file(report, seats, proposal, observations)) for proposal in proposals]
    for proposal, amendment in filed:
        _OUTCOMES[proposal.outcome](report, seats, amendment, french(proposal.decision))
    return [amendment for _, amendment in filed]


def _file(report: Report, seats: Seats, proposal: DemoProposal, observations: Sequence[int]) -> Amendment:
    (amendment,) = amending.amend(
        report,
        proposal.part,
        revisions.part_of(report, proposal.part).number,
        reworded(current(report, proposal.part), proposal.old, proposal.new),
        french(proposal.reason),
        seats[proposal.seat],
        formal=proposal.formal,
        comment=None if proposal.remark is None else observations[proposal.remark],
    )
    if proposal.opinion:
        amending.opine(report, amendment, proposal.opinion, french(proposal.opinion_text), seats[RAPPORTEUR])
    return amendment


def _leave(report: Report, seats: Seats, amendment: Amendment, reason: str) -> None:
    """It waits for the president's decision."""


def _adopt(report: Report, seats: Seats, amendment: Amendment, reason: str) -> None:
    amending.adopt(report, amendment, seats[PRESIDENT])


def _reject(report: Report, seats: Seats, amendment: Amendment, reason: str) -> None:
    amending.reject(report, amendment, seats[PRESIDENT], reason)


def _defer(report: Report, seats: Seats, amendment: Amendment, reason: str) -> None:
    amending.defer(report, amendment, seats[PRESIDENT], reason)


def _withdraw(report: Report, seats: Seats, amendment: Amendment, reason: str) -> None:
    author = next(person for person in seats if person.id == amendment.author_id)
    amending.withdraw(report, amendment, author)


_OUTCOMES: dict[AmendmentState, Callable[[Report, Seats, Amendment, str], None]] = {
    AmendmentState.OPEN: _leave,
    AmendmentState.ADOPTED: _adopt,
    AmendmentState.REJECTED: _reject,
    AmendmentState.DEFERRED: _defer,
    AmendmentState.WITHDRAWN: _withdraw,
}

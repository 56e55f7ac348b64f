"""How a report stands: the facts the workflow's table looks at, and the hands a person has in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from sqlalchemy import func, not_, select

from app import template
from app.db import db
from app.people import commissions
from app.people.models import Commission, Person
from app.reports.models import Amendment, AmendmentState, Ballot, Choice, Report, ReportPart, Signature, Slot
from app.workflow import Facts, Hands, Stage


def hands(report: Report, person: Person, amendment: Amendment | None = None) -> Hands:
    """The person's roles over the report's territory, and personal ties to the report and the amendment in question."""
    slots = frozenset(slot.value for slot in slots_of(report, person))
    return Hands(
        roles=roles(report, person),
        slots=slots,
        has_signed=bool(slots) and report.stage is Stage.VALIDATED and person.id in signed_by(report).values(),
        own_amendment=amendment is not None and amendment.author_id == person.id,
    )


def roles(report: Report, person: Person) -> frozenset[str]:
    """The roles that the person holds over the report's territory."""
    path = report.workshop.territory.path
    return frozenset(grant.role for grant in person.grants if person.active and grant.reaches(path))


def slots_of(report: Report, person: Person) -> list[Slot]:
    """The signatures that this person is the one named for."""
    named = {Slot.RAPPORTEUR: report.workshop.rapporteur_id, Slot.CHAIR: report.workshop.chair_id}
    return [slot for slot, person_id in named.items() if person_id == person.id]


def signed_by(report: Report) -> dict[str, int]:
    """Who has signed the file that is out for signature: slot to person."""
    if not report.final_hash:
        return {}
    rows = db.session.execute(
        select(Signature.slot, Signature.person_id).where(
            Signature.report_id == report.id, Signature.final_hash == report.final_hash, not_(Signature.void)
        )
    )
    return dict(rows.all())


def facts(report: Report) -> Facts:
    """Everything the table asks about one report, in at most six queries."""
    rows = db.session.execute(select(ReportPart.key, ReportPart.filled).where(ReportPart.report_id == report.id))
    filled = dict(rows.all())
    commission = commissions.covering(report.workshop.territory)
    ballots = db.session.scalars(
        select(Ballot).where(Ballot.report_id == report.id, Ballot.reading == report.reading)
    ).all()
    open_amendments = select(func.count(Amendment.id)).where(
        Amendment.report_id == report.id, Amendment.state == AmendmentState.OPEN
    )
    return gathered(
        report,
        missing=tuple(part.label for part in template.WRITTEN if _needed(part) and not filled.get(part.key)),
        commission=commission,
        seated=frozenset(person.id for person in commissions.members(commission)) if commission else frozenset(),
        ballots=ballots,
        undecided=db.session.scalar(open_amendments) or 0,
        signed=frozenset(signed_by(report)),
    )


def _needed(part: template.Part) -> bool:
    return bool(part.required_zones) and not part.optional


def gathered(
    report: Report,
    *,
    missing: tuple[str, ...],
    commission: Commission | None,
    seated: frozenset[int],
    ballots: Iterable[Ballot],
    undecided: int,
    signed: frozenset[str],
) -> Facts:
    """The facts, from rows already read. Ballots that fell, and those of people no longer seated, are not counted."""
    voices = Counter(ballot.choice for ballot in ballots if ballot.stands and ballot.person_id in seated)
    workshop = report.workshop
    named = {workshop.rapporteur_id, workshop.chair_id}
    return Facts(
        stage=report.stage,
        missing=missing,
        commission=commission is not None,
        members=len(seated),
        quorum=commissions.quorum(commission, len(seated)) if commission else 0,
        ballots=voices.total(),
        approvals=voices[Choice.APPROVE],
        objections=voices[Choice.OBJECT],
        abstentions=voices[Choice.ABSTAIN],
        undecided=undecided,
        signatories_named=None not in named and len(named) == 2,
        signed=signed,
    )

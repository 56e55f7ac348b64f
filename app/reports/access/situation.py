"""How a report stands: the facts the workflow's table looks at, and the hands a person has in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import func, not_, or_, select
from sqlalchemy.orm import joinedload

from app import template
from app.audit.models import AuditEvent
from app.db import db
from app.directory.models import Person
from app.people import holding_offices
from app.reports.access import rectified
from app.reports.access import roll as rolls
from app.reports.access.roll import Roll
from app.reports.models.ballot import Ballot, Choice
from app.reports.models.invitation import Ended, Invitation
from app.reports.models.report import UNDECIDED, Amendment, Report, ReportPart, Revision
from app.reports.models.scan import Scan, ScanState, Substitution
from app.reports.models.signature import Signature, Slot
from app.reports.text import withheld
from app.workflow import Facts, Hands, Majority, Stage


def hands(report: Report, person: Person, amendment: Amendment | None = None, scan: Scan | None = None) -> Hands:
    """The person's roles over the report's territory, and personal ties to the report and the thing in question."""
    mine = slots_of(report, person)
    signing = bool(mine) and report.stage is Stage.VALIDATED
    held = roles(report, person)
    return Hands(
        roles=held,
        slots=frozenset(slot.value for slot in mine),
        has_signed=signing and person.id in signed_by(report).values(),
        on_paper=signing and not on_paper(report).isdisjoint(mine),
        own_amendment=amendment is not None and amendment.author_id == person.id,
        own_scan=scan is not None and scan.filed_by_id == person.id,
        holds_secret=signing and holds_secret(report, person),
        listed=rolls.lists(report, person),
        passed_on={"rapporteur", "president"} <= held and passed_on(report, person),
        own_opinion=amendment is not None and amendment.opinion_by_id == person.id,
    )


def holds_secret(report: Report, person: Person) -> bool:
    """Whether the person handed over the link or the code of an invitation to sign that is open, or has served."""
    serving = or_(Invitation.ended.is_(None), Invitation.ended == Ended.SIGNED)
    given = or_(Invitation.by_id == person.id, Invitation.code_by_id == person.id)
    query = select(Invitation.id).where(
        Invitation.report_id == report.id, serving, given, Invitation.at >= report.stage_since
    )
    return db.session.scalar(query.limit(1)) is not None


def passed_on(report: Report, person: Person) -> bool:
    """Whether it was this person who passed the text on for the reading under way, by the log."""
    if report.stage is not Stage.READING:
        return False
    passing = select(AuditEvent.actor_id).where(
        AuditEvent.stream == f"report:{report.id}", AuditEvent.act == "transmit"
    )
    return db.session.scalar(passing.order_by(AuditEvent.seq.desc()).limit(1)) == person.id


def roles(report: Report, person: Person) -> frozenset[str]:
    """The roles that the person holds over the report's territory."""
    path = report.workshop.territory.path
    return frozenset(grant.role for grant in person.grants if person.active and grant.reaches(path))


def not_fit(report: Report, person: Person) -> str | None:
    """Why the offices of this person let them neither read, decide nor sign this report; None where they do."""
    return holding_offices.not_fit(person, report.workshop.territory.path)


def slots_of(report: Report, person: Person) -> list[Slot]:
    """The signatures that are this person's to give."""
    return [slot for slot, person_id in signatories(report).items() if person_id == person.id]


def signatories(report: Report) -> dict[Slot, int | None]:
    """Who signs for each slot: the one named for the meeting, or who stands in since the text was validated."""
    named = {Slot.RAPPORTEUR: report.workshop.rapporteur_id, Slot.CHAIR: report.workshop.chair_id}
    if report.stage is not Stage.VALIDATED:
        return named
    rows = db.session.execute(
        select(Substitution.slot, Substitution.person_id).where(
            Substitution.report_id == report.id, not_(Substitution.ended)
        )
    )
    return named | dict(rows.all())


def on_paper(report: Report) -> frozenset[Slot]:
    """The signatures given on a paper that waits to be attested."""
    waiting = select(Scan).where(Scan.report_id == report.id, Scan.state == ScanState.FILED)
    return frozenset(slot for scan in db.session.scalars(waiting) for slot in scan.signed_slots)


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
    """Everything the table asks about one report, in at most seven queries."""
    rows = db.session.execute(select(ReportPart.key, ReportPart.filled).where(ReportPart.report_id == report.id))
    filled = dict(rows.all())
    ballots = db.session.scalars(
        select(Ballot).where(Ballot.report_id == report.id, Ballot.reading == report.reading)
    ).all()
    open_amendments = select(func.count(Amendment.id)).where(
        Amendment.report_id == report.id, Amendment.state.in_(UNDECIDED)
    )
    return gathered(
        report,
        missing=tuple(part.label for part in template.WRITTEN if _needed(part) and not filled.get(part.key)),
        roll=rolls.of(report),
        ballots=ballots,
        undecided=db.session.scalar(open_amendments) or 0,
        signed=frozenset(signed_by(report)),
        rectified_by=rectified.of(report).follower,
        public=public_stands(report),
    )


def public_stands(report: Report) -> bool:
    """Whether there is a public version, in which nothing shows that has been erased since. One query at most."""
    if not report.public_hash:
        return False
    gone = (
        select(ReportPart.key)
        .join(Revision, (Revision.part_id == ReportPart.id) & (Revision.number == ReportPart.number))
        .where(ReportPart.report_id == report.id, ReportPart.key.in_(template.PERSONAL), Revision.content_json == "")
    )
    return {withheld.ERASED[key] for key in db.session.scalars(gone)} <= set(report.public_masked.split())


def _needed(part: template.Part) -> bool:
    return bool(part.required_zones) and not part.optional


def gathered(
    report: Report,
    *,
    missing: tuple[str, ...],
    roll: Roll | None,
    ballots: Iterable[Ballot],
    undecided: int,
    signed: frozenset[str],
    rectified_by: int = 0,
    public: bool = False,
) -> Facts:
    """The facts, from rows already read; only ballots that count are counted."""
    seats = roll.seats if roll else {}
    given = [ballot for ballot in ballots if counts(ballot, seats)]
    voices = Counter(ballot.choice for ballot in given)
    workshop = report.workshop
    named = {workshop.rapporteur_id, workshop.chair_id}
    return Facts(
        stage=report.stage,
        missing=missing,
        commission=roll is not None,
        members=len(seats),
        quorum=roll.quorum if roll else 0,
        ballots=voices.total(),
        approvals=voices[Choice.APPROVE],
        objections=voices[Choice.OBJECT],
        abstentions=voices[Choice.ABSTAIN],
        majority=roll.majority if roll else Majority.SIMPLE,
        casting=_casting(given, seats) if roll and roll.casting else None,
        undecided=undecided,
        signatories_named=None not in named and len(named) == 2,
        signed=signed,
        rectifying=report.rectifies_id is not None,
        rectified_by=rectified_by,
        public=public,
    )


def counts(ballot: Ballot, seated: Collection[int]) -> bool:
    """Whether the ballot is a voice: it stands, and its voter is on the roll, and so is the proxy who cast it.

    Who has left the commission since is on the roll all the same: a voice given while sitting is not taken back by it.
    """
    cast_by = ballot.cast_by_id
    return ballot.stands and ballot.person_id in seated and (cast_by is None or cast_by in seated)


def _casting(given: Iterable[Ballot], seats: Mapping[int, bool]) -> bool | None:
    """The president's own voice for or against; None where there is none, where a proxy gave it, or where two differ."""
    own = {ballot.choice for ballot in given if seats[ballot.person_id] and ballot.cast_by_id is None}
    decisive = own - {Choice.ABSTAIN}
    return next(iter(decisive)) is Choice.APPROVE if len(decisive) == 1 else None


def seats_of(report: Report) -> dict[int, bool]:
    """Who votes on the report: by person, whether they preside."""
    roll = rolls.of(report)
    return dict(roll.seats) if roll else {}


def signatures_of(report: Report) -> dict[str, Signature]:
    """The signatures that stand on the report's final file, by slot."""
    if not report.final_hash:
        return {}
    rows = db.session.scalars(
        select(Signature)
        .where(Signature.report_id == report.id, Signature.final_hash == report.final_hash, not_(Signature.void))
        .options(joinedload(Signature.person), joinedload(Signature.attester))
        .order_by(Signature.id)
    )
    return {signature.slot.value: signature for signature in rows}

"""The demo's reports brought to their stages by taking the steps, each by the person whose work it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.content.blocks import Block, Content, Kind
from app.content.typography import french
from app.demo.people import cast_of
from app.demo.proposals import RETURNED, Proposal
from app.demo.sessions import Session
from app.demo.texts import WRITTEN, Texts
from app.people.models import Person
from app.reports import amending, drafting, editing, press, revisions, signing, validating
from app.reports.models import Amendment, AmendmentState, Choice, Report
from app.reports.page import part_views
from app.reports.signing import Desk
from app.workshops.models import Workshop

FACILITATOR, RAPPORTEUR, PRESIDENT, CHAIR, *MEMBERS = range(8)
READING_TIME = timedelta(days=10)


@dataclass(frozen=True, slots=True)
class Table:
    """Those around one report: its people in the order of `people.SEATS`, the coordination, the desk for signing."""

    session: Session
    workshop: Workshop
    seats: tuple[Person, ...]
    coordination: Person
    desk: Desk


def seated(
    session: Session, workshop: Workshop, people: Mapping[str, Person], coordination: Person, desk: Desk
) -> Table:
    """`people` are all persons by e-mail address."""
    seats = tuple(people[character.email] for character in cast_of(session.place))
    return Table(session, workshop, seats, coordination, desk)


def published(table: Table) -> Report:
    report = signed(table)
    signing.publish(report, table.coordination)
    return report


def signed(table: Table) -> Report:
    report = signed_by_the_rapporteur(table)
    signing.sign(report, table.seats[CHAIR], report.text_hash, b"", table.desk)
    return report


def signed_by_the_rapporteur(table: Table) -> Report:
    report = validated(table)
    final = press.final(report, {view.part.key: view.content for view in part_views(report)})
    signing.sign(report, table.seats[RAPPORTEUR], report.text_hash, final, table.desk)
    return report


def validated(table: Table) -> Report:
    report = transmitted(table)
    _read(table, report, (*MEMBERS, PRESIDENT))
    for proposal in table.session.proposals:
        _settle(table, report, proposal)
    *most, last = MEMBERS
    _vote(table, report, {**dict.fromkeys((*most, PRESIDENT), Choice.APPROVE), last: Choice.ABSTAIN})
    validating.validate(report, table.seats[PRESIDENT])
    return report


def under_amendment(table: Table) -> Report:
    """The reading is in full swing: amendments decided and open, a vote that fell, two that stand."""
    report = transmitted(table)
    early, undecided, late = MEMBERS[1:]
    _read(table, report, (early, undecided, late))
    _vote(table, report, {early: Choice.APPROVE})
    for proposal in table.session.proposals:
        _settle(table, report, proposal)
    _read(table, report, (undecided,))
    _vote(table, report, {undecided: Choice.ABSTAIN, late: Choice.APPROVE})
    return report


def sent_back(table: Table) -> Report:
    """The commission has returned the text; the rapporteur has begun to complete it."""
    report = transmitted(table)
    _read(table, report, MEMBERS[:2])
    for proposal in table.session.proposals:
        _settle(table, report, proposal)
    validating.return_to_rapporteur(report, table.seats[PRESIDENT], french(RETURNED))
    completed = _reworded(
        _current(report, "concerns"),
        "reversés chaque mois contre quittance",
        "reversés chaque mois contre quittance, soit quatre versements depuis novembre",
    )
    _save(report, "concerns", completed, table.seats[RAPPORTEUR])
    return report


def transmitted(table: Table) -> Report:
    report = handed_over(table)
    rapporteur = table.seats[RAPPORTEUR]
    _save(report, "proceedings", _added(_current(report, "proceedings"), table.session.added), rapporteur)
    today = date.today()
    editing.transmit(report, rapporteur, today + READING_TIME, today)
    return report


def handed_over(table: Table) -> Report:
    report = opened(table)
    _write(table, report, WRITTEN)
    drafting.hand_over(report, table.seats[FACILITATOR])
    return report


def almost_written(table: Table) -> Report:
    """A draft that lacks its conclusion and its list of presence, and the state of one earlier recommendation."""
    report = opened(table)
    _write(table, report, WRITTEN[: WRITTEN.index("attendance")])
    *others, last = _current(report, "follow_up")
    silent = replace(last, fields={**last.fields, "status": "", "execution": "", "observations": ""})
    _save(report, "follow_up", (*others, silent), table.seats[FACILITATOR])
    return report


def opened(table: Table) -> Report:
    return drafting.open_report(table.workshop, table.seats[FACILITATOR])


def _write(table: Table, report: Report, keys: tuple[str, ...]) -> None:
    texts = Texts(table.session)
    for key in keys:
        _save(report, key, texts.part(key, _current(report, key)), table.seats[FACILITATOR])


def _read(table: Table, report: Report, seats: tuple[int, ...] | list[int]) -> None:
    for seat in seats:
        amending.mark_read(report, table.seats[seat])


def _vote(table: Table, report: Report, choices: Mapping[int, Choice]) -> None:
    for seat, choice in choices.items():
        validating.vote(report, table.seats[seat], choice)


def _settle(table: Table, report: Report, proposal: Proposal) -> None:
    """Propose an amendment, give the rapporteur's opinion on it, and bring it to its outcome."""
    author = table.seats[proposal.seat]
    part = revisions.part_of(report, proposal.part)
    wording = _reworded(_current(report, proposal.part), proposal.old, proposal.new)
    amendment = amending.amend(report, proposal.part, part.number, wording, french(proposal.reason), author)
    if proposal.opinion:
        opinion_text = french(proposal.opinion_text)
        amending.opine(report, amendment, proposal.opinion, opinion_text, table.seats[RAPPORTEUR])
    _OUTCOMES[proposal.outcome](table, report, amendment, french(proposal.decision))


def _leave(table: Table, report: Report, amendment: Amendment, reason: str) -> None:
    """It waits for the president's decision."""


def _adopt(table: Table, report: Report, amendment: Amendment, reason: str) -> None:
    amending.adopt(report, amendment, table.seats[PRESIDENT])


def _reject(table: Table, report: Report, amendment: Amendment, reason: str) -> None:
    amending.reject(report, amendment, table.seats[PRESIDENT], reason)


def _withdraw(table: Table, report: Report, amendment: Amendment, reason: str) -> None:
    author = next(person for person in table.seats if person.id == amendment.author_id)
    amending.withdraw(report, amendment, author)


_OUTCOMES: dict[AmendmentState, Callable[[Table, Report, Amendment, str], None]] = {
    AmendmentState.OPEN: _leave,
    AmendmentState.ADOPTED: _adopt,
    AmendmentState.REJECTED: _reject,
    AmendmentState.WITHDRAWN: _withdraw,
}


def _save(report: Report, key: str, content: Content, person: Person) -> None:
    editing.save_part(report, key, revisions.part_of(report, key).number, content, person)


def _current(report: Report, key: str) -> Content:
    return revisions.current(revisions.part_of(report, key)).content


def _added(content: Content, sentence: str) -> Content:
    """The content with a sentence more at the end of its last paragraph."""
    last = max(index for index, block in enumerate(content) if block.kind is Kind.PARAGRAPH)
    longer = replace(content[last], fields={**content[last].fields, "text": f"{content[last].text} {french(sentence)}"})
    return (*content[:last], longer, *content[last + 1 :])


def _reworded(content: Content, old: str, new: str) -> Content:
    """The content with one stretch of text put otherwise. Raises LookupError where it is not there."""
    changed = tuple(_put(block, french(old), french(new)) for block in content)
    if changed == content:
        raise LookupError(old)
    return changed


def _put(block: Block, old: str, new: str) -> Block:
    return replace(block, fields={name: text.replace(old, new) for name, text in block.fields.items()})

"""The demo's reports brought to their stages by taking the steps, each by the person whose work it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.audit import checkpoints
from app.audit.log_key import LogKey
from app.content.blocks import Content
from app.content.prose import cut
from app.content.typography import french
from app.db import now
from app.demo import deliberating
from app.demo.people import CHAIR, FACILITATOR, MEMBERS, PRESIDENT, RAPPORTEUR, cast_of
from app.demo.proposals import RETURNED
from app.demo.rewording import added, current, reworded
from app.demo.sessions import Session
from app.demo.texts import WRITTEN, Texts
from app.people.models import Person
from app.reports import drafting, editing, minutes, press, proxies, revisions, signing, validating
from app.reports.ballots import Choice
from app.reports.models import Report
from app.reports.page import part_views
from app.reports.rectifying import opening
from app.reports.returns import Votes
from app.reports.signing import Desk
from app.working_days import add_working_days
from app.workshops import wording
from app.workshops.models import Workshop

# Working days that a commission is given.
READING_TIME = 10
SHORT_READING = 3


@dataclass(frozen=True, slots=True)
class House:
    """What stands ready for all reports: the desk for signing, the key of the log, the site's address."""

    desk: Desk
    log: LogKey
    address: str


@dataclass(frozen=True, slots=True)
class Table:
    """Those around one report: its people in the order of `people.SEATS`, the coordination, the house they are in."""

    session: Session
    workshop: Workshop
    seats: tuple[Person, ...]
    coordination: Person
    house: House


def seated(
    session: Session, workshop: Workshop, people: Mapping[str, Person], coordination: Person, house: House
) -> Table:
    """`people` are all persons by e-mail address."""
    seats = tuple(people[character.email] for character in cast_of(session.place))
    return Table(session, workshop, seats, coordination, house)


def published(table: Table) -> Report:
    report = signed(table)
    signing.publish(report, table.coordination)
    return report


def being_rectified(table: Table, report: Report) -> Report:
    """The published report with a rectification under way, in which the facilitator has corrected one sentence."""
    what = "La conclusion, qui ne disait pas quand la prochaine rencontre se tiendra."
    reason = "La CRSB l’a relevé en préparant le suivi des recommandations."
    opened = opening.rectify(report, table.coordination, french(what), french(reason))
    told = cut(french("La prochaine rencontre se tiendra avant le vote du budget suivant."), "body")
    _save(opened, "conclusion", (*current(opened, "conclusion"), *told), table.seats[FACILITATOR])
    return opened


def signed(table: Table) -> Report:
    report = signed_by_the_rapporteur(table)
    signing.sign(report, table.seats[CHAIR], report.text_hash, b"", table.house.desk)
    return report


def signed_by_the_rapporteur(table: Table) -> Report:
    report = validated(table)
    checkpoints.advance(table.house.log, "validate", now())
    contents = {view.part.key: view.content for view in part_views(report)}
    final = press.final(report, contents, table.house.address, table.house.desk.store)
    signing.sign(report, table.seats[RAPPORTEUR], report.text_hash, final, table.house.desk)
    return report


def validated(table: Table) -> Report:
    report = transmitted(table)
    seats = table.seats
    deliberating.read(report, seats, (*MEMBERS, PRESIDENT))
    deliberating.deliberate(report, seats, table.session.proposals)
    *most, last = MEMBERS
    choices = {**dict.fromkeys((*most, PRESIDENT), Choice.APPROVE), last: Choice.ABSTAIN}
    deliberating.vote(report, seats, choices)
    president = seats[PRESIDENT]
    validating.validate(report, president, minutes.closing(report, president, now(), table.house.desk.store))
    return report


def under_amendment(table: Table) -> Report:
    """The reading is in full swing, and soon over: all there can be on the commission's desk.

    The visitor's vote is to be confirmed, as the text has changed since; the visitor also holds a proxy not yet used.
    """
    report = transmitted(table, SHORT_READING)
    seats, session = table.seats, table.session
    visitor, second, third, away = MEMBERS
    proxies.name(report, seats[away], seats[visitor])
    deliberating.read(report, seats, (visitor, second, third))
    deliberating.vote(report, seats, {visitor: Choice.APPROVE})
    observations = deliberating.observe(report, seats, session.remarks)
    deliberating.deliberate(report, seats, session.proposals, observations)
    deliberating.read(report, seats, (third,))
    deliberating.vote(report, seats, {second: Choice.APPROVE, third: Choice.ABSTAIN})
    return report


def overdue(table: Table) -> Report:
    """The commission should have read a week ago; two have, and one of them has voted."""
    then = date.today() - timedelta(days=14)
    report = transmitted(table, SHORT_READING, then)
    first, second, *_ = MEMBERS
    deliberating.read(report, table.seats, (first, second))
    deliberating.vote(report, table.seats, {first: Choice.APPROVE})
    return report


def sent_back(table: Table) -> Report:
    """The commission has returned the text, naming what is to be looked at; the rapporteur has begun to complete it."""
    report = transmitted(table)
    seats, session = table.seats, table.session
    deliberating.read(report, seats, MEMBERS[:2])
    deliberating.vote(report, seats, {MEMBERS[0]: Choice.APPROVE})
    observations = deliberating.observe(report, seats, session.remarks)
    deliberating.deliberate(report, seats, session.proposals, observations)
    validating.return_to_rapporteur(
        report, seats[PRESIDENT], french(RETURNED), ["concerns"], observations, Votes.UNTOUCHED
    )
    completed = reworded(
        current(report, "concerns"),
        "reversés chaque mois contre quittance",
        "reversés chaque mois contre quittance, soit quatre versements depuis novembre",
    )
    _save(report, "concerns", completed, seats[RAPPORTEUR])
    return report


def transmitted(table: Table, days: int = READING_TIME, day: date | None = None) -> Report:
    """`days` are the working days that the commission is given from `day`, today unless told otherwise."""
    report = handed_over(table)
    rapporteur = table.seats[RAPPORTEUR]
    _save(report, "proceedings", added(current(report, "proceedings"), table.session.added), rapporteur)
    start = day or date.today()
    editing.transmit(report, rapporteur, add_working_days(start, days), start)
    return report


def handed_over(table: Table) -> Report:
    report = opened(table)
    _write(table, report, WRITTEN)
    drafting.hand_over(report, table.seats[FACILITATOR])
    return report


def almost_written(table: Table) -> Report:
    """A draft that lacks its conclusion and its list of presence, and the state of one earlier recommendation.

    A few slips besides, for the consistency check to show: the month of the date in words, the year in the programme, a
    plural for one person, a space.
    """
    report = opened(table)
    _write(table, report, WRITTEN[: WRITTEN.index("attendance")])
    held_on, year = table.session.held_on, str(table.session.year)
    slips = (
        ("introduction", wording.date_in_words(held_on), wording.date_in_words(held_on).rsplit(" ", 1)[0]),
        ("programme", f"budget {year}", f"budget {int(year) - 2}"),
        ("bureau", "Rapporteur", "Rapporteurs"),
        ("presentation", "partenaires ;", "partenaires;"),
    )
    for key, right, slip in slips:
        _save(report, key, reworded(current(report, key), right, slip), table.seats[FACILITATOR])
    *others, last = current(report, "follow_up")
    silent = replace(last, fields={**last.fields, "status": "", "execution": "", "observations": ""})
    _save(report, "follow_up", (*others, silent), table.seats[FACILITATOR])
    return report


def opened(table: Table) -> Report:
    return drafting.open_report(table.workshop, table.seats[FACILITATOR])


def _write(table: Table, report: Report, keys: tuple[str, ...]) -> None:
    texts = Texts(table.session)
    for key in keys:
        _save(report, key, texts.part(key, current(report, key)), table.seats[FACILITATOR])


def _save(report: Report, key: str, content: Content, person: Person) -> None:
    editing.save_part(report, key, revisions.part_of(report, key).number, content, person)

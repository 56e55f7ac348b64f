"""The demo's reports brought to their stages by taking the steps, each by the person whose work it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from app.audit import checkpoints
from app.audit.log_key import LogKey
from app.content.blocks import Content
from app.content.prose import cut
from app.content.typography import french
from app.db import now
from app.demo import deliberating, mission, papers, picturing
from app.demo.people import CHAIR, FACILITATOR, MEMBERS, PRESIDENT, RAPPORTEUR, Character, cast_of
from app.demo.proposals import LATE, RETURNED
from app.demo.rewording import added, current, reworded
from app.demo.sessions import Session
from app.demo.texts import WRITTEN, Texts
from app.directory.models import Person
from app.documents import pictures
from app.reports import deadline, drafting, minutes
from app.reports.attachments import acts as attaching
from app.reports.attachments import photographs
from app.reports.editing import acts as editing
from app.reports.models.ballot import Choice, Votes
from app.reports.models.report import Report
from app.reports.models.scan import Scan
from app.reports.models.signature import Slot
from app.reports.output import report_pdf
from app.reports.rectification import acts as rectification
from app.reports.signing import acts as signing
from app.reports.signing import publication
from app.reports.signing.acts import Sealer
from app.reports.signing.invitation import inviting
from app.reports.signing.paper import attesting
from app.reports.text import revisions
from app.reports.text.parts import part_views
from app.reports.validating import acts as validating
from app.reports.validating import proxies
from app.template import Consent
from app.working_days import add_working_days
from app.workshops import wording
from app.workshops.models import Workshop

# Working days that a commission is given.
READING_TIME = 10
SHORT_READING = 3


@dataclass(frozen=True, slots=True)
class House:
    """What stands ready for all reports: the desk for signing, the key of the log, the site's address."""

    desk: Sealer
    log: LogKey
    address: str


@dataclass(frozen=True, slots=True)
class DemoTable:
    """Those around one report: its people in the order of `people.SEATS`, the coordination, the house they are in."""

    session: Session
    workshop: Workshop
    seats: tuple[Person, ...]
    coordination: Person
    house: House


def seated(
    session: Session, workshop: Workshop, people: Mapping[Character, Person], coordination: Person, house: House
) -> DemoTable:
    """`people` are all persons of the demo."""
    seats = tuple(people[character] for character in cast_of(session.place))
    return DemoTable(session, workshop, seats, coordination, house)


def published(table: DemoTable) -> Report:
    report = signed(table)
    house = table.house
    public = publication.prepare(report, house.address, house.desk.authority, house.desk.store)
    signing.publish(report, table.coordination, public)
    return report


def illustrated(table: DemoTable, supervisor: Person) -> Report:
    """Published, with pictures in annex 5, and the supervisor's report of the mission beside it."""
    report = published(table)
    attaching.attach(report, supervisor, mission.stored(table.session, supervisor, table.house.desk.store))
    return report


def being_rectified(table: DemoTable, report: Report) -> Report:
    """The published report with a rectification under way, in which the facilitator has corrected one sentence."""
    what = "La conclusion, qui ne disait pas quand la prochaine rencontre se tiendra."
    reason = "La CRSB l’a relevé en préparant le suivi des recommandations."
    opened = rectification.rectify(report, table.coordination, french(what), french(reason))
    told = cut(french("La prochaine rencontre se tiendra avant le vote du budget suivant."), "body")
    _save(opened, "conclusion", (*current(opened, "conclusion"), *told), table.seats[FACILITATOR])
    return opened


def signed(table: DemoTable) -> Report:
    report = signed_by_the_rapporteur(table)
    signing.sign(report, table.seats[CHAIR], report.text_hash, b"", table.house.desk)
    return report


def signed_partly_on_paper(table: DemoTable) -> Report:
    """The rapporteur has signed on the screen, the chair on paper; the facilitator filed the scan, attested by another."""
    report = signed_by_the_rapporteur(table)
    desk = table.house.desk
    scan = _filed(table, report, FACILITATOR, (Slot.CHAIR,), desk.store.get(report.final_hash))
    attesting.attest(report, scan, table.coordination, desk)
    return report


def waiting_for_an_attester(table: DemoTable) -> Report:
    """Both have signed the same paper, which the rapporteur has filed: the scan waits for a second person."""
    report, final = _ready_to_sign(table)
    _filed(table, report, RAPPORTEUR, tuple(Slot), final)
    return report


def _filed(table: DemoTable, report: Report, filer: int, slots: Sequence[Slot], final: bytes) -> Scan:
    place, house = papers.kept_at(table.session.place), table.house
    return papers.filed(report, table.seats[filer], slots, place, final, house.address, house.desk.store)


def chair_invited(table: DemoTable) -> Report:
    """The rapporteur has signed; the chair, who has no account, is invited to sign by a code.

    The link is told to nobody and kept nowhere, so it opens nothing: the coordination hands over another, by inviting again;
    the code is the president's to draw.
    """
    report = signed_by_the_rapporteur(table)
    inviting.invite(report, Slot.CHAIR, table.coordination, now().date())
    return report


def signed_by_the_rapporteur(table: DemoTable) -> Report:
    report, final = _ready_to_sign(table)
    signing.sign(report, table.seats[RAPPORTEUR], report.text_hash, final, table.house.desk)
    return report


def _ready_to_sign(table: DemoTable) -> tuple[Report, bytes]:
    """The validated report, and the file to be signed."""
    report = validated(table)
    checkpoints.advance(table.house.log, "validate", now())
    contents = {view.part.key: view.content for view in part_views(report)}
    return report, report_pdf.final(report, contents, table.house.address, table.house.desk.store)


def validated(table: DemoTable) -> Report:
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


def under_amendment(table: DemoTable) -> Report:
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


def overdue(table: DemoTable) -> Report:
    """The commission should have read a week ago; two have, and one has voted late, as the president allows."""
    today = date.today()
    report = transmitted(table, SHORT_READING, today - timedelta(days=14))
    first, second, *_ = MEMBERS
    deliberating.read(report, table.seats, (first, second))
    deadline.extend(report, table.seats[PRESIDENT], report.deadline, french(LATE), today, receive_late=True)
    deliberating.vote(report, table.seats, {first: Choice.APPROVE})
    return report


def sent_back(table: DemoTable) -> Report:
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


def transmitted(table: DemoTable, days: int = READING_TIME, day: date | None = None) -> Report:
    """`days` are the working days that the commission is given from `day`, today unless told otherwise."""
    report = handed_over(table)
    rapporteur = table.seats[RAPPORTEUR]
    _save(report, "proceedings", added(current(report, "proceedings"), table.session.added), rapporteur)
    start = day or date.today()
    editing.transmit(report, rapporteur, add_working_days(start, days), start)
    return report


def handed_over(table: DemoTable) -> Report:
    report = opened(table)
    _write(table, report, WRITTEN)
    if table.session.illustrations:
        _illustrate(table, report)
    drafting.hand_over(report, table.seats[FACILITATOR])
    return report


def _illustrate(table: DemoTable, report: Report) -> None:
    """The pictures added, then their captions written."""
    facilitator, session = table.seats[FACILITATOR], table.session
    shots = [pictures.develop(drawn) for drawn in picturing.drawn(session)]
    photographs.add(report, facilitator, [pictures.keep(each, table.house.desk.store) for each in shots], Consent.GIVEN)
    rows = current(report, photographs.KEY)
    captioned = tuple(
        replace(block, fields={**block.fields, "text": french(caption), "credit": picturing.CREDIT})
        for block, caption in zip(rows, session.illustrations, strict=True)
    )
    _save(report, photographs.KEY, captioned, facilitator)


def almost_written(table: DemoTable) -> Report:
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


def opened(table: DemoTable) -> Report:
    return drafting.open_report(table.workshop, table.seats[FACILITATOR])


def _write(table: DemoTable, report: Report, keys: tuple[str, ...]) -> None:
    texts = Texts(table.session)
    for key in keys:
        _save(report, key, texts.part(key, current(report, key)), table.seats[FACILITATOR])


def _save(report: Report, key: str, content: Content, person: Person) -> None:
    editing.save_part(report, key, revisions.part_of(report, key).number, content, person)

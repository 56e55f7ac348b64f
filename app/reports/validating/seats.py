"""The commission's seats before a reading: who has read, who has voted and how, who holds whose proxy."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from app.db import db
from app.directory.models import Commission, Person
from app.people import commissions
from app.reports import deadline
from app.reports.access import situation
from app.reports.access.roll import Roll
from app.reports.models.ballot import Ballot, Proxy, ReadMark
from app.reports.models.report import Report
from app.reports.validating import proxies


@dataclass(frozen=True, slots=True)
class Seat:
    """A member of the commission before this reading.

    `left`: no longer sits; `listed`: is on the roll of the reading; `late`: voted after its deadline. `read`: has marked
    the text as it stands as read. `counted`: the ballot is a voice; `cast_by` the holder of a proxy, where it was he who
    voted; `moved`: the text is no longer the one the ballot was given on. `given` is the proxy this member gave and may
    take back (`idle`: one of the two no longer sits), `holds` the one they may vote by.
    """

    person: Person
    presides: bool = False
    left: bool = False
    listed: bool = True
    late: bool = False
    read: bool = False
    ballot: Ballot | None = None
    counted: bool = False
    moved: bool = False
    cast_by: Person | None = None
    given: Proxy | None = None
    idle: bool = False
    holds: Proxy | None = None

    @property
    def voted_in_person(self) -> bool:
        """Whether the member's own vote counts, so that no proxy votes for them."""
        return self.counted and self.cast_by is None


def taken(report: Report, commission: Commission | None, roll: Roll | None) -> list[Seat]:
    """The seats of the roll by surname, in five queries; in one while nobody has had the text before them.

    Nobody vanishes: who has left since is among them, and who voted in this reading without being on its roll.
    """
    sitting = dict(commissions.seats(commission)) if commission else {}
    if not report.reading or roll is None:
        return [Seat(person, presides) for person, presides in sitting.items()]
    ballots = _ballots(report)
    read = _read(report)
    given = proxies.of_report(report)
    here = {person.id: person for person in sitting}
    cast_by = {ballot.cast_by_id for ballot in ballots.values() if ballot.cast_by_id}
    persons = _known({*roll.seats, *ballots, *cast_by}, here)
    voting = here.keys() & roll.seats.keys()
    seated = sorted({*roll.seats, *ballots}, key=lambda each: _by_surname(persons[each]))
    return [
        replace(
            _seat(report, persons[each], each in read, ballots.get(each), given, roll.seats, voting, persons),
            presides=roll.seats.get(each, False),
            left=each not in here,
            listed=each in roll.seats,
        )
        for each in seated
    ]


def _by_surname(person: Person) -> tuple[str, str, int]:
    return person.surname, person.first_name, person.id


def _ballots(report: Report) -> dict[int, Ballot]:
    query = select(Ballot).where(Ballot.report_id == report.id, Ballot.reading == report.reading)
    return {ballot.person_id: ballot for ballot in db.session.scalars(query)}


def _read(report: Report) -> set[int]:
    """Who has marked the text as it stands as read."""
    query = select(ReadMark).where(ReadMark.report_id == report.id, ReadMark.reading == report.reading)
    return {mark.person_id for mark in db.session.scalars(query) if mark.text_hash == report.text_hash}


def _known(ids: set[int], persons: Mapping[int, Person]) -> dict[int, Person]:
    """The persons of these identifiers; who no longer sits is read, in one query."""
    gone = ids - set(persons)
    found = db.session.scalars(select(Person).where(Person.id.in_(gone))) if gone else ()
    return {**persons, **{person.id: person for person in found}}


def _seat(
    report: Report,
    person: Person,
    read: bool,
    ballot: Ballot | None,
    proxies_given: Sequence[Proxy],
    roll: Mapping[int, bool],
    sitting: Collection[int],
    persons: Mapping[int, Person],
) -> Seat:
    given = next((proxy for proxy in proxies_given if proxy.giver_id == person.id), None)
    usable = proxies.effective(proxies_given, sitting)
    cast_by = ballot.cast_by_id if ballot else None
    return Seat(
        person=person,
        read=read,
        ballot=ballot,
        counted=ballot is not None and situation.counts(ballot, roll),
        moved=ballot is not None and ballot.text_hash != report.text_hash,
        cast_by=persons[cast_by] if cast_by else None,
        late=ballot is not None and deadline.late(report, ballot.at),
        given=given,
        idle=given is not None and given not in usable,
        holds=next((proxy for proxy in usable if proxy.holder_id == person.id), None),
    )

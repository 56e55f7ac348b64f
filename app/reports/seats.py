"""The commission's seats before a reading: who has read, who has voted and how, who holds whose proxy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.db import db
from app.people import commissions
from app.people.models import Commission, Person
from app.reports import proxies, standing
from app.reports.ballots import Ballot, Proxy, ReadMark
from app.reports.models import Report


@dataclass(frozen=True, slots=True)
class Seat:
    """A member of the commission before this reading.

    `read`: has marked the text as it stands as read. `counted`: the ballot is a voice now; `cast_by` the holder of a proxy,
    where it was he who voted; `moved`: the text is no longer the one the ballot was given on. `given` is the proxy this
    member gave and may take back (`idle`: its holder no longer sits), `holds` the one they may vote by.
    """

    person: Person
    presides: bool = False
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


def taken(report: Report, commission: Commission | None) -> list[Seat]:
    """The seats by surname, in four queries; in one while nobody has had the text before them."""
    if commission is None:
        return []
    seated = commissions.seats(commission)
    if not report.reading:
        return [Seat(person, presides) for person, presides in seated]
    ballots = _ballots(report)
    read = _read(report)
    given = proxies.of_report(report)
    persons = {person.id: person for person, _ in seated}
    voters = _known({ballot.cast_by_id for ballot in ballots.values() if ballot.cast_by_id}, persons)
    return [
        _seat(report, person, presides, person.id in read, ballots.get(person.id), given, persons, voters)
        for person, presides in seated
    ]


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
    presides: bool,
    read: bool,
    ballot: Ballot | None,
    proxies_given: Sequence[Proxy],
    persons: Mapping[int, Person],
    voters: Mapping[int, Person],
) -> Seat:
    given = next((proxy for proxy in proxies_given if proxy.giver_id == person.id), None)
    usable = proxies.effective(proxies_given, persons)
    cast_by = ballot.cast_by_id if ballot else None
    return Seat(
        person=person,
        presides=presides,
        read=read,
        ballot=ballot,
        counted=ballot is not None and standing.counts(ballot, persons),
        moved=ballot is not None and ballot.text_hash != report.text_hash,
        cast_by=voters[cast_by] if cast_by else None,
        given=given,
        idle=given is not None and given not in usable,
        holds=next((proxy for proxy in usable if proxy.holder_id == person.id), None),
    )

"""The roll of a reading: who may vote in it and by which rules, closed when it opens; nothing that comes after moves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, or_

from app.content.canonical import canonical
from app.people import commissions
from app.people.models import Commission, Person
from app.reports.models import Report
from app.workflow import Majority, Stage

UNDER_A_ROLL = (Stage.READING, Stage.VALIDATED, Stage.SIGNED, Stage.PUBLISHED)


@dataclass(frozen=True, slots=True)
class Roll:
    """`seats`: by person, whether they preside. `quorum`: votes; `casting`: whether the president's voice decides a tie.

    `closed`: taken down for the reading that is under way or was the last; else as the commission is today.
    """

    seats: Mapping[int, bool]
    quorum: int
    majority: Majority
    casting: bool
    closed: bool = False

    @property
    def written(self) -> dict[str, Any]:
        """As the log and the report's row keep it."""
        return {
            "seats": {str(person): presides for person, presides in self.seats.items()},
            "quorum": self.quorum,
            "majority": self.majority.value,
            "casting": self.casting,
        }


def of(report: Report, commission: Commission | None = None) -> Roll | None:
    """The roll that the report is read by; before its reading opens, the commission as it is now; None where there is none.

    `commission`: the one that covers the report's territory, where it has been read already. At most two queries.
    """
    if report.stage in UNDER_A_ROLL and report.roll_json:
        kept = orjson.loads(report.roll_json)
        seats = {int(person): presides for person, presides in kept["seats"].items()}
        return Roll(seats, kept["quorum"], Majority(kept["majority"]), kept["casting"], closed=True)
    commission = commission or commissions.covering(report.workshop.territory)
    if commission is None:
        return None
    seats = {person.id: presides for person, presides in commissions.seats(commission)}
    quorum = commissions.quorum(commission, len(seats))
    return Roll(seats, quorum, commission.majority, commission.casting)


def sitting(report: Report) -> set[int]:
    """Who is on the roll and still sits on the commission today: they may vote, and give and hold proxies."""
    roll, commission = of(report), commissions.covering(report.workshop.territory)
    today = {person.id for person, _ in commissions.seats(commission)} if commission else set()
    return today & set(roll.seats) if roll else set()


def presiding(report: Report) -> set[int]:
    """Who presides on the last roll that was taken down; nobody before the first."""
    seats = orjson.loads(report.roll_json)["seats"] if report.roll_json else {}
    return {int(person) for person, presides in seats.items() if presides}


def take_down(report: Report) -> dict[str, Any]:
    """Close the roll of the reading that opens; answers with it, for the log."""
    roll = of(report)
    written = roll.written if roll else {}
    report.roll_json = canonical(written).decode("utf-8")
    return written


def holds(person: Person) -> ColumnElement[bool]:
    """Whether the roll of a report names the person; readings opened before rolls were kept have none."""
    return or_(Report.roll_json == "", Report.roll_json.contains(f'"{person.id}":'))

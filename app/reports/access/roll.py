"""The roll of a reading: who may vote in it and by which rules, closed when it opens; nothing that comes after moves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, or_

from app.content.canonical import canonical
from app.directory.models import Commission, Person
from app.people import commissions
from app.reports.models.report import Report
from app.workflow import Majority, Stage, plural

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


def lists(report: Report, person: Person) -> bool:
    """Whether the reading under way was opened with this person among its voters; True where no roll was taken down."""
    return report.stage is not Stage.READING or not report.roll_json or f'"{person.id}":' in report.roll_json


def take_down(report: Report) -> dict[str, Any]:
    """Close the roll of the reading that opens; answers with it, for the log, and with what the last one was where it
    differs (`roll_before`: see `changed`).
    """
    roll, before = of(report), report.roll_json
    written = roll.written if roll else {}
    report.roll_json = canonical(written).decode("utf-8")
    differs = {"roll_before": summary(orjson.loads(before))} if before and before != report.roll_json else {}
    return {"roll": written, **differs}


def summary(written: Mapping[str, Any]) -> dict[str, Any]:
    """A roll as the log keeps it, without the names of who sits."""
    return {"members": len(written["seats"]), "quorum": written["quorum"], "majority": written["majority"]}


def changed(facts: Mapping[str, Any]) -> str:
    """That a reading opens with another roll than the one before, and how, as a French sentence; empty where it does not."""
    if "roll_before" not in facts:
        return ""
    then, today = facts["roll_before"], summary(facts["roll"])
    counted = {"members": ("membre", "membres"), "quorum": ("vote de quorum", "votes de quorum")}
    parts = [
        f"{plural(today[name], *words)} au lieu de {then[name]}"
        for name, words in counted.items()
        if today[name] != then[name]
    ]
    if today["majority"] != then["majority"]:
        majorities = [Majority(each["majority"]).label.lower() for each in (today, then)]
        parts.append(f"{majorities[0]} au lieu de {majorities[1]}")
    how = ", ".join(parts) or "d’autres membres ou une autre voix prépondérante"
    return f"La liste des votants ou ses règles ont changé depuis la lecture précédente : {how}."


def holds(person: Person) -> ColumnElement[bool]:
    """Whether the roll of a report names the person; readings opened before rolls were kept have none."""
    return or_(Report.roll_json == "", Report.roll_json.contains(f'"{person.id}":'))

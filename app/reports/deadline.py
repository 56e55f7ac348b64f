"""The clock of a reading: the day by which the commission is to have read, and more time given for a reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.audit.models import AuditEvent
from app.db import now
from app.directory.models import Commission, Person
from app.reports import steps
from app.reports.models.report import Report
from app.workflow import Stage
from app.working_days import Holiday, add_working_days, holiday_on, holidays_between, working_days_between
from app.workshops.wording import day as in_words

LONGEST = timedelta(days=366)
MORE_DAYS = 5
"""Working days that an extension is proposed for."""
_WEEKEND = {5: "un samedi", 6: "un dimanche"}


@dataclass(frozen=True, slots=True)
class ReadingTime:
    """The time from a day (not counted) up to a deadline, in working days, and the holidays on its weekdays."""

    start: date
    deadline: date

    @property
    def days(self) -> int:
        return working_days_between(self.start, self.deadline)

    @property
    def holidays(self) -> Sequence[Holiday]:
        return holidays_between(self.start, self.deadline)

    @property
    def coming(self) -> Sequence[Holiday]:
        """The holidays of the longest time that may be given."""
        return holidays_between(self.start, self.start + LONGEST)


def today() -> date:
    """The day it is in Mali, whose time is UTC."""
    return now().date()


def overdue(stage: Stage, deadline: date | None, day: date | None = None) -> bool:
    """Whether the commission should have read by now; the deadline itself is still in time."""
    return stage is Stage.READING and deadline is not None and deadline < (day or today())


def reading_time(commission: Commission | None) -> ReadingTime:
    """From today, the working days that this commission usually gives a reading."""
    start = today()
    return ReadingTime(start, add_working_days(start, commission.reading_days if commission else 10))


def more_time(report: Report) -> ReadingTime:
    """From today, a few working days more than the reading under way was given."""
    start = today()
    return ReadingTime(start, add_working_days(max(start, report.deadline or start), MORE_DAYS))


def require_working_day(deadline: date | None, day: date) -> date:
    """The deadline, where a reading may end then. Raises `steps.NotReady` with what is wrong with it."""
    if deadline is None:
        raise steps.NotReady("Indiquez la date limite de lecture de la commission.")
    if deadline <= day:
        raise steps.NotReady("La date limite de lecture doit être postérieure à aujourd’hui.")
    if deadline - day > LONGEST:
        raise steps.NotReady("La date limite de lecture est à plus d’un an : vérifiez l’année.")
    if why := _no_working_day(deadline):
        otherwise = in_words(add_working_days(deadline, 1))
        raise steps.NotReady(f"Le {in_words(deadline)} est {why} : choisissez un jour ouvrable, comme le {otherwise}.")
    return deadline


def _no_working_day(day: date) -> str:
    if day.weekday() in _WEEKEND:
        return _WEEKEND[day.weekday()]
    holiday = holiday_on(day)
    if holiday is None:
        return ""
    return f"férié ({holiday.name}{', date estimée' if holiday.estimated else ''})"


def require_in_time(report: Report) -> None:
    """Raises `steps.NotReady` after the deadline of a reading whose president does not receive what comes in late."""
    if report.deadline is not None and overdue(report.stage, report.deadline) and not report.late_received:
        raise steps.NotReady(
            f"La date limite de cette lecture était le {in_words(report.deadline)}. Le président de la commission peut "
            "prolonger la lecture, ou recevoir encore amendements et votes : demandez-le-lui."
        )


def late(report: Report, at: datetime) -> bool:
    """Whether something came in after the deadline of the reading under way, or of the last."""
    since, deadline = report.reading_since, report.deadline
    return since is not None and deadline is not None and at >= since and at.astimezone(UTC).date() > deadline


def extend(
    report: Report, person: Person, deadline: date | None, reason: str, day: date, *, receive_late: bool = False
) -> AuditEvent:
    """Give the reading under way until `deadline`, later than the present one; `day` is today.

    `receive_late`: amendments and votes are received after it too, and marked as late; the deadline may then stay.
    """
    before = report.deadline

    def effect() -> dict[str, Any]:
        ruled = receive_late and not report.late_received
        report.late_received = receive_late
        if ruled and deadline is not None and deadline == before:
            return {"deadline": before.isoformat(), "before": before.isoformat(), "late": True}
        later = require_working_day(deadline, day)
        if before is not None and later <= before:
            raise steps.NotReady(f"La lecture court déjà jusqu’au {in_words(before)} : choisissez un jour plus tard.")
        report.deadline = later
        return {
            "deadline": later.isoformat(),
            "before": before.isoformat() if before else None,
            "late": receive_late,
        }

    return steps.take("extend", report, person, effect, reason=reason)

"""Reminders of a reading's deadline: to those who have not voted before it, to the president once it has passed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import insert, select

from app.content.typography import french
from app.db import db
from app.reports.access import roll, situation
from app.reports.models.ballot import Ballot
from app.reports.models.report import Report
from app.reports.notifications.inbox import Notice, NotificationWay
from app.reports.notifications.recipients import place
from app.reports.validating import proxies
from app.workflow import Stage
from app.working_days import working_days_between
from app.workshops.wording import day

# Working days before the deadline; a worker that was not at work on that day reminds on the next.
EARLY, LAST = 3, 1
# Nobody is reminded before the morning, in Mali's time, which is UTC.
MORNING = 7
# Three working days are never further away than that.
_HORIZON = timedelta(days=14)


def waiting(at: datetime) -> Sequence[int]:
    """Identifiers of the reports whose deadline is near or has passed; nobody is reminded on the day a reading opens."""
    if at.hour < MORNING:
        return []
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return db.session.scalars(
        select(Report.id)
        .where(
            Report.stage == Stage.READING,
            Report.deadline <= at.date() + _HORIZON,
            Report.reading_since < midnight,
        )
        .order_by(Report.id)
    ).all()


def remind(report_id: int, at: datetime) -> int:
    """Write the reminders due for one report; how many. Each is written once for its reading and deadline.

    The report's row is held, so that several workers come one after the other; the key of a notice is unique besides.
    """
    held = select(Report).where(Report.id == report_id).with_for_update(of=Report)
    report = db.session.scalar(held.execution_options(populate_existing=True))
    if report is None or report.stage is not Stage.READING or report.deadline is None:
        return 0
    seats = {
        person: presides for person, presides in situation.seats_of(report).items() if person in roll.sitting(report)
    }
    if at.date() > report.deadline:
        presiding = [person_id for person_id, presides in seats.items() if presides]
        return _write(report, "overdue", "overdue", presiding, _overdue(report.deadline), "next", at)
    left = working_days_between(at.date(), report.deadline)
    if left > EARLY:
        return 0
    step = str(LAST if left <= LAST else EARLY)
    return _write(report, "remind", step, _silent(report, seats), _soon(report.deadline, left), "commission", at)


def _overdue(deadline: date) -> tuple[str, str]:
    return (
        "délai de lecture échu",
        f"Le délai de lecture est échu depuis le {day(deadline)}. À vous de le prolonger, ou de clore la lecture.",
    )


def _soon(deadline: date, left: int) -> tuple[str, str]:
    ahead = {0: "", 1: ", dans un jour ouvrable"}.get(left, f", dans {left} jours ouvrables")
    return (
        f"vote attendu jusqu’au {day(deadline)}",
        f"La lecture se termine le {day(deadline)}{ahead}, et votre vote manque encore. "
        "À vous de lire le rapport et de voter.",
    )


def _silent(report: Report, seats: dict[int, bool]) -> list[int]:
    """Who is to give the voices that are still missing: the members themselves, or whoever holds their proxy."""
    voted = set(
        db.session.scalars(
            select(Ballot.person_id).where(
                Ballot.report_id == report.id, Ballot.reading == report.reading, Ballot.stands.is_(True)
            )
        )
    )
    holders = {proxy.giver_id: proxy.holder_id for proxy in proxies.effective(proxies.of_report(report), seats)}
    return sorted({holders.get(person_id, person_id) for person_id in seats.keys() - voted})


def _write(
    report: Report, act: str, step: str, people: Iterable[int], words: tuple[str, str], anchor: str, at: datetime
) -> int:
    about = f"{report.id}:{report.reading}:{report.deadline}:{step}"
    keys = {f"{about}:{person_id}": person_id for person_id in people}
    known = set(db.session.scalars(select(Notice.key).where(Notice.key.in_(keys))))
    rows = [
        {
            "key": key,
            "person_id": person_id,
            "report_id": report.id,
            "act": act,
            "seq": 0,
            "headline": french(words[0]),
            "sentence": french(words[1]),
            "place": place(report.id, anchor),
            "asks": True,
            "way": NotificationWay.AT_ONCE,
            "at": at,
        }
        for key, person_id in keys.items()
        if key not in known
    ]
    if rows:
        db.session.execute(insert(Notice), rows)
    return len(rows)

"""Reminders of a deadline: to whom, when, and each once."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import select

from app.commands.work import transaction
from app.db import db, now
from app.directory.models import Person
from app.reports.models.ballot import Choice
from app.reports.models.report import Report
from app.reports.notifications import digest
from app.reports.notifications.digest import MailSite
from app.reports.notifications.inbox import Notice
from app.reports.validating import acts as validating
from app.reports.validating import proxies, reminders
from app.workflow import Stage
from app.working_days import add_working_days, working_days_between
from tests.cast import Cast
from tests.factories import report_at

pytestmark = pytest.mark.usefixtures("world")

SITE = MailSite("https://seben.exemple.ml", "Groupe de Suivi Budgétaire", "exemple.ml")


def at_eight(day: date) -> datetime:
    return datetime.combine(day, time(8), UTC)


def days_before(deadline: date, left: int) -> date:
    """The last day on which so many working days are left."""
    day = deadline
    while working_days_between(day, deadline) < left or working_days_between(day + timedelta(days=1), deadline) >= left:
        day -= timedelta(days=1)
    return day


@pytest.fixture
def read_until(cast: Cast) -> Report:
    """A report before the commission since yesterday, for seven working days; Oumar has voted."""
    report = report_at(Stage.READING, cast)
    report.deadline = add_working_days(date.today(), 7)
    validating.vote(report, cast.oumar, Choice.APPROVE)
    report.reading_since = now() - timedelta(days=1)
    db.session.commit()
    return report


def reminded(report: Report, day: date) -> set[str]:
    """Who is reminded on that morning."""
    before = set(db.session.scalars(select(Notice.id)))
    if report.id in reminders.waiting(at_eight(day)):
        reminders.remind(report.id, at_eight(day))
    db.session.commit()
    names = dict(db.session.execute(select(Person.id, Person.first_name)).all())
    rows = db.session.scalars(select(Notice).where(Notice.id.not_in(before)))
    return {names[row.person_id].lower() for row in rows}


def test_who_has_not_voted_is_reminded_three_days_and_one_day_before_each_once(read_until: Report) -> None:
    deadline = read_until.deadline
    assert deadline
    silent = {"mariam", "binta", "adama"}
    assert reminded(read_until, days_before(deadline, 4)) == set()
    assert reminded(read_until, days_before(deadline, 3)) == silent
    assert reminded(read_until, days_before(deadline, 3)) == set()
    assert reminded(read_until, days_before(deadline, 2)) == set()
    assert reminded(read_until, days_before(deadline, 1)) == silent
    assert reminded(read_until, deadline) == set()


def test_a_worker_that_was_away_on_that_day_reminds_on_the_next(read_until: Report) -> None:
    assert read_until.deadline
    assert len(reminded(read_until, days_before(read_until.deadline, 2))) == 3


def test_the_holder_of_a_proxy_is_reminded_in_the_member_s_place(read_until: Report, cast: Cast) -> None:
    proxies.name(read_until, cast.mariam, cast.oumar)
    db.session.commit()
    assert read_until.deadline
    assert reminded(read_until, days_before(read_until.deadline, 3)) == {"oumar", "binta", "adama"}


def test_the_president_is_asked_once_when_the_deadline_has_passed(read_until: Report) -> None:
    assert read_until.deadline
    after = read_until.deadline + timedelta(days=1)
    assert reminded(read_until, after) == {"adama"}
    assert reminded(read_until, after + timedelta(days=3)) == set()
    notice = db.session.scalars(select(Notice).where(Notice.act == "overdue")).one()
    assert notice.asks
    assert "À vous de le prolonger, ou de clore la lecture." in notice.sentence
    assert notice.place.endswith("#next")


def test_more_time_brings_its_own_reminders(read_until: Report) -> None:
    assert read_until.deadline
    assert reminded(read_until, days_before(read_until.deadline, 1))
    read_until.deadline = add_working_days(read_until.deadline, 5)
    db.session.commit()
    assert reminded(read_until, days_before(read_until.deadline, 4)) == set()
    assert len(reminded(read_until, days_before(read_until.deadline, 3))) == 3


def test_nobody_is_reminded_at_night_nor_on_the_day_the_reading_opens(read_until: Report) -> None:
    assert read_until.deadline
    day = days_before(read_until.deadline, 1)
    assert reminders.waiting(at_eight(day) - timedelta(hours=2)) == []
    read_until.reading_since = at_eight(day) - timedelta(hours=1)
    db.session.commit()
    assert reminders.waiting(at_eight(day)) == []
    assert read_until.id in reminders.waiting(at_eight(day) + timedelta(days=1))


def test_a_report_that_left_the_commission_reminds_nobody(read_until: Report, cast: Cast) -> None:
    validating.return_to_rapporteur(read_until, cast.adama, "Le lieu.")
    db.session.commit()
    assert read_until.deadline
    assert reminders.remind(read_until.id, at_eight(read_until.deadline)) == 0
    assert reminders.waiting(at_eight(read_until.deadline)) == []


def test_workers_at_once_remind_each_person_once(world: Flask, read_until: Report) -> None:
    report_id, deadline = read_until.id, read_until.deadline
    assert deadline
    db.session.remove()
    start = Barrier(4)

    def work() -> None:
        with world.app_context():
            start.wait()
            with transaction():
                reminders.remind(report_id, at_eight(days_before(deadline, 3)))
            while True:
                with transaction():
                    if not digest.write_next(SITE, now(), timedelta(0)):
                        break

    workers = [Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    rows = db.session.scalars(select(Notice.person_id).where(Notice.act == "remind")).all()
    assert len(rows) == len(set(rows)) == 3

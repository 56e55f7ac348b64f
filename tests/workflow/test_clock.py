"""The clock of a reading: the day it may end, more time for a reason, and what the log tells of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask import Flask
from freezegun import freeze_time
from sqlalchemy import func, select

from app.audit.models import AuditEvent
from app.audit.standalone import seben_audit
from app.db import db, now
from app.reports import deadline as clock
from app.reports import steps
from app.reports.amending import acts as amending
from app.reports.editing import acts as editing
from app.reports.live import presence
from app.reports.live.presence import Presence
from app.reports.models.ballot import Choice
from app.reports.models.report import Report
from app.reports.models.signature import Slot
from app.reports.pages import holder
from app.reports.pages.report_page import open_page
from app.reports.replay.verifying import verify_report, verify_reports
from app.reports.validating import acts as validating
from app.workflow import Stage
from app.working_days import add_working_days, is_working_day
from tests.cast import LOG, Cast
from tests.factories import DEADLINE, amended, report_at
from tests.workflow.outsiders import place_of
from tests.workflow.test_minutes import told

pytestmark = pytest.mark.usefixtures("world")
TODAY = date(2026, 12, 14)  # a Monday; Christmas is a Friday


def later(days: int) -> date:
    return add_working_days(DEADLINE, days)


def extended(report: Report, cast: Cast, deadline: date | None = None, reason: str = "Trois membres manquent.") -> None:
    clock.extend(report, cast.adama, deadline or later(1), reason, date.today())


# --- The deadline


@pytest.mark.parametrize(
    ("deadline", "sentence"),
    [
        (None, "Indiquez la date limite"),
        (TODAY, "postérieure à aujourd’hui"),
        (TODAY - timedelta(days=3), "postérieure à aujourd’hui"),
        (
            date(2026, 12, 19),
            "Le 19 décembre 2026 est un samedi : choisissez un jour ouvrable, comme le 21 décembre 2026.",
        ),
        (date(2026, 12, 25), "est férié (Fête de Noël) : choisissez un jour ouvrable, comme le 28 décembre 2026."),
        (date(2027, 3, 9), "férié (Journée de la Fête du Ramadan, date estimée)"),
        (date(2062, 12, 15), "plus d’un an"),
    ],
)
def test_a_reading_can_not_end_on_any_day(deadline: date | None, sentence: str) -> None:
    with pytest.raises(steps.NotReady) as refusal:
        clock.require_working_day(deadline, TODAY)
    assert sentence in str(refusal.value)


def test_a_working_day_to_come_is_taken() -> None:
    assert clock.require_working_day(date(2026, 12, 24), TODAY) == date(2026, 12, 24)


def test_issa_can_not_transmit_with_a_deadline_on_a_sunday(cast: Cast) -> None:
    report = report_at(Stage.EDITING, cast)
    sunday = date.today() + timedelta(days=13 - date.today().weekday())
    with pytest.raises(steps.NotReady, match="dimanche"):
        editing.transmit(report, cast.issa, sunday, date.today())
    assert (report.stage, report.reading) == (Stage.EDITING, 0)


def test_the_time_that_is_proposed_is_the_commission_s_in_working_days() -> None:
    with freeze_time("2026-12-14"):
        proposed = clock.reading_time(None)
    assert (proposed.start, proposed.deadline, proposed.days) == (TODAY, date(2026, 12, 29), 10)
    assert [each.name for each in proposed.holidays] == ["Fête de Noël"]


# --- More time


def test_adama_extends_the_reading_for_a_reason_and_the_log_tells_both_dates(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    extended(report, cast)
    assert report.deadline == later(1)
    event = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()
    assert event.act == "extend"
    for said in (DEADLINE.isoformat(), later(1).isoformat(), "Trois membres manquent."):
        assert said in event.body
    assert verify_report(db.session, report.id) == []


def test_a_deadline_moved_past_the_log_is_found(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    extended(report, cast)
    report.deadline = later(2)
    db.session.flush()
    assert [finding.kind for finding in verify_report(db.session, report.id)] == ["report"]


@pytest.mark.parametrize("days", [0, -1])
def test_a_reading_is_never_made_shorter(cast: Cast, days: int) -> None:
    report = report_at(Stage.READING, cast)
    earlier = DEADLINE if days == 0 else add_working_days(date.today(), 3)
    with pytest.raises(steps.NotReady, match="court déjà jusqu’au"):
        extended(report, cast, earlier)
    assert report.deadline == DEADLINE


def test_more_time_takes_a_reason(cast: Cast) -> None:
    with pytest.raises(steps.NotReady, match="motif"):
        extended(report_at(Stage.READING, cast), cast, reason="  ")


@pytest.mark.parametrize("who", ["mariam", "issa", "coumba"])
def test_nobody_but_the_president_extends_a_reading(cast: Cast, who: str) -> None:
    report = report_at(Stage.READING, cast)
    with pytest.raises(steps.NotAllowed):
        clock.extend(report, getattr(cast, who), later(1), "Motif.", date.today())


def test_a_reading_is_late_the_day_after_its_deadline(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    assert not clock.overdue(report.stage, report.deadline, DEADLINE)
    assert clock.overdue(report.stage, report.deadline, DEADLINE + timedelta(days=1))
    assert not clock.overdue(Stage.EDITING, report.deadline, DEADLINE + timedelta(days=1))


def test_more_time_is_counted_from_today_once_the_deadline_has_passed(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    assert clock.more_time(report).deadline == later(clock.MORE_DAYS)
    with freeze_time(datetime.combine(DEADLINE + timedelta(days=30), datetime.min.time(), UTC)):
        proposed = clock.more_time(report)
    assert is_working_day(proposed.deadline)
    assert proposed.days == clock.MORE_DAYS


# --- Whose turn it is


@pytest.mark.parametrize(
    ("stage", "where", "then"),
    [
        (Stage.DRAFTING, "chez le facilitateur, Fanta COULIBALY", "le rapporteur, Issa KONE"),
        (Stage.EDITING, "chez le rapporteur, Issa KONE", "la CRSB de Ségou"),
        (Stage.READING, "chez la CRSB de Ségou", "Issa KONE et Seydou BA, pour signature"),
        (Stage.VALIDATED, "chez Seydou BA, pour signature", "la coordination"),
        (Stage.SIGNED, "chez la coordination", "la publication"),
        (Stage.PUBLISHED, "à la disposition de tous", ""),
    ],
)
def test_the_text_is_always_with_somebody_and_the_next_one_is_known(stage: Stage, where: str, then: str) -> None:
    around = holder.Around(
        "Fanta COULIBALY", "Issa KONE", "Seydou BA", "CRSB de Ségou", frozenset({Slot.RAPPORTEUR.value})
        if stage is Stage.VALIDATED else frozenset(),
    )  # fmt: skip
    found = holder.holder(stage, now(), around)
    assert (found.where, found.then) == (where, then)


def test_where_nobody_is_named_the_role_is() -> None:
    found = holder.holder(Stage.VALIDATED, now(), holder.Around())
    assert found.where == "chez les signataires"
    assert holder.holder(Stage.EDITING, now(), holder.Around()).where == "chez le rapporteur"


# --- Presence


def marks(report: Report, cast: Cast) -> list[str]:
    return [mark.name for mark in presence.others(report, "method", cast.oumar)]


def test_presence_is_seen_by_others_and_fades_by_itself(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    with freeze_time("2026-12-14 10:00:00") as time:
        presence.beat(report, "method", cast.mariam)
        assert marks(report, cast) == ["Mariam SANOGO"]
        assert presence.others(report, "method", cast.mariam) == []
        assert presence.others(report, "conclusion", cast.oumar) == []
        time.tick(timedelta(seconds=60))
        assert marks(report, cast) == ["Mariam SANOGO"]
        time.tick(timedelta(seconds=11))
        assert marks(report, cast) == []


def test_presence_tells_since_when_without_a_pause(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    with freeze_time("2026-12-14 10:00:00") as time:
        for _ in range(8):
            presence.beat(report, "method", cast.mariam)
            time.tick(timedelta(seconds=presence.EVERY))
        assert presence.others(report, "method", cast.oumar)[0].since == datetime(2026, 12, 14, 10, tzinfo=UTC)
        time.tick(timedelta(minutes=5))
        presence.beat(report, "method", cast.mariam)
        assert presence.others(report, "method", cast.oumar)[0].since > datetime(2026, 12, 14, 10, 5, tzinfo=UTC)


def test_old_signs_are_swept_and_the_log_knows_nothing_of_any(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    before = db.session.scalar(select(func.count(AuditEvent.id)))
    with freeze_time("2026-12-14 10:00:00") as time:
        presence.beat(report, "method", cast.mariam)
        time.tick(timedelta(minutes=2))
        presence.beat(report, "conclusion", cast.oumar)
        assert [(row.part_key, row.person_id) for row in db.session.scalars(select(Presence))] == [
            ("conclusion", cast.oumar.id)
        ]
        presence.leave(report, "conclusion", cast.oumar)
    assert db.session.scalar(select(func.count()).select_from(Presence)) == 0
    assert db.session.scalar(select(func.count(AuditEvent.id))) == before


# --- After the deadline


@pytest.fixture
def overdue(cast: Cast) -> Iterator[Report]:
    """A reading two days past its deadline; Mariam voted in time, and the text has changed since."""
    report = report_at(Stage.READING, cast)
    validating.vote(report, cast.mariam, Choice.APPROVE)
    amending.adopt(report, amended(report, "method", "débats", "échanges", cast.oumar), cast.adama)
    assert report.deadline is not None
    with freeze_time(datetime.combine(report.deadline + timedelta(days=2), time(10), UTC)):
        yield report


def test_what_comes_after_the_deadline_is_not_received_and_who_can_change_that_is_said(
    overdue: Report, cast: Cast
) -> None:
    with pytest.raises(steps.NotReady, match="peut prolonger la lecture, ou recevoir encore"):
        validating.vote(overdue, cast.oumar, Choice.APPROVE)
    with pytest.raises(steps.NotReady, match="date limite de cette lecture"):
        amended(overdue, "method", "échanges", "discussions", cast.oumar)
    validating.confirm(overdue, cast.mariam)
    assert verify_reports(db.session) == []


def test_the_president_receives_what_is_late_and_it_is_marked(overdue: Report, cast: Cast) -> None:
    clock.extend(overdue, cast.adama, overdue.deadline, "Le réseau était coupé.", date.today(), receive_late=True)
    validating.vote(overdue, cast.oumar, Choice.OBJECT, "Non.")
    amended(overdue, "method", "échanges", "discussions", cast.oumar)
    lines = told(overdue)
    assert any("reçus aussi après cette date. Motif" in each for each in lines["Déroulement"])
    assert any("Oumar" in each and "après l’échéance" in each for each in lines["Votes"])
    assert any(each.startswith("Proposé par") and "après l’échéance" in each for each in lines["Amendements"])
    page = open_page(overdue, cast.adama)
    assert {seat.person.first_name: seat.late for seat in page.seats if seat.ballot} == {"Mariam": False, "Oumar": True}
    assert verify_reports(db.session) == []


def test_a_late_vote_that_nobody_let_in_is_found_by_both_verifiers(
    world: Flask, overdue: Report, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "require_in_time", lambda report: None)
    validating.vote(overdue, cast.oumar, Choice.APPROVE)
    amended(overdue, "method", "échanges", "discussions", cast.oumar)
    db.session.commit()
    place = place_of(world.config["DATABASE_URL"])
    theirs = seben_audit.verify(place, seben_audit.read_keys([str(LOG.signer.verifier)]), jobs=1).findings
    for found in (verify_reports(db.session), theirs):
        assert len([each for each in found if "après la date limite, que le président" in each.sentence]) == 2


def test_a_new_reading_begins_without_that_rule(overdue: Report, cast: Cast) -> None:
    clock.extend(overdue, cast.adama, overdue.deadline, "Le réseau.", date.today(), receive_late=True)
    validating.return_to_rapporteur(overdue, cast.adama, "À compléter.")
    editing.transmit(overdue, cast.issa, add_working_days(date.today(), 3), date.today())
    assert not overdue.late_received
    assert verify_reports(db.session) == []

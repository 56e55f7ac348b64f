"""Files that hold personal data: who took what, and when, stands in the log, and no file waits for that."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from freezegun import freeze_time
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from app.audit import access
from app.audit.models import AuditEvent
from app.audit.verification import verify_chains
from app.db import db
from app.directory.models import Person
from app.reports.models.report import Report
from app.reports.signing.acts import Sealer
from app.web.afterwards import AfterwardsLine, line
from app.web.guards import MARK
from app.web.handing import HANDED
from app.workflow import Stage
from tests.cast import Cast
from tests.conventions.test_routes import addresses, standing_at
from tests.factories import report_at
from tests.web.test_journal import leave, words

SignIn = Callable[[FlaskClient, Person], FlaskClient]
# What holds nobody's personal data: made for everybody, or hashes alone.
OPEN = {"publication.public_pdf", "journal.proof"}


@pytest.fixture
def report_id(app: Flask, cast: Cast, desk: Sealer) -> int:
    with app.app_context():
        report = report_at(Stage.PUBLISHED, cast, desk)
        db.session.commit()
        return report.id


def taken(app: Flask) -> list[tuple[int | None, str]]:
    with app.app_context():
        assert verify_chains(db.session) == []
        found = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "download").order_by(AuditEvent.id))
        return [(event.actor_id, json.loads(event.body)["facts"]["what"]) for event in found]


def facts(app: Flask) -> dict[str, Any]:
    with app.app_context():
        event = db.session.scalar(select(AuditEvent).where(AuditEvent.act == "download").order_by(AuditEvent.id.desc()))
        assert event is not None
        found: dict[str, Any] = json.loads(event.body)["facts"]
        return found


def test_who_takes_the_signed_report_is_in_the_log_and_supervisors_read_it(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, report_id: int
) -> None:
    assert leave(sign_in(client, cast.issa), "GET", f"/rapports/{report_id}/rapport-signe.pdf") == 200
    assert taken(app) == [(cast.issa.id, "signed")]
    assert facts(app)["report"] == report_id
    read = words(sign_in(app.test_client(), cast.salif).get(f"/journal?rapport={report_id}&acte=download").text)
    assert f"{cast.issa.name} a téléchargé le rapport signé du rapport n° {report_id}." in read


@pytest.mark.parametrize(
    ("place", "what", "more"),
    [
        ("parties/attendance.xlsx", "sheet", {"part": "attendance", "kind": "xlsx"}),
        ("parties/attendance.csv", "sheet", {"part": "attendance", "kind": "csv"}),
        ("auteurs.pdf", "authors", {}),
        ("auteurs.xlsx", "authors_table", {}),
        ("projet.pdf", "draft", {}),
        ("rapport.docx", "word", {}),
        ("proces-verbal.pdf", "minutes", {}),
    ],
)
def test_each_file_with_people_in_it_is_told_by_its_name(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, report_id: int, place: str, what: str, more: Any
) -> None:
    assert leave(sign_in(client, cast.issa), "GET", f"/rapports/{report_id}/{place}") == 200
    assert taken(app) == [(cast.issa.id, what)]
    assert facts(app) == {"address": facts(app)["address"], "report": report_id, "what": what, **more}
    assert sign_in(client, cast.salif).get("/journal").status_code == 200


def test_what_was_refused_was_not_taken(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, report_id: int
) -> None:
    assert leave(sign_in(client, cast.lamine), "GET", f"/rapports/{report_id}/rapport-signe.pdf") == 404
    assert leave(app.test_client(), "GET", f"/rapports/{report_id}/rapport-signe.pdf") == 303
    assert taken(app) == []


def test_the_same_file_taken_again_within_the_hour_is_one_event(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, report_id: int
) -> None:
    with freeze_time("2031-03-03 12:00:00") as clock:
        issa, salif = sign_in(client, cast.issa), sign_in(app.test_client(), cast.salif)
        for _ in range(access.MOST + 5):
            leave(issa, "GET", f"/rapports/{report_id}/parties/attendance.csv")
        leave(issa, "GET", f"/rapports/{report_id}/parties/attendance.xlsx")
        leave(salif, "GET", f"/rapports/{report_id}/parties/attendance.csv")
        assert taken(app) == [(cast.issa.id, "sheet")] * 2 + [(cast.salif.id, "sheet")]
        clock.tick(timedelta(hours=1, seconds=1))
        leave(sign_in(app.test_client(), cast.issa), "GET", f"/rapports/{report_id}/parties/attendance.csv")
    assert len(taken(app)) == 4


def test_two_workers_that_have_both_looked_write_one_event(app: Flask, cast: Cast, report_id: int) -> None:
    note = access.AccessNote("download", cast.issa.id, {"report": report_id, "what": "signed", "address": "x"})
    with app.app_context():
        for address in ("x", "y"):
            access.write(access.Tally(), replace(note, facts={**note.facts, "address": address}))
            db.session.commit()
    assert taken(app) == [(cast.issa.id, "signed")]


def test_who_takes_many_files_in_a_minute_is_told_of_each(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, report_id: int
) -> None:
    issa = sign_in(client, cast.issa)
    places = ["auteurs.pdf", "auteurs.xlsx", "projet.pdf", "rapport.docx", "rapport-signe.pdf", "proces-verbal.pdf"]
    places += [
        f"parties/{part}.{kind}" for part in ("attendance", "recommendations", "programme") for kind in ("csv", "xlsx")
    ]
    codes = [leave(issa, "GET", f"/rapports/{report_id}/{place}") for place in places]
    assert len(taken(app)) == codes.count(200) > access.MOST


def test_every_address_that_hands_out_a_file_is_noted_or_said_to_be_open(
    app: Flask, client: FlaskClient, cast: Cast, desk: Sealer, sign_in: SignIn
) -> None:
    with app.app_context():
        report_id = standing_at(Stage.PUBLISHED, cast, desk).id
    issa = sign_in(client, cast.issa)
    adapter = app.url_map.bind("localhost")
    seen = set()
    for place in addresses(app, report_id):
        answer = issa.get(place)
        if answer.headers.get("Content-Disposition", "").startswith("attachment"):
            seen.add(adapter.match(place, method="GET")[0])
    assert len(seen) > 6
    assert {each for each in seen if not hasattr(app.view_functions[each], HANDED)} <= OPEN


def test_what_hands_out_files_is_guarded_first(app: Flask) -> None:
    handing = [view for view in app.view_functions.values() if hasattr(view, HANDED)]
    assert len(handing) > 10
    assert all(hasattr(view, MARK) for view in handing)


class TestLocked:
    """Another program holds the database."""

    @pytest.fixture
    def settings(self) -> dict[str, Any]:
        return {"AFTERWARDS_AWAITED": 0.0}

    def test_a_locked_database_keeps_no_file_and_the_event_comes_when_it_can(
        self, app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, report_id: int
    ) -> None:
        issa = sign_in(client, cast.issa)
        with app.app_context(), db.engine.connect() as other:
            other.execute(text("SELECT 1") if db.engine.dialect.name == "sqlite" else text("LOCK TABLE chain_head"))
            assert leave(issa, "GET", f"/rapports/{report_id}/rapport-signe.pdf") == 200
            assert not line(app, "downloads").settled(0), "it waits for its turn"
            other.rollback()
        assert line(app, "downloads").settled(60)
        assert taken(app) == [(cast.issa.id, "signed")]


def test_what_meets_a_database_that_does_not_answer_comes_again(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.afterwards.AGAIN_AFTER", 0.01)
    tries: list[int] = []

    def twice_in_vain() -> None:
        tries.append(1)
        if len(tries) < 3:
            raise OperationalError("BEGIN IMMEDIATE", None, Exception("database is locked"))

    waiting = AfterwardsLine(app)
    waiting.put("one", twice_in_vain)
    assert waiting.settled(10)
    assert len(tries) == 3


def test_what_is_written_much_later_says_when_it_was_asked_for(
    app: Flask, client: FlaskClient, cast: Cast, report_id: int
) -> None:
    with app.app_context(), freeze_time("2026-03-03 12:00:00") as clock:
        note = access.AccessNote("download", cast.issa.id, {"report": report_id, "what": "signed", "address": "x"})
        clock.tick(timedelta(minutes=20))
        access.write(access.Tally(), note)
        db.session.commit()
    assert facts(app)["asked_at"] == "2026-03-03T12:00:00+00:00"


def test_when_too_much_waits_the_keeper_is_told_who_took_what(
    app: Flask, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.web.afterwards.MOST", 0)
    AfterwardsLine(app).put("download by 3: the signed report", lambda: None)
    assert "left out: download by 3: the signed report" in caplog.text


def test_one_that_cannot_be_written_keeps_none_of_the_next_from_being_written(app: Flask) -> None:
    done: list[str] = []

    def broken() -> None:
        raise RuntimeError("no room")

    waiting = AfterwardsLine(app)
    waiting.put("one", broken)
    waiting.put("two", lambda: done.append("two"))
    assert waiting.settled(10)
    assert done == ["two"]


def test_reading_the_page_of_a_report_is_no_download(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, report_id: int
) -> None:
    leave(sign_in(client, cast.issa), "GET", f"/rapports/{report_id}")
    assert taken(app) == []
    with app.app_context():
        assert db.session.get(Report, report_id) is not None

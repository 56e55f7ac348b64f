"""Forms sent twice: one effect for the one who sent them, and nothing taken away from anybody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from flask import Flask
from flask.testing import FlaskClient
from freezegun import freeze_time
from sqlalchemy import func, select

from app.audit import once
from app.audit.once import Once
from app.commands.work import Worker
from app.db import db
from app.directory.models import Person
from app.reports.models.report import Comment
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import report_at

SignIn = Callable[[FlaskClient, Person], FlaskClient]
KEY = "une clé tirée avec le formulaire"
SAID = {"passage": "", "text": "Bien dit.", "once": KEY}


@pytest.fixture
def report_id(app: Flask, cast: Cast) -> int:
    with app.app_context():
        report = report_at(Stage.READING, cast)
        db.session.commit()
        return report.id


def observe(client: FlaskClient, report_id: int, part: str = "method", **more: str) -> tuple[int, str]:
    answer = client.post(f"/rapports/{report_id}/parties/{part}/observer", data={**SAID, **more})
    return answer.status_code, answer.location or ""


def said(app: Flask) -> list[tuple[str, str]]:
    with app.app_context():
        written = select(Person.first_name, Comment.part_key).join(Person, Person.id == Comment.author_id)
        return [tuple(each) for each in db.session.execute(written.order_by(Comment.id))]


def test_the_same_key_from_two_persons_does_what_each_of_them_asked(
    app: Flask, cast: Cast, sign_in: SignIn, report_id: int
) -> None:
    mariam, adama = (sign_in(app.test_client(), person) for person in (cast.mariam, cast.adama))
    for client in (mariam, adama, mariam, adama):
        assert observe(client, report_id)[0] == 303
    assert said(app) == [("Mariam", "method"), ("Adama", "method")]


def test_the_same_key_in_two_forms_of_one_person_counts_in_each(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, report_id: int
) -> None:
    sign_in(client, cast.mariam)
    for part in ("method", "conclusion", "method", "conclusion"):
        assert observe(client, report_id, part)[0] == 303
    assert said(app) == [("Mariam", "method"), ("Mariam", "conclusion")]


@pytest.mark.parametrize("later", [timedelta(days=3), timedelta(days=60)])
def test_what_waited_on_a_device_and_comes_again_days_later_has_no_second_effect(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, report_id: int, later: timedelta
) -> None:
    with freeze_time("2026-03-02 12:00:00") as clock:
        first = observe(sign_in(client, cast.mariam), report_id)
        clock.tick(later)
        with app.app_context():
            Worker(app.config).look_around()
        assert observe(sign_in(app.test_client(), cast.mariam), report_id) == first
    assert len(said(app)) == 1


def test_keys_that_no_longer_come_back_are_emptied(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, report_id: int
) -> None:
    with freeze_time("2026-03-02 12:00:00") as clock:
        observe(sign_in(client, cast.mariam), report_id)
        clock.tick(once.KEPT + timedelta(days=1))
        observe(sign_in(app.test_client(), cast.mariam), report_id, once="une autre")
        with app.app_context():
            assert db.session.scalar(select(func.count()).select_from(Once)) == 2
            db.session.rollback()
            Worker(app.config).look_around()
            assert db.session.scalar(select(func.count()).select_from(Once)) == 1


def test_a_form_pressed_twice_at_the_same_moment_has_one_effect_and_no_error(
    app: Flask, cast: Cast, sign_in: SignIn
) -> None:
    clients = [sign_in(app.test_client(), cast.coumba) for _ in range(4)]
    together, codes = Barrier(len(clients)), []

    def press(client: FlaskClient) -> None:
        together.wait()
        answer = client.post("/administration/collectivites", data={"level": "region", "name": "Gao", "once": KEY})
        codes.append(answer.status_code)

    threads = [Thread(target=press, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [303] * len(clients)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Once)) == 1

"""Sessions live on the server: signing out ends them for good, and each person sees and ends their own."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from freezegun import freeze_time
from sqlalchemy import event, select, text

from app.db import db, now
from app.directory.models import Person
from app.people import persons
from app.people.sessions import OpenSession
from app.web.account.devices import in_words
from app.web.account.sessions import SECRET
from tests.cast import PASSWORD, Cast
from tests.web.people_log import acts, told

SignIn = Callable[[FlaskClient, Person], FlaskClient]
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:150.0) Gecko/20100101 Firefox/150.0"
PHONE = (
    "Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/143.0.0.0 Mobile Safari/537.36"
)


def enter(client: FlaskClient, email: str = "fanta@exemple.ml", agent: str = WINDOWS) -> None:
    answer = client.post("/connexion", data={"email": email, "password": PASSWORD}, headers={"User-Agent": agent})
    assert answer.status_code == 303


def is_in(client: FlaskClient) -> bool:
    with client.get("/compte") as answer:  # closed, as a server does: what is written after the answer is written
        return answer.status_code == 200


def copied(app: Flask, client: FlaskClient) -> FlaskClient:
    """Another browser with the cookie of this one."""
    thief, cookie = app.test_client(), client.get_cookie("session")
    assert cookie is not None
    thief.set_cookie("session", cookie.value)
    return thief


def rows(app: Flask) -> list[OpenSession]:
    with app.app_context():
        return list(db.session.scalars(select(OpenSession).order_by(OpenSession.id)))


def test_a_copied_cookie_is_worth_nothing_after_signing_out(app: Flask, client: FlaskClient, cast: Cast) -> None:
    enter(client)
    thief = copied(app, client)
    assert is_in(thief)
    client.post("/deconnexion")
    assert not is_in(thief)
    assert rows(app) == []


def test_signing_out_leaves_the_other_devices_alone(app: Flask, client: FlaskClient, cast: Cast) -> None:
    phone = app.test_client()
    enter(client)
    enter(phone, agent=PHONE)
    client.post("/deconnexion")
    assert is_in(phone) and not is_in(client)


def test_signing_out_clears_what_the_browser_keeps_but_not_unsaved_texts_nor_the_device(
    client: FlaskClient, cast: Cast
) -> None:
    enter(client)
    assert client.post("/deconnexion").headers["Clear-Site-Data"] == '"cache"'


def test_the_session_and_its_token_are_new_at_sign_in(app: Flask, client: FlaskClient, cast: Cast) -> None:
    """What somebody else put into this browser before is no part of the session that is opened."""
    with client.session_transaction() as session:
        session.update({"csrf_token": "planté", "next": "/ailleurs", SECRET: "planté"})
    enter(client)
    with client.session_transaction() as session:
        assert session.get("csrf_token") != "planté" and "next" not in session
        first = session[SECRET]
    assert first != "planté"
    enter(client)
    with client.session_transaction() as session:
        assert session[SECRET] != first
    assert len(rows(app)) == 1, "the session before, in the same browser, goes on"


def test_the_database_does_not_hold_what_opens_a_session(app: Flask, client: FlaskClient, cast: Cast) -> None:
    enter(client)
    with client.session_transaction() as session:
        secret = session[SECRET]
    (row,) = rows(app)
    assert len(secret) >= 43 and secret not in str(vars(row))
    with client.session_transaction() as session:
        session[SECRET] = row.key
    assert not is_in(client)


def test_the_persons_own_number_opens_nothing(client: FlaskClient, cast: Cast) -> None:
    """As the cookie was before: whoever read the table of persons, and the key, had every session."""
    with client.session_transaction() as session:
        session[SECRET] = cast.fanta.fs_uniquifier
    assert not is_in(client)


# How long it lives.


def test_a_session_ends_twelve_hours_after_it_was_last_used_and_not_while_it_is(
    client: FlaskClient, cast: Cast
) -> None:
    with freeze_time("2026-03-02 08:00:00") as clock:
        enter(client)
        for _ in range(5):
            clock.tick(timedelta(hours=11, minutes=45))
            assert is_in(client)
        clock.tick(timedelta(hours=12))
        assert not is_in(client)


def test_a_session_ends_after_seven_days_however_busy(client: FlaskClient, cast: Cast) -> None:
    with freeze_time("2026-03-02 08:00:00") as clock:
        enter(client)
        for _ in range(27):
            clock.tick(timedelta(hours=6))
            assert is_in(client)
        clock.tick(timedelta(hours=6))
        assert not is_in(client)


def test_what_is_over_goes_at_the_next_sign_in(app: Flask, client: FlaskClient, cast: Cast) -> None:
    with freeze_time("2026-03-02 08:00:00") as clock:
        enter(client)
        clock.tick(timedelta(hours=13))
        enter(app.test_client(), "issa@exemple.ml")
    assert [row.person_id for row in rows(app)] == [cast.issa.id]


def test_a_clock_that_ran_ahead_and_was_put_right_neither_ends_a_session_nor_lengthens_it(
    client: FlaskClient, cast: Cast
) -> None:
    with freeze_time("2026-03-02 08:00:00") as clock:
        enter(client)
        clock.tick(timedelta(hours=11))
        assert is_in(client)
        clock.move_to("2026-03-02 09:00:00")
        assert is_in(client)
        clock.tick(timedelta(hours=12))
        assert not is_in(client)


# The stamp: the one thing that a GET writes, and then only in passing.


@contextmanager
def written(app: Flask) -> Iterator[list[str]]:
    found: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if not re.match(r"SELECT|BEGIN|PRAGMA|SET", statement):
            found.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


def test_a_session_is_stamped_once_in_ten_minutes_and_nothing_else_is_written(
    app: Flask, client: FlaskClient, cast: Cast
) -> None:
    with freeze_time("2026-03-02 08:00:00") as clock:
        enter(client)
        with written(app) as found:
            for _ in range(3):
                clock.tick(timedelta(minutes=3))
                assert is_in(client)
            assert found == []
            clock.tick(timedelta(minutes=2))
            assert is_in(client) and is_in(client)
            assert len(found) == 1 and found[0].startswith("UPDATE open_session SET seen_at")
        assert rows(app)[0].seen_at == now()
        with app.app_context():
            assert acts(app) == []


def test_reading_goes_on_at_once_while_another_writes_and_the_stamp_is_left_out(
    app: Flask, client: FlaskClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    with freeze_time("2026-03-02 08:00:00", tick=False) as clock:
        enter(client)
        clock.tick(timedelta(hours=1))
        before = rows(app)[0].seen_at
        with app.app_context(), db.engine.connect() as other:
            other.execute(text("UPDATE open_session SET device = device"))  # holds the writers' lock, or the row's
            monkeypatch.setattr(sys.modules["app.db"], "_PlaceInLine", None)  # nobody waits in the line
            assert is_in(client)
            other.rollback()
        assert rows(app)[0].seen_at == before
        assert is_in(client)
        assert rows(app)[0].seen_at == now()


# One's own devices.


def buttons(page: str) -> list[int]:
    return [int(found) for found in re.findall(r"/compte/appareils/(\d+)/terminer\"", page)]


def test_fanta_sees_her_devices_and_which_one_is_this(app: Flask, client: FlaskClient, cast: Cast) -> None:
    enter(app.test_client(), agent=PHONE)
    enter(app.test_client(), "issa@exemple.ml")
    enter(client)
    page = client.get("/compte").text
    assert "2 appareils" in page
    assert "<b>Firefox sous Windows</b> – cet appareil" in page
    assert "<b>Chrome sous Android</b>" in page and "Adresse 127.0.0.1" in page
    assert len(buttons(page)) == 1, "this one is ended by signing out"


def test_fanta_ends_one_device_from_another_and_it_is_told(app: Flask, client: FlaskClient, cast: Cast) -> None:
    phone = app.test_client()
    enter(phone, agent=PHONE)
    enter(client)
    (number,) = buttons(client.get("/compte").text)
    assert client.post(f"/compte/appareils/{number}/terminer").status_code == 303
    assert not is_in(phone) and is_in(client)
    assert told(app) == [("session_end", cast.fanta.id, {"person": cast.fanta.id, "sessions": 1})]


def test_fanta_ends_all_the_others_at_once(app: Flask, client: FlaskClient, cast: Cast) -> None:
    others = [app.test_client() for _ in range(3)]
    for each in (*others, client):
        enter(each)
    client.post("/compte/appareils/terminer-les-autres")
    assert is_in(client) and not any(map(is_in, others))
    assert "Terminer toutes les autres" not in client.get("/compte").text


def test_nobody_ends_a_device_of_somebody_else(app: Flask, client: FlaskClient, cast: Cast) -> None:
    issa = app.test_client()
    enter(issa, "issa@exemple.ml")
    (number,) = (row.id for row in rows(app))
    enter(client)
    assert client.post(f"/compte/appareils/{number}/terminer").status_code == 404
    client.post("/compte/appareils/terminer-les-autres")
    assert is_in(issa)
    assert acts(app) == []


def test_all_sessions_of_a_person_end_at_once(app: Flask, cast: Cast) -> None:
    here, there, issa = (app.test_client() for _ in range(3))
    enter(here)
    enter(there, agent=PHONE)
    enter(issa, "issa@exemple.ml")
    with app.app_context():
        persons.end_sessions(db.session.get_one(Person, cast.fanta.id))
        db.session.commit()
    assert not is_in(here) and not is_in(there) and is_in(issa)


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (WINDOWS, "Firefox sous Windows"),
        (PHONE, "Chrome sous Android"),
        (
            "Mozilla/5.0 (Linux; Android 14; SM-A155F) SamsungBrowser/28.0 Chrome/130 Safari/537.36",
            "Samsung Internet sous Android",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/143.0 Safari/537.36 Edg/143.0", "Edge sous Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari sur iPhone"),
        ("Opera/9.80 (Android; Opera Mini/36.2/191; U; fr) Presto/2.12", "Opera Mini sous Android"),
        ("curl/8.5", "Navigateur inconnu"),
        ("", "Navigateur inconnu"),
    ],
)
def test_a_browser_is_called_as_people_call_it(agent: str, words: str) -> None:
    assert in_words(agent) == words


# Under HTTPS.


class TestUnderHttps:
    @pytest.fixture
    def settings(self) -> dict[str, Any]:
        return {"HTTPS": True, "BASE_URL": "https://localhost"}

    def test_the_cookies_are_this_hosts_alone_and_browsers_are_told_to_come_by_https_only(
        self, client: FlaskClient, cast: Cast
    ) -> None:
        answer = client.post(
            "/connexion", data={"email": "fanta@exemple.ml", "password": PASSWORD}, base_url="https://localhost"
        )
        cookies = answer.headers.getlist("Set-Cookie")
        assert len(cookies) == 2
        for cookie in cookies:
            assert cookie.startswith("__Host-")
            assert "Secure" in cookie and "Path=/" in cookie and "Domain" not in cookie
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert client.get("/compte", base_url="https://localhost").status_code == 200
        foreign = client.post("/connexion", headers={"Origin": "http://localhost"}, base_url="https://localhost")
        assert foreign.status_code == 403 and "Strict-Transport-Security" in foreign.headers


def test_over_plain_http_nothing_says_https(client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/connexion").headers

"""Foreign files are read one at a time on the whole machine; who comes meanwhile has a place in a line."""

from __future__ import annotations

import fcntl
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from freezegun import freeze_time
from werkzeug.test import TestResponse

from app.db import now
from app.directory.models import Person
from app.documents.verifying import waiting
from app.documents.verifying.waiting import EACH, Full, Gone, Waiting, WaitingLine
from app.web.public import verification
from tests.cast import Cast

pytestmark = pytest.mark.anywhere
SignIn = Callable[[FlaskClient, Person], FlaskClient]
FILE = b"%PDF-1.7\nun fichier quelconque"
READ = "incomplet ou endommagé"


@pytest.fixture
def line(app: Flask) -> WaitingLine:
    return WaitingLine(Path(app.config["UPLOADS_FOLDER"]) / "verifier")


@contextmanager
def being_read(line: WaitingLine) -> Iterator[None]:
    """Another process reads a file."""
    with (line.folder / "reading").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def sent(client: FlaskClient, address: str = "192.0.2.1") -> TestResponse:
    data = {"file": (io.BytesIO(FILE), "rapport de Kayes.pdf")}
    return client.post("/verifier", data=data, environ_base={"REMOTE_ADDR": address})


def test_a_file_waits_while_another_process_reads_one_and_is_answered_when_its_turn_comes(
    client: FlaskClient, line: WaitingLine
) -> None:
    with being_read(line):
        place = sent(client).location
        page = client.get(place)
        assert "1 fichier avant le vôtre." in page.text and page.headers["Refresh"] == "3"
        second = sent(client, "192.0.2.2").location
        assert "1 fichier avant le vôtre." in client.get(second).text
    assert "1 fichier avant le vôtre." in client.get(second).text, "the first comes first, though nobody reads"
    answer = client.get(place)
    assert READ in answer.text and "rapport de Kayes.pdf" in answer.text and "Refresh" not in answer.headers
    assert READ in client.get(second).text
    assert client.get(place).status_code == 404, "nothing is kept"
    assert {path.name for path in line.folder.iterdir()} <= {"door", "reading"}


def test_a_file_that_nobody_else_waits_before_is_answered_at_once(client: FlaskClient) -> None:
    assert READ in client.get(sent(client).location).text


def test_each_visit_counts_before_the_work_whatever_comes_of_it(
    client: FlaskClient, line: WaitingLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verification, "MOST", 2)
    with being_read(line):
        assert [sent(client).status_code for _ in range(3)] == [303, 303, 429]


def test_one_address_holds_only_so_many_places_and_who_has_an_account_comes_before_strangers(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, line: WaitingLine
) -> None:
    with being_read(line):
        places = [sent(client).location for _ in range(EACH)]
        full = sent(client)
        assert full.status_code == 503
        assert "redéposez le vôtre" in full.text
        member = sign_in(app.test_client(), cast.fanta)
        mine = sent(member).location
    assert "1 fichier avant le vôtre." in client.get(places[0]).text
    assert READ in member.get(mine).text
    assert f"{EACH - 1} fichiers avant le vôtre." in client.get(places[-1]).text


def test_the_line_is_full_for_everybody_at_some_length(line: WaitingLine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "MOST", 2)
    for each in range(2):
        line.join(Waiting("a.pdf", FILE), f"192.0.2.{each}", False)
    with pytest.raises(Full):
        line.join(Waiting("a.pdf", FILE), "192.0.2.9", False)


def test_a_place_nobody_asks_for_is_given_up_and_the_others_move_on(line: WaitingLine) -> None:
    first = line.join(Waiting("a.pdf", FILE), "192.0.2.1", False)
    second = line.join(Waiting("b.pdf", FILE), "192.0.2.2", False)
    assert line.before(second) == 1
    with freeze_time(now() + timedelta(seconds=waiting.GIVEN_UP * 0.7)):
        assert line.before(second) == 1
    with freeze_time(now() + timedelta(seconds=waiting.GIVEN_UP * 1.4)):
        assert line.before(second) == 0
        with pytest.raises(Gone):
            line.before(first)


@pytest.mark.parametrize(
    "ticket", ["reading", "door", "..", "0-1-2-3", "1-" + "0" * 20 + "-" + "a" * 16 + "-" + "b" * 22]
)
def test_what_is_no_ticket_opens_nothing(client: FlaskClient, line: WaitingLine, ticket: str) -> None:
    assert client.get(f"/verifier/attente/{ticket}").status_code == 404
    with pytest.raises(Gone):
        line.before(ticket)

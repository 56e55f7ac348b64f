"""The worker in a process of its own: killed at any moment, several at once, told to stop."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.commands.work import transaction
from app.db import db, now
from app.mail import outbox
from app.mail.models import Letter
from tests.mail.postman import Postman, at_work

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 4
MANY = 60


@pytest.fixture
def posted(app: Flask) -> set[str]:
    """Letters in the outbox; their Message-IDs."""
    with app.app_context():
        with transaction():
            for number in range(MANY):
                outbox.queue(f"membre{number}@exemple.ml", "s", "t", "<p>t</p>", domain="exemple.ml", at=now())
        with transaction():
            found = set(db.session.scalars(select(Letter.message_id)))
        db.engine.dispose()
    return found


@contextmanager
def worker(app: Flask, port: int, *options: str) -> Iterator[subprocess.Popen[bytes]]:
    settings = {
        "FLASK_APP": "wsgi.py",
        "DATABASE_URL": app.config["DATABASE_URL"],
        "SECRET_KEY": app.config["SECRET_KEY"],
        "SEBEN_SECURITY_PASSWORD_SALT": app.config["SECURITY_PASSWORD_SALT"],
        "SEBEN_MAIL_URL": f"smtp://127.0.0.1:{port}?timeout=10",
        "SEBEN_MAIL_FROM": "Sɛbɛn <seben@exemple.ml>",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "work", *options],
        cwd=ROOT,
        env={**os.environ, **settings},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def unsent(app: Flask) -> int:
    with app.app_context(), transaction():
        return db.session.scalar(select(func.count(Letter.id)).where(outbox.waiting())) or 0


def end_leases(app: Flask) -> None:
    """As if the lease of a killed worker had run out."""
    with app.app_context(), transaction():
        db.session.execute(update(Letter).where(outbox.waiting()).values(lease_until=now() - timedelta(seconds=1)))


def wait_for(what: int, postman: Postman, seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while len(postman.received) < what:
        assert time.monotonic() < until, "the letters did not arrive in time"
        time.sleep(0.005)


def test_a_worker_killed_at_any_moment_loses_no_letter_and_doubles_none_but_as_itself(
    app: Flask, posted: set[str]
) -> None:
    postman = Postman()
    postman.while_receiving = lambda: time.sleep(0.01)
    with at_work(postman) as port:
        for _ in range(ROUNDS):
            before = len(postman.received)
            with worker(app, port) as process:
                wait_for(before + 1, postman)
                time.sleep(random.uniform(0, 0.08))
                process.send_signal(signal.SIGKILL)
            end_leases(app)
        assert unsent(app) > 0, "nothing was interrupted"
        with worker(app, port, "--once") as process:
            assert process.wait(60) == 0
    arrived = postman.arrived()
    assert set(arrived) == posted
    # A round doubles at most the one letter that was between its acceptance and its note.
    assert arrived.total() - len(posted) <= ROUNDS
    assert unsent(app) == 0


def test_three_workers_share_the_letters_and_send_each_once(app: Flask, posted: set[str]) -> None:
    postman = Postman()
    with (
        at_work(postman) as port,
        worker(app, port, "--once") as one,
        worker(app, port, "--once") as two,
        worker(app, port, "--once") as three,
    ):
        assert [process.wait(60) for process in (one, two, three)] == [0, 0, 0]
    assert postman.arrived() == dict.fromkeys(posted, 1)


def test_a_worker_told_to_stop_finishes_the_letter_in_hand_and_ends_well(app: Flask, posted: set[str]) -> None:
    postman = Postman()
    postman.while_receiving = lambda: time.sleep(0.05)
    with at_work(postman) as port, worker(app, port) as process:
        wait_for(2, postman)
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    sent = len(postman.received)
    assert sent < MANY
    assert unsent(app) == MANY - sent
    with app.app_context(), transaction():
        assert db.session.scalar(select(func.count(Letter.id)).where(Letter.lease_until.is_not(None))) == 0


def test_a_worker_without_a_server_sends_nothing_and_says_so(app: Flask, posted: set[str]) -> None:
    done = app.test_cli_runner().invoke(args=["work", "--once"])
    assert done.exit_code == 0
    assert unsent(app) == MANY


def test_a_worker_with_an_impossible_server_does_not_start(app: Flask) -> None:
    app.config["MAIL_URL"] = "smtp://user:password@host"
    done = app.test_cli_runner().invoke(args=["work", "--once"])
    assert done.exit_code == 1
    assert "in the clear" in done.output

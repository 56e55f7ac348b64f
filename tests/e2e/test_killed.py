"""The server is killed at any moment: what it acknowledged is there, and nothing is half there."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from http.client import HTTPException
from http.cookiejar import CookieJar
from pathlib import Path

import pytest
from flask import Flask

from app.audit.verification import verify_chains
from app.db import db
from app.reports.models.report import Report
from app.reports.replay.verifying import verify_reports
from app.workflow import Stage
from tests.cast import PASSWORD, Cast
from tests.factories import content_of, report_at

ROUNDS = 4
PATIENCE = 300.0
"""Seconds; a busy old laptop takes a minute for what takes two seconds here."""
SERVE = "from wsgi import app; app.run('127.0.0.1', {port}, threaded=True)"
ROOT = Path(__file__).resolve().parents[2]


class Server:
    """The application in a process of its own, and one signed-in person who saves without a pause."""

    def __init__(self, app: Flask) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        settings = {
            "DATABASE_URL": app.config["DATABASE_URL"],
            "SECRET_KEY": app.config["SECRET_KEY"],
            "SEBEN_SECURITY_PASSWORD_SALT": app.config["SECURITY_PASSWORD_SALT"],
            "SEBEN_WTF_CSRF_ENABLED": "0",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-c", SERVE.format(port=self.port)],
            cwd=ROOT,
            env={**os.environ, **settings},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self.browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def post(self, place: str, **fields: str) -> None:
        data = urllib.parse.urlencode(fields).encode()
        with self.browser.open(f"http://127.0.0.1:{self.port}{place}", data, timeout=PATIENCE) as answer:
            answer.read()

    def sign_in(self, email: str) -> None:
        """Once it answers, however slow the machine: a server that has died ends the wait, or a time no machine takes."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            assert self.process.poll() is None, "the server did not start"
            try:
                return self.post("/connexion", email=email, password=PASSWORD)
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the server does not answer")

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def report_id(app: Flask, cast: Cast) -> int:
    with app.app_context():
        report = report_at(Stage.DRAFTING, cast)
        db.session.commit()
        identifier = report.id
        db.engine.dispose()
    return identifier


def test_no_acknowledged_save_is_lost_and_the_log_holds(app: Flask, cast: Cast, report_id: int) -> None:
    acknowledged = 0
    for _ in range(ROUNDS):
        server = Server(app)
        try:
            server.sign_in(cast.fanta.email)
            acknowledged = save_until_killed(server, report_id, acknowledged)
        finally:
            server.kill()
        with app.app_context():
            report = db.session.get_one(Report, report_id)
            kept = int(content_of(report, "conclusion")[0].text.split()[-1])
            # The save under way when the server died may have arrived, unacknowledged.
            assert acknowledged <= kept <= acknowledged + 1
            assert verify_chains(db.session) == []
            assert verify_reports(db.session) == []
            db.session.rollback()
            db.engine.dispose()
            acknowledged = kept
    assert acknowledged > ROUNDS


def save_until_killed(server: Server, report_id: int, number: int) -> int:
    """Save higher and higher numbers, kill the server at any moment of a save; the last number that it acknowledged.

    The moment is drawn within the time that a save was seen to take, so that a slow machine is hit as well as a fast one.
    """
    place = f"/rapports/{report_id}/parties/conclusion/modifier"

    def save() -> float:
        began = time.monotonic()
        server.post(place, **{"zone-body": f"Séance close après le tour {number + 1}", "do": "save"})
        return time.monotonic() - began

    for _ in range(random.randint(2, 6)):
        took = save()
        number += 1
    killer = threading.Timer(random.uniform(0, 1.3 * took), server.kill)
    killer.start()
    try:
        while True:
            save()
            number += 1
    except (OSError, HTTPException, urllib.error.URLError):
        return number
    finally:
        killer.join()

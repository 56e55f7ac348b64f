"""The server is killed at any moment: what it acknowledged is there, and nothing is half there."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
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
from app.reports.models import Report
from app.reports.replay import verify_reports
from app.workflow import Stage
from tests.cast import PASSWORD, Cast
from tests.factories import content_of, report_at

ROUNDS = 4
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
        with self.browser.open(f"http://127.0.0.1:{self.port}{place}", data, timeout=20) as answer:
            answer.read()

    def sign_in(self, email: str) -> None:
        for _ in range(200):
            try:
                return self.post("/connexion", email=email, password=PASSWORD)
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the server did not start")

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
        server.sign_in(cast.fanta.email)
        acknowledged = save_until_killed(server, report_id, acknowledged, random.uniform(0.1, 0.9))
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


def save_until_killed(server: Server, report_id: int, number: int, seconds: float) -> int:
    """Save higher and higher numbers, kill the server under way; the last number that it acknowledged."""
    place = f"/rapports/{report_id}/parties/conclusion/modifier"
    server.post(place, **{"zone-body": f"Séance close après le tour {number + 1}", "do": "save"})
    number += 1
    child = os.fork()
    if child == 0:
        time.sleep(seconds)
        os.kill(server.process.pid, signal.SIGKILL)
        os._exit(0)
    try:
        while True:
            server.post(place, **{"zone-body": f"Séance close après le tour {number + 1}", "do": "save"})
            number += 1
    except (OSError, HTTPException, urllib.error.URLError):
        return number
    finally:
        os.waitpid(child, 0)
        server.kill()

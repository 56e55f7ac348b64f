"""The server: who sends slowly holds up nobody, and no worker outlives the process that started it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.client import HTTPConnection
from pathlib import Path

import psutil
import pytest
from flask import Flask

from app import receiving

pytestmark = pytest.mark.anywhere
ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0
"""Seconds; a busy old laptop takes long for what takes a moment here."""
BEGUN = b"POST /dire HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 20\r\n\r\nla moiti"
REST = "é du texte ".encode()
# A small application behind the same door, with one worker of one thread.
SMALL = """
import socket, sys, time
from flask import Flask, request
from app import receiving, serving

receiving.HEADERS, receiving.GRACE, receiving.LOOKING = 1.0, 1.0, 1
app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = 100_000

@app.get("/")
def page():
    return "page"

@app.post("/dire")
def say():
    return request.get_data()

@app.get("/lent")
def slow():
    time.sleep(2)
    return "fini"

listening = serving.listen("127.0.0.1", int(sys.argv[1]))
serving.keep(int(sys.argv[2]), lambda: receiving.serve(app, listening, 1))
"""


class Server:
    """A server process on a port of its own, that has answered once."""

    def __init__(self, command: list[str], port: int, environment: dict[str, str] | None = None) -> None:
        self.port = port
        self.process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **(environment or {})})
        wait(lambda: self.process.poll() is not None or self.answers())
        assert self.process.poll() is None, "the server did not start"

    def answers(self) -> bool:
        with socket.socket() as line:
            return line.connect_ex(("127.0.0.1", self.port)) == 0

    def get(self, place: str) -> tuple[int, str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        connection.request("GET", place)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    def begin(self, sent: bytes) -> socket.socket:
        line = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        line.sendall(sent)
        return line

    def workers(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children()


@contextmanager
def small(workers: int = 1) -> Iterator[Server]:
    port = free_port()
    server = Server([sys.executable, "-c", SMALL, str(port), str(workers)], port)
    try:
        yield server
    finally:
        server.process.kill()
        server.process.wait()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def wait(until: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not until():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.05)


def all_of(line: socket.socket) -> bytes:
    """What comes until the server closes."""
    found = b""
    while more := line.recv(65536):
        found += more
    return found


def test_eight_posts_that_are_half_sent_take_no_thread_from_others() -> None:
    with small() as server, ExitStack() as lines:
        begun = [lines.enter_context(server.begin(BEGUN)) for _ in range(8)]
        assert server.get("/") == (200, "page")
        begun[3].sendall(REST)
        assert begun[3].recv(65536).endswith("la moitié du texte ".encode()), (
            "the rest of a slow one is taken, and answered"
        )


def test_who_sends_more_slowly_than_any_network_is_let_go_and_who_sends_like_2g_is_not() -> None:
    with small() as server, server.begin(BEGUN[:40]) as no_headers, server.begin(BEGUN) as no_more:
        head = b"POST /dire HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: 4000\r\n\r\n"
        with server.begin(head) as honest:
            for _ in range(8):
                honest.sendall(b"a" * 500)
                time.sleep(0.5)
            assert all_of(honest).endswith(b"a" * 4000)
        assert all_of(no_headers) == b""
        assert all_of(no_more) == b""


def test_what_is_too_heavy_is_refused_in_french_before_it_has_come() -> None:
    head = b"POST /dire HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 200000\r\n\r\n"
    with small() as server, server.begin(head) as line:
        answer = all_of(line).decode()
        assert answer.startswith("HTTP/1.1 413 ")
        assert answer.endswith(receiving.TOO_LARGE)


def test_what_is_no_request_is_answered_in_french_without_the_application() -> None:
    with small() as server, server.begin(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: -1\r\n\r\n") as line:
        answer = all_of(line).decode()
        assert answer.startswith("HTTP/1.1 400 ")
        assert answer.endswith(receiving.NOT_UNDERSTOOD)


def test_a_worker_that_dies_is_replaced() -> None:
    with small(workers=1) as server:
        (first,) = server.workers()
        first.kill()
        wait(lambda: any(each.pid != first.pid for each in server.workers()))
        assert server.get("/") == (200, "page")


def test_a_server_that_is_told_to_stop_finishes_what_it_answers() -> None:
    with small() as server, server.begin(b"GET /lent HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n") as line:
        time.sleep(0.5)
        server.process.send_signal(signal.SIGTERM)
        assert all_of(line).endswith(b"fini")
        assert server.process.wait(PATIENCE) == 0
        assert not server.answers()


def test_no_worker_of_the_application_outlives_its_first_process(app: Flask) -> None:
    port = free_port()
    settings = {"DATABASE_URL": app.config["DATABASE_URL"], "SEBEN_KEYS_FOLDER": app.config["KEYS_FOLDER"]}
    command = [sys.executable, "-m", "app.serving", "--port", str(port), "--workers", "2", "--threads", "1"]
    server = Server(command, port, {**settings, "SECRET_KEY": "s" * 40, "SEBEN_SECURITY_PASSWORD_SALT": "s" * 40})
    try:
        status, page = server.get("/connexion")
        assert status == 200
        assert "Mot de passe" in page
        workers = server.workers()
        assert len(workers) == 2
    finally:
        server.process.kill()
        server.process.wait()
    wait(lambda: not any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in workers))
    assert not server.answers(), "somebody still answers on the port"

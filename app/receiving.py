"""How requests are received: whole, before a thread is taken, so that who sends slowly holds up nobody."""

from __future__ import annotations

import logging
import resource
import signal
import socket
import time
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, ThreadedTaskDispatcher

KILOBYTE, MEGABYTE = 1024, 1024 * 1024
CONNECTIONS = 1000
"""Of one worker; who comes then waits to be let in."""
FILES = 4096
"""Open files of one worker: each connection may have a file with what it sent and one with what it is sent."""
HEADERS = 30.0
"""Seconds for the first lines of a request."""
LOOKING = 5
"""Seconds between two looks at who is too slow."""
IDLE = 120
"""Seconds after which a connection on which nothing moves is closed."""
GRACE, SLOWEST = 60.0, 500
"""After `GRACE` seconds a request must have come at `SLOWEST` bytes a second; the worst of 2G carries twice that."""
LAST_WORDS = 8.0
"""Seconds for what is being answered when the worker is told to stop."""
TOO_LARGE = "Cet envoi est trop lourd\u00a0: rien n’en a été gardé. Envoyez un fichier plus petit."
NOT_UNDERSTOOD = "Cette demande n’a pas été comprise. Revenez à la page précédente, puis réessayez."


def serve(app: Flask, listening: socket.socket, threads: int) -> None:
    """Answer what comes in at `listening`, `threads` requests at a time, until SIGTERM."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a request that waits is no event
    _allow_files()
    dispatcher = ThreadedTaskDispatcher()
    dispatcher.set_thread_count(threads)
    Door(app, listening, dispatcher, threads).run()


def _allow_files() -> None:
    least, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if most == resource.RLIM_INFINITY else min(FILES, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(least, wanted), most))


class Refusal(ErrorTask):  # type: ignore[misc]  # waitress has no types
    """The answer to what the application never sees, as plain text."""

    def execute(self) -> None:
        code, reason = self.request.error.code, self.request.error.reason
        body = (TOO_LARGE if code == 413 else NOT_UNDERSTOOD).encode()
        self.status = f"{code} {reason}"
        self.response_headers.append(("Content-Type", "text/plain; charset=utf-8"))
        self.set_close_on_finish()
        self.content_length = len(body)
        self.write(body)


class Connection(HTTPChannel):  # type: ignore[misc]
    """One visitor's connection; it knows since when the request that is coming in has been doing so."""

    error_task_class = Refusal
    began = 0.0

    def received(self, data: bytes) -> bool:
        before = self.request
        went: bool = super().received(data)
        if self.request is not before:
            self.began = time.time()
        return went

    def too_slow(self, now: float) -> bool:
        coming, age = self.request, now - self.began
        if coming is None:
            return False
        if not coming.headers_finished:
            return age > HEADERS
        return bool(coming.body_bytes_received < (age - GRACE) * SLOWEST)


class Door(TcpWSGIServer):  # type: ignore[misc]
    """The loop of one worker: it reads and sends for all connections at once, and gives whole requests to the threads."""

    channel_class = Connection

    def __init__(self, app: Flask, listening: socket.socket, dispatcher: ThreadedTaskDispatcher, threads: int) -> None:
        self.threads, self.leaving = threads, 0.0
        settings = Adjustments(
            sockets=[listening],
            threads=threads,
            ident="seben",
            clear_untrusted_proxy_headers=False,  # `PROXIES` says whom to believe
            connection_limit=CONNECTIONS,
            channel_timeout=IDLE,
            cleanup_interval=LOOKING,
            recv_bytes=64 * KILOBYTE,
            inbuf_overflow=64 * KILOBYTE,  # what is longer goes to a file
            outbuf_high_watermark=1024 * MEGABYTE,  # no thread waits for who reads slowly
            max_request_header_size=64 * KILOBYTE,
            max_request_body_size=app.config["MAX_CONTENT_LENGTH"] + 1,
            log_socket_errors=False,
            asyncore_use_poll=True,
        )
        place = (listening.family, listening.type, listening.proto, listening.getsockname())
        super().__init__(app, {}, True, listening, dispatcher, settings, place, bind_socket=False)

    def readable(self) -> bool:
        """A worker with nobody free leaves those who come to the others; in `maintenance` it still looks after its own."""
        may: bool = super().readable()
        return may and not self.leaving and self._at_work() < self.threads

    def _at_work(self) -> int:
        return sum(1 for each in self.active_channels.values() if each.requests)

    def maintenance(self, now: float) -> None:
        super().maintenance(now)
        for each in self.active_channels.values():
            if each.too_slow(now):
                each.will_close = True

    def run(self) -> None:
        signal.signal(signal.SIGTERM, self._leave)
        while not self.leaving or (self._unanswered() and time.monotonic() < self.leaving):
            wasyncore.loop(timeout=1, use_poll=True, map=self._map, count=1)

    def _leave(self, *_: Any) -> None:
        self.leaving = time.monotonic() + LAST_WORDS
        self.pull_trigger()

    def _unanswered(self) -> bool:
        return any(each.requests or each.total_outbufs_len for each in self.active_channels.values())

"""The server: one process loads the application, listens, and keeps the workers that answer; `python -m app.serving`."""

from __future__ import annotations

import argparse
import ctypes
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from typing import NoReturn

from app import create_app, receiving
from app.db import db

AWAITED = {signal.SIGTERM, signal.SIGINT, signal.SIGCHLD}
LAST_WORDS = 10.0
"""Seconds in which workers that were told to stop finish what they answer; then they are killed."""
PAUSE = 1.0
"""Seconds between two starts of a worker that cannot live."""
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)


def main(arguments: Sequence[str] | None = None) -> None:
    order = _parser().parse_args(arguments)
    with listen(order.host, order.port) as listening:
        app = create_app()
        with app.app_context():
            db.engine.dispose()  # a connection belongs to the process that opened it
        keep(order.workers, lambda: receiving.serve(app, listening, order.threads))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m app.serving", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", help="the address to listen on; 0.0.0.0: all of this machine's")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=2, help="processes that answer")
    parser.add_argument("--threads", type=int, default=2, help="requests that each answers at a time")
    return parser


def listen(host: str, port: int) -> socket.socket:
    """One line for all workers: who is free takes the next."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        found = socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        sys.exit(f"{host}:{port}\u00a0: {error.strerror}")
    found.setblocking(False)
    return found


def keep(number: int, work: Callable[[], None]) -> None:
    """Keep `number` processes at `work` until SIGTERM or SIGINT; one that dies is replaced."""
    signal.pthread_sigmask(signal.SIG_BLOCK, AWAITED)
    living = {_start(work): time.monotonic() for _ in range(number)}
    while signal.sigwait(AWAITED) == signal.SIGCHLD:
        for pid in _ended():
            born = living.pop(pid, None)
            if born is None:
                continue
            print(f"worker {pid} died; another takes its place", file=sys.stderr, flush=True)
            time.sleep(max(0.0, born + PAUSE - time.monotonic()))
            living[_start(work)] = time.monotonic()
    _stop(set(living))


def _start(work: Callable[[], None]) -> int:
    """The number of a process that does `work` and nothing else."""
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        _live(parent, work)
    return pid


def _live(parent: int, work: Callable[[], None]) -> NoReturn:
    """A worker, from its first moment to its last: it never outlives its parent, however that ends."""
    try:
        _bind_to(parent)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches the whole group; the parent tells us
        signal.pthread_sigmask(signal.SIG_UNBLOCK, AWAITED)
        work()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _bind_to(parent: int) -> None:
    """Old code that went on answering beside the new server's would be found out by nobody."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(DIE_WITH_PARENT, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _ended() -> list[int]:
    """Which children have ended: one signal may stand for several."""
    found: list[int] = []
    while True:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return found
        if pid == 0:
            return found
        found.append(pid)


def _stop(living: set[int]) -> None:
    until = time.monotonic() + LAST_WORDS
    for pid in living:
        os.kill(pid, signal.SIGTERM)
    while living and (left := until - time.monotonic()) > 0:
        signal.sigtimedwait({signal.SIGCHLD}, min(left, 1.0))
        living.difference_update(_ended())
    for pid in living:
        os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    main()

"""How requests are received: start, speed, memory, and other people's pages while somebody sends slowly.

`python -m bench.receiving` measures the server of `make run`. `--serve "COMMAND --port {port}"` measures another one
with this application (`wsgi:app`), to compare; several may be given.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shlex
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from statistics import median, quantiles

import psutil

ROOT = Path(__file__).resolve().parent.parent
OURS = f"{sys.executable} -m app.serving --port {{port}}"
PAGE = "/connexion"
CLIENTS, EACH = 4, 100
OTHERS = 20
"""Pages that others ask for while an attack lasts."""
DOWN = 5.0
"""Seconds after which a page that has not come counts as lost."""
HONEST, SPEED = 30_000, 2_000
"""Bytes of a slow upload, and bytes a second."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", action="append", metavar="COMMAND")
    for command in parser.parse_args().serve or [OURS]:
        print(f"\n{command}")
        with tempfile.TemporaryDirectory() as folder:
            measure(command, _settings(Path(folder)))


def measure(command: str, settings: dict[str, str]) -> None:
    begin = time.monotonic()
    with serving(command, settings) as (port, server):
        spent = time.monotonic() - begin
        print(f"  first answer after {spent:.1f} s, {_cpu(server):.1f} s of processor time")
        rate, middle, slowest = _crowd(port)
        print(f"  {PAGE}, {CLIENTS} at a time: {rate:.0f} pages/s, median {middle:.1f} ms, 99th {slowest:.1f} ms")
        print(f"  memory, proportional share: {_pss(server):.0f} MB")
        usual = _others(port)
        print(f"  one visitor: median {usual[0]:.1f} ms")
        for kind, number in (("half-sent", 8), ("half-sent", 64), ("trickling", 8), ("trickling", 64)):
            with attack(port, number, trickle=kind == "trickling"):
                middle, lost = _others(port)
            fate = f"{lost} of {OTHERS} pages lost" if lost else f"median {middle:.1f} ms, ×{middle / usual[0]:.1f}"
            print(f"  {number} {kind} posts: {fate}")
        print(f"  an honest upload at {SPEED} bytes/s: {_slow_upload(port)}")


@contextmanager
def serving(command: str, settings: dict[str, str]) -> Iterator[tuple[int, psutil.Process]]:
    """A server that has answered once, and its first process; it is gone at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = shlex.split(command.format(port=port))
    process = subprocess.Popen(words, cwd=ROOT, env={**os.environ, **settings}, stderr=subprocess.DEVNULL)
    try:
        while _page(port) is None:
            if process.poll() is not None:
                sys.exit("the server did not start")
            time.sleep(0.02)
        yield port, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()


@contextmanager
def attack(port: int, number: int, trickle: bool) -> Iterator[None]:
    """`number` posts of which the half has come; the rest comes never, or a byte at a time."""
    head = f"POST {PAGE} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    begun = (head + "Content-Length: 20000\r\n\r\n" + "email=" + "a" * 10_000).encode()
    done = threading.Event()
    lines = [socket.create_connection(("127.0.0.1", port)) for _ in range(number)]
    for line in lines:
        line.sendall(begun)

    def drip() -> None:
        while trickle and not done.wait(0.2):
            for line in lines:
                with contextlib.suppress(OSError):
                    line.send(b"a")

    dripping = threading.Thread(target=drip)
    dripping.start()
    time.sleep(0.5)
    try:
        yield
    finally:
        done.set()
        dripping.join()
        for line in lines:
            line.close()


def _settings(folder: Path) -> dict[str, str]:
    settings = {
        "FLASK_APP": "wsgi.py",
        "DATABASE_URL": f"sqlite:///{folder / 'bench.sqlite'}",
        "SEBEN_STORE_URL": (folder / "files").as_uri(),
        "SEBEN_KEYS_FOLDER": str(folder / "keys"),
        "SEBEN_UPLOADS_FOLDER": str(folder / "uploads"),
        "SECRET_KEY": "only for this program " * 2,
        "SEBEN_SECURITY_PASSWORD_SALT": "only for this program " * 2,
    }
    upgrade = [sys.executable, "-m", "flask", "db", "upgrade", "heads"]
    subprocess.run(upgrade, cwd=ROOT, env={**os.environ, **settings}, check=True, capture_output=True)
    return settings


def _page(port: int) -> float | None:
    """Milliseconds that a page takes a visitor who comes anew; None where it does not come."""
    begin = time.perf_counter()
    connection = HTTPConnection("127.0.0.1", port, timeout=DOWN)
    try:
        connection.request("GET", PAGE)
        answer = connection.getresponse()
        answer.read()
    except (OSError, HTTPException):
        return None
    finally:
        connection.close()
    assert answer.status == 200, answer.status
    return (time.perf_counter() - begin) * 1000


def _others(port: int) -> tuple[float, int]:
    """The median of what others wait for a page, and how many pages did not come."""
    times: list[float] = []
    lost = 0
    for _ in range(OTHERS):
        spent = _page(port)
        if spent is not None:
            times.append(spent)
            continue
        lost += 1
        if lost == 3:  # nobody waits longer to believe it
            return 0.0, OTHERS - len(times)
    return median(times), lost


def _crowd(port: int) -> tuple[float, float, float]:
    """Pages a second, and the median and the 99th percentile of their milliseconds, on connections that stay open."""
    times: list[float] = []

    def visitor() -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        for _ in range(EACH):
            begin = time.perf_counter()
            connection.request("GET", PAGE)
            connection.getresponse().read()
            times.append((time.perf_counter() - begin) * 1000)

    visitors = [threading.Thread(target=visitor) for _ in range(CLIENTS)]
    begin = time.perf_counter()
    for each in visitors:
        each.start()
    for each in visitors:
        each.join()
    spent = time.perf_counter() - begin
    return len(times) / spent, median(times), quantiles(times, n=100)[98]


def _slow_upload(port: int) -> str:
    boundary = "b" * 20
    file = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'.encode()
    body = file + b"a" * HONEST + f"\r\n--{boundary}--\r\n".encode()
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    connection.putrequest("POST", "/verifier")
    connection.putheader("Content-Type", f"multipart/form-data; boundary={boundary}")
    connection.putheader("Content-Length", str(len(body)))
    connection.endheaders()
    try:
        for begin in range(0, len(body), SPEED // 2):
            connection.send(body[begin : begin + SPEED // 2])
            time.sleep(0.5)
        return f"answered with {connection.getresponse().status}"
    except (OSError, HTTPException) as error:
        return f"lost ({error!r})"


def _family(server: psutil.Process) -> list[psutil.Process]:
    return [server, *server.children(recursive=True)]


def _cpu(server: psutil.Process) -> float:
    return sum(sum(each.cpu_times()[:2]) for each in _family(server))


def _pss(server: psutil.Process) -> float:
    return float(sum(each.memory_full_info().pss for each in _family(server))) / 1024 / 1024


if __name__ == "__main__":
    main()

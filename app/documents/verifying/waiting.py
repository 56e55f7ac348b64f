"""The line in which foreign files wait: one at a time is read on this machine, whichever process was asked.

A file waits under a ticket, whose name sorts: who has an account before strangers, then by arrival. Whoever waits asks again
and again; a ticket nobody asks for is given up, and its file with it.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from app.content.canonical import digest

MOST = 24
"""Files in the line, of everybody together."""
EACH = 3
"""Of them, files of one address or one person."""
GIVEN_UP = 30.0
"""Seconds after which a ticket that nobody asked for is taken out."""
_TICKET = re.compile(r"[01]-\d{20}-[0-9a-f]{16}-[A-Za-z0-9_-]{22}")


class Full(Exception):
    """No more files are taken into the line for now, of this asker or of anybody."""


class Gone(Exception):
    """There is no such ticket: it was answered, given up, or never one."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A file in the line, as it came."""

    name: str
    content: bytes


class WaitingLine:
    """The line that is kept in `folder`, which all processes of this machine share."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = folder

    def join(self, file: Waiting, asker: str, known: bool) -> str:
        """The ticket of a file that now waits. `asker` is an address, or who it is (`known`). Raises `Full`."""
        whose = digest(asker.encode())[:16]
        with self._open("door") as door:  # who comes at the same moment is counted too
            fcntl.flock(door, fcntl.LOCK_EX)
            tickets = self._tickets()
            if len(tickets) >= MOST or sum(1 for each in tickets if each.split("-")[2] == whose) >= EACH:
                raise Full
            ticket = f"{0 if known else 1}-{time.time_ns():020d}-{whose}-{secrets.token_urlsafe(16)}"
            arriving = self.folder / f"arriving-{ticket}"
            arriving.write_bytes(json.dumps(file.name).encode() + b"\n" + file.content)
            _touch(arriving)
            arriving.rename(self.folder / ticket)
        return ticket

    def before(self, ticket: str) -> int:
        """How many files come before this one; it stays in the line for asking. Raises `Gone`."""
        self._still(ticket)
        ahead = sum(1 for each in self._tickets() if each < ticket)
        return ahead or int(self._is_reading())

    @contextmanager
    def turn(self, ticket: str) -> Iterator[Waiting | None]:
        """The file, while inside: no other is read meanwhile, and it is gone afterwards. None while others come first."""
        self._still(ticket)
        with self._open("reading") as reading:
            if any(each < ticket for each in self._tickets()) or not _taken(reading):
                yield None
                return
            path = self.folder / ticket
            try:
                name, _, content = path.read_bytes().partition(b"\n")
            except FileNotFoundError as gone:  # read meanwhile, for the same person in another tab
                raise Gone from gone
            try:
                yield Waiting(json.loads(name), content)
            finally:
                path.unlink(missing_ok=True)

    def _still(self, ticket: str) -> None:
        if not _TICKET.fullmatch(ticket):
            raise Gone
        try:
            _touch(self.folder / ticket)
        except FileNotFoundError as gone:
            raise Gone from gone

    def _tickets(self) -> list[str]:
        """Those in the line, in no order; those that were given up go."""
        found, now = [], time.time()
        for path in self.folder.iterdir():
            if not _TICKET.fullmatch(path.name.removeprefix("arriving-")):
                continue
            with suppress(FileNotFoundError):
                if abs(now - path.stat().st_mtime) > GIVEN_UP:  # either way: the clock may have been set back
                    path.unlink()
                elif _TICKET.fullmatch(path.name):
                    found.append(path.name)
        return found

    def _is_reading(self) -> bool:
        with self._open("reading") as reading:
            return not _taken(reading)

    def _open(self, name: str) -> IO[str]:
        return (self.folder / name).open("a")


def _touch(path: Path) -> None:
    now = time.time()
    os.utime(path, (now, now))


def _taken(lock: IO[str]) -> bool:
    """Whether the lock is ours now; it is until the file is closed, or the process dies."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

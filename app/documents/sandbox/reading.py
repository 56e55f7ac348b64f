"""Word files and spreadsheets read apart: in a process with limits on time and memory, one file at a time on a machine."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from app.documents.sandbox import reader, told
from app.documents.sheets import opening as sheet_opening
from app.documents.sheets import packed
from app.documents.sheets.reading import Book
from app.documents.word import opening as word_opening
from app.documents.word.reading import Copy

MEGABYTES = 768
SECONDS = 12
"""Of the processor; a machine that has other things to do is given twice as long."""
PATIENCE = 4.0
"""Seconds for which one waits while somebody else's file is read."""
STOPPED = (
    "La lecture de ce fichier a pris trop de temps ou de place\u00a0: il a été refusé. Vérifiez d’où il vient\u202f; s’il "
    "est à vous, copiez son texte dans un nouveau document, puis déposez-le."
)
BUSY = "Le fichier d’une autre personne est en cours de lecture\u00a0: déposez le vôtre de nouveau dans un instant."


class _Stopped(Exception):
    """The file was not read; the argument is a French sentence."""


def read_word(data: bytes) -> Copy:
    """What a Word file holds. Raises `documents.word.opening.Unreadable`."""
    if len(data) > word_opening.LARGEST_FILE:
        raise word_opening.UnreadableWord(word_opening.TOO_LARGE)
    try:
        return told.copy(_read("word", data))
    except _Stopped as error:
        raise word_opening.UnreadableWord(str(error)) from error


def read_sheets(data: bytes) -> Book:
    """What a spreadsheet holds. Raises `documents.sheets.opening.Unreadable`."""
    if len(data) > sheet_opening.LARGEST_FILE:
        raise sheet_opening.UnreadableSheet(sheet_opening.TOO_LARGE)
    try:
        return packed.unpack(str(_read("sheet", data)))
    except _Stopped as error:
        raise sheet_opening.UnreadableSheet(str(error)) from error


def _read(kind: str, data: bytes) -> Any:
    command = [sys.executable, "-I", str(Path(reader.__file__)), kind, str(MEGABYTES), str(SECONDS)]
    with _turn():
        try:
            done = subprocess.run(command, input=data, capture_output=True, timeout=2 * SECONDS, check=True)
        except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
            raise _Stopped(STOPPED) from error
    answer = orjson.loads(done.stdout)
    if "refused" in answer:
        raise _Stopped(answer["refused"])
    return answer["found"]


@contextmanager
def _turn() -> Iterator[None]:
    """One file is read at a time by all the processes that serve: the lock is the program's own file, which all have."""
    handle = os.open(reader.__file__, os.O_RDONLY)
    until = time.monotonic() + PATIENCE
    try:
        while not _taken(handle):
            if time.monotonic() > until:
                raise _Stopped(BUSY)
            time.sleep(0.05)
        yield
    finally:
        os.close(handle)


def _taken(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

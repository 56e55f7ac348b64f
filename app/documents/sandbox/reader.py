"""Word files and spreadsheets opened. Runs as a process of its own, since the files are anybody's.

Run with `word` or `sheet`, megabytes and seconds of its limits; reads the file from standard input, and writes one line of
JSON: {"found": what the file holds} or {"refused": the French sentence}. It ends otherwise where a limit is reached.
"""

from __future__ import annotations

import os
import resource
import sys
import types
from collections.abc import Callable
from pathlib import Path

import orjson

APP = Path(__file__).resolve().parents[2]
MEGABYTE = 1024 * 1024
LARGEST_ANSWER = 30 * MEGABYTE


def main() -> None:
    kind, megabytes, seconds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    resource.setrlimit(resource.RLIMIT_AS, (megabytes * MEGABYTE, megabytes * MEGABYTE))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(10)  # pages that people wait for come first
    data = sys.stdin.buffer.read()
    _enter_house()
    answer = orjson.dumps({"word": _word, "sheet": _sheet}[kind](data))
    if len(answer) > LARGEST_ANSWER:
        sys.exit(1)
    sys.stdout.buffer.write(answer)


def _enter_house() -> None:
    """The modules that read are imported without what makes the application, which takes a second."""
    house = types.ModuleType("app")
    house.__path__ = [str(APP)]
    sys.modules["app"] = house


def _word(data: bytes) -> dict[str, object]:
    from app.documents.word.opening import UnreadableWord
    from app.documents.word.reading import read

    return _answered(lambda: read(data), UnreadableWord)


def _sheet(data: bytes) -> dict[str, object]:
    from app.documents.sheets.opening import UnreadableSheet
    from app.documents.sheets.packed import pack
    from app.documents.sheets.reading import read

    return _answered(lambda: pack(read(data)), UnreadableSheet)


def _answered(work: Callable[[], object], refusal: type[Exception]) -> dict[str, object]:
    try:
        return {"found": work()}
    except refusal as error:
        return {"refused": str(error)}


if __name__ == "__main__":
    main()

"""How long the official document takes: warm, in a new process, and with 2,000 attendees. Run: python -m bench.pdf"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from statistics import median

from app.documents.pdf import Rendered, render, render_apart
from app.documents.tree import Document
from tests.unit.pdf_demo import demo

AT = datetime(2031, 3, 20, 10, tzinfo=UTC)


def main() -> None:
    report, crowd = demo(attendees=80), demo(attendees=2_000)
    measure("report, warm", 82, 15, lambda turn: render(report, source=source(turn), made_on=AT))
    measure(
        "report, one word changed", 82, 15, lambda turn: render(renamed(report, turn), source=source(turn), made_on=AT)
    )
    measure("report, new process", 150, 9, lambda turn: render_apart(report, source=source(turn), made_on=AT))
    measure("2,000 attendees, warm", 1_000, 3, lambda turn: render(crowd, source=source(turn), made_on=AT))
    measure("2,000 attendees, new process", 1_000, 3, lambda turn: render_apart(crowd, source=source(turn), made_on=AT))


def measure(name: str, bar: int, times: int, job: Callable[[int], Rendered]) -> None:
    pages = job(-1).pages
    spent = []
    for turn in range(times):
        start = time.perf_counter()
        job(turn)
        spent.append((time.perf_counter() - start) * 1000)
    print(f"{name:30} {pages:4} pages {median(spent):8.1f} ms (best {min(spent):.1f})  bar {bar} ms")


def source(turn: int) -> bytes:
    """A new source each time, so that no compiled document is found again."""
    return f'{{"turn":{turn}}}'.encode()


def renamed(document: Document, turn: int) -> Document:
    return replace(document, reference=f"essai {turn}", cover=replace(document.cover, month=f"Mois {turn}"))


if __name__ == "__main__":
    main()

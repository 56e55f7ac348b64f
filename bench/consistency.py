"""How long checking a report takes: the real one where it is at hand, and with many attendees. Run: bench/consistency.py"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.content.blocks import Block, Content
from app.content.canonical import content_bytes
from app.reports.consistency.case import Case
from app.reports.consistency.language import levelled
from app.reports.consistency.rules import check
from app.reports.models.report import decode
from tests.cast import row
from tests.e2e import source
from tests.unit import typed_report

BAR = 20.0  # milliseconds, for the real report
ROUNDS = 50


def taken(case: Case, *, warm: bool) -> float:
    """The median time of a check in milliseconds; `warm`: texts met before are known again, as on a server at work."""
    times = []
    for _ in range(ROUNDS):
        if not warm:
            levelled.cache_clear()
        fresh = replace(case, contents=again(case.contents))
        start = perf_counter()
        check(fresh)
        times.append((perf_counter() - start) * 1000)
    return median(times)


def again(contents: Mapping[str, Content]) -> dict[str, Content]:
    """The contents as a database gives them: other objects that say the same."""
    return {key: decode(content_bytes(content).decode()) for key, content in contents.items()}


def crowd(case: Case, size: int) -> Case:
    people: list[Block] = [
        row("attendees", name=f"Prénom{n} NOM{n}", body="Structure", contact="", signed="") for n in range(size)
    ]
    return replace(case, contents={**case.contents, "attendance": tuple(people)})


def main() -> int:
    if not source.FILE.exists():
        print(f"The real report is not at {source.FILE}: it was not checked.")
        return 0
    case = typed_report.case(source.read())
    found = len(check(case))
    new, known = taken(case, warm=False), taken(case, warm=True)
    print(f"the real report, {found} findings: {known:.1f} ms; all texts new {new:.1f} ms (bar {BAR:.0f} ms)")
    print(f"the same with 2,000 attendees: {taken(crowd(case, 2_000), warm=True):.1f} ms")
    return int(new > BAR)


if __name__ == "__main__":
    sys.exit(main())

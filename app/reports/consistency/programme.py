"""The programme: its hours run forward, and no session begins before the one before it has ended."""

from __future__ import annotations

from collections.abc import Iterator

from app.reports.consistency.case import Case, Inconsistency, in_row
from app.reports.consistency.language import hours


def times(case: Case) -> Iterator[Inconsistency]:
    before: tuple[int, int] | None = None
    before_said = ""
    for row in case.rows("programme", "slots"):
        said = row.fields.get("hours", "").strip()
        named = hours(said)
        if not named:
            continue
        start, end = named[0], named[-1]
        # Two sessions in the same hours run side by side.
        if before is not None and (start, end) == before:
            continue
        if end < start:
            yield in_row("programme", row, "hours", what=f"« {said} » finit avant de commencer")
        elif before is not None and start < before[0]:
            yield in_row(
                "programme", row, "hours", what=f"« {said} » vient après « {before_said} », qui commence plus tard"
            )
        elif before is not None and start < before[1]:
            yield in_row("programme", row, "hours", what=f"« {said} » chevauche « {before_said} »")
        before, before_said = (start, max(start, end)), said

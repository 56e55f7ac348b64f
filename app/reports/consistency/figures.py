"""Figures that must agree: names on the list of presence against the number announced, quotas against their total."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from app.reports.consistency.case import Case, CasePassage, Inconsistency, at
from app.reports.consistency.language import levelled, number, number_pattern

_ANNOUNCED = re.compile(
    r"\bliste\b[^.;]{0,80}\b(?:annex\w*|jointe?s?|presence)\b|\b(?:noms|presence)\b[^.;]{0,80}\bannex\w*"
)
_PEOPLE = r"(?:personnes|participante?s?|invitee?s?)"


@cache
def _counted() -> re.Pattern[str]:
    return re.compile(rf"\b(?P<number>{number_pattern()})(?: *\((?P<figure>\d+)\))? +{_PEOPLE}\b")


def unlisted(case: Case) -> Iterator[Inconsistency]:
    """Nobody on the list of presence; worse where the report announces it."""
    if not case.rows("attendance", "attendees") and not _announcing(case):
        yield Inconsistency("attendance", "attendees", field="name")


def announced(case: Case) -> Iterator[Inconsistency]:
    """The list of presence is announced, and empty."""
    passage = _announcing(case)
    if passage is not None and not case.rows("attendance", "attendees"):
        found = _ANNOUNCED.search(passage.levelled)
        assert found is not None
        quote = passage.text[slice(*found.span())]
        yield Inconsistency("attendance", "attendees", field="name", quote=quote, words={"quoted": quote})


def _announcing(case: Case) -> CasePassage | None:
    return next((each for each in case.texts("introduction") if _ANNOUNCED.search(each.levelled)), None)


def fewer(case: Case) -> Iterator[Inconsistency]:
    """The introduction counts more people than the list of presence names."""
    named = len(case.rows("attendance", "attendees"))
    counts = [count for passage in case.texts("introduction") for count in _counts(passage)]
    if named and counts and max(counts)[0] > named:
        count, passage, quote = max(counts, key=lambda each: each[0])
        yield at(passage, quote, announced=str(count), named=str(named))


def _counts(passage: CasePassage) -> Iterator[tuple[int, CasePassage, str]]:
    for found in _counted().finditer(passage.levelled.replace("-", " ")):
        count = int(found["figure"]) if found["figure"] else number(found["number"])
        if count:
            yield count, passage, passage.text[slice(*found.span())]


def quotas(case: Case) -> Iterator[Inconsistency]:
    """The quotas of the terms of reference do not add up to the total they announce."""
    rows = case.rows("terms", "quotas")
    totals = [row for row in rows if levelled(row.fields.get("category", "")).startswith("total")]
    figures = [row.fields.get("number", "").strip() for row in rows if row not in totals]
    if not figures:
        return
    for row in rows:
        said = row.fields.get("number", "").strip()
        if not said.isdecimal():
            yield at(CasePassage("terms", row, "number", said), said, what=f"« {said or 'vide'} » n’est pas un nombre")
            return
    total = sum(int(figure) for figure in figures)
    for row in totals:
        if int(row.fields["number"]) != total:
            said = row.fields["number"].strip()
            yield at(CasePassage("terms", row, "number", said), said, what=f"ils font {total}, le tableau dit {said}")
    for passage in case.texts("terms"):
        if passage.block.zone == "participants":
            for count, _, quote in _counts(passage):
                if count != total:
                    yield at(passage, quote, what=f"ils font {total}, le texte dit {count}")

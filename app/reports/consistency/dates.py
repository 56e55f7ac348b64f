"""Dates: the one in words against the meeting’s, and the tables of the terms of reference against it and each other."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from app.reports.consistency.case import Case, CasePassage, Inconsistency, at, put
from app.reports.consistency.language import MONTHS, levelled, number, number_pattern, year
from app.workshops import wording

MISSIONS = ("steering_missions", "staff_missions")
_WEEKDAYS = "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"


@cache
def _formula() -> re.Pattern[str]:
    return re.compile(
        r"\bl'an (?P<year>[a-z0-9 ]{3,40}?) *,? +(?:et +)?(?:le|du|ce) +"
        rf"(?:(?:{_WEEKDAYS}) +)?(?P<day>premier|1er|{number_pattern(31)})\b"
        rf"(?: +jour)?(?: +du +mois)?(?: +de| +d')?(?: *(?P<month>{'|'.join(MONTHS)})\b)?"
    )


def in_words(case: Case) -> Iterator[Inconsistency]:
    """The opening formula says another day than the meeting's, or not all of it."""
    for passage in case.texts("introduction"):
        found = _formula().search(passage.levelled.replace("-", " "))
        if found is None:
            continue
        wrong = _wrong(case, found)
        if wrong:
            end = found.end()
            while passage.text[end : end + 1].isspace() and passage.text[end:].lstrip()[:1] == ",":
                end += 1
            start, right = found.start(), wording.date_in_words(case.held_on)
            right = right if passage.text[start] == "L" else right[0].lower() + right[1:]
            said = passage.text[start:end].strip()
            yield at(passage, said, put(passage, start, end, right), wrong=wrong, day=wording.day(case.held_on))


def _wrong(case: Case, found: re.Match[str]) -> str:
    if found["month"] is None:
        return "le mois manque"
    if MONTHS.index(found["month"]) + 1 != case.held_on.month:
        return "le mois n’est pas le bon"
    if number(found["day"]) != case.held_on.day:
        return "le jour n’est pas le bon"
    said = year(found["year"])
    return "l’année n’est pas la bonne" if said is not None and said != case.held_on.year else ""


def two_tables(case: Case) -> Iterator[Inconsistency]:
    """The tables of the terms give one meeting two dates."""
    first: dict[str, str] = {}
    for zone in MISSIONS:
        for row in case.rows("terms", zone):
            name, said = row.fields.get("territory", "").strip(), row.fields.get("date", "").strip()
            before = first.setdefault(levelled(name), said)
            if said and before and wording.read_day(said) != wording.read_day(before):
                yield at(CasePassage("terms", row, "date", said), said, territory=name, one=before, other=said)


def in_tables(case: Case) -> Iterator[Inconsistency]:
    """A table of the terms gives this meeting another date than the report."""
    for zone in MISSIONS:
        for row in case.rows("terms", zone):
            said = row.fields.get("date", "").strip()
            day = wording.read_day(said)
            here = levelled(row.fields.get("territory", "").strip()) in _names(case.territory)
            if here and day is not None and day != case.held_on:
                yield at(CasePassage("terms", row, "date", said), said, said=said, day=wording.day(case.held_on))


def unsupervised(case: Case) -> Iterator[Inconsistency]:
    """A table of missions names nobody for this territory."""
    for zone in MISSIONS:
        for row in case.rows("terms", zone):
            here = levelled(row.fields.get("territory", "").strip()) in _names(case.territory)
            if here and not row.fields.get("person", "").strip():
                yield at(CasePassage("terms", row, "person", ""), "", table=_TABLES[zone], territory=case.territory)


_TABLES = {"steering_missions": "comité de pilotage", "staff_missions": "équipe technique"}


def _names(territory: str) -> frozenset[str]:
    """How a table may name the territory: "District de Bamako" and "Bamako"."""
    name = levelled(territory)
    return frozenset({name, re.sub(r"^(?:district|region|cercle|commune) (?:de |du |d')(?:la |l')?", "", name)})

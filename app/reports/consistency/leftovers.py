"""Words left from another report: another budget year, another territory's name, a date of another campaign."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.reports.consistency.case import Case, CasePassage, Inconsistency, Mend, at, put
from app.reports.consistency.language import levelled

# Where the report speaks of its own meeting and its own budget, and of no other's.
OWN_BUDGET = ("introduction", "presentation", "programme", "terms")
OWN_PLACE = ("introduction", "ceremony", "proceedings", "bureau", "conclusion", "signatures", "programme")

_BUDGET = re.compile(
    r"\b(?:budgets?|bp)(?: +(?:primitifs?|regional|regionaux|communal|communaux|annuels?))?"
    r"(?: +(?:de +l'(?:annee|exercice)|pour|de))? +(20\d\d)\b"
)
# Such a clause tells of the years around, as a report may.
_OTHER_YEARS = re.compile(
    r"\b(?:bilan|compte administratif|preceden\w*|passee?s?|anterieu\w*|rappel\w*|compar\w*|suivant\w*|prochain\w*|"
    r"avant-projet|projet de budget|ancien\w*|depuis|realise\w*|point de la mise en oeuvre|etat d'execution)\b"
)
_BODY = re.compile(
    r"\b(?:conseils? (?:regional|de cercle|communal)|regions?|cercles?|communes?|districts?|mairie|crsb|gouverneur|"
    r"gouvernorat|prefet|prefecture|maire|commission regionale)"
    r" +(?:de +la +region +de +|de +la +|de +l'|du +|de +|d')(?=[a-z])"
)
_NAME = re.compile(r"[a-z]+(?:[ '-][a-z]+){0,3}")


def other_year(case: Case) -> Iterator[Inconsistency]:
    """The report's own budget bears another year."""
    right = str(case.budget_year)
    for passage in case.texts(*OWN_BUDGET):
        text = passage.levelled
        for found in _BUDGET.finditer(text):
            clause = _clause(text, found.start(), found.end())
            if found[1] == right or right in clause or _OTHER_YEARS.search(clause):
                continue
            start, end = found.span(1)
            quote = passage.text[found.start() : end]
            yield at(passage, quote, put(passage, start, end, right), quoted=quote, year=right)


def _clause(text: str, start: int, end: int) -> str:
    """The stretch between two stops in which the match stands."""
    left = max(text.rfind(stop, 0, start) for stop in ".;:!?\n")
    rights = [place for stop in ".;:!?\n" if (place := text.find(stop, end)) >= 0]
    return text[left + 1 : min(rights, default=len(text))]


def other_territory(case: Case) -> Iterator[Inconsistency]:
    """A body of another territory stands where the report speaks of its own."""
    for passage in case.texts(*OWN_PLACE):
        if (passage.part, passage.block.zone) == ("ceremony", "speeches"):
            continue
        text = passage.levelled
        for body in _BODY.finditer(text):
            name = _named(case, text, body.end())
            if name:
                end = body.end() + len(name)
                quote = passage.text[body.start() : end]
                yield at(passage, quote, _mend(case, passage, body, end), quoted=quote, territory=case.territory)


def _named(case: Case, text: str, start: int) -> str:
    """The other territory's name that begins there, the longest one; "" where none does."""
    found = _NAME.match(text, start)
    said = found[0] if found else ""
    while said and said not in case.elsewhere:
        said = re.sub(r"(?:^|[ '-])[a-z]+$", "", said)
    return said


def _mend(case: Case, passage: CasePassage, body: re.Match[str], end: int) -> Mend | None:
    """The territory's own name instead, where only the name has to change."""
    plain = body[0].rstrip().endswith(" de") and " " not in case.territory
    if not plain or levelled(case.territory)[0] in "aeiouy":
        return None
    return put(passage, body.end(), end, case.territory)

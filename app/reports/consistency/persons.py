"""The persons that a report names: in its bureau, its signatures, its speeches, its lists, and in its sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from app.content.blocks import Block
from app.reports.consistency.case import Case, CasePassage
from app.reports.consistency.language import levelled, stems

_CIVILITY = r"(?:Monsieur|Madame|Mademoiselle|Mme|Mlle|MM?\.|Mr\.?|Dr\.?|Docteur|El Hadji?)"
_GIVEN = r"(?:[A-ZÀ-ÖØ-ÞƐƆƝŊ][\w’'-]*[a-zà-öø-ÿɛɔɲŋ][\w’'-]*[ \u00a0\u202f]+){0,4}"
_SURNAME = r"[A-ZÀ-ÖØ-ÞƐƆƝŊ][A-ZÀ-ÖØ-ÞƐƆƝŊ’'-]+(?:[ \u00a0][A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ’'-]{3,})?(?![\w])"
_NAMED = re.compile(rf"\b{_CIVILITY}[ \u00a0\u202f]+(?P<first>{_GIVEN})(?P<surname>{_SURNAME})")
_BESIDE = re.compile(r"^ *,? *(?P<title>[^,;.:()\n]+)")
_NOT_TITLE = re.compile(r" (?:en presence|a|ont|et|qui|presidait|representait|dont|avec|pour) .*$")
# The stems of the words that a title begins with.
_TITLES = frozenset(
    {
        "1",
        "2",
        "3",
        "adjoin",
        "admini",
        "agent",
        "ambass",
        "chef",
        "cheffe",
        "charge",
        "commis",
        "compta",
        "consei",
        "coordi",
    }
    | {
        "delegu",
        "direct",
        "expert",
        "gouver",
        "ingeni",
        "inspec",
        "juge",
        "maire",
        "membre",
        "minist",
        "point",
        "prefet",
    }
    | {"presid", "receve", "repres", "respon", "secret", "sous", "techni", "tresor"}
)
WRITTEN = ("introduction", "ceremony", "proceedings", "method", "conclusion")


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """One naming of a person. `first` is empty where only the surname is said; `title` and `body` where none is."""

    first: str
    surname: str
    passage: CasePassage
    title: str = ""
    body: str = ""
    start: int = 0
    end: int = 0

    @property
    def name(self) -> str:
        return f"{self.first} {self.surname}".strip()

    @property
    def key(self) -> tuple[str, str]:
        return levelled(self.first), levelled(self.surname)

    @property
    def says(self) -> frozenset[str]:
        return stems(self.title)


def bureau(case: Case) -> list[NamedPerson]:
    return [_of_row("bureau", row, "surname") for row in case.rows("bureau", "members") if row.fields.get("surname")]


def signatories(case: Case) -> list[NamedPerson]:
    rows = case.rows("signatures", "signatories")
    return [_of_row("signatures", row, "surname") for row in rows if row.fields.get("surname", "").strip()]


def _of_row(part: str, row: Block, name: str) -> NamedPerson:
    fields = {key: value.strip() for key, value in row.fields.items()}
    passage = CasePassage(part, row, name, row.fields.get(name, ""))
    return NamedPerson(
        fields.get("first_name", ""),
        fields.get("surname", ""),
        passage,
        fields.get("title", "").rstrip(" .;"),
        fields.get("body", ""),
    )


def speakers(case: Case) -> list[NamedPerson]:
    rows = case.rows("ceremony", "speeches")
    return [
        _of_line(CasePassage("ceremony", row, "speaker", said))
        for row in rows
        if (said := row.fields.get("speaker", "")).strip()
    ]


def attendees(case: Case) -> list[NamedPerson]:
    rows = case.rows("attendance", "attendees")
    return [
        _of_line(CasePassage("attendance", row, "name", said))
        for row in rows
        if (said := row.fields.get("name", "")).strip()
    ]


def _of_line(passage: CasePassage) -> NamedPerson:
    """A name on one line: given names, then the surname, which is what stands in capitals, else the last word."""
    said = re.sub(rf"^{_CIVILITY}\s+", "", passage.text.strip().split(",")[0])
    parts = said.split()
    capitals = [part for part in parts if part.isupper() and len(part) > 1] or parts[-1:]
    first = " ".join(part for part in parts if part not in capitals)
    return NamedPerson(first, " ".join(capitals), passage, start=0, end=len(passage.text))


def in_sentences(case: Case) -> Iterator[NamedPerson]:
    """Who is named in sentences, after "Monsieur" or "Madame", with the title that follows the name."""
    for passage in case.texts(*WRITTEN):
        if passage.field == "speaker":
            continue
        for found in _NAMED.finditer(passage.text):
            start = found.start("first") if found["first"] else found.start("surname")
            first, surname = " ".join(found["first"].split()), " ".join(found["surname"].split())
            yield NamedPerson(first, surname, passage, title(passage.text[found.end() :]), "", start, found.end())


def title(after: str) -> str:
    """The title with which the words after a name begin; "" where they begin with something else."""
    found = _BESIDE.match(re.sub(r"\^\{([^}]*)\}", r"\1", after))
    if found is None:
        return ""
    said = found["title"].strip()
    cut = _NOT_TITLE.search(" " + levelled(said) + " ")
    said = (said if cut is None else said[: max(cut.start() - 1, 0)]).strip()
    head = stems(said.replace(" - ", "-").split()[0]) if said else frozenset()
    return said if any(each.startswith(("vice",)) or each in _TITLES for each in head) else ""

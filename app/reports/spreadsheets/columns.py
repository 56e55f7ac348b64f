"""Which column is which field: guessed by what people write at the head of their lists, and said by whoever uploads."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from app import template
from app.documents.sheets.reading import Row, Spreadsheet
from app.template import BY_KEY, Part, Shape, Zone

PARTS: tuple[Part, ...] = tuple(BY_KEY[key] for key in ("recommendations", "follow_up", "programme", "attendance"))
"""The parts whose rows come from spreadsheets."""

LINES_TRIED = 30
_ENDINGS = re.compile(r"\(\w{1,2}\)")  # prénom(s)
_ACCENTS = re.compile("[\u0300-\u036f]+")
_OTHERS = re.compile(r"[^a-z0-9]+")
_LONGEST_HEAD = 60
_EXACT, _BEGINS, _HOLDS = 3, 2, 1

# What is written at the head of a column, without accents; the field's own label counts besides.
_SYNONYMS: Mapping[str, Mapping[str, str]] = {
    "attendee": {
        "name": "nom et prenom|noms et prenoms|prenoms et noms|nom prenom|prenom nom|nom complet|nom|noms|prenom|prenoms"
        "|participant|participants|participante|nom de famille|identite",
        "body": "structure|structures|qualite|qualites|organisation|organisme|institution|fonction|service|titre"
        "|provenance|association|entite",
        "contact": "contact|contacts|tel|telephone|telephones|numero de telephone|n de telephone|n tel|portable|mobile"
        "|cellulaire|email|e mail|mail|courriel|adresse electronique",
        "signed": "emargement|emargements|signature|signatures|visa",
        "consent": "accord|consentement|publication",
    },
    "slot": {
        "hours": "heures|heure|horaire|horaires|debut|fin|heure de debut|heure de fin|de|a",
        "text": "intervention|interventions|activite|activites|theme|themes|sequence|contenu|point|points|sujet"
        "|communication",
        "responsible": "responsable|responsables|intervenant|intervenants|charge|animateur|facilitateur|par|orateur",
    },
    "recommendation": {
        "text": "recommandation|recommandations|libelle|intitule|texte|formulation",
        "addressee": "destinataire|destinataires|responsable|responsables|structure responsable|acteur|acteurs|qui",
        "deadline": "echeance|echeances|delai|delais|date limite|periode|date|quand",
        "proof": "preuve|preuves|preuve attendue|indicateur|indicateurs|moyen de verification|source de verification",
        "sector": "secteur|secteurs|domaine|domaines|theme",
    },
    "follow_up": {
        "text": "recommandation|recommandations|libelle|intitule|texte",
        "status": "statut|etat|situation",
        "execution": "etat d execution|execution|niveau d execution|etat de mise en oeuvre|niveau de mise en oeuvre"
        "|mise en oeuvre|realisation|realisations|actions menees",
        "observations": "observation|observations|commentaire|commentaires|remarque|remarques|justification|difficultes",
    },
}


def zone_of(part: Part) -> Zone:
    """The grid of a part that spreadsheets fill."""
    return next(zone for zone in part.zones if zone.shape is not None)


@dataclass(frozen=True, slots=True)
class Matching:
    """How a sheet is read: the line of its column heads (1 is the first; 0: it has none), and by column its field."""

    header: int
    fields: tuple[str, ...]

    def columns(self, name: str) -> list[int]:
        return [column for column, field in enumerate(self.fields) if field == name]


def plain(text: str) -> str:
    """`text` without accents, case and punctuation."""
    bare = unicodedata.normalize("NFKD", _ENDINGS.sub("", text.lower()).replace("œ", "oe"))
    said = _ACCENTS.sub("", bare)
    return _OTHERS.sub(" ", said).strip()


@lru_cache(maxsize=16)
def _known(shape: Shape) -> dict[str, str]:
    """Field by what is written at the head of its column."""
    found = {plain(field.label): field.name for field in shape.fields}
    for name, words in _SYNONYMS[shape.key].items():
        for word in words.split("|"):
            found.setdefault(word, name)
    return found


@lru_cache(maxsize=4096)
def field_of(head: str, shape: Shape) -> tuple[str, int]:
    """The field that a column of this head is most likely for, and how sure that is; ("", 0) for none."""
    said = plain(head)
    known = _known(shape)
    if said in known:
        return known[said], _EXACT
    for strength, fits in ((_BEGINS, f"{said} ".startswith), (_HOLDS, f" {said} ".__contains__)):
        for word in sorted(known, key=len, reverse=True):
            if len(word) > 2 and fits(f"{word} " if strength == _BEGINS else f" {word} "):
                return known[word], strength
    return "", 0


def guess_header(sheet: Spreadsheet, shape: Shape) -> int:
    """The line that names the most fields; 0 where none names any."""
    best, line = 0, 0
    for number, row in _tried(sheet):
        heads = [field_of(cell, shape) for cell in row if cell and len(cell) < _LONGEST_HEAD]
        named = {name for name, sure in heads if name}
        lower = number == line + 1 and len(named) == best > 1  # of a head of two lines
        if (len(named) > best or lower) and (len(named) > 1 or _EXACT in {sure for _, sure in heads}):
            best, line = len(named), number
    return line


def guess(sheet: Spreadsheet, shape: Shape, header: int) -> Matching:
    """The field of each column, by its head; without heads, fields in their order where there are as many columns."""
    if not header:
        names = shape.field_names
        width = len(sheet.rows[0])
        filled = [column for column in range(width) if any(row[column] for row in sheet.rows)]
        by_column = dict(zip(filled, names, strict=False)) if len(filled) <= len(names) else {}
        return Matching(0, tuple(by_column.get(column, "") for column in range(width)))
    heads = heads_of(sheet, header)
    found = [field_of(head, shape) if head else ("", 0) for head in heads]
    surest = {name: max(sure for other, sure in found if other == name) for name, _ in found if name}
    return Matching(header, tuple(name if name and sure == surest[name] else "" for name, sure in found))


def heads_of(sheet: Spreadsheet, header: int) -> Row:
    """What stands at the head of each column; where that is empty, what stands above it in a head of two lines."""
    if not header:
        return tuple("" for _ in sheet.rows[0])
    above = sheet.rows[header - 2] if header > 1 else ()
    heads = sheet.rows[header - 1]
    two_lines = sum(map(bool, above)) > 1
    return tuple(" ".join((head or (above[column] if two_lines else "")).split()) for column, head in enumerate(heads))


def head_lines(sheet: Spreadsheet, header: int) -> list[tuple[int, Row]]:
    """The lines that the heads are looked for in, by number, without their empty cells; the one chosen now is among them."""
    found = {number: tuple(filter(None, row)) for number, row in _tried(sheet)}
    if header:
        found.setdefault(header, tuple(filter(None, sheet.rows[header - 1])))
    return sorted(found.items())


def _tried(sheet: Spreadsheet) -> Iterator[tuple[int, Row]]:
    """The first lines that hold something: those left empty above a list are no part of it."""
    filled = ((number, row) for number, row in enumerate(sheet.rows, start=1) if any(row))
    return islice(filled, LINES_TRIED)


def column_letter(column: int) -> str:
    """The name of a column counted from 0: A, B, …, Z, AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def importable(key: str) -> Part | None:
    """The part of that key, where spreadsheets can fill it."""
    part = template.BY_KEY.get(key)
    return part if part in PARTS else None

"""Where each piece of an old report belongs: told by the headings it stands under, however they are written."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.reports.legacy_import.pieces import LegacyPiece
from app.reports.spreadsheets.columns import plain
from app.template import PARTS, PartKind

NOWHERE = ""
"""Not recognised: for whoever brings the report to settle."""
LEFT = "-"
"""Not to be taken over."""

TARGETS: dict[str, str] = {
    f"{part.key}/{zone.key}": part.label if len(part.zones) == 1 else f"{part.label}\u00a0: {zone.label}"
    for part in PARTS
    if part.kind is PartKind.WRITTEN and part.key != "signatures"
    for zone in part.zones
    if zone.shape is None or not zone.shape.uploaded
}
"""What a piece can be put into: part and zone, with the label people read."""

# Headings without numbers, accents, case and punctuation.
_HEADINGS = {
    "introduction": "introduction",
    "ceremony": "ceremonie d ouverture|ceremonie|de la ceremonie d ouverture|ouverture|ouverture des travaux",
    "proceedings": "du deroulement des travaux|deroulement des travaux|deroulement|le deroulement des travaux|des travaux",
    "bureau": "composition du bureau|bureau|le bureau|mise en place du bureau|bureau de seance|composition de bureau",
    "method": "methodologie|la methodologie|methode de travail|methodologie de travail|demarche methodologique",
    "presentation": "presentation|presentations|la presentation|exposes|des presentations",
    "concerns": "preoccupations|preoccupations soulevees|debats|questions|les preoccupations|questions et reponses",
    "recommendations": "recommandations|recommandation|les recommandations|des recommandations",
    "conclusion": "conclusion|conclusions|en conclusion",
}
_ANNEXES = {
    "terms": ("termes de reference", "tdr"),
    "follow_up": ("mise en oeuvre des recommandations", "suivi des recommandations", "niveau de mise en oeuvre"),
    "programme": ("programme", "agenda", "ordre du jour"),
    "attendance": ("liste de presence", "liste des participants", "feuille de presence", "presence"),
}
_BY_NUMBER = {"1": "terms", "2": "follow_up", "3": "programme", "4": "attendance"}
_NUMBER = re.compile(r"^(?:(?:[ivx]+|\d+|[a-h])\s+)+(?=\w)")
_ANNEX = re.compile(r"^annexes?\s*(?:n|no|numero)?\s*([1-4]|i{1,3}|iv)?\b\s*(.*)$")
_ROMAN = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
_PAGE = re.compile(r"[\s.…]\d{1,3}$")
_LONGEST_HEADING = 140
_LOOKED_AT = 300
"""Letters of a paragraph among which the words are looked for that tell what it is."""
_LISTS = {
    "ceremony": "speeches",
    "bureau": "members",
    "presentation": "points",
    "concerns": "concerns",
    "recommendations": "recommendations",
    "follow_up": "rows",
    "programme": "slots",
    "attendance": "attendees",
}
_TABLES = frozenset({"follow_up", "programme", "attendance", "recommendations"})
_SIGNED = re.compile(r"^(fait a |rapporteure?s?$|le rapporteur$|la rapporteure$|(le |la )?presidente? de seance)")
_UNMET = re.compile(r"(precedente?|derniere) (rencontre|session|seance)|non satisfaite|sans suite|non realisee")
_KNOWN = {words: key for key, said in _HEADINGS.items() for words in said.split("|")}


def heading(piece: LegacyPiece, said: str) -> str | None:
    """The key of the part that this piece, `said` plainly, is the heading of; None where it is none."""
    if piece.rows or len(piece.text) > _LONGEST_HEADING:
        return None
    annex = _ANNEX.match(said)
    if annex and (piece.strong or not _PAGE.search(piece.text) or not annex[2]):
        return _annex(annex[1] or "", annex[2])
    if piece.listed and not piece.strong:
        return None
    bare = _NUMBER.sub("", said)
    if bare in _KNOWN:
        return _KNOWN[bare]
    if piece.strong or piece.text.isupper():
        return next((key for key in ("terms", "attendance") if bare in _ANNEXES[key]), None)
    return None


def _annex(number: str, words: str) -> str | None:
    for key, names in _ANNEXES.items():
        if any(name in words for name in names):
            return key
    return _BY_NUMBER.get(_ROMAN.get(number, number))


def recognise(pieces: Sequence[LegacyPiece]) -> tuple[str, ...]:
    """The target of each piece: one of TARGETS, NOWHERE, or LEFT for headings and for what comes from elsewhere."""
    found, at = [], _Place()
    for piece in pieces:
        found.append(at.of(piece))
    return tuple(found)


class _Place:
    """How far the reading has come: the part one is in, whether its list has begun, whether signatures have."""

    def __init__(self) -> None:
        self.key = ""
        self.begun = False
        self.unmet = False

    def of(self, piece: LegacyPiece) -> str:
        said = plain(piece.text[:_LOOKED_AT])
        key = heading(piece, said)
        if key is not None and not (self.key == "terms" and key not in _ANNEXES):
            self.key, self.begun, self.unmet = key, False, False
            return LEFT
        if self.key == "terms":  # the campaign's own
            return LEFT
        if not self.key:
            return NOWHERE
        if piece.rows:
            return f"{self.key}/{_LISTS[self.key]}" if self.key in _TABLES else NOWHERE
        return self._text(piece, said)

    def _text(self, piece: LegacyPiece, said: str) -> str:
        if self.key in ("introduction", "proceedings", "method"):
            return f"{self.key}/body"
        if self.key == "conclusion" and _SIGNED.match(said):
            self.key = ""
            return NOWHERE
        if self.key == "presentation" and not piece.listed and "preoccupation" in said:
            self.key, self.begun = "concerns", False
        if self.key == "conclusion":
            return "conclusion/body"
        if self.key == "recommendations":
            return self._recommendation(piece, said)
        if self.key in ("follow_up", "programme", "attendance"):
            return f"{self.key}/{_LISTS[self.key]}" if piece.listed and self.key != "programme" else NOWHERE
        if self.key == "bureau":
            return "bureau/lead" if piece.text.rstrip().endswith(":") and "bureau" in said else "bureau/members"
        return self._listed(piece)

    def _recommendation(self, piece: LegacyPiece, said: str) -> str:
        if not piece.listed and _UNMET.search(said):
            self.unmet = True
            return "unmet/lead"
        if self.unmet:
            return "follow_up/rows"
        return self._listed(piece)

    def _listed(self, piece: LegacyPiece) -> str:
        """Words before the list lead it in; those behind close it, where the part has a place for them."""
        if piece.listed:
            self.begun = True
            return f"{self.key}/{_LISTS[self.key]}"
        if not self.begun:
            return f"{self.key}/lead"
        return {"concerns": "concerns/closing", "ceremony": "ceremony/speeches"}.get(self.key, NOWHERE)

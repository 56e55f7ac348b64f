"""The form of the text: headings in the right number, tables that hold something, parts worked on, French spaces."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from app import template
from app.content.blocks import Block
from app.content.typography import NARROW_NBSP, NBSP
from app.reports.consistency import language
from app.reports.consistency.case import Case, Inconsistency, Mend, MendedField, at, in_row

_BLANK = re.compile(r"(?:\.{5,}|…{2,}|_{3,}|\bX{3,}\b|\bxxx+\b|\[(?:à compléter|à préciser|…|\.\.\.)\])")
_HIGH = re.compile(r"(?<=[\w)»’\"°%])(?=[;!?](?:\s|$))")
_COLON = re.compile(r"(?<=[\w)»’\"°%])(?=:(?:\s|$))")
_OPENING = re.compile(r"(?<=«)(?=[^\s])")
_CLOSING = re.compile(r"(?<=[^\s])(?=»)")
# Words of the text: names and addresses of persons and bodies are left as typed.
_PROSE_FIELDS = frozenset({"text", "answer", "execution", "observations", "title"})
_SHOWN = 24


def plural_heading(case: Case) -> Iterator[Inconsistency]:
    """A function in the plural, held by one person."""
    rows = case.rows("bureau", "members")
    for function, run in groupby(rows, key=lambda row: row.fields.get("function", "").strip()):
        holders = list(run)
        singular = _singular(function)
        if len(holders) == 1 and singular != function:
            yield in_row("bureau", holders[0], "function", instead=singular, quoted=function, right=singular)


def _singular(function: str) -> str:
    return " ".join(word[:-1] if len(word) > 3 and word.endswith("s") else word for word in function.split())


def empty(case: Case) -> Iterator[Inconsistency]:
    """A list that a sentence introduces and that holds nothing."""
    lists = (("concerns", "concerns"), ("presentation", "points"), ("programme", "slots"))
    for part, zone in lists:
        if not case.rows(part, zone) and (part == "programme" or case.prose(part, "lead")):
            yield Inconsistency(part, zone, words={"table": template.BY_KEY[part].zone(zone).label})


def prefilled(case: Case) -> Iterator[Inconsistency]:
    """The introduction is what it started with."""
    blocks = case.prose("introduction", "body")
    said = [word for block in blocks for word in language.words(block.text)]
    if said and said == language.words(case.opening):
        yield Inconsistency("introduction", "body", blocks[0].id, "text")


def blanks(case: Case) -> Iterator[Inconsistency]:
    """Dots, dashes or letters that keep a place for words to come."""
    for passage in case.texts(*(part.key for part in template.WRITTEN)):
        found = _BLANK.search(passage.text)
        if found:
            yield at(passage, found[0], quoted=found[0])


def spaces(case: Case) -> Iterator[Inconsistency]:
    """High signs without the space that French puts beside them: one slip a part, mended in one go."""
    for part in template.WRITTEN:
        edits: list[MendedField] = []
        first: tuple[Block, str, str] | None = None
        count = 0
        for passage in case.texts(part.key):
            if passage.field not in _PROSE_FIELDS:
                continue
            places = sorted(
                {found.start() for each in (_HIGH, _COLON, _OPENING, _CLOSING) for found in each.finditer(passage.text)}
            )
            if places:
                count += len(places)
                first = first or (passage.block, passage.field, _around(passage.text, places[0]))
                edits.append(MendedField(passage.block.id, passage.field, spaced(passage.text)))
        if first:
            block, field, quote = first
            counted = f"Il manque {'une espace' if count == 1 else f'{count} espaces'}"
            words = {"counted": counted, "quoted": quote}
            mend = Mend("", tuple(edits))
            yield Inconsistency(part.key, block.zone, block.id, field, quote, words, mend)


def spaced(text: str) -> str:
    """`text` with the spaces of French where they are lacking."""
    for pattern, space in ((_HIGH, NARROW_NBSP), (_OPENING, NARROW_NBSP), (_CLOSING, NARROW_NBSP), (_COLON, NBSP)):
        text = pattern.sub(space, text)
    return text


def _around(text: str, place: int) -> str:
    """The words up to the sign."""
    start = max(0, place - _SHOWN)
    if start:
        start = text.find(" ", start, place) + 1 or start
    return text[start : place + 1].replace("\n", " ").strip()

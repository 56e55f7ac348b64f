"""Earlier recommendations: what annex 2 says of each, and what part III says of those left undone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app import template
from app.content.blocks import Block, BlockKind
from app.content.markdown import plain, strip_marker
from app.reports.consistency.case import Case, CasePassage, Inconsistency, at, in_row, put
from app.reports.consistency.language import levelled, plural, words
from app.template import Status

_PARTICIPLE = r"(?:faite?s?|realisee?s?|executee?s?|satisfaite?s?|tenue?s?)"
_UNDONE = re.compile(rf"(?:n'? *(?:a|est|ont|sont) )?(?:pas|non|jamais) (?:encore )?(?:ete )?{_PARTICIPLE}\b")
_DONE = re.compile(rf"(?:deja )?{_PARTICIPLE}\b(?! (?:en partie|partiel|a \d))")
_UNDER_WAY = re.compile(r"\ben cours\b")
_MANY = re.compile(r"\bl(?:es|eur) recommandations\b|\bles suivantes\b|\bsuivantes\b")
_ONE = re.compile(r"\bla recommandation\b")


def _rows(case: Case) -> list[Block]:
    return [row for row in case.rows("follow_up", "rows") if row.fields.get("text", "").strip()]


def _said(row: Block) -> str:
    return levelled(row.fields.get("execution", "").strip())


def _rank(case: Case, row: Block) -> str:
    return str(case.rows("follow_up", "rows").index(row) + 1)


def unsaid(case: Case) -> Iterator[Inconsistency]:
    """Nothing says what became of an earlier recommendation."""
    for row in _rows(case):
        if not row.fields.get("status", "").strip() and not _said(row):
            yield in_row("follow_up", row, "status", number=_rank(case, row))


def unsorted(case: Case) -> Iterator[Inconsistency]:
    """The execution is told, but no status chosen: one slip for all, and one with its mend where the words say it."""
    silent = [row for row in _rows(case) if not row.fields.get("status", "").strip() and _said(row)]
    under_way = [row for row in silent if _UNDER_WAY.search(_said(row))]
    for row in under_way:
        yield in_row(
            "follow_up",
            row,
            "status",
            instead=Status.UNDER_WAY.value,
            counted=f"La recommandation n°\u00a0{_rank(case, row)}",
        )
    rest = [row for row in silent if row not in under_way and not _UNDONE.match(_said(row))]
    if rest:
        one = f"La recommandation n°\u00a0{_rank(case, rest[0])}"
        counted = plural(len(rest), "", "recommandations") if len(rest) > 1 else one
        yield in_row("follow_up", rest[0], "status", counted=counted)


def bare(case: Case) -> Iterator[Inconsistency]:
    """A status without a proof or a reason."""
    for row in _rows(case):
        told = _said(row) or row.fields.get("observations", "").strip()
        status = row.fields.get("status", "").strip()
        if status and not told:
            yield in_row("follow_up", row, "execution", number=_rank(case, row), status=status)


def left_out(case: Case) -> Iterator[Inconsistency]:
    """Told as not done in annex 2, and missing from the list of part III, which its status makes."""
    listed = _listed(case)
    for row in _rows(case):
        undone = _UNDONE.match(_said(row)) and row.fields.get("status", "") != Status.NOT_DONE
        if undone and _key(row.fields["text"]) not in listed:
            yield in_row("follow_up", row, "status", instead=Status.NOT_DONE.value, number=_rank(case, row))


def put_in(case: Case) -> Iterator[Inconsistency]:
    """In the list of part III, and told as done, or not told as not done, in annex 2."""
    for row in _rows(case):
        if row.fields.get("status") == Status.NOT_DONE and _DONE.match(_said(row)):
            yield in_row("follow_up", row, "status", instead=Status.DONE.value, said=row.fields["execution"].strip())
    undone = {_key(row.fields["text"]) for row in _rows(case) if row.fields.get("status") == Status.NOT_DONE}
    for block in case.prose("unmet", "lead"):
        said = plain(strip_marker(block)).strip(" .;")
        if block.kind in (BlockKind.ITEM, BlockKind.NUMBERED) and _key(said) not in undone:
            yield at(CasePassage("unmet", block, "text", said), said, said=said)


def _listed(case: Case) -> set[str]:
    items = (block for block in case.prose("unmet", "lead") if block.kind in (BlockKind.ITEM, BlockKind.NUMBERED))
    return {_key(plain(strip_marker(block))) for block in items}


def _key(text: str) -> str:
    """A recommendation's words, to know it again."""
    return " ".join(words(text))


def lost(case: Case) -> Iterator[Inconsistency]:
    """Left open by the last meeting, and not in annex 2."""
    here = {_key(row.fields["text"]) for row in _rows(case)}
    missing = [text for text in case.earlier if _key(text) not in here and not _alike(_key(text), here)]
    if missing:
        counted = plural(len(missing), "recommandation laissée ouverte", "recommandations laissées ouvertes")
        yield Inconsistency("follow_up", "rows", quote=missing[0], words={"counted": counted, "first": missing[0]})


def _alike(text: str, others: set[str]) -> bool:
    """Whether one of the others is the same sentence with a few words changed."""
    mine = set(text.split())
    return any(len(mine & set(other.split())) * 3 >= len(mine | set(other.split())) * 2 for other in others)


def heading(case: Case) -> Iterator[Inconsistency]:
    """The sentence before the list of part III speaks of one where there are several, or of several where there is one."""
    count = sum(1 for row in _rows(case) if row.fields.get("status") == Status.NOT_DONE)
    if not count:
        return
    right = template.UNMET_ONE if count == 1 else template.UNMET_MANY
    for block in case.prose("unmet", "lead"):
        text = levelled(block.text)
        wrong = _MANY.search(text) if count == 1 else (_ONE.search(text) and not _MANY.search(text))
        if wrong and block.kind is BlockKind.PARAGRAPH:
            passage = CasePassage("unmet", block, "text", block.text)
            said = plural(count, "recommandation", "recommandations")
            yield at(passage, block.text.strip(), put(passage, 0, len(block.text), right), counted=said)

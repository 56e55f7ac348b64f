"""Who wrote what, in the whole report: every word with its author, as rows for a spreadsheet and as an annex in PDF."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from pathlib import Path

from sqlalchemy import and_, or_, select

from app import template
from app.content.authorship import attribute
from app.content.canonical import canonical
from app.content.units import says_nothing
from app.db import db
from app.documents.pdf import render_apart
from app.documents.sheets.writing import write_table
from app.documents.tree import Column, Cover, Document, Heading, Node, Paragraph, Span, Table
from app.reports.history.versions import RevisionRow, Written, versions_where
from app.reports.models.report import Origin, Report, ReportPart, Revision
from app.reports.text import erased, masthead
from app.workshops import wording

COLUMNS = (
    ("Partie", 24),
    ("Passage", 9),
    ("Texte", 70),
    ("Auteur", 26),
    ("Rôle", 24),
    ("Date (temps universel)", 22),
    ("Révision", 9),
    ("Amendement", 12),
    ("Adopté par", 26),
)
_NUMBERED = re.compile(r"\s*\d{1,3}[.)]\s*")
MOST_ROWS = 6_000
"""Runs of words in the PDF; the spreadsheet has them all."""


@dataclass(frozen=True, slots=True)
class Authored:
    """Words that came in together: a run of one passage (counted from 1 in its part), with the version it came in by."""

    part: template.Part
    passage: int
    text: str
    version: RevisionRow


@dataclass(frozen=True, slots=True)
class AuthorShare:
    """How much of a text one author, or one role, wrote, in hundredths rounded to at least 1."""

    name: str
    tone: int
    percent: int


def shares(written: Iterable[Written], by_role: bool) -> list[AuthorShare]:
    """Those who wrote a text, the one with most letters first."""
    letters: Counter[tuple[str, int]] = Counter()
    for block in written:
        for _, runs in block.fields:
            for text, version in runs:
                name = (version.role or "reprise") if by_role else version.author
                letters[name, version.tone] += len(text.strip())
    total = letters.total() or 1
    return [
        AuthorShare(name, tone, max(1, round(100 * count / total)))
        for (name, tone), count in letters.most_common()
        if count
    ]


def authored(report: Report) -> list[Authored]:
    """The whole report as it stands, run by run, in the template's order: two queries."""
    rows = db.session.execute(
        select(ReportPart.key, Revision)
        .join(Revision, and_(Revision.part_id == ReportPart.id, Revision.number == ReportPart.number))
        .where(ReportPart.report_id == report.id)
    ).all()
    current: dict[str, Revision] = dict(rows)
    runs = {key: list(attribute(revision.content, revision.runs)) for key, revision in current.items()}
    runs |= _gone(report, current)
    known = _versions(current, {key: {ref for *_, ref in found} for key, found in runs.items()})
    return [
        each
        for part in template.STORED
        if part.key in runs
        for each in _runs(part, runs[part.key], known.get(current[part.key].part_id, {}))
    ]


def _gone(report: Report, current: Mapping[str, Revision]) -> dict[str, list[tuple[str, str, str, int]]]:
    """What stands for texts that were erased, as a run of the revision that held them; no query where there are none."""
    lost = {key: revision.number for key, revision in current.items() if revision.erased}
    since = erased.moments(report.id) if lost else {}
    return {key: [(erased.ZONE, "", erased.sentence(since.get((key, at))), at)] for key, at in lost.items()}


def _versions(current: Mapping[str, Revision], refs: Mapping[str, set[int]]) -> dict[int, dict[int, RevisionRow]]:
    """By part's identifier and number, the versions that words came in by: one query for all parts."""
    wanted = [
        and_(Revision.part_id == revision.part_id, Revision.number.in_(refs[key])) for key, revision in current.items()
    ]
    return versions_where(or_(*wanted)) if wanted else {}


def _runs(
    part: template.Part, runs: Sequence[tuple[str, str, str, int]], versions: Mapping[int, RevisionRow]
) -> Iterator[Authored]:
    blocks = groupby(runs, key=lambda run: run[0])
    for number, (_, block) in enumerate(blocks, start=1):
        for text, ref in _telling([(name, text, ref) for _, name, text, ref in block]):
            yield Authored(part, number, text, versions[ref])


def _telling(runs: Sequence[tuple[str, str, int]]) -> Iterator[tuple[str, int]]:
    """The runs of one block (field, text, reference) as rows: those of signs and small words go with those beside them.

    A block that holds nothing else has no row.
    """
    rows: list[tuple[str, str, int]] = []
    waiting = ("", "")
    for name, text, ref in runs:
        last = rows[-1] if rows else ("", "", 0)
        idle = says_nothing(text) or (not rows and _NUMBERED.fullmatch(text) is not None)
        if rows and (idle or (last[0], last[2]) == (name, ref)):
            rows[-1] = (last[0], last[1] + ("" if last[0] == name else " ") + text, last[2])
        elif idle:
            waiting = (name, waiting[1] + text)
        else:
            rows.append((name, waiting[1] + ("" if waiting[0] == name else " ") + text, ref))
            waiting = (name, "")
    return ((text.strip(), ref) for _, text, ref in rows)


def write_workbook(path: Path, report: Report) -> None:
    """The table as an XLSX workbook; every cell is text."""
    write_table(path, "Qui a écrit quoi", list(COLUMNS), (_cells(each) for each in authored(report)))


def _cells(each: Authored) -> list[str]:
    version = each.version
    return [
        each.part.label,
        str(each.passage),
        each.text,
        version.author,
        version.role,
        version.at.strftime("%Y-%m-%d %H:%M:%S"),
        str(version.number),
        f"n° {version.amendment}" if version.amendment else "",
        version.adopted_by,
    ]


def annex(report: Report, made_on: datetime) -> bytes:
    """The same as a PDF, through the press that sets the report. Raises `documents.pdf.RenderingFailed`."""
    runs = authored(report)
    front = masthead.of(report)
    day = wording.day(front.held_on)
    title = f"Qui a écrit quoi : {report.workshop.territory.name}"
    document = Document(
        cover=Cover(front.organisation, title, day, wording.month_and_year(made_on.date())),
        nodes=tuple(_nodes(runs)),
        title=f"{title} ({day})",
        reference=f"Rapport n° {report.id} – auteurs du texte au {wording.day(made_on.date())}",
        source_label="Auteurs du texte",
        compact=True,
    )
    source = canonical({"report": report.id, "text_hash": report.text_hash, "authors": [_told(each) for each in runs]})
    return render_apart(document, source=source, made_on=made_on).pdf


def _nodes(runs: Sequence[Authored]) -> Iterator[Node]:
    lead = (
        "Chaque ligne est une suite de mots entrés ensemble dans le texte, avec la personne qui les a écrits, en quel rôle, "
        "quand et par quelle révision ; et, s’ils viennent d’un amendement, qui l’a adopté."
    )
    yield Paragraph((Span(lead),))
    if len(runs) > MOST_ROWS:
        yield Paragraph((Span(f"Seules les {MOST_ROWS} premières lignes sont imprimées ; le classeur les a toutes."),))
    columns = (Column("Texte", 3), Column("Auteur", 1.5), Column("Révision", 1.2))
    for part, group in groupby(runs[:MOST_ROWS], key=lambda each: each.part):
        yield Heading(1, part.label, f"auteurs-{part.key}")
        rows = tuple((strip_sign(each.text), _who(each.version), _when(each.version)) for each in group)
        yield Table(columns, rows, f"Auteurs de la partie {part.label}")


def strip_sign(text: str) -> str:
    """Words as they are read: without the sign that begins a heading or an item."""
    return text.lstrip("#->*–—• ") or text


def _who(version: RevisionRow) -> str:
    return f"{version.author}, {version.role}" if version.role else version.author


def _when(version: RevisionRow) -> str:
    when = f"{version.number}, le {version.at:%d/%m/%Y}"
    if version.amendment:
        return f"{when} ; amendement n° {version.amendment} adopté par {version.adopted_by}"
    return when + {
        Origin.PREFILL: " ; texte préparé",
        Origin.IMPORT: " ; repris d’un fichier Word",
        Origin.RECTIFICATION: " ; repris du rapport rectifié",
    }.get(version.origin, "")


def _told(each: Authored) -> dict[str, object]:
    version = each.version
    return {
        "part": each.part.key,
        "passage": each.passage,
        "text": each.text,
        "author": version.author,
        "role": version.role,
        "at": version.at.isoformat(timespec="microseconds"),
        "revision": version.number,
        "amendment": version.amendment,
        "adopted_by": version.adopted_by,
    }

"""Reading a part's versions: one beside an earlier one, word by word, and who wrote each word."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import aliased

from app import template
from app.content.authorship import attribute
from app.content.blocks import Block, Content
from app.content.diff import BlockChange, PieceState, Words, compare
from app.db import db
from app.directory.models import Person, Role
from app.reports.history.timeline import role_name
from app.reports.models.report import Amendment, Origin, Report, ReportPart, Revision
from app.reports.text import erased
from app.reports.text.revisions import part_of

NEWER, SHOWN = 6, 20
"""In the list of versions: how many newer ones than the one looked at, and how many in all."""
TONES = 4
ROLES = {Role.PRESIDENT.value: Role.MEMBER.value}
"""The president writes as a member of the commission does."""
ALL_SHOWN = 60
"""A part of more blocks than this shows only the changed ones and their neighbours."""


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """A revision without its text. `tone` tells its author from the others on the page."""

    number: int
    at: datetime
    author: str
    role: str
    origin: Origin
    amendment: int | None
    adopted_by: str
    tone: int


@dataclass(frozen=True, slots=True)
class ComparedBlock:
    """One block compared: its fields as (label, words), whose words it holds, and how many blocks were left out before.

    The label is empty where the block has one field.
    """

    state: PieceState
    fields: Sequence[tuple[str, Words]]
    authors: Sequence[RevisionRow]
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Written:
    """One block with the version each run of its words came in by: fields as (label, runs)."""

    fields: Sequence[tuple[str, Sequence[tuple[str, RevisionRow]]]]
    authors: Sequence[RevisionRow]


@dataclass(frozen=True, slots=True)
class RevisionView:
    """A revision looked at: `older` is the number of the one it is compared with (0: an empty part).

    `gone` says of its text, or of that of `older`, that it was erased: then there is nothing to show.
    """

    part: template.Part
    version: RevisionRow
    older: int
    newest: int
    versions: Sequence[RevisionRow]
    passages: Sequence[ComparedBlock]
    written: Sequence[Written]
    gone: str = ""


def look(
    report: Report, key: str, number: int, older: int | None, authors: bool, by_role: bool = False
) -> RevisionView:
    """Revision `number` of a part beside `older` (None: the one before), or with its authors, in three queries.

    Tones tell authors apart; with `by_role`, roles. One query more where a text is gone.

    Raises LookupError for a part or revision that is not there, or an `older` one that is not older.
    """
    part = part_of(report, key)
    older = number - 1 if older is None else older
    if not 0 <= older < number <= part.number:
        raise LookupError(number)
    texts = _texts(part, number, older)
    revision, content = texts[number], texts[number].content
    before: Content = texts[older].content if older else ()
    versions = _versions(part, number, _refs(revision) | (_refs(texts[older]) if older else set()), by_role)
    shape = template.BY_KEY[key]
    gone = _gone(report, key, [texts[number]] if authors else list(texts.values()))
    if gone:
        return RevisionView(shape, versions[number], older, part.number, _listed(versions, number), [], [], gone)
    runs = [(revision, content)] if authors or not older else [(texts[older], before), (revision, content)]
    by_block = {block_id: found for each, text in runs for block_id, found in _authors(each, text, versions).items()}
    return RevisionView(
        part=shape,
        version=versions[number],
        older=older,
        newest=part.number,
        versions=_listed(versions, number),
        passages=[] if authors else list(passages(shape, compare(before, content), by_block)),
        written=list(_written(shape, revision, content, versions, by_block)) if authors else [],
    )


def _texts(part: ReportPart, *numbers: int) -> dict[int, Revision]:
    rows = db.session.scalars(select(Revision).where(Revision.part_id == part.id, Revision.number.in_(numbers)))
    return {revision.number: revision for revision in rows}


def _gone(report: Report, key: str, looked_at: Sequence[Revision]) -> str:
    """What is said of the newest of these whose text is gone; nothing where all are there."""
    lost = max((each.number for each in looked_at if each.erased), default=0)
    if not lost:
        return ""
    said = erased.sentence(erased.moments(report.id).get((key, lost)))
    return f"{said} (révision {lost})."


def _refs(revision: Revision) -> set[int]:
    return {ref for fields in revision.runs.values() for runs in fields.values() for _, ref in runs}


def _versions(part: ReportPart, number: int, refs: set[int], by_role: bool) -> dict[int, RevisionRow]:
    """The versions around `number`, the first, and those that words came in by."""
    nearby = Revision.number.between(number + NEWER - SHOWN, number + NEWER)
    wanted = and_(Revision.part_id == part.id, or_(nearby, Revision.number.in_({1, number, *refs})))
    return versions_where(wanted, by_role).get(part.id, {})


def versions_where(wanted: ColumnElement[bool], by_role: bool = False) -> dict[int, dict[int, RevisionRow]]:
    """The versions that answer to a condition on Revision, by part and number; tones go by seniority. One query."""
    adopter = aliased(Person)
    rows = db.session.execute(
        select(
            Revision.part_id,
            Revision.number,
            Revision.at,
            Revision.author_id,
            Revision.author_role,
            Revision.origin,
            Person.first_name,
            Person.surname,
            Amendment.number.label("amendment"),
            adopter.first_name.label("adopter_first_name"),
            adopter.surname.label("adopter_surname"),
        )
        .outerjoin(Person, Person.id == Revision.author_id)
        .outerjoin(adopter, adopter.id == Revision.adopted_by_id)
        .outerjoin(Amendment, Amendment.id == Revision.amendment_id)
        .where(wanted)
        .order_by(Revision.part_id, Revision.number)
    ).all()
    tones: dict[int | str | None, int] = {}
    found: dict[int, dict[int, RevisionRow]] = {}
    for row in rows:
        voice = ROLES.get(row.author_role, row.author_role) if by_role else row.author_id
        found.setdefault(row.part_id, {})[row.number] = RevisionRow(
            number=row.number,
            at=row.at,
            author=f"{row.first_name} {row.surname}" if row.surname else "Le système",
            role=role_name(row.author_role),
            origin=row.origin,
            amendment=row.amendment,
            adopted_by=f"{row.adopter_first_name} {row.adopter_surname}" if row.adopter_surname else "",
            tone=tones.setdefault(voice, len(tones) % TONES),
        )
    return found


def _listed(versions: Mapping[int, RevisionRow], number: int) -> list[RevisionRow]:
    """Those around the one looked at, newest first, and always the first of all."""
    window = range(number + NEWER - SHOWN, number + NEWER + 1)
    return [versions[each] for each in sorted(versions, reverse=True) if each in window or each == 1]


def _authors(revision: Revision, content: Content, versions: Mapping[int, RevisionRow]) -> dict[str, list[RevisionRow]]:
    """By block, the versions its words came in by, those with the most words first."""
    lengths: dict[str, Counter[int]] = {}
    for block_id, _, text, ref in attribute(content, revision.runs):
        lengths.setdefault(block_id, Counter())[ref] += len(text.strip())
    return {
        block_id: [versions[ref] for ref, length in counted.most_common() if length or len(counted) == 1]
        for block_id, counted in lengths.items()
    }


def passages(
    part: template.Part,
    changes: Sequence[BlockChange],
    authors: Mapping[str, Sequence[RevisionRow]],
    *,
    whole: bool = True,
) -> Iterator[ComparedBlock]:
    """Every block of a short part; of a long one, or without `whole`, those that changed and their neighbours."""
    changed = [index for index, change in enumerate(changes) if change.state is not PieceState.SAME]
    near = {index + step for index in changed for step in (-1, 0, 1)}
    skipped = 0
    for index, change in enumerate(changes):
        if (len(changes) > ALL_SHOWN or not whole) and index not in near:
            skipped += 1
            continue
        fields = labelled(part, change.zone, change.fields)
        yield ComparedBlock(change.state, fields, authors.get(change.id, ()), skipped)
        skipped = 0
    if skipped:
        yield ComparedBlock(PieceState.SAME, (), (), skipped)


def labelled(part: template.Part, zone: str, fields: Mapping[str, Words]) -> list[tuple[str, Words]]:
    """The fields that hold words, each with what it is called."""
    return [(_label(part, zone, name), words) for name, words in fields.items() if words]


def _label(part: template.Part, zone: str, name: str) -> str:
    """What a field of a grid is called; nothing where its rows have but one."""
    shape = next((each.shape for each in part.zones if each.key == zone), None)
    if shape is None or len(shape.fields) == 1:
        return ""
    return next((field.label for field in shape.fields if field.name == name), name)


def _written(
    part: template.Part,
    revision: Revision,
    content: Content,
    versions: Mapping[int, RevisionRow],
    authors: Mapping[str, Sequence[RevisionRow]],
) -> Iterator[Written]:
    runs: dict[tuple[str, str], list[tuple[str, RevisionRow]]] = {}
    for block_id, name, text, ref in attribute(content, revision.runs):
        runs.setdefault((block_id, name), []).append((text, versions[ref]))
    for block in content:
        fields = [(_label(part, block.zone, name), runs[block.id, name]) for name in _filled(block)]
        yield Written(fields, authors.get(block.id, ()))


def _filled(block: Block) -> list[str]:
    return [name for name, text in block.words.items() if text]

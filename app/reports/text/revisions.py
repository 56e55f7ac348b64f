"""Revisions: writing one, reading one, and the hash of a report's whole text."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from typing import Any

import orjson
from sqlalchemy import select, tuple_
from sqlalchemy.orm.attributes import set_committed_value

from app import template
from app.audit import private
from app.content import authorship
from app.content.blocks import Block, BlockKind, Content
from app.content.canonical import canonical, check, content_bytes, digest
from app.content.merge import Merged
from app.db import db, now
from app.directory.models import Person
from app.reports.models.report import Amendment, Origin, Report, ReportPart, Revision, RevisionPrivate, decode
from app.workflow import SETTLED

MASTHEAD = "@masthead"
"""Under which the masthead's hash stands among those of the parts."""


def part_of(report: Report, key: str) -> ReportPart:
    """The stored part of that key. Raises LookupError where the template or the report has none."""
    part = db.session.scalar(select(ReportPart).where(ReportPart.report_id == report.id, ReportPart.key == key))
    if part is None:
        raise LookupError(key)
    return part


def revision_of(part: ReportPart, number: int) -> Revision:
    """Revision `number` of a part. Raises LookupError where there is none."""
    revision = db.session.scalar(select(Revision).where(Revision.part_id == part.id, Revision.number == number))
    if revision is None:
        raise LookupError(number)
    return revision


def current(part: ReportPart) -> Revision:
    return revision_of(part, part.number)


def numbers(report: Report) -> dict[str, int]:
    """By part, the number of the revision in force."""
    rows = db.session.execute(select(ReportPart.key, ReportPart.number).where(ReportPart.report_id == report.id))
    return dict(rows.all())


def texts_at(report: Report, places: Collection[tuple[str, int]]) -> dict[tuple[str, int], Content]:
    """The texts of these revisions, by part and number, of those that are not erased: one query."""
    rows = db.session.execute(
        select(ReportPart.key, Revision.number, Revision.content_json)
        .join(Revision, Revision.part_id == ReportPart.id)
        .where(ReportPart.report_id == report.id, tuple_(ReportPart.key, Revision.number).in_(places))
    )
    return {(key, number): decode(stored) for key, number, stored in rows if stored}


def write(
    part: ReportPart,
    content: Content,
    author: Person,
    role: str,
    origin: Origin,
    *,
    parent: Revision | None,
    amendment: Amendment | None = None,
    adopted_by: Person | None = None,
    merged: bool = False,
    earlier: Revision | None = None,
    restored: Revision | None = None,
) -> Revision:
    """Add the next revision of `part` and make it current; each word keeps the revision that brought it.

    `earlier`: a revision before `parent` of which some words may be back, to be known again. `restored`: the
    revision whose text `content` is; its words are again those of who wrote them then.
    Raises `content.canonical.TooLong` when a text or a grid is over the limits.
    """
    check(content)
    data = content_bytes(content)
    number = part.number + 1
    runs = restored.runs if restored is not None else _runs(content, number, parent, earlier)
    salt = _salt(part, restored)
    revision = Revision(
        part_id=part.id,
        number=number,
        parent=parent.number if parent else 0,
        plain_json="" if salt else data.decode("utf-8"),
        runs_json=orjson.dumps(runs).decode("ascii"),
        hash=private.seal(salt, data) if salt else digest(data),
        author_id=author.id,
        author_role=role,
        at=now(),
        origin=origin,
        amendment_id=amendment.id if amendment else None,
        adopted_by_id=adopted_by.id if adopted_by else None,
        merged=merged,
    )
    db.session.add(revision)
    part.number, part.content_hash = number, revision.hash
    part.filled = not missing_zones(template.BY_KEY[part.key], content)
    db.session.flush()
    set_committed_value(revision, "content_json", data.decode("utf-8"))
    if salt:
        db.session.add(RevisionPrivate(revision_id=revision.id, salt=salt, content_json=revision.content_json))
        db.session.flush()
    return revision


def _runs(content: Content, number: int, parent: Revision | None, earlier: Revision | None) -> authorship.Runs:
    if parent is None:
        return authorship.first(content, number)
    left = (earlier.content, earlier.runs) if earlier is not None and not earlier.erased else None
    return authorship.carry(parent.content, parent.runs, content, number, left)


def _salt(part: ReportPart, restored: Revision | None) -> str:
    """The salt of a new text that stands apart, that of the revision whose text it is again; empty where it does not."""
    if not template.BY_KEY[part.key].personal:
        return ""
    beside = db.session.get(RevisionPrivate, restored.id) if restored is not None else None
    return beside.salt if beside is not None else secrets.token_hex(32)


def fingerprints(revision: Revision) -> dict[str, Any]:
    """What the log keeps of a revision: the hash of its text, that of who wrote each of its words, and `salted` where the
    text stands apart.
    """
    told = {"hash": revision.hash, "runs": digest(revision.runs_json.encode("ascii"))}
    return told if revision.plain_json else {**told, "salted": True}


def salts(report: Report) -> dict[str, str]:
    """By part, the salt of its current text, where that stands apart and is not erased: one query."""
    rows = db.session.execute(
        select(ReportPart.key, RevisionPrivate.salt)
        .join(Revision, (Revision.part_id == ReportPart.id) & (Revision.number == ReportPart.number))
        .join(RevisionPrivate, RevisionPrivate.revision_id == Revision.id)
        .where(ReportPart.report_id == report.id)
    )
    return dict(rows.all())


def seal_text(report: Report) -> str:
    """Recompute the hash of the report's whole text from its parts' hashes and its masthead's, and keep it on the report."""
    report.text_hash = _whole(report)
    return report.text_hash


def covers_masthead(report: Report) -> bool:
    """Whether the hash of the text covers the masthead that is kept: where it was validated before any was, it does not."""
    return bool(report.masthead_json) and (report.stage not in SETTLED or report.text_hash == _whole(report))


def _whole(report: Report) -> str:
    rows = db.session.execute(select(ReportPart.key, ReportPart.content_hash).where(ReportPart.report_id == report.id))
    hashes = dict(rows.all())
    if report.masthead_json:
        hashes[MASTHEAD] = digest(report.masthead_json.encode("utf-8"))
    return digest(canonical(hashes))


def missing_zones(part: template.Part, content: Content) -> tuple[template.Zone, ...]:
    """The required zones of the part that hold nothing, or a row that lacks a required field."""
    return tuple(zone for zone in part.required_zones if not _filled(zone, content))


def _filled(zone: template.Zone, content: Content) -> bool:
    blocks = [block for block in content if block.zone == zone.key]
    if zone.shape is None:
        return any(block.text.strip() for block in blocks)
    needed = [field.name for field in zone.shape.fields if field.required]
    rows = [block for block in blocks if block.kind is BlockKind.ROW]
    return bool(rows) and all(_has(row, needed) for row in rows)


def _has(row: Block, names: list[str]) -> bool:
    return all(row.fields.get(name, "").strip() for name in names)


class Collision(Exception):
    """A save on an outdated revision whose words collide with what was saved since; both texts are here."""

    def __init__(self, part: ReportPart, merged: Merged) -> None:
        super().__init__("Le texte a changé entre-temps aux mêmes endroits.")
        self.part = part
        self.merged = merged

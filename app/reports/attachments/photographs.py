"""Photographs of the meeting: added to annex 5 with their files, and who may be shown which of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from app import template
from app.content.blocks import FILE, Block, BlockKind, Content
from app.content.prose import new_id
from app.db import db
from app.directory.models import Person
from app.documents.pictures import Kept, kept
from app.reports import steps
from app.reports.editing import acts as editing
from app.reports.history import timeline as history
from app.reports.models.report import Origin, Report, ReportPart, Revision, decode
from app.reports.text import revisions
from app.reports.text.photographs import shown
from app.template import Consent
from app.workflow import Stage

KEY = template.PHOTOGRAPHS.key
ZONE = template.PHOTOGRAPHS.zones[0].key
MOST = 40
"""Photographs in one report: twenty pages of its annex."""
TOO_MANY = (
    f"Un rapport compte au plus {MOST} photographies\u00a0: retirez-en d’abord, ou choisissez les plus parlantes."
)


def pictures_of(report: Report) -> Content:
    """The rows of the report's photographs, in order."""
    part = _part(report)
    return revisions.current(part).content if part else ()


def add(report: Report, person: Person, pictures: Sequence[Kept], consent: Consent) -> Revision:
    """Add photographs below those that are there, their captions still to be written.

    A report opened before there were photographs gets the part with its first one. Raises `steps.NotReady` for too many,
    and what `steps.take` raises.
    """
    part = _part(report)
    before = revisions.current(part).content if part else ()
    if len(before) + len(pictures) > MOST:
        raise steps.NotReady(TOO_MANY)
    content = (*before, *(_row(picture, consent) for picture in pictures))
    if part is None:
        return _begin(report, person, content)
    return editing.save_part(report, KEY, part.number, content, person).revision


def _row(picture: Kept, consent: Consent) -> Block:
    fields = {"text": "", "credit": "", "consent": consent.value, FILE: picture.written}
    return Block(new_id(), ZONE, BlockKind.ROW, fields)


def _part(report: Report) -> ReportPart | None:
    return db.session.scalar(select(ReportPart).where(ReportPart.report_id == report.id, ReportPart.key == KEY))


def _begin(report: Report, person: Person, content: Content) -> Revision:
    written: list[Revision] = []

    def effect() -> dict[str, Any]:
        part = ReportPart(report_id=report.id, key=KEY, number=0)
        db.session.add(part)
        db.session.flush()
        role = "facilitator" if report.stage is Stage.DRAFTING else "rapporteur"
        revision = revisions.write(part, content, person, role, Origin.TYPED, parent=None)
        revisions.seal_text(report)
        written.append(revision)
        told = {"part": KEY, "number": revision.number, "parent": 0, "base": 0, "merged": False}
        return {**told, **revisions.fingerprints(revision)}

    steps.take(editing.act_for(report.stage), report, person, effect)
    return written[0]


def may_be_shown(report: Report, file: str, person: Person) -> bool:
    """Whether this person may see the photograph, or the thumbnail, of that hash.

    Those with a part in the report see what any of its revisions names; readers what it shows now, with consent.
    """
    texts = select(Revision.content_json).join(ReportPart, ReportPart.id == Revision.part_id)
    texts = texts.where(ReportPart.report_id == report.id, ReportPart.key == KEY, Revision.content_json.contains(file))
    if history.may_see(report, person):
        return any(_names(block, file) for text in db.session.scalars(texts) for block in decode(text))
    current = db.session.scalar(texts.where(Revision.number == ReportPart.number))
    return current is not None and any(shown(block) and _names(block, file) for block in decode(current))


def _names(block: Block, file: str) -> bool:
    picture = kept(block.fields[FILE])
    return file in (picture.file, picture.thumbnail)

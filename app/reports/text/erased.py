"""What stands in the place of a text that was erased: a sentence that says since when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import orjson
from sqlalchemy import select

from app.audit import private
from app.audit.entries import JournalEntry
from app.audit.models import AuditEvent
from app.content.blocks import Block, BlockKind, Content
from app.content.canonical import content_bytes
from app.db import db
from app.workshops import wording

ZONE = "erased"
"""The zone of the one block of a notice; no part has it."""
GONE = "Texte manquant, sans effacement déclaré"
Place = tuple[str, int]
"""A part's key and the number of its revision."""


def sentence(at: datetime | None) -> str:
    """What is said of a text that is gone; `at` is when it was declared erased, None where it never was."""
    return f"Texte effacé le {wording.day(at.date())} : données personnelles" if at else GONE


def moments(report_id: int) -> dict[Place, datetime]:
    """When texts of this report were declared erased, by what they were: one query."""
    query = select(AuditEvent.at, AuditEvent.body).join(JournalEntry, JournalEntry.event_id == AuditEvent.id)
    here = (JournalEntry.act == private.ACT, AuditEvent.act == private.ACT, AuditEvent.stream == private.STREAM)
    rows = db.session.execute(query.where(JournalEntry.report_id == report_id, *here))
    told = [(at, orjson.loads(body)["facts"]) for at, body in rows]
    return {(facts["part"], each["number"]): at for at, facts in told for each in facts.get("revisions", [])}


def stated(report_id: int, texts: Mapping[Place, str]) -> dict[Place, str]:
    """These stored texts, with a notice in the place of each that is gone. No query where none is."""
    if all(texts.values()):
        return dict(texts)
    since = moments(report_id)
    return {place: text or notice(since.get(place)) for place, text in texts.items()}


def notice(at: datetime | None) -> str:
    """The stored text that stands for one that is gone."""
    return content_bytes((Block(ZONE, ZONE, BlockKind.PARAGRAPH, {"text": sentence(at)}),)).decode("utf-8")


def told_by(content: Content) -> str:
    """The sentence of a content that is a notice; empty for any other."""
    return next((block.text for block in content if block.zone == ZONE), "")

"""Adopted amendments whose words a later revision takes out of the text again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.content.blocks import Content
from app.content.changes import lasts
from app.db import db
from app.reports.models.report import Amendment, AmendmentState, Report


def by(report: Report, key: str, before: Content, after: Content, *, but: int = 0) -> dict[str, Any]:
    """The facts for the log of a revision of part `key` that makes `after` of `before`: the numbers of the adopted
    amendments that were in the text and are not any more, that of number `but` aside; none where there are none.

    One query, and none in a report without amendments.
    """
    if not report.amendment_count:
        return {}
    adopted = db.session.scalars(
        select(Amendment)
        .where(
            Amendment.report_id == report.id,
            Amendment.part_key == key,
            Amendment.state == AmendmentState.ADOPTED,
            Amendment.number != but,
        )
        .order_by(Amendment.number)
    )
    found = [each.number for each in adopted if lasts(each.change, before) and not lasts(each.change, after)]
    return {"taken_out": found} if found else {}


def told(report: Report) -> dict[int, AuditEvent]:
    """By number, the last act that took an adopted amendment's words out again, as the log tells: one query."""
    events = db.session.scalars(
        select(AuditEvent)
        .where(AuditEvent.stream == f"report:{report.id}", AuditEvent.body.contains('"taken_out":['))
        .order_by(AuditEvent.seq)
    )
    return {number: event for event in events for number in orjson.loads(event.body)["facts"]["taken_out"]}


SAVING = ("draft", "edit", "restore_draft", "restore_edit")
"""The acts that write a text anew, apart from deciding an amendment."""


def sentence(facts: Mapping[str, Any]) -> str:
    """What an act took out again, for those who are told."""
    *most, last = (str(number) for number in facts["taken_out"])
    if not most:
        return f"Les mots de l’amendement n°\u00a0{last}, qui avait été adopté, ne sont plus dans le texte."
    said = f"{', '.join(most)} et {last}"
    return f"Les mots des amendements n°\u00a0{said}, qui avaient été adoptés, ne sont plus dans le texte."

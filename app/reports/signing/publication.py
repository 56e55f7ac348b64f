"""The public version of a report: made and sealed once, kept under its hash, named by the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.content.blocks import Content
from app.content.canonical import canonical, digest
from app.db import db, now
from app.directory.models import Person
from app.documents import seal
from app.documents.authority import Authority
from app.documents.store import Store
from app.reports import steps
from app.reports.access.situation import signatures_of
from app.reports.models.report import Report
from app.reports.output import report_pdf
from app.reports.text import withheld
from app.reports.text.parts import PartView, as_published, part_views
from app.workflow import Stage

ACTS = ("publish", "make_public")
"""The acts whose events may name a public version."""


class SourceChanged(Exception):
    """What the public version was made from has changed since."""


@dataclass(frozen=True, slots=True)
class Public:
    """A public version that is made and sealed, to be kept in `store`; `masked` says what it leaves out.

    `source` is the hash of all that it was made from.
    """

    pdf: bytes
    masked: Sequence[str]
    source: str
    store: Store


def prepare(report: Report, base_url: str, authority: Authority, store: Store) -> Public:
    """Make and seal the public version, before anything is written: setting pages takes a while.

    Raises what `press.public` and `documents.seal.seal_public` raise.
    """
    views = part_views(report)
    left_out = withheld.masked(_contents(views))
    pdf = report_pdf.public(report, as_published(views), signatures_of(report), base_url, store, left_out, sealed=True)
    return Public(seal.seal_public(pdf, report.id, authority, now()), left_out, source(report), store)


def keep(report: Report, public: Public) -> dict[str, Any]:
    """Put it into the store and name it; answers with the facts for the log. Raises `SourceChanged`, `store.Unreachable`."""
    if public.source != source(report):
        raise SourceChanged
    report.public_hash = public.store.put(public.pdf)
    report.public_masked = " ".join(public.masked)
    return {"public": report.public_hash, "masked": list(public.masked)}


def establish(report: Report, person: Person, public: Public) -> AuditEvent:
    """Give a published report the public version that it lacks, or that an erasure has overtaken.

    Raises `SourceChanged`, `documents.store.Unreachable`, and what `steps.take` raises.
    """

    def effect() -> dict[str, Any]:
        return {"signed_hash": report.signed_hash, **keep(report, public)}

    return steps.take("make_public", report, person, effect)


def standing_file(report: Report, parts: Sequence[PartView]) -> str:
    """The hash of the public version to hand out; empty where there is none, or it shows what has been erased since."""
    return report.public_hash if withheld.stands(report, _contents(parts)) else ""


def report_public_as(file: bytes) -> Report | None:
    """The published report whose public version this is, byte for byte, by the row and by the log."""
    file_hash = digest(file)
    report = db.session.scalar(select(Report).where(Report.public_hash == file_hash, Report.stage == Stage.PUBLISHED))
    return report if report is not None and logged(report, file_hash) is not None else None


def logged(report: Report, file_hash: str) -> list[str] | None:
    """What the public version of that hash masks, as the report's log says; None where the log names no such file."""
    bodies = db.session.scalars(
        select(AuditEvent.body).where(AuditEvent.stream == f"report:{report.id}", AuditEvent.act.in_(ACTS))
    )
    told = [orjson.loads(body)["facts"] for body in bodies]
    return next((list(facts["masked"]) for facts in told if facts.get("public") == file_hash), None)


def _contents(parts: Sequence[PartView]) -> dict[str, Content]:
    return {view.part.key: view.content for view in parts}


def source(report: Report) -> str:
    """The hash of what is printed: the signed file it is drawn from, and the texts as they stand."""
    parts = {view.part.key: view.content_json for view in part_views(report)}
    return digest(canonical({"signed": report.signed_hash, "parts": parts}))

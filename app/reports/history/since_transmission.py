"""What was transmitted to the commission, and the revisions that its reading has brought since."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import lazyload

from app.db import db
from app.directory.models import Person
from app.reports.models.report import Amendment, Report, ReportPart, Revision
from app.reports.text import erased


@dataclass(frozen=True, slots=True)
class PartVersion:
    """One revision of a part: its number, its stored text, who wrote it, and by which amendment."""

    number: int
    content_json: str
    author: Person | None
    amendment: int | None


def versions(report: Report, *, since: bool) -> dict[str, list[PartVersion]]:
    """By part the revision transmitted for the last reading, and with `since` those that followed: one query."""
    if report.reading_since is None:
        return {}
    sent = (
        select(Revision.part_id, func.max(Revision.number).label("number"))
        .join(ReportPart, ReportPart.id == Revision.part_id)
        .where(ReportPart.report_id == report.id, Revision.at <= report.reading_since)
        .group_by(Revision.part_id)
        .subquery()
    )
    wanted = Revision.number >= sent.c.number if since else Revision.number == sent.c.number
    rows = db.session.execute(
        select(ReportPart.key, Revision.number, Revision.content_json, Person, Amendment.number.label("amendment"))
        .join(ReportPart, ReportPart.id == Revision.part_id)
        .join(sent, (sent.c.part_id == Revision.part_id) & wanted)
        .outerjoin(Person, Person.id == Revision.author_id)
        .outerjoin(Amendment, Amendment.id == Revision.amendment_id)
        .order_by(Revision.part_id, Revision.number)
        .options(lazyload(Person.grants))
    ).all()
    texts = erased.stated(report.id, {(row.key, row.number): row.content_json for row in rows})
    found: dict[str, list[PartVersion]] = {}
    for key, number, _, author, amendment in rows:
        found.setdefault(key, []).append(PartVersion(number, texts[key, number], author, amendment))
    return found

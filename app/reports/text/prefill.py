"""What each part of a new report starts with."""

from __future__ import annotations

from sqlalchemy import or_, select

from app.content.blocks import Block, BlockKind, Content
from app.content.prose import cut, new_id
from app.db import db
from app.directory.models import Person
from app.reports.models.report import Report, ReportPart, Revision, decode
from app.reports.text import imported as olden
from app.template import Function, Part, Status
from app.workflow import Stage
from app.workshops import wording
from app.workshops.models import Workshop

CLOSED = frozenset({Status.DONE, Status.MOOT})


def content_for(part: Part, workshop: Workshop) -> Content:
    """The first content of a part: from the workshop, its campaign, its people, or the template's usual sentence."""
    blocks: list[Block] = []
    for zone in part.zones:
        if zone.shape is None and not zone.heading:
            blocks += cut(zone.prefill, zone.key)
    if part.key == "introduction":
        return cut(opening(workshop), "body")
    if part.key == "bureau":
        return (*blocks, *_bureau(workshop))
    if part.key == "signatures":
        return tuple(_signatories(workshop))
    if part.key == "terms":
        return decode(workshop.campaign.terms)
    if part.key == "programme":
        return decode(workshop.campaign.programme)
    if part.key == "follow_up":
        return tuple(open_recommendations(workshop))
    return tuple(blocks)


def row(zone: str, **fields: str) -> Block:
    return Block(new_id(), zone, BlockKind.ROW, fields)


def opening(workshop: Workshop) -> str:
    return (
        f"{wording.date_in_words(workshop.held_on)}, s’est tenue à {workshop.place}, {workshop.venue}, la rencontre "
        f"d’information et d’échanges organisée par {workshop.organising_body}."
    )


def _bureau(workshop: Workshop) -> list[Block]:
    seats = (
        (Function.PRESIDENT, workshop.chair),
        (Function.RAPPORTEUR, workshop.rapporteur),
        (Function.FACILITATOR, workshop.facilitator),
    )
    return [
        row(
            "members",
            function=function.value,
            civility=person.civility,
            first_name=person.first_name,
            surname=person.surname,
            title=person.title,
            body=person.body,
        )
        for function, person in seats
        if person is not None
    ]


def _signatories(workshop: Workshop) -> list[Block]:
    return [
        _signatory("Rapporteur", workshop.rapporteur),
        _signatory("Président de séance", workshop.chair),
    ]


def _signatory(quality: str, person: Person | None) -> Block:
    return row(
        "signatories",
        quality=quality,
        first_name=person.first_name if person else "",
        surname=person.surname if person else "",
        title=person.title if person else "",
        body=person.body if person else "",
    )


def open_recommendations(workshop: Workshop) -> list[Block]:
    """The recommendations that the territory's last report leaves open, its own and those it carried on: the last that was
    validated here, or taken over from before the application.
    """
    last = _last_settled(workshop)
    if last is None:
        return []
    texts: list[str] = []
    for key in ("follow_up", "recommendations"):
        for block in decode(_current_content(last, key)):
            if block.kind is BlockKind.ROW and block.fields.get("status", "") not in CLOSED:
                texts.append(block.fields.get("text", ""))
    return [row("rows", text=text, status="", execution="", observations="") for text in texts if text]


def _last_settled(workshop: Workshop) -> Report | None:
    earlier = db.session.scalars(
        select(Report)
        .join(Report.workshop)
        .where(
            Workshop.territory_id == workshop.territory_id,
            Workshop.held_on < workshop.held_on,
            or_(Report.rectifies_id.is_(None), Report.stage == Stage.PUBLISHED),
        )
        .order_by(Workshop.held_on.desc(), Report.id.desc())
    ).all()
    old = olden.are_old([report.id for report in earlier if report.stage is Stage.DRAFTING])
    settled = (Stage.VALIDATED, Stage.SIGNED, Stage.PUBLISHED)
    return next((report for report in earlier if report.stage in settled or report.id in old), None)


def _current_content(report: Report, key: str) -> str:
    return db.session.scalars(
        select(Revision.content_json)
        .join(ReportPart, ReportPart.id == Revision.part_id)
        .where(ReportPart.report_id == report.id, ReportPart.key == key, Revision.number == ReportPart.number)
    ).one()

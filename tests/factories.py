"""Reports at any stage, brought there by taking the steps."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import inspect, select

from app import template
from app.audit import checkpoints
from app.content.blocks import Content
from app.content.prose import cut
from app.db import db, now
from app.directory.models import Person
from app.documents.store import Store
from app.reports import drafting
from app.reports.amending import acts as amending
from app.reports.editing import acts as editing
from app.reports.models.ballot import Choice
from app.reports.models.report import Amendment, Report
from app.reports.output import report_pdf
from app.reports.signing import acts as signing
from app.reports.signing import publication
from app.reports.text import revisions
from app.reports.text.parts import part_views
from app.reports.validating import acts as validating
from app.workflow import Stage
from app.working_days import add_working_days
from app.workshops.models import Workshop
from tests.cast import LOG, Cast, row

BASE_URL = "http://127.0.0.1:5000"
DEADLINE = add_working_days(date.today(), 10)


def the_workshop() -> Workshop:
    return db.session.scalars(select(Workshop).order_by(Workshop.id)).first()  # type: ignore[return-value]


def opened(cast: Cast, workshop: Workshop | None = None) -> Report:
    return drafting.open_report(workshop or the_workshop(), cast.fanta)


def workshop_again(campaign_name: str) -> Workshop:
    """The same people meet once more, in a campaign like the first but for its name."""
    first = the_workshop()
    campaign = _copy(first.campaign, name=campaign_name)
    db.session.add(campaign)
    db.session.flush()
    again = _copy(first, campaign_id=campaign.id)
    db.session.add(again)
    db.session.flush()
    return again


def _copy(row: Any, **others: Any) -> Any:
    columns = [each.key for each in inspect(type(row)).column_attrs if each.key != "id"]
    return type(row)(**{name: getattr(row, name) for name in columns} | others)


def texts() -> dict[str, Content]:
    """Something true and short in every required part, in which the consistency check finds nothing."""
    return {
        "introduction": cut("La rencontre s’est tenue à Ségou.\n\nElle a réuni les élus et les citoyens.", "body"),
        "ceremony": (
            *cut("Deux personnes ont pris la parole.", "lead"),
            row("speeches", speaker="Seydou BA", text="Monsieur BA a ouvert les travaux."),
        ),
        "proceedings": cut("Un tour de table a précédé les exposés.", "body"),
        "method": cut("Des exposés ont été suivis de débats.", "body"),
        "presentation": (*cut("Points présentés :", "lead"), row("points", text="la préparation du budget ;")),
        "concerns": (
            row("concerns", text="le coût des intrants ;", answer="", answered_by=""),
            *cut("Le bureau y a répondu.", "closing"),
        ),
        "recommendations": (
            *cut("Les participants recommandent de :", "lead"),
            row(
                "recommendations",
                text="Publier le budget de la région.",
                addressee="Conseil régional",
                deadline="",
                proof="",
                sector="",
            ),
            row(
                "recommendations",
                text="Réunir les usagers chaque trimestre.",
                addressee="Conseil régional",
                deadline="",
                proof="",
                sector="",
            ),
        ),
        "conclusion": cut("Les travaux ont pris fin dans la bonne humeur.", "body"),
        "follow_up": (
            row("rows", text="Former les élus.", status="non réalisée", execution="Faute de crédits.", observations=""),
        ),
        "attendance": (
            row("attendees", name="Awa DIOP", body="CAFO", contact="", signed=""),
            row("attendees", name="Seydou BA", body="Conseil régional", contact="", signed=""),
        ),
    }


def written(report: Report, person: Person) -> Report:
    for key, content in texts().items():
        save(report, key, content, person)
    return report


def save(report: Report, key: str, content: Content, person: Person) -> None:
    editing.save_part(report, key, revisions.part_of(report, key).number, content, person)


def report_at(stage: Stage, cast: Cast, desk: signing.Sealer | None = None, workshop: Workshop | None = None) -> Report:
    """A report brought to `stage` by the people whose work it is."""
    report = opened(cast, workshop)
    if stage is Stage.DRAFTING:
        return report
    drafting.hand_over(written(report, cast.fanta), cast.fanta)
    if stage is Stage.EDITING:
        return report
    editing.transmit(report, cast.issa, DEADLINE, date.today())
    if stage is Stage.READING:
        return report
    for person in (cast.mariam, cast.oumar, cast.adama):
        validating.vote(report, person, Choice.APPROVE)
    validating.validate(report, cast.adama, minutes_of(report, desk) if desk else None)
    checkpoints.advance(LOG, "validate", now())
    if stage is Stage.VALIDATED:
        return report
    assert desk is not None
    sign(report, cast.issa, desk)
    sign(report, cast.seydou, desk)
    if stage is Stage.SIGNED:
        return report
    signing.publish(report, cast.coumba)
    return report


def published(cast: Cast, desk: signing.Sealer, workshop: Workshop | None = None) -> Report:
    """A published report with its public version, made as the page of publication makes it."""
    report = report_at(Stage.SIGNED, cast, desk, workshop)
    signing.publish(report, cast.coumba, public_of(report, desk))
    return report


def public_of(report: Report, desk: signing.Sealer) -> publication.Public:
    return publication.prepare(report, BASE_URL, desk.authority, desk.store)


def unset(report: Report, desk: signing.Sealer) -> publication.Public:
    """A file in the place of the public version, for those who do not read it."""
    return publication.Public(b"%PDF-1.7\n%public", ("contacts",), publication.source(report), desk.store)


def final_of(report: Report, store: Store | None = None) -> bytes:
    checkpoints.advance(LOG, "validate", now())
    return report_pdf.final(report, {view.part.key: view.content for view in part_views(report)}, BASE_URL, store)


def minutes_of(report: Report, desk: signing.Sealer) -> validating.Minutes:
    """A file in the place of the minutes, for those who do not read them."""
    return validating.Minutes(b"%PDF-1.7\n", validating.last_event(report), desk.store)


def sign(report: Report, person: Person, desk: signing.Sealer) -> None:
    signing.sign(report, person, report.text_hash, b"" if report.final_hash else final_of(report, desk.store), desk)


def content_of(report: Report, key: str) -> Content:
    return revisions.current(revisions.part_of(report, key)).content


def reworded(content: Content, old: str, new: str) -> Content:
    """The content with one stretch of text put otherwise, wherever it stands; it must be there."""
    from dataclasses import replace

    changed = tuple(
        replace(block, fields={name: text.replace(old, new) for name, text in block.fields.items()})
        for block in content
    )
    assert changed != content, f"{old!r} is not in the text"
    return changed


def amended(
    report: Report, key: str, old: str, new: str, person: Person, reason: str = "", *, formal: bool = False
) -> Amendment:
    """An amendment that puts one stretch of text otherwise."""
    (amendment,) = filed(report, key, reworded(content_of(report, key), old, new), person, reason, formal=formal)
    return amendment


def filed(
    report: Report, key: str, content: Content, person: Person, reason: str = "", *, formal: bool = False
) -> list[Amendment]:
    """The amendments that come of proposing `content` for a part as it stands."""
    part = revisions.part_of(report, key)
    return amending.amend(report, key, part.number, content, reason, person, formal=formal)


__all__ = [
    "amended",
    "content_of",
    "filed",
    "final_of",
    "now",
    "opened",
    "public_of",
    "published",
    "report_at",
    "reworded",
    "save",
    "sign",
    "template",
    "unset",
]

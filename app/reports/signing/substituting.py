"""Signing in another's stead ("P.O."): whom coordination names for a slot, by which document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, not_, select
from sqlalchemy.orm import joinedload

from app.audit.models import AuditEvent
from app.db import db, now
from app.directory.models import Person, Role
from app.documents.store import Store
from app.people.invalid import Invalid, one_line
from app.reports import steps
from app.reports.access import situation
from app.reports.models.report import Report
from app.reports.models.scan import Substitution
from app.reports.models.signature import Slot
from app.workshops import meetings

LARGEST = 10 * 1024 * 1024
LONGEST_REFERENCE = 200
KINDS = {b"%PDF-": "pdf", b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n": "png"}
"""How a file of each kind begins."""
SEATS = {Slot.RAPPORTEUR: "rapporteur_id", Slot.CHAIR: "chair_id"}
ROLES = {Slot.RAPPORTEUR: Role.RAPPORTEUR, Slot.CHAIR: Role.CHAIR}


def standing_of(report: Report) -> dict[Slot, Substitution]:
    """The substitutions that hold for the text as it was last validated, by slot, with both persons."""
    rows = db.session.scalars(
        select(Substitution)
        .where(Substitution.report_id == report.id, not_(Substitution.ended))
        .options(joinedload(Substitution.person), joinedload(Substitution.named))
    )
    return {each.slot: each for each in rows}


def candidates(report: Report, slot: Slot) -> list[Person]:
    """Who may be named: the active holders of the slot's role over the territory, but for both who sign now."""
    taken = set(situation.signatories(report).values()) | {getattr(report.workshop, SEATS[slot])}
    people = meetings.seats(report.workshop.territory)[SEATS[slot]]
    return [person for person in people if person.id not in taken]


def substitute(
    report: Report, person: Person, slot: Slot, substitute_id: int, reference: str, document: bytes, store: Store
) -> AuditEvent:
    """Name who signs in the stead of the slot's signatory, by a `document` (PDF, JPEG or PNG) that allows it.

    Raises `Invalid`, `documents.store.Unreachable`, and what `steps.take` raises.
    """

    def effect() -> dict[str, Any]:
        _require_unsigned(report, slot)
        chosen = next((each for each in candidates(report, slot) if each.id == substitute_id), None)
        said = one_line(reference)
        kind = kind_of(document)
        _check(report, chosen, said, document, kind)
        assert chosen is not None
        end_standing(report, slot)
        named = getattr(report.workshop, SEATS[slot])
        count = select(func.count(Substitution.id)).where(Substitution.report_id == report.id)
        made = Substitution(
            report_id=report.id,
            number=(db.session.scalar(count) or 0) + 1,
            slot=slot,
            person_id=chosen.id,
            named_id=named,
            document_hash=store.put(document),
            document_kind=kind,
            reference=said,
            by_id=person.id,
            at=now(),
        )
        db.session.add(made)
        return {
            "slot": slot.value,
            "substitution": made.number,
            "substitute": chosen.id,
            "stands_for": named,
            "document": made.document_hash,
            "reference": said,
        }

    return steps.take("substitute", report, person, effect)


def kind_of(document: bytes) -> str:
    """What a document is that may allow it; empty for what is none, or too large."""
    if len(document) > LARGEST:
        return ""
    return next((kind for start, kind in KINDS.items() if document.startswith(start)), "")


def take_back(report: Report, person: Person, slot: Slot) -> AuditEvent:
    """Let the named signatory sign after all. Raises `Invalid` where nobody was to sign instead."""

    def effect() -> dict[str, Any]:
        _require_unsigned(report, slot)
        if not end_standing(report, slot):
            raise Invalid({"": "Personne n’est désigné pour signer à la place de cette personne."})
        named = getattr(report.workshop, SEATS[slot])
        return {"slot": slot.value, "substitution": None, "substitute": None, "stands_for": named}

    return steps.take("substitute", report, person, effect)


def end_standing(report: Report, slot: Slot | None = None) -> bool:
    """End the substitution of this slot, or all; answers whether there was any."""
    query = select(Substitution).where(Substitution.report_id == report.id, not_(Substitution.ended))
    found = db.session.scalars(query.where(Substitution.slot == slot) if slot else query).all()
    for each in found:
        each.ended = True
    db.session.flush()
    return bool(found)


def details(substitution: Substitution | None) -> Mapping[str, Any]:
    """What a signature given in another's stead keeps of it."""
    if substitution is None:
        return {}
    return {
        "stands_for": substitution.named_id,
        "document": substitution.document_hash,
        "reference": substitution.reference,
        "substitution": substitution.number,
    }


def numbered(report: Report, number: int) -> Substitution:
    """Raises LookupError where there is none."""
    query = select(Substitution).where(Substitution.report_id == report.id, Substitution.number == number)
    found = db.session.scalar(query)
    if found is None:
        raise LookupError(number)
    return found


def _require_unsigned(report: Report, slot: Slot) -> None:
    if slot.value in situation.signed_by(report):
        raise steps.NotReady("Cette signature est déjà donnée : personne ne peut plus signer à la place.")
    if slot in situation.on_paper(report):
        raise steps.NotReady(
            "Un exemplaire signé sur papier attend d’être attesté pour cette signature : faites-le d’abord refuser."
        )


def _check(report: Report, chosen: Person | None, reference: str, document: bytes, kind: str) -> None:
    errors = {}
    if chosen is None:
        errors["substitute"] = "Choisissez la personne qui signe à la place."
    elif why := situation.not_fit(report, chosen):
        errors["substitute"] = why
    if not reference:
        errors["reference"] = "Indiquez la référence du document qui l’autorise : sa nature, son numéro, sa date."
    elif len(reference) > LONGEST_REFERENCE:
        errors["reference"] = f"La référence dépasse {LONGEST_REFERENCE} caractères : abrégez-la."
    if not document:
        errors["document"] = "Joignez le document qui l’autorise (PDF, JPEG ou PNG)."
    elif len(document) > LARGEST:
        errors["document"] = "Ce document pèse plus de 10 Mo : numérisez-le plus légèrement."
    elif not kind:
        errors["document"] = "Ce fichier n’est ni un PDF, ni une image JPEG ou PNG."
    if errors:
        raise Invalid(errors)

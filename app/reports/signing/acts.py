"""Signing: two persons sign the one final file; either may refuse; the signed report is published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import not_, select

from app.audit.models import AuditEvent
from app.content.canonical import canonical, digest
from app.db import db, now
from app.directory.models import Person
from app.documents import seal, stamp
from app.documents.authority import Authority
from app.documents.seal import PAPER, SignerInfo
from app.documents.stamp import HandMark
from app.documents.store import Store
from app.reports import steps
from app.reports.access import situation
from app.reports.amending.acts import reopen_ballots
from app.reports.models.report import Report
from app.reports.models.scan import Substitution
from app.reports.models.signature import Signature, Slot, Way
from app.reports.signing import publication, substituting
from app.reports.signing.paper import filing
from app.reports.signing.publication import Public
from app.reports.text import masthead


class OutdatedFile(Exception):
    """The file shown before signing is not that of the report as it stands."""


@dataclass(frozen=True, slots=True)
class Sealer:
    """What signing needs beside the report: the authority that issues certificates, and the store of files."""

    authority: Authority
    store: Store


@dataclass(frozen=True, slots=True)
class Manner:
    """How a signature is given: `nature` is printed on its stamp, `details` (JSON values) kept with it.

    `mark` is what the signatory drew or wrote, printed too; `facts` are further ones for the log.
    """

    way: Way = Way.ELECTRONIC
    nature: str = stamp.NATURE
    details: Mapping[str, Any] = field(default_factory=dict)
    attester: Person | None = None
    mark: HandMark | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def details_json(self) -> str:
        return canonical(dict(self.details)).decode("utf-8") if self.details else ""


ELECTRONIC = Manner()


def sign(
    report: Report, person: Person, text_hash: str, final: bytes, desk: Sealer, manner: Manner = ELECTRONIC
) -> AuditEvent:
    """Put this person's signature on the report's file; the second one makes the report signed.

    `final` is the rendering of the text named by `text_hash`; it counts only for the first signature: the second goes on
    the file that bears the first. Raises `OutdatedFile`, `documents.seal.CannotSign`, and what `steps.take` raises.
    """

    def effect() -> dict[str, Any]:
        if text_hash != report.text_hash:
            raise OutdatedFile
        before = situation.signed_by(report)
        slot = next(slot for slot in situation.slots_of(report, person) if slot.value not in before)
        if not report.final_hash:
            report.final_hash = desk.store.put(final)
        return put_on(report, person, slot, desk, manner, last=bool(before))

    return steps.take("sign", report, person, effect)


def put_on(report: Report, person: Person, slot: Slot, desk: Sealer, manner: Manner, last: bool) -> dict[str, Any]:
    """Sign the file as it stands, keep the signature, and answer with its facts for the log."""
    stand_in = substituting.standing_of(report).get(slot)
    manner = replace(manner, details={**manner.details, **substituting.details(stand_in)})
    who = _signer(person, slot, manner, stand_in)
    file = desk.store.get(latest_file(report))
    signed = desk.store.put(seal.sign(file, slot.value, who, desk.authority, now(), last))
    facts = _keep(report, person, slot, signed, manner, both=last)
    return facts | ({"stands_for": stand_in.named_id} if stand_in else {})


def _signer(person: Person, slot: Slot, manner: Manner, stand_in: Substitution | None) -> SignerInfo:
    """Who signs, as the stamp and the certificate say it."""
    name, title = person.name, person.title or slot.label
    if stand_in is not None:
        name, title = f"P.O. {name}", f"pour {stand_in.named.name}, {stand_in.named.title or slot.label}"
    if manner.attester is None:
        return SignerInfo(name, title, str(person.id), manner.nature, mark=manner.mark)
    return SignerInfo(
        name, title, f"{PAPER}{person.id}:{manner.attester.id}", manner.nature, attester=manner.attester.name
    )


def latest_file(report: Report) -> str:
    """The hash of the final file with the signatures it bears so far; empty while there is none."""
    newest = db.session.scalar(
        select(Signature.file_hash)
        .where(Signature.report_id == report.id, Signature.final_hash == report.final_hash, not_(Signature.void))
        .order_by(Signature.id.desc())
        .limit(1)
    )
    return newest or report.final_hash


def _keep(report: Report, person: Person, slot: Slot, file_hash: str, manner: Manner, both: bool) -> dict[str, Any]:
    db.session.add(
        Signature(
            report_id=report.id,
            slot=slot,
            person_id=person.id,
            at=now(),
            final_hash=report.final_hash,
            file_hash=file_hash,
            way=manner.way,
            details_json=manner.details_json,
            attester_id=manner.attester.id if manner.attester else None,
        )
    )
    facts = {
        "slot": slot.value,
        "final_hash": report.final_hash,
        "file_hash": file_hash,
        "way": manner.way.value,
        "details": digest(manner.details_json.encode("utf-8")),
        **manner.facts,
    }
    if both:
        report.signed_hash = file_hash
        facts["signed_hash"] = file_hash
    return facts


def refuse(report: Report, person: Person, reason: str, more: Mapping[str, Any] | None = None) -> AuditEvent:
    """Refuse to sign: the text goes back to the commission, a signature already given falls, and so do the ballots.

    `more` are further facts for the log.
    """

    def effect() -> dict[str, Any]:
        slots = situation.slots_of(report, person)
        voided = db.session.scalars(
            select(Signature).where(Signature.report_id == report.id, not_(Signature.void)).order_by(Signature.id)
        ).all()
        for signature in voided:
            signature.void = True
        report.final_hash = ""
        filing.outdate(report, person)
        substituting.end_standing(report)
        # What was frozen is open to change again, and is what the campaign and the meeting have become meanwhile.
        head = masthead.renew(report)
        return {
            **head,
            "slot": slots[0].value,
            "voided": [signature.slot.value for signature in voided],
            "reopened": reopen_ballots(report),
            **(more or {}),
        }

    return steps.take("refuse", report, person, effect, reason=reason)


def publish(report: Report, person: Person, public: Public | None = None) -> AuditEvent:
    """Open the signed report to all readers, with its public version where that has been made.

    Raises `publication.Overtaken`, `documents.store.Unreachable`, and what `steps.take` raises.
    """

    def effect() -> dict[str, Any]:
        report.published_at = now()
        return {"signed_hash": report.signed_hash, **(publication.keep(report, public) if public else {})}

    return steps.take("publish", report, person, effect)


def report_signed_as(file: bytes) -> Report | None:
    """The report whose signed file this is, byte for byte."""
    return db.session.scalar(select(Report).where(Report.signed_hash == digest(file)))

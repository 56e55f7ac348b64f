"""Where a validated text stands in the log's tree: its code, its leaf, the checkpoint that covers it, and the proof."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import orjson
from sqlalchemy import select

from app.audit import checkpoints, tree
from app.audit.models import AuditEvent, Leaf
from app.content.codes import spoken
from app.content.typography import french
from app.db import db
from app.documents.tree import Attestation, Document
from app.reports.models.report import Report

NOT_YET = (
    "Le journal n’a pas encore de point de contrôle signé qui couvre la validation de ce texte : il sera fait dans les "
    "minutes qui viennent. Rechargez alors la page ; si cela dure, prévenez l’administration du site."
)


class NotAnchored(Exception):
    """No checkpoint covers the validation yet; the message is a French sentence."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A validation in the log: event `version` of the log of `report`, leaf `leaf` of the tree.

    `note` is the first checkpoint that covers it, and `proof` (lower-case hexadecimal) leads from the leaf to its root.
    """

    report: int
    version: int
    code: str
    leaf: int
    size: int
    note: str
    proof: tuple[str, ...]
    prev: str
    body: str

    def address(self, base_url: str) -> str:
        """Where the code is answered; the rest tells a reader without us what to ask for."""
        place = f"r={self.report}&v={self.version}&f={self.leaf}&n={self.size}"
        return f"{base_url.rstrip('/')}/verifier/{spoken(self.code)}?{place}"

    def facts(self) -> dict[str, Any]:
        """What the file carries with it, so that it can be checked with nothing but the log's public key."""
        return {
            "code": self.code,
            "event": {"prev": self.prev, "body": self.body},
            "leaf": self.leaf,
            "proof": list(self.proof),
            "checkpoint": self.note,
        }


def anchor_of(report: Report) -> Anchor:
    """The anchor of the report's last validation, always the same once there is one. Raises `NotAnchored`."""
    event = last_validation(report.id)
    leaf = db.session.scalar(select(Leaf).where(Leaf.event_id == event.id)) if event else None
    covering = checkpoints.covering(leaf.number) if leaf else None
    if event is None or leaf is None or leaf.code is None or covering is None:
        raise NotAnchored(french(NOT_YET))
    proof = tree.prove(db.session, leaf.number, covering.size)
    return Anchor(
        report=report.id,
        version=event.seq,
        code=leaf.code,
        leaf=leaf.number,
        size=covering.size,
        note=covering.note,
        proof=tuple(each.hex() for each in proof),
        prev=event.prev,
        body=event.body,
    )


def last_validation(report_id: int) -> AuditEvent | None:
    """The event by which the report was last validated."""
    validations = select(AuditEvent).where(AuditEvent.stream == f"report:{report_id}", AuditEvent.act == "validate")
    return db.session.scalar(validations.order_by(AuditEvent.seq.desc()).limit(1))


def attested(document: Document, anchor: Anchor, base_url: str) -> Document:
    """The document with what lets a reader of the paper check it."""
    origin, size, root = anchor.note.split("\n")[:3]
    when = str(orjson.loads(anchor.body)["at"])
    sentences = (
        f"Pour savoir si ce texte est bien celui qui a été signé, photographiez ce carré, saisissez le code à l’adresse "
        f"{base_url.rstrip('/')}/verifier, ou lisez-le au téléphone.",
        f"Texte validé le {when[8:10]}/{when[5:7]}/{when[:4]} à {when[11:13]} h {when[14:16]} (temps universel), inscrit au "
        f"journal « {origin} » sous le n° {anchor.leaf}. Point de contrôle : {size} événements, racine {root}",
    )
    title = f"Code de vérification : {spoken(anchor.code)}"
    address = anchor.address(base_url)
    return replace(document, attestation=Attestation(spoken(anchor.code), address, title, sentences))

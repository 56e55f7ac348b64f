"""Which report a file claims to be, by what it carries; and files of ours that are no final one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import select

from app.audit.models import AuditEvent, Leaf
from app.content.canonical import digest
from app.db import db
from app.documents.verifying.reading import Read, Seen
from app.reports.models.report import Report
from app.reports.models.signature import Signature

LARGEST_ID = 2**31
MOST_CODES = 5
_REFERENCE = re.compile(r"Rapport n°\s*(\d{1,9})\b")

VOIDED = (
    "Ce fichier a bien porté cette signature, mais elle est tombée : un signataire a refusé, et le texte a été repris."
)
HALF = "Ce fichier est une étape : il ne porte que la première signature. Demandez le fichier définitif."
TO_SIGN = "Ce fichier est celui qui était à signer : il ne porte encore aucune signature."
REPLACED = "Ce fichier a été remplacé : un autre a été signé depuis."
DRAFT = "Ce fichier porte la mention « PROJET » : c’est un brouillon, et non le rapport signé."


@dataclass(frozen=True, slots=True)
class Claim:
    """`by`: "attached" (the text it carries), "code" (a code on it) or "reference" (its foot); `seen`: that code."""

    report: Report
    by: str
    seen: Seen | None = None


def claim(shown: Read) -> Claim | None:
    """The report that the file says it is; the first that exists, by the code on it, the text it carries, its foot."""
    for by, report_id, seen in _said(shown):
        report = db.session.get(Report, report_id) if 0 < report_id < LARGEST_ID else None
        if report is not None:
            return Claim(report, by, seen)
    return None


def _said(shown: Read) -> Iterator[tuple[str, int, Seen | None]]:
    for seen in shown.codes[:MOST_CODES]:
        stream = db.session.scalar(
            select(AuditEvent.stream)
            .join(Leaf, Leaf.event_id == AuditEvent.id)
            .where(Leaf.code == seen.code)
            .order_by(Leaf.number.desc())
            .limit(1)
        )
        if stream and stream.startswith("report:"):
            yield "code", int(stream.removeprefix("report:")), seen
    told = attached(shown)
    if isinstance(told.get("report"), int):
        yield "attached", told["report"], None
    for leaf in shown.leaves:
        if found := _REFERENCE.search(leaf.words[-400:]):
            yield "reference", int(found[1]), None
            return


def attached(shown: Read) -> dict[str, Any]:
    """The text that the file carries; empty where it is none."""
    try:
        told = orjson.loads(shown.source or "{}")
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def said_public(shown: Read) -> bool:
    """Whether the file says that it is a public version: by the text it carries, or by the foot of its pages."""
    return "withheld" in attached(shown) or any("– version publique" in leaf.words[-400:] for leaf in shown.leaves)


def known(file: bytes, shown: Read) -> str:
    """What there is to say of a file that was made here and is not a signed report; empty where it was not."""
    file_hash = digest(file)
    signature = db.session.scalar(select(Signature).where(Signature.file_hash == file_hash).limit(1))
    if signature is not None:
        report = db.session.get_one(Report, signature.report_id)
        if signature.void:
            return VOIDED
        return HALF if report.final_hash == signature.final_hash else REPLACED
    if db.session.scalar(select(Report.id).where(Report.final_hash == file_hash).limit(1)):
        return TO_SIGN
    return DRAFT if any("– projet" in leaf.words[-400:] for leaf in shown.leaves[1:3]) else ""

"""Answering a code that stands on paper: whether it is that of the signed text, and whether the log proves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import select

from app.audit import checkpoints, note, tree
from app.audit.events import link
from app.audit.merkle import leaf_hash, verify_inclusion
from app.audit.models import AuditEvent, Checkpoint, Leaf
from app.audit.note import BadNote, Verifier
from app.content.codes import code_of
from app.db import db
from app.reports.models.report import Report
from app.reports.proofs.anchors import last_validation
from app.workflow import Stage

IS_SIGNED = "Ce code est celui du texte signé."
NOT_YET = "Ce code est celui du texte validé ; les deux signatures n’y sont pas encore."
REPLACED = "Ce n’est pas le texte signé : la commission a repris ce texte après l’avoir validé."
SPOILT = "Ne vous fiez pas à ce document : le journal ne prouve plus ce que dit ce code."
OTHER_PLACE = "Le carré imprimé ne dit pas la même chose que le journal : ne vous fiez pas à ce document."
UNKNOWN = "Ce code n’est celui d’aucun texte validé ici."


@dataclass(frozen=True, slots=True)
class Answer:
    """What there is to say of a code. `version` is the number of the validation in the report's log, `leaf` in the tree.

    `good`: it is the signed text and all that the log says of it holds; `bad`: do not trust the paper; else in between.
    """

    sentence: str
    good: bool
    bad: bool
    report: Report
    version: int
    validated_at: datetime
    leaf: int
    checkpoint: Checkpoint | None
    event_holds: bool
    signature_holds: bool
    proof_holds: bool

    @property
    def proved(self) -> bool:
        return self.event_holds and self.signature_holds and self.proof_holds


def answer(code: str, known: Sequence[Verifier], printed: Mapping[str, int] | None = None) -> Answer | None:
    """The answer to a code as `codes.heard` gives it; None for a code of nothing here.

    `known` are the log's public keys; `printed` is what the QR code says beside it ("r", "v", "f", "n"), as far as it does.
    """
    leaf = db.session.scalar(select(Leaf).where(Leaf.code == code).order_by(Leaf.number.desc()).limit(1))
    event = db.session.get(AuditEvent, leaf.event_id) if leaf else None
    report = db.session.get(Report, int(event.stream.removeprefix("report:"))) if event else None
    if leaf is None or event is None or report is None:
        return None
    checkpoint = checkpoints.covering(leaf.number)
    text_hash = _text_hash(event, leaf)
    signature_holds, proof_holds = _proved(event, leaf, checkpoint, known)
    proved = bool(text_hash) and signature_holds and proof_holds
    said = {"r": report.id, "v": event.seq, "f": leaf.number, "n": checkpoint.size if checkpoint else 0}
    sentence, good, bad = _verdict(report, event, text_hash, proved, dict(printed or {}), said)
    return Answer(
        sentence=sentence,
        good=good,
        bad=bad,
        report=report,
        version=event.seq,
        validated_at=event.at,
        leaf=leaf.number,
        checkpoint=checkpoint,
        event_holds=bool(text_hash),
        signature_holds=signature_holds,
        proof_holds=proof_holds,
    )


def _verdict(
    report: Report, event: AuditEvent, text_hash: str, proved: bool, printed: dict[str, int], said: dict[str, int]
) -> tuple[str, bool, bool]:
    """The sentence, whether it is good news, whether it is bad."""
    if any(said.get(name) != value for name, value in printed.items()):
        return OTHER_PLACE, False, True
    if not proved:
        return SPOILT, False, True
    last = last_validation(report.id)
    if last is None or last.id != event.id or report.text_hash != text_hash:
        return REPLACED, False, True
    if report.stage in (Stage.SIGNED, Stage.PUBLISHED):
        return IS_SIGNED, True, False
    return (NOT_YET, False, False) if report.stage is Stage.VALIDATED else (REPLACED, False, True)


def _text_hash(event: AuditEvent, leaf: Leaf) -> str:
    """The hash of the validated text, where the event is as it was sealed and the code is its; else empty."""
    try:
        told = orjson.loads(event.body)
        text_hash = str(told["facts"]["text_hash"])
        whole = link(event.prev, event.body.encode()) == event.hash and told["stream"] == event.stream
        same = code_of(text_hash, leaf_hash(bytes.fromhex(event.hash))) == leaf.code
    except (ValueError, TypeError, KeyError):
        return ""
    return text_hash if whole and same else ""


def _proved(
    event: AuditEvent, leaf: Leaf, checkpoint: Checkpoint | None, known: Sequence[Verifier]
) -> tuple[bool, bool]:
    """Whether the first checkpoint that covers the leaf is signed by the log, and whether the leaf is in its tree."""
    if checkpoint is None:
        return False, False
    try:
        head = note.checkpoint(checkpoint.note, known)
        proof = tree.prove(db.session, leaf.number, head.size)
        return True, verify_inclusion(leaf_hash(bytes.fromhex(event.hash)), leaf.number, head.size, proof, head.root)
    except BadNote:
        return False, False
    except (ValueError, IndexError):
        return True, False

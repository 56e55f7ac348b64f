"""A code on paper is answered: the signed text, a text not signed, a text taken back, or a log that proves nothing."""

from __future__ import annotations

import io
import json

import pikepdf
import pytest
from flask import Flask
from sqlalchemy import select, text, update

from app.audit import merkle, note
from app.audit.events import link, record
from app.audit.models import AuditEvent, Leaf
from app.audit.note import Signer
from app.content import codes
from app.content.canonical import canonical, digest
from app.db import db
from app.reports.models.ballot import Choice
from app.reports.models.report import Report
from app.reports.proofs import code_lookup
from app.reports.proofs.anchors import anchor_of
from app.reports.proofs.code_lookup import IS_SIGNED, NOT_YET, OTHER_PLACE, REPLACED, SPOILT, answer
from app.reports.signing import acts as signing
from app.reports.signing.acts import Sealer
from app.reports.validating import acts as validating
from app.workflow import Stage
from tests.cast import LOG, Cast
from tests.factories import checkpoints, final_of, now, report_at, sign
from tests.tampering import disarm

KNOWN = LOG.known


@pytest.fixture(autouse=True)
def _world(world: Flask) -> None:
    """All of this happens in the domain."""


def told(code: str, **printed: int) -> code_lookup.Answer:
    found = answer(code, KNOWN, printed)
    assert found is not None
    return found


def validated_again(report: Report, cast: Cast) -> None:
    for person in (cast.mariam, cast.oumar, cast.adama):
        validating.vote(report, person, Choice.APPROVE)
    validating.validate(report, cast.adama)
    checkpoints.advance(LOG, "validate", now())


def test_the_code_of_the_signed_text_is_told_to_be_it_and_proved(cast: Cast, desk: Sealer) -> None:
    report = report_at(Stage.PUBLISHED, cast, desk)
    anchor = anchor_of(report)
    found = told(anchor.code, r=report.id, v=anchor.version, f=anchor.leaf, n=anchor.size)
    assert (found.sentence, found.good, found.bad, found.proved) == (IS_SIGNED, True, False, True)
    assert (found.report, found.leaf, found.version) == (report, anchor.leaf, anchor.version)


def test_a_text_that_waits_for_its_signatures_is_not_told_to_be_signed(cast: Cast, desk: Sealer) -> None:
    report = report_at(Stage.VALIDATED, cast)
    found = told(anchor_of(report).code)
    assert (found.sentence, found.good, found.bad, found.proved) == (NOT_YET, False, False, True)
    sign(report, cast.issa, desk)
    assert told(anchor_of(report).code).sentence == NOT_YET


def test_a_text_taken_back_is_told_to_be_none_of_the_signed(cast: Cast, desk: Sealer) -> None:
    report = report_at(Stage.VALIDATED, cast)
    first = anchor_of(report).code
    signing.refuse(report, cast.seydou, "Mon titre est faux.")
    assert told(first).sentence == REPLACED
    validated_again(report, cast)
    second = anchor_of(report).code
    assert second != first
    assert told(first).sentence == REPLACED and told(first).bad
    sign(report, cast.issa, desk)
    sign(report, cast.seydou, desk)
    assert told(second).sentence == IS_SIGNED
    assert told(first).sentence == REPLACED


def test_a_square_that_says_something_else_than_its_code_is_not_trusted(cast: Cast, desk: Sealer) -> None:
    report = report_at(Stage.SIGNED, cast, desk)
    anchor = anchor_of(report)
    for name, value in (("r", report.id + 1), ("v", 1), ("f", anchor.leaf + 1), ("n", 10**9), ("n", -1)):
        found = told(anchor.code, **{name: value})
        assert (found.sentence, found.bad) == (OTHER_PLACE, True)


def test_a_code_of_nothing_has_no_answer() -> None:
    assert answer("0" * 16, KNOWN) is None


@pytest.mark.parametrize(
    ("change", "event", "signature", "proof"),
    [
        ("UPDATE audit_event SET body = replace(body, 'approvals', 'objections') WHERE act = 'validate'", 0, 1, 1),
        ("UPDATE audit_event SET hash = prev WHERE act = 'open'", 1, 1, 0),
        ("UPDATE checkpoint SET note = replace(note, 'exemple.ml', 'exemple.mk')", 1, 0, 0),
        ("DELETE FROM checkpoint", 1, 0, 0),
        ("UPDATE leaf SET code = '0000000000000000' WHERE code IS NOT NULL", 0, 1, 1),
    ],
)
def test_a_log_that_was_tampered_with_proves_nothing(
    cast: Cast, desk: Sealer, change: str, event: int, signature: int, proof: int
) -> None:
    report = report_at(Stage.SIGNED, cast, desk)
    code = anchor_of(report).code
    disarm(db.session.connection())
    db.session.execute(text(change))
    db.session.expire_all()
    found = told(db.session.scalar(select(Leaf.code).where(Leaf.code.is_not(None))) or code)
    assert (found.sentence, found.good, found.bad) == (SPOILT, False, True)
    assert (found.event_holds, found.signature_holds, found.proof_holds) == (event, signature, proof)


def test_a_log_that_another_key_signed_proves_nothing(cast: Cast, desk: Sealer) -> None:
    report = report_at(Stage.SIGNED, cast, desk)
    stranger = Signer.new("exemple.ml").verifier
    found = answer(anchor_of(report).code, [stranger])
    assert found is not None and found.sentence == SPOILT


def test_an_event_that_was_rewritten_and_chained_again_proves_nothing(cast: Cast, desk: Sealer) -> None:
    report = report_at(Stage.SIGNED, cast, desk)
    code = anchor_of(report).code
    disarm(db.session.connection())
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "validate")).one()
    body = event.body.replace('"approvals":3', '"approvals":4')
    values = {"body": body, "hash": link(event.prev, body.encode())}
    db.session.execute(update(AuditEvent).where(AuditEvent.id == event.id).values(**values))
    db.session.expire_all()
    assert told(code).sentence == SPOILT


def test_a_spoilt_validation_has_no_code_but_is_a_leaf() -> None:
    record("report:77", "validate", None, {"text_hash": "rien"})
    record("report:78", "validate", None, {})
    checkpoints.advance(LOG, "validate", now())
    assert db.session.scalars(select(Leaf.code).order_by(Leaf.number)).all() == [None, None]


# ---- The paper and the file ------------------------------------------------------------------------------------------


def test_the_file_alone_and_the_public_key_prove_that_its_text_was_validated(cast: Cast) -> None:
    """As a stranger would, with nothing of ours but hashes and the format of notes."""
    report = report_at(Stage.VALIDATED, cast)
    for turn in range(30):
        record("people", "sign_in", None, {"turn": turn})
    checkpoints.advance(LOG, "period", now())
    with pikepdf.open(io.BytesIO(final_of(report))) as pdf:
        source = json.loads(pdf.attachments["rapport.json"].get_file().read_bytes())
    parts = {key: digest(canonical(content)) for key, content in source["parts"].items()}
    assert set(source["salts"]) == {"attendance", "photographs"}
    for key, salt in source["salts"].items():
        parts[key] = digest(bytes.fromhex(salt) + canonical(source["parts"][key]))
    parts["@masthead"] = digest(canonical(source["masthead"]))
    assert digest(canonical(parts)) == source["text_hash"]
    log = source["log"]
    body = log["event"]["body"]
    assert json.loads(body)["facts"]["text_hash"] == source["text_hash"]
    assert json.loads(body)["facts"]["report"] == source["report"]
    leaf = merkle.leaf_hash(bytes.fromhex(link(log["event"]["prev"], body.encode())))
    head = note.checkpoint(log["checkpoint"], KNOWN)
    proof = [bytes.fromhex(each) for each in log["proof"]]
    assert merkle.verify_inclusion(leaf, log["leaf"], head.size, proof, head.root)
    assert codes.code_of(source["text_hash"], leaf) == log["code"]

"""Checkpoints: the log as a tree, signed, growing, and never signed where it does not go on from what was signed before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from app import anchoring
from app.audit import checkpoints, dispatch, log_key, merkle, note, tree
from app.audit.checkpoints import PERIOD, Broken, advance, covering, due, standing
from app.audit.events import record
from app.audit.models import AuditEvent, Checkpoint, Leaf, Node, Witnessed
from app.audit.note import Signer
from app.audit.standalone import seben_audit
from app.db import db, now
from app.mail.models import Letter
from app.reports.proofs.anchors import NotAnchored, anchor_of
from app.reports.signing import acts as signing
from app.reports.signing.acts import Sealer
from app.workflow import Stage
from tests.cast import LOG, Cast
from tests.factories import final_of, opened, report_at, sign
from tests.tampering import disarm

KNOWN = LOG.known


@pytest.fixture(autouse=True)
def _world(world: Flask) -> None:
    """All of this happens in the domain."""


def happened(times: int, stream: str = "people") -> list[AuditEvent]:
    return [record(stream, "sign_in", None, {"turn": turn}) for turn in range(times)]


def hashes() -> list[bytes]:
    """The leaf hashes by the book: in the order of the leaves, straight from the events."""
    query = select(AuditEvent.hash).join(Leaf, Leaf.event_id == AuditEvent.id).order_by(Leaf.number)
    return [merkle.leaf_hash(bytes.fromhex(found)) for found in db.session.scalars(query)]


def made(reason: str = "period", at: datetime | None = None) -> Checkpoint:
    checkpoint = advance(LOG, reason, at or now())
    assert checkpoint is not None
    return checkpoint


def test_a_checkpoint_signs_the_root_of_all_events() -> None:
    happened(7)
    checkpoint = made("validate")
    head = note.checkpoint(checkpoint.note, KNOWN)
    assert (head.origin, head.size, head.root) == ("exemple.ml", 7, merkle.root(hashes()))
    assert (checkpoint.size, checkpoint.root, checkpoint.reason) == (7, head.root.hex(), "validate")
    assert checkpoint.note.split("\n")[:2] == ["exemple.ml", "7"]


def test_nothing_new_makes_no_checkpoint() -> None:
    assert advance(LOG, "period", now()) is None
    happened(1)
    made()
    assert advance(LOG, "period", now()) is None


def test_every_checkpoint_begins_every_later_one() -> None:
    for times in (1, 2, 5, 300, 13):
        happened(times)
        made()
    found = db.session.scalars(select(Checkpoint).order_by(Checkpoint.size)).all()
    assert [each.size for each in found] == [1, 3, 8, 308, 321]
    whole = seben_audit.Tree(321)
    whole.leaves[:] = b"".join(hashes())
    whole.close()
    for before in found:
        for after in found:
            if before.size <= after.size:
                path = seben_audit.growth_path(whole, before.size, after.size)
                roots = bytes.fromhex(before.root), bytes.fromhex(after.root)
                assert seben_audit.grown(before.size, after.size, path, *roots)


def test_every_event_is_proved_from_a_few_rows() -> None:
    happened(520)
    made()
    happened(9)
    root = bytes.fromhex(made().root)
    leaves = hashes()
    assert db.session.scalar(select(func.count()).select_from(Node)) == 2
    for number in (0, 1, 255, 256, 511, 512, 519, 520, 528):
        proof = tree.prove(db.session, number, 529)
        assert merkle.verify_inclusion(leaves[number], number, 529, proof, root)
        assert not merkle.verify_inclusion(leaves[number - 1], number, 529, proof, root)


def test_events_that_were_committed_out_of_order_are_taken_in_when_they_are_seen() -> None:
    """PostgreSQL draws an id before the commit: a later one may be there first, and a checkpoint between."""
    early, late = happened(1), happened(1, "report:9")
    late_row = db.session.get_one(AuditEvent, late[0].id)
    assert late_row.id > early[0].id
    db.session.commit()
    disarm(db.session.connection())
    values = {column.name: getattr(early[0], column.key) for column in AuditEvent.__table__.columns}
    db.session.execute(text(f"DELETE FROM audit_event WHERE id = {early[0].id}"))
    db.session.expunge_all()
    made()
    if db.engine.dialect.name == "sqlite":
        return  # where ids are committed in order, nobody looks below the last
    db.session.add(AuditEvent(**values))
    db.session.flush()
    made()
    order = db.session.scalars(select(Leaf.event_id).order_by(Leaf.number)).all()
    assert order == [late[0].id, early[0].id]


def test_on_postgresql_what_is_older_than_any_transaction_is_not_looked_through_again() -> None:
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer: its ids are committed in their order")
    start = now()
    for day in range(4):
        happened(3)
        made(at=start + timedelta(days=day))
    third = db.session.scalar(select(Leaf.event_id).where(Leaf.number == 8))
    assert db.session.scalar(select(checkpoints._floor())) == third


def test_nothing_is_signed_on_a_tree_that_was_altered() -> None:
    happened(300)
    made()
    happened(1)
    disarm(db.session.connection())
    db.session.execute(update(AuditEvent).where(AuditEvent.seq == 290).values(hash="0" * 64))
    with pytest.raises(Broken, match="300"):
        advance(LOG, "period", now())


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE node SET hash = root FROM checkpoint",
        "UPDATE checkpoint SET root = (SELECT hash FROM node)",
        "DELETE FROM checkpoint",
    ],
)
def test_nothing_is_signed_on_nodes_or_checkpoints_that_were_altered(change: str) -> None:
    happened(300)
    made()
    happened(1)
    disarm(db.session.connection())
    db.session.execute(text(change))
    db.session.expire_all()
    with pytest.raises(Broken):
        advance(LOG, "period", now())


def test_a_checkpoint_that_another_key_signed_is_nothing_to_go_on_from() -> None:
    stranger = Signer.new("exemple.ml")
    happened(2)
    advance(log_key.LogKey(stranger, (stranger.verifier,)), "period", now())
    happened(1)
    with pytest.raises(Broken):
        advance(LOG, "period", now())
    both = log_key.LogKey(LOG.signer, (*KNOWN, stranger.verifier))
    assert advance(both, "period", now()) is not None


def test_an_event_whose_hash_is_none_is_named_and_stops_it() -> None:
    happened(2)
    disarm(db.session.connection())
    db.session.execute(update(AuditEvent).where(AuditEvent.seq == 2).values(hash="zz"))
    with pytest.raises(tree.UnfitLeaf, match="événement 2 de « people »".replace(" ", ".")):
        advance(LOG, "period", now())


# ---- When one is due -------------------------------------------------------------------------------------------------


def test_what_is_not_covered_is_counted_and_dated() -> None:
    assert (standing().waiting, standing().oldest, standing().latest) == (0, None, None)
    first, *_ = happened(3)
    assert (standing().waiting, standing().oldest) == (3, first.at)
    checkpoint = made()
    assert (standing().waiting, standing().oldest, standing().latest) == (0, None, checkpoint)


def test_one_is_due_after_a_quarter_of_an_hour_of_activity() -> None:
    assert due(now()) == ""
    (event,) = happened(1)
    assert due(event.at + PERIOD - timedelta(seconds=1)) == ""
    assert due(event.at + PERIOD) == "period"
    made()
    assert due(event.at + timedelta(days=1)) == ""


def test_one_is_due_at_once_for_a_validation_a_signature_and_a_publication(cast: Cast, desk: Sealer) -> None:
    report = report_at(Stage.READING, cast)
    assert due(now()) == ""
    db.session.rollback()
    report = report_at(Stage.VALIDATED, cast)
    made_then = checkpoints.latest()
    assert made_then is not None and made_then.reason == "validate"
    sign(report, cast.issa, desk)
    assert due(now()) == "sign"
    made()
    sign(report, cast.seydou, desk)
    made()
    signing.publish(report, cast.coumba)
    assert due(now()) == "publish"


# ---- Out of the machine ----------------------------------------------------------------------------------------------


@pytest.fixture
def config(app: Flask, tmp_path: Path) -> dict[str, Any]:
    return {
        **app.config,
        "MAIL_URL": "smtp://localhost",
        "MAIL_FROM": "Sɛbɛn <journal@exemple.ml>",
        "CHECKPOINT_MAILTO": "cour@exemple.ml, presse@exemple.org",
        "CHECKPOINT_FILE": str(tmp_path / "points.txt"),
    }


@pytest.fixture
def written(config: dict[str, Any]) -> Iterator[Path]:
    yield Path(config["CHECKPOINT_FILE"])
    db.session.rollback()


def test_each_checkpoint_leaves_by_mail_to_all_who_keep_them(config: dict[str, Any]) -> None:
    happened(3)
    checkpoint = anchoring.anchor(config, "validate")
    assert checkpoint is not None
    letters = db.session.scalars(select(Letter).order_by(Letter.id)).all()
    assert [letter.recipient for letter in letters] == ["cour@exemple.ml", "presse@exemple.org"]
    assert all(checkpoint.note in letter.text for letter in letters)
    assert letters[0].text == letters[1].text and "3 événements" in letters[0].subject
    db.session.rollback()
    assert anchoring.anchor(config, "period") is None
    assert db.session.scalar(select(func.count()).select_from(Letter)) == 2


def test_no_letter_is_written_where_no_mail_leaves(config: dict[str, Any]) -> None:
    happened(1)
    anchoring.anchor({**config, "MAIL_URL": ""}, "period")
    assert db.session.scalar(select(func.count()).select_from(Letter)) == 0


def test_the_file_elsewhere_grows_by_every_checkpoint_and_makes_up_for_missed_ones(
    config: dict[str, Any], written: Path
) -> None:
    happened(1)
    anchoring.anchor(config, "period")
    before = written.read_text()
    happened(1)
    anchoring.anchor({**config, "CHECKPOINT_FILE": ""}, "period")
    happened(1)
    anchoring.anchor(config, "period")
    after = written.read_text()
    assert after.startswith(before)
    sizes = [note.checkpoint(each, KNOWN).size for each in note.notes_in(after)]
    assert sizes == [1, 2, 3]
    assert dispatch.append(written, KNOWN) == 0


def test_a_file_that_cannot_be_written_keeps_nobody_from_signing(
    config: dict[str, Any], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    happened(1)
    assert anchoring.anchor({**config, "CHECKPOINT_FILE": str(tmp_path)}, "period") is not None
    assert "file of checkpoints" in caplog.text
    other = tmp_path / "autre.txt"
    other.write_text("autre chose\n")
    assert dispatch.append(other, KNOWN) == 0
    assert "abîmé" in db.session.get_one(Witnessed, 1).alarm
    assert other.read_text() == "autre chose\n"


def test_without_its_key_no_checkpoint_is_made_and_the_sentence_names_the_command(
    config: dict[str, Any], tmp_path: Path
) -> None:
    happened(1)
    db.session.commit()
    with pytest.raises(log_key.NoLogKey, match="flask audit key"):
        anchoring.anchor({**config, "KEYS_FOLDER": str(tmp_path / "rien")}, "period")
    assert db.session.scalar(select(func.count()).select_from(Leaf)) == 0


def test_what_fails_leaves_nothing_behind(config: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    happened(2)
    db.session.commit()

    def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(dispatch, "post", fails)
    with pytest.raises(RuntimeError):
        anchoring.anchor(config, "period")
    for kind in (Leaf, Checkpoint, Letter):
        assert db.session.scalar(select(func.count()).select_from(kind)) == 0


# ---- The key ---------------------------------------------------------------------------------------------------------


def test_the_key_is_its_owners_alone_and_never_replaced(tmp_path: Path) -> None:
    key = log_key.create(tmp_path / "keys", "exemple.ml")
    assert (tmp_path / "keys" / log_key.FILE).stat().st_mode & 0o777 == 0o600
    assert log_key.load(tmp_path / "keys") == key
    with pytest.raises(log_key.LogKeyExists):
        log_key.create(tmp_path / "keys", "exemple.ml")


def test_a_new_key_does_not_make_old_checkpoints_worthless(tmp_path: Path) -> None:
    old = log_key.create(tmp_path, "exemple.ml")
    (tmp_path / log_key.FILE).rename(tmp_path / "ancienne")
    new = log_key.create(tmp_path, "exemple.ml")
    assert new.signer != old.signer
    assert set(log_key.load(tmp_path).known) == {old.signer.verifier, new.signer.verifier}


def test_a_spoilt_key_is_said_to_be_spoilt(tmp_path: Path) -> None:
    log_key.create(tmp_path, "exemple.ml")
    (tmp_path / log_key.FILE).chmod(0o600)
    (tmp_path / log_key.FILE).write_text("PRIVATE+KEY+exemple.ml+00000000+AAAA\n")
    with pytest.raises(log_key.NoLogKey, match="illisible"):
        log_key.load(tmp_path)


# ---- What a validated text is anchored to ----------------------------------------------------------------------------


def test_the_anchor_of_a_text_is_the_first_checkpoint_after_its_validation_and_stays_so(cast: Cast) -> None:
    report = report_at(Stage.VALIDATED, cast)
    anchor = anchor_of(report)
    happened(300)
    made()
    assert anchor_of(report) == anchor
    first = covering(anchor.leaf)
    assert first is not None and (first.size, first.note) == (anchor.size, anchor.note)


def test_the_final_file_is_the_same_bytes_however_far_the_log_has_grown(cast: Cast) -> None:
    report = report_at(Stage.VALIDATED, cast)
    file = final_of(report)
    happened(40)
    made()
    assert final_of(report) == file


def test_a_text_that_no_checkpoint_covers_has_no_anchor(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    with pytest.raises(NotAnchored):
        anchor_of(report)
    with pytest.raises(NotAnchored):
        anchor_of(opened_elsewhere(cast))


def opened_elsewhere(cast: Cast) -> Any:
    db.session.rollback()
    return opened(cast)


def test_two_who_make_a_checkpoint_at_once_make_one(app: Flask) -> None:
    """The second waits for the first, and finds nothing left to do."""
    happened(2)
    db.session.commit()
    made()
    with Session(db.engine) as other:
        if db.engine.dialect.name == "postgresql":
            other.execute(text("SET lock_timeout = '200ms'"))
            with pytest.raises(Exception, match="lock"):
                other.execute(text("SELECT id FROM tree_lock FOR UPDATE"))
    db.session.commit()
    assert advance(LOG, "period", now()) is None

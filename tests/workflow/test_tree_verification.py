"""The tree verified from the events up: what was done to the log shows against checkpoints, here or kept elsewhere."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import insert, select, text

from app.audit import checkpoints, note
from app.audit.events import GENESIS, body_of, link, record
from app.audit.models import AuditEvent, Checkpoint
from app.audit.note import Checkpointed
from app.audit.tree_verification import verify_tree
from app.audit.verification import Finding
from app.db import db, now
from tests.cast import LOG
from tests.tampering import disarm


@pytest.fixture(autouse=True)
def kept(world: Flask) -> list[Checkpointed]:
    """Three checkpoints over forty events, as somebody else keeps them."""
    for times in (10, 20, 10):
        for turn in range(times):
            record("people", "sign_in", None, {"turn": turn})
        checkpoints.advance(LOG, "period", now())
    db.session.flush()
    notes = db.session.scalars(select(Checkpoint.note).order_by(Checkpoint.size)).all()
    heads = [note.checkpoint(each, LOG.known) for each in notes]
    disarm(db.session.connection())
    return heads


def done(*statements: str) -> None:
    for statement in statements:
        db.session.execute(text(statement))


def rehashed(seq: int, old: str, new: str) -> None:
    """Change an event and make its hash good again, and those of all that follow it."""
    events = db.session.execute(
        select(AuditEvent.__table__).where(AuditEvent.seq >= seq).order_by(AuditEvent.seq)
    ).all()
    prev = events[0].prev
    for event in events:
        body = event.body.replace(old, new) if event.seq == seq else event.body
        assert event.seq != seq or body != event.body
        fresh = link(prev, body.encode())
        values = {"body": body, "prev": prev, "hash": fresh, "id": event.id}
        db.session.execute(
            text("UPDATE audit_event SET body = :body, prev = :prev, hash = :hash WHERE id = :id"), values
        )
        prev = fresh


def found(kept: list[Checkpointed] | None = None) -> list[str]:
    return [finding.sentence for finding in verify_tree(db.session, LOG.known, kept or ())]


def test_an_untouched_log_is_sound(kept: list[Checkpointed]) -> None:
    tally: Counter[str] = Counter()
    assert verify_tree(db.session, LOG.known, kept, tally) == []
    assert tally == {"leaves": 40, "checkpoints": 3}


def test_a_rewritten_event_is_placed_between_two_checkpoints(kept: list[Checkpointed]) -> None:
    rehashed(15, '"turn":4', '"turn":5')
    said = found(kept)
    assert len(said) == 4
    assert "30 événements, enregistré ici" in said[0] and "entre le n° 10 et le n° 29" in said[0]
    assert "gardé ailleurs" in said[1]


def test_checkpoints_removed_with_what_they_covered_are_missed_by_those_who_keep_them(kept: list[Checkpointed]) -> None:
    done(
        "DELETE FROM checkpoint WHERE size > 10",
        "DELETE FROM leaf WHERE number >= 10",
        "DELETE FROM audit_event WHERE seq > 10",
    )
    assert found() == []
    assert [each.rpartition("n’en a plus que ")[2] for each in found(kept)] == ["10.", "10."]


def test_an_event_taken_out_of_the_middle_is_missed(kept: list[Checkpointed]) -> None:
    done("DELETE FROM leaf WHERE number = 12", "DELETE FROM audit_event WHERE seq = 13")
    assert found() == ["La feuille n° 12 de l’arbre manque : la suivante est la n° 13."]


def test_two_events_that_changed_places_are_noticed(kept: list[Checkpointed]) -> None:
    done(
        "UPDATE leaf SET number = 1000 WHERE number = 12",
        "UPDATE leaf SET number = 12 WHERE number = 13",
        "UPDATE leaf SET number = 13 WHERE number = 1000",
    )
    assert "entre le n° 10 et le n° 29" in found()[0]


def test_a_back_dated_event_is_noticed(kept: list[Checkpointed]) -> None:
    at = now() - timedelta(days=9)
    body = body_of("report:7", 1, at, None, "", "open", {})
    values = {"stream": "report:7", "seq": 1, "at": at, "actor_role": "", "act": "open", "body": body.decode()}
    db.session.execute(insert(AuditEvent), [{**values, "prev": GENESIS, "hash": link(GENESIS, body)}])
    (finding,) = verify_tree(db.session, LOG.known, kept)
    assert (finding.kind, finding.stream, finding.seq) == ("leaf", "report:7", 1)
    assert "ajouté après coup" in finding.sentence


def test_a_checkpoint_signed_by_nobody_we_know_is_noticed(kept: list[Checkpointed]) -> None:
    done("UPDATE checkpoint SET note = replace(note, 'exemple.ml', 'exemple.mk') WHERE size = 30")
    assert found(kept) == ["Le point de contrôle de 30 événements ne porte pas la signature du journal."]


def test_a_checkpoint_whose_row_says_something_else_is_noticed(kept: list[Checkpointed]) -> None:
    done("UPDATE checkpoint SET root = (SELECT root FROM checkpoint WHERE size = 10) WHERE size = 40")
    assert any("ne dit pas ce qui en a été signé" in each for each in found())
    assert any(isinstance(each, Finding) and each.kind == "checkpoint" for each in verify_tree(db.session, LOG.known))


def test_two_histories_shown_to_two_people_cannot_both_be_the_logs(kept: list[Checkpointed]) -> None:
    other = Checkpointed(kept[1].origin, kept[1].size, bytes(32))
    assert len(found([*kept, other])) == 1

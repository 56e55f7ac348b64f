"""The log checks itself, and finds what was done to it behind its back."""

from __future__ import annotations

from collections import Counter

import orjson
import pytest
from flask import Flask
from sqlalchemy import select, text

from app import workflow
from app.audit.events import link
from app.audit.models import AuditEvent, ChainHead
from app.audit.verification import Finding, read_heads, verify_chains
from app.db import db
from app.reports.replay.verifying import verify_reports
from app.reports.signing.acts import Sealer
from tests.cast import Cast
from tests.tampering import disarm
from tests.workflow.long_story import lived_through, validated_after_all

pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture
def stream(cast: Cast) -> str:
    """The log of a validated report; from here on, somebody works on the database by hand."""
    report = validated_after_all(cast)
    db.session.commit()
    disarm(db.session.connection())
    return f"report:{report.id}"


def found() -> list[Finding]:
    db.session.flush()
    db.session.expire_all()
    return verify_chains(db.session)


def by_hand(statement: str, **values: object) -> None:
    assert db.session.execute(text(statement), values).rowcount > 0  # type: ignore[attr-defined]


def numbered(stream: str, act: str) -> int:
    """The number of the last event of that act."""
    query = select(AuditEvent.seq).where(AuditEvent.stream == stream, AuditEvent.act == act)
    return max(db.session.scalars(query))


def rewrite(stream: str, seq: int, **facts: object) -> None:
    """Put other facts into an event, and every hash from there on in order again, the head's too."""
    query = select(AuditEvent.seq, AuditEvent.body, AuditEvent.prev).where(AuditEvent.stream == stream)
    events = db.session.execute(query.where(AuditEvent.seq >= seq).order_by(AuditEvent.seq)).all()
    last = events[0].prev
    for event in events:
        told = orjson.loads(event.body)
        if event.seq == seq:
            told["facts"] |= facts
        body = orjson.dumps(told, option=orjson.OPT_SORT_KEYS)
        values = {"body": body.decode(), "prev": last, "hash": link(last, body)}
        by_hand(
            "UPDATE audit_event SET body = :body, prev = :prev, hash = :hash WHERE stream = :stream AND seq = :seq",
            stream=stream,
            seq=event.seq,
            **values,
        )
        last = values["hash"]
    by_hand("UPDATE chain_head SET hash = :last WHERE stream = :stream", last=last, stream=stream)


def test_a_report_that_went_through_every_act_verifies(cast: Cast, desk: Sealer) -> None:
    lived_through(cast, desk)
    tally: Counter[str] = Counter()
    assert verify_chains(db.session, tally) == []
    assert verify_reports(db.session, tally) == []
    acts = db.session.scalars(select(AuditEvent.act)).all()
    assert set(acts) == {act.key for act in workflow.ACTS} - {"rectify", "abandon"} | {"grant_give"}
    assert tally["events"] == len(acts) and tally["reports"] == 1 and tally["revisions"] > 20


def test_an_event_that_was_edited_is_named(stream: str) -> None:
    seq = numbered(stream, "vote")
    by_hand(
        "UPDATE audit_event SET body = replace(body, 'object', 'approve') WHERE stream = :stream AND seq = :seq",
        stream=stream,
        seq=seq,
    )
    (finding,) = found()
    assert (finding.kind, finding.seq) == ("hash", seq)
    assert finding.sentence == (
        f"L’événement {seq} de « {stream} » a été modifié : son empreinte ne correspond plus à son contenu."
    )


def test_an_event_edited_with_its_hash_no_longer_fits_the_next_one(stream: str) -> None:
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.stream == stream, AuditEvent.seq == 5)).one()
    body = event.body.replace('"merged":false', '"merged":true')
    by_hand(
        "UPDATE audit_event SET body = :body, hash = :hash WHERE id = :id",
        body=body,
        hash=link(event.prev, body.encode()),
        id=event.id,
    )
    assert [(finding.kind, finding.seq) for finding in found()] == [("link", 6)]


def test_the_last_event_edited_with_its_hash_is_not_the_one_of_the_head(stream: str) -> None:
    seq = numbered(stream, "validate")
    event = db.session.scalars(select(AuditEvent).where(AuditEvent.stream == stream, AuditEvent.seq == seq)).one()
    body = event.body.replace('"from":"reading"', '"from":"editing"')
    assert body != event.body
    digest = link(event.prev, body.encode())
    by_hand("UPDATE audit_event SET body = :body, hash = :hash WHERE id = :id", body=body, hash=digest, id=event.id)
    assert [(finding.kind, finding.seq) for finding in found()] == [("head", seq)]


@pytest.mark.parametrize(
    ("column", "value"),
    [("actor_id", 1), ("actor_role", "chair"), ("act", "edit"), ("at", "2017-01-01 00:00:00.000000+00:00")],
)
def test_a_column_that_says_other_than_the_sealed_body_is_found(
    stream: str, cast: Cast, column: str, value: object
) -> None:
    seq = numbered(stream, "reject")
    value = cast.mariam.id if column == "actor_id" else value
    by_hand(
        f"UPDATE audit_event SET {column} = :value WHERE stream = :stream AND seq = :seq",
        value=value,
        stream=stream,
        seq=seq,
    )
    assert [(finding.kind, finding.seq) for finding in found()] == [("columns", seq)]


def test_a_body_that_is_no_longer_readable_is_found(stream: str) -> None:
    by_hand("UPDATE audit_event SET body = 'rien' WHERE stream = :stream AND seq = 2", stream=stream)
    assert [(finding.kind, finding.seq) for finding in found()] == [("body", 2)]


def test_a_body_written_otherwise_with_the_same_sense_is_found(stream: str) -> None:
    event = db.session.scalars(select(AuditEvent).order_by(AuditEvent.seq.desc())).first()
    assert event is not None
    body = event.body.replace('"act":', '"act": ')
    digest = link(event.prev, body.encode())
    by_hand("UPDATE audit_event SET body = :body, hash = :hash WHERE id = :id", body=body, hash=digest, id=event.id)
    by_hand("UPDATE chain_head SET hash = :hash", hash=digest)
    assert [finding.kind for finding in found()] == ["body"]


def test_a_deleted_event_leaves_a_gap(stream: str) -> None:
    by_hand("DELETE FROM audit_event WHERE stream = :stream AND seq IN (7, 8)", stream=stream)
    (finding,) = found()
    assert (finding.kind, finding.seq) == ("gap", 7)
    assert finding.sentence == f"Dans « {stream} », les événements 7 à 8 manquent."


def test_a_log_cut_short_does_not_reach_its_head(stream: str) -> None:
    last = numbered(stream, "validate")
    by_hand("DELETE FROM audit_event WHERE stream = :stream AND seq = :seq", stream=stream, seq=last)
    (finding,) = found()
    assert (finding.kind, finding.seq) == ("head", last - 1)


def test_two_events_that_changed_places_are_found(stream: str) -> None:
    for seq, other in ((3, -3), (4, 3), (-3, 4)):
        by_hand(
            "UPDATE audit_event SET seq = :other WHERE stream = :stream AND seq = :seq",
            stream=stream,
            seq=seq,
            other=other,
        )
    assert {(finding.kind, finding.seq) for finding in found()} >= {("columns", 3), ("columns", 4), ("link", 3)}


def test_an_event_put_in_is_found(stream: str) -> None:
    last = numbered(stream, "validate")
    by_hand(
        "INSERT INTO audit_event (stream, seq, at, actor_id, actor_role, act, body, prev, hash) "
        "SELECT stream, :new, at, actor_id, actor_role, act, body, hash, hash FROM audit_event "
        "WHERE stream = :stream AND seq = :last",
        new=last + 1,
        last=last,
        stream=stream,
    )
    assert {finding.kind for finding in found()} == {"hash", "columns", "head"}


def test_a_log_that_vanished_is_found_by_its_head_and_a_head_that_vanished_by_its_log(stream: str) -> None:
    by_hand("DELETE FROM chain_head WHERE stream = :stream", stream=stream)
    assert [finding.kind for finding in found()] == ["head"]
    db.session.add(ChainHead(stream=stream, seq=3, hash="0" * 64))
    by_hand("DELETE FROM audit_event WHERE stream = :stream", stream=stream)
    assert [finding.sentence for finding in found()] == [
        f"Le journal « {stream} » a disparu ; il comptait 3 événements."
    ]


def test_a_log_rewritten_from_end_to_end_is_found_with_a_checkpoint_kept_elsewhere(stream: str) -> None:
    checkpoint = read_heads(db.session)
    rewrite(stream, numbered(stream, "reject"), reason="Autre chose.")
    assert found() == []
    (finding,) = verify_chains(db.session, checkpoint=checkpoint)
    assert finding.kind == "checkpoint" and "réécrit" in finding.sentence


def test_a_log_cut_short_with_its_head_is_found_with_a_checkpoint(stream: str) -> None:
    checkpoint = read_heads(db.session)
    last = numbered(stream, "validate")
    hashed = db.session.scalar(select(AuditEvent.hash).where(AuditEvent.stream == stream, AuditEvent.seq == last - 1))
    by_hand("DELETE FROM audit_event WHERE stream = :stream AND seq = :seq", stream=stream, seq=last)
    by_hand("UPDATE chain_head SET seq = :seq, hash = :hash", seq=last - 1, hash=hashed)
    assert found() == []
    (finding,) = verify_chains(db.session, checkpoint=checkpoint)
    assert finding.sentence == (
        f"Le point de contrôle connaît {last} événements de « {stream} », le journal n’en a plus que {last - 1}."
    )
    by_hand("DELETE FROM audit_event")
    by_hand("DELETE FROM chain_head")
    (finding,) = verify_chains(db.session, checkpoint=checkpoint)
    assert finding.kind == "checkpoint"


def test_the_log_going_on_after_a_checkpoint_is_sound(stream: str, app: Flask, cast: Cast) -> None:
    from app.audit import events

    checkpoint = read_heads(db.session)
    events.record("people", "person_save", cast.coumba, {"person": 1}, "coordination")
    assert verify_chains(db.session, checkpoint=checkpoint) == []

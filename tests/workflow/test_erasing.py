"""What the log knows of persons stands beside it: altered it is named, erased lawfully it leaves a declared hole."""

from __future__ import annotations

from collections import Counter

import orjson
import pytest
from flask import Flask
from sqlalchemy import delete, func, select, text
from sqlalchemy.exc import DBAPIError

from app.audit import private, watch
from app.audit.events import record
from app.audit.models import AuditEvent, EventPrivate
from app.audit.tree_verification import verify_tree
from app.audit.verification import Finding, verify_chains
from app.commands.audit import audit
from app.commands.people import people
from app.db import db, now
from app.directory.models import Person
from app.mail import outbox
from app.mail.models import Letter
from app.people import persons
from app.reports.erasure.persons import CannotErase, erase_events, erase_person
from app.reports.replay.journal_index import verify_files
from tests.cast import LOG, Cast
from tests.factories import opened
from tests.registers import entered
from tests.tampering import disarm
from tests.workflow.long_story import validated_after_all

AWA = {"first_name": "Awa", "surname": "DIOP", "email": "awa@exemple.ml", "phone": "76 11 22 33"}


@pytest.fixture
def awa(world: Flask, cast: Cast) -> Person:
    """Somebody inscribed and corrected since: two events with something beside them."""
    person = persons.add(AWA, cast.coumba)
    values = {**{name: getattr(person, name) for name in persons.FIELDS}, "surname": "DIOP-TRAORÉ"}
    persons.change(person, values, persons.fingerprint(person), cast.coumba)
    db.session.commit()
    return person


def events() -> list[AuditEvent]:
    return list(db.session.scalars(select(AuditEvent).where(AuditEvent.stream == "people").order_by(AuditEvent.seq)))


def found(tally: Counter[str] | None = None) -> list[Finding]:
    db.session.flush()
    db.session.expire_all()
    return verify_chains(db.session, tally)


def kinds() -> list[tuple[str, int]]:
    return [(finding.kind, finding.seq) for finding in found()]


def left() -> int:
    return db.session.scalar(select(func.count()).select_from(EventPrivate)) or 0


def test_the_sealed_bodies_hold_a_hash_in_the_place_of_names_and_addresses(awa: Person) -> None:
    for event in events():
        assert set(orjson.loads(event.body)["facts"]) == {"person", "private"}
        assert not any(word in event.body for word in ("Awa", "DIOP", "exemple.ml", "76 11"))
    first, second = db.session.scalars(select(EventPrivate).order_by(EventPrivate.event_id))
    assert orjson.loads(first.payload) == {"first_name": "Awa", "surname": "DIOP", "email": "awa@exemple.ml"}
    assert orjson.loads(second.payload) == {"changed": {"surname": ["DIOP", "DIOP-TRAORÉ"]}}
    assert len(bytes.fromhex(first.salt)) == 32 and first.salt != second.salt
    assert found() == []


def test_the_same_data_are_not_sealed_twice_by_the_same_hash() -> None:
    assert private.apart({"name": "Awa"})[0] != private.apart({"name": "Awa"})[0]


def test_an_event_without_personal_data_has_nothing_beside_it(world: Flask, cast: Cast) -> None:
    persons.deactivate(cast.lamine, cast.coumba)
    assert left() == 0 and orjson.loads(events()[0].body)["facts"] == {"person": cast.lamine.id}


def test_what_stands_beside_an_event_cannot_be_altered_unseen(awa: Person) -> None:
    disarm(db.session.connection())
    (first, second) = events()
    db.session.execute(
        text('UPDATE event_private SET payload = \'{"surname":"BA"}\' WHERE event_id = :id'), {"id": first.id}
    )
    assert kinds() == [("private", 1)]
    assert "modifiées" in found()[0].sentence
    db.session.execute(text("UPDATE event_private SET salt = 'x' WHERE event_id = :id"), {"id": second.id})
    assert kinds() == [("private", 1), ("private", 2)]


def test_what_disappears_without_a_declared_erasure_is_named(awa: Person) -> None:
    disarm(db.session.connection())
    db.session.execute(delete(EventPrivate).where(EventPrivate.event_id == events()[1].id))
    assert kinds() == [("private", 2)]
    assert "sans effacement déclaré" in found()[0].sentence


def test_what_an_event_has_not_sealed_does_not_stand_beside_it(awa: Person) -> None:
    persons.deactivate(awa, None)
    db.session.add(EventPrivate(event_id=events()[-1].id, salt="00" * 32, payload="{}"))
    assert kinds() == [("private", 3)]


def test_an_erasure_is_a_declared_hole_in_a_log_that_still_holds(awa: Person) -> None:
    from app.audit import checkpoints

    checkpoints.advance(LOG, "period", now())
    done = erase_events(["people:1"], "Demande de la personne, loi 2013-015")
    checkpoints.advance(LOG, "period", now())
    db.session.commit()
    assert (done.events, left()) == (1, 1)
    told = events()[-1]
    assert (told.act, told.actor_id) == ("erase", None)
    assert orjson.loads(told.body)["facts"] == {
        "events": [{"id": events()[0].id, "stream": "people", "seq": 1}],
        "reason": "Demande de la personne, loi 2013-015",
    }
    tally: Counter[str] = Counter()
    assert found(tally) == [] and tally["erased"] == 1
    assert verify_tree(db.session, (LOG.signer.verifier,), [], tally) == []
    assert verify_files(db.session) == []


def test_what_was_declared_erased_does_not_come_back_unseen(awa: Person) -> None:
    kept = db.session.get_one(EventPrivate, events()[0].id)
    salt, payload = kept.salt, kept.payload
    erase_events([str(events()[0].id)], "Demande")
    db.session.expunge(kept)
    db.session.add(EventPrivate(event_id=events()[0].id, salt=salt, payload=payload))
    assert kinds() == [("private", 1)]
    assert "sont là" in found()[0].sentence


def test_an_erasure_that_is_undone_leaves_neither_hole_nor_event(awa: Person) -> None:
    erase_events(["people:1"], "Demande")
    db.session.rollback()
    assert (left(), len(events())) == (2, 2)
    assert found() == []


@pytest.mark.parametrize(
    ("named", "reason", "sentence"),
    [
        ("people:1", " ", "Dites pourquoi"),
        ("people:1", "x" * 501, "501 caractères"),
        ("people:99", "Demande", "Il n’y a pas d’événement « people:99 »"),
        ("awa", "Demande", "Il n’y a pas d’événement « awa »"),
        ("people:3", "Demande", "n’a pas de données à part"),
    ],
)
def test_it_is_refused_in_a_sentence(awa: Person, named: str, reason: str, sentence: str) -> None:
    persons.deactivate(awa, None)
    with pytest.raises(CannotErase, match=sentence):
        erase_events(["people:2", named], reason)
    assert left() == 2 and [event.act for event in events()] == ["person_add", "person_change", "person_deactivate"]


def refused(statement: str, **values: object) -> str:
    attempt = db.session.begin_nested()
    try:
        db.session.execute(text(statement), values)
    except DBAPIError as error:
        return str(error.orig)
    finally:
        attempt.rollback()
    return ""


def test_the_database_lets_go_what_an_erasure_names_and_nothing_else(awa: Person) -> None:
    first, second = (event.id for event in events())
    facts = {"events": [{"id": first, "stream": "people", "seq": 1}], "reason": str(second)}
    record("people", "erase", None, facts)
    record("people", "person_add", None, {"events": [{"id": second}]})  # no erasure
    record("access", "erase", None, {"events": [{"id": second}]})  # nor is this
    gone = "DELETE FROM event_private WHERE event_id = :id"
    if db.engine.dialect.name == "sqlite":
        assert refused(gone, id=first) == "not authorized"  # the application's connection is not the command's
    with watch.erasing(db.session.connection()):
        assert "append-only" in refused(gone, id=second)
        assert "append-only" in refused("DELETE FROM event_private")
        assert "append-only" in refused("UPDATE event_private SET payload = '' WHERE event_id = :id", id=first) or (
            db.engine.dialect.name == "sqlite"
        )
        for statement in ("DELETE FROM audit_event", "DELETE FROM revision", "DELETE FROM journal_entry"):
            assert db.engine.dialect.name == "postgresql" or refused(statement) == "not authorized"
        assert refused(gone, id=first) == ""
    if db.engine.dialect.name == "sqlite":
        assert refused(gone, id=first) == "not authorized"


def test_a_person_who_took_no_part_in_a_report_is_forgotten_name_and_all(awa: Person, cast: Cast) -> None:
    outbox.queue(
        "awa@exemple.ml", "Objet", "Bonjour", "<p>Bonjour</p>", domain="exemple.ml", at=now(), person_id=awa.id
    )
    sessions = awa.fs_uniquifier
    done = erase_person(awa, "Demande")
    db.session.commit()
    assert (done.events, done.name_stays, done.letters) == (2, False, 1)
    assert (awa.name, awa.email) == (f"Personne effacée n° {awa.id}", f"efface-{awa.id}")
    assert (awa.phone, awa.password, awa.active) == ("", None, False) and awa.fs_uniquifier != sessions
    assert persons.by_email("awa@exemple.ml") is None and left() == 0
    assert db.session.scalars(select(Letter)).all() == []
    facts = orjson.loads(events()[-1].body)["facts"]
    assert (facts["person"], facts["name_stays"], len(facts["events"])) == (awa.id, False, 2)
    tally: Counter[str] = Counter()
    assert found(tally) == [] and tally["erased"] == 2
    persons.add(AWA, cast.coumba)  # the address is free again


def test_whoever_had_a_hand_in_a_report_keeps_the_name_and_nothing_else(world: Flask, cast: Cast) -> None:
    validated_after_all(cast)
    for person in (cast.fanta, cast.issa, cast.adama):
        name = person.name
        assert erase_person(person, "Demande").name_stays
        assert (person.name, person.email, person.title) == (name, f"efface-{person.id}", "")
    assert not erase_person(cast.lamine, "Demande").name_stays
    assert found() == []


def test_events_written_before_keep_their_form_and_verify(world: Flask, cast: Cast) -> None:
    record("people", "person_add", cast.coumba, {"person": 1, "first_name": "Awa"})
    assert found() == []
    with pytest.raises(CannotErase, match="n’a pas de données à part"):
        erase_events(["people:1"], "Demande")


def run(app: Flask, group: object, *arguments: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(group, list(arguments))  # type: ignore[arg-type]
    return result.exit_code, result.output.replace("\u202f", " ").replace("\u00a0", " ")


def test_the_commands_erase_and_say_so_and_the_verification_counts_it(app: Flask, awa: Person, cast: Cast) -> None:
    opened(cast)
    entered(but=awa)
    db.session.commit()
    db.session.remove()
    assert run(app, audit, "erase", "people:1")[0] == 1
    code, said = run(app, audit, "erase", "people:1", "--reason", "Demande de la personne")
    assert code == 0 and said.startswith("Effacé : les données de 1 événement. Les sauvegardes")
    assert "déjà effacées" in run(app, audit, "erase", "people:1", "--reason", "Encore")[1]
    assert run(app, people, "erase", "awa@exemple.ml", "--reason", "Demande")[0] == 1  # not confirmed
    code, said = run(app, people, "erase", "awa@exemple.ml", "--reason", "Demande", "--yes")
    assert code == 0 and "(son nom aussi), les données de 1 événement, 0 courrier." in said
    code, said = run(app, audit, "verify")
    assert code == 0 and "Effacés et déclarés : 2 événements.\n" in said and said.endswith("Tout concorde.\n")
    assert run(app, audit, "guard")[0] == 0


def test_on_sqlite_nothing_of_it_is_left_in_the_file(app: Flask, awa: Person) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("SQLite alone")
    number = awa.id

    def in_the_file() -> bool:
        db.session.remove()
        db.engine.dispose()  # the last connection brings the newest commits into the file
        with open(str(db.engine.url.database), "rb") as file:
            return "TRAORÉ".encode() in file.read()

    assert in_the_file()
    erase_person(db.session.get_one(Person, number), "Demande")
    db.session.commit()
    assert not in_the_file()

"""Persons, roles, places, campaigns and meetings are what the log tells: a row changed by hand is found and named."""

from __future__ import annotations

from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import text

from app.audit.verification import Finding, verify_chains
from app.commands.audit import audit
from app.db import db
from app.people import persons
from app.reports.replay.registers.verifying import verify_registers
from tests.cast import Cast
from tests.registers import HANDS, entered, lived_in
from tests.tampering import disarm


@pytest.fixture(autouse=True)
def lived(world: Flask, cast: Cast) -> None:
    """Registers in which everything was done once."""
    entered()
    lived_in(cast)
    db.session.commit()


def found_after(statement: str) -> list[Finding]:
    """What is found of this; nothing of it stays."""
    attempt = db.session.begin_nested()
    try:
        assert db.session.execute(text(statement)).rowcount > 0  # type: ignore[attr-defined]
        return verify_registers(db.session)
    finally:
        attempt.rollback()
        db.session.expire_all()


def test_what_was_done_by_the_steps_is_as_the_log_tells(world: Flask) -> None:
    tally: Counter[str] = Counter()
    assert verify_registers(db.session, tally) == [] == verify_chains(db.session)
    assert tally == {"rows": 33, "unknown": 6}, "of Awa, whose data were erased beside the log"
    said = world.test_cli_runner().invoke(audit, ["verify"]).output.replace("\u00a0", " ")
    assert "33 fiches" in said and "ne les dit pas ou plus : 6 valeurs." in said and "Tout concorde." in said


def test_a_row_changed_by_hand_is_named_and_nothing_is_said_of_a_person(subtests: pytest.Subtests) -> None:
    disarm(db.session.connection())
    if db.session.get_bind().dialect.name == "postgresql":
        db.session.execute(text("SET session_replication_role = replica"))  # foreign keys do not hold it up
    else:
        db.session.execute(text("PRAGMA defer_foreign_keys = ON"))
    for statement, kind, says in HANDS:
        with subtests.test(statement):
            findings = found_after(statement)
            assert {finding.kind for finding in findings} == {kind}
            assert any(says in finding.sentence for finding in findings), findings
            told = " ".join(finding.sentence for finding in findings)
            assert not any(word in told for word in ("exemple.ml", "TOURE", "DIARRA", "M. X", "Roi", "Maire"))


def test_who_has_no_account_is_as_the_log_tells_until_an_address_is_put_in_by_hand(cast: Cast) -> None:
    adviser = persons.add({"first_name": "Bakary", "surname": "DIARRA", persons.WITHOUT_ACCOUNT: "1"}, cast.coumba)
    assert verify_registers(db.session) == []
    disarm(db.session.connection())
    (finding,) = found_after(f"UPDATE person SET email = 'bakary@exemple.ml' WHERE id = {adviser.id}")
    assert f"Personne n° {adviser.id} : l’adresse électronique diffère" in finding.sentence


@pytest.mark.parametrize("column", ["password", "fs_uniquifier", "phone"])
def test_what_the_log_does_not_hold_is_not_compared(column: str) -> None:
    disarm(db.session.connection())
    assert found_after(f"UPDATE person SET {column} = 'a' WHERE id = 12") == []


def test_data_beside_the_log_that_are_not_as_sealed_tell_nothing() -> None:
    disarm(db.session.connection())
    assert found_after("UPDATE event_private SET payload = replace(payload, 'COULIBALY', 'KONATE')") == []
    assert found_after("DELETE FROM event_private") == []

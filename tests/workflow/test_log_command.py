"""`flask audit …`: the whole log verified from the command line, without touching it."""

from __future__ import annotations

import re
from pathlib import Path

import orjson
from flask import Flask
from sqlalchemy import text

from app.commands.audit import audit
from app.db import db
from tests.cast import Cast
from tests.registers import entered
from tests.tampering import disarm
from tests.workflow.long_story import validated_after_all


def lived(app: Flask, cast: Cast) -> None:
    with app.app_context():
        entered()
        validated_after_all(cast)
        db.session.commit()


def tamper(app: Flask, *statements: str) -> None:
    with app.app_context():
        disarm(db.session.connection())
        for statement in statements:
            db.session.execute(text(statement))
        db.session.commit()


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(audit, list(arguments))
    return result.exit_code, result.output.replace("\u202f", " ").replace("\u00a0", " ")


def test_it_says_what_it_verified(app: Flask, cast: Cast) -> None:
    lived(app, cast)
    code, said = run(app, "verify")
    assert code == 0
    assert re.match(
        r"Vérifié : \d+ événements, 3 journaux, 1 rapport, \d+ révisions, 27 fiches, 0 point de contrôle, en \d+,", said
    )
    assert said.endswith("Tout concorde.\n")


def test_a_database_in_which_no_report_was_opened_is_sound(app: Flask) -> None:
    with app.app_context():
        entered()
        db.session.commit()
    code, said = run(app, "verify")
    assert code == 0 and said.startswith(
        "Vérifié : 27 événements, 2 journaux, 0 rapport, 0 révision, 27 fiches, 0 point de contrôle, en"
    )


def test_it_fails_and_says_what_it_found(app: Flask, cast: Cast) -> None:
    lived(app, cast)
    tamper(app, "DELETE FROM audit_event WHERE seq = 4", "UPDATE report SET stage = 'drafting'")
    code, said = run(app, "verify")
    assert code == 1
    assert "– Dans « report:1 », l’événement 4 manque.\n" in said
    assert "l’étape vaut « drafting », « validated » selon le journal" in said
    assert "Anomalies : " in said


def test_ends_of_chains_kept_elsewhere_show_a_log_that_was_cut_short(app: Flask, cast: Cast, tmp_path: Path) -> None:
    lived(app, cast)
    code, said = run(app, "heads")
    assert code == 0 and list(orjson.loads(said)) == ["campaign:1", "people", "report:1"]
    kept = tmp_path / "fins.json"
    kept.write_text(said)
    assert run(app, "verify", "--heads", str(kept))[0] == 0
    tamper(app, "DELETE FROM event_private", "DELETE FROM audit_event", "DELETE FROM chain_head")
    code, said = run(app, "verify", "--heads", str(kept))
    assert code == 1 and "Le point de contrôle connaît" in said


def test_a_file_that_is_no_checkpoint_is_refused_in_a_sentence(app: Flask, tmp_path: Path) -> None:
    other = tmp_path / "autre.json"
    other.write_text("[1]")
    code, said = run(app, "verify", "--checkpoint", str(other))
    assert code == 1 and "n’est pas un point de contrôle" in said
    code, said = run(app, "verify", "--heads", str(other))
    assert code == 1 and "ne donne pas des fins de journaux" in said


def test_it_cannot_write(app: Flask, cast: Cast) -> None:
    """Verified while a writer holds the lock: a command that wanted it would wait and fail."""
    lived(app, cast)
    with app.app_context(), db.engine.connect() as writer:
        writer.execute(text("UPDATE report SET reading = reading"))
        assert run(app, "verify")[0] == 0
        writer.rollback()

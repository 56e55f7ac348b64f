"""An old backup put back: noticed before more is signed, said to those who supervise, gone on from by a declared act."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app import anchoring, create_app
from app.audit import dispatch, note, restorations, witness
from app.audit.events import record
from app.audit.models import AuditEvent, Checkpoint, Witnessed
from app.audit.witness import Restored, Wrong
from app.commands.audit import audit
from app.commands.work import Worker
from app.db import db, now
from app.directory.models import Person
from app.mail.models import Letter
from tests.cast import LOG, Cast
from tests.conftest import SETTINGS, Databases, Postgres
from tests.registers import entered
from tests.workflow.outsiders import Thief, ask, copied, place_of

SignIn = Callable[[FlaskClient, Person], FlaskClient]
WHY = "Le disque est tombé en panne le 3 mars au soir."


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, Any]:
    return {"CHECKPOINT_FILE": str(tmp_path / "points.txt")}


@pytest.fixture
def points(app: Flask) -> Path:
    return Path(app.config["CHECKPOINT_FILE"])


def lived(app: Flask, times: int, anchored: bool = True) -> None:
    """Some things happen, and a checkpoint leaves."""
    with app.app_context():
        for turn in range(times):
            record("people", "sign_in", None, {"turn": turn})
        db.session.commit()
        if anchored:
            anchoring.anchor(app.config, "period")
        db.session.remove()


def backup(app: Flask, databases: Databases, folder: Path) -> str:
    """As docs/operations.md has it made: a consistent copy, the address of which is given back."""
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            place = folder / "backup.sqlite"
            import pysqlite3

            connection = pysqlite3.connect(place_of(app.config["DATABASE_URL"]))
            connection.execute(f"VACUUM INTO '{place}'")
            connection.close()
            return f"sqlite:///{place}"
        db.session.remove()
        db.engine.dispose()
    assert isinstance(databases, Postgres)
    return copied(app.config["DATABASE_URL"], folder, databases.run)


def restored(app: Flask, databases: Databases, url: str, **others: Any) -> Flask:
    """The same machine with the backup in the place of its database."""
    kept = {name: app.config[name] for name in ("STORE_URL", "KEYS_FOLDER", "CHECKPOINT_FILE", "UPLOADS_FOLDER")}
    return create_app({**SETTINGS, **kept, "DATABASE_URL": url, **others}, databases.folder / "instance")


@pytest.fixture
def old(app: Flask, databases: Databases, tmp_path: Path) -> Flask:
    """The machine after its backup of 27 + 6 events was put back: the log had gone on to 40."""
    with app.app_context():
        entered()
        db.session.commit()
    lived(app, 6)
    url = backup(app, databases, tmp_path)
    lived(app, 7)
    return restored(app, databases, url)


def run(app: Flask, *arguments: str, **more: Any) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(audit, list(arguments), **more)
    return result.exit_code, result.output.replace("\u202f", " ").replace("\u00a0", " ")


def alarm(app: Flask) -> str:
    with app.app_context():
        found = db.session.get(Witnessed, 1)
        told = found.alarm.replace("\u202f", " ").replace("\u00a0", " ") if found else ""
        db.session.remove()
        return told


def sizes(path: Path) -> list[int]:
    return [note.checkpoint(each, LOG.known).size for each in note.notes_in(path.read_text("utf-8", "replace"))]


def declare(app: Flask, *more: str) -> tuple[int, str]:
    return run(app, "restored", "--by", "coumba@exemple.ml", "--reason", WHY, "--yes", *more)


def test_a_log_that_goes_on_from_the_file_raises_no_alarm(app: Flask, points: Path) -> None:
    for _ in range(3):
        lived(app, 4)
    assert alarm(app) == "" and sizes(points) == [4, 8, 12]
    assert "# 20" in points.read_text("utf-8"), "when each was signed stands before it"


def test_on_an_old_backup_nothing_is_signed_and_nothing_appended(old: Flask, points: Path) -> None:
    before = points.read_bytes()
    with old.app_context():
        record("people", "sign_in", None, {})
        db.session.commit()
        with pytest.raises(Restored, match="plus court"):
            anchoring.anchor(old.config, "validate")
        assert db.session.scalar(select(func.max(Checkpoint.size))) == 33
    assert points.read_bytes() == before
    assert re.fullmatch(
        r"Le journal de cette machine est plus court \(33 événements\) que le dernier point de contrôle conservé "
        r"\(40, le \S+ \S+ \d{4} à \d+ h \d\d\) : une ancienne sauvegarde a été restaurée, ou des événements ont été \S+\.",
        alarm(old),
    )


def test_the_worker_sees_it_when_it_starts_before_any_checkpoint_is_due(old: Flask) -> None:
    assert alarm(old) == ""
    with old.app_context():
        worker = Worker(old.config)
        worker.stopping.set()
        worker.run(0)
    assert "plus court" in alarm(old)


def test_a_server_sees_it_when_it_starts(
    app: Flask, old: Flask, databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.warm", lambda app: None)
    serving = restored(app, databases, old.config["DATABASE_URL"], TESTING=False)
    assert "plus court" in alarm(serving)


def test_a_backup_that_grew_past_the_file_is_another_history(old: Flask, points: Path) -> None:
    """Neither its size nor its last checkpoint tells: only the root of its first leaves does."""
    before = points.read_bytes()
    lived(_blind(old), 12)
    lived(old, 1, anchored=False)
    with old.app_context(), pytest.raises(Restored, match="n’est plus celui"):
        anchoring.anchor(old.config, "period")
    assert points.read_bytes() == before and "n’est plus celui du dernier point" in alarm(old)


def _blind(app: Flask) -> Flask:
    """The same machine, whose settings forgot the file for a while."""
    return create_app(
        {**SETTINGS, **{name: app.config[name] for name in ("DATABASE_URL", "KEYS_FOLDER")}}, Path(app.instance_path)
    )


def test_a_fork_of_the_very_same_size_is_seen(old: Flask) -> None:
    lived(_blind(old), 7)
    with old.app_context():
        found = anchoring.look(old.config)
        assert found is not None and (found.wrong, found.size, found.here) == (Wrong.FORKED, 40, 40)


def test_verifying_says_so_and_is_no_agreement(old: Flask) -> None:
    code, said = run(old, "verify")
    assert code == 1 and "une ancienne sauvegarde a été restaurée" in said and "Tout concorde" not in said
    assert "ALARME" in run(old, "status")[1]
    lived(old, 1, anchored=False)
    code, said = run(old, "checkpoint")
    assert code == 1 and "est plus court" in said


def test_the_right_database_put_back_ends_the_alarm(app: Flask, old: Flask) -> None:
    with old.app_context():
        assert anchoring.look(old.config) is not None
    lived(app, 1)
    assert alarm(app) == ""


def test_a_declared_restoration_goes_on_and_both_histories_stand_apart_in_the_file(old: Flask, points: Path) -> None:
    before = points.read_bytes()
    code, said = declare(old)
    assert code == 0 and "l’histoire qui allait jusqu’à 40 événements" in said
    assert "après le point de contrôle commun de 33 événements" in said and WHY in said
    after = points.read_text("utf-8").replace("\u202f", " ").replace("\u00a0", " ")
    assert points.read_bytes().startswith(before), "nothing of the old history is taken away"
    line = next(line for line in after.split("\n") if line.startswith("# Restauration déclarée"))
    assert WHY in line and after.index(line) > after.rindex("\n40\n")
    assert sizes(points) == [33, 40, 34]
    lived(old, 3)
    assert sizes(points) == [33, 40, 34, 37] and alarm(old) == ""
    with old.app_context():
        event = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "restored")).one()
        facts = orjson.loads(event.body)["facts"]
        assert (facts["left"]["size"], facts["common"]["size"], facts["gone_on"]["size"]) == (40, 33, 33)
        assert facts["left"]["at"] and facts["common"]["at"] and facts["reason"] == WHY


def test_the_letters_that_leave_with_it_say_so(app: Flask, old: Flask, databases: Databases) -> None:
    mailing = restored(
        app,
        databases,
        old.config["DATABASE_URL"],
        MAIL_URL="smtp://localhost",
        MAIL_FROM="Sɛbɛn <journal@exemple.ml>",
        CHECKPOINT_MAILTO="cour@exemple.ml",
    )
    declare(mailing)
    with mailing.app_context():
        letter = db.session.scalars(select(Letter).where(Letter.recipient == "cour@exemple.ml")).one()
        assert "Restauration déclarée" in letter.text and WHY in letter.text
        told = db.session.scalars(select(Letter).where(Letter.subject.contains("restauration"))).all()
        assert {each.recipient for each in told} == {"coumba@exemple.ml", "salif@exemple.ml"}
        assert all(WHY in each.text and "demandez à la personne qui tient le serveur" in each.text for each in told)


def test_afterwards_both_verifiers_say_it_and_find_nothing_wrong(old: Flask, points: Path) -> None:
    declare(old)
    lived(old, 3)
    code, said = run(old, "verify", "--checkpoint", str(points), "--no-files")
    assert code == 0 and "Restauration déclarée" in said
    assert "De l’histoire abandonnée : 1 point de contrôle gardé ailleurs." in said
    with old.app_context():
        db.session.remove()
        db.engine.dispose()
    code, told = ask("verify", place_of(old.config["DATABASE_URL"]), "--checkpoint", points)
    assert (code, told["findings"]) == (0, [])
    assert any("Une restauration est déclarée" in remark and WHY in remark for remark in told["remarks"])
    assert told["counted"]["left_behind"] == 1


def test_what_was_not_declared_stays_a_finding_for_both(old: Flask, points: Path) -> None:
    lived(_blind(old), 12)
    code, said = run(old, "verify", "--checkpoint", str(points), "--no-files")
    assert code == 1 and "Restauration déclarée" not in said
    with old.app_context():
        db.session.remove()
        db.engine.dispose()
    code, told = ask("verify", place_of(old.config["DATABASE_URL"]), "--checkpoint", points)
    assert code == 1 and {each["kind"] for each in told["findings"]} >= {"rewritten"}


def test_a_declaration_covers_no_rewriting_of_what_both_histories_share(old: Flask, points: Path) -> None:
    """A forger declares a restoration and changes an event of long ago, with a checkpoint kept elsewhere over it."""
    declare(old)
    lived(old, 1)

    def rewrite(thief: Thief) -> None:
        (row,) = thief.rows(
            "SELECT seq FROM audit_event WHERE stream = 'people' AND act = 'sign_in' ORDER BY seq LIMIT 1"
        )
        thief.edit("people", row.seq, '"turn":0', '"turn":7')
        thief.rechain("people")
        thief.resign(LOG.signer)

    with old.app_context():
        db.session.remove()
        db.engine.dispose()
    Thief.at(old.config["DATABASE_URL"], rewrite)
    code, said = run(old, "verify", "--checkpoint", str(points), "--no-files")
    assert code == 1 and "Le point de contrôle de 33 événements, gardé ailleurs, n’est pas celui du journal" in said
    with old.app_context():
        db.session.remove()
        db.engine.dispose()
    code, told = ask("verify", place_of(old.config["DATABASE_URL"]), "--checkpoint", points)
    assert code == 1 and "rewritten" in {each["kind"] for each in told["findings"]}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--by", "coumba@exemple.ml"), "Dites ce qui s’est passé"),
        (("--by", "coumba@exemple.ml", "--reason", "panne"), "dix à cinq cents"),
        (("--by", "issa@exemple.ml", "--reason", WHY), "n’est pas celle d’une personne de la coordination"),
        (("--by", "personne@exemple.ml", "--reason", WHY), "n’est pas celle d’une personne de la coordination"),
    ],
)
def test_a_declaration_without_a_name_or_a_reason_is_refused(
    old: Flask, arguments: tuple[str, ...], sentence: str
) -> None:
    code, said = run(old, "restored", "--yes", *arguments)
    assert code == 1 and sentence in said
    with old.app_context():
        assert not restorations.declared(db.session)


def test_where_nothing_is_wrong_nothing_can_be_declared(app: Flask) -> None:
    lived(app, 3)
    code, said = declare(app)
    assert code == 1 and "Rien n’est à déclarer" in said


def test_it_is_asked_for_before_it_is_done(old: Flask) -> None:
    code, said = run(old, "restored", "--by", "coumba@exemple.ml", "--reason", WHY, input="n\n")
    assert code == 1 and "Cela ne s’efface pas" in said
    with old.app_context():
        assert not restorations.declared(db.session)


def test_a_second_backup_restored_after_the_first_is_seen_and_declared_too(
    old: Flask, databases: Databases, tmp_path: Path, points: Path
) -> None:
    declare(old)
    (tmp_path / "second").mkdir()
    url = backup(old, databases, tmp_path / "second")
    lived(old, 5)
    again = restored(old, databases, url)
    assert "plus court (34 événements" in run(again, "verify", "--no-files")[1]
    assert declare(again)[0] == 0
    lived(again, 2)
    code, said = run(again, "verify", "--checkpoint", str(points), "--no-files")
    assert code == 0 and said.count("Restauration déclarée") == 2
    with again.app_context():
        db.session.remove()
        db.engine.dispose()
    assert ask("verify", place_of(again.config["DATABASE_URL"]), "--checkpoint", points)[0] == 0


# ---- The file itself -------------------------------------------------------------------------------------------------


def test_a_file_that_was_emptied_or_taken_away_is_an_alarm_and_keeps_nobody_from_signing(
    app: Flask, points: Path
) -> None:
    lived(app, 3)
    points.unlink()
    lived(app, 2)
    assert "a disparu ou est vide ; il en portait un de 3 événements" in alarm(app)
    assert not points.read_bytes()
    with app.app_context():
        assert db.session.scalar(select(func.max(Checkpoint.size))) == 5
    assert declare(app)[0] == 0
    assert sizes(points) == [3, 5, 6] and alarm(app) == ""


def test_a_new_setting_with_an_empty_file_is_no_alarm(app: Flask, points: Path) -> None:
    lived(_blind(app), 3)
    points.write_bytes(b"")
    lived(app, 1)
    assert alarm(app) == "" and sizes(points) == [3, 4]


@pytest.mark.parametrize("content", [b"autre chose\n", b"\x00\xff" * 40, None], ids=["words", "noise", "flipped"])
def test_a_file_that_is_spoilt_gets_nothing_more_and_is_an_alarm(
    app: Flask, points: Path, content: bytes | None
) -> None:
    lived(app, 3)
    if content is None:
        content = points.read_bytes().replace(b"exemple.ml\n3\n", b"exemple.ml\n9\n")
    points.write_bytes(content)
    lived(app, 2)
    assert points.read_bytes() == content and "est abîmé, ou n’est pas celui de ce journal" in alarm(app)
    assert declare(app)[0] == 1
    assert run(app, "verify", "--no-files")[0] == 1


def test_a_last_note_that_was_cut_off_is_marked_and_written_again(app: Flask, points: Path) -> None:
    lived(app, 3)
    whole = points.read_bytes()
    lived(app, 2)
    both = points.read_bytes()
    for cut in range(len(whole) + 1, len(both)):
        points.write_bytes(both[:cut])
        with app.app_context():
            dispatch.append(points, LOG.known)
            db.session.rollback()
        assert sizes(points)[-1] == 5 and points.read_bytes().startswith(both[:cut]), cut
        assert run_notes(points) == sizes(points)


def run_notes(points: Path) -> list[int]:
    """As the verifier that stands alone reads the same file."""
    from app.audit.standalone import seben_audit

    keys = [seben_audit.read_key(str(LOG.signer.verifier))]
    return [
        seben_audit.read_head(each, keys).size for each in seben_audit.notes_in(points.read_text("utf-8", "replace"))
    ]


def test_a_long_file_is_read_from_its_end(app: Flask, points: Path) -> None:
    for _ in range(3):
        lived(app, 1)
    text = points.read_text("utf-8")
    points.write_text(text * 90, "utf-8")
    with points.open("rb") as file:
        assert points.stat().st_size > witness.TAIL
        last = witness.last_in(file.fileno(), LOG.known)
    assert last.head is not None and last.head.size == 3


def test_a_clock_that_was_set_back_raises_no_alarm(app: Flask, points: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lived(app, 3)
    monkeypatch.setattr(anchoring, "now", lambda: now().replace(year=2019))
    lived(app, 3)
    assert alarm(app) == "" and sizes(points) == [3, 6]


def test_a_file_that_cannot_be_read_now_is_no_alarm_and_ends_none(old: Flask, points: Path) -> None:
    with old.app_context():
        assert anchoring.look(old.config) is not None
        old.config["CHECKPOINT_FILE"] = str(points.parent)
        assert anchoring.look(old.config) is None
    assert "plus court" in alarm(old)


# ---- The screens -----------------------------------------------------------------------------------------------------


def test_those_who_supervise_see_it_on_every_page_and_others_on_none(old: Flask, cast: Cast, sign_in: SignIn) -> None:
    with old.app_context():
        anchoring.look(old.config)
    for name in ("coumba", "salif", "issa", "fanta", "mariam"):
        client = sign_in(old.test_client(), getattr(cast, name))
        for place in ("/rapports", "/mes-taches", "/compte"):
            page = client.get(place, follow_redirects=True).get_data(as_text=True)
            assert ("Alarme du journal" in page) is (name in ("coumba", "salif")), (name, place)
    assert "Alarme du journal" not in old.test_client().get("/verifier").get_data(as_text=True)


def test_the_journal_says_what_interval_is_lost(old: Flask, cast: Cast, sign_in: SignIn) -> None:
    declare(old)
    page = sign_in(old.test_client(), cast.salif).get("/journal").get_data(as_text=True)
    said = re.sub(
        r"\s+", " ", re.sub(r"<[^>]+>", "", page).replace("&nbsp;", " ").replace("\u202f", " ").replace("\u00a0", " ")
    )
    assert "l’histoire qui allait jusqu’à 40 événements, le" in said
    assert "est abandonnée après le point de contrôle commun de 33 événements, le" in said
    assert "Une restauration a été déclarée par commande, au nom de" in said and WHY in said
    assert "Alarme du journal" not in page


# ---- Witnesses -------------------------------------------------------------------------------------------------------


def test_a_witness_goes_on_from_a_declared_restoration_alone(app: Flask, old: Flask, tmp_path: Path) -> None:
    state, other = tmp_path / "witness.json", tmp_path / "other.json"
    for each in (app, old):
        with each.app_context():
            db.session.remove()
            db.engine.dispose()
    assert ask("witness", place_of(app.config["DATABASE_URL"]), "--state", state)[0] == 0
    code, told = ask("witness", place_of(old.config["DATABASE_URL"]), "--state", state)
    assert code == 1 and {each["kind"] for each in told["findings"]} == {"cut"}
    lived(_blind(old), 7)
    with old.app_context():
        db.engine.dispose()
    assert ask("witness", place_of(old.config["DATABASE_URL"]), "--state", other)[0] == 0
    code, told = ask("compare", state, other)
    assert code == 1 and {each["kind"] for each in told["findings"]} == {"split"}
    assert declare(old)[0] == 0
    with old.app_context():
        db.session.remove()
        db.engine.dispose()
    code, told = ask("witness", place_of(old.config["DATABASE_URL"]), "--state", state)
    assert code == 0 and any("Une restauration est déclarée" in remark for remark in told["remarks"])
    kept = orjson.loads(state.read_bytes())
    assert len(kept["kept"]) == len(kept["earlier"]) == len(kept["restored"]) == 1
    assert ask("witness", place_of(old.config["DATABASE_URL"]), "--state", other)[0] == 0
    code, told = ask("compare", state, other)
    assert code == 0 and any("Une restauration est déclarée" in remark for remark in told["remarks"])

"""`flask store prune` throws away what nothing needs, after some days, and says what; both verifiers still agree."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from flask import Flask

from app.commands.audit import audit
from app.commands.store import store as commands
from app.db import db
from app.documents.pictures import Kept
from app.documents.store import Store
from app.reports.attachments import acts as attaching
from app.reports.attachments import photographs
from app.reports.attachments.acts import StoredFile
from app.reports.models.attachment import Attachment, AttachmentKind
from app.reports.models.report import Report
from app.reports.signing.acts import Sealer
from app.template import Consent
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import report_at
from tests.registers import entered
from tests.workflow.outsiders import ask, place_of

DAY = 24 * 60 * 60


def prune(app: Flask, *arguments: str) -> str:
    result = app.test_cli_runner().invoke(commands, ["prune", *arguments])
    return result.output.replace("\u202f", " ").replace("\u00a0", " ")


def names(app: Flask) -> set[str]:
    return set(Store(app.config["STORE_URL"]).names())


def aged(app: Flask, days: int) -> None:
    """All files of the store, as if they had been put so long ago."""
    then = time.time() - days * DAY
    for file in Path(app.config["STORE_URL"].removeprefix("file://")).rglob("*"):
        os.utime(file, (then, then))


@pytest.fixture
def kept(app: Flask, cast: Cast, desk: Sealer) -> set[str]:
    """The files of a signed report, photographs and a recording among them, all put a year ago."""
    with app.app_context():
        entered()
        report = report_at(Stage.EDITING, cast)
        photographs.add(
            report, cast.issa, [Kept(desk.store.put(b"a"), desk.store.put(b"b"), 1600, 1200)], Consent.GIVEN
        )
        sound = desk.store.put(b"Le discours du maire, vingt minutes.")
        attaching.attach(report, cast.issa, StoredFile(AttachmentKind.AUDIO, "Discours.mp3", "audio/mpeg", 36, sound))
        db.session.commit()
    aged(app, 365)
    return names(app)


def test_what_nothing_names_goes_after_the_days_of_grace_and_only_when_told(app: Flask, kept: set[str]) -> None:
    extra = Store(app.config["STORE_URL"]).put(b"Un fichier Word dont rien ne fut repris.")
    assert "0 fichier, 0 octets : effacés." in prune(app, "--yes"), "it was put today"
    aged(app, 31)
    said = prune(app)
    assert extra in said and "un fichier que rien ne nomme" in said and "Rien n’est effacé." in said
    assert names(app) == kept | {extra}
    assert "1 fichier, 40 octets : effacés." in prune(app, "--yes")
    assert names(app) == kept


def test_a_withdrawn_attachment_goes_after_the_days_of_grace_and_both_verifiers_agree(
    app: Flask, cast: Cast, kept: set[str]
) -> None:
    with app.app_context():
        row = attaching.withdraw(db.session.get_one(Report, 1), 1, cast.issa)
        sound = row.file_hash
        db.session.commit()
    assert "0 fichier" in prune(app, "--yes"), "it was withdrawn today, however old the file is"
    with app.app_context():
        row = db.session.get_one(Attachment, row.id)
        assert row.withdrawn_at is not None
        row.withdrawn_at = row.withdrawn_at.replace(year=row.withdrawn_at.year - 1)
        db.session.commit()
    assert "pièce jointe n° 1 du rapport 1, retirée" in prune(app, "--yes")
    assert names(app) == kept - {sound}
    said = app.test_cli_runner().invoke(audit, ["verify"]).output.replace("\u202f", " ").replace("\u00a0", " ")
    assert "Retirés, et qui ne sont plus là : 1 fichier." in said
    with app.app_context():
        place = place_of(app.config["DATABASE_URL"])
        db.session.remove()
    _, told = ask("verify", place, "--files", app.config["STORE_URL"].removeprefix("file://"))
    assert [each for each in told["findings"] if each["kind"] == "file"] == []


def test_a_file_that_was_put_again_is_young_again(app: Flask, kept: set[str]) -> None:
    store = Store(app.config["STORE_URL"])
    store.put(b"Des minutes en attente.")
    aged(app, 365)
    again = store.put(b"Des minutes en attente.")
    assert "0 fichier" in prune(app, "--yes") and again in names(app)


def test_the_wrong_database_prunes_nothing(app: Flask) -> None:
    Store(app.config["STORE_URL"]).put(b"Un rapport.")
    aged(app, 365)
    assert "La base ne nomme aucun fichier" in prune(app, "--yes")
    assert len(names(app)) == 1


def test_there_is_no_pruning_without_days_of_grace(app: Flask, kept: set[str]) -> None:
    assert "Error" in prune(app, "--days", "0", "--yes")
    assert names(app) == kept

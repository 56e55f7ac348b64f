"""Files that unpack to much more than they are: refused in a moment, beside the field, while everybody else writes."""

from __future__ import annotations

import fcntl
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.content.prose import cut
from app.db import db
from app.directory.models import Person
from app.documents.sandbox import reader, reading
from app.documents.sheets import opening as sheet_opening
from app.documents.word import opening
from app.reports.models.report import Report
from app.reports.text.revisions import part_of
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import report_at, save
from tests.olden import old
from tests.sheets.files import table
from tests.word.office import MAIN, edited, packed, parts, retyped
from tests.writers import another_may_write, watched

pytestmark = pytest.mark.anywhere

SignIn = Callable[[FlaskClient, Person], FlaskClient]
DOORS = {
    "word": "/rapports/1/word",
    "old": "/rapports/1/ancien-rapport",
    "sheet": "/rapports/1/parties/attendance/tableur",
}
UNPACKED = 50_000_000


def send(client: FlaskClient, door: str, data: bytes) -> TestResponse:
    fields = {"file": (BytesIO(data), "fichier"), **({} if door == "word" else {"do": "preview"})}
    return client.post(DOORS[door], data=fields, content_type="multipart/form-data")


@pytest.fixture
def fanta(app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn) -> FlaskClient:
    with app.app_context():
        report = report_at(Stage.DRAFTING, cast)
        save(report, "introduction", cut("Elle a réuni les élus.", "body"), cast.fanta)
        db.session.commit()
    return sign_in(client, cast.fanta)


def swollen(data: bytes, name: str, filling: bytes, into: bytes) -> bytes:
    """The file with `filling` again and again before the end of one of its parts."""
    files = parts(data)
    head, end, rest = files[name].rpartition(into)
    return packed({**files, name: head + filling * (UNPACKED // len(filling)) + end + rest})


def words(answer: TestResponse) -> str:
    return answer.get_data(as_text=True).replace("&nbsp;", "\u00a0")


@pytest.mark.parametrize("door", ["word", "old"])
@pytest.mark.parametrize("filling", [b"<w:p/>", b"<w:p><w:r><w:t>la commune</w:t></w:r></w:p>"])
def test_a_word_file_of_150_kb_that_unpacks_to_50_mb_is_refused_beside_the_field(
    fanta: FlaskClient, door: str, filling: bytes
) -> None:
    data = swollen(old.bold(), MAIN, filling, b"</w:body>")
    assert len(data) < 300_000
    answer = send(fanta, door, data)
    assert answer.status_code == 422 and opening.TOO_MUCH in words(answer)


def test_a_spreadsheet_that_unpacks_to_50_mb_is_refused_beside_the_field(fanta: FlaskClient) -> None:
    data = swollen(table(("Nom",), ("Awa DIARRA",)), "xl/worksheets/sheet1.xml", b"<row></row>", b"</sheetData>")
    assert len(data) < 300_000
    answer = send(fanta, "sheet", data)
    assert answer.status_code == 422 and sheet_opening.TOO_MUCH in words(answer)


def test_nobody_waits_while_a_file_is_read(app: Flask, fanta: FlaskClient) -> None:
    copy = edited(
        fanta.get("/rapports/1/rapport.docx").data, retyped("Elle a réuni les élus.", "Elle a réuni tous les élus.")
    )
    with watched(app, reading, "_read") as calls:
        assert send(fanta, "old", old.bold()).status_code == 200
        assert send(fanta, "sheet", table(("Nom",), ("Awa DIARRA",))).status_code == 200
        place = send(fanta, "word", copy).headers["Location"]
        assert fanta.post(place, data={"passage": ["introduction-0"]}).status_code == 303
    assert calls == [("_read", True)] * 4
    with app.app_context():
        db.session.connection()  # a write that has begun
        assert not another_may_write(app) or db.engine.dialect.name != "sqlite"
        assert part_of(db.session.get_one(Report, 1), "introduction").number == 3
        db.session.rollback()


def test_what_takes_too_long_is_stopped(fanta: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "SECONDS", 1)
    mark = b'<w:commentRangeStart w:id="%d"/><w:r><w:commentReference w:id="%d"/></w:r>'
    marks = b"".join(mark % (number, number) for number in range(60_000))
    files = parts(old.bold())
    head, end, rest = files[MAIN].rpartition(b"</w:body>")
    answer = send(fanta, "old", packed({**files, MAIN: head + b"<w:p>" + marks + b"</w:p>" + end + rest}))
    assert answer.status_code == 422 and reading.STOPPED in words(answer)


def test_what_takes_too_much_memory_is_refused_and_an_honest_file_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MEGABYTES", 160)
    assert reading.read_word(old.bold()).paragraphs
    heavy = b"".join(b"<w:p><w:r><w:t>%d</w:t></w:r></w:p>" % (number * 7919) for number in range(400_000))
    files = parts(old.bold())
    head, end, rest = files[MAIN].rpartition(b"</w:body>")
    with pytest.raises(opening.UnreadableWord, match="place"):
        reading.read_word(packed({**files, MAIN: head + heavy + end + rest}))


def test_one_file_is_read_at_a_time_and_the_next_is_asked_to_come_again(
    fanta: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PATIENCE", 0.0)
    with Path(reader.__file__).open("rb") as program:
        fcntl.flock(program, fcntl.LOCK_EX)
        answer = send(fanta, "old", old.bold())
    assert answer.status_code == 422 and reading.BUSY in words(answer)
    assert send(fanta, "old", old.bold()).status_code == 200

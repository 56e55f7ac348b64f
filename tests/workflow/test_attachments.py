"""Files beside a report: brought and withdrawn at any stage, by whom it is for, and answered for by the log."""

from __future__ import annotations

import zlib
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from app.db import db, now
from app.reports.attachments import attaching, uploads
from app.reports.attachments.attaching import Stored
from app.reports.attachments.kinds import Refused
from app.reports.attachments.models import Kind, Upload
from app.reports.noticeboard import Kind as Kinds
from app.reports.noticeboard import Notice, Way, choose
from app.reports.replay import verify_reports
from app.reports.signing import Desk
from app.reports.steps import NotAllowed, WrongStage
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import opened, report_at
from tests.tampering import disarm
from tests.workflow.outsiders import kinds, place_of
from tests.workflow.test_letters import everything_settled, written_letters
from tests.workflow.test_notices import told

pytestmark = pytest.mark.usefixtures("world")
FILM = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00" + bytes(range(256)) * 40
LARGEST = 1 << 20


def mission(kind: Kind = Kind.MISSION_REPORT) -> Stored:
    return Stored(kind, "Mission.pdf", "application/pdf", 900, "0" * 64)


def test_a_file_is_attached_to_a_published_report_and_its_text_stays(cast: Cast, desk: Desk) -> None:
    report = report_at(Stage.PUBLISHED, cast, desk)
    before = report.text_hash
    row = attaching.attach(report, cast.salif, mission())
    assert (row.number, row.author_role, report.text_hash) == (1, "supervisor", before)
    assert verify_reports(db.session) == []


def test_a_supervisor_attaches_the_mission_report_and_nothing_else(cast: Cast) -> None:
    report = opened(cast)
    with pytest.raises(NotAllowed, match="rapport de mission"):
        attaching.attach(report, cast.salif, mission(Kind.VIDEO))
    for person in (cast.mariam, cast.lamine, cast.moussa):
        with pytest.raises(NotAllowed):
            attaching.attach(report, person, mission())


def test_who_brought_a_file_withdraws_it_or_the_coordination_does_and_once(cast: Cast) -> None:
    report = opened(cast)
    for _ in range(2):
        attaching.attach(report, cast.fanta, mission(Kind.OTHER))
    with pytest.raises(NotAllowed, match="coordination"):
        attaching.withdraw(report, 1, cast.issa)
    attaching.withdraw(report, 1, cast.fanta)
    attaching.withdraw(report, 2, cast.coumba)
    with pytest.raises(WrongStage, match="déjà"):
        attaching.withdraw(report, 2, cast.coumba)
    assert verify_reports(db.session) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE attachment SET file_hash = replace(file_hash, '0', '1')",
        "UPDATE attachment SET name = 'Autre.pdf'",
        "UPDATE attachment SET withdrawn_by_id = NULL, withdrawn_at = NULL",
        "DELETE FROM attachment",
        "UPDATE attachment SET number = 2",
    ],
)
def test_a_row_that_is_not_as_the_log_tells_is_found_by_both_verifiers(app: Flask, cast: Cast, statement: str) -> None:
    report = opened(cast)
    attaching.attach(report, cast.fanta, mission(Kind.OTHER))
    attaching.withdraw(report, 1, cast.coumba)
    db.session.commit()
    disarm(db.session.connection())
    db.session.execute(text(statement))
    db.session.commit()
    assert {finding.kind for finding in verify_reports(db.session)} == {"attachment"}
    assert "attachment" in kinds(place_of(app.config["DATABASE_URL"]))


def sent(upload: Upload, start: int, end: int, folder: Path) -> None:
    piece = FILM[start:end]
    uploads.take_in(upload, start, piece, f"{zlib.crc32(piece):08x}", folder)


def test_a_file_arrives_in_pieces_and_goes_on_where_it_was(cast: Cast, desk: Desk, tmp_path: Path) -> None:
    report = opened(cast)
    folder = tmp_path / "on their way"

    def begun() -> Upload:
        return uploads.begin(report, cast.fanta, Kind.VIDEO, "film.mp4", len(FILM), "17", LARGEST, folder)

    sent(begun(), 0, 4000, folder)
    assert begun().received == 4000
    for start, end, checksum in ((0, 4000, None), (8000, 9000, None), (4000, 9000, "00000000")):
        piece = FILM[start:end]
        with pytest.raises(uploads.Elsewhere) as told:
            uploads.take_in(begun(), start, piece, checksum or f"{zlib.crc32(piece):08x}", folder)
        assert told.value.received == 4000
    assert not uploads.complete(begun(), folder)
    sent(begun(), 4000, len(FILM), folder)
    upload = begun()
    assert uploads.complete(upload, folder)
    path = uploads.path_of(upload, folder)
    found = attaching.receive(path, upload.name, upload.kind, LARGEST, desk.store)
    assert (found.media_type, desk.store.get(found.file_hash)) == ("video/mp4", FILM)
    uploads.forget(upload, folder)
    assert not path.exists() and db.session.scalars(select(Upload)).all() == []


def test_an_upload_is_its_sender_s_and_tells_files_of_one_name_apart(cast: Cast, tmp_path: Path) -> None:
    report = opened(cast)
    mine = uploads.begin(report, cast.fanta, Kind.VIDEO, "film.mp4", 9, "17", LARGEST, tmp_path)
    other = uploads.begin(report, cast.fanta, Kind.VIDEO, "film.mp4", 9, "18", LARGEST, tmp_path)
    assert mine.id != other.id
    with pytest.raises(LookupError):
        uploads.of(report, cast.issa, mine.id)


def test_a_file_of_another_kind_is_refused_with_its_first_piece(cast: Cast, tmp_path: Path) -> None:
    report = opened(cast)
    upload = uploads.begin(report, cast.fanta, Kind.AUDIO, "son.mp3", 40, "", LARGEST, tmp_path)
    piece = b"<!doctype html><script>alert(1)</script>"
    with pytest.raises(Refused, match="MP3"):
        uploads.take_in(upload, 0, piece, f"{zlib.crc32(piece):08x}", tmp_path)
    assert list(tmp_path.glob("*.part")) == []
    with pytest.raises(Refused, match=r"2\sMo.*1 au plus"):
        uploads.begin(report, cast.fanta, Kind.AUDIO, "son.mp3", LARGEST + 1, "", LARGEST, tmp_path)


def test_what_nobody_goes_on_with_is_forgotten_after_two_days(cast: Cast, tmp_path: Path) -> None:
    report = opened(cast)
    old = uploads.begin(report, cast.fanta, Kind.VIDEO, "film.mp4", len(FILM), "1", LARGEST, tmp_path)
    sent(old, 0, 4000, tmp_path)
    old.at = now() - timedelta(hours=49)
    new = uploads.begin(report, cast.fanta, Kind.VIDEO, "film.mp4", len(FILM), "2", LARGEST, tmp_path)
    sent(new, 0, 4000, tmp_path)
    (tmp_path / "999.part").write_bytes(b"of no upload")
    assert uploads.forget_old(now(), tmp_path) == 2
    assert [path.name for path in tmp_path.glob("*.part")] == [f"{new.id}.part"]
    assert [each.id for each in db.session.scalars(select(Upload))] == [new.id]


def test_the_sixth_file_on_its_way_makes_the_oldest_forgotten(cast: Cast, tmp_path: Path) -> None:
    report = opened(cast)
    for count in range(6):
        uploads.begin(report, cast.fanta, Kind.VIDEO, f"{count}.mp4", 9, "", LARGEST, tmp_path)
    assert {each.name for each in db.session.scalars(select(Upload))} == {f"{count}.mp4" for count in range(1, 6)}


def test_who_has_the_report_in_hand_is_told_of_a_file_without_a_letter(cast: Cast, desk: Desk) -> None:
    report = report_at(Stage.EDITING, cast)
    everything_settled(report)
    attaching.attach(report, cast.salif, mission())
    [(name, notice)] = told(report, "attach").items()
    assert (name, notice.way, notice.asks) == ("issa", Way.NEVER, False)
    assert notice.sentence == ("Salif KEITA a joint un fichier au rapport\u00a0: rapport de mission (pièce n°\u00a01).")
    assert notice.place.endswith("#attachments")
    # Coordination withdraws it: who brought it is told too. Who acts is not.
    attaching.withdraw(report, 1, cast.coumba)
    assert told(report, "withdraw_attachment").keys() == {"issa", "salif"}
    attaching.attach(report, cast.issa, mission(Kind.SLIDES))
    attaching.withdraw(report, 2, cast.issa)
    assert told(report, "attach").keys() == {"issa"}, "still the one before"
    assert told(report, "withdraw_attachment").keys() == {"issa", "salif"}
    assert written_letters() == []
    # Unless they want letters of it.
    choose(cast.issa, {Kinds.ATTACHMENTS.value: Way.AT_ONCE.value})
    attaching.attach(report, cast.fanta, mission(Kind.OTHER))
    assert [each.recipient for each in written_letters()] == ["issa@exemple.ml"]
    assert verify_reports(db.session) == []


@pytest.mark.parametrize(
    ("stage", "names"),
    [
        (Stage.DRAFTING, {"fanta"}),
        (Stage.READING, {"mariam", "oumar", "binta", "adama"}),
        (Stage.VALIDATED, {"issa", "seydou"}),
        (Stage.SIGNED, {"coumba"}),
        (Stage.PUBLISHED, set()),
    ],
    ids=["drafting", "reading", "validated", "signed", "published"],
)
def test_that_is_another_at_each_stage_and_nobody_of_a_published_report(
    stage: Stage, names: set[str], cast: Cast, desk: Desk
) -> None:
    report = report_at(stage, cast, desk)
    attaching.attach(report, cast.salif, mission())
    found = db.session.scalar(select(func.count(Notice.id)).where(Notice.act == "attach"))
    assert found == len(names)
    assert not names or told(report, "attach").keys() == names

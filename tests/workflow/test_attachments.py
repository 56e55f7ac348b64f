"""Files beside a report: brought and withdrawn at any stage, by whom it is for, and answered for by the log."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from app.db import db, now
from app.documents.pieces import Pieces, sweep
from app.documents.store import Store
from app.reports.attachments import acts as attaching
from app.reports.attachments import uploads
from app.reports.attachments.acts import StoredFile
from app.reports.attachments.kinds import KindRefused
from app.reports.attachments.uploads import Hole
from app.reports.models.attachment import AttachmentKind, Upload
from app.reports.models.report import Report
from app.reports.notifications.inbox import Notice, NotificationWay, choose
from app.reports.notifications.inbox import NotificationKind as Kinds
from app.reports.replay.verifying import verify_reports
from app.reports.signing.acts import Sealer
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


def mission(kind: AttachmentKind = AttachmentKind.MISSION_REPORT) -> StoredFile:
    return StoredFile(kind, "Mission.pdf", "application/pdf", 900, "0" * 64)


def test_a_file_is_attached_to_a_published_report_and_its_text_stays(cast: Cast, desk: Sealer) -> None:
    report = report_at(Stage.PUBLISHED, cast, desk)
    before = report.text_hash
    row = attaching.attach(report, cast.salif, mission())
    assert (row.number, row.author_role, report.text_hash) == (1, "supervisor", before)
    assert verify_reports(db.session) == []


def test_a_supervisor_attaches_the_mission_report_and_nothing_else(cast: Cast) -> None:
    report = opened(cast)
    with pytest.raises(NotAllowed, match="rapport de mission"):
        attaching.attach(report, cast.salif, mission(AttachmentKind.VIDEO))
    for person in (cast.mariam, cast.lamine, cast.moussa):
        with pytest.raises(NotAllowed):
            attaching.attach(report, person, mission())


def test_who_brought_a_file_withdraws_it_or_the_coordination_does_and_once(cast: Cast) -> None:
    report = opened(cast)
    for _ in range(2):
        attaching.attach(report, cast.fanta, mission(AttachmentKind.OTHER))
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
    attaching.attach(report, cast.fanta, mission(AttachmentKind.OTHER))
    attaching.withdraw(report, 1, cast.coumba)
    db.session.commit()
    disarm(db.session.connection())
    db.session.execute(text(statement))
    db.session.commit()
    assert {finding.kind for finding in verify_reports(db.session)} == {"attachment"}
    assert "attachment" in kinds(place_of(app.config["DATABASE_URL"]))


def named(piece: bytes) -> str:
    return hashlib.sha256(piece).hexdigest()


def sent(upload: Upload, start: int, end: int, store: Store) -> None:
    piece = FILM[start:end]
    uploads.require_fit(upload, start, piece, named(piece))
    Pieces(store, upload.id).keep(start, piece)
    uploads.take_in(upload, start, piece, named(piece))


def begun(report: Report, cast: Cast, mark: str = "17") -> Upload:
    return uploads.begin(report, cast.fanta, AttachmentKind.VIDEO, "film.mp4", len(FILM), mark, LARGEST)


def test_a_file_arrives_in_pieces_and_goes_on_where_it_was(cast: Cast, desk: Sealer, tmp_path: Path) -> None:
    report = opened(cast)
    sent(begun(report, cast), 0, 4000, desk.store)
    assert uploads.hole(begun(report, cast)) == Hole(4000, len(FILM))
    for start, end, fingerprint in ((0, 4001, ""), (3999, 5000, ""), (4000, 4000, ""), (4000, 9000, "0" * 64)):
        piece = FILM[start:end]
        with pytest.raises(uploads.Elsewhere) as told:
            uploads.take_in(begun(report, cast), start, piece, fingerprint or named(piece))
        assert told.value.hole == Hole(4000, len(FILM))
    with pytest.raises(uploads.Elsewhere):
        uploads.take_in(begun(report, cast), len(FILM), b"beyond", named(b"beyond"))
    with pytest.raises(KindRefused, match="rechargez"):
        uploads.take_in(begun(report, cast), 4000, FILM[4000:], "00000000")
    assert not uploads.complete(begun(report, cast))
    sent(begun(report, cast), 4000, len(FILM), desk.store)
    upload = begun(report, cast)
    assert uploads.complete(upload)
    uploads.put_together(upload, named(FILM), desk.store, tmp_path / "film")
    found = attaching.receive(tmp_path / "film", upload.name, upload.kind, LARGEST, desk.store)
    assert (found.media_type, found.file_hash, desk.store.get(named(FILM))) == ("video/mp4", named(FILM), FILM)
    uploads.forget(upload)
    Pieces(desk.store, upload.id).throw_away()
    assert db.session.scalars(select(Upload)).all() == [] and sweep(desk.store, ()) == 0


def test_pieces_come_in_any_order_and_twice_and_the_holes_between_them_are_known(
    cast: Cast, desk: Sealer, tmp_path: Path
) -> None:
    upload = begun(opened(cast), cast)
    for start, end, hole in (
        (6000, 8000, Hole(0, 6000)),
        (0, 2000, Hole(2000, 6000)),
        (0, 2000, Hole(2000, 6000)),
        (8000, len(FILM), Hole(2000, 6000)),
        (2000, 4000, Hole(4000, 6000)),
    ):
        sent(upload, start, end, desk.store)
        assert uploads.hole(upload) == hole
    assert not uploads.complete(upload)
    with pytest.raises(uploads.Unlike):
        uploads.put_together(upload, named(FILM), desk.store, tmp_path / "film")
    sent(upload, 4000, 6000, desk.store)
    assert uploads.complete(upload)
    uploads.put_together(upload, named(FILM), desk.store, tmp_path / "film")
    assert (tmp_path / "film").read_bytes() == FILM


@pytest.mark.parametrize("spoil", ["lost", "flipped", "cut", "zeros"])
def test_a_piece_that_is_lost_or_spoilt_in_the_store_is_named_and_may_be_sent_again(
    cast: Cast, desk: Sealer, tmp_path: Path, spoil: str
) -> None:
    upload = begun(opened(cast), cast)
    for start, end in ((0, 4000), (4000, 8000), (8000, len(FILM))):
        sent(upload, start, end, desk.store)
    objects, key = desk.store.objects, f"uploads/{upload.id}/{4000:012}-{named(FILM[4000:8000])}"
    if spoil == "lost":
        objects.delete(key)
    else:
        other = {"flipped": bytes([FILM[4000] ^ 1]) + FILM[4001:8000], "cut": FILM[4000:7999], "zeros": bytes(4000)}
        objects.put(key, other[spoil])
    with pytest.raises(uploads.Unlike) as unlike:
        uploads.put_together(upload, named(FILM), desk.store, tmp_path / "film")
    assert [each[2] for each in unlike.value.pieces] == [named(FILM[:4000]), "", named(FILM[8000:])]
    sent(upload, 4000, 8000, desk.store)
    uploads.put_together(upload, named(FILM), desk.store, tmp_path / "film")
    assert (tmp_path / "film").read_bytes() == FILM


def test_a_file_that_changed_on_the_way_is_not_put_together_until_its_pieces_are_of_one(
    cast: Cast, desk: Sealer, tmp_path: Path
) -> None:
    """The pieces are sound, each by its own hash; together they are nobody's file."""
    upload = begun(opened(cast), cast)
    before = bytes(4000)
    Pieces(desk.store, upload.id).keep(4000, before)
    uploads.take_in(upload, 4000, before, named(before))
    sent(upload, 0, 4000, desk.store)
    sent(upload, 8000, len(FILM), desk.store)
    with pytest.raises(uploads.Unlike) as unlike:
        uploads.put_together(upload, named(FILM), desk.store, tmp_path / "film")
    wrong = [start for start, length, there in unlike.value.pieces if named(FILM[start : start + length]) != there]
    assert wrong == [4000]
    sent(upload, 4000, 8000, desk.store)
    uploads.put_together(upload, named(FILM), desk.store, tmp_path / "film")


def test_an_upload_is_its_sender_s_and_tells_files_of_one_name_apart(cast: Cast) -> None:
    report = opened(cast)
    mine, other = begun(report, cast), begun(report, cast, "18")
    assert mine.id != other.id
    with pytest.raises(LookupError):
        uploads.of(report, cast.issa, mine.id)


def test_a_file_of_another_kind_is_refused_with_its_first_piece(cast: Cast) -> None:
    report = opened(cast)
    upload = uploads.begin(report, cast.fanta, AttachmentKind.AUDIO, "son.mp3", 40, "", LARGEST)
    piece = b"<!doctype html><script>alert(1)</script>"
    with pytest.raises(KindRefused, match="MP3"):
        uploads.take_in(upload, 0, piece, named(piece))
    assert uploads.pieces_of(upload) == []
    with pytest.raises(KindRefused, match=r"2\sMo.*1 au plus"):
        uploads.begin(report, cast.fanta, AttachmentKind.AUDIO, "son.mp3", LARGEST + 1, "", LARGEST)


def test_what_nobody_goes_on_with_is_forgotten_after_two_days(cast: Cast, desk: Sealer) -> None:
    report = opened(cast)
    old = begun(report, cast, "1")
    sent(old, 0, 4000, desk.store)
    old.at = now() - timedelta(hours=49)
    new = begun(report, cast, "2")
    sent(new, 0, 4000, desk.store)
    desk.store.objects.put("uploads/999/000000000000-x", b"of no upload")
    assert uploads.forget_old(now(), desk.store) == 2
    assert [each.id for each in db.session.scalars(select(Upload))] == [new.id]
    sent(new, 4000, len(FILM), desk.store)
    assert uploads.complete(new) and uploads.forget_old(now() + timedelta(hours=47), desk.store) == 0


def test_the_sixth_file_on_its_way_makes_the_oldest_forgotten(cast: Cast) -> None:
    report = opened(cast)
    for count in range(6):
        uploads.begin(report, cast.fanta, AttachmentKind.VIDEO, f"{count}.mp4", 9, "", LARGEST)
    assert {each.name for each in db.session.scalars(select(Upload))} == {f"{count}.mp4" for count in range(1, 6)}


def test_who_has_the_report_in_hand_is_told_of_a_file_without_a_letter(cast: Cast, desk: Sealer) -> None:
    report = report_at(Stage.EDITING, cast)
    everything_settled(report)
    attaching.attach(report, cast.salif, mission())
    [(name, notice)] = told(report, "attach").items()
    assert (name, notice.way, notice.asks) == ("issa", NotificationWay.NEVER, False)
    assert notice.sentence == ("Salif KEITA a joint un fichier au rapport\u00a0: rapport de mission (pièce n°\u00a01).")
    assert notice.place.endswith("#attachments")
    # Coordination withdraws it: who brought it is told too. Who acts is not.
    attaching.withdraw(report, 1, cast.coumba)
    assert told(report, "withdraw_attachment").keys() == {"issa", "salif"}
    attaching.attach(report, cast.issa, mission(AttachmentKind.SLIDES))
    attaching.withdraw(report, 2, cast.issa)
    assert told(report, "attach").keys() == {"issa"}, "still the one before"
    assert told(report, "withdraw_attachment").keys() == {"issa", "salif"}
    assert written_letters() == []
    # Unless they want letters of it.
    choose(cast.issa, {Kinds.ATTACHMENTS.value: NotificationWay.AT_ONCE.value})
    attaching.attach(report, cast.fanta, mission(AttachmentKind.OTHER))
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
    stage: Stage, names: set[str], cast: Cast, desk: Sealer
) -> None:
    report = report_at(stage, cast, desk)
    attaching.attach(report, cast.salif, mission())
    found = db.session.scalar(select(func.count(Notice.id)).where(Notice.act == "attach"))
    assert found == len(names)
    assert not names or told(report, "attach").keys() == names

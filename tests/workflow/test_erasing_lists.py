"""An attendance list can be erased by law: a declared hole, a chain that holds, and screens that say so."""

from __future__ import annotations

import itertools

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.audit import watch
from app.audit.models import AuditEvent
from app.audit.verification import verify_chains
from app.commands.audit import audit
from app.content.blocks import Content
from app.content.canonical import content_hash
from app.db import db
from app.documents.attached import attached
from app.reports.amending import acts as amending
from app.reports.amending import adopting
from app.reports.editing import acts as editing
from app.reports.editing import restoring
from app.reports.erasure.persons import CannotErase
from app.reports.erasure.texts import erase_list
from app.reports.history import snapshots
from app.reports.history.comparing import between
from app.reports.history.versions import look
from app.reports.models.report import Report, Revision
from app.reports.replay.verifying import verify_reports
from app.reports.signing.acts import Sealer
from app.reports.steps import NotReady
from app.reports.text import revisions
from app.reports.text.parts import part_views
from app.workflow import Stage
from tests.cast import Cast, row
from tests.factories import amended, content_of, report_at, reworded, save
from tests.registers import entered
from tests.workflow.test_erasing import run

pytestmark = pytest.mark.usefixtures("world")
WHY = "Demande d’un participant."


def awa(contact: str) -> Content:
    return (row("attendees", name="Awa DIOP", body="CAFO", contact=contact, signed=""),)


def list_of(report: Report) -> list[Revision]:
    part = revisions.part_of(report, "attendance")
    return list(db.session.scalars(select(Revision).where(Revision.part_id == part.id).order_by(Revision.number)))


def texts(report: Report) -> list[bool]:
    """Of each revision of the list, whether its text is there."""
    db.session.expire_all()
    return [not each.erased for each in list_of(report)]


def sound() -> bool:
    db.session.flush()
    return verify_chains(db.session) == [] and verify_reports(db.session) == []


def test_a_list_is_sealed_with_salt_and_other_parts_as_before(cast: Cast) -> None:
    report = report_at(Stage.EDITING, cast)
    empty, filled = list_of(report)
    assert (empty.plain_json, filled.plain_json) == ("", "") and "Awa DIOP" in filled.content_json
    assert filled.hash != content_hash(filled.content)
    method = revisions.current(revisions.part_of(report, "method"))
    assert method.hash == content_hash(method.content) and method.plain_json == method.content_json
    assert "DIOP" not in "".join(db.session.scalars(text("SELECT body FROM audit_event")))
    assert sound()


def test_the_same_list_saved_twice_is_one_revision_and_typed_back_it_is_a_new_seal(cast: Cast) -> None:
    report = report_at(Stage.EDITING, cast)
    first = report.text_hash
    assert not editing.save_part(report, "attendance", 2, content_of(report, "attendance"), cast.issa).new
    save(report, "attendance", reworded(content_of(report, "attendance"), "Awa", "Ami"), cast.issa)
    save(report, "attendance", reworded(content_of(report, "attendance"), "Ami", "Awa"), cast.issa)
    _, second, _, fourth = list_of(report)
    assert second.content == fourth.content and second.hash != fourth.hash and report.text_hash != first
    assert between(report.id, {"attendance": 2}, {"attendance": 4}) == []
    restored = restoring.restore(report, "attendance", 3, 4, cast.issa)
    assert "Ami" in restored.content_json and restored.hash == list_of(report)[2].hash
    assert sound()


def test_earlier_lists_go_by_a_declared_event_and_the_log_still_verifies(cast: Cast) -> None:
    report = report_at(Stage.EDITING, cast)
    save(report, "attendance", awa("76 45 12 42"), cast.issa)
    save(report, "attendance", awa(""), cast.issa)
    hashes = [each.hash for each in list_of(report)]
    assert erase_list(report.id, "attendance", [3], WHY).numbers == [3]
    assert texts(report) == [True, True, False, True]
    done = erase_list(report.id, "attendance", (), WHY)
    assert (done.numbers, done.current) == ([1, 2], False) and texts(report) == [False, False, False, True]
    events = db.session.scalars(select(AuditEvent).where(AuditEvent.act == "erase")).all()
    assert len(events) == 2 and "76 45" not in events[0].body and hashes[2] in events[0].body
    assert [each.hash for each in list_of(report)] == hashes and sound()
    with pytest.raises(CannotErase, match="rien à effacer"):
        erase_list(report.id, "attendance", (), WHY)


def test_an_erased_list_is_told_as_such_wherever_it_would_be_shown(cast: Cast) -> None:
    report = report_at(Stage.EDITING, cast)
    save(report, "attendance", awa("76 45 12 42"), cast.issa)
    erase_list(report.id, "attendance", (), WHY)
    for number, older in ((2, None), (3, 2), (3, 1), (2, 0)):
        for authors in (False, True):
            view = look(report, "attendance", number, older, authors)
            said = view.gone.startswith("Texte effacé le ") and "données personnelles" in view.gone
            assert said is not (authors and number == 3) and not (view.passages and said)
    found = snapshots.moments(report)
    for older_one, newer in itertools.pairwise(found):
        for compared in between(report.id, older_one.numbers, newer.numbers):
            words = "".join(piece for each in compared.passages for _, steps in each.fields for _, piece in steps)
            assert compared.part.key != "attendance" or words.startswith("Texte effacé le ")
    with pytest.raises(NotReady, match="effacé"):
        restoring.restore(report, "attendance", 2, 3, cast.issa)
    with pytest.raises(revisions.Collision) as collision:
        editing.save_part(report, "attendance", 2, awa("70 00 00 00"), cast.issa)
    names = [block.fields["contact"] for block in collision.value.merged.content]
    assert sorted(names) == ["70 00 00 00", "76 45 12 42"]


def test_nothing_goes_that_is_still_needed(cast: Cast, desk: Sealer) -> None:
    report = report_at(Stage.READING, cast)
    amended(report, "attendance", "CAFO", "CAFO Ségou", cast.mariam)
    number = amended(report, "attendance", "Awa", "Ami", cast.oumar).number
    amending.withdraw(report, report_amendment(report, number), cast.oumar)
    for numbers, current, says in (
        ([9], False, "Révision 9"),
        ([2], False, "--current"),
        ([], True, "pas publié"),
    ):
        with pytest.raises(CannotErase, match=says):
            erase_list(report.id, "attendance", numbers, WHY, current=current)
    for key, report_id, reason in (("method", report.id, WHY), ("attendance", 99, WHY), ("attendance", report.id, " ")):
        with pytest.raises(CannotErase):
            erase_list(report_id, key, (), reason)
    adopting.adopt(report, report_amendment(report, 1), cast.adama)
    kept = amended(report, "attendance", "Awa", "Ada", cast.binta)
    erase_list(report.id, "attendance", (), WHY)
    assert kept.base == 3 and texts(report) == [False, False, True] and sound()
    adopting.adopt(report, amended(report, "attendance", "DIOP", "DIOPPE", cast.mariam), cast.adama)
    with pytest.raises(CannotErase, match="n° 3"):
        erase_list(report.id, "attendance", (), WHY)


def report_amendment(report: Report, number: int) -> amending.Amendment:
    query = select(amending.Amendment).where(amending.Amendment.report_id == report.id)
    return db.session.scalars(query.where(amending.Amendment.number == number)).one()


def test_the_list_in_force_goes_once_published_and_the_signed_file_keeps_it(cast: Cast, desk: Sealer) -> None:
    report = report_at(Stage.PUBLISHED, cast, desk)
    with pytest.raises(CannotErase, match="--current"):
        erase_list(report.id, "attendance", [2], WHY)
    assert erase_list(report.id, "attendance", (), WHY, current=True).current
    assert texts(report) == [False, False] and sound()
    shown = {view.part.key: view for view in part_views(report)}["attendance"].content_json
    assert "Texte effacé le" in shown and "DIOP" not in shown
    file = desk.store.get(report.signed_hash)
    assert "DIOP" in str(attached(file)["parts"]["attendance"])
    vouched = snapshots.vouched(report, snapshots.moments(report), lambda: file)
    assert vouched is not None and vouched.sound and vouched.in_file == []
    forged = snapshots.vouched(report, snapshots.moments(report), lambda: b"%PDF")
    assert forged is not None and forged.in_file is None


def test_the_database_refuses_what_no_event_declares(cast: Cast) -> None:
    report = report_at(Stage.EDITING, cast)
    erase_list(report.id, "attendance", [1], WHY)
    standing = db.session.scalar(text("SELECT max(revision_id) FROM revision_private"))
    with pytest.raises(DBAPIError), db.session.begin_nested(), watch.erasing(db.session.connection()):
        db.session.execute(text("DELETE FROM revision_private WHERE revision_id = :id"), {"id": standing})


def test_the_command_says_what_went_and_the_verification_counts_it(app: Flask, cast: Cast, desk: Sealer) -> None:
    entered()
    report_id = report_at(Stage.PUBLISHED, cast, desk).id
    db.session.commit()
    db.session.remove()
    code, said = run(app, audit, "erase-list", "--report", str(report_id))
    assert code == 1 and "Dites pourquoi (--reason)" in said
    code, said = run(app, audit, "erase-list", "--report", str(report_id), "--reason", WHY)
    assert code == 0 and said.startswith("Effacé : le texte de 1 révision (n° 1). Les sauvegardes")
    code, said = run(app, audit, "erase-list", "--report", str(report_id), "--current", "--reason", WHY)
    assert code == 0 and "(n° 2)" in said and "le fichier signé, lui, la porte encore" in said
    code, said = run(app, audit, "verify")
    assert code == 0 and "Effacés et déclarés : 2 textes.\n" in said and said.endswith("Tout concorde.\n")

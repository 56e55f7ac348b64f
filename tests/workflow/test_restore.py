"""An earlier version of a part can be made current again; its words are again those of who wrote them."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from app.audit import guards, watch
from app.audit.models import AuditEvent
from app.audit.verification import verify_chains
from app.content.prose import cut
from app.db import db
from app.reports.editing import restoring
from app.reports.models.report import Origin, Report
from app.reports.replay.journal_index import verify_files
from app.reports.replay.verifying import verify_reports
from app.reports.steps import NotAllowed, NotReady, WrongStage
from app.reports.text import revisions
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import content_of, opened, report_at, reworded, save, written

pytestmark = pytest.mark.usefixtures("world")


def rewritten(cast: Cast) -> Report:
    """A report at the rapporteur's, who has just put another conclusion in the place of Fanta's."""
    report = report_at(Stage.EDITING, cast)
    save(report, "conclusion", cut("Tout le monde est rentré.", "body"), cast.issa)
    return report


def sound() -> bool:
    return verify_chains(db.session) + verify_reports(db.session) + verify_files(db.session) == []


def test_issa_restores_what_fanta_wrote_and_the_words_are_fanta_s_again(cast: Cast) -> None:
    report = rewritten(cast)
    part = revisions.part_of(report, "conclusion")
    earlier = revisions.revision_of(part, 2)
    revision = restoring.restore(report, "conclusion", 2, 3, cast.issa)
    assert (revision.number, revision.parent, revision.origin) == (4, 3, Origin.RESTORE)
    assert revision.content == earlier.content and revision.runs == earlier.runs
    assert {ref for fields in revision.runs.values() for runs in fields.values() for _, ref in runs} == {2}
    assert part.number == 4 and part.content_hash == earlier.hash
    event = db.session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
    assert event is not None and (event.act, event.actor_role) == ("restore_edit", "rapporteur")
    assert sound()


def test_what_was_restored_can_be_written_on_and_restored_from_in_turn(cast: Cast) -> None:
    report = rewritten(cast)
    restoring.restore(report, "conclusion", 2, 3, cast.issa)
    save(report, "conclusion", reworded(content_of(report, "conclusion"), "fin", "fin à midi"), cast.issa)
    restoring.restore(report, "conclusion", 3, 5, cast.issa)
    assert content_of(report, "conclusion")[0].text == "Tout le monde est rentré."
    assert sound()


def test_fanta_restores_her_own_draft(cast: Cast) -> None:
    report = written(opened(cast), cast.fanta)
    restoring.restore(report, "conclusion", 1, 2, cast.fanta)
    assert sound()


def test_only_who_has_the_text_may_restore_and_only_before_the_commission_has_it(cast: Cast) -> None:
    report = rewritten(cast)
    for person in (cast.fanta, cast.mariam, cast.adama, cast.salif, cast.coumba):
        with pytest.raises(NotAllowed):
            restoring.restore(report, "conclusion", 2, 3, person)
        assert not restoring.may_restore(report, person)
    assert restoring.may_restore(report, cast.issa)


def test_a_text_before_the_commission_is_not_restored(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    with pytest.raises(WrongStage):
        restoring.restore(report, "conclusion", 1, 2, cast.issa)


def test_a_part_that_changed_meanwhile_is_not_restored_over(cast: Cast) -> None:
    report = rewritten(cast)
    with pytest.raises(NotReady, match="a changé entre-temps"):
        restoring.restore(report, "conclusion", 1, 2, cast.issa)


def test_what_stands_already_is_not_restored(cast: Cast) -> None:
    report = rewritten(cast)
    with pytest.raises(NotReady, match="déjà celui-là"):
        restoring.restore(report, "conclusion", 3, 3, cast.issa)
    with pytest.raises(LookupError):
        restoring.restore(report, "conclusion", 9, 3, cast.issa)


def test_a_restored_text_that_is_not_the_one_named_is_found(cast: Cast) -> None:
    report = rewritten(cast)
    restoring.restore(report, "conclusion", 2, 3, cast.issa)
    db.session.flush()
    watch.unwatch(db.session.connection())
    guards.remove(db.session.connection())
    forged = text("UPDATE audit_event SET body = replace(body, :old, :new) WHERE act = 'restore_edit'")
    db.session.execute(forged, {"old": '"restored":2', "new": '"restored":1'})
    assert any("n’était pas celui de la révision" in each.sentence for each in verify_reports(db.session))

"""An adopted amendment whose words a later revision takes out again: told to its author and the president, and minuted."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.audit.standalone import seben_audit
from app.content.changes import cut, lasts
from app.db import db
from app.directory.models import Person
from app.reports.amending import acts as amending
from app.reports.editing import acts as editing
from app.reports.editing import restoring
from app.reports.models.report import Amendment, Report
from app.reports.notifications.inbox import Notice
from app.reports.replay.verifying import verify_reports
from app.reports.text import revisions
from app.reports.validating import acts as validating
from app.workflow import Stage
from tests.cast import LOG, Cast
from tests.factories import DEADLINE, amended, content_of, report_at, reworded, save
from tests.unit.test_content_changes import BASE, body, the_change
from tests.workflow.outsiders import place_of
from tests.workflow.test_minutes import told

pytestmark = pytest.mark.usefixtures("world")


@pytest.fixture
def report(cast: Cast) -> Report:
    """Mariam's amendment is adopted, and the text is back with the rapporteur."""
    report = report_at(Stage.READING, cast)
    amending.adopt(report, _asked(report, cast), cast.adama)
    validating.return_to_rapporteur(report, cast.adama, "À compléter.")
    return report


def _asked(report: Report, cast: Cast) -> Amendment:
    return amended(report, "method", "débats", "débats publics et contradictoires", cast.mariam)


def facts(report: Report) -> dict[str, object]:
    query = select(AuditEvent.body).where(AuditEvent.stream == f"report:{report.id}").order_by(AuditEvent.seq.desc())
    found: dict[str, object] = orjson.loads(db.session.scalars(query).first() or "{}")["facts"]
    return found


def notices(person: Person) -> list[str]:
    return [each.sentence for each in db.session.scalars(select(Notice).where(Notice.person_id == person.id))]


def edit(report: Report, cast: Cast) -> None:
    without = reworded(content_of(report, "method"), "débats publics et contradictoires", "échanges")
    save(report, "method", without, cast.issa)


def restore(report: Report, cast: Cast) -> None:
    number = revisions.part_of(report, "method").number
    restoring.restore(report, "method", number - 1, number, cast.issa)


@pytest.mark.parametrize("take_out", [edit, restore])
def test_its_author_and_the_president_are_told_and_the_minutes_say_it(
    world: Flask, report: Report, cast: Cast, take_out: Callable[[Report, Cast], None]
) -> None:
    take_out(report, cast)
    assert facts(report)["taken_out"] == [1]
    for person in (cast.mariam, cast.adama):
        said = "l’amendement n°\u00a01, qui avait été adopté, ne sont plus dans le texte"
        assert any(said in each for each in notices(person))
    assert not any("ne sont plus dans le texte" in each for each in notices(cast.oumar))
    editing.transmit(report, cast.issa, DEADLINE, date.today())
    lines = told(report)["Amendements"]
    assert any(each.startswith("Depuis : adopté, puis retiré du texte par Issa KONE, le ") for each in lines)
    db.session.commit()
    place = place_of(world.config["DATABASE_URL"])
    theirs = seben_audit.verify(place, seben_audit.read_keys([str(LOG.signer.verifier)]), jobs=1).findings
    assert verify_reports(db.session) == [] and not [each for each in theirs if each.report]


def test_an_edit_beside_it_takes_nothing_out(report: Report, cast: Cast) -> None:
    save(report, "method", reworded(content_of(report, "method"), "Des exposés", "De brefs exposés"), cast.issa)
    assert "taken_out" not in facts(report)


def test_once_its_words_are_back_nothing_is_said_any_more(report: Report, cast: Cast) -> None:
    edit(report, cast)
    number = revisions.part_of(report, "method").number
    restoring.restore(report, "method", number - 1, number, cast.issa)
    editing.transmit(report, cast.issa, DEADLINE, date.today())
    assert not any("retiré du texte" in each for each in told(report)["Amendements"])


def test_another_amendment_that_takes_it_out_tells_it_too(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    amending.adopt(report, _asked(report, cast), cast.adama)
    second = amended(report, "method", "débats publics et contradictoires", "échanges", cast.oumar)
    amending.adopt(report, second, cast.adama)
    assert facts(report)["taken_out"] == [1]
    assert any("ne sont plus dans le texte" in each for each in notices(cast.mariam))


def test_its_card_says_so(
    app: Flask, report: Report, cast: Cast, sign_in: Callable[[FlaskClient, Person], FlaskClient]
) -> None:
    edit(report, cast)
    editing.transmit(report, cast.issa, DEADLINE, date.today())
    db.session.commit()
    page = sign_in(app.test_client(), cast.adama).get(f"/rapports/{report.id}").get_data(as_text=True)
    assert "Retiré du texte depuis" in page


def test_words_that_moved_to_another_paragraph_last() -> None:
    (change,) = cut(
        BASE, body(BASE[0].text, BASE[1].text.replace("recettes", "recettes propres et fiscales"), BASE[2].text)
    )
    moved = body(BASE[0].text, "Le comptable présente.", "les recettes propres et fiscales de la commune. Il rappelle.")
    assert lasts(change, moved) and not lasts(change, BASE)
    removal = the_change(BASE, BASE[:2])
    assert lasts(removal, BASE[:2]) and not lasts(removal, BASE)

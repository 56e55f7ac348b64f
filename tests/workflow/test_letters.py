"""Letters made of notices: what is in them, when they leave, to whom they do not."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, select

from app.commands.work import Worker, transaction
from app.db import db, now
from app.directory.models import Grant
from app.mail.models import Letter
from app.people import persons
from app.reports.models.report import Report
from app.reports.notifications import digest
from app.reports.notifications.digest import MailSite
from app.reports.notifications.inbox import Notice, NoticeChoice, NotificationKind, NotificationWay
from app.reports.validating import acts as validating
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import amended, report_at
from tests.mail.postman import Postman, at_work

pytestmark = pytest.mark.usefixtures("world")

SITE = MailSite("https://seben.exemple.ml", "Groupe de Suivi Budgétaire", "exemple.ml")


def everything_settled(report: Report) -> None:
    """Nobody is owed a letter for what happened until now."""
    for notice in db.session.scalars(select(Notice)):
        notice.mailed_at = now()
    db.session.commit()


def written_letters(at: datetime | None = None, settling: timedelta = timedelta(0)) -> list[Letter]:
    """The letters that a worker makes at this moment."""
    before = set(db.session.scalars(select(Letter.id)))
    db.session.commit()
    while write(at or now(), settling):
        pass
    return [each for each in db.session.scalars(select(Letter).order_by(Letter.id)) if each.id not in before]


def write(at: datetime, settling: timedelta) -> bool:
    done = digest.write_next(SITE, at, settling)
    db.session.commit()
    return done


def test_a_letter_has_territory_and_campaign_in_its_subject_and_one_link_to_the_thing(cast: Cast) -> None:
    report = report_at(Stage.EDITING, cast)
    [letter] = written_letters()
    assert letter.recipient == "issa@exemple.ml"
    assert letter.subject == "Ségou – Budgets régionaux 2018 : rapport soumis au rapporteur"
    link = f"https://seben.exemple.ml/rapports/{report.id}#main"
    assert letter.text.count("https://") == letter.html.count("https://") == 2  # the thing, and the preferences
    assert link in letter.text
    assert f'href="{link}"' in letter.html
    assert "style" not in letter.html


def test_what_people_wrote_is_text_in_a_letter_and_nothing_else(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    everything_settled(report)
    validating.return_to_rapporteur(report, cast.adama, '<script>alert("ici")</script>\r\nBcc: tous@exemple.ml')
    letter = next(each for each in written_letters() if each.recipient == "issa@exemple.ml")
    assert "<script>" not in letter.html
    assert "&lt;script&gt;" in letter.html
    assert "\n" not in letter.subject


def test_what_happens_within_a_minute_on_a_report_is_one_letter(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    everything_settled(report)
    for number, words in enumerate(("échanges", "discussions", "entretiens"), 1):
        amended(report, "method", "débats", words, cast.mariam, f"Motif {number}.")
    assert written_letters(settling=digest.SETTLING) == []
    found = written_letters(now() + timedelta(minutes=2), digest.SETTLING)
    [letter] = [each for each in found if each.recipient == "issa@exemple.ml"]
    assert letter.subject.endswith("(et 2 autres nouvelles)")
    assert all(f"Motif {number}." in letter.text for number in (1, 2, 3))
    assert written_letters(now() + timedelta(minutes=5), digest.SETTLING) == []


def test_the_daily_letter_leaves_in_the_morning_once_with_all_there_is(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    everything_settled(report)
    for words in ("échanges", "discussions"):
        amended(report, "method", "débats", words, cast.mariam)
    told_at = datetime.combine(date.today(), time(15), UTC)
    for notice in db.session.scalars(select(Notice).where(Notice.mailed_at.is_(None))):
        notice.at = told_at
    evening, morning = told_at + timedelta(hours=8), told_at + timedelta(hours=17)
    assert "adama@exemple.ml" not in {each.recipient for each in written_letters(evening)}
    [letter] = written_letters(morning)
    assert letter.recipient == "adama@exemple.ml"
    assert letter.text.count("a proposé") == 2
    assert written_letters(morning + timedelta(days=1)) == []


def test_each_chooses_but_what_asks_to_act_always_arrives(cast: Cast) -> None:
    db.session.add_all(
        NoticeChoice(person_id=person.id, kind=NotificationKind.CIRCUIT, way=NotificationWay.NEVER)
        for person in (cast.fanta, cast.mariam)
    )
    db.session.flush()
    report_at(Stage.READING, cast)
    ways = dict(db.session.execute(select(Notice.person_id, Notice.way).where(Notice.act == "transmit")).all())
    assert (ways[cast.fanta.id], ways[cast.mariam.id]) == (NotificationWay.NEVER, NotificationWay.AT_ONCE)
    recipients = {each.recipient for each in written_letters()}
    assert "mariam@exemple.ml" in recipients
    assert "fanta@exemple.ml" not in recipients


def test_who_lost_the_role_meanwhile_gets_no_letter(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    db.session.execute(delete(Grant).where(Grant.person_id == cast.mariam.id))
    db.session.expire_all()
    persons.deactivate(cast.oumar, cast.coumba)
    recipients = {each.recipient for each in written_letters()}
    assert recipients.isdisjoint({"mariam@exemple.ml", "oumar@exemple.ml"})
    assert "binta@exemple.ml" in recipients
    assert report.stage is Stage.READING


def test_what_is_days_old_when_mail_begins_is_one_letter_a_person(cast: Cast) -> None:
    report = report_at(Stage.READING, cast)
    for words in ("échanges", "discussions"):
        amended(report, "method", "débats", words, cast.mariam)
    found = written_letters(now() + timedelta(days=10))
    assert sorted(each.recipient for each in found) == sorted({each.recipient for each in found})
    assert len([each for each in found if each.recipient == "issa@exemple.ml"]) == 1


def test_the_worker_carries_an_act_all_the_way_to_the_letter_box(world: Flask, cast: Cast) -> None:
    report_at(Stage.EDITING, cast)
    db.session.commit()
    postman = Postman()
    with at_work(postman) as port:
        settings = {"MAIL_URL": f"smtp://127.0.0.1:{port}?timeout=5", "MAIL_FROM": "Sɛbɛn <seben@exemple.ml>"}
        worker = Worker({**world.config, **settings})
        worker.look_around()
        assert worker.post(timedelta(0))
        assert worker.post(timedelta(0))
    [message] = postman.received
    assert message["To"] == "issa@exemple.ml"
    plain = message.get_body(("plain",))
    assert plain and "À vous de l’éditer" in plain.get_content()


def test_without_a_mail_server_nothing_is_kept_for_a_letter(world: Flask, cast: Cast) -> None:
    report_at(Stage.EDITING, cast)
    db.session.commit()
    assert Worker({**world.config, "MAIL_URL": ""}).post(timedelta(0))
    with transaction():
        assert db.session.scalar(select(Letter.id)) is None
        assert written_letters() == []
        assert db.session.scalar(select(Notice.id).where(Notice.seen_at.is_(None)))

"""The bell, the list of notices, how a person wants to be told, and the coordination's page about the mail."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.db import db, now
from app.directory.models import Grant, Person, Role
from app.mail import outbox
from app.mail.models import Letter
from app.reports.models.report import Report
from app.reports.notifications.inbox import Notice, NoticeChoice, NotificationKind, NotificationWay
from app.reports.validating import acts as validating
from app.reports.validating.reminders import remind
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import amended, report_at
from tests.web.test_queries import counted

SignIn = Callable[[FlaskClient, Person], FlaskClient]


@pytest.fixture
def report_id(app: Flask, cast: Cast) -> int:
    """A report that came to the commission and was sent back: everybody has been told of something."""
    with app.app_context():
        report = report_at(Stage.READING, cast)
        amended(report, "method", "débats", "échanges", cast.mariam)
        validating.return_to_rapporteur(report, cast.adama, "Le lieu <b>est</b> à corriger.")
        db.session.commit()
        return report.id


def notices_of(app: Flask, person: Person) -> list[Notice]:
    with app.app_context():
        found = list(db.session.scalars(select(Notice).where(Notice.person_id == person.id).order_by(Notice.id)))
        db.session.expunge_all()
    return found


def unread(page: str) -> str:
    """What the bell says."""
    bell = re.search(r'class="button quiet square bell".*?</a>', page, re.DOTALL)
    assert bell
    return " ".join(re.sub(r"<[^>]+>", " ", bell[0]).split()).partition(">")[2].strip()


def test_the_bell_counts_what_was_not_opened(
    app: Flask, client: FlaskClient, cast: Cast, report_id: int, sign_in: SignIn
) -> None:
    sign_in(client, cast.issa)
    assert unread(client.get("/").text) == "Notifications : 3 non lues"
    first = notices_of(app, cast.issa)[0]
    answer = client.post(f"/notifications/{first.id}/ouvrir")
    assert (answer.status_code, answer.location) == (303, first.place)
    assert unread(client.get("/").text) == "Notifications : 2 non lues"
    assert client.get(first.place.partition("#")[0]).status_code == 200


def test_the_list_shows_the_latest_first_and_what_was_written_as_text(
    client: FlaskClient, cast: Cast, report_id: int, sign_in: SignIn
) -> None:
    page = sign_in(client, cast.issa).get("/notifications").text
    assert page.index("Rapport renvoyé au rapporteur") < page.index("Rapport soumis au rapporteur")
    assert "Le lieu &lt;b&gt;est&lt;/b&gt; à corriger." in page
    assert page.count('class="task"') == 3
    assert "Ségou · Budgets régionaux 2018" in page


def test_reading_the_list_marks_nothing_and_marking_all_spares_what_came_in_since(
    app: Flask, client: FlaskClient, cast: Cast, report_id: int, sign_in: SignIn
) -> None:
    sign_in(client, cast.issa)
    client.get("/notifications")
    shown = notices_of(app, cast.issa)
    assert all(notice.seen_at is None for notice in shown)
    client.post("/notifications/lues", data={"jusque": str(shown[-2].id)})
    assert [notice.seen_at is None for notice in notices_of(app, cast.issa)] == [False, False, True]
    client.post("/notifications/lues", data={"jusque": "n’importe quoi"})
    assert notices_of(app, cast.issa)[-1].seen_at is None


def test_a_notice_of_somebody_else_s_does_not_exist(
    app: Flask, client: FlaskClient, cast: Cast, report_id: int, sign_in: SignIn
) -> None:
    theirs = notices_of(app, cast.issa)[0]
    sign_in(client, cast.mariam)
    assert client.post(f"/notifications/{theirs.id}/ouvrir").status_code == 404
    assert client.post("/notifications/999999/ouvrir").status_code == 404
    assert notices_of(app, cast.issa)[0].seen_at is None


def test_a_notice_about_a_report_no_longer_theirs_is_not_shown(
    app: Flask, client: FlaskClient, cast: Cast, report_id: int, sign_in: SignIn
) -> None:
    with app.app_context():
        grant = db.session.scalars(select(Grant).where(Grant.person_id == cast.issa.id)).one()
        grant.territory_id = 2
        db.session.commit()
    page = sign_in(client, cast.issa).get("/notifications").text
    assert "Rien ne vous a encore été signalé." in page


def test_old_notices_are_on_further_pages(
    app: Flask, client: FlaskClient, cast: Cast, report_id: int, sign_in: SignIn
) -> None:
    with app.app_context():
        for number in range(120):
            db.session.add(
                Notice(
                    key=f"x{number}", person_id=cast.issa.id, report_id=report_id, act="edit", headline=f"nouvelle {number}",
                    sentence="Voilà.", place="/", way=NotificationWay.NEVER, at=now(),
                )
            )  # fmt: skip
        db.session.commit()
    sign_in(client, cast.issa)
    page, seen = client.get("/notifications").text, 0
    assert unread(page) == "Notifications : 99+ non lues"
    while further := re.search(r'href="(/notifications\?avant=\d+)"', page):
        seen += page.count('class="task"')
        page = client.get(further[1]).text
    assert seen + page.count('class="task"') == 123
    assert client.get("/notifications?avant=99999999999999999999").status_code == 200


def test_every_place_a_notice_leads_to_is_on_the_page(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    with app.app_context():
        report = report_at(Stage.READING, cast)
        amended(report, "method", "débats", "échanges", cast.mariam)
        db.session.commit()
        at = now().replace(hour=9, year=now().year + 2)
        remind(report.id, at)
        db.session.commit()
        places = {
            (notice.person_id, notice.place)
            for notice in db.session.scalars(select(Notice).where(Notice.act.in_(("amend", "transmit", "overdue"))))
        }
        people = {person.id: person for person in db.session.scalars(select(Person))}
        db.session.expunge_all()
    assert len(places) > 5
    for person_id, place in places:
        path, _, anchor = place.partition("#")
        page = sign_in(app.test_client(), people[person_id]).get(path).text
        assert f'id="{anchor}"' in page, place


def test_a_person_chooses_by_kind_and_the_choice_is_shown_again(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    sign_in(client, cast.mariam)
    page = client.get("/compte/notifications").text
    assert page.count("checked") == len(NotificationKind)
    answer = client.post("/compte/notifications", data={"circuit": "never", "amendments": "demain", "autre": "never"})
    assert answer.status_code == 303
    with app.app_context():
        [choice] = db.session.scalars(select(NoticeChoice).where(NoticeChoice.person_id == cast.mariam.id))
    assert (choice.kind, choice.way) == (NotificationKind.CIRCUIT, NotificationWay.NEVER)
    assert re.search(r'name="circuit" value="never" checked', client.get("/compte/notifications").text)
    client.post("/compte/notifications", data={"circuit": "daily"})
    with app.app_context():
        assert (
            db.session.scalar(select(NoticeChoice.way).where(NoticeChoice.person_id == cast.mariam.id))
            is NotificationWay.DAILY
        )


def test_a_visitor_who_is_not_signed_in_costs_no_query_for_the_bell(client: FlaskClient) -> None:
    assert "bell" not in client.get("/connexion").text


def test_the_bell_takes_one_query_of_a_whole_page_and_none_of_what_comes_into_a_page(
    app: Flask, client: FlaskClient, cast: Cast, report_id: int, sign_in: SignIn
) -> None:
    sign_in(client, cast.issa)
    part = f"/rapports/{report_id}/parties/method"
    news = f"/rapports/{report_id}/nouvelles"

    def asked(place: str, status: int, method: str = "GET", **headers: str) -> int:
        with counted(app) as seen:
            assert client.open(place, method=method, headers=headers).status_code == status
        return len([statement for statement in seen if "FROM notice" in statement])

    assert asked(f"/rapports/{report_id}", 200) == 1
    fragment = {"HX-Request": "true", "HX-Target": "section#part-method"}
    assert asked(f"{part}/modifier", 200, **fragment) == 0
    assert asked(f"{news}?page=0", 200, **{"HX-Request": "true"}) == 0
    assert asked(f"{news}?page=999&vu=999", 204, **{"HX-Request": "true"}) == 0
    assert asked(f"{part}/presence", 204, "POST") == 0


# --- The coordination's page


def letter(app: Flask, recipient: str, note: Callable[[Letter], None] = lambda letter: None) -> int:
    with app.app_context():
        row = outbox.queue(recipient, "Ségou : objet", "Texte", "<p>Texte</p>", domain="exemple.ml", at=now())
        db.session.flush()
        note(row)
        db.session.commit()
        return row.id


def test_the_coordination_sees_what_waits_what_left_and_what_nobody_takes(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    letter(app, "attend@exemple.ml", lambda row: outbox.note_failure(row, "451 <later>", now()))
    letter(app, "partie@exemple.ml", lambda row: outbox.note_sent(row, now()))
    letter(app, "morte@exemple.ml", lambda row: outbox.note_refusal(row, "550 unknown", now()))
    page = sign_in(client, cast.coumba).get("/administration/courrier").text
    dead, waiting, sent = page.split("<h2>")[1:]
    assert "morte@exemple.ml" in dead and "550 unknown" in dead
    assert "attend@exemple.ml" in waiting and "451 &lt;later&gt;" in waiting
    assert "partie@exemple.ml" in sent
    assert re.search(r"<dd>1 <small>la plus ancienne depuis aujourd’hui</small></dd>", page)
    assert "MAIL_URL" in page  # no server is set here


def test_a_dead_letter_is_sent_again_once_with_the_same_message_id(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    dead = letter(app, "morte@exemple.ml", lambda row: outbox.note_refusal(row, "550 unknown", now()))
    waiting = letter(app, "attend@exemple.ml")
    with app.app_context():
        row = db.session.get_one(Letter, dead)
        before, row.person_id = row.message_id, cast.issa.id
        db.session.commit()
    sign_in(client, cast.coumba)
    assert client.post(f"/administration/courrier/{dead}/renvoyer").status_code == 303
    assert client.post(f"/administration/courrier/{dead}/renvoyer").status_code == 404
    assert client.post(f"/administration/courrier/{waiting}/renvoyer").status_code == 404
    with app.app_context():
        row = db.session.get_one(Letter, dead)
        assert row.dead_at is None
        assert (row.message_id, row.attempts) == (before, 0)
        assert row.recipient == "issa@exemple.ml"  # his address by now
        assert db.session.scalar(select(func.count(Letter.id))) == 2


def test_the_mail_of_all_is_not_for_the_coordination_of_a_region(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    with app.app_context():
        db.session.add(Grant(person_id=cast.moussa.id, role=Role.COORDINATION, territory_id=2))
        db.session.commit()
    sign_in(client, cast.moussa)
    page = client.get("/administration/personnes")
    assert page.status_code == 200
    assert "/administration/courrier" not in page.text
    assert client.get("/administration/courrier").status_code == 404
    assert "/administration/courrier" in sign_in(client, cast.coumba).get("/administration/personnes").text


def test_a_report_is_never_told_twice_of(app: Flask, cast: Cast, report_id: int) -> None:
    with app.app_context():
        assert db.session.get(Report, report_id)
        keys = list(db.session.scalars(select(Notice.key)))
    assert len(keys) == len(set(keys)) > 5

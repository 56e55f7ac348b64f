"""The journal: supervisors find who did what in their territories, open it, and take it away."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from itertools import pairwise

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import event as sqlalchemy_event
from sqlalchemy import select, text

from app import workflow
from app.audit import guards, watch
from app.audit.access import MOST
from app.audit.events import link
from app.audit.models import AuditEvent
from app.audit.verification import verify_chains
from app.content.prose import cut
from app.db import db
from app.directory.models import Grant, Person, Role
from app.directory.territories import Level, Territory
from app.people import persons
from app.reports import drafting
from app.reports.journal import listing as journal
from app.reports.journal import search as journal_search
from app.reports.journal.search import Filters
from app.reports.replay.journal_index import verify_files
from app.web.journal import OTHER_ACTS
from app.workflow import Stage
from app.workshops.models import Workshop
from tests.cast import PASSWORD, Cast
from tests.conventions.source import TEMPLATES
from tests.factories import opened, report_at, save, the_workshop
from tests.web.history_pages import SignIn, put, words
from tests.workflow.long_story import validated_after_all

SENTENCE = re.compile(r'id="event-(\d+)"')


def events_on(page: str) -> list[int]:
    return [int(number) for number in SENTENCE.findall(page)]


def supervise(app: Flask, person: Person, place: int, role: Role = Role.SUPERVISOR) -> None:
    """Make this person's only role that one, over that territory."""
    with app.app_context():
        found = db.session.get_one(Person, person.id)
        found.grants[:] = [Grant(role=role, territory_id=place)]
        db.session.commit()


def elsewhere(cast: Cast) -> None:
    """A report in Kayes, beside Ségou's."""
    first = the_workshop()
    other = Workshop(
        campaign_id=first.campaign_id,
        territory_id=2,
        held_on=first.held_on,
        place="Kayes",
        venue="salle",
        organising_body="la région de Kayes",
    )
    db.session.add(other)
    db.session.flush()
    drafting.open_report(other, cast.moussa)


def both(cast: Cast) -> object:
    report = validated_after_all(cast)
    elsewhere(cast)
    return report


def test_salif_reads_what_everybody_did_newest_first(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    put(app, cast, validated_after_all)
    page = sign_in(client, cast.salif).get("/journal").text
    read = words(page)
    assert "Adama DEMBELE a validé le rapport" in read
    assert read.index("a validé le rapport") < read.index("a soumis le rapport au rapporteur")
    found = events_on(page)
    assert found == sorted(found, reverse=True) and len(found) > 30


@pytest.mark.parametrize("name", ["fanta", "issa", "mariam", "adama", "seydou", "lamine"])
def test_for_others_there_is_no_journal(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, name: str
) -> None:
    put(app, cast, opened)
    client = sign_in(client, getattr(cast, name))
    assert [client.get(place).status_code for place in ("/journal", "/journal/1")] == [404, 404]
    assert client.post("/journal/export/csv").status_code == 404
    assert "/journal" not in client.get("/").text


def test_a_supervisor_of_a_region_sees_its_events_and_no_others(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    put(app, cast, both)
    supervise(app, cast.salif, 2)
    client = sign_in(client, cast.salif)
    read = words(client.get("/journal").text)
    assert "Moussa DIALLO a ouvert le rapport" in read and "Fanta COULIBALY" not in read
    with app.app_context():
        hidden = db.session.scalars(select(AuditEvent.id).where(AuditEvent.act == "validate")).one()
        seen = db.session.scalars(select(AuditEvent.id).where(AuditEvent.actor_id == cast.moussa.id)).one()
    assert client.get(f"/journal/{hidden}").status_code == 404
    assert client.get(f"/journal/{seen}").status_code == 200
    assert client.get("/journal/999999").status_code == 404
    assert "Aucun événement" in words(client.get("/journal?collectivite=Ségou").text)
    lines = client.post("/journal/export/jsonl").text.splitlines()
    assert len(lines) == 1 and '"stream":"report:2"' in lines[0]


def test_what_concerns_a_circle_is_read_by_the_supervisor_of_its_region(app: Flask, cast: Cast) -> None:
    with app.app_context():
        circle = Territory(parent_id=1, level=Level.CIRCLE, name="Bla", path="/1/x/")
        db.session.add(circle)
        db.session.flush()
        circle.path = f"/1/{circle.id}/"
        the_workshop().territory_id = circle.id
        db.session.flush()
        db.session.expire_all()
        drafting.open_report(the_workshop(), cast.fanta)
        salif = cast.salif
        for place in (1, circle.id):
            salif.grants[:] = [Grant(role=Role.SUPERVISOR, territory_id=place)]
            db.session.commit()
            db.session.expire_all()
            assert len(journal.page(salif, Filters()).lines) == 1
        assert verify_files(db.session) == []


def test_several_territories_are_read_as_one_journal(app: Flask, cast: Cast) -> None:
    with app.app_context():
        both(cast)
        salif = cast.salif
        everything = [line.id for line in journal.page(salif, Filters(), size=200).lines if line.territory]
        salif.grants[:] = [Grant(role=Role.SUPERVISOR, territory_id=place) for place in (1, 2)]
        db.session.commit()
        db.session.expire_all()
        seen, before = [], 0
        while True:
            sheet = journal.page(salif, Filters(), before, size=7)
            seen += [line.id for line in sheet.lines]
            before = sheet.older
            if not before:
                break
        assert seen == everything


ASKED = [
    ("personne=Issa KONE", "Issa KONE", 6),
    ("acte=edit", "a modifié la partie", 2),
    ("rapport=1", "report:1", 36),
    ("partie=method", "Méthodologie", 3),
    ("collectivite=ségou", "Ségou", 36),
    ("campagne=1", "rapport n°", 36),
    ("texte=CORRIGER", "Le nom du lieu est à corriger.", 1),
    ("texte=lieu corriger", "Le nom du lieu est à corriger.", 1),
    ("personne=Issa KONE&acte=edit&partie=method", "Méthodologie", 1),
]


@pytest.mark.parametrize(("asked", "sentence", "least"), ASKED)
def test_the_journal_is_filtered(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, asked: str, sentence: str, least: int
) -> None:
    put(app, cast, both)
    page = sign_in(client, cast.salif).get("/journal?" + asked).text
    lines = re.findall(r'<li id="event-\d+">(.*?)</li>', page, re.DOTALL)
    assert len(lines) >= least
    assert all(sentence in words("<main" + line + "</main>") for line in lines)


def test_days_are_whole_and_both_are_included(app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn) -> None:
    put(app, cast, validated_after_all)
    client = sign_in(client, cast.salif)
    with app.app_context():
        day = db.session.scalars(select(AuditEvent.at).limit(1)).one().date().isoformat()
    everything = events_on(client.get("/journal").text)
    assert events_on(client.get(f"/journal?du={day}&au={day}").text) == everything
    assert events_on(client.get("/journal?du=2099-01-01").text) == []
    assert events_on(client.get("/journal?au=2001-01-01").text) == []


def test_a_name_that_several_bear_asks_which(app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn) -> None:
    put(app, cast, validated_after_all)
    client = sign_in(client, cast.salif)
    page = client.get("/journal?personne=a&acte=edit").text
    assert "Plusieurs portent ce nom." in words(page) and not events_on(page)
    chosen = re.search(r'href="(/journal\?[^"]*)">Issa KONE', page)
    assert chosen is not None
    assert len(events_on(client.get(chosen[1].replace("&amp;", "&")).text)) == 2
    assert "Aucune personne ne porte le nom" in words(client.get("/journal?personne=Zantiébougou").text)
    for wrong in ("rapport=x", "du=hier", "texte=à", "campagne=-1"):
        page = client.get(f"/journal?{wrong}").text
        assert "note warn" in page and not events_on(page)


def test_a_page_goes_on_where_the_one_before_ended(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(app, cast, both)
    monkeypatch.setattr(journal, "page", lambda *args, page=journal.page: page(*args, size=5))
    client = sign_in(client, cast.salif)
    for asked in ("", "?acte=vote", "?partie=method", "?texte=corriger"):
        place, seen = f"/journal{asked}", []
        while place:
            page = client.get(place).text
            seen += events_on(page)
            older = re.search(r'rel="next" href="([^"]+)"', page)
            place = older[1].replace("&amp;", "&") if older else ""
        assert seen == sorted(set(seen), reverse=True)
        with app.app_context():
            monkeypatch.undo()
            assert len(seen) == len(journal.page(cast.salif, _filters(asked), size=500).lines)
            monkeypatch.setattr(journal, "page", lambda *args, page=journal.page: page(*args, size=5))


def _filters(asked: str) -> Filters:
    known = {"": Filters(), "?acte=vote": Filters(act="vote"), "?partie=method": Filters(part="method")}
    return known.get(asked, Filters(words=("corriger",)))


def test_a_search_that_finds_little_says_how_far_it_looked_and_goes_on_from_there(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(app, cast, validated_after_all)
    monkeypatch.setattr(journal_search, "EXAMINED", 4)
    client = sign_in(client, cast.salif)
    place, seen, pages = "/journal?personne=Fanta COULIBALY&partie=introduction", [], 0
    while place:
        page = client.get(place).text
        seen += events_on(page)
        pages += 1
        older = re.search(r'rel="next" href="([^"]+)"', page)
        assert ("Recherche menée jusqu’au" in words(page)) == bool(older)
        place = older[1].replace("&amp;", "&") if older else ""
    assert len(seen) == 1 and pages > 2


def test_a_change_of_text_opens_to_its_words_and_another_to_its_values(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    def planned(people: Cast) -> object:
        report = validated_after_all(people)
        persons.change(
            people.lamine,
            {**{name: getattr(people.lamine, name) for name in persons.FIELDS}, "title": "Rédacteur", "phone": "+223"},
            persons.fingerprint(people.lamine),
            people.coumba,
        )
        return report

    put(app, cast, planned)
    client = sign_in(client, cast.salif)
    with app.app_context():
        ids = {event.act: event.id for event in db.session.scalars(select(AuditEvent).order_by(AuditEvent.id))}
    edit = client.get(f"/journal/{ids['edit']}").text
    assert '<ins><span class="hidden">ajouté : </span>' in edit and "Le sceau de cet événement" in edit
    with app.app_context():
        first = db.session.scalars(select(AuditEvent.id).where(AuditEvent.act == "amend")).first()
    assert "supprimé : Publierajouté : Afficher" in words(client.get(f"/journal/{first}").text)
    change = words(client.get(f"/journal/{ids['person_change']}").text)
    assert "Coumba SIDIBE a corrigé la fiche de Lamine FOFANA." in change
    assert "Qualité" in change and "ajouté : Rédacteur" in change and "Téléphone" in change and "+223" not in change
    assert "supprimé : Lecture CRSBajouté : Validé" in words(client.get(f"/journal/{ids['validate']}").text)


def test_there_is_a_sentence_for_every_act_that_is_written(app: Flask) -> None:
    written = {path.stem for path in (TEMPLATES / "events").iterdir()}
    assert written == {act for acts in OTHER_ACTS.values() for act in acts} | {act.key for act in workflow.ACTS}
    source = "\n".join(path.read_text() for path in (TEMPLATES.parent / "app").rglob("*.py"))
    recorded = set(re.findall(r'events\.record\(\s*[^,]+,\s*"(\w+)"', source)) | set(
        re.findall(r'access\.note\("(\w+)"', source)
    )
    assert recorded - {"open"} <= written


def test_every_kind_of_event_is_told(app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn) -> None:
    put(app, cast, validated_after_all)
    coumba = sign_in(app.test_client(), cast.coumba)
    for place, form in (
        ("/administration/collectivites", {"level": "region", "name": "Gao"}),
        ("/administration/personnes/1/roles", {"role": "reader", "place": "1"}),
        ("/administration/personnes/1/lien", {}),
        ("/administration/personnes/2/desactiver", {}),
        ("/administration/personnes/2/activer", {}),
    ):
        assert coumba.post(place, data=form).status_code < 400, place
    page = words(sign_in(client, cast.salif).get("/journal").text)
    for sentence in (
        "Coumba SIDIBE a ajouté la collectivité Gao.",
        "Coumba SIDIBE a donné à Fanta COULIBALY le rôle « Lecteur », pour Ségou.",
        "Coumba SIDIBE a remis à Fanta COULIBALY un lien pour choisir un mot de passe.",
        "Coumba SIDIBE a désactivé le compte de",
        "Coumba SIDIBE a réactivé le compte de",
    ):
        assert sentence in page


# Exports


def export(client: FlaskClient, kind: str, **asked: str) -> bytes:
    answer = client.post(f"/journal/export/{kind}", data=asked)
    assert answer.status_code == 200 and f"journal.{kind}" in answer.headers["Content-Disposition"]
    return answer.data


def dangerous(cast: Cast) -> object:
    """A report whose reason for going back begins as a formula does."""
    from app.reports.editing import acts as editing

    report = report_at(Stage.EDITING, cast)
    editing.return_draft(report, cast.issa, "=1+1")
    cast.issa.first_name = '=HYPERLINK("http://exemple.ml")'
    return report


def test_a_table_for_spreadsheets_holds_no_formula(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    put(app, cast, dangerous)
    client = sign_in(client, cast.salif)
    data = export(client, "csv")
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
    assert rows[0][:4] == ["Date (temps universel)", "Personne", "Rôle", "Événement"]
    assert len(rows) > 10 and not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]
    assert any(cell.startswith("'=HYPERLINK") for row in rows for cell in row)


def test_a_workbook_holds_text_and_nothing_else(app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn) -> None:
    put(app, cast, dangerous)
    data = export(sign_in(client, cast.salif), "xlsx")
    sheet = load_workbook(io.BytesIO(data)).active
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} <= {"s", "inlineStr"}
    assert any(str(cell.value).startswith("=HYPERLINK") for row in sheet.iter_rows() for cell in row)
    inside = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in inside


def test_sealed_lines_can_be_checked_with_nothing_but_a_hash(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    put(app, cast, validated_after_all)
    lines = [orjson.loads(line) for line in export(sign_in(client, cast.salif), "jsonl", rapport="1").splitlines()]
    assert [line["seq"] for line in lines] == list(range(len(lines), 0, -1))
    for newer, older in pairwise(lines):
        assert newer["prev"] == older["hash"] and link(newer["prev"], newer["body"].encode()) == newer["hash"]


def test_an_export_is_itself_an_event_that_says_what_was_asked(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    put(app, cast, validated_after_all)
    client = sign_in(client, cast.salif)
    export(client, "csv", acte="vote", personne="oumar")
    read = words(client.get("/journal?acte=journal_export").text)
    assert "Salif KEITA a exporté le journal (csv, acte : vote, personne : Oumar CISSE)." in read
    assert client.post("/journal/export/exe").status_code == 404
    assert client.post("/journal/export/csv", data={"personne": "a"}).status_code == 404


# Access


def leave(client: FlaskClient, method: str, place: str, **form: str) -> int:
    """One request, its answer taken to the end as a server does: only then is it noted."""
    answer = client.open(place, method=method, data=form or None, buffered=True)
    answer.close()
    return answer.status_code


def noted(app: Flask) -> list[str]:
    with app.app_context():
        assert verify_chains(db.session) + verify_files(db.session) == []
        found = db.session.scalars(select(AuditEvent.act).where(AuditEvent.stream == "access").order_by(AuditEvent.id))
        return list(found)


def test_coming_in_and_going_out_are_events(app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn) -> None:
    leave(client, "POST", "/connexion", email="fanta@exemple.ml", password="faux mot de passe")
    leave(client, "POST", "/connexion", email="personne@ailleurs.ml", password="faux mot de passe")
    leave(client, "POST", "/connexion", email="fanta@exemple.ml", password=PASSWORD)
    leave(client, "POST", "/deconnexion")
    leave(client, "POST", "/deconnexion")
    assert noted(app) == ["sign_in_failed", "sign_in", "sign_out"]
    with app.app_context():
        bodies = "".join(db.session.scalars(select(AuditEvent.body)))
    assert "ailleurs" not in bodies and "127.0.0.1" not in bodies and "faux" not in bodies
    read = words(sign_in(app.test_client(), cast.salif).get("/journal").text)
    assert "Quelqu’un a tenté d’ouvrir le compte de Fanta COULIBALY avec un mot de passe faux." in read


def test_what_is_refused_of_what_exists_is_an_event_and_what_does_not_exist_is_none(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    report_id = put(app, cast, opened)
    mariam = sign_in(app.test_client(), cast.mariam)
    assert leave(mariam, "GET", f"/rapports/{report_id}") == 404
    assert leave(mariam, "GET", "/administration") == 404
    assert leave(mariam, "GET", "/journal") == 404
    assert noted(app) == ["denied"] * 3
    assert leave(mariam, "GET", "/rapports/999") == 404
    assert leave(mariam, "GET", "/nulle-part") == 404
    assert leave(app.test_client(), "GET", f"/rapports/{report_id}") == 303
    assert leave(sign_in(app.test_client(), cast.issa), "POST", f"/rapports/{report_id}/soumettre") == 403
    assert noted(app) == ["denied"] * 4
    supervise(app, cast.salif, 1)
    read = words(sign_in(client, cast.salif).get("/journal").text)
    assert f"Mariam SANOGO s’est vu refuser la page /rapports/<int:report_id> (rapport n° {report_id})" in read.replace(
        "&lt;", "<"
    ).replace("&gt;", ">")
    assert "/administration" not in read, "what has no place is for those who supervise everywhere"


def test_a_flood_is_one_line_that_counts_it(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.audit import access

    clock = [600.0]
    monkeypatch.setattr(access.time, "time", lambda: clock[0])
    lamine = sign_in(client, cast.lamine)
    for _ in range(MOST + 7):
        leave(lamine, "GET", "/administration")
    assert noted(app) == ["denied"] * MOST
    clock[0] += 60
    leave(lamine, "GET", "/administration")
    assert noted(app) == ["denied"] * MOST + ["access_left_out", "denied"]
    read = words(sign_in(app.test_client(), cast.salif).get("/journal").text)
    assert "7 autres événements d’accès au nom de Lamine FOFANA en une minute, comptés sans être notés un à un." in read


def test_an_event_that_cannot_be_written_leaves_the_answer_as_it_was(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.audit import access

    def broken(*_: object) -> None:
        raise RuntimeError("no room")

    monkeypatch.setattr(access, "write", broken)
    assert leave(sign_in(client, cast.mariam), "GET", "/administration") == 404
    assert noted(app) == []


# The files


def test_the_files_follow_from_the_log_and_what_does_not_is_found(world: Flask, cast: Cast) -> None:
    validated_after_all(cast)
    db.session.flush()
    assert verify_files(db.session) == []
    watch.unwatch(db.session.connection())
    guards.remove(db.session.connection(), ["journal_entry"])
    for statement in (
        "UPDATE journal_entry SET actor_id = 1 WHERE act = 'validate'",
        "UPDATE journal_entry SET place_1 = 2 WHERE act = 'validate'",
        "UPDATE journal_entry SET day = 1 WHERE act = 'validate'",
        "DELETE FROM journal_entry WHERE act = 'validate'",
        "DELETE FROM journal_word WHERE word = 'corriger'",
        "INSERT INTO journal_word (word, event_id) SELECT 'autre', event_id FROM journal_entry WHERE act = 'validate'",
        "INSERT INTO journal_entry (event_id, day, act, part_key) VALUES (999, 1, 'draft', '')",
    ):
        attempt = db.session.begin_nested()
        db.session.execute(text(statement))
        assert [finding.kind for finding in verify_files(db.session)] == ["journal"], statement
        attempt.rollback()


def test_what_was_filed_is_not_changed_or_removed(world: Flask, cast: Cast) -> None:
    for statement in ("UPDATE journal_entry SET actor_id = 99", "DELETE FROM journal_entry"):
        report_at(Stage.EDITING, cast)
        with pytest.raises(Exception, match=r"append-only|not authorized"):
            db.session.execute(text(statement))
        db.session.rollback()


def test_the_journal_costs_the_same_however_long_it_is(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    report_id = put(app, cast, opened)
    client = sign_in(client, cast.salif)
    places = ("/journal", "/journal?acte=draft&personne=Fanta COULIBALY", "/journal?texte=lieu", "/journal/1")
    few = [_statements(app, client, place) for place in places]
    with app.app_context():
        from app.reports.models.report import Report

        report = db.session.get_one(Report, report_id)
        for number in range(70):
            save(report, ("conclusion", "method")[number % 2], cut(f"Texte {number}.", "body"), cast.fanta)
        db.session.commit()
    many = [_statements(app, client, place) for place in places]
    assert few == many or all(now <= before + 1 for before, now in zip(few, many, strict=True))
    assert max(many) <= 11


def _statements(app: Flask, client: FlaskClient, place: str) -> int:
    sent: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            sent.append(statement)

    with app.app_context():
        engine = db.engine
    sqlalchemy_event.listen(engine, "before_cursor_execute", note)
    try:
        assert client.get(place).status_code == 200
    finally:
        sqlalchemy_event.remove(engine, "before_cursor_execute", note)
    return len(sent)

"""Observations over HTTP: forms that need no script, texts that are never lost, and nobody in who may not see them."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.content.prose import cut
from app.db import db
from app.directory.models import Person
from app.reports.comments import acts as commenting
from app.reports.comments.threads import threads
from app.reports.models.report import Report
from app.reports.signing.acts import Sealer
from app.reports.text import revisions
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import content_of, report_at, save
from tests.web.test_queries import counted, elsewhere

SignIn = Callable[[FlaskClient, Person], FlaskClient]
HTMX = {"HX-Request": "true", "HX-Target": "section#observations"}
MOVED = "Ce passage a été déplacé\u00a0: il est maintenant dans le paragraphe"
FORM = "/rapports/1/parties/introduction/observer"


@pytest.fixture
def report_id(app: Flask, cast: Cast) -> int:
    """A report before the commission, with an observation of Issa's and Mariam's answer."""
    with app.app_context():
        report = report_at(Stage.READING, cast)
        commenting.comment(report, cast.issa, "introduction", "Lesquels ?", quote="les élus et les citoyens")
        commenting.comment(report, cast.mariam, "introduction", "Ceux de la région.", thread=1)
        db.session.commit()
        return report.id


@pytest.fixture
def oumar(client: FlaskClient, cast: Cast, sign_in: SignIn, report_id: int) -> FlaskClient:
    return sign_in(client, cast.oumar)


def kept(app: Flask) -> list[tuple[str, str]]:
    """The quote and text of every thread's first observation, by number."""
    with app.app_context():
        found = sorted(threads(db.session.get_one(Report, 1)), key=lambda thread: thread.number)
        return [(thread.first.quote, thread.first.text) for thread in found]


def select_of(html: str, name: str) -> str:
    found = re.search(rf'<select [^>]*name="{name}".*?</select>', html, re.DOTALL)
    assert found
    return found[0]


def test_without_a_script_a_passage_is_chosen_from_the_list_of_the_part_s(app: Flask, oumar: FlaskClient) -> None:
    page = oumar.get(FORM).text
    assert page.count("<html") == 1
    choices = re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)', select_of(page, "passage"))
    assert [words for _, words in choices] == [
        "Toute la partie «\u202fIntroduction\u202f»",
        "La rencontre s’est tenue à Ségou.",
        "Elle a réuni les élus et les citoyens.",
    ]
    answer = oumar.post(FORM, data={"passage": choices[1][0], "text": "Dans quelle salle ?", "mention": ""})
    assert (answer.status_code, answer.location) == (303, "/rapports/1#observation-3")
    assert kept(app)[1] == ("La rencontre s’est tenue à Ségou.", "Dans quelle salle ?")


def test_each_part_leads_to_its_form_and_shows_how_many_observations_wait_there(oumar: FlaskClient) -> None:
    page = oumar.get("/rapports/1").text
    assert f'href="{FORM}#observe-introduction"' in page
    contents = page.split('id="contents"')[1].split("</nav>")[0]
    assert re.search(r"#message-square\"/></svg>1<span class=\"hidden\"> observation à régler", contents)
    assert '<span class="count" id="observation-count">1</span>' in page


def test_words_selected_in_the_page_come_with_the_form(app: Flask, oumar: FlaskClient) -> None:
    page = oumar.get(f"{FORM}?mots=la%C2%A0rencontre&bloc=").text
    assert "ne se retrouvent pas tels quels" in page
    page = oumar.get(f"{FORM}?mots=tenue%20%C3%A0%20S%C3%A9gou&bloc=").text
    assert "<blockquote" in page and '<option value="mots" selected>' in page
    block = re.search(r'name="bloc" value="([^"]+)"', page)
    assert block
    data = {"passage": "mots", "bloc": block[1], "mots": "tenue à Ségou", "text": "Où ?"}
    assert oumar.post(FORM, data=data).status_code == 303
    assert kept(app)[1] == ("tenue à Ségou", "Où ?")


def test_a_word_picked_up_in_its_middle_is_made_whole(oumar: FlaskClient) -> None:
    page = oumar.get(FORM, query_string={"mots": "ncontre s’est te"}).text
    assert '<blockquote class="quote">rencontre s’est tenue</blockquote>' in page


def test_words_that_stand_in_several_places_are_placed_by_the_list(app: Flask, oumar: FlaskClient) -> None:
    page = oumar.get(f"{FORM}?mots=Elle%20a").text
    assert "ne se retrouvent pas" not in page
    page = oumar.get(f"{FORM}?mots=r").text
    assert "plusieurs endroits" in page
    with app.app_context():
        second = content_of(db.session.get_one(Report, 1), "introduction")[1].id
    oumar.post(FORM, data={"passage": second, "bloc": "", "mots": "r", "text": "Une lettre."})
    assert kept(app)[1] == ("r", "Une lettre.")


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_form_that_cannot_be_taken_keeps_what_was_typed(oumar: FlaskClient, headers: dict[str, str]) -> None:
    data = {"passage": "parti", "bloc": "", "mots": "", "text": "Une remarque assez longue.", "mention": "5"}
    answer = oumar.post(FORM, data=data, headers=headers)
    assert answer.status_code == 422
    assert "Ce passage n’est plus dans le texte" in answer.text
    assert "Une remarque assez longue." in answer.text
    assert re.search(r'<option value="5" selected>', select_of(answer.text, "mention"))
    assert ("<html" in answer.text) == (not headers)
    if headers:
        assert answer.headers["HX-Retarget"] == "#observe-introduction"


@pytest.mark.parametrize("mention", ["0", "-1", "99999999999999999999", "11"])
def test_nobody_outside_the_report_is_called_upon(oumar: FlaskClient, mention: str) -> None:
    answer = oumar.post(FORM, data={"text": "Vu ?", "mention": mention})
    assert answer.status_code == 422
    assert "n’a pas de part à ce rapport" in answer.text


def test_an_answer_that_cannot_be_taken_stays_in_its_form(oumar: FlaskClient) -> None:
    words = "mot " * 1300
    data = {"which": "observation-1-answer", "text": words}
    answer = oumar.post("/rapports/1/observations/1/repondre", data=data)
    assert answer.status_code == 422
    assert answer.text.count(words.strip()) == 1
    assert "caractères" in answer.text.split('id="observation-1"')[1]
    fragment = oumar.post("/rapports/1/observations/1/repondre", data=data, headers={"HX-Request": "true"})
    assert fragment.status_code == 422
    assert "<html" not in fragment.text and words.strip() in fragment.text


def test_a_thread_is_answered_settled_and_opened_again_by_plain_forms(app: Flask, oumar: FlaskClient) -> None:
    for act in ("repondre", "regler", "rouvrir"):
        answer = oumar.post(f"/rapports/1/observations/1/{act}", data={"text": "D’accord."})
        assert (answer.status_code, answer.location) == (303, "/rapports/1#observation-1")
    page = oumar.get("/rapports/1").text
    assert "D’accord." in page
    oumar.post("/rapports/1/observations/1/regler")
    page = oumar.get("/rapports/1").text
    assert "Réglée par Oumar CISSE" in page
    assert '<span class="count" id="observation-count">0</span>' in page


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_settling_what_is_settled_already_is_said_beside_the_thread(
    app: Flask, oumar: FlaskClient, headers: dict[str, str]
) -> None:
    place, data = "/rapports/1/observations/1/regler", {"which": "observation-1"}
    oumar.post(place, data=data)
    answer = oumar.post(place, data=data, headers=headers)
    assert answer.status_code == 409
    assert "est déjà réglée" in answer.text.split('id="observation-1"')[1]


def test_a_new_observation_comes_back_as_the_list_and_what_changed_around_it(oumar: FlaskClient) -> None:
    data = {"passage": "", "text": "Bien dit.", "once": "k" * 24}
    answer = oumar.post(FORM, data=data, headers=HTMX)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert 'id="observations"' in answer.text and "Bien dit." in answer.text
    for part in ('id="observe-introduction" hx-swap-oob', 'id="observation-count" hx-swap-oob', 'id="contents"'):
        assert part in answer.text
    again = oumar.post(FORM, data=data, headers=HTMX, follow_redirects=True)
    assert again.text.count("Bien dit.") == 1
    assert 'id="observations"' in again.text


def test_an_observation_s_own_address_leads_to_its_thread(oumar: FlaskClient) -> None:
    assert oumar.get("/rapports/1/observations/2").location == "/rapports/1#observation-1"
    assert oumar.get("/rapports/1/observations/9").status_code == 404


def test_an_observation_is_turned_into_an_amendment_and_says_so(app: Flask, oumar: FlaskClient) -> None:
    page = oumar.get("/rapports/1").text
    place = "/rapports/1/parties/introduction/amender?observation=1"
    assert f'href="{place}#part-introduction"' in page
    for headers in ({}, {"HX-Request": "true"}):
        editor = oumar.get(place, headers=headers).text.split('class="editor"')[1]
        assert "les élus et les citoyens</blockquote>" in editor and "Lesquels" in editor
        assert '<input type="hidden" name="comment" value="1">' in editor
    for number in ("2", "99", "-1", "99999999999999999999"):
        editor = oumar.get(f"/rapports/1/parties/introduction/amender?observation={number}")
        assert editor.status_code == 200
        assert 'name="comment"' not in editor.text
    with app.app_context():
        base = revisions.part_of(db.session.get_one(Report, 1), "introduction").number
    said = "La rencontre s’est tenue à Ségou.\n\nElle a réuni douze élus et trente citoyens."
    oumar.post(place.partition("?")[0], data={"base": base, "zone-body": said, "comment": "1"})
    thread = oumar.get("/rapports/1").text.split('id="observation-1"')[1].split("</article>")[0]
    assert '<a href="#amendment-1">Devenue l’amendement n°&nbsp;1</a>' in thread


@pytest.mark.parametrize(
    ("quote", "now", "says"),
    [
        ("les élus et les citoyens", "Elle a réuni les élus et les citoyens.\n\nLa rencontre a eu lieu.", ""),
        (
            "Elle a réuni",
            "La rencontre a eu lieu.\n\nElle a\u00a0réuni\n\ntous les élus et les citoyens.",
            f"{MOVED} 2.",
        ),
        (
            "les élus et les citoyens",
            "La rencontre s’est tenue à Ségou avec les élus et\nles citoyens.\n\nElle a réuni du monde.",
            f"{MOVED} 1.",
        ),
        ("les élus et les citoyens", "La rencontre s’est tenue à Ségou.\n\nElle a réuni mes élus.", "Passage modifié"),
        ("Elle a réuni les élus et les citoyens", "La rencontre s’est tenue à Ségou.", "Passage disparu"),
    ],
)
def test_an_observation_says_where_its_passage_has_gone(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, quote: str, now: str, says: str
) -> None:
    with app.app_context():
        report = report_at(Stage.EDITING, cast)
        commenting.comment(report, cast.issa, "introduction", "Lesquels ?", quote=quote)
        save(report, "introduction", cut(now, "body", content_of(report, "introduction")), cast.issa)
        db.session.commit()
    thread = sign_in(client, cast.issa).get("/rapports/1").text.split('id="observation-1"')[1].split("</article>")[0]
    shown = unescape(re.sub(r"<[^>]*>", "", thread))
    told = ("Ce passage a été déplacé", "Passage modifié", "Passage disparu")
    assert says in shown
    assert [each for each in told if each in shown] == [each for each in told if says.startswith(each)]
    link = re.search(r'href="#part-introduction:~:text=([^"]*)"', thread)
    assert (unquote(link[1]) if link else "") == (quote if "déplacé" in says else "")


def test_no_script_in_an_observation_runs(oumar: FlaskClient) -> None:
    evil = '<script>alert(1)</script><img src=x onerror=alert(1)> {{ 7*7 }} "><b>'
    oumar.post(FORM, data={"passage": "", "text": evil})
    oumar.post("/rapports/1/observations/3/repondre", data={"text": evil})
    page = oumar.get("/rapports/1").text
    assert "<script>alert" not in page and "<img src=x" not in page and "{{ 7*7 }}" in page
    form = oumar.get(FORM, query_string={"mots": evil, "bloc": evil}).text
    assert "<script>alert" not in form and "<img src=x" not in form
    history = oumar.get("/rapports/1/historique").text
    assert "onerror" not in history


UNSEEN = [
    ("GET", FORM),
    ("POST", FORM),
    ("GET", "/rapports/1/observations/1"),
    ("POST", "/rapports/1/observations/1/repondre"),
    ("POST", "/rapports/1/observations/1/regler"),
    ("POST", "/rapports/1/observations/1/rouvrir"),
]


@pytest.mark.parametrize(("method", "place"), UNSEEN)
def test_who_may_not_see_the_report_is_told_that_there_is_no_such_observation(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, report_id: int, method: str, place: str
) -> None:
    for person in (cast.moussa, cast.seydou, cast.lamine):
        answer = sign_in(client, person).open(
            place, method=method, data={"text": "Bien."} if method == "POST" else None
        )
        assert answer.status_code == 404
    assert len(kept(app)) == 1


def test_another_report_s_number_opens_nothing(app: Flask, oumar: FlaskClient) -> None:
    with app.app_context():
        elsewhere(1)
        db.session.commit()
    assert "Cercle 1" in oumar.get("/rapports").text
    for act in ("repondre", "regler", "rouvrir"):
        assert oumar.post(f"/rapports/1/observations/99/{act}", data={"text": "Bien."}).status_code == 404
        assert oumar.post(f"/rapports/1/observations/2/{act}", data={"text": "Bien."}).status_code == 404
        assert oumar.post(f"/rapports/2/observations/1/{act}", data={"text": "Bien."}).status_code == 404
    assert oumar.get("/rapports/2/observations/1").status_code == 404
    assert oumar.get("/rapports/1/parties/nulle/observer").status_code == 404
    assert oumar.post("/rapports/1/parties/nulle/observer", data={"text": "Bien."}).status_code == 404


def test_readers_of_the_published_report_see_no_observation(
    app: Flask, client: FlaskClient, cast: Cast, desk: Sealer, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        report = report_at(Stage.PUBLISHED, cast, desk)
        report.stage = Stage.READING
        commenting.comment(report, cast.issa, "introduction", "Lesquels ?", quote="les élus et les citoyens")
        report.stage = Stage.PUBLISHED
        db.session.commit()
    page = sign_in(client, cast.lamine).get("/rapports/1")
    assert page.status_code == 200
    assert "Lesquels" not in page.text and 'id="observations"' not in page.text and "à régler" not in page.text
    assert client.get("/rapports/1/observations/1").status_code == 404
    assert "Lesquels" in sign_in(client, cast.salif).get("/rapports/1").text


def test_the_page_takes_as_many_queries_for_thirty_threads_as_for_one(
    app: Flask, oumar: FlaskClient, cast: Cast
) -> None:
    def taken() -> int:
        oumar.get("/rapports/1")
        with counted(app) as seen:
            assert oumar.get("/rapports/1").status_code == 200
        return len(seen)

    few = taken()
    with app.app_context():
        report = db.session.get_one(Report, 1)
        for n in range(30):
            commenting.comment(report, cast.binta, "method", f"Observation {n}", quote="débats")
            commenting.comment(report, cast.oumar, "method", "@Issa ?", thread=2 * n + 3)
        commenting.resolve(report, 3, cast.adama)
        db.session.commit()
    assert taken() == few

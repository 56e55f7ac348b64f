"""What another site sends in a person's name is refused before anything; what ours sent late is shown, and sent again."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.db import db
from app.directory.models import Grant, Person
from app.reports.models.ballot import Ballot
from app.web.account.sessions import Cookie
from app.workflow import Stage
from tests.cast import PASSWORD, Cast
from tests.factories import report_at

SignIn = Callable[[FlaskClient, Person], FlaskClient]
OURS = {"Origin": "http://localhost"}  # where the test's client stands
TRAP = "Texte de l’attaquant : la commission approuve sans réserve."
FOREIGN = [
    {"Origin": "http://ailleurs.example", "Sec-Fetch-Site": "cross-site"},
    {"Origin": "http://ailleurs.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost:8080", "Sec-Fetch-Site": "same-site"},
    {"Origin": "http://localhost:8080"},
    {"Referer": "http://ailleurs.example/piege"},
    {"Sec-Fetch-Site": "cross-site", "HX-Request": "true"},
]


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"WTF_CSRF_ENABLED": True}


@pytest.fixture
def report(app: Flask, cast: Cast) -> int:
    with app.app_context():
        made = report_at(Stage.READING, cast)
        db.session.commit()
        return made.id


@pytest.fixture
def opened(app: Flask, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sessions that were opened, by the path they were opened for."""
    paths: list[str] = []
    usual = Cookie.open_session

    def open_session(interface: Any, app: Flask, request: Any) -> Any:
        paths.append(request.path)
        return usual(interface, app, request)

    monkeypatch.setattr(Cookie, "open_session", open_session)
    return paths


def token_of(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    return found[1] if found else ""


def fields_of(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page.partition("<main")[2]))


def ballots(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Ballot)) or 0


def refused(answer: TestResponse) -> None:
    """A plain page that carries nothing, and leaves what the browser holds alone."""
    assert answer.status_code == 403
    assert "ne vient pas d’une page de Sɛbɛn" in answer.text
    assert "Set-Cookie" not in answer.headers
    assert not re.search("<form|<input|<textarea|csrf", answer.text) and TRAP not in answer.text
    assert (
        answer.headers["X-Frame-Options"] == "DENY"
        and "default-src 'none'" in answer.headers["Content-Security-Policy"]
    )
    assert answer.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("headers", FOREIGN)
def test_a_vote_from_another_page_is_refused_unread_with_and_without_the_members_cookie(
    app: Flask, cast: Cast, sign_in: SignIn, report: int, headers: dict[str, str], opened: list[str]
) -> None:
    mariam, bare = sign_in(app.test_client(), cast.mariam), app.test_client()
    place, trap = f"/rapports/{report}/vote", {"choice": "approve", "remark": TRAP}
    token = token_of(mariam.get(f"/rapports/{report}").text)
    opened.clear()
    for client in (bare, mariam):
        refused(client.post(place, data=trap, headers=headers))
    refused(mariam.post(place, data={**trap, "csrf_token": token}, headers=headers))
    assert place not in opened, "the session was read"
    assert ballots(app) == 0
    assert mariam.get("/compte").status_code == 200, "signed out by it"


def test_every_form_there_is_is_shut_to_other_sites(app: Flask, client: FlaskClient, opened: list[str]) -> None:
    places = {
        (re.sub("<[^>]+>", "1", rule.rule), method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}
    }
    assert len(places) > 80
    for place, method in places:
        refused(client.open(place, method=method, data={"reason": TRAP}, headers=FOREIGN[0]))
    assert set(opened) <= {"/"}, "the page of refusal itself is made once, for nobody"


def test_a_sign_in_from_another_page_signs_nobody_in(client: FlaskClient, cast: Cast) -> None:
    refused(client.post("/connexion", data={"email": cast.fanta.email, "password": PASSWORD}, headers=FOREIGN[0]))


def test_reading_is_open_to_links_from_anywhere(client: FlaskClient) -> None:
    assert client.get("/connexion", headers=FOREIGN[0]).status_code == 200


def test_our_own_forms_work_whatever_the_browser_tells_and_only_with_the_token(
    app: Flask, cast: Cast, sign_in: SignIn, report: int
) -> None:
    mariam = sign_in(app.test_client(), cast.mariam)
    token = token_of(mariam.get(f"/rapports/{report}").text)
    place = f"/rapports/{report}/vote"
    for headers in ({"Sec-Fetch-Site": "same-origin", **OURS}, OURS, {"Referer": "http://localhost/"}, {}):
        assert mariam.post(place, data={"choice": "approve", "csrf_token": token}, headers=headers).status_code == 303
    assert ballots(app) == 1
    assert mariam.post(place, data={"choice": "object"}, headers=OURS).status_code == 422


def test_a_browser_that_tells_nothing_is_given_nothing_back_without_the_token(client: FlaskClient, report: int) -> None:
    refused(client.post(f"/rapports/{report}/vote", data={"choice": "approve", "remark": TRAP}))


# The page "Envoyer de nouveau".


def test_a_late_form_of_ours_is_shown_field_by_field_and_sets_no_cookie(
    client: FlaskClient, cast: Cast, report: int
) -> None:
    why = "La salle du conseil régional n’était pas celle-ci, voyez l’invitation du 12 mars."
    posted = {"choice": "object", "reason": why, "base": "3", "csrf_token": "vieux", "once": "vieux"}
    answer = client.post(f"/rapports/{report}/vote", data=posted, headers=OURS)
    assert answer.status_code == 401
    assert "Set-Cookie" not in answer.headers
    assert "<dt>Acte</dt><dd><b>Voter" in answer.text
    assert "<dt>Vote</dt><dd>S’oppose</dd>" in answer.text
    assert re.search(r">Motif</label><textarea[^>]*>\n" + why, answer.text)
    fields = fields_of(answer.text)
    assert fields["choice"] == "object" and fields["base"] == "3" and fields["once"] == "vieux", (
        "what had been done before its answer was lost is not done twice"
    )
    assert "csrf_token" not in fields, "a token that holds"


def test_the_zones_of_a_text_and_the_rows_of_a_grid_are_shown_under_their_names(
    client: FlaskClient, report: int
) -> None:
    posted = {
        "zone-body": "Les échanges ont porté sur les routes.",
        "zone-recommendations-grid": "1",
        "zone-recommendations-0-id": "abc",
        "zone-recommendations-0-text": "Afficher le budget.",
    }
    answer = client.post(f"/rapports/{report}/parties/conclusion/modifier", data=posted, headers=OURS)
    assert "<dd>Les échanges ont porté sur les routes.</dd>" in answer.text
    assert "Afficher le budget." in answer.text and "<dd>abc</dd>" not in answer.text
    assert "Champ zone-body" not in answer.text


def test_after_signing_in_again_the_form_is_shown_once_more_in_whose_name_and_goes(
    app: Flask, cast: Cast, sign_in: SignIn, report: int
) -> None:
    browser, place = app.test_client(), f"/rapports/{report}/vote"
    late = browser.post(place, data={"choice": "approve"}, headers=OURS)
    sign_in(browser, cast.mariam).get(f"/rapports/{report}")
    shown = browser.post(place, data=fields_of(late.text), headers=OURS)
    assert shown.status_code == 422 and ballots(app) == 0
    assert "Set-Cookie" not in shown.headers
    assert f"<dt>Au nom de</dt><dd><b>{cast.mariam.name}</b></dd>" in shown.text
    assert browser.post(place, data=fields_of(shown.text), headers=OURS).status_code == 303
    assert ballots(app) == 1


def test_who_signed_in_and_saw_no_page_yet_is_told_to_open_one(
    app: Flask, cast: Cast, sign_in: SignIn, report: int
) -> None:
    mariam, place = sign_in(app.test_client(), cast.mariam), f"/rapports/{report}/vote"
    assert "dans un nouvel onglet" in mariam.post(place, data={"choice": "approve"}, headers=OURS).text
    mariam.get("/")
    assert "dans un nouvel onglet" not in mariam.post(place, data={"choice": "approve"}, headers=OURS).text


def test_a_form_with_a_code_or_a_password_is_never_given_back(client: FlaskClient, report: int) -> None:
    for secret in ("password", "code", "factor", "answer", "sealed", "current", "mot_de_passe_passe", "token"):
        posted = {"mention": "Lu et approuvé", secret: "4711-0815"}
        answer = client.post(f"/rapports/{report}/vote", data=posted, headers=OURS)
        assert answer.status_code == 401
        assert "4711-0815" not in answer.text and "Lu et approuvé" not in answer.text, secret


def test_a_message_that_waits_is_not_lost_to_that_page(app: Flask, cast: Cast, sign_in: SignIn, report: int) -> None:
    mariam = sign_in(app.test_client(), cast.mariam)
    mariam.get("/compte")
    with mariam.session_transaction() as session:
        session["_flashes"] = [("message", "Votre vote est enregistré.")]
    answer = mariam.post(f"/rapports/{report}/vote", data={"choice": "approve"}, headers=OURS)
    assert answer.status_code == 422 and "Set-Cookie" not in answer.headers
    assert "Votre vote est enregistré." in mariam.get("/compte").text


def test_a_national_role_is_not_had_through_our_own_page(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    """The attack as it was: our page gave the foreign form back under our name, and one press of its button did it."""
    trap = {"role": "coordination", "territory": "everywhere"}
    place = f"/administration/personnes/{cast.fanta.id}/roles"
    coumba = sign_in(app.test_client(), cast.coumba)
    answer = app.test_client().post(place, data=trap, headers=FOREIGN[0])
    pressed = coumba.post(place, data=fields_of(answer.text), headers=OURS)
    assert pressed.status_code == 422
    with app.app_context():
        assert db.session.scalar(select(func.count()).where(Grant.person_id == cast.fanta.id)) == 1

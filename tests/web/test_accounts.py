"""Signing in and out, and changing one's password."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from freezegun import freeze_time
from sqlalchemy import event, func, select

from app.db import db
from app.directory.models import Person
from app.people import persons
from app.people.attempts import FREE, SignInAttempt
from app.web.account.sign_in import DEVICE, WRONG, confirm_password, inside
from tests.cast import PASSWORD, Cast
from tests.web.people_log import acts, told

SignIn = Callable[[FlaskClient, Person], FlaskClient]
NEW = "quatre chameaux verts"


def enter(client: FlaskClient, email: str, password: str = PASSWORD, **more: str) -> object:
    return client.post("/connexion", data={"email": email, "password": password, **more})


def is_in(client: FlaskClient) -> bool:
    return client.get("/compte").status_code == 200


def test_fanta_signs_in_and_stands_on_her_tasks(client: FlaskClient, cast: Cast) -> None:
    answer = enter(client, "fanta@exemple.ml")
    assert (answer.status_code, answer.location) == (303, "/")
    assert is_in(client)


def test_fanta_may_type_her_address_with_capitals_and_spaces(client: FlaskClient, cast: Cast) -> None:
    assert enter(client, " Fanta@Exemple.ML ").status_code == 303


def test_an_accent_composed_or_not_is_the_same_password(client: FlaskClient, cast: Cast, sign_in: SignIn) -> None:
    typed = "une journée à la préfecture"
    sign_in(client, cast.fanta).post("/compte/mot-de-passe", data=choice(password=typed, again=typed))
    client.post("/deconnexion")
    assert enter(client, "fanta@exemple.ml", "une journe\u0301e a\u0300 la pre\u0301fecture").status_code == 303


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("fanta@exemple.ml", "un autre mot de passe"),
        ("personne@exemple.ml", PASSWORD),
        ("", ""),
        ("fanta@exemple.ml", ""),
    ],
)
def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(
    client: FlaskClient, cast: Cast, email: str, password: str
) -> None:
    answer = enter(client, email, password)
    assert answer.status_code == 200
    assert WRONG in answer.text
    assert not is_in(client)


def test_what_was_typed_stays_but_the_password_is_not_sent_back(client: FlaskClient, cast: Cast) -> None:
    answer = enter(client, "fanta@exemple.ml", "un autre mot de passe")
    assert 'value="fanta@exemple.ml"' in answer.text
    assert "un autre mot de passe" not in answer.text


def test_a_deactivated_person_gets_that_same_answer(client: FlaskClient, app: Flask, cast: Cast) -> None:
    with app.app_context():
        persons.deactivate(cast.fanta, cast.coumba)
        db.session.commit()
    assert WRONG in enter(client, "fanta@exemple.ml").text
    assert not is_in(client)
    with app.app_context():
        assert db.session.scalar(select(func.max(SignInAttempt.failures))) == 1, "a guess like any other"


def test_an_account_without_a_password_yet_gets_that_same_answer(client: FlaskClient, app: Flask, cast: Cast) -> None:
    with app.app_context():
        persons.add({"email": "awa@exemple.ml", "first_name": "Awa", "surname": "DIOP"}, cast.coumba)
        db.session.commit()
    assert WRONG in enter(client, "awa@exemple.ml", "").text


def test_an_unknown_address_costs_as_much_work_as_a_known_one(
    client: FlaskClient, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[str] = []
    monkeypatch.setattr(
        "app.web.account.sign_in.verify_password", lambda password, hashed: bool(compared.append(hashed[:9]))
    )
    enter(client, "fanta@exemple.ml")
    enter(client, "personne@exemple.ml")
    assert compared == ["$argon2id", "$argon2id"]


def test_the_open_session_of_a_deactivated_person_ends_at_the_next_request(
    client: FlaskClient, app: Flask, cast: Cast
) -> None:
    enter(client, "fanta@exemple.ml")
    with app.app_context():
        persons.deactivate(cast.fanta, cast.coumba)
        db.session.commit()
    assert not is_in(client)
    with app.app_context():
        persons.activate(cast.fanta, cast.coumba)
        db.session.commit()
    assert not is_in(client), "the session of before comes to life again"


def test_signing_out_ends_the_session_and_only_a_post_does_it(client: FlaskClient, cast: Cast) -> None:
    enter(client, "fanta@exemple.ml")
    assert client.get("/deconnexion").status_code == 405
    assert is_in(client)
    assert client.post("/deconnexion").status_code == 303
    assert not is_in(client)


def test_a_page_asked_for_without_a_session_is_reached_after_signing_in(client: FlaskClient, cast: Cast) -> None:
    asked = client.get("/compte/mot-de-passe")
    assert asked.status_code == 303
    page = client.get(asked.location)
    assert 'name="next" value="/compte/mot-de-passe"' in page.text
    assert enter(client, "fanta@exemple.ml", next="/compte/mot-de-passe").location == "/compte/mot-de-passe"


OUTSIDE = [
    "https://ailleurs.example/",
    "//ailleurs.example/",
    "///ailleurs.example/",
    "/\\ailleurs.example/",
    "\\\\ailleurs.example",
    "http:ailleurs.example",
    "javascript:alert(1)",
    "ailleurs",
    "/\t/ailleurs.example",
    "/\n/ailleurs.example",
    " //ailleurs.example",
    "",
]


@pytest.mark.parametrize("place", OUTSIDE)
def test_next_never_leads_off_the_site(client: FlaskClient, cast: Cast, place: str) -> None:
    assert enter(client, "fanta@exemple.ml", next=place).location == "/"
    assert client.get("/connexion", query_string={"next": place}).location == "/"


def test_next_never_leads_off_the_site_whatever_host_the_request_names(app: Flask, client: FlaskClient) -> None:
    with app.test_request_context(headers={"Host": "ailleurs.example"}):
        assert inside("http://ailleurs.example/") == "/"
    assert client.get("/compte", headers={"Host": "ailleurs.example"}).location.startswith("/connexion")


def test_who_is_signed_in_is_led_past_the_sign_in_page(client: FlaskClient, cast: Cast, sign_in: SignIn) -> None:
    assert sign_in(client, cast.fanta).get("/connexion?next=/compte").location == "/compte"


def test_the_session_and_device_cookies_are_out_of_reach_for_scripts_and_other_sites(
    client: FlaskClient, cast: Cast
) -> None:
    cookies = enter(client, "fanta@exemple.ml").headers.getlist("Set-Cookie")
    assert len(cookies) == 2
    assert all("HttpOnly" in cookie and "SameSite=Lax" in cookie for cookie in cookies)


def test_a_token_in_the_address_or_a_header_opens_nothing(client: FlaskClient, cast: Cast) -> None:
    assert client.get(f"/compte?auth_token={cast.fanta.fs_uniquifier}").status_code == 303
    assert client.get("/compte", headers={"Authentication-Token": cast.fanta.fs_uniquifier}).status_code == 303


# The limits, as the person meets them; their arithmetic is in tests/unit/test_people_attempts.py.


def test_failures_are_counted_though_the_page_says_no(client: FlaskClient, app: Flask, cast: Cast) -> None:
    enter(client, "fanta@exemple.ml", "faux")
    with app.app_context():
        assert db.session.scalar(select(func.max(SignInAttempt.failures))) == 1


def test_who_guesses_is_told_to_wait_and_how_long(client: FlaskClient, cast: Cast) -> None:
    for _ in range(FREE["pair"]):
        enter(client, "fanta@exemple.ml", "faux")
    answer = enter(client, "fanta@exemple.ml", PASSWORD)
    assert answer.status_code == 429
    assert "Trop d’essais ont échoué. Attendez 1" in answer.text
    assert 0 < int(answer.headers["Retry-After"]) <= 16
    assert 'value="fanta@exemple.ml"' in answer.text
    assert not is_in(client)


def test_after_the_wait_the_right_password_opens(client: FlaskClient, cast: Cast) -> None:
    with freeze_time("2026-03-02 12:00:00") as clock:
        for _ in range(FREE["pair"]):
            enter(client, "fanta@exemple.ml", "faux")
        clock.tick(timedelta(seconds=16))
        assert enter(client, "fanta@exemple.ml").status_code == 303


def test_fanta_signs_in_on_her_own_phone_while_somebody_guesses_from_the_same_office(app: Flask, cast: Cast) -> None:
    phone, stranger = app.test_client(), app.test_client()
    enter(phone, "fanta@exemple.ml")
    phone.post("/deconnexion")
    for _ in range(FREE["pair"] + 1):
        enter(stranger, "fanta@exemple.ml", "faux")
    assert enter(stranger, "fanta@exemple.ml").status_code == 429
    assert enter(phone, "fanta@exemple.ml").status_code == 303


def test_the_password_asked_again_is_the_persons_own(app: Flask, cast: Cast) -> None:
    with app.test_request_context():
        assert confirm_password(cast.fanta, PASSWORD)
        assert not confirm_password(cast.fanta, "faux")


# One's own password.


def choice(**fields: str) -> dict[str, str]:
    return {"current": PASSWORD, "password": NEW, "again": NEW, **fields}


def test_fanta_changes_her_password_and_her_other_sessions_end(app: Flask, cast: Cast) -> None:
    here, elsewhere = app.test_client(), app.test_client()
    enter(here, "fanta@exemple.ml")
    enter(elsewhere, "fanta@exemple.ml")
    answer = here.post("/compte/mot-de-passe", data=choice(), follow_redirects=True)
    assert "Votre mot de passe est changé" in answer.text
    assert is_in(here)
    assert not is_in(elsewhere)
    assert WRONG in enter(elsewhere, "fanta@exemple.ml").text
    assert enter(elsewhere, "fanta@exemple.ml", NEW).status_code == 303
    assert told(app) == [("password_change", cast.fanta.id, {"person": cast.fanta.id, "territory": 1})]


def test_the_log_holds_no_password_nor_hash(app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn) -> None:
    sign_in(client, cast.fanta).post("/compte/mot-de-passe", data=choice())
    assert NEW not in str(told(app))
    assert "argon2" not in str(told(app))


def test_without_the_current_password_nothing_changes_and_the_failure_is_counted(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn
) -> None:
    answer = sign_in(client, cast.fanta).post("/compte/mot-de-passe", data=choice(current="faux"))
    assert "Ce n’est pas votre mot de passe actuel." in answer.text
    assert acts(app) == []
    for _ in range(FREE["pair"] - 1):
        client.post("/compte/mot-de-passe", data=choice(current="faux"))
    assert client.post("/compte/mot-de-passe", data=choice()).status_code == 429


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"password": "court", "again": "court"}, "il en faut au moins 12"),
        ({"again": "quatre chameaux bleus"}, "Les deux saisies du nouveau mot de passe diffèrent."),
        ({"password": "fanta coulibaly", "again": "fanta coulibaly"}, "trop facile à deviner"),
        ({"password": "", "again": ""}, "il en faut au moins 12"),
        ({"password": "a" * 20_000, "again": "a" * 20_000}, "il peut en compter 200"),
    ],
)
def test_a_bad_new_password_is_refused_with_a_sentence(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, fields: dict[str, str], sentence: str
) -> None:
    answer = sign_in(client, cast.fanta).post("/compte/mot-de-passe", data=choice(**fields))
    assert answer.status_code == 422
    assert sentence in answer.text
    assert acts(app) == []


# The machinery.


def test_a_page_for_nobody_in_particular_reads_the_database_not_at_all(client: FlaskClient, app: Flask) -> None:
    assert queries_of(client, app, "/connexion") == []


def test_knowing_who_is_signed_in_with_all_roles_takes_one_query_and_the_bell_of_a_whole_page_another(
    client: FlaskClient, app: Flask, cast: Cast, sign_in: SignIn
) -> None:
    who, bell = queries_of(sign_in(client, cast.fanta), app, "/compte/mot-de-passe")
    assert re.search(r'FROM person JOIN open_session .* LEFT OUTER JOIN "?grant"? ', who)
    assert re.search(r"FROM notice\s+WHERE notice\.person_id = .* AND notice\.seen_at IS NULL", bell)


def queries_of(client: FlaskClient, app: Flask, place: str) -> list[str]:
    found: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            found.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    assert client.get(place).status_code == 200
    return found


def test_the_hash_is_argon2id_with_nineteen_mebibytes_at_least(app: Flask) -> None:
    from app.web.account.sign_in import hashed

    with app.app_context():
        kept = hashed(NEW)
    settings = dict(part.split("=") for part in kept.split("$")[3].split(","))
    assert kept.startswith("$argon2id$")
    assert int(settings["m"]) >= 19 * 1024
    assert int(settings["t"]) >= 2


def test_no_other_writer_waits_while_a_password_is_compared(
    client: FlaskClient, app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    under_way: list[bool] = []

    def compare(password: str, hashed: str) -> bool:
        under_way.append(db.session().in_transaction())
        return False

    monkeypatch.setattr("app.web.account.sign_in.verify_password", compare)
    enter(client, "fanta@exemple.ml")
    assert under_way == [False]


def test_the_device_cookie_alone_signs_nobody_in(client: FlaskClient, app: Flask, cast: Cast) -> None:
    enter(client, "fanta@exemple.ml")
    device = client.get_cookie(DEVICE)
    assert device is not None
    other = app.test_client()
    other.set_cookie(DEVICE, device.value)
    assert not is_in(other)

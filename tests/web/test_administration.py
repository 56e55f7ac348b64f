"""The coordination inscribes persons, corrects their particulars, closes and opens accounts."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event

from app.db import db
from app.directory.models import Person, Role
from app.people import persons
from tests.cast import Cast
from tests.web.people_log import acts, told

SignIn = Callable[[FlaskClient, Person], FlaskClient]
AWA = {"email": "awa@exemple.ml", "first_name": "Awa", "surname": "DIOP", "civility": "Mme", "phone": "66 00 00 00"}


@pytest.fixture
def coumba(client: FlaskClient, cast: Cast, sign_in: SignIn) -> FlaskClient:
    """The coordination's browser."""
    return sign_in(client, cast.coumba)


def person(app: Flask, email: str) -> Person:
    with app.app_context():
        found = persons.by_email(email)
        assert found is not None
        db.session.expunge_all()
        return found


def page_of(someone: Person) -> str:
    return f"/administration/personnes/{someone.id}"


def particulars(client: FlaskClient, someone: Person, **changed: str) -> dict[str, str]:
    """The form on a person's page as it stands, with some fields typed over."""
    shown = client.get(page_of(someone)).text
    base = re.search(r'name="base" value="(\w+)"', shown)
    assert base is not None
    values = {field: getattr(someone, field) for field in persons.FIELDS}
    return {**values, "base": base[1], **changed}


DESK = [
    "/administration/personnes",
    "/administration/personnes/nouvelle",
    "/administration/personnes/1",
    "/administration/commissions",
    "/administration/commissions/nouvelle",
    "/administration/commissions/1",
    "/administration/collectivites",
    "/administration/collectivites/1",
]


@pytest.mark.parametrize("place", DESK)
def test_the_desk_is_the_coordinations_alone(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, place: str
) -> None:
    assert client.get(place).status_code == 303
    for name in cast:
        if name != "coumba":
            assert sign_in(app.test_client(), getattr(cast, name)).get(place).status_code == 404, name
    assert sign_in(client, cast.coumba).get(place).status_code == 200


def test_a_new_person_gets_a_link_by_which_to_choose_a_password(app: Flask, coumba: FlaskClient, cast: Cast) -> None:
    shown = coumba.post("/administration/personnes/nouvelle", data=AWA)
    assert shown.status_code == 200
    link = re.search(r"http://[^<\s]+(/mot-de-passe/[^<\s]+)", shown.text)
    assert link is not None
    chosen = {"password": "quatre chameaux verts", "again": "quatre chameaux verts"}
    assert app.test_client().post(link[1], data=chosen).status_code == 303
    awa = person(app, "awa@exemple.ml")
    assert told(app)[0] == (
        "person_add",
        cast.coumba.id,
        {"person": awa.id, "email": "awa@exemple.ml", "first_name": "Awa", "surname": "DIOP", "civility": "Mme"},
    )


def test_the_same_form_sent_twice_inscribes_once_and_leads_to_the_person(app: Flask, coumba: FlaskClient) -> None:
    form = {**AWA, "once": "a key drawn with the form"}
    coumba.post("/administration/personnes/nouvelle", data=form)
    again = coumba.post("/administration/personnes/nouvelle", data=form)
    assert (again.status_code, again.location) == (303, page_of(person(app, "awa@exemple.ml")))
    assert acts(app) == ["person_add"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"email": ""}, "L’adresse électronique manque."),
        ({"email": "awa"}, "n’est pas complète"),
        ({"email": "awa@"}, "n’est pas complète"),
        ({"email": "a b@exemple.ml"}, "n’est pas complète"),
        ({"email": "awa@exemple..ml"}, "n’est pas complète"),
        ({"email": "FANTA@exemple.ml"}, "Une personne est déjà inscrite avec cette adresse électronique."),
        ({"first_name": " "}, "Le prénom manque."),
        ({"surname": "\u200e\u0000"}, "Le nom manque."),
        ({"surname": "D" * 20_000}, "Le nom compte 20000 caractères, pour 80 au plus."),
    ],
)
def test_a_bad_entry_is_refused_beside_its_field_and_keeps_what_was_typed(
    app: Flask, coumba: FlaskClient, fields: dict[str, str], sentence: str
) -> None:
    answer = coumba.post("/administration/personnes/nouvelle", data={**AWA, "body": "CAFO de Ségou", **fields})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'id="error-{next(iter(fields))}"' in answer.text
    assert 'value="CAFO de Ségou"' in answer.text
    assert acts(app) == []


def test_an_empty_form_is_told_everything_it_misses(app: Flask, coumba: FlaskClient) -> None:
    answer = coumba.post("/administration/personnes/nouvelle", data={})
    assert answer.status_code == 422
    for field in ("email", "first_name", "surname"):
        assert f'id="error-{field}"' in answer.text


def test_names_keep_their_letters_and_markup_stays_text(app: Flask, coumba: FlaskClient) -> None:
    name = "Ŋaara <b>Bɛ</b> 🐫"
    coumba.post("/administration/personnes/nouvelle", data={**AWA, "first_name": f"  {name}  "})
    awa = person(app, "awa@exemple.ml")
    assert awa.first_name == name
    shown = coumba.get(page_of(awa)).text
    assert "Ŋaara &lt;b&gt;Bɛ&lt;/b&gt; 🐫" in shown
    assert "<b>Bɛ</b>" not in shown


def test_a_correction_is_logged_with_what_was_there_before(app: Flask, coumba: FlaskClient, cast: Cast) -> None:
    form = particulars(coumba, cast.fanta, title="Directrice", phone="76 11 22 33")
    assert coumba.post(page_of(cast.fanta), data=form).status_code == 303
    assert person(app, "fanta@exemple.ml").title == "Directrice"
    (entry,) = told(app)
    assert entry == (
        "person_change",
        cast.coumba.id,
        {
            "person": cast.fanta.id,
            "territory": 1,
            "changed": {"title": ["Cheffe du service financier", "Directrice"], "phone": []},
        },
    )


def test_saving_without_a_change_leaves_no_event(app: Flask, coumba: FlaskClient, cast: Cast) -> None:
    answer = coumba.post(page_of(cast.fanta), data=particulars(coumba, cast.fanta), follow_redirects=True)
    assert "Rien n’a changé." in answer.text
    assert acts(app) == []


def test_an_address_that_is_somebody_elses_is_refused(app: Flask, coumba: FlaskClient, cast: Cast) -> None:
    form = particulars(coumba, cast.fanta, email="issa@exemple.ml")
    answer = coumba.post(page_of(cast.fanta), data=form)
    assert answer.status_code == 422
    assert "déjà inscrite" in answer.text
    assert person(app, "fanta@exemple.ml").id == cast.fanta.id


def test_two_coordinators_do_not_overwrite_each_other(app: Flask, coumba: FlaskClient, cast: Cast) -> None:
    first = particulars(coumba, cast.fanta, title="Directrice")
    second = particulars(coumba, cast.fanta, title="Conseillère")
    coumba.post(page_of(cast.fanta), data=first)
    answer = coumba.post(page_of(cast.fanta), data=second)
    assert answer.status_code == 409
    assert 'value="Conseillère"' in answer.text
    assert "Enregistré entre-temps\u00a0: Directrice" in answer.text
    assert person(app, "fanta@exemple.ml").title == "Directrice"
    base = re.search(r'name="base" value="(\w+)"', answer.text)
    assert base is not None
    assert coumba.post(page_of(cast.fanta), data={**second, "base": base[1]}).status_code == 303
    assert person(app, "fanta@exemple.ml").title == "Conseillère"


def test_the_same_correction_made_by_two_is_no_conflict(app: Flask, coumba: FlaskClient, cast: Cast) -> None:
    form = particulars(coumba, cast.fanta, title="Directrice")
    coumba.post(page_of(cast.fanta), data=form)
    assert coumba.post(page_of(cast.fanta), data=form).status_code == 303
    assert acts(app) == ["person_change"]


def test_an_account_is_closed_and_opened_again(app: Flask, coumba: FlaskClient, cast: Cast) -> None:
    coumba.post(f"{page_of(cast.fanta)}/desactiver")
    assert not person(app, "fanta@exemple.ml").active
    assert "désactivé" in coumba.get("/administration/personnes?q=fanta").text
    coumba.post(f"{page_of(cast.fanta)}/desactiver")
    coumba.post(f"{page_of(cast.fanta)}/activer")
    assert person(app, "fanta@exemple.ml").active
    assert acts(app) == ["person_deactivate", "person_activate"]


def test_nobody_closes_their_own_account(app: Flask, coumba: FlaskClient, cast: Cast) -> None:
    answer = coumba.post(f"{page_of(cast.coumba)}/desactiver")
    assert answer.status_code == 422
    assert "Vous ne pouvez pas désactiver votre propre compte" in answer.text
    assert person(app, "coumba@exemple.ml").active


def test_a_link_is_shown_once_and_never_for_oneself_nor_a_closed_account(
    app: Flask, coumba: FlaskClient, cast: Cast
) -> None:
    form = {"once": "a key drawn with the form"}
    assert "/mot-de-passe/" in coumba.post(f"{page_of(cast.fanta)}/lien", data=form).text.split("<main", 1)[1]
    assert coumba.post(f"{page_of(cast.fanta)}/lien", data=form).location == page_of(cast.fanta)
    assert coumba.post(f"{page_of(cast.coumba)}/lien").status_code == 422
    coumba.post(f"{page_of(cast.issa)}/desactiver")
    assert coumba.post(f"{page_of(cast.issa)}/lien").status_code == 422
    assert acts(app) == ["reset_link", "person_deactivate"]


def test_the_pages_show_no_password(app: Flask, coumba: FlaskClient, cast: Cast) -> None:
    for place in ("/administration/personnes", page_of(cast.fanta)):
        assert "argon2" not in coumba.get(place).text


def test_an_unknown_person_is_not_found(coumba: FlaskClient) -> None:
    assert coumba.get("/administration/personnes/999").status_code == 404
    assert coumba.post("/administration/personnes/999", data=AWA).status_code == 404


# The list.


def test_the_list_is_searched_by_words_in_any_order(coumba: FlaskClient) -> None:
    found = coumba.get("/administration/personnes?q=couli+fan").text
    assert "COULIBALY Fanta" in found
    assert "KONE" not in found
    assert "Personne ne correspond" in coumba.get("/administration/personnes?q=%25").text
    assert "Personne ne correspond" in coumba.get("/administration/personnes?q=%00zzz").text


@pytest.mark.parametrize("after", ["abc", "-1", "99999999999999999999999", "0", ""])
def test_a_senseless_page_is_the_first(coumba: FlaskClient, after: str) -> None:
    assert "COULIBALY Fanta" in coumba.get(f"/administration/personnes?apres={after}").text


def test_every_person_is_on_one_page_of_the_list_in_order(app: Flask, coumba: FlaskClient, cast: Cast) -> None:
    add_many(app, cast, 120)
    seen: list[str] = []
    place: str | None = "/administration/personnes"
    pages = 0
    while place:
        text = coumba.get(place).text
        seen += re.findall(r'<th scope="row"><a href="/administration/personnes/\d+">([^<]+)</a>', text)
        further = re.search(r'href="(/administration/personnes\?apres=\d+)"', text)
        place = further[1] if further else None
        pages += 1
    assert pages == 3
    assert len(seen) == len(set(seen)) == 131
    assert [name for name in seen if name.startswith("NOM")] == [f"NOM{number:03} Prénom" for number in range(120)]


def test_the_list_asks_as_few_questions_for_many_as_for_some(app: Flask, coumba: FlaskClient, cast: Cast) -> None:
    few = count_queries(app, coumba, "/administration/personnes")
    add_many(app, cast, 60)
    assert count_queries(app, coumba, "/administration/personnes") == few <= 7


def test_a_persons_page_asks_few_questions(app: Flask, coumba: FlaskClient, cast: Cast) -> None:
    assert count_queries(app, coumba, page_of(cast.fanta)) <= 8


def add_many(app: Flask, cast: Cast, number: int) -> None:
    with app.app_context():
        for each in range(number):
            awa = {"email": f"nom{each}@exemple.ml", "first_name": "Prénom", "surname": f"NOM{each:03}"}
            persons.add(awa, cast.coumba)
        db.session.commit()


def count_queries(app: Flask, client: FlaskClient, place: str) -> int:
    found: list[str] = []

    def note(connection: object, cursor: object, statement: str, *rest: object) -> None:
        found.append(statement)

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        assert client.get(place).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return sum(1 for statement in found if statement.startswith("SELECT"))


def test_a_reader_becomes_nothing_by_asking(app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn) -> None:
    sign_in(client, cast.lamine)
    gift = {"role": Role.COORDINATION.value, "place": "partout"}
    assert client.post(f"{page_of(cast.lamine)}/roles", data=gift).status_code == 404
    assert acts(app) == []

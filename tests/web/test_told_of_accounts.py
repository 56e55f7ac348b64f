"""Whatever is done to an account is told to its holder by letter, and to who supervises there by the journal."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.commands.people import people
from app.db import db
from app.directory.models import Person, Role
from app.mail.models import Letter
from app.people import grants, sessions
from app.reports import drafting
from app.reports.editing import acts as editing
from app.web.account.sign_in import reset_link
from tests.cast import LIMITS, PASSWORD, Cast
from tests.factories import opened, written
from tests.web.test_administration import particulars
from tests.web.test_factors import enrolled

SignIn = Callable[[FlaskClient, Person], FlaskClient]
MAIL = {"MAIL_URL": "smtp://localhost", "MAIL_FROM": "Sɛbɛn <seben@exemple.ml>"}


@pytest.fixture
def settings() -> dict[str, str]:
    return MAIL


@pytest.fixture
def coumba(app: Flask, cast: Cast, sign_in: SignIn) -> FlaskClient:
    return sign_in(app.test_client(), cast.coumba)


def letters(app: Flask) -> list[Letter]:
    """What waits in the outbox, in order; it is emptied."""
    with app.app_context():
        found = list(db.session.scalars(select(Letter).order_by(Letter.id)))
        for letter in found:
            db.session.expunge(letter)
            db.session.execute(db.delete(Letter).where(Letter.id == letter.id))
        db.session.commit()
        return found


def place_of(person: Person) -> str:
    return f"/administration/personnes/{person.id}"


def test_of_a_role_given_and_taken(app: Flask, cast: Cast, coumba: FlaskClient) -> None:
    coumba.post(f"{place_of(cast.fanta)}/roles", data={"role": "rapporteur", "place": "2"})
    (given,) = letters(app)
    assert (given.recipient, given.subject) == ("fanta@exemple.ml", "Un rôle vous est donné")
    sentence = "Coumba SIDIBE, de la coordination, vous a donné le rôle «\u202fRapporteur\u202f» (Kayes)."
    assert sentence in given.text and sentence in given.html
    assert "(heure du Mali)" in given.text and "Si vous vous y attendiez, vous n’avez rien à faire." in given.text
    assert "connectez-vous de nouveau" in given.text and "Ce que vous écriviez reste gardé" in given.text
    coumba.post(f"{place_of(cast.fanta)}/roles/{cast.fanta.grants[0].id}/retirer")
    (taken,) = letters(app)
    assert "vous a retiré le rôle «\u202fFacilitateur\u202f» (Ségou)" in taken.text


def test_of_another_address_at_the_old_one_and_the_new(app: Flask, cast: Cast, coumba: FlaskClient) -> None:
    form = particulars(coumba, cast.adama, email="dembele@exemple.ml")
    coumba.post(place_of(cast.adama), data=form)
    found = letters(app)
    assert [letter.recipient for letter in found] == ["adama@exemple.ml", "dembele@exemple.ml"]
    for letter in found:
        assert "a changé l’adresse électronique de votre compte\u00a0: dembele@exemple.ml remplace" in letter.text
    form = particulars(coumba, cast.fanta, title="Directrice")
    coumba.post(place_of(cast.fanta), data=form)
    assert letters(app) == [], "another title opens nothing"


def test_of_a_link_drawn_and_the_letter_has_not_the_link(app: Flask, cast: Cast, coumba: FlaskClient) -> None:
    page = coumba.post(f"{place_of(cast.adama)}/lien").text
    link = re.search(r"http://[^<\s]+/mot-de-passe/[^<\s]+", page)
    assert link
    (letter,) = letters(app)
    assert letter.subject == "Un lien de mot de passe est préparé pour votre compte"
    assert "/mot-de-passe/" not in letter.text + letter.html
    new = {"password": "quatre chameaux verts", "again": "quatre chameaux verts"}
    app.test_client().post(link[0][link[0].index("/mot-de-passe") :], data=new)
    (chosen,) = letters(app)
    assert "Le mot de passe de votre compte a été choisi par un lien." in chosen.text


def test_of_factors_added_and_removed(app: Flask, cast: Cast, coumba: FlaskClient, sign_in: SignIn) -> None:
    enrolled(sign_in(app.test_client(), cast.issa))
    (added,) = letters(app)
    assert "Depuis votre compte, une application de codes est inscrite." in added.text
    coumba.post(f"{place_of(cast.issa)}/facteurs/retirer")
    (removed,) = letters(app)
    assert removed.subject == "Vos seconds facteurs sont retirés"


def test_of_a_device_that_was_never_used_and_of_no_other(app: Flask, cast: Cast) -> None:
    client, form = app.test_client(), {"email": "fanta@exemple.ml", "password": PASSWORD}
    agent = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
    client.post("/connexion", data=form, headers=agent)
    (letter,) = letters(app)
    assert letter.subject == "Connexion depuis un nouvel appareil"
    assert "depuis un appareil qui n’avait pas encore servi\u00a0: Firefox" in letter.text
    client.post("/deconnexion")
    client.post("/connexion", data=form, headers=agent)
    assert letters(app) == []
    app.test_client().post("/connexion", data={**form, "password": "pas le bon"})
    assert letters(app) == []
    app.test_client().post("/connexion", data=form)
    assert len(letters(app)) == 1


def test_of_what_is_done_on_the_machine_itself(app: Flask, cast: Cast) -> None:
    assert app.test_cli_runner().invoke(people, ["reset-link", "adama@exemple.ml"]).exit_code == 0
    (letter,) = letters(app)
    assert "La personne qui tient le serveur a préparé un lien" in letter.text


def test_not_of_what_was_refused(app: Flask, cast: Cast, coumba: FlaskClient) -> None:
    coumba.post(f"{place_of(cast.fanta)}/roles", data={"role": "facilitator", "place": "1"})
    coumba.post(place_of(cast.fanta), data=particulars(coumba, cast.fanta, email="issa@exemple.ml"))
    assert letters(app) == []


def test_without_a_mail_server_nothing_waits_for_ever(app: Flask, cast: Cast, coumba: FlaskClient) -> None:
    app.config.update(MAIL_URL="")
    coumba.post(f"{place_of(cast.fanta)}/roles", data={"role": "rapporteur", "place": "2"})
    assert letters(app) == []


# Sessions and links end.

ACTS: dict[str, Callable[[FlaskClient, Person], object]] = {
    "a role given": lambda client, adama: client.post(
        f"{place_of(adama)}/roles", data={"role": "reader", "place": "1"}
    ),
    "a role taken": lambda client, adama: client.post(f"{place_of(adama)}/roles/{adama.grants[0].id}/retirer"),
    "another address": lambda client, adama: client.post(
        place_of(adama), data=particulars(client, adama, email="dembele@exemple.ml")
    ),
    "a factor removed": lambda client, adama: client.post(f"{place_of(adama)}/facteurs/retirer"),
}


@pytest.mark.parametrize("act", ACTS)
def test_sessions_and_links_end_with(app: Flask, cast: Cast, coumba: FlaskClient, sign_in: SignIn, act: str) -> None:
    adama = sign_in(app.test_client(), cast.adama)
    enrolled(adama)
    assert adama.get("/compte").status_code == 200
    with app.test_request_context():
        link = reset_link(db.session.get_one(Person, cast.adama.id))
        link = link[link.index("/mot-de-passe") :]
    assert app.test_client().get(link).status_code == 200
    ACTS[act](coumba, cast.adama)
    assert adama.get("/compte").status_code == 303
    assert app.test_client().get(link).status_code == 404
    with app.app_context():
        assert sessions.listing(cast.adama, LIMITS) == []


def test_enrolling_a_factor_ends_the_others_and_keeps_this_session(app: Flask, cast: Cast, sign_in: SignIn) -> None:
    here, elsewhere = (sign_in(app.test_client(), cast.issa) for _ in range(2))
    enrolled(here)
    assert here.get("/compte").status_code == 200
    assert elsewhere.get("/compte").status_code == 303


# The journal.


@pytest.fixture
def salif(app: Flask, cast: Cast, sign_in: SignIn) -> FlaskClient:
    """The browser of Salif, who supervises Ségou alone, and is told little else."""
    with app.app_context():
        grants.take(cast.salif.grants[0], cast.coumba)
        grants.give(cast.salif, Role.SUPERVISOR.value, "1", cast.coumba)
        db.session.commit()
    return sign_in(app.test_client(), cast.salif)


def test_the_supervisors_of_the_place_read_it_on_the_first_page_of_their_journal(
    app: Flask, cast: Cast, coumba: FlaskClient, salif: FlaskClient
) -> None:
    coumba.post(place_of(cast.adama), data=particulars(coumba, cast.adama, email="dembele@exemple.ml"))
    coumba.post(f"{place_of(cast.issa)}/lien")
    coumba.post(f"{place_of(cast.fanta)}/roles", data={"role": "reader", "place": "1"})
    coumba.post(f"{place_of(cast.moussa)}/lien")
    with app.app_context():  # sixty other events on top of them
        report = written(opened(cast), cast.fanta)
        for _ in range(30):
            drafting.hand_over(report, cast.fanta)
            editing.return_draft(report, cast.issa, "La conclusion manque.")
        db.session.commit()
    panel = salif.get("/journal").text.split('id="accounts"')[1].split("</section>")[0]
    said = re.sub(r"<[^>]+>", "", panel)
    assert "Coumba SIDIBE a changé l’adresse électronique de Adama DEMBELE" in said
    assert "Coumba SIDIBE a remis à Issa KONE un lien" in said
    assert "Coumba SIDIBE a donné à Fanta COULIBALY le rôle" in said
    assert "Moussa DIALLO" not in said, "he is of Kayes"

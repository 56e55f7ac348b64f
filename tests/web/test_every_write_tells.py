"""Every form and command that writes to the registers: a change has its event, an event its change."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, or_, select

from app.audit.models import AuditEvent
from app.audit.verification import verify_chains
from app.commands.people import people
from app.db import db
from app.directory.models import Commission, Grant, Person
from app.directory.territories import Territory
from app.reports.replay.registers.verifying import verify_registers
from app.workshops.models import Campaign, Workshop
from tests.cast import PASSWORD, Cast
from tests.registers import entered
from tests.web.campaign_forms import campaign_facts, hidden, slots, workshop_facts

NEW = "quatre chameaux verts"
PERSON = {"first_name": "Ami", "surname": "TOURE", "email": "ami@exemple.ml"}
RULES = {"name": "CRSB de Kayes", "majority": "simple", "reading_days": "10"}
# What writes no row of the registers. A report's own acts are told in its own log.
ELSEWHERE = {
    "/connexion",
    "/connexion/second-facteur",
    "/deconnexion",
    "/mot-de-passe-oublie",
    "/notifications/<int:notice_id>/ouvrir",
    "/notifications/lues",
    "/compte/notifications",
    "/journal/export/<kind>",
    "/administration/courrier/<int:letter_id>/renvoyer",
    "/rencontres/<int:workshop_id>/rapport",
    "/verifier",
    "/administration/verification",
    "/administration/personnes/<int:person_id>/facteurs/retirer",
    # Proposals are compared by the verification, in test_second_words.
    "/administration/roles-proposes/<int:proposal_id>/confirmer",
    "/administration/roles-proposes/<int:proposal_id>/ecarter",
}
# Second factors and sessions write no row of the registers; an invitation is told in its report's log.
APART = ("/compte/facteurs/", "/compte/appareils/", "/signature/")


class Watched:
    """A site of which every row of the registers is looked at before and after each thing that is done to it."""

    def __init__(self, app: Flask, client: FlaskClient) -> None:
        self.app, self.client = app, client
        self.rules: set[str] = set()
        self.commands: set[str] = set()

    def post(self, rule: str, place: str = "", /, **form: str) -> None:
        """Send a form where `rule` says, or at `place`; then send it once more."""
        self.rules.add(rule)
        client = self.client
        if "base" in form:
            form["base"] = hidden(client.get(form["base"]), "base")
        assert self._told(lambda: client.post(place or rule, data=form).status_code in (200, 303)), rule
        self._told(lambda: client.post(place or rule, data=form).status_code < 500)

    def run(self, *arguments: str) -> None:
        self.commands.add(arguments[0])
        assert self._told(lambda: self.app.test_cli_runner().invoke(people, list(arguments)).exit_code == 0), arguments
        self._told(lambda: self.app.test_cli_runner().invoke(people, list(arguments)).exit_code in (0, 1))

    def _told(self, does: Callable[[], bool]) -> bool:
        """Whether something changed; it must then be told, and nothing told that did not change."""
        rows, events = self._look()
        assert does()
        after, more = self._look()
        assert (rows != after) == (more > events)
        with self.app.app_context():
            assert verify_registers(db.session) == []
        return rows != after

    def _look(self) -> tuple[list[Any], int]:
        with self.app.app_context():
            tables = (model.__table__ for model in (Person, Grant, Territory, Commission, Campaign, Workshop))
            rows = [list(db.session.execute(select(table).order_by(table.c.id))) for table in tables]
            told = or_(AuditEvent.stream == "people", AuditEvent.stream.startswith("campaign:"))
            return rows, db.session.scalar(select(func.count()).where(told)) or 0


@pytest.fixture
def watched(app: Flask, client: FlaskClient, cast: Cast, sign_in: Any) -> Watched:
    with app.app_context():
        entered()
        db.session.commit()
    return Watched(app, sign_in(client, cast.coumba))


def test_every_write_has_its_event_and_every_event_its_write(
    watched: Watched, app: Flask, cast: Cast, sign_in: Any
) -> None:
    _persons(watched)
    _places(watched)
    _campaigns(watched)
    _commands(watched)
    _passwords(watched, sign_in(app.test_client(), cast.salif))
    posts = {rule.rule for rule in app.url_map.iter_rules() if "POST" in (rule.methods or ())}
    others = {rule for rule in posts if not rule.startswith(("/rapports/", *APART))} - ELSEWHERE
    assert watched.rules == others, "every form is sent here, or said not to write"
    assert watched.commands == set(people.commands) - {"unlock", "offices", "remove-factors"}, "of no register"
    with app.app_context():
        assert verify_chains(db.session) == []


def _persons(watched: Watched) -> None:
    one, rule = "/administration/personnes/12", "/administration/personnes/<int:person_id>"
    watched.post("/administration/personnes/nouvelle", **PERSON)
    watched.post(rule, one, **PERSON | {"title": "Maire", "phone": "76 00 00 00"}, base=one)
    watched.post(f"{rule}/desactiver", f"{one}/desactiver")
    watched.post(f"{rule}/activer", f"{one}/activer")
    watched.post(f"{rule}/lien", f"{one}/lien")
    watched.post(f"{rule}/roles", f"{one}/roles", role="reader", place="partout")
    watched.post(f"{rule}/roles/<int:grant_id>/retirer", f"{one}/roles/12/retirer")


def _places(watched: Watched) -> None:
    places, seats = "/administration/collectivites", "/administration/commissions"
    watched.post(places, level="region", name="Gao")
    watched.post(f"{places}/<int:territory_id>", f"{places}/1", level="circle", name="Bla")
    watched.post(f"{seats}/nouvelle", place="2", **RULES)
    watched.post(f"{seats}/<int:commission_id>", f"{seats}/2", **RULES | {"quorum": "2"}, base=f"{seats}/2")


def _campaigns(watched: Watched) -> None:
    one, rule = "/campagnes/2", "/campagnes/<int:campaign_id>"
    watched.post("/campagnes/nouvelle", **campaign_facts())
    watched.post(f"{rule}/modifier", f"{one}/modifier", **campaign_facts(budget_year="2032"), version="1")
    terms, programme = f"{one}/termes/context", f"{one}/programme/modifier"
    watched.post(f"{rule}/termes/<key>", terms, **{"zone-context": "Un contexte."}, base=terms)
    versions = f"{one}/versions/termes"
    watched.post(f"{rule}/versions/<document>/<int:number>/retablir", f"{versions}/1/retablir", base=versions)
    watched.post(f"{rule}/programme/modifier", programme, **slots(("9 h", "Accueil", "")), base=programme)
    watched.post(f"{rule}/rencontres/nouvelle", f"{one}/rencontres/nouvelle", **workshop_facts(1))
    facts = workshop_facts(1, venue="la cour", version="1")
    watched.post("/rencontres/<int:workshop_id>/modifier", "/rencontres/2/modifier", **facts)


def _commands(watched: Watched) -> None:
    watched.run("add-administrator", "lamine@exemple.ml")
    watched.run("reset-link", "lamine@exemple.ml")
    watched.run("deactivate", "lamine@exemple.ml")
    watched.run("erase", "ami@exemple.ml", "--reason", "Demande de la personne.", "--yes")


def _passwords(watched: Watched, salif: FlaskClient) -> None:
    from app.people import passwords
    from app.web.account.sign_in import reset_link

    watched.client = salif
    watched.post("/compte/mot-de-passe", current=PASSWORD, password=NEW, again=NEW)
    with watched.app.test_request_context():
        person = db.session.get_one(Person, 9)
        passwords.offer_link(person, None)
        link = reset_link(person)
        db.session.commit()
    watched.client = watched.app.test_client()
    watched.post(
        "/mot-de-passe/<token>",
        link[link.index("/mot-de-passe") :],
        password="cinq girafes jaunes",
        again="cinq girafes jaunes",
    )

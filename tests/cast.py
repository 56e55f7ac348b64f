"""The people all tests speak of, and the territory, campaign and workshop they meet in."""

from __future__ import annotations

import secrets
from contextlib import nullcontext
from datetime import date, timedelta
from typing import Any

from flask import Flask, has_app_context
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.audit.log_key import LogKey
from app.audit.note import Signer
from app.content.blocks import Block, BlockKind, Content
from app.content.canonical import content_bytes
from app.content.prose import cut, new_id
from app.db import db
from app.directory.models import Commission, Grant, Person, Role
from app.directory.territories import Level, Territory
from app.people import sessions
from app.people.sessions import DevicePlace, SessionLimits
from app.workshops.models import Campaign, Workshop

PASSWORD = "un long mot de passe"
LIMITS = SessionLimits(idle=timedelta(hours=12), longest=timedelta(days=7))
_SIGNER = Signer("exemple.ml", bytes(range(32)))
LOG = LogKey(_SIGNER, (_SIGNER.verifier,))
"""The key of the log, the same in all tests."""
# name: civility, first name, surname, title, role, territory ("" stands for everywhere)
PEOPLE: dict[str, tuple[str, str, str, str, Role, str]] = {
    "fanta": ("Madame", "Fanta", "COULIBALY", "Cheffe du service financier", Role.FACILITATOR, "Ségou"),
    "issa": ("Monsieur", "Issa", "KONE", "Conseiller technique", Role.RAPPORTEUR, "Ségou"),
    "mariam": ("Madame", "Mariam", "SANOGO", "Présidente de la CAFO", Role.MEMBER, "Ségou"),
    "oumar": ("Monsieur", "Oumar", "CISSE", "Membre du comité de plaidoyer", Role.MEMBER, "Ségou"),
    "binta": ("Madame", "Binta", "TRAORE", "Représentante des usagers", Role.MEMBER, "Ségou"),
    "adama": ("Monsieur", "Adama", "DEMBELE", "Président de la CRSB", Role.PRESIDENT, "Ségou"),
    "seydou": ("Monsieur", "Seydou", "BA", "Vice-président du Conseil régional", Role.CHAIR, "Ségou"),
    "salif": ("Monsieur", "Salif", "KEITA", "Membre du comité de pilotage", Role.SUPERVISOR, ""),
    "coumba": ("Madame", "Coumba", "SIDIBE", "Coordinatrice", Role.COORDINATION, ""),
    "lamine": ("Monsieur", "Lamine", "FOFANA", "Journaliste", Role.READER, ""),
    "moussa": ("Monsieur", "Moussa", "DIALLO", "Chef de service", Role.FACILITATOR, "Kayes"),
}


class Cast:
    """The people by first name; inside an application context each belongs to its session."""

    def __init__(self, people: dict[str, Person]) -> None:
        self._people = people

    def __getattr__(self, name: str) -> Person:
        person = self._people[name]
        return db.session.get_one(Person, person.id) if has_app_context() else person

    def __iter__(self) -> Any:
        return iter(self._people)


def settle(hashed_password: str) -> None:
    """Put territories, people, commission, campaign and workshop into an empty database."""
    territories = {}
    for name in ("Ségou", "Kayes"):
        territory = Territory(level=Level.REGION, name=name, path=f"/{name}/")
        db.session.add(territory)
        db.session.flush()
        territory.path = f"/{territory.id}/"
        territories[name] = territory
    people = {name: _person(name, facts, hashed_password, territories) for name, facts in PEOPLE.items()}
    db.session.add(Commission(territory_id=territories["Ségou"].id, name="CRSB de Ségou"))
    db.session.flush()
    _meeting(territories["Ségou"], people)
    db.session.commit()


def _person(name: str, facts: tuple[Any, ...], hashed: str, territories: dict[str, Territory]) -> Person:
    civility, first_name, surname, title, role, place = facts
    person = Person(
        email=f"{name}@exemple.ml",
        civility=civility,
        first_name=first_name,
        surname=surname,
        title=title,
        body="Région de Ségou",
        password=hashed,
        fs_uniquifier=secrets.token_hex(16),
    )
    person.grants.append(Grant(role=role, territory_id=territories[place].id if place else None))
    db.session.add(person)
    db.session.flush()
    return person


def _meeting(territory: Territory, people: dict[str, Person]) -> None:
    campaign = Campaign(
        name="Budgets régionaux 2018",
        organisation="Groupe de Suivi Budgétaire",
        report_title="Rapport de la rencontre sur le budget 2018 {organisateur}",
        budget_year=2018,
        starts_on=date(2018, 2, 1),
        ends_on=date(2018, 3, 31),
        terms=content_bytes(terms()).decode(),
        programme=content_bytes((row("slots", hours="9 h", text="Accueil", responsible="L’équipe"),)).decode(),
    )
    db.session.add(campaign)
    db.session.flush()
    db.session.add(
        Workshop(
            campaign_id=campaign.id,
            territory_id=territory.id,
            held_on=date(2018, 2, 22),
            place="Ségou",
            venue="salle du Conseil régional",
            organising_body="le Conseil régional de Ségou",
            facilitator_id=people["fanta"].id,
            rapporteur_id=people["issa"].id,
            chair_id=people["seydou"].id,
        )
    )


def terms() -> Content:
    return (
        Block(new_id(), "context_heading", BlockKind.HEADING, {"text": "Contexte et justification :"}),
        *cut("La campagne fait connaître les budgets des régions.", "context"),
        row("quotas", category="Conseil régional", number="05"),
        row("quotas", category="Médias", number="04"),
    )


def row(zone: str, **fields: str) -> Block:
    return Block(new_id(), zone, BlockKind.ROW, fields)


def read_cast() -> Cast:
    query = select(Person).options(joinedload(Person.grants).joinedload(Grant.territory))
    by_email = {person.email: person for person in db.session.scalars(query).unique()}
    return Cast({name: by_email[f"{name}@exemple.ml"] for name in PEOPLE})


def session_of(app: Flask, person: Person, factor: str = "") -> str:
    """Open a session for a person, and commit it; answers with its secret."""
    with nullcontext() if has_app_context() else app.app_context():
        secret = sessions.begin(person, DevicePlace("Firefox sous Linux", "127.0.0.1"), LIMITS, factor)
        db.session().commit()  # whatever a test makes of the commits of requests
        return secret

"""The cast entered in the log as if by the steps, a life of the registers after it, and hands in the database."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.audit import events
from app.audit.entries import Where
from app.audit.models import AuditEvent
from app.content.canonical import content_hash
from app.content.prose import cut
from app.db import db, now
from app.directory.models import Commission, Grant, Person
from app.directory.territories import Territory
from app.people import charting, commissions, grants, passwords, persons
from app.reports.erasure.persons import erase_events, erase_person
from app.workshops import campaigns, meetings, terms
from app.workshops.entries import plain
from app.workshops.models import Campaign, Workshop
from app.workshops.texts import keeping
from tests.cast import Cast, row

ENTERED = 25
"""Events of the stream "people" that enter the cast: 2 territories, 11 persons with a role each, 1 commission."""


def entered(but: Person | None = None) -> None:
    """Record what would have been recorded, had the cast come about by the steps: now, whenever it was made.

    The caller commits.

    `but` is somebody who is entered already.
    """
    for each in (*_all(Person), *_all(Campaign)):
        each.created_at = now()
    for grant in _all(Grant):
        grant.given_at = now()
    db.session.flush()
    for territory in _all(Territory):
        facts = {"parent": territory.parent_id, "level": territory.level.value, "name": territory.name}
        events.record(
            "people", "territory_add", None, {"territory": territory.id, **facts}, where=Where(territory.path)
        )
    for person in (each for each in _all(Person) if each is not but):
        said = {name: getattr(person, name) for name in persons.FIELDS if name != "phone"}
        events.record("people", "person_add", None, {"person": person.id}, private=said)
        for grant in person.grants:
            facts = {"person": person.id, "role": grant.role.value, "territory": grant.territory_id}
            where = Where(grant.territory.path if grant.territory else "")
            events.record("people", "grant_give", None, facts, where=where)
    for commission in _all(Commission):
        facts = {"commission": commission.id, "territory": commission.territory_id}
        changed = {name: [None, value] for name, value in commissions.rules_of(commission)._asdict().items()}
        where = Where(commission.territory.path)
        events.record("people", "commission_save", None, {**facts, "changed": changed}, where=where)
    for campaign in _all(Campaign):
        facts = {"campaign": campaign.id, "values": _plain(campaigns.facts_of(campaign))}
        texts = {"terms": content_hash(campaign.terms_content), "programme": content_hash(campaign.programme_content)}
        stream, where = campaigns.stream(campaign.id), Where("", campaign.id)
        event = events.record(stream, "campaign_create", None, {**facts, **texts, keeping.KEPT: True}, where=where)
        for kind in texts:
            keeping.keep(campaign, kind, event)
    for workshop in _all(Workshop):
        facts: dict[str, Any] = {
            "campaign": workshop.campaign_id,
            "workshop": workshop.id,
            "territory": workshop.territory_id,
        }
        stream, where = campaigns.stream(workshop.campaign_id), Where(workshop.territory.path, workshop.campaign_id)
        facts["values"] = _plain(meetings.facts_of(workshop))
        events.record(stream, "workshop_create", None, facts, where=where)


def _all(model: Any) -> Any:
    return db.session.scalars(select(model).order_by(model.id)).all()


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: plain(value) for name, value in values.items()}


def lived_in(cast: Cast) -> None:
    """Every act on the registers once at least, after the cast was entered. The caller commits.

    Person 12 is Ami, 13 was erased, of 14 the log no longer says who she was when she was added; territory 3 stands below 1.
    """
    coumba = cast.coumba
    segou, commission, campaign, workshop = (_all(model)[0] for model in (Territory, Commission, Campaign, Workshop))
    circle = charting.add(segou, "circle", "Bla", coumba)
    ami, zan, awa = (
        persons.add({"first_name": name, "surname": "TOURE", "email": f"{name}@exemple.ml", "phone": "76 00"}, coumba)
        for name in ("Ami", "Zan", "Awa")
    )
    grants.give(ami, "reader", grants.EVERYWHERE, coumba)
    grants.take(grants.give(ami, "member", str(circle.id), coumba), coumba)
    grants.give(ami, "chair", str(circle.id), coumba)
    values = {name: getattr(ami, name) for name in persons.FIELDS} | {"title": "Maire", "phone": "76 11"}
    persons.change(ami, values, persons.fingerprint(ami), coumba)
    passwords.choose(ami, "x", "password_reset", ami)
    persons.deactivate(ami, coumba)
    persons.activate(ami, coumba)
    persons.deactivate(awa, coumba)
    erase_person(zan, "Demande de la personne.")
    erase_events([f"people:{_seq('person_add')}"], "Demande de la personne.")
    rules = {"name": commission.name, "quorum": "3", "majority": commission.majority, "reading_days": "10"}
    commissions.change(commission, rules, commissions.fingerprint(commission), coumba)
    campaigns.change_campaign(coumba, campaign, {"organisation": "Collectif"}, campaign.version)
    section = terms.BY_KEY["context"]
    written = cut("Les budgets sont lus en public.", "context")
    terms.save_terms(coumba, campaign, section, written, content_hash(section.of(campaign.terms_content)))
    slots = (row("slots", hours="10 h", text="Exposés", responsible="L’équipe"),)
    terms.save_programme(coumba, campaign, slots, content_hash(campaign.programme_content))
    meetings.change_workshop(coumba, workshop, {"venue": "la cour", "staff_supervisor": "Mme DIARRA"}, workshop.version)


def _seq(act: str) -> int:
    """The last event of that act."""
    query = select(AuditEvent.seq).where(AuditEvent.act == act).order_by(AuditEvent.seq.desc())
    return db.session.scalars(query.limit(1)).one()


# What is changed by hand, the kind under which it is found, and what the finding says.
HANDS = [
    (
        "UPDATE \"grant\" SET role = 'coordination' WHERE person_id = 1",
        "grant",
        "Rôle « Coordination » de la personne n° 1, collectivité n° 1 : la base l’a, aucun événement de « people »",
    ),
    (
        'UPDATE "grant" SET territory_id = NULL WHERE person_id = 1',
        "grant",
        "de la personne n° 1, partout : la base l’a",
    ),
    (
        'INSERT INTO "grant" (person_id, role, territory_id, given_at) '
        "SELECT 2, 'coordination', NULL, given_at FROM \"grant\" WHERE person_id = 1",
        "grant",
        "Rôle « Coordination » de la personne n° 2, partout : la base l’a",
    ),
    (
        'DELETE FROM "grant" WHERE person_id = 4',
        "grant",
        "Rôle « Membre de la CRSB » de la personne n° 4, collectivité n° 1 : l’événement 10 de « people » en parle",
    ),
    ("UPDATE \"grant\" SET given_at = '2017-01-01 00:00:00+00:00' WHERE person_id = 4", "grant", "la date"),
    (
        "UPDATE campaign SET budget_year = 2019",
        "campaign",
        "Campagne n° 1 : l’année du budget vaut « 2019 », « 2018 » selon l’événement 1 de « campaign:1 »",
    ),
    ("UPDATE campaign SET organisation = 'Autre'", "campaign", "« Collectif » selon l’événement 3 de « campaign:1 »"),
    ("UPDATE campaign SET ends_on = '2018-04-30'", "campaign", "le dernier jour vaut « 2018-04-30 », « 2018-03-31 »"),
    ("UPDATE campaign SET terms = replace(terms, 'lus', 'tus')", "campaign", "l’empreinte des termes de référence"),
    ("UPDATE campaign SET version = 9", "campaign", "la version vaut « 9 », « 2 »"),
    (
        "UPDATE workshop SET chair_id = 2",
        "workshop",
        "Rencontre n° 1 : le président de séance vaut « 2 », « 7 » selon l’événement 2 de « campaign:1 »",
    ),
    ("UPDATE workshop SET venue = 'ailleurs'", "workshop", "la salle vaut « ailleurs », « la cour »"),
    ("UPDATE workshop SET staff_supervisor = 'M. X'", "workshop", "le superviseur de l’équipe diffère de ce que dit"),
    ("UPDATE workshop SET consent = 'Oui.'", "workshop", "le consentement diffère"),
    (
        "UPDATE territory SET parent_id = 2 WHERE id = 3",
        "territory",
        "Collectivité n° 3 : la collectivité au-dessus vaut « 2 », « 1 » selon l’événement 26 de « people »",
    ),
    ("UPDATE territory SET path = '/2/3/' WHERE id = 3", "territory", "le chemin vaut « /2/3/ », « /1/3/ »"),
    ("DELETE FROM territory WHERE id = 2", "territory", "Collectivité n° 2 : l’événement 2 de « people » en parle"),
    ("UPDATE commission SET quorum = 1", "commission", "Commission n° 1 : le quorum vaut « 1 », « 3 » selon"),
    ("UPDATE commission SET casting_vote = (1 = 1)", "commission", "la voix prépondérante vaut « oui », « non »"),
    ("DELETE FROM commission", "commission", "la base ne l’a pas"),
    ("UPDATE person SET active = (1 = 1) WHERE id = 14", "person", "l’état du compte vaut « oui », « non »"),
    (
        "UPDATE person SET email = 'voleur@exemple.ml' WHERE id = 12",
        "person",
        "Personne n° 12 : l’adresse électronique diffère de ce que dit l’événement 27 de « people ».",
    ),
    ("UPDATE person SET title = 'Roi' WHERE id = 12", "person", "la qualité diffère"),
    ("UPDATE person SET surname = 'TOURE' WHERE id = 13", "person", "Personne n° 13 : le nom diffère"),
    ("DELETE FROM person WHERE id = 14", "person", "Personne n° 14 : l’événement 29 de « people » en parle"),
]

# Facts put into the last event of an act, and what it is then said to do.
FORGERIES: list[tuple[str, dict[str, object], str]] = [
    ("person_activate", {"person": 1}, "part d’une valeur qui n’était pas celle du registre"),
    ("person_deactivate", {"person": 99}, "porte sur ce qui n’avait pas été inscrit"),
    ("person_add", {"person": 1}, "inscrit ce qui l’était déjà"),
    ("grant_give", {"person": 99}, "donne un rôle à qui n’avait pas été inscrit"),
    ("grant_take", {"role": "chair"}, "retire un rôle qui n’était pas donné"),
    ("territory_add", {"parent": 99}, "place une collectivité sous une autre qui n’existait pas"),
    ("commission_save", {"changed": {"quorum": [7, 3]}}, "part d’une valeur"),
    ("commission_save", {"changed": {"quorum": 3}}, "ne dit pas tout ce que son acte demande"),
    ("campaign_change", {"version": 7}, "ne compte pas juste les versions"),
    ("campaign_change", {"campaign": 7}, "parle d’une autre campagne que la sienne"),
    ("terms_change", {"old_hash": "a"}, "part d’une valeur"),
    ("workshop_change", {"changes": {"venue": {"old": "a", "new": "la cour"}}}, "part d’une valeur"),
]

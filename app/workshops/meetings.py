"""Workshops: planning one in a campaign, changing its facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError

from app.audit import events
from app.audit.entries import Where
from app.db import db
from app.directory.models import Grant, Person, Role
from app.directory.territories import Level, Territory
from app.people import holding_offices
from app.workshops import terms, wording
from app.workshops.campaigns import stream
from app.workshops.entries import Entries, InvalidEntries, OutdatedForm, changes, plain
from app.workshops.models import Campaign, Workshop

FIELDS = (
    "held_on",
    "place",
    "venue",
    "organising_body",
    "facilitator_id",
    "rapporteur_id",
    "chair_id",
    "steering_supervisor",
    "staff_supervisor",
    "consent",
)
SEATS: dict[str, Role] = {
    "facilitator_id": Role.FACILITATOR,
    "rapporteur_id": Role.RAPPORTEUR,
    "chair_id": Role.CHAIR,
}
# What the report prints: once it is validated these stand, field by field with the sentence that says so.
_PRINTED = {
    "held_on": "la date ne peut plus changer.",
    "place": "le lieu ne peut plus changer.",
    "venue": "la salle ne peut plus changer.",
    "organising_body": "l’organisme ne peut plus changer.",
    "rapporteur_id": "le rapporteur ne peut plus changer.",
    "chair_id": "le président de séance ne peut plus changer.",
}

Seats = Mapping[str, Sequence[Person]]
"""For each field of SEATS, the persons who may be named."""


def create_workshop(person: Person, campaign: Campaign, territory: Territory, typed: Mapping[str, str]) -> Workshop:
    """Plan the workshop of `territory` in `campaign`; `typed` holds FIELDS as text, dates as typed, persons by id.

    Raises `InvalidEntries`; its error on "territory" says why this territory cannot be had.
    """
    db.session.refresh(campaign, with_for_update=True)
    if not person.holds(Role.COORDINATION, territory.path):
        raise InvalidEntries({"territory": "Cette collectivité n’est pas de votre ressort."})
    values = _read(Entries(typed), campaign, territory.path, seats(territory))
    workshop = Workshop(campaign_id=campaign.id, territory_id=territory.id, **values)
    try:
        with db.session.begin_nested():
            db.session.add(workshop)
    except IntegrityError:
        raise InvalidEntries({"territory": "Cette collectivité a déjà sa rencontre dans cette campagne."}) from None
    facts = {
        "campaign": campaign.id,
        "workshop": workshop.id,
        "territory": territory.id,
        "values": {field: plain(value) for field, value in values.items()},
    }
    where = Where(territory.path, campaign.id)
    events.record(stream(campaign.id), "workshop_create", person, facts, Role.COORDINATION, where)
    return workshop


def change_workshop(
    person: Person, workshop: Workshop, typed: Mapping[str, str], version: int, *, frozen: bool = False
) -> bool:
    """Change a workshop's facts; `version` is the one the form was opened on. False where nothing differs.

    `frozen` says that its report is validated: what is printed there then stands. Raises `InvalidEntries`, and
    `OutdatedForm` where another save came in between.
    """
    # The campaign first, as on creation: its days must not move under the date, nor two writers wait on each other.
    db.session.refresh(workshop.campaign, with_for_update=True)
    db.session.refresh(workshop, [*FIELDS, "version"], with_for_update=True)
    before = facts_of(workshop)
    territory = workshop.territory
    values = _read(Entries(typed, before), workshop.campaign, territory.path, seats(territory, workshop))
    changed = changes(before, values)
    if frozen and (standing := {field: _PRINTED[field] for field in changed if field in _PRINTED}):
        raise InvalidEntries(
            {field: f"Le rapport de cette rencontre est validé : {why}" for field, why in standing.items()}
        )
    if not changed:
        return False
    if version != workshop.version:
        raise OutdatedForm(values, before)
    for field, value in values.items():
        setattr(workshop, field, value)
    workshop.version += 1
    db.session.flush()
    db.session.expire(workshop, [field.removesuffix("_id") for field in SEATS])
    facts = {
        "campaign": workshop.campaign_id,
        "workshop": workshop.id,
        "version": workshop.version,
        "changes": changed,
    }
    where = Where(workshop.territory.path, workshop.campaign_id)
    events.record(stream(workshop.campaign_id), "workshop_change", person, facts, Role.COORDINATION, where)
    return True


def facts_of(workshop: Workshop) -> dict[str, Any]:
    """The workshop's FIELDS, by name."""
    return {field: getattr(workshop, field) for field in FIELDS}


def seats(territory: Territory, workshop: Workshop | None = None) -> Seats:
    """Who may be named for each seat: who has it, and the active holders of its role over the territory, by name."""
    lineage = [int(step) for step in territory.path.strip("/").split("/")]
    found = db.session.execute(
        select(Grant.role, Person)
        .join(Person, Person.id == Grant.person_id)
        .where(
            Grant.role.in_(SEATS.values()),
            or_(Grant.territory_id.is_(None), Grant.territory_id.in_(lineage)),
            Person.active.is_(True),
        )
        .order_by(Person.surname, Person.first_name, Person.id)
    )
    named: dict[str, dict[int, Person]] = {field: {} for field in SEATS}
    for role, person in found:
        named[next(field for field, wanted in SEATS.items() if wanted is role)][person.id] = person
    for field in SEATS if workshop else ():
        holder: Person | None = getattr(workshop, field.removesuffix("_id"))
        if holder is not None:
            named[field].setdefault(holder.id, holder)
    return {field: list(people.values()) for field, people in named.items()}


def prefilled(campaign: Campaign, territory: Territory, named: Seats) -> dict[str, str]:
    """What a new workshop's form starts with: its territory's supervision rows, and those who alone hold a role."""
    content = campaign.terms_content
    steering = terms.mission(content, "steering_missions", territory.name)
    staff = terms.mission(content, "staff_missions", territory.name)
    day = wording.read_day(steering.get("date", "")) or wording.read_day(staff.get("date", ""))
    alone = {field: str(people[0].id) for field, people in named.items() if len(people) == 1}
    return {
        "held_on": day.isoformat() if day else "",
        "place": territory.name,
        "venue": steering.get("venue", "") or staff.get("venue", ""),
        "organising_body": usual_body(territory),
        "steering_supervisor": steering.get("person", ""),
        "staff_supervisor": staff.get("person", ""),
        **alone,
    }


def usual_body(territory: Territory) -> str:
    """The body that holds the budget of such a territory, with its article."""
    bodies = {
        Level.REGION: "le Conseil régional",
        Level.DISTRICT: "la Mairie",
        Level.CIRCLE: "le Conseil de cercle",
        Level.COMMUNE: "la Mairie",
    }
    name = "le " + territory.name if territory.level is Level.DISTRICT else territory.name
    return f"{bodies[territory.level]} {wording.with_de(name)}"


def _read(entries: Entries, campaign: Campaign, path: str, named: Seats) -> dict[str, Any]:
    values: dict[str, Any] = {
        "held_on": entries.day("held_on", "Indiquez la date de la rencontre."),
        "place": entries.line("place", 120, "Indiquez la ville où le rapport est « fait »."),
        "venue": entries.line("venue", 200, "Indiquez la salle ou le bâtiment."),
        "organising_body": entries.line("organising_body", 200, "Indiquez l’organisme qui tient la rencontre."),
        **{field: _seat(entries, field, people) for field, people in named.items()},
        "steering_supervisor": entries.line("steering_supervisor", 200),
        "staff_supervisor": entries.line("staff_supervisor", 200),
        "consent": entries.line("consent", 300),
    }
    if "held_on" not in entries.errors:
        _check_day(entries, values["held_on"], campaign)
    for field in ("rapporteur_id", "chair_id"):
        if why := next(
            (holding_offices.not_fit(each, path) for each in named[field] if each.id == values[field]), None
        ):
            entries.errors[field] = why
    if values["chair_id"] and values["chair_id"] == values["rapporteur_id"]:
        entries.errors["chair_id"] = (
            "Le rapporteur et le président de séance signent tous deux : nommez deux personnes."
        )
    entries.settle()
    return values


def _check_day(entries: Entries, held_on: date, campaign: Campaign) -> None:
    if not campaign.starts_on <= held_on <= campaign.ends_on:
        entries.errors["held_on"] = (
            f"La date {wording.with_de('le ' + wording.day(held_on))} n’est pas comprise dans la campagne "
            f"(du {wording.day(campaign.starts_on)} au {wording.day(campaign.ends_on)})."
        )


def _seat(entries: Entries, field: str, people: Sequence[Person]) -> int | None:
    chosen = entries.line(field, 20)
    if not chosen:
        return None
    for person in people:
        if str(person.id) == chosen:
            return person.id
    entries.errors[field] = "Cette personne n’a pas ce rôle dans cette collectivité."
    return None

"""The demo's ground: people with their roles, territories, commissions."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.demo.people import COORDINATION, Character, everybody
from app.demo.places import PLACES, DemoPlace
from app.directory.models import Person
from app.directory.territories import Territory
from app.people import charting, commissions, grants, passwords, persons


@dataclass(frozen=True, slots=True)
class Ground:
    """Who and where there is: persons as what they are in the demo, territories by name."""

    coordination: Person
    people: dict[Character, Person] = field(default_factory=dict)
    territories: dict[str, Territory] = field(default_factory=dict)


def found(hashed_password: str) -> Ground:
    """The coordination comes first, by the machine's own hand; it then founds all else."""
    coordination = _registered(COORDINATION, None, hashed_password)
    grants.give(coordination, COORDINATION.role, grants.EVERYWHERE, None)
    ground = Ground(coordination)
    for place in PLACES:
        ground.territories[place.name] = _territory(place, coordination)
    ground.people[COORDINATION] = coordination
    for character in everybody():
        if character is not COORDINATION:
            ground.people[character] = _settled(character, ground, hashed_password)
    return ground


def _territory(place: DemoPlace, coordination: Person) -> Territory:
    territory = charting.add(None, place.level.value, place.name, coordination)
    commissions.create(str(territory.id), {"name": place.commission}, coordination)
    return territory


def _settled(character: Character, ground: Ground, hashed_password: str) -> Person:
    person = _registered(character, ground.coordination, hashed_password)
    where = str(ground.territories[character.place.name].id) if character.place else grants.EVERYWHERE
    grants.give(person, character.role, where, ground.coordination)
    return person


def _registered(character: Character, actor: Person | None, hashed_password: str) -> Person:
    """In the register, and with a password as if chosen by the link that the coordination hands over with an account."""
    person = persons.add(character.form(), actor)
    if character.has_account:
        passwords.choose(person, hashed_password, "password_reset", person)
    return person

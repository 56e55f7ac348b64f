"""What is asked of the journal, as typed: names led back to the person or territory meant, days and words read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import QueryableAttribute

from app import template
from app.audit.entries import folded
from app.db import db
from app.directory.models import Person
from app.directory.territories import Territory
from app.reports.journal.search import Filters
from app.workshops.models import Campaign

FIELDS = ("personne", "acte", "rapport", "partie", "collectivite", "campagne", "du", "au", "texte")
"""The fields of the form, as they stand in the page's address."""
CHOICES = 8
CAMPAIGNS = 100
MOST_WORDS = 5
LONGEST = 100
LARGEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Question:
    """`typed` is what stands in the form. Where a name means several, `choices` holds (field, identifier, name) for each,
    and nothing is looked for; `refusal` says what cannot be looked for at all.
    """

    filters: Filters
    typed: Mapping[str, str]
    campaigns: Sequence[tuple[int, str]]
    choices: Sequence[tuple[str, int, str]] = field(default=())
    refusal: str = ""

    @property
    def answerable(self) -> bool:
        return not self.choices and not self.refusal

    @property
    def asked(self) -> dict[str, str]:
        """The fields that were filled in, with names as they were understood."""
        return {name: value for name, value in self.typed.items() if value}


def read(form: Mapping[str, str]) -> Question:
    """What the form asks for, in three queries at most."""
    typed = {name: " ".join(form.get(name, "").split())[:LONGEST] for name in FIELDS}
    refusals: list[str] = []
    choices: list[tuple[str, int, str]] = []
    person = _meant("personne", typed, choices, refusals) if typed["personne"] else None
    place = _meant("collectivite", typed, choices, refusals) if typed["collectivite"] else None
    words = tuple(dict.fromkeys(folded(typed["texte"])))[:MOST_WORDS]
    if typed["texte"] and not words:
        refusals.append("Cherchez au moins un mot de trois lettres.")
    filters = Filters(
        person=person,
        act=typed["acte"],
        report=_number("rapport", typed, refusals),
        part=typed["partie"] if typed["partie"] in template.BY_KEY else "",
        place=db.session.get(Territory, place) if place else None,
        campaign=_number("campagne", typed, refusals),
        since=_day("du", typed, refusals),
        until=_day("au", typed, refusals),
        words=words,
    )
    newest = select(Campaign.id, Campaign.name).order_by(Campaign.id.desc()).limit(CAMPAIGNS)
    campaigns = [(row.id, row.name) for row in db.session.execute(newest)]
    return Question(filters, typed, campaigns, choices, " ".join(refusals))


def _meant(name: str, typed: dict[str, str], choices: list[tuple[str, int, str]], refusals: list[str]) -> int | None:
    """The person or territory that a name or an identifier means; where it means several, they are added to `choices`."""
    said = typed[name]
    found = _persons(said) if name == "personne" else _places(said)
    exact = [each for each in found if each[1].lower() == said.lower()]
    if len(exact) == 1:
        found = exact
    if not found:
        unknown = "Aucune personne" if name == "personne" else "Aucune collectivité"
        refusals.append(f"{unknown} ne porte le nom « {said} ».")
    elif len(found) > 1:
        choices += [(name, each_id, label) for each_id, label in found]
    else:
        ((found_id, typed[name]),) = found
        return found_id
    return None


def _persons(said: str) -> list[tuple[int, str]]:
    query = select(Person.id, Person.first_name, Person.surname).order_by(Person.surname, Person.first_name, Person.id)
    if said.isdecimal():
        query = query.where(Person.id == min(int(said), LARGEST))
    for word in () if said.isdecimal() else said.split():
        query = query.where(or_(*(_holds(column, word) for column in (Person.first_name, Person.surname))))
    return [(row.id, f"{row.first_name} {row.surname}") for row in db.session.execute(query.limit(CHOICES))]


def _places(said: str) -> list[tuple[int, str]]:
    named = _holds(Territory.name, said)
    where = Territory.id == min(int(said), LARGEST) if said.isdecimal() else named
    query = select(Territory.id, Territory.name).where(where).order_by(func.length(Territory.path), Territory.name)
    return [(row.id, row.name) for row in db.session.execute(query.limit(CHOICES))]


def _holds(column: QueryableAttribute[str], said: str) -> ColumnElement[bool]:
    return column.icontains(said, autoescape=True)


def _number(name: str, typed: Mapping[str, str], refusals: list[str]) -> int | None:
    said = typed[name]
    if said and not (said.isascii() and said.isdecimal() and int(said) <= LARGEST):
        refusals.append("Un rapport se cherche par son numéro." if name == "rapport" else "Choisissez une campagne.")
        return None
    return int(said) if said else None


def _day(name: str, typed: Mapping[str, str], refusals: list[str]) -> date | None:
    if not typed[name]:
        return None
    try:
        return date.fromisoformat(typed[name])
    except ValueError:
        refusals.append("Les dates s’écrivent année, mois, jour : 2018-02-22.")
        return None

"""Who holds incompatible offices: asked before a role is given, and told of what was given before that was asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app import offices
from app.db import db
from app.directory.models import Grant, Person, Role
from app.directory.territories import Territory

REMEDY = (
    "En attendant, ces personnes ne peuvent ni écrire, ni voter, ni décider, ni signer là où leurs charges se rencontrent : "
    "retirez-leur l’une des deux."
)


@dataclass(frozen=True, slots=True)
class OfficesClash:
    """Two grants of one person that do not go together, and why."""

    person: Person
    watching: Grant
    hands_on: Grant
    why: str

    @property
    def said(self) -> str:
        """What is said of the person, whose name comes before."""
        return (
            f"est à la fois « {self.watching.role.label} » ({where(self.watching)}) et "
            f"« {self.hands_on.role.label} » ({where(self.hands_on)}) : {self.why}."
        )


def in_the_way(person: Person, role: Role, territory: Territory | None) -> str | None:
    """The sentence that says which role of the person stands in the way of this one; None where nothing does."""
    for grant in person.grants:
        why = offices.between(role, grant.role)
        if why and overlap(grant.territory, territory):
            return (
                f"{person.name} a le rôle « {grant.role.label} » ({where(grant)}), incompatible avec « {role.label} » : "
                f"{why}. Retirez-lui d’abord ce rôle, ou choisissez une autre personne."
            )
    return None


def not_fit(person: Person, path: str) -> str | None:
    """Why this person may not act on the reports of the territory at `path`, whatever for, as another reads it."""
    roles = {grant.role for grant in person.grants if grant.reaches(path)}
    for why in offices.suspended(roles).values():
        return f"{person.name} tient ici deux charges incompatibles : {why}. La coordination doit lui en retirer une."
    return None


def overlap(one: Territory | None, other: Territory | None) -> bool:
    """Whether the scope of one reaches the other; None stands for everywhere."""
    return one is None or other is None or one.covers(other.path) or other.covers(one.path)


def where(grant: Grant) -> str:
    return grant.territory.name if grant.territory else "partout"


def clashes() -> Sequence[OfficesClash]:
    """Every pair of incompatible grants, by the person's surname: those of before, or of a race. Two queries."""
    watching, hands_on = aliased(Grant), aliased(Grant)
    kinds = {row.role for row in offices.ROLES}
    both = (
        select(Person)
        .where(
            select(watching.id).where(watching.person_id == Person.id, watching.role.in_(map(Role, kinds))).exists(),
            select(hands_on.id)
            .where(hands_on.person_id == Person.id, hands_on.role.in_(map(Role, offices.HANDS_ON)))
            .exists(),
        )
        .order_by(Person.surname, Person.first_name, Person.id)
    )
    return [clash for person in db.session.scalars(both) for clash in _of(person)]


def _of(person: Person) -> list[OfficesClash]:
    return [
        OfficesClash(person, one, other, why)
        for one in person.grants
        for other in person.grants
        if other.role in offices.HANDS_ON
        if (why := offices.between(one.role, other.role)) and overlap(one.territory, other.territory)
    ]

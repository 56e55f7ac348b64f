"""Whose accounts a coordination keeps, and what nobody does alone: to themselves, or to two keys of one account."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from app.audit import events
from app.audit.entries import Where
from app.audit.models import AuditEvent
from app.db import db
from app.directory.models import Grant, Person, Role
from app.directory.territories import Territory
from app.people.invalid import Forbidden, Invalid

OWN_ROLES = "Vous ne pouvez pas changer vos propres rôles : demandez-le à une autre coordination."
OWN_ADDRESS = "Vous ne pouvez pas changer votre propre adresse : demandez-le à une autre coordination."
OWN_FACTORS = "Vous ne pouvez pas retirer vos propres seconds facteurs : demandez-le à une autre coordination."
OWN_ACCOUNT = "Vous ne pouvez pas désactiver votre propre compte : demandez-le à une autre coordination."
OWN_LINK = "Pour vous-même, changez votre mot de passe depuis votre compte."


class Key(StrEnum):
    """What opens an account, beside the password that its holder alone knows."""

    ADDRESS = "address"
    FACTORS = "factors"
    LINK = "link"


_CHANGED = {
    Key.ADDRESS: "changé l’adresse de",
    Key.FACTORS: "retiré les seconds facteurs de",
    Key.LINK: "préparé un lien pour",
}


def reaches(actor: Person, territory: Territory | None) -> bool:
    """Whether the actor coordinates this territory (None: everywhere)."""
    if territory is not None:
        return actor.holds(Role.COORDINATION, territory.path)
    return actor.active and any(grant.territory_id is None for grant in _coordinations(actor))


def may_keep(actor: Person, person: Person) -> bool:
    """Whether the actor may change this account: every role it holds lies where the actor coordinates.

    Somebody without a role may be given a wider one tomorrow: only the coordination that entered them keeps them today,
    and that of the whole country.
    """
    if person.grants:
        return all(reaches(actor, grant.territory) for grant in person.grants)
    return reaches(actor, None) or _entered_by(actor, person)


def check(actor: Person | None, person: Person, own: str) -> None:
    """Raises `Invalid` with the sentence `own` for oneself, `Forbidden` for whom the actor does not keep.

    A command on the machine itself has no actor, and may do anything.
    """
    if actor is None:
        return
    if actor.id == person.id:
        raise Invalid({"": own})
    if not may_keep(actor, person):
        raise Forbidden


def turn(key: Key, person: Person, actor: Person | None, field: str = "") -> dict[str, Any]:
    """Note that the actor changed a key of this account. Answers with what the event is to say of it.

    Who holds two keys of an account can come in under its holder's name: once a person has chosen a password, nobody
    changes a second kind of key until they have come in themselves. Where no other coordination could do it, the event
    says that it was done alone. Raises `Invalid`, beside `field`.
    """
    facts: dict[str, Any] = {}
    if actor is not None and person.signs_in and person.key_by_id == actor.id and person.key_kind != key:
        if any(may_keep(other, person) for other in coordinators(actor, person)):
            what = _CHANGED[Key(person.key_kind or key)]
            raise Invalid(
                {
                    field: f"Vous avez déjà {what} {person.name} : une autre coordination doit faire ce changement, "
                    "ou cette personne se connecter d’abord avec son mot de passe."
                }
            )
        facts["alone"] = True
    person.key_by_id, person.key_kind = (actor.id, key.value) if actor is not None else (None, None)
    return facts


def turned_by_other(person: Person) -> bool:
    """Whether a coordinator changed the address, and its holder has not signed in since: no link is mailed there."""
    return person.key_by_id is not None and person.key_kind == Key.ADDRESS and person.signs_in


def came_in(person: Person) -> None:
    """The holder has signed in with their own password: the keys are in their hands."""
    if person.key_by_id is not None:
        person.key_by_id, person.key_kind = None, None


def coordinators(*but: Person) -> Sequence[Person]:
    """Everybody else who coordinates somewhere."""
    held = select(Grant.person_id).where(Grant.role == Role.COORDINATION)
    query = select(Person).where(Person.id.in_(held), Person.active.is_(True), Person.id.not_in([p.id for p in but]))
    return db.session.scalars(query.order_by(Person.id)).all()


def keepers(person: Person) -> Sequence[Person]:
    """Those who keep this account."""
    return [each for each in coordinators(person) if may_keep(each, person)]


def nationals(*but: Person) -> Sequence[Person]:
    """Everybody else who coordinates the whole country."""
    return [person for person in coordinators(*but) if reaches(person, None)]


def record(
    act: str,
    person: Person,
    actor: Person | None,
    facts: dict[str, Any] | None = None,
    private: dict[str, Any] | None = None,
) -> AuditEvent:
    """The event of an act on this person's account, filed where their roles lie, so that supervisors there find it."""
    path = _place_of(person)
    said = {"person": person.id, **(facts or {}), **({"territory": _last(path)} if path else {})}
    capacity = Role.COORDINATION.value if actor is not None and actor.holds(Role.COORDINATION) else ""
    return events.record("people", act, actor, said, capacity, Where(path), private)


def _place_of(person: Person) -> str:
    """The path of the nearest territory that holds all their roles; of who entered them, where they have none."""
    grants: Sequence[Grant] = person.grants
    if not grants and person.entered_by_id is not None:
        grants = _coordinations(db.session.get_one(Person, person.entered_by_id))
    return _common([grant.territory.path if grant.territory else "" for grant in grants])


def _common(paths: Sequence[str]) -> str:
    """The longest beginning of all, in whole steps; empty for none."""
    kept = []
    for steps in zip(*(path.strip("/").split("/") for path in paths), strict=False):
        if len(set(steps)) > 1 or not steps[0]:
            break
        kept.append(steps[0])
    return f"/{'/'.join(kept)}/" if kept else ""


def _last(path: str) -> int:
    return int(path.strip("/").rpartition("/")[2])


def _entered_by(actor: Person, person: Person) -> bool:
    """Whether the actor's own coordination entered them: the actor, or somebody whose reach lies within the actor's."""
    if person.entered_by_id is None:
        return False
    if person.entered_by_id == actor.id:
        return True
    coordinated = _coordinations(db.session.get_one(Person, person.entered_by_id))
    return bool(coordinated) and all(reaches(actor, grant.territory) for grant in coordinated)


def _coordinations(person: Person) -> list[Grant]:
    return [grant for grant in person.grants if grant.role == Role.COORDINATION]

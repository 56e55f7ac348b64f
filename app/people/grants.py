"""Roles given and taken away, each for a territory and all below it, or everywhere."""

from __future__ import annotations

from app.audit import events
from app.audit.entries import Where
from app.db import db
from app.people import holding_offices
from app.people.invalid import Forbidden, Invalid
from app.people.models import Grant, Person, Role
from app.people.territories import Territory

EVERYWHERE = "partout"
# A commission is one territory's: nobody sits on all of them at once.
NEEDS_A_TERRITORY = frozenset({Role.MEMBER, Role.PRESIDENT})


# What there is for somebody without an account, who only signs.
SIGNING = frozenset({Role.CHAIR, Role.RAPPORTEUR})


def reaches(actor: Person, territory: Territory | None) -> bool:
    """Whether the actor coordinates this territory (None: everywhere)."""
    if territory is not None:
        return actor.holds(Role.COORDINATION, territory.path)
    return actor.active and any(
        grant.role == Role.COORDINATION and grant.territory_id is None for grant in actor.grants
    )


def may_keep(actor: Person, person: Person) -> bool:
    """Whether the actor may change this account: every role it holds lies where the actor coordinates.

    Otherwise a regional coordination could hand itself the account of somebody whose roles reach further than its own.
    """
    return all(reaches(actor, grant.territory) for grant in person.grants)


def give(person: Person, role: str, place: str, actor: Person | None) -> Grant:
    """Give a role, as posted: `role` a value of `Role`, `place` a territory's identifier or `EVERYWHERE`.

    Raises `Invalid`; `Forbidden` where the actor does not coordinate. The caller holds the person's row.
    """
    errors: dict[str, str] = {}
    if role not in set(Role):
        errors["role"] = "Choisissez un rôle."
    territory = (
        db.session.get(Territory, int(place)) if place.isascii() and place.isdecimal() and len(place) < 10 else None
    )
    if territory is None and place != EVERYWHERE:
        errors["place"] = "Choisissez une collectivité, ou « partout »."
    if errors:
        raise Invalid(errors)
    return _give(person, Role(role), territory, actor)


def _give(person: Person, role: Role, territory: Territory | None, actor: Person | None) -> Grant:
    if territory is None and role in NEEDS_A_TERRITORY:
        raise Invalid({"place": f"Le rôle « {role.label} » se donne pour une collectivité, celle de la commission."})
    if not person.has_account and role not in SIGNING:
        raise Invalid({"role": "Sans compte, on ne peut que signer : président de séance ou rapporteur."})
    if actor is not None and not reaches(actor, territory):
        raise Forbidden
    if why := holding_offices.in_the_way(person, role, territory):
        raise Invalid({"role": why})
    if any(grant.role == role and grant.territory == territory for grant in person.grants):
        where = territory.name if territory else "partout"
        raise Invalid({"role": f"{person.name} a déjà le rôle « {role.label} » ({where})."})
    grant = Grant(role=role, territory=territory)
    person.grants.append(grant)
    db.session.flush()
    events.record("people", "grant_give", actor, _facts(grant), Role.COORDINATION.value if actor else "", _where(grant))
    return grant


def take(grant: Grant, actor: Person) -> None:
    """Take a role away. Raises `Invalid` for one's own last role of coordination, `Forbidden` out of reach."""
    if not reaches(actor, grant.territory):
        raise Forbidden
    person = grant.person
    coordinations = [each for each in person.grants if each.role == Role.COORDINATION]
    if person.id == actor.id and coordinations == [grant]:
        raise Invalid({"": "C’est votre dernier rôle de coordination : une autre coordination peut vous le retirer."})
    facts, where = _facts(grant), _where(grant)
    person.grants.remove(grant)
    db.session.flush()
    events.record("people", "grant_take", actor, facts, Role.COORDINATION.value, where)


def _where(grant: Grant) -> Where:
    return Where(grant.territory.path if grant.territory else "")


def _facts(grant: Grant) -> dict[str, object]:
    return {"person": grant.person_id, "role": grant.role.value, "territory": grant.territory_id}

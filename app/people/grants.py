"""Roles given and taken away, each for a territory and all below it, or everywhere."""

from __future__ import annotations

from app.audit import events
from app.audit.entries import Where
from app.db import db
from app.directory.models import Grant, Person, Role, RoleProposal
from app.directory.territories import Territory
from app.people import holding_offices, keeping, persons, second_words, tidings
from app.people.invalid import Forbidden, Invalid
from app.people.keeping import reaches

EVERYWHERE = "partout"
# A commission is one territory's: nobody sits on all of them at once.
NEEDS_A_TERRITORY = frozenset({Role.MEMBER, Role.PRESIDENT})


# What there is for somebody without an account, who only signs.
SIGNING = frozenset({Role.CHAIR, Role.RAPPORTEUR})


def give(person: Person, role: str, place: str, actor: Person | None) -> Grant | RoleProposal:
    """Give a role, as posted: `role` a value of `Role`, `place` a territory's identifier or `EVERYWHERE`.

    A role everywhere is only proposed where another coordination of the whole country can have its say (`confirm`).
    Raises `Invalid`, for one's own roles too; `Forbidden` for whom the actor does not keep. The caller holds the person's
    row. Sessions and links of the person end.
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
    keeping.check(actor, person, keeping.OWN_ROLES)
    _check(person, Role(role), territory, actor)
    if territory is None and actor is not None:
        if second_words.needed(actor, person):
            return second_words.propose(person, Role(role), actor)
        return _give(person, Role(role), territory, actor, {"alone": True})
    return _give(person, Role(role), territory, actor)


def confirm(proposal: RoleProposal, actor: Person) -> Grant:
    """Give the role that another proposed. Raises `Invalid` where the actor has no say or the role can't be given now."""
    second_words.check(proposal, actor)
    person, role, proposed_by = proposal.person, proposal.role, proposal.proposed_by_id
    keeping.check(actor, person, keeping.OWN_ROLES)
    _check(person, role, None, actor)
    return _give(person, role, None, actor, {"proposed_by": proposed_by})


def _check(person: Person, role: Role, territory: Territory | None, actor: Person | None) -> None:
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


def _give(
    person: Person, role: Role, territory: Territory | None, actor: Person | None, said: dict[str, object] | None = None
) -> Grant:
    keepers = keeping.keepers(person)
    second_words.settle(person, role, territory)
    grant = Grant(role=role, territory=territory)
    person.grants.append(grant)
    db.session.flush()
    persons.end_sessions(person)
    facts = {**_facts(grant), **(said or {})}
    if not all(keeping.may_keep(each, person) for each in keepers):
        # Whoever could draw a link until now may have chosen the password with it.
        person.password = None
        facts["password_ended"] = True
    capacity = Role.COORDINATION.value if actor else ""
    event = events.record("people", "grant_give", actor, facts, capacity, _where(grant))
    ended = "password_ended" in facts
    tidings.tell(
        person, "grant_give", actor, event, role=role.label, place=holding_offices.where(grant), password_ended=ended
    )
    return grant


def take(grant: Grant, actor: Person) -> None:
    """Take a role away; sessions and links of the person end. Raises `Invalid` for one's own, `Forbidden` out of reach."""
    person = grant.person
    keeping.check(actor, person, keeping.OWN_ROLES)
    facts, where = _facts(grant), _where(grant)
    label, place = grant.role.label, holding_offices.where(grant)
    person.grants.remove(grant)
    db.session.flush()
    persons.end_sessions(person)
    event = events.record("people", "grant_take", actor, facts, Role.COORDINATION.value, where)
    tidings.tell(person, "grant_take", actor, event, role=label, place=place)


def _where(grant: Grant) -> Where:
    return Where(grant.territory.path if grant.territory else "")


def _facts(grant: Grant) -> dict[str, object]:
    return {"person": grant.person_id, "role": grant.role.value, "territory": grant.territory_id}

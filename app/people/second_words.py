"""A role everywhere takes a second word: proposed by one coordination of the whole country, confirmed by another."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.audit import events
from app.db import db
from app.directory.models import Person, Role, RoleProposal
from app.directory.territories import Territory
from app.people import keeping
from app.people.invalid import Forbidden, Invalid

OWN_PROPOSAL = "Vous avez proposé ce rôle : la confirmation revient à une autre coordination nationale."
NO_LONGER = (
    "La personne qui a proposé ce rôle n’assure plus la coordination nationale : écartez cette proposition, puis faites "
    "la vôtre."
)
CLOSED = "Ce compte est désactivé : réactivez-le avant de confirmer."


def needed(actor: Person, person: Person) -> bool:
    """Whether there is another national coordination, beside the person concerned, to have its say.

    Asked while the log of persons is held: nobody becomes a coordinator meanwhile.
    """
    events.hold("people")
    return bool(keeping.nationals(actor, person))


def propose(person: Person, role: Role, actor: Person) -> RoleProposal:
    """Note the role, and that it awaits another's word. Raises `Invalid` where it does already."""
    if _waiting(person, role) is not None:
        raise Invalid(
            {"role": f"Le rôle « {role.label} » est déjà proposé pour {person.name} : il attend confirmation."}
        )
    proposal = RoleProposal(person=person, role=role, proposed_by=actor)
    db.session.add(proposal)
    db.session.flush()
    facts = {**_facts(proposal), "proposed_by": actor.id}
    event = events.record("people", "grant_propose", actor, facts, Role.COORDINATION.value)
    proposal.at = event.at
    return proposal


def check(proposal: RoleProposal, actor: Person) -> None:
    """Raises `Invalid` where it is not the actor's to confirm, `Forbidden` without a coordination everywhere."""
    if not keeping.reaches(actor, None):
        raise Forbidden
    if actor.id == proposal.proposed_by_id:
        raise Invalid({"": OWN_PROPOSAL})
    if actor.id == proposal.person_id:
        raise Invalid({"": keeping.OWN_ROLES})
    if not keeping.reaches(proposal.proposed_by, None):
        raise Invalid({"": NO_LONGER})
    if not proposal.person.active:
        raise Invalid({"": CLOSED})


def decline(proposal: RoleProposal, actor: Person) -> None:
    """Set a proposal aside: any national coordination's to do, the proposer's too, for anybody but oneself."""
    if not keeping.reaches(actor, None):
        raise Forbidden
    if actor.id == proposal.person_id:
        raise Invalid({"": keeping.OWN_ROLES})
    facts = _facts(proposal)
    db.session.delete(proposal)
    db.session.flush()
    events.record("people", "grant_decline", actor, facts, Role.COORDINATION.value)


def settle(person: Person, role: Role, territory: Territory | None) -> None:
    """The role is being given: what was proposed of it waits no more."""
    waiting = _waiting(person, role) if territory is None else None
    if waiting is not None:
        db.session.delete(waiting)
        db.session.flush()


def listing(person: Person | None = None) -> Sequence[RoleProposal]:
    """The proposals that wait, the oldest first; of one person where it is given."""
    query = select(RoleProposal).order_by(RoleProposal.id)
    return db.session.scalars(query.where(RoleProposal.person_id == person.id) if person else query).all()


def locked(proposal_id: int) -> RoleProposal | None:
    """The proposal, its row held until the transaction ends."""
    held = select(RoleProposal).where(RoleProposal.id == proposal_id).with_for_update(of=RoleProposal)
    return db.session.scalar(held.execution_options(populate_existing=True))


def _waiting(person: Person, role: Role) -> RoleProposal | None:
    mine = (RoleProposal.person_id == person.id, RoleProposal.role == role)
    return db.session.scalar(select(RoleProposal).where(*mine))


def _facts(proposal: RoleProposal) -> dict[str, object]:
    return {"person": proposal.person_id, "role": proposal.role.value, "territory": None}

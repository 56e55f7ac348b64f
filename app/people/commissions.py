"""Which commission reads the reports of a territory, who sits on it and how many must vote."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import lazyload

from app.audit import events
from app.content.canonical import canonical, digest
from app.db import db
from app.people import grants
from app.people.invalid import Forbidden, Invalid, Overtaken, one_line
from app.people.models import Commission, Grant, Person, Role
from app.people.territories import Territory

LONGEST_NAME = 200
LARGEST_QUORUM = 500


def covering(territory: Territory) -> Commission | None:
    """The nearest commission at or above the territory."""
    lineage = [int(step) for step in territory.path.strip("/").split("/")]
    found = db.session.scalars(select(Commission).where(Commission.territory_id.in_(lineage))).all()
    return max(found, key=lambda commission: lineage.index(commission.territory_id), default=None)


def members(commission: Commission) -> Sequence[Person]:
    """The active persons who hold the member or president role for exactly this commission's territory, by surname."""
    return db.session.scalars(
        select(Person)
        .join(Grant, Grant.person_id == Person.id)
        .where(
            Grant.territory_id == commission.territory_id,
            Grant.role.in_((Role.MEMBER, Role.PRESIDENT)),
            Person.active.is_(True),
        )
        .distinct()
        .order_by(Person.surname, Person.first_name)
        .options(lazyload(Person.grants))
    ).all()


def quorum(commission: Commission, member_count: int) -> int:
    """How many members must vote: the commission's own number, else more than half."""
    return commission.quorum if commission.quorum is not None else member_count // 2 + 1


def listing() -> Sequence[Commission]:
    """Every commission with its territory, by the territory's name: one a region, so never a long list."""
    return db.session.scalars(select(Commission).join(Commission.territory).order_by(Territory.name)).all()


def create(place: str, values: Mapping[str, str], actor: Person) -> Commission:
    """Found the commission of the territory whose identifier was posted as `place`. Raises `Invalid`, `Forbidden`."""
    errors, name, needed = _checked(values)
    territory = db.session.get(Territory, int(place), with_for_update=True) if _is_number(place) else None
    if territory is None:
        errors["place"] = "Choisissez une collectivité."
    elif db.session.scalar(select(Commission.id).where(Commission.territory_id == territory.id)):
        errors["place"] = "Cette collectivité a déjà sa commission."
    if errors or territory is None:
        raise Invalid(errors)
    if not grants.reaches(actor, territory):
        raise Forbidden
    commission = Commission(territory=territory, name=name, quorum=needed)
    db.session.add(commission)
    db.session.flush()
    _record(commission, actor, {"name": ["", name], "quorum": [None, needed]})
    return commission


def change(commission: Commission, values: Mapping[str, str], base: str, actor: Person) -> bool:
    """Rename a commission or set its quorum. `base` is the `fingerprint` the form was made from.

    Answers whether anything changed. Raises `Invalid`, `Forbidden`, and `Overtaken` where others saved meanwhile.
    """
    errors, name, needed = _checked(values)
    if errors:
        raise Invalid(errors)
    if not grants.reaches(actor, commission.territory):
        raise Forbidden
    changed: dict[str, list[str | int | None]] = {}
    if commission.name != name:
        changed["name"] = [commission.name, name]
    if commission.quorum != needed:
        changed["quorum"] = [commission.quorum, needed]
    if changed and base != fingerprint(commission):
        raise Overtaken({field: "" if old is None else str(old) for field, (old, _) in changed.items()})
    commission.name, commission.quorum = name, needed
    db.session.flush()
    if changed:
        _record(commission, actor, changed)
    return bool(changed)


def locked(commission_id: int) -> Commission | None:
    """The commission, read afresh, its row held until the transaction ends."""
    held = select(Commission).where(Commission.id == commission_id).with_for_update(of=Commission)
    return db.session.scalar(held.execution_options(populate_existing=True))


def fingerprint(commission: Commission) -> str:
    """What name and quorum are, in 64 digits: a form that carries an older one was made from other values."""
    return digest(canonical([commission.name, commission.quorum]))


def _checked(values: Mapping[str, str]) -> tuple[dict[str, str], str, int | None]:
    errors: dict[str, str] = {}
    name, needed = one_line(values.get("name", "")), one_line(values.get("quorum", ""))
    if not name:
        errors["name"] = "Le nom de la commission manque."
    elif len(name) > LONGEST_NAME:
        errors["name"] = f"Le nom compte {len(name)} caractères, pour {LONGEST_NAME} au plus."
    if needed and not (_is_number(needed) and 1 <= int(needed) <= LARGEST_QUORUM):
        errors["quorum"] = (
            f"Indiquez un nombre entre 1 et {LARGEST_QUORUM}, ou laissez vide : plus de la moitié des membres."
        )
        return errors, name, None
    return errors, name, int(needed) if needed else None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


def _record(commission: Commission, actor: Person, changed: dict[str, list[str | int | None]]) -> None:
    facts = {"commission": commission.id, "territory": commission.territory_id, "changed": changed}
    events.record("people", "commission_save", actor, facts, Role.COORDINATION.value)

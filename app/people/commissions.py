"""Which commission reads the reports of a territory, who sits on it, and the rules by which it votes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import lazyload

from app.audit import events
from app.audit.entries import Where
from app.content.canonical import canonical, digest
from app.db import db
from app.directory.models import Commission, Grant, Person, Role
from app.directory.territories import Territory
from app.people import keeping
from app.people.invalid import Forbidden, Invalid, SavedMeanwhile, one_line
from app.workflow import Majority

LONGEST_NAME = 200
LARGEST_QUORUM = 500
LONGEST_READING = 60
USUAL_READING = 10
"""Working days, where the coordination sets no other number."""


class Rules(NamedTuple):
    """What the coordination sets of a commission; named as the columns are."""

    name: str
    quorum: int | None
    majority: Majority
    casting_vote: bool
    reading_days: int


FIELDS = Rules._fields


def covering(territory: Territory) -> Commission | None:
    """The nearest commission at or above the territory."""
    lineage = [int(step) for step in territory.path.strip("/").split("/")]
    found = db.session.scalars(select(Commission).where(Commission.territory_id.in_(lineage))).all()
    return max(found, key=lambda commission: lineage.index(commission.territory_id), default=None)


def seats(commission: Commission) -> list[tuple[Person, bool]]:
    """Who sits on it, by surname, each with whether they preside.

    The active persons who hold the member or president role for exactly this commission's territory.
    """
    rows = db.session.execute(
        select(Person, Grant.role)
        .join(Grant, Grant.person_id == Person.id)
        .where(
            Grant.territory_id == commission.territory_id,
            Grant.role.in_((Role.MEMBER, Role.PRESIDENT)),
            Person.active.is_(True),
        )
        .order_by(Person.surname, Person.first_name, Person.id)
        .options(lazyload(Person.grants))
    ).all()
    presiding = {person.id for person, role in rows if role == Role.PRESIDENT}
    persons = {person.id: person for person, _ in rows}
    return [(person, person.id in presiding) for person in persons.values()]


def members(commission: Commission) -> Sequence[Person]:
    """Who sits on it, by surname."""
    return [person for person, _ in seats(commission)]


def quorum(commission: Commission, member_count: int) -> int:
    """How many members must vote: the commission's own number, else more than half."""
    return commission.quorum if commission.quorum is not None else member_count // 2 + 1


def listing() -> Sequence[Commission]:
    """Every commission with its territory, by the territory's name: one a region, so never a long list."""
    return db.session.scalars(select(Commission).join(Commission.territory).order_by(Territory.name)).all()


def create(place: str, values: Mapping[str, str], actor: Person) -> Commission:
    """Found the commission of the territory whose identifier was posted as `place`. Raises `Invalid`, `Forbidden`."""
    rules, errors = _checked(values)
    territory = db.session.get(Territory, int(place), with_for_update=True) if _is_number(place) else None
    if territory is None:
        errors["place"] = "Choisissez une collectivité."
    elif db.session.scalar(select(Commission.id).where(Commission.territory_id == territory.id)):
        errors["place"] = "Cette collectivité a déjà sa commission."
    if errors or territory is None:
        raise Invalid(errors)
    if not keeping.reaches(actor, territory):
        raise Forbidden
    commission = Commission(territory=territory, **rules._asdict())
    db.session.add(commission)
    db.session.flush()
    _record(
        commission, actor, {"name": ["", rules.name], **{name: [None, getattr(rules, name)] for name in FIELDS[1:]}}
    )
    return commission


def change(commission: Commission, values: Mapping[str, str], base: str, actor: Person) -> bool:
    """Rename a commission or set the rules by which it votes. `base` is the `fingerprint` the form was made from.

    Answers whether anything changed. Raises `Invalid`, `Forbidden`, and `SavedMeanwhile` where others saved meanwhile.
    """
    rules, errors = _checked(values)
    if errors:
        raise Invalid(errors)
    if not keeping.reaches(actor, commission.territory):
        raise Forbidden
    before = rules_of(commission)
    changed = {
        name: [getattr(before, name), value]
        for name, value in rules._asdict().items()
        if getattr(before, name) != value
    }
    if changed and base != fingerprint(commission):
        raise SavedMeanwhile({name: in_words(name, old) for name, (old, _) in changed.items()})
    for name, value in rules._asdict().items():
        setattr(commission, name, value)
    db.session.flush()
    if changed:
        _record(commission, actor, changed)
    return bool(changed)


def rules_of(commission: Commission) -> Rules:
    return Rules(*(getattr(commission, name) for name in FIELDS))


def in_words(name: str, value: Any) -> str:
    """A rule's value as a person reads it; nothing where none is set."""
    if isinstance(value, Majority):
        return value.label
    if name == "casting_vote":
        return "oui" if value else "non"
    return "" if value is None else str(value)


def locked(commission_id: int) -> Commission | None:
    """The commission, read afresh, its row held until the transaction ends."""
    held = select(Commission).where(Commission.id == commission_id).with_for_update(of=Commission)
    return db.session.scalar(held.execution_options(populate_existing=True))


def fingerprint(commission: Commission) -> str:
    """What name and rules are, in 64 digits: a form that carries an older one was made from other values."""
    return digest(canonical(list(rules_of(commission))))


def _checked(values: Mapping[str, str]) -> tuple[Rules, dict[str, str]]:
    """The rules as posted, the usual one where none is or it is wrong; and what is wrong, by field."""
    errors: dict[str, str] = {}
    name = one_line(values.get("name", ""))
    if not name:
        errors["name"] = "Le nom de la commission manque."
    elif len(name) > LONGEST_NAME:
        errors["name"] = f"Le nom compte {len(name)} caractères, pour {LONGEST_NAME} au plus."
    quorum = _whole(values, "quorum", LARGEST_QUORUM, errors)
    if "quorum" in errors:
        errors["quorum"] += " Ou laissez vide : plus de la moitié des membres."
    reading_days = _whole(values, "reading_days", LONGEST_READING, errors, "un nombre de jours ouvrables")
    majority = values.get("majority", "") or Majority.SIMPLE.value
    if majority not in set(Majority):
        errors["majority"] = "Choisissez la majorité exigée."
        majority = Majority.SIMPLE.value
    casting_vote = bool(values.get("casting_vote"))
    return Rules(name, quorum, Majority(majority), casting_vote, reading_days or USUAL_READING), errors


def _whole(
    values: Mapping[str, str], name: str, largest: int, errors: dict[str, str], what: str = "un nombre"
) -> int | None:
    """The whole number posted under that name, from 1 to `largest`; None for none."""
    text = one_line(values.get(name, ""))
    if not text:
        return None
    if _is_number(text) and 1 <= int(text) <= largest:
        return int(text)
    errors[name] = f"Indiquez {what} entre 1 et {largest}."
    return None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 10


def _record(commission: Commission, actor: Person, changed: dict[str, list[Any]]) -> None:
    facts = {"commission": commission.id, "territory": commission.territory_id, "changed": changed}
    where = Where(commission.territory.path)
    events.record("people", "commission_save", actor, facts, Role.COORDINATION.value, where)

"""The tree of territories as the coordination sees and extends it."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from sqlalchemy import func, select, tuple_

from app.audit import events
from app.audit.entries import Where
from app.db import db
from app.directory.models import Person, Role
from app.directory.territories import Level, Territory
from app.people.invalid import Forbidden, Invalid, one_line
from app.people.keeping import reaches

PAGE = 50
LONGEST = 120
# What may stand below what; None is the country.
BELOW: dict[Level | None, tuple[Level, ...]] = {
    None: (Level.REGION, Level.DISTRICT),
    Level.REGION: (Level.CIRCLE,),
    Level.DISTRICT: (Level.COMMUNE,),
    Level.CIRCLE: (Level.COMMUNE,),
    Level.COMMUNE: (),
}


def levels_below(parent: Territory | None) -> tuple[Level, ...]:
    return BELOW[parent.level if parent else None]


def add(parent: Territory | None, level: str, name: str, actor: Person) -> Territory:
    """Add a territory below `parent` (None: the country). Raises `Invalid`, `Forbidden` out of the actor's reach."""
    if not reaches(actor, parent):
        raise Forbidden
    if parent is not None:  # two people adding the same name below the same territory come one after the other
        db.session.get(Territory, parent.id, with_for_update=True)
    allowed = levels_below(parent)
    name = one_line(name)
    errors: dict[str, str] = {}
    if level not in allowed:
        errors["level"] = "Choisissez le niveau de la collectivité."
    if refusal := _refusal(parent, level, name):
        errors["name"] = refusal
    if errors:
        raise Invalid(errors)
    territory = _store(parent, Level(level), name)
    facts = {"territory": territory.id, "parent": parent.id if parent else None, "level": level, "name": name}
    events.record("people", "territory_add", actor, facts, Role.COORDINATION.value, Where(territory.path))
    return territory


def lineage(territory: Territory) -> list[Territory]:
    """The territories above this one, from the root down, itself last."""
    found = db.session.scalars(select(Territory).where(Territory.id.in_(_steps(territory)))).all()
    return sorted(found, key=lambda each: len(each.path.split("/")))


def below(parent: Territory | None, after: int | None = None) -> tuple[Sequence[tuple[Territory, int]], int | None]:
    """A page of the territories right below `parent` by name, each with how many stand right below it in turn.

    The second value is the identifier after which the next page begins, None on the last.
    """
    child = select(Territory.parent_id, func.count().label("number")).group_by(Territory.parent_id).subquery()
    query = (
        select(Territory, func.coalesce(child.c.number, 0))
        .outerjoin(child, child.c.parent_id == Territory.id)
        .where(Territory.parent_id == parent.id if parent else Territory.parent_id.is_(None))
        .order_by(Territory.name, Territory.id)
        .limit(PAGE + 1)
    )
    last = db.session.get(Territory, after) if after is not None else None
    if last is not None:
        query = query.where(tuple_(Territory.name, Territory.id) > tuple_(last.name, last.id))
    found = [(territory, number) for territory, number in db.session.execute(query)]
    return found[:PAGE], found[PAGE - 1][0].id if len(found) > PAGE else None


def whole() -> list[tuple[Territory, int]]:
    """Every territory with its depth (0 for a region), children after their parent, by name: the choices of a form."""
    children: dict[int | None, list[Territory]] = {}
    for territory in db.session.scalars(select(Territory).order_by(Territory.name, Territory.id)):
        children.setdefault(territory.parent_id, []).append(territory)
    return _unfold(children, None, 0)


def _unfold(children: dict[int | None, list[Territory]], parent: int | None, depth: int) -> list[tuple[Territory, int]]:
    rows: list[tuple[Territory, int]] = []
    for territory in children.get(parent, ()):
        rows.append((territory, depth))
        rows.extend(_unfold(children, territory.id, depth + 1))
    return rows


def _refusal(parent: Territory | None, level: str, name: str) -> str:
    if not name:
        return "Le nom manque."
    if len(name) > LONGEST:
        return f"Le nom compte {len(name)} caractères, pour {LONGEST} au plus."
    # Case is compared here and not in the database: SQLite's lower() leaves accented capitals as they are.
    beside = select(Territory.name, Territory.level).where(
        Territory.parent_id == parent.id if parent else Territory.parent_id.is_(None)
    )
    if any(other.casefold() == name.casefold() and kind == level for other, kind in db.session.execute(beside)):
        return "Une collectivité de ce nom existe déjà ici."
    return ""


def _store(parent: Territory | None, level: Level, name: str) -> Territory:
    """The path ends in the row's own number, which the database gives: it is written in two strokes."""
    passing = f"new-{secrets.token_hex(16)}"
    territory = Territory(parent_id=parent.id if parent else None, level=level, name=name, path=passing)
    db.session.add(territory)
    db.session.flush()
    territory.path = f"{parent.path if parent else '/'}{territory.id}/"
    db.session.flush()
    return territory


def _steps(territory: Territory) -> list[int]:
    return [int(step) for step in territory.path.strip("/").split("/")]

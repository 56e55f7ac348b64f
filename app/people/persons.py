"""Persons: added, corrected, deactivated, found again. Each change leaves one event in the stream "people"."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence

from sqlalchemy import or_, select, tuple_
from sqlalchemy.exc import IntegrityError

from app.content.canonical import canonical, digest
from app.db import db
from app.directory.models import Person
from app.people import keeping, sessions, tidings
from app.people.invalid import Invalid, SavedMeanwhile, one_line
from app.people.keeping import Key

PAGE = 50
# Field of the form: what it is called, letters at most, whether it must be filled.
FIELDS: dict[str, tuple[str, int, bool]] = {
    "civility": ("La civilité", 20, False),
    "first_name": ("Le prénom", 80, True),
    "surname": ("Le nom", 80, True),
    "email": ("L’adresse électronique", 255, False),
    "title": ("La qualité", 200, False),
    "body": ("L’organisme", 200, False),
    "phone": ("Le téléphone", 40, False),
}
WITHOUT_ACCOUNT = "sans_compte"
"""The field of the form for somebody who is to have no account, so no address: who only signs, by code or on paper."""
# What the log need not know even beside it: it says that these changed, not from what to what.
KEPT_OUT_OF_THE_LOG = frozenset({"phone"})
# Deliberately loose: names of an intranet ("gsb.local") are addresses here too.
_EMAIL = re.compile(r"[^@\s<>\"',;:()\[\]\\]+@[^@\s<>\"',;:()\[\]\\.]+(\.[^@\s<>\"',;:()\[\]\\.]+)+")


def normalised(email: str) -> str:
    """An e-mail address as it is stored and looked up: two spellings of one address are one account."""
    return one_line(email).lower()


def by_email(email: str) -> Person | None:
    return db.session.scalar(select(Person).where(Person.email == normalised(email)))


def locked(person_id: int) -> Person | None:
    """The person, read afresh, their row held until the transaction ends."""
    return db.session.get(Person, person_id, with_for_update=True, populate_existing=True)


def add(values: Mapping[str, str], actor: Person | None) -> Person:
    """A new account without a password: its holder chooses one by a link; or a person without account. Raises `Invalid`."""
    fields = _checked(values, account=not values.get(WITHOUT_ACCOUNT))
    person = Person(password=None, active=True, fs_uniquifier=secrets.token_hex(32), grants=[])
    person.entered_by_id = actor.id if actor else None
    _store(person, fields)
    keeping.record("person_add", person, actor, private=_for_the_log(fields))
    return person


def change(person: Person, values: Mapping[str, str], base: str, actor: Person) -> bool:
    """Correct a person's particulars. `base` is the `fingerprint` the form was made from.

    Answers whether anything changed. Raises `Invalid`, for one's own address too, `Forbidden` for whom the actor does not
    keep, and `SavedMeanwhile` where others saved the same fields meanwhile. With the address, sessions and links end.
    """
    if actor.id != person.id:
        keeping.check(actor, person, "")
    fields = _checked(values, account=person.has_account)
    before = particulars(person)
    changed = {name: [before[name], value] for name, value in fields.items() if before[name] != value}
    if not changed:
        return False
    if base != fingerprint(person):
        raise SavedMeanwhile({name: old for name, (old, _) in changed.items()})
    facts = _address_changes(person, actor) if "email" in changed else {}
    _store(person, fields)
    said = {"changed": {name: [] if name in KEPT_OUT_OF_THE_LOG else pair for name, pair in changed.items()}}
    event = keeping.record("person_change", person, actor, facts, said)
    if "email" in changed:
        old, new = changed["email"]
        tidings.tell(person, "address", actor, event, at=(old, new), old=old, new=new)
    return True


def _address_changes(person: Person, actor: Person) -> dict[str, object]:
    """What the event says of a change of address: it is a key of the account."""
    if actor.id == person.id:
        raise Invalid({"email": keeping.OWN_ADDRESS})
    end_sessions(person)
    return keeping.turn(Key.ADDRESS, person, actor, "email")


def deactivate(person: Person, actor: Person | None) -> None:
    """Close an account, with its sessions. Raises `Invalid` for one's own, `Forbidden` for whom the actor does not keep."""
    keeping.check(actor, person, keeping.OWN_ACCOUNT)
    if person.active:
        person.active = False
        end_sessions(person)
        event = keeping.record("person_deactivate", person, actor)
        tidings.tell(person, "person_deactivate", actor, event)


def activate(person: Person, actor: Person | None) -> None:
    """Open an account again, with its roles and its password."""
    keeping.check(actor, person, keeping.OWN_ACCOUNT)
    if not person.active:
        person.active = True
        event = keeping.record("person_activate", person, actor)
        tidings.tell(person, "person_activate", actor, event)


def end_sessions(person: Person) -> None:
    """Every open session of the person, and every link to choose a password, is worth nothing from now on."""
    sessions.forget(person.id)
    person.fs_uniquifier = secrets.token_hex(32)


def listing(search: str = "", after: int | None = None) -> tuple[Sequence[Person], int | None]:
    """A page of persons by surname, and the identifier after which the next page begins (None on the last)."""
    order = (Person.surname, Person.first_name, Person.id)
    query = select(Person).order_by(*order).limit(PAGE + 1)
    for word in one_line(search).split():
        query = query.where(
            or_(*(column.icontains(word, autoescape=True) for column in (*order[:2], Person.email, Person.body)))
        )
    last = db.session.get(Person, after) if after is not None else None
    if last is not None:
        query = query.where(tuple_(*order) > tuple_(last.surname, last.first_name, last.id))
    found = db.session.scalars(query).all()
    return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None


def particulars(person: Person) -> dict[str, str]:
    """The FIELDS of the form as they stand, by name."""
    return {name: getattr(person, name) or "" for name in FIELDS}


def fingerprint(person: Person) -> str:
    """What the particulars are, in 64 digits: a form that carries an older one was made from other values."""
    return digest(canonical(particulars(person)))


def _checked(values: Mapping[str, str], *, account: bool) -> dict[str, str]:
    fields = {name: one_line(values.get(name, "")) for name in FIELDS}
    fields["email"] = normalised(fields["email"])
    errors: dict[str, str] = {}
    for name, (label, longest, required) in FIELDS.items():
        if not fields[name] and (required or (name == "email" and account)):
            errors[name] = f"{label} manque."
        elif len(fields[name]) > longest:
            errors[name] = f"{label} compte {len(fields[name])} caractères, pour {longest} au plus."
    if "email" not in errors and (fields["email"] or account) and not _EMAIL.fullmatch(fields["email"]):
        errors["email"] = "Cette adresse électronique n’est pas complète, par exemple : prenom.nom@exemple.ml."
    if errors:
        raise Invalid(errors)
    return fields


def _store(person: Person, fields: dict[str, str]) -> None:
    """Write the row; the database itself says whether the address is taken, also by a request of the same moment."""
    try:
        with db.session.begin_nested():
            for name, value in fields.items():
                setattr(person, name, (value or None) if name == "email" else value)
            db.session.add(person)
            db.session.flush()
    except IntegrityError:
        raise Invalid({"email": "Une personne est déjà inscrite avec cette adresse électronique."}) from None


def _for_the_log(fields: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value and name not in KEPT_OUT_OF_THE_LOG}

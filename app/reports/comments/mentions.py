"""Whose attention an observation may ask for, and whom its text names with "@"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import lazyload

from app.db import db
from app.directory.models import Grant, Person, Role
from app.people import commissions
from app.reports.models.report import Report
from app.reports.steps import NotReady

# An "@" inside a word is an address, not a name.
_AT = re.compile(r"(?<!\w)@(?=\w)")
_WORD = re.compile(r"\w+(?:[-'’]\w+)*")


def mentionable(report: Report, person: Person) -> Sequence[Person]:
    """Those with a part in the report, `person` apart, by surname: facilitator, rapporteurs, and the commission's members.

    The members are among them from the first reading on: before it the report is not theirs to see. At most two queries.
    """
    territory = report.workshop.territory
    lineage = [int(step) for step in territory.path.strip("/").split("/")]
    mine = Grant.person_id == Person.id
    here = Grant.territory_id.in_(lineage) | Grant.territory_id.is_(None)
    concerned = [
        Person.id.in_([each for each in (report.workshop.facilitator_id, report.workshop.rapporteur_id) if each]),
        exists().where(mine, Grant.role == Role.RAPPORTEUR, here),
    ]
    commission = commissions.covering(territory) if report.reading else None
    if commission is not None:
        seated = Grant.territory_id == commission.territory_id
        concerned.append(exists().where(mine, Grant.role.in_((Role.MEMBER, Role.PRESIDENT)), seated))
    return db.session.scalars(
        select(Person)
        .where(Person.active.is_(True), Person.id != person.id, or_(*concerned))
        .order_by(Person.surname, Person.first_name, Person.id)
        .options(lazyload(Person.grants))
    ).all()


def named(text: str, people: Sequence[Person]) -> Person | None:
    """The first of these people whom the text names: "@Issa KONE", "@Kone" or "@Issa", whatever the case and accents.

    Raises `steps.NotReady` where a name is that of several.
    """
    for said in _names(text):
        for length in range(len(said), 0, -1):
            found = [each for each in people if " ".join(said[:length]) in _calls(each)]
            if len(found) == 1:
                return found[0]
            if found:
                who = " ou ".join(each.name for each in found)
                raise NotReady(
                    f"Qui nommez-vous\u00a0: {who}\u202f? Écrivez le prénom et le nom, ou choisissez dans la liste."
                )
    return None


def _names(text: str) -> Iterator[list[str]]:
    """For each "@", the words behind it that may be a name."""
    for at in _AT.finditer(text):
        line = re.split(r"[^\w\s'’-]|\n", text[at.end() : at.end() + 200], maxsplit=1)[0]
        yield [_folded(word) for word in _WORD.findall(line)[:6]]


def _calls(person: Person) -> set[str]:
    first, last = _folded(" ".join(_WORD.findall(person.first_name))), _folded(" ".join(_WORD.findall(person.surname)))
    return {f"{first} {last}", f"{last} {first}", first, last}


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign)).casefold().replace("’", "'")

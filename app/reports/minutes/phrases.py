"""What the sentences of the minutes are made of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime

from sqlalchemy import select

from app.db import db
from app.directory.models import Person
from app.documents.tree import Span, Spans
from app.workshops import wording

LONGEST = 400
"""Letters of what somebody wrote that are quoted; the rest is in the application."""


def day(on: date) -> str:
    """ "22 février 2018", not to be broken over two lines."""
    return wording.day(on).replace(" ", "\u00a0")


def moment(at: datetime) -> str:
    """ "22 février 2018 à 14 h 05", in Mali's time, which is UTC."""
    at = at.astimezone(UTC)
    return f"{day(at.date())} à\u00a0{at:%H}\u00a0h\u00a0{at:%M}"


def stamp(at: datetime) -> str:
    """The same for a narrow column, on two lines: "22/02/2018", "14 h 05"."""
    at = at.astimezone(UTC)
    return f"{at:%d/%m/%Y}\n{at:%H}\u00a0h\u00a0{at:%M}"


def quoted(text: str) -> str:
    """What somebody wrote, on one line and not too long, in quotes."""
    text = " ".join(text.split())
    return f"« {text if len(text) <= LONGEST else text[: LONGEST - 1] + '…'} »"


def line(label: str, text: str) -> Spans:
    return Span(f"{label} : ", bold=True), Span(text)


def sentence(text: str) -> Spans:
    return (Span(text),)


def names(ids: Iterable[int | None]) -> dict[int | None, str]:
    """The names of these persons, by identifier: one query."""
    known = {each for each in ids if each is not None}
    found = db.session.execute(select(Person.id, Person.first_name, Person.surname).where(Person.id.in_(known)))
    return {None: "le système", **{row.id: f"{row.first_name} {row.surname}" for row in found}}

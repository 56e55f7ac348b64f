"""The amendments of a report as its pages read them: plain rows, and the same ones as before where nothing has changed."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from sqlalchemy import select

from app.db import db
from app.directory.models import Person
from app.reports.models.report import UNDECIDED, Amendment, AmendmentState, Opinion, Report


class Author(NamedTuple):
    """Who proposes, named as `app.people.models.Person` is."""

    id: int
    first_name: str
    surname: str

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.surname}"

    @property
    def initials(self) -> str:
        return (self.first_name[:1] + self.surname[:1]).upper()


class AmendmentRow(NamedTuple):
    """An amendment with its author; its fields are those of `models.report.Amendment`."""

    number: int
    part_key: str
    deposit: int
    change_json: str
    formal: bool
    comment: int | None
    reason: str
    author_id: int
    at: datetime
    state: AmendmentState
    opinion: Opinion | None
    opinion_text: str
    decision_reason: str
    author: Author

    @property
    def undecided(self) -> bool:
        return self.state in UNDECIDED


_COLUMNS = tuple(getattr(Amendment, name) for name in AmendmentRow._fields if name != "author")


def proposals_of(report: Report) -> tuple[AmendmentRow, ...]:
    """The report's amendments, those to be decided first, then by number: one query."""
    if not report.amendment_count:
        return ()
    rows = db.session.execute(
        select(Person.id, Person.first_name, Person.surname, *_COLUMNS)
        .join(Person, Person.id == Amendment.author_id)
        .where(Amendment.report_id == report.id)
        .order_by(Amendment.number)
    )
    found = [AmendmentRow._make((*row[3:], Author._make(row[:3]))) for row in rows]
    return _known(tuple(sorted(found, key=lambda proposal: not proposal.undecided)))


@lru_cache(maxsize=64)
def _known(proposals: tuple[AmendmentRow, ...]) -> tuple[AmendmentRow, ...]:
    """Those read before that are equal: what has been made of them is then found without comparing their texts."""
    return proposals

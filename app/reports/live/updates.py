"""News for a report's open page: what others have done since it was opened, and who is at work on which part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, select

from app import template
from app.audit.models import ChainHead
from app.db import db
from app.directory.models import Person
from app.reports.history import timeline as history
from app.reports.history.timeline import HistoryLine
from app.reports.live.presence import AtWork, Presence, alive, mark
from app.reports.models.report import Report
from app.workflow import Stage

TEXT = frozenset({"draft", "edit", "adopt"})
SHOWN_LIVE = frozenset({"mark_read", "vote", "name_proxy", "end_proxy"})
"""What the page brings up to date by itself: no need to load it anew."""


@dataclass(frozen=True, slots=True)
class Now:
    """How far the report's log goes, and everybody else at work on it."""

    seq: int
    marks: Sequence[AtWork]

    def on(self, key: str) -> list[AtWork]:
        return [each for each in self.marks if each.part == key]

    @property
    def tokens(self) -> str:
        """The marks as an address tells them: "conclusion.3,method.5"."""
        return ",".join(sorted(each.token for each in self.marks))

    def parts_since(self, tokens: str) -> list[str]:
        """The parts on which somebody has come or gone since the page was told these tokens."""
        changed = {each.token for each in self.marks} ^ {token for token in tokens.split(",") if token}
        return sorted({token.partition(".")[0] for token in changed} & set(template.BY_KEY))


def look(report: Report, person: Person) -> Now:
    """In one query, so that asking every half minute costs next to nothing; a published report has no news."""
    if report.stage is Stage.PUBLISHED:
        return Now(0, ())
    rows = db.session.execute(
        select(
            ChainHead.seq,
            Presence.part_key,
            Presence.person_id,
            Person.first_name,
            Person.surname,
            Presence.since,
        )
        .select_from(ChainHead)
        .outerjoin(Presence, and_(Presence.report_id == report.id, *alive(person)))
        .outerjoin(Person, Person.id == Presence.person_id)
        .where(ChainHead.stream == f"report:{report.id}")
        .order_by(Presence.since, Presence.person_id)
    ).all()
    marks = [mark(*row[1:]) for row in rows if row.part_key is not None]
    return Now(rows[0].seq if rows else 0, marks)


@dataclass(frozen=True, slots=True)
class Strip:
    """What others have done since the page was opened, newest first, that it does not show yet."""

    lines: Sequence[HistoryLine]

    @property
    def text(self) -> bool:
        """Whether words of the report have changed."""
        return any(line.act in TEXT for line in self.lines)

    @property
    def moved(self) -> bool:
        return any(line.facts["from"] != line.facts["to"] for line in self.lines)


def strip_since(report: Report, seq: int, person: Person) -> Strip:
    """What a page that was opened at event `seq` does not show of other people's acts."""
    lines = history.since(report, seq, person)
    return Strip([line for line in lines if line.act not in SHOWN_LIVE or _gives_a_vote(line, person)])


def _gives_a_vote(line: HistoryLine, person: Person) -> bool:
    """Whether it gives the person another's proxy or takes it away: the form to vote by it is to come, or to go."""
    return person.id in (line.facts.get("holder"), line.facts.get("instead_of"), line.facts.get("proxy_ended"))

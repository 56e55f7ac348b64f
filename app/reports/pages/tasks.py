"""What waits for a person: each kind of task with the one step that does it, one query a kind, the most urgent first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, null, or_, true

from app.db import db
from app.directory.models import Person, Role
from app.directory.territories import Territory
from app.reports.access.visibility import visible
from app.reports.models.report import Amendment, Report
from app.reports.pages import waiting
from app.reports.pages.lists import PAGE, ReportLine, line, lines
from app.workflow import Stage, plural

Condition = ColumnElement[bool]
COMMISSION = (Role.MEMBER, Role.PRESIDENT)


@dataclass(frozen=True, slots=True)
class Task:
    """A report that waits for this person: what for, since when, and the button that does it or leads there."""

    line: ReportLine
    what: str
    button: str
    anchor: str
    """Where on the report's page it is done; "sign" stands for the page where one signs."""
    since: datetime

    @property
    def urgency(self) -> tuple[bool, date, datetime]:
        """What is overdue first, as its deadline is past; then by deadline; then what has none; the oldest first."""
        deadline = self.line.deadline if self.line.stage is Stage.READING else None
        return deadline is None, deadline or date.max, self.since


@dataclass(frozen=True, slots=True)
class TaskKind:
    """One kind of task.

    `what` is the sentence, in which "{}" stands for `many` things in words ("2 amendements"); `anchor` the place on the
    page, in which "{}" stands for the number `first`. `many` and `first` are columns; `waiting` says for which reports.
    """

    roles: tuple[Role, ...]
    what: str
    button: str
    anchor: str
    waiting: Callable[[Person], Condition]
    many: Callable[[Person], ColumnElement[Any]] | None = None
    first: Callable[[Person], ColumnElement[Any]] | None = None
    thing: tuple[str, str] = ("", "")


def tasks_of(person: Person) -> list[Task]:
    """What waits for this person, the most urgent first: one query a kind of task, at most PAGE of each."""
    found = [task for kind, where in _asked(person) for task in _of_kind(kind, where, person)]
    return sorted(found, key=lambda task: task.urgency)


def _asked(person: Person) -> Iterator[tuple[TaskKind, tuple[Condition, Condition]]]:
    """The kinds of tasks that this person can have at all, each with its condition."""
    for kind in _KINDS if person.active else ():
        scope = _scope(person, kind.roles)
        if scope is not None:
            yield kind, (scope, kind.waiting(person))


def _scope(person: Person, roles: tuple[Role, ...]) -> Condition | None:
    """The reports over which the person holds one of the roles; None where there are none. No roles: what they see."""
    if not roles:
        return visible(person)
    grants = [grant for grant in person.grants if grant.role in roles]
    if any(grant.territory is None for grant in grants):
        return true()
    paths = [grant.territory.path for grant in grants if grant.territory]
    return or_(*(Territory.path.startswith(path) for path in paths)) if paths else None


def _of_kind(kind: TaskKind, where: tuple[Condition, Condition], person: Person) -> Iterator[Task]:
    many = kind.many(person) if kind.many else null()
    first = kind.first(person) if kind.first else null()
    query = lines().add_columns(many.label("many"), first.label("first")).where(*where)
    for row in db.session.execute(query.order_by(Report.stage_since, Report.id).limit(PAGE)):
        found = line(row)
        what = kind.what.format(plural(row.many, *kind.thing)) if kind.many else kind.what
        yield Task(found, what, kind.button, kind.anchor.format(row.first), found.holder.since)


def _number_of(where: Callable[[Person], tuple[Condition, ...]]) -> Callable[[Person], ColumnElement[Any]]:
    return lambda person: (
        waiting.amendments(*where(person)).with_only_columns(func.count(Amendment.id)).scalar_subquery()
    )


def _first_of(where: Callable[[Person], tuple[Condition, ...]]) -> Callable[[Person], ColumnElement[Any]]:
    return lambda person: (
        waiting.amendments(*where(person)).with_only_columns(func.min(Amendment.number)).scalar_subquery()
    )


def _on_amendments(
    roles: tuple[Role, ...],
    what: str,
    button: str,
    where: Callable[[Person], tuple[Condition, ...]],
    thing: tuple[str, str] = ("amendement", "amendements"),
) -> TaskKind:
    """A task about amendments: it names how many they are and leads to the first."""
    return TaskKind(
        roles,
        what,
        button,
        "amendment-{}",
        lambda person: waiting.reading_with(*where(person)),
        _number_of(where),
        _first_of(where),
        thing,
    )


PRESIDENT, RAPPORTEUR = (Role.PRESIDENT,), (Role.RAPPORTEUR,)
_KINDS: tuple[TaskKind, ...] = (
    TaskKind((Role.FACILITATOR,), "Rédiger le rapport et le soumettre", "Rédiger", "main", waiting.at(Stage.DRAFTING)),
    TaskKind(RAPPORTEUR, "Éditer le rapport et le transmettre", "Éditer", "main", waiting.at(Stage.EDITING)),
    _on_amendments(RAPPORTEUR, "Donner un avis sur {}", "Donner mon avis", waiting.without_opinion),
    TaskKind(COMMISSION, "Lire le rapport et voter", "Lire et voter", "commission", waiting.votes),
    TaskKind(COMMISSION, "Confirmer votre vote : le texte a changé depuis", "Confirmer", "act-confirm", waiting.fallen),
    TaskKind(
        COMMISSION, "Voter au nom d’un autre membre : {}", "Voter", "ballot-vote-for", waiting.held_proxies,
        waiting.proxy_count, thing=("procuration", "procurations"),
    ),
    _on_amendments(
        COMMISSION, "Revoir {} : le texte a changé au même endroit", "Revoir", waiting.to_review,
        ("de vos amendements", "de vos amendements"),
    ),
    _on_amendments(PRESIDENT, "Décider {}", "Décider", waiting.to_decide),
    _on_amendments(PRESIDENT, "Décider {}", "Décider", waiting.put_off, ("amendement réservé", "amendements réservés")),
    TaskKind(PRESIDENT, "La date limite de lecture est passée : prolonger, ou clore", "Choisir", "clock", waiting.overdue),
    TaskKind(PRESIDENT, "Clore la lecture", "Clore", "act-validate", waiting.closings),
    TaskKind(
        (), "Répondre à {} où l’on vous nomme", "Répondre", "observation-{}", waiting.mentions,
        waiting.mention_count, waiting.first_mention, ("observation", "observations"),
    ),
    TaskKind((Role.RAPPORTEUR, Role.CHAIR), "Signer le rapport", "Signer", "sign", waiting.signatures),
    TaskKind(
        (Role.COORDINATION, Role.FACILITATOR), "Attester un exemplaire signé sur papier", "Attester", "papers",
        waiting.papers,
    ),
    TaskKind((Role.COORDINATION,), "Publier le rapport", "Publier", "act-publish", waiting.at(Stage.SIGNED)),
)  # fmt: skip

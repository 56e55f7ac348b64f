"""Finding events in the journal's files by one drawer's index, and looking on the way at what else is asked.

At most `EXAMINED` events of a drawer are looked at for one page: it costs the same however rare what is asked for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import aliased

from app.audit.entries import JournalEntry, JournalWord
from app.db import db
from app.directory.models import Person, Role
from app.directory.territories import Territory

EXAMINED = 4_000
AUDITORS = (Role.SUPERVISOR, Role.COORDINATION)
"""The roles that read the journal, each for its territories."""
FREQUENT = frozenset({"draft", "edit"})
"""The acts that most events tell of."""
HIGHEST = 2**63 - 1

Entry = JournalEntry
Conditions = Mapping[str, int | str | None]
"""What columns of the files must hold."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What is looked for; None or empty is not asked. Days are whole, in UTC; an event must have all the `words`."""

    person: int | None = None
    act: str = ""
    report: int | None = None
    part: str = ""
    place: Territory | None = None
    campaign: int | None = None
    since: date | None = None
    until: date | None = None
    words: tuple[str, ...] = ()


def scope(person: Person) -> list[Territory] | None:
    """The territories whose events this person may read, none below another; None for everything."""
    grants = [grant for grant in person.grants if person.active and grant.role in AUDITORS]
    if any(grant.territory is None for grant in grants):
        return None
    places = {grant.territory.id: grant.territory for grant in grants if grant.territory is not None}.values()
    return [each for each in places if not any(other is not each and other.covers(each.path) for other in places)]


def drawers(person: Person, asked: Filters) -> list[Conditions]:
    """The places to look in, as conditions: one where one place or everything is asked for, else one for each."""
    within = scope(person)
    if asked.place is not None:
        if within is None or any(each.covers(asked.place.path) for each in within):
            within = [asked.place]
        else:
            within = [each for each in within if asked.place.covers(each.path)]
    return [{}] if within is None else [_below(each) for each in within]


def _below(territory: Territory) -> Conditions:
    return {f"place_{territory.path.strip('/').count('/') + 1}": territory.id}


def keys(places: Sequence[Conditions], asked: Filters, before: int, size: int) -> tuple[list[int], int]:
    """The keys of a page, newest first, and the key down to which was looked where that did not fill it (else 0)."""
    bounds = _bounds(asked, before)
    if bounds is None:
        return [], 0
    wanted = {name: value for name, value in _asked(asked).items() if value}
    found = [_search({**drawer, **wanted}, asked, bounds, size) for drawer in places]
    end = max((floor for ids, floor in found if len(ids) <= size), default=0)
    return sorted((each for ids, _ in found for each in ids if each > end), reverse=True)[: size + 1], end


def _asked(asked: Filters) -> Conditions:
    return {
        "actor_id": asked.person,
        "act": asked.act,
        "report_id": asked.report,
        "part_key": asked.part,
        "campaign_id": asked.campaign,
    }


def _bounds(asked: Filters, before: int) -> tuple[int, int] | None:
    """Between which keys to look, both excluded; None where no event is of those days."""
    low, high = 0, before or HIGHEST
    if asked.since is not None:
        later = select(Entry.event_id).where(Entry.day >= asked.since.toordinal())
        first = db.session.scalar(later.order_by(Entry.day, Entry.event_id).limit(1))
        if first is None:
            return None
        low = first - 1
    if asked.until is not None:
        earlier = select(Entry.event_id).where(Entry.day <= asked.until.toordinal())
        last = db.session.scalar(earlier.order_by(Entry.day.desc(), Entry.event_id.desc()).limit(1))
        if last is None:
            return None
        high = min(high, last + 1)
    return low, high


def _search(wanted: Conditions, asked: Filters, bounds: tuple[int, int], size: int) -> tuple[list[int], int]:
    """The first keys of one drawer that answer, newest first; and the key where looking stopped, 0 at the drawer's end."""
    low, high = bounds
    lead = "word" if asked.words else next((name for name in _order(asked.act) if wanted.get(name)), "")
    key: Any = Entry.event_id
    query = select(Entry.event_id)
    if asked.words:
        first = aliased(JournalWord)
        key = first.event_id
        query = select(first.event_id).join(Entry, Entry.event_id == first.event_id).where(first.word == asked.words[0])
    elif lead:
        query = query.where(getattr(Entry, lead) == wanted[lead])
    rest = [_looked_at(name, value) for name, value in wanted.items() if name != lead]
    rest += [exists().where(JournalWord.word == word, JournalWord.event_id == key) for word in asked.words[1:]]
    floor = 0
    if rest:
        reach = query if lead != "word" else select(key).where(first.word == asked.words[0])
        beyond = reach.where(key > low, key < high).order_by(key.desc()).offset(EXAMINED).limit(1)
        floor = db.session.scalar(beyond) or 0
    query = query.where(key > max(low, floor), key < high, *rest, *_days(asked))
    return list(db.session.scalars(query.order_by(key.desc()).limit(size + 1))), floor


def _order(act: str) -> tuple[str, ...]:
    """The drawers from the least to the most filled: the first that is asked for is searched."""
    rare = () if act in FREQUENT else ("act",)
    return ("report_id", "actor_id", "place_3", *rare, "part_key", "campaign_id", "place_2", "place_1", "act")


def _looked_at(name: str, value: int | str | None) -> ColumnElement[bool]:
    """A condition that no index answers, so that no other drawer than the chosen one is opened."""
    column = getattr(Entry, name)
    condition: ColumnElement[bool] = func.coalesce(column, "" if isinstance(value, str) else 0) == value
    return condition


def _days(asked: Filters) -> list[ColumnElement[bool]]:
    """Two events at midnight may have been filed in the other order: the day itself is looked at too."""
    day = func.coalesce(Entry.day, 0)
    since = [day >= asked.since.toordinal()] if asked.since else []
    return since + ([day <= asked.until.toordinal()] if asked.until else [])

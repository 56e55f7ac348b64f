"""The journal's files against the log: every event filed once, where its sealed body says, and nothing else filed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import select

from app.audit.entries import JournalEntry, JournalWord, Where, entry, words_of
from app.audit.models import AuditEvent
from app.audit.verification import Finding, Source
from app.directory.territories import Territory
from app.reports.models.report import Report
from app.workshops.models import Workshop

BATCH = 5_000
"""Events compared at a time."""


def verify_files(source: Source, tally: Counter[str] | None = None) -> list[Finding]:
    """Compare; an empty list is a sound one. The one kind is "journal"; `tally` counts "filed". Reads only."""
    tally = Counter() if tally is None else tally
    places = _places(source)
    findings: list[Finding] = []
    last = 0
    while found := _batch(source, last):
        tally["filed"] += len(found)
        high = found[-1].id
        findings += _verify(source, found, places, last, high)
        last = high
    beyond = select(JournalEntry.event_id).where(JournalEntry.event_id > last)
    findings += [_alone(number) for number in source.execute(beyond).scalars()]
    return findings


@dataclass(frozen=True, slots=True)
class _Places:
    """Workshop by report, (territory, campaign) by workshop, path by territory."""

    reports: Mapping[int, int]
    workshops: Mapping[int, tuple[int, int]]
    paths: Mapping[int, str]

    def where(self, facts: Mapping[str, Any]) -> Where:
        workshop = self.reports.get(facts.get("report") or 0, facts.get("workshop") or 0)
        if workshop in self.workshops:
            territory, campaign = self.workshops[workshop]
            return Where(self.paths.get(territory, ""), campaign)
        return Where(self.paths.get(facts.get("territory") or 0, ""), facts.get("campaign"))


def _places(source: Source) -> _Places:
    reports = source.execute(select(Report.id, Report.workshop_id))
    workshops = source.execute(select(Workshop.id, Workshop.territory_id, Workshop.campaign_id))
    paths = source.execute(select(Territory.id, Territory.path))
    return _Places(
        {row[0]: row[1] for row in reports},
        {row[0]: (row[1], row[2]) for row in workshops},
        {row[0]: row[1] for row in paths},
    )


def _batch(source: Source, last: int) -> Sequence[Any]:
    query = select(AuditEvent.id, AuditEvent.stream, AuditEvent.seq, AuditEvent.body).where(AuditEvent.id > last)
    return source.execute(query.order_by(AuditEvent.id).limit(BATCH)).all()


def _verify(source: Source, found: Iterable[Any], places: _Places, low: int, high: int) -> Iterator[Finding]:
    table = JournalEntry.__table__
    rows = source.execute(select(table).where(table.c.event_id > low, table.c.event_id <= high)).mappings()
    filed = {row["event_id"]: dict(row) for row in rows}
    words: dict[int, set[str]] = defaultdict(set)
    said = select(JournalWord.event_id, JournalWord.word).where(
        JournalWord.event_id > low, JournalWord.event_id <= high
    )
    for number, word in source.execute(said):
        words[number].add(word)
    for event in found:
        expected = _expected(event, places)
        if expected is None:  # the sealed body cannot be read, which the chain's own check says
            filed.pop(event.id, None)
            continue
        row, its_words = expected
        if filed.pop(event.id, None) != row or words.pop(event.id, set()) != its_words:
            sentence = f"L’événement {event.seq} de « {event.stream} » n’est pas classé au journal comme il est scellé."
            yield Finding("journal", event.stream, event.seq, sentence)
    yield from (_alone(number) for number in filed)


def _expected(event: Any, places: _Places) -> tuple[dict[str, Any], set[str]] | None:
    try:
        told = orjson.loads(event.body)
        at = datetime.fromisoformat(told["at"]).astimezone(UTC)
        facts = dict(told["facts"])
        row = entry(event.id, at, told["actor"], told["act"], facts, places.where(facts))
        return row, set(words_of(event.stream, facts))
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _alone(number: int) -> Finding:
    return Finding("journal", "", 0, f"Le journal classe un événement de clé {number} qui n’existe pas.")

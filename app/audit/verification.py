"""Checking the log: every event recomputed, every link followed, every stream's end compared with its head."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

import orjson
from sqlalchemy import Connection, String, select, type_coerce
from sqlalchemy.orm import Session, scoped_session

from app.audit.events import GENESIS, link
from app.audit.models import AuditEvent, ChainHead, EventPrivate
from app.audit.private import ACT, SEALED, STREAM, named, seal
from app.content.canonical import canonical

BATCH = 2_000
"""Events held in memory at a time."""

Source = Connection | Session | scoped_session[Any]
Heads = dict[str, tuple[int, str]]
"""For each stream the number and the hash of its last event."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that does not hold.

    `kind` is a word for programs, `sentence` the French one for people; `seq` is 0 where no single event is at fault.
    """

    kind: str
    stream: str
    seq: int
    sentence: str


@dataclass
class EventData:
    """What stands beside the events, met on the way: events whose data are gone or there, and those declared erased.

    Each event as (id, stream, seq). Only at the end is it known whether an absence was declared.
    """

    gone: set[tuple[int, str, int]] = field(default_factory=set)
    there: set[tuple[int, str, int]] = field(default_factory=set)
    erased: set[tuple[int, str, int]] = field(default_factory=set)

    def look(self, event: Any, told: Any) -> Iterator[Finding]:
        """Note one event of a sound body, and say where what stands beside it is not what it sealed."""
        facts, place = told["facts"], (event.id, event.stream, event.seq)
        if (event.stream, event.act) == (STREAM, ACT):
            try:
                self.erased |= named(facts)
            except (KeyError, TypeError):
                yield _said("private", event, "ne dit pas lisiblement ce qu’il déclare effacé")
        if event.payload is None:
            self.gone |= {place} if SEALED in facts else set()
            return
        self.there.add(place)
        if not _sealed(event, facts.get(SEALED)):
            what = "n’a plus, à part, les données qu’il a scellées : elles ont été modifiées"
            yield _said("private", event, what if SEALED in facts else "a des données à part qu’il n’a pas scellées")

    def settle(self, tally: Counter[str]) -> Iterator[Finding]:
        """What is gone without a declaration, and what is there though declared erased."""
        tally["erased"] += len(self.gone & self.erased)
        for _, stream, seq in sorted(self.gone - self.erased):
            sentence = (
                f"Les données mises à part de l’événement {seq} de « {stream} » manquent, sans effacement déclaré."
            )
            yield Finding("private", stream, seq, sentence)
        for _, stream, seq in sorted(self.there & self.erased):
            sentence = f"Les données de l’événement {seq} de « {stream} », déclarées effacées, sont là."
            yield Finding("private", stream, seq, sentence)


def _sealed(event: Any, sealed: Any) -> bool:
    try:
        return bool(seal(event.salt, event.payload.encode("utf-8")) == sealed)
    except (ValueError, TypeError, AttributeError):
        return False


def verify_chains(source: Source, tally: Counter[str] | None = None, checkpoint: Heads | None = None) -> list[Finding]:
    """Check every stream of the log; an empty list is a sound one.

    Kinds: "body", "columns", "hash", "link", "gap", "head", "private" (what stands beside an event), and with a
    `checkpoint` (heads noted down earlier and kept elsewhere) "checkpoint". `tally` counts "streams", "events" and
    "erased", what was taken away by a declared erasure. Reads only, `BATCH` events at a time.
    """
    tally = Counter() if tally is None else tally
    heads = read_heads(source)
    noted = dict(checkpoint or {})
    beside = EventData()
    findings: list[Finding] = []
    for stream, events in groupby(_events(source), key=lambda event: event.stream):
        tally["streams"] += 1
        findings += _chain(stream, events, heads.pop(stream, None), noted.pop(stream, None), beside, tally)
    findings += [_vanished(stream, seq) for stream, (seq, _) in heads.items() if seq]
    findings += [_forgotten(stream, seq, 0) for stream, (seq, _) in noted.items()]
    findings += beside.settle(tally)
    findings += _strays(source)
    return findings


def read_heads(source: Source) -> Heads:
    """The heads of all streams as the database has them now: what a checkpoint keeps."""
    rows = source.execute(select(ChainHead.stream, ChainHead.seq, ChainHead.hash).order_by(ChainHead.stream))
    return {row.stream: (row.seq, row.hash) for row in rows}


def _events(source: Source) -> Iterator[Any]:
    columns = (
        AuditEvent.id,
        AuditEvent.stream,
        AuditEvent.seq,
        type_coerce(AuditEvent.at, String).label("at"),  # as it is stored: a spoilt one must not stop the check
        AuditEvent.actor_id,
        AuditEvent.actor_role,
        AuditEvent.act,
        AuditEvent.body,
        AuditEvent.prev,
        AuditEvent.hash,
        EventPrivate.salt,
        EventPrivate.payload,
    )
    query = select(*columns).outerjoin(EventPrivate, EventPrivate.event_id == AuditEvent.id)
    query = query.order_by(AuditEvent.stream, AuditEvent.seq)
    yield from source.execute(query, execution_options={"yield_per": BATCH})


def _chain(
    stream: str,
    events: Iterator[Any],
    head: tuple[int, str] | None,
    noted: tuple[int, str] | None,
    beside: EventData,
    tally: Counter[str],
) -> Iterator[Finding]:
    """Walk one stream from its first event to its head."""
    seq, last = 0, GENESIS
    for event in events:
        tally["events"] += 1
        yield from _event(event, beside)
        if event.seq != seq + 1:
            yield _gap(stream, seq, event.seq)
        elif event.prev != last:
            sentence = f"L’événement {event.seq} de « {stream} » ne suit pas celui qui le précède."
            yield Finding("link", stream, event.seq, sentence)
        seq, last = event.seq, event.hash
        if noted and noted[0] == seq and noted[1] != last:
            sentence = (
                f"L’événement {seq} de « {stream} » n’est plus celui du point de contrôle : le journal a été réécrit."
            )
            yield Finding("checkpoint", stream, seq, sentence)
    if noted and noted[0] > seq:
        yield _forgotten(stream, noted[0], seq)
    if head is None:
        yield Finding("head", stream, seq, f"Le journal « {stream} » n’a plus de repère de fin.")
    elif head != (seq, last):
        sentence = f"Le journal « {stream} » finit à l’événement {seq}, son repère de fin dit {head[0]}."
        if head[0] == seq:
            sentence = f"Le dernier événement ({seq}) de « {stream} » n’est pas celui du repère de fin."
        yield Finding("head", stream, seq, sentence)


def _event(event: Any, beside: EventData) -> Iterator[Finding]:
    """What is wrong with one event taken alone."""
    try:
        body = event.body.encode("utf-8")
        linked = link(event.prev, body) == event.hash
        told = orjson.loads(body)
        sound = canonical(told) == body and isinstance(told["facts"], dict)
    except (ValueError, TypeError, KeyError, AttributeError):
        yield _said("body", event, "a été modifié : il n’est plus lisible")
        return
    if not linked:
        yield _said("hash", event, "a été modifié : son empreinte ne correspond plus à son contenu")
    if not sound:
        yield _said("body", event, "n’est pas écrit dans la forme scellée du journal")
        return
    yield from beside.look(event, told)
    columns = (event.stream, event.seq, event.at, event.actor_id, event.actor_role, event.act)
    body_says = tuple(told.get(name) for name in ("stream", "seq", "at", "actor", "role", "act"))
    if (*columns[:2], _written(event.at), *columns[3:]) != body_says:
        yield _said("columns", event, "ne dit pas la même chose dans ses colonnes et dans son contenu scellé")


def _strays(source: Source) -> Iterator[Finding]:
    """What stands beside events that do not exist."""
    query = select(EventPrivate.event_id).outerjoin(AuditEvent, AuditEvent.id == EventPrivate.event_id)
    for number in source.execute(query.where(AuditEvent.id.is_(None)).order_by(EventPrivate.event_id)).scalars():
        yield Finding("private", "", 0, f"Des données sont à part pour un événement de clé {number} qui n’existe pas.")


def _written(at: datetime | str) -> str:
    """A moment as the body has it; SQLite keeps it as UTC text without saying so."""
    if isinstance(at, datetime):
        return at.astimezone(UTC).isoformat(timespec="microseconds")
    return f"{str(at).replace(' ', 'T')}+00:00"


def _said(kind: str, event: Any, what: str) -> Finding:
    return Finding(kind, event.stream, event.seq, f"L’événement {event.seq} de « {event.stream} » {what}.")


def _gap(stream: str, before: int, found: int) -> Finding:
    first, last = before + 1, found - 1
    if last < first:
        return Finding("gap", stream, found, f"Dans « {stream} », l’événement {found} n’est pas à sa place.")
    missing = f"l’événement {first} manque" if first == last else f"les événements {first} à {last} manquent"
    return Finding("gap", stream, first, f"Dans « {stream} », {missing}.")


def _vanished(stream: str, seq: int) -> Finding:
    return Finding("head", stream, 0, f"Le journal « {stream} » a disparu ; il comptait {_events_of(seq)}.")


def _forgotten(stream: str, noted: int, found: int) -> Finding:
    sentence = f"Le point de contrôle connaît {_events_of(noted)} de « {stream} », le journal n’en a plus que {found}."
    return Finding("checkpoint", stream, found, sentence)


def _events_of(number: int) -> str:
    return f"{number} événement" if number < 2 else f"{number} événements"

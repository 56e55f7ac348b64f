"""The kept versions of campaigns' documents against the log: none missing, none edited, none added."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import select, type_coerce
from sqlalchemy.types import NullType

from app.audit.models import AuditEvent, ChainHead
from app.audit.verification import Finding, Source
from app.content.canonical import digest
from app.workshops.models import Campaign, CampaignText
from app.workshops.texts.keeping import KEPT

STREAM = "campaign:"
BATCH = 200
"""Campaigns held in memory at a time."""
ACTS = {"campaign_create": ("terms", "programme"), "terms_change": ("terms",), "programme_change": ("programme",)}
NAMES = {"terms": "termes de référence", "programme": "programme type"}
Place = tuple[str, int]
"""The kind of document and the number of the version."""


@dataclass(frozen=True, slots=True)
class LoggedText:
    """A version as the log tells it; `seq` is the event's number. `kept` says that its text must be there."""

    seq: int
    hash: str
    author: int | None
    at: datetime
    kept: bool


def verify_texts(source: Source, tally: Counter[str] | None = None) -> list[Finding]:
    """Compare; an empty list is a sound one.

    Kinds: "text" (a version that is not as told, not told, or told and not there) and "event" (an event that cannot have
    been). `tally` counts "texts". Reads only.
    """
    tally = Counter() if tally is None else tally
    found = set(source.execute(select(Campaign.id)).scalars())
    found |= set(source.execute(select(CampaignText.campaign_id).distinct()).scalars())
    streams = source.execute(select(ChainHead.stream).where(ChainHead.stream.startswith(STREAM))).scalars()
    numbers = [stream.removeprefix(STREAM) for stream in streams]
    known = sorted(found.union(int(number) for number in numbers if number.isdecimal()))
    findings: list[Finding] = []
    for start in range(0, len(known), BATCH):
        findings += _verify(source, known[start : start + BATCH], tally)
    return findings


def _verify(source: Source, ids: Sequence[int], tally: Counter[str]) -> Iterator[Finding]:
    findings: list[Finding] = []
    told = _told(source, ids, findings)
    yield from findings
    table = CampaignText.__table__
    columns = [type_coerce(column, NullType()).label(column.name) for column in table.columns]
    query = select(*columns).where(table.c.campaign_id.in_(ids)).order_by(table.c.campaign_id, table.c.id)
    seen: set[tuple[int, Place]] = set()
    for row in source.execute(query):
        tally["texts"] += 1
        place = (row.kind, row.version)
        seen.add((row.campaign_id, place))
        version = told.get(row.campaign_id, {}).get(place)
        what = "a un texte dont aucun événement ne parle" if version is None else _wrong(row, version)
        if what:
            yield _said(row.campaign_id, place, version, what)
    for campaign, versions in told.items():
        for place, version in versions.items():
            after = versions.get((place[0], place[1] + 1))
            # What stood when texts began to be kept was taken over: before a kept version, or as the last of all.
            wanted = version.kept or after is None or after.kept
            if wanted and (campaign, place) not in seen:
                yield _said(campaign, place, version, "n’a plus le texte que le journal dit gardé")


def _wrong(row: Any, told: LoggedText) -> str:
    if not isinstance(row.content_json, str) or {digest(row.content_json.encode("utf-8")), row.hash} != {told.hash}:
        return "n’a pas le texte que le journal a scellé : il a été modifié"
    if row.author_id != told.author or _moment(row.at) != told.at:
        return "n’a pas l’auteur ou la date que dit le journal"
    return ""


def _moment(value: Any) -> datetime | None:
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError):
        return None


def _told(source: Source, ids: Sequence[int], findings: list[Finding]) -> dict[int, dict[Place, LoggedText]]:
    """What the log tells of each campaign's versions, and on the way which of its events cannot have been."""
    query = (
        select(AuditEvent.stream, AuditEvent.seq, AuditEvent.body)
        .where(AuditEvent.stream.in_([f"{STREAM}{number}" for number in ids]), AuditEvent.act.in_(ACTS))
        .order_by(AuditEvent.stream, AuditEvent.seq)
    )
    found: dict[int, dict[Place, LoggedText]] = {}
    for stream, seq, body in source.execute(query):
        campaign = int(stream.removeprefix(STREAM))
        try:
            what = _tell(found.setdefault(campaign, {}), orjson.loads(body))
        except (ValueError, TypeError, KeyError):
            what = "ne dit pas tout ce que son acte demande"
        if what:
            sentence = f"Campagne {campaign}, événement {seq} : il {what}."
            findings.append(Finding("event", stream, seq, sentence))
    return found


def _tell(versions: dict[Place, LoggedText], event: dict[str, Any]) -> str:
    """Take in one event; answers with what it does that cannot be."""
    facts, seq = event["facts"], event["seq"]
    at = datetime.fromisoformat(event["at"]).astimezone(UTC)
    kept = facts.get(KEPT) is True
    if event["act"] == "campaign_create":
        for kind in ACTS["campaign_create"]:
            versions[kind, 1] = LoggedText(seq, facts[kind], event["actor"], at, kept)
        return ""
    (kind,) = ACTS[event["act"]]
    number = facts["version"]
    last = max((other for name, other in versions if name == kind), default=0)
    before, source = versions.get((kind, number - 1)), versions.get((kind, facts.get("restored", 0)))
    versions[kind, number] = LoggedText(seq, facts["hash"], event["actor"], at, kept)
    if number <= last or (before is not None and before.hash != facts["old_hash"]):
        return f"ne suit pas la version {number - 1} ({NAMES[kind]})"
    if "restored" in facts and (source is None or source.hash != facts["hash"]):
        return f"rétablit un texte qui n’était pas celui de la version {facts['restored']} ({NAMES[kind]})"
    return ""


def _said(campaign: int, place: Place, told: LoggedText | None, what: str) -> Finding:
    kind, number = place
    sentence = f"Campagne {campaign}, {NAMES.get(kind, kind)}, version {number} : elle {what}."
    return Finding("text", f"{STREAM}{campaign}", told.seq if told else 0, sentence)

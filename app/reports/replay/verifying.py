"""The reports' rows against their log: every event replayed, every row accounted for, nothing more and nothing less."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain

import orjson
from sqlalchemy import ColumnElement, select, type_coerce
from sqlalchemy.types import NullType

from app.audit import private
from app.audit.models import AuditEvent, ChainHead
from app.audit.verification import Finding, Source
from app.db import Base
from app.reports.models.attachment import Attachment
from app.reports.models.ballot import Ballot, Proxy, ReadMark
from app.reports.models.invitation import Invitation
from app.reports.models.report import Amendment, Comment, Report, ReportPart, Revision, RevisionPrivate
from app.reports.models.signature import Signature
from app.reports.replay import applying_masthead, comparing
from app.reports.replay import comparing_papers as papers
from app.reports.replay.applying import tell
from app.reports.replay.applying_rectification import Crossing
from app.reports.replay.logged import ReportEvent
from app.reports.replay.private_texts import Named, named
from app.reports.replay.state import ReplayedReport
from app.reports.replay.stored_rows import Row, StoredReport

BATCH = 40
"""Reports held in memory at a time, with all their texts."""
STREAM = "report:"


def verify_reports(source: Source, tally: Counter[str] | None = None) -> list[Finding]:
    """Replay the log of every report and compare it with the database; an empty list is a sound one.

    Kinds: "event" (an event that cannot have been), "report", "part", "revision", "amendment", "comment", "ballot",
    "proxy", "read_mark", "signature", "invitation", "attachment", "scan", "substitution" (a row that is not as told, not
    told, or told and not there), "adoption", "merge" (a text that its acts do not make), "rectification" (two logs that
    do not answer each other). `tally` counts "reports", "revisions" and "erased_texts", those whose text was taken away
    by a declared erasure.
    Reads only. The hashes of the events are `app.audit.verification`'s to check.
    """
    tally = Counter() if tally is None else tally
    findings: list[Finding] = []
    crossing = Crossing()
    known = _report_ids(source)
    for start in range(0, len(known), BATCH):
        ids = known[start : start + BATCH]
        stored = _stored(source, ids)
        events = _events(source, ids)
        for report_id in ids:
            tally["reports"] += 1
            tally["revisions"] += len(stored[report_id].revisions)
            findings += _verify(report_id, events[report_id], stored[report_id], tally, crossing)
    return [*findings, *crossing.findings(), *_strays(source)]


def verify_report(source: Source, report_id: int) -> list[Finding]:
    """The same for one report."""
    ids = [report_id]
    return list(_verify(report_id, _events(source, ids)[report_id], _stored(source, ids)[report_id]))


def _verify(
    report_id: int,
    events: Sequence[ReportEvent],
    stored: StoredReport,
    tally: Counter[str] | None = None,
    crossing: Crossing | None = None,
) -> Iterator[Finding]:
    stream = f"{STREAM}{report_id}"
    past = ReplayedReport()
    for event in events:
        tell(past, report_id, event)
    if crossing is not None:
        crossing.note(report_id, past)
    for seq, what in past.doubts:
        yield Finding("event", stream, seq, f"Rapport {report_id}, événement {seq} : il {what}.")
    if tally is not None:
        tally["erased_texts"] += stored.beside.erased(past.versions, stored.revisions)
    told = (comparing.disagreements, applying_masthead.disagreements, papers.disagreements)
    for kind, sentence in chain.from_iterable(each(past, stored) for each in told):
        yield Finding(kind, stream, 0, f"Rapport {report_id}, {sentence}.")


def _report_ids(source: Source) -> list[int]:
    """Every report there is a row of, or a log."""
    ids = set(source.execute(select(Report.id)).scalars())
    streams = source.execute(select(ChainHead.stream).where(ChainHead.stream.startswith(STREAM))).scalars()
    numbers = [stream.removeprefix(STREAM) for stream in streams]
    return sorted(ids.union(int(number) for number in numbers if number.isdecimal()))


def _events(source: Source, ids: Sequence[int]) -> dict[int, list[ReportEvent]]:
    """The events of these reports, as their sealed bodies tell them; what cannot be read is left out."""
    query = (
        select(AuditEvent.stream, AuditEvent.body)
        .where(AuditEvent.stream.in_([f"{STREAM}{report_id}" for report_id in ids]))
        .order_by(AuditEvent.stream, AuditEvent.seq)
    )
    found: dict[int, list[ReportEvent]] = defaultdict(list)
    for stream, body in source.execute(query):
        event = _event(body)
        if event is not None:
            found[int(stream.removeprefix(STREAM))].append(event)
    return found


def _event(body: str) -> ReportEvent | None:
    try:
        told = orjson.loads(body)
        at = datetime.fromisoformat(told["at"]).astimezone(UTC)
        return ReportEvent(told["seq"], at, told["act"], told["actor"], told["role"], dict(told["facts"]))
    except (ValueError, TypeError, KeyError):
        return None


def _stored(source: Source, ids: Sequence[int]) -> dict[int, StoredReport]:
    """All rows of these reports, as the driver gives them: a spoilt value must not stop the check."""
    found = {report_id: StoredReport() for report_id in ids}
    for row in _rows(source, Report, Report.id.in_(ids)):
        found[row.id].report = row
    owner: dict[int, int] = {}
    for row in _rows(source, ReportPart, ReportPart.report_id.in_(ids)):
        owner[row.id] = row.report_id
        found[row.report_id].parts[row.key] = row
    keys = {row.id: row.key for stored in found.values() for row in stored.parts.values()}
    for row in _rows(source, Revision, Revision.part_id.in_(list(keys))):
        found[owner[row.part_id]].revisions[keys[row.part_id], row.number] = row
    owners = {row.id: report_id for report_id, stored in found.items() for row in stored.revisions.values()}
    mine = select(Revision.id).where(Revision.part_id.in_(list(keys)))
    for row in _rows(source, RevisionPrivate, RevisionPrivate.revision_id.in_(mine)):
        found[owners[row.revision_id]].beside.rows[row.revision_id] = row
    for report_id, erased in _declared(source).items():
        if report_id in found:
            found[report_id].beside.declared |= erased
    kinds: tuple[tuple[type[Base], str], ...] = (
        (Amendment, "amendments"),
        (Comment, "comments"),
        (Ballot, "ballots"),
        (Proxy, "proxies"),
        (ReadMark, "read_marks"),
        (Signature, "signatures"),
        (Invitation, "invitations"),
        (Attachment, "attachments"),
        *((model, "papers") for model in papers.KINDS),
    )
    for model, name in kinds:
        for row in _rows(source, model, model.__table__.c.report_id.in_(ids)):
            getattr(found[row.report_id], name).append(row)
    return found


def _declared(source: Source) -> dict[int, set[Named]]:
    """By report, the revisions whose texts the log declares erased; an event that cannot be read declares nothing."""
    found: dict[int, set[Named]] = defaultdict(set)
    declaring = (AuditEvent.stream == private.STREAM, AuditEvent.act == private.ACT)
    for body in source.execute(select(AuditEvent.body).where(*declaring)).scalars():
        try:
            facts = orjson.loads(body)["facts"]
            found[facts.get("report") or 0] |= named(facts)
        except (ValueError, TypeError, KeyError, AttributeError):
            continue
    return found


def _strays(source: Source) -> Iterator[Finding]:
    """Texts that stand beside revisions which do not exist."""
    query = select(RevisionPrivate.revision_id).outerjoin(Revision, Revision.id == RevisionPrivate.revision_id)
    for number in source.execute(query.where(Revision.id.is_(None)).order_by(RevisionPrivate.revision_id)).scalars():
        yield Finding("revision", "", 0, f"Un texte est à part pour une révision de clé {number} qui n’existe pas.")


def _rows(source: Source, model: type[Base], condition: ColumnElement[bool]) -> Iterable[Row]:
    columns = [type_coerce(column, NullType()).label(column.name) for column in model.__table__.columns]
    return source.execute(select(*columns).where(condition))

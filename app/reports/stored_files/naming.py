"""Which files the database names: the columns that say so of themselves, the photographs in texts, the facts of events.

A column that holds the hash of a stored file says in its `info` what the file is (`STORED`), and which column tells, where
it is set, that the file may be gone (`LET_GO`). A test wants it of every column that holds a hash.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Column, literal, select, union_all

from app.audit.models import AuditEvent
from app.audit.verification import BATCH, Source
from app.db import db
from app.documents.store import NAME
from app.reports.models.report import ReportPart, Revision, RevisionPrivate

STORED = "stored"
LET_GO = "let_go"
PHOTOGRAPH = "une photographie"
THUMBNAIL = "la vignette d’une photographie"
FACTS: Mapping[str, Mapping[str, str]] = {
    "validate": {"minutes": "le procès-verbal de la commission"},
    "sign": {
        "signed_hash": "le PDF signé",
        "file_hash": "le PDF qui porte une signature",
        "final_hash": "le PDF mis à la signature",
    },
    "attest": {"signed_hash": "le PDF signé", "final_hash": "le PDF mis à la signature"},
    "publish": {"signed_hash": "le PDF signé", "public": "la version publique"},
    "make_public": {"signed_hash": "le PDF signé", "public": "la version publique"},
    "file_scan": {"file": "un papier signé numérisé", "final_hash": "le PDF mis à la signature"},
    "substitute": {"document": "un document qui permet de signer à la place d’une autre personne"},
    "attach": {"file": "une pièce jointe"},
    "draft": {"file": "un fichier Word repris"},
    "edit": {"file": "un fichier Word repris"},
}
"""The facts of events that name a stored file, by act."""
READ_ONLY = "old"
"""The fact that says of a Word file that it was only read, and never kept."""
_PICTURE = re.compile(r'"file":"([0-9a-f]{64}) ([0-9a-f]{64}) [0-9]+ [0-9]+"')
_REPORT = re.compile(r"report:([1-9][0-9]{0,17})")


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file that is named: what it is, of which report (0: of none), and whether it may be gone."""

    what: str
    report: int = 0
    let_go: bool = False

    @property
    def said(self) -> str:
        return f"{self.what} du rapport {self.report}" if self.report else self.what


def named(source: Source) -> dict[str, NamedFile]:
    """All files that are named, by hash. What is named twice is called as it is first, and may be gone if all say so."""
    found: dict[str, NamedFile] = {}
    for each in (_in_columns(source), _in_texts(source), _in_events(source)):
        for file, name in each:
            before = found.get(file)
            if before is None or (before.let_go and not name.let_go):
                found[file] = name
    return found


def columns() -> list[Column[Any]]:
    """Those that name stored files; what a report shows itself comes first."""
    tables = sorted(db.metadata.tables.values(), key=lambda table: (table.name != "report", table.name))
    return [column for table in tables for column in table.columns if STORED in column.info]


def _in_columns(source: Source) -> Iterator[tuple[str, NamedFile]]:
    for column in columns():
        table = column.table
        report = table.c.id if table.name == "report" else table.c.get("report_id", literal(0))
        number = table.c.get("number", literal(0))
        gone = table.c[column.info[LET_GO]] if LET_GO in column.info else literal(None)
        query = select(column, report, number, gone).where(column != "").order_by(table.c.id)
        for file, report_id, counted, let_go in source.execute(query, execution_options={"yield_per": BATCH}):
            what = str(column.info[STORED]).format(number=counted)
            yield str(file), NamedFile(what, report_id, let_go is not None)


def _in_texts(source: Source) -> Iterator[tuple[str, NamedFile]]:
    texts = union_all(
        select(Revision.part_id, Revision.plain_json.label("text")),
        select(Revision.part_id, RevisionPrivate.content_json.label("text")).join(
            RevisionPrivate, RevisionPrivate.revision_id == Revision.id
        ),
    ).subquery()
    query = (
        select(ReportPart.report_id, texts.c.text)
        .join(texts, texts.c.part_id == ReportPart.id)
        .where(texts.c.text.contains('"file":"', autoescape=True))
    )
    for report, text in source.execute(query, execution_options={"yield_per": BATCH}):
        for picture, thumbnail in _PICTURE.findall(text):
            yield picture, NamedFile(PHOTOGRAPH, report)
            yield thumbnail, NamedFile(THUMBNAIL, report)


def _in_events(source: Source) -> Iterator[tuple[str, NamedFile]]:
    """Of a file that a row said may be gone, what the log says of its coming is not held against that."""
    query = select(AuditEvent.stream, AuditEvent.act, AuditEvent.body).where(AuditEvent.act.in_(sorted(FACTS)))
    for stream, act, body in source.execute(query, execution_options={"yield_per": BATCH}):
        try:
            facts = dict(orjson.loads(body)["facts"])
        except (ValueError, TypeError, KeyError):  # which the chain's own check says
            continue
        report = _REPORT.fullmatch(stream)
        for fact, what in FACTS[act].items():
            file = facts.get(fact)
            if isinstance(file, str) and NAME.fullmatch(file) and READ_ONLY not in facts:
                yield file, NamedFile(what, int(report[1]) if report else 0, let_go=act == "attach")

"""A database to measure on: the demo, then thousands of copies of its reports, each with its own chained log."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, product
from pathlib import Path
from typing import Any

import orjson
from flask_migrate import upgrade
from sqlalchemy import func, insert, select

from app import create_app
from app.audit import log_key
from app.audit.events import GENESIS, link
from app.audit.models import AuditEvent, ChainHead
from app.content.canonical import canonical
from app.db import Base, db
from app.demo import loading
from app.demo.stages import House
from app.directory.models import Grant, Person, Role
from app.directory.territories import Level, Territory
from app.documents import authority
from app.documents.store import Store
from app.reports.models.ballot import Ballot, ReadMark
from app.reports.models.report import Amendment, Report, ReportPart, Revision
from app.reports.models.signature import Signature
from app.reports.signing.acts import Sealer
from app.workflow import Stage
from app.workshops.models import Campaign, Workshop

CIRCLES, COMMUNES, CAMPAIGNS, PERSONS = 8, 27, 25, 1_000
"""Circles in a region, communes in a circle, campaigns and persons beside the demo's: some 2,000 territories more."""
FULL_LIST = 60
"""The first copies all wait for Bamako's rapporteur: a page of a list is full however few reports there are."""
BATCH = 500
Row = dict[str, Any]
# In the order in which rows refer to one another.
KINDS: tuple[type[Base], ...] = (Workshop, Report, ReportPart, Amendment, Revision, Ballot, ReadMark, Signature)
REFERENCES = {"workshop_id": Workshop, "report_id": Report, "part_id": ReportPart, "amendment_id": Amendment}
# The demo's reports: nine copies in ten are of published ones, the tenth is of one under way.
PUBLISHED = (("Kayes", Stage.PUBLISHED), ("Ségou", Stage.PUBLISHED))
UNDER_WAY = (
    ("Koulikoro", Stage.SIGNED),
    ("Sikasso", Stage.VALIDATED),
    ("Ségou", Stage.READING),
    ("Mopti", Stage.READING),
    ("Tombouctou", Stage.DRAFTING),
)
WAITING = ("District de Bamako", Stage.EDITING)


@dataclass(frozen=True, slots=True)
class Model:
    """A report of the demo with all its rows, workshop first, and the bodies of its events in order."""

    place: str
    rows: Sequence[tuple[type[Base], Row]]
    events: Sequence[Row]


class World:
    """The application, and as many copies of the demo's reports as `grow` was last asked for."""

    def __init__(self, folder: Path) -> None:
        self.app = create_app({"TESTING": True}, folder)
        self.copies = 0
        with self.app.app_context():
            upgrade()
            authority.create(folder / "keys", "Groupe de Suivi Budgétaire")
            desk = Sealer(authority.load(folder / "keys"), Store(self.app.config["STORE_URL"]))
            log = log_key.create(folder / "keys", "exemple.ml")
            loading.load("no password opens this", House(desk, log, "http://127.0.0.1:5000"))
            _settle()
            self.campaigns = _plan()
            db.session.commit()
            self.models = _models()
            self.slots = {place: self._slots(place) for place in {place for place, _ in self.models}}
            db.session.remove()

    def grow(self, total: int) -> None:
        """Copy until there are `total` copies; no page of the database is then left in memory."""
        with self.app.app_context():
            next_id = {kind: count(_highest(kind) + 1) for kind in KINDS}
            rows: dict[type[Base], list[Row]] = defaultdict(list)
            while self.copies < total:
                for kind, row in self._copy(self.models[_turn(self.copies)], next_id):
                    rows[kind].append(row)
                self.copies += 1
                if self.copies % BATCH == 0 or self.copies == total:
                    _write(rows)
            db.session.commit()
            db.session.remove()
            db.engine.dispose()

    def _slots(self, place: str) -> Iterator[tuple[int, int]]:
        """Where copies may stand: campaign after campaign, the territories below `place`."""
        root = db.session.scalars(select(Territory).where(Territory.name == place)).one()
        below = select(Territory.id).where(Territory.path.startswith(root.path), Territory.id != root.id)
        return product(self.campaigns, db.session.scalars(below).all())

    def _copy(self, model: Model, next_id: Mapping[type[Base], Iterator[int]]) -> Iterator[tuple[type[Base], Row]]:
        """All rows of one more report, each after those that it refers to, and its log."""
        campaign_id, territory_id = next(self.slots[model.place])
        ids: dict[tuple[type[Base], int], int] = {}
        for kind, row in model.rows:
            new = ids[kind, row["id"]] = next(next_id[kind])
            copied = {name: ids[to, row[name]] for name, to in REFERENCES.items() if row.get(name)}
            if kind is Workshop:
                copied = {"campaign_id": campaign_id, "territory_id": territory_id}
            yield kind, {**row, **copied, "id": new}
        (workshop_id,) = [new for (kind, _), new in ids.items() if kind is Workshop]
        (report_id,) = [new for (kind, _), new in ids.items() if kind is Report]
        yield from _log(model.events, report_id, workshop_id)


def _turn(number: int) -> tuple[str, Stage]:
    """What copy `number` is a copy of."""
    if number < FULL_LIST:
        return WAITING
    if number % 10:
        return PUBLISHED[number % len(PUBLISHED)]
    return UNDER_WAY[number // 10 % len(UNDER_WAY)]


def _settle() -> None:
    """The territories below the demo's, and readers from all over the country."""
    roots = db.session.scalars(select(Territory)).all()
    circles = [
        _below(root, Level.CIRCLE, number) for root in roots if root.level is Level.REGION for number in range(CIRCLES)
    ]
    _place(circles)
    above = [*circles, *(root for root in roots if root.level is Level.DISTRICT for _ in range(CIRCLES))]
    _place([_below(each, Level.COMMUNE, number) for each in above for number in range(COMMUNES)])
    for number in range(PERSONS):
        person = Person(
            first_name="Awa",
            surname=f"KEITA {number:04}",
            email=f"personne{number}@exemple.ml",
            fs_uniquifier=secrets.token_hex(32),
            grants=[Grant(role=Role.READER)],
        )
        db.session.add(person)


def _below(above: Territory, level: Level, number: int) -> Territory:
    return Territory(parent_id=above.id, level=level, name=f"{level.label} {number + 1}", path=above.path)


def _place(territories: Sequence[Territory]) -> None:
    """Store them, each with the path that its own identifier ends."""
    first = _highest(Territory) + 1
    for number, territory in enumerate(territories, first):
        territory.id, territory.path = number, f"{territory.path}{number}/"
    db.session.add_all(territories)
    db.session.flush()


def _plan() -> list[int]:
    """More campaigns like the demo's, under other names; answers with their identifiers."""
    (model,) = _rows(Campaign, Campaign.id == _highest(Campaign))
    del model["id"]
    campaigns = [Campaign(**{**model, "name": f"Budgets communaux {1996 + number}"}) for number in range(CAMPAIGNS)]
    db.session.add_all(campaigns)
    db.session.flush()
    return [campaign.id for campaign in campaigns]


def _models() -> dict[tuple[str, Stage], Model]:
    found = {}
    for report in db.session.scalars(select(Report)).all():
        parts = [part.id for part in report.parts]
        rows = [(Workshop, row) for row in _rows(Workshop, Workshop.id == report.workshop_id)]
        for kind in KINDS[1:]:
            mine = (
                kind.id == report.id
                if kind is Report
                else kind.part_id.in_(parts)
                if kind is Revision
                else kind.report_id == report.id
            )
            rows += [(kind, row) for row in _rows(kind, mine)]
        events = _rows(AuditEvent, AuditEvent.stream == f"report:{report.id}")
        place = report.workshop.territory.name
        found[place, report.stage] = Model(place, rows, events)
    return found


def _rows(kind: type[Base], condition: Any) -> list[Row]:
    table = kind.__table__
    return [dict(row) for row in db.session.execute(select(table).where(condition).order_by(table.c.id)).mappings()]


def _highest(kind: type[Base]) -> int:
    return db.session.scalar(select(func.max(kind.id))) or 0


def _log(events: Sequence[Row], report_id: int, workshop_id: int) -> Iterator[tuple[type[Base], Row]]:
    """The same acts at the same moments, told of the copy and chained anew."""
    stream, last = f"report:{report_id}", GENESIS
    for event in events:
        told = orjson.loads(event["body"])
        told["stream"], told["facts"]["report"] = stream, report_id
        if "workshop" in told["facts"]:
            told["facts"]["workshop"] = workshop_id
        body = canonical(told)
        new = link(last, body)
        row = {name: value for name, value in event.items() if name != "id"}
        yield AuditEvent, {**row, "stream": stream, "body": body.decode(), "prev": last, "hash": new}
        last = new
    yield ChainHead, {"stream": stream, "seq": len(events), "hash": last}


def _write(rows: dict[type[Base], list[Row]]) -> None:
    for kind in (*KINDS, AuditEvent, ChainHead):
        if rows[kind]:
            db.session.execute(insert(kind.__table__), rows[kind])
    rows.clear()

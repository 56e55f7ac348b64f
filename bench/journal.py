"""The journal's pages beside 1,000 events and beside a million; who wrote a part of 60 pages in 500 revisions.

Run: python -m bench.journal [events] [rounds]
"""

from __future__ import annotations

import random
import secrets
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, insert, select

from app import create_app, warm
from app.audit.entries import JournalEntry, JournalWord, Where, entry, words_of
from app.audit.events import GENESIS, body_of, link
from app.audit.models import AuditEvent, ChainHead
from app.content.prose import cut
from app.db import db
from app.directory.models import Grant, Person, Role
from app.directory.territories import Level, Territory
from app.reports import drafting
from app.reports.models.report import Origin
from app.reports.text import revisions
from app.workshops.models import Campaign, Workshop
from bench._visitors import Figures, Meter, Visitor

START = datetime(2020, 1, 6, 8, tzinfo=UTC)
FEW, OF_A_REPORT, BATCH = 1_000, 120, 20_000
REGIONS, CIRCLES, PEOPLE, CAMPAIGNS = 10, 8, 400, 12
PARTS = ("introduction", "method", "concerns", "recommendations", "conclusion")
ACTS = ("draft",) * 60 + ("edit",) * 30 + ("comment",) * 20 + ("vote",) * 8 + ("return_draft", "publish")
REASONS = ("Le lieu est à corriger.", "La conclusion est trop courte.", "Une réponse manque.")
PAGES_LONG, REVISIONS = 60, 500
Row = dict[str, Any]


def main(events: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app({"TESTING": True}, Path(folder))
        with app.app_context():
            upgrade()
            _settle()
            reports = {"long": _long_report()}
            db.session.commit()
        warm(app)
        meter = Meter(app)
        _grow(app, FEW)
        few = _measure(app, meter, reports, rounds)
        _grow(app, events)
        many = _measure(app, meter, reports, rounds)
        size = (Path(folder) / "seben.sqlite").stat().st_size
    print(f"{'':<34}{FEW:>12,}{events:>20,}")
    print(f"{'page':<34}{'ms':>8}{'SQL':>4}{'ms':>12}{'SQL':>4}{'best':>8}{'ratio':>8}{'bytes':>9}")
    for name, now in many.items():
        before = few[name]
        ratio = now.best / before.best
        print(
            f"{name:<34}{before.ms:>8.1f}{before.sql:>4}{now.ms:>12.1f}{now.sql:>4}{now.best:>8.1f}{ratio:>7.2f}×{now.size:>9,}"
        )
    print(f"{size / events:.0f} bytes of database an event, its place in the files counted in")


def _settle() -> None:
    """Regions and their circles, people, campaigns, a supervisor of everything and one of a region."""
    number = 0
    for region in range(REGIONS):
        number += 1
        above = number
        db.session.add(Territory(id=above, level=Level.REGION, name=f"Région {region}", path=f"/{above}/"))
        for circle in range(CIRCLES):
            number += 1
            name = f"Cercle {region}.{circle}"
            below = Territory(id=number, parent_id=above, level=Level.CIRCLE, name=name, path=f"/{above}/{number}/")
            db.session.add(below)
    for each in range(CAMPAIGNS):
        db.session.add(
            Campaign(
                name=f"Campagne {each}",
                organisation="Groupe",
                report_title="Rapport {organisateur}",
                budget_year=2018,
                starts_on=date(2018, 1, 1),
                ends_on=date(2018, 12, 31),
                terms="[]",
                programme="[]",
            )
        )
    for each in range(PEOPLE):
        grants = {0: [Grant(role=Role.SUPERVISOR)], 1: [Grant(role=Role.SUPERVISOR, territory_id=1)]}
        grants[2] = [Grant(role=Role.FACILITATOR)]
        db.session.add(
            Person(
                first_name="Awa",
                surname=f"KEITA {each:03}",
                email=f"personne{each}@exemple.ml",
                fs_uniquifier=secrets.token_hex(32),
                grants=grants.get(each, []),
            )
        )
    db.session.flush()


def _long_report() -> int:
    """A report one part of which has 60 pages and came to be in 500 revisions by seven people."""
    workshop = Workshop(
        campaign_id=1,
        territory_id=2,
        held_on=date(2018, 2, 22),
        place="Bla",
        venue="salle",
        organising_body="le cercle",
    )
    db.session.add(workshop)
    db.session.flush()
    people = db.session.scalars(select(Person).order_by(Person.id).limit(9)).all()
    report = drafting.open_report(workshop, people[2])
    part = revisions.part_of(report, "proceedings")
    chance = random.Random(4)
    words = [f"mot{number}" for number in range(900)]
    text = "\n\n".join(" ".join(chance.choices(words, k=70)) + "." for _ in range(PAGES_LONG * 6))
    before, content = revisions.current(part), cut(text, "body")
    for number in range(REVISIONS):
        changed = set(chance.sample(range(len(content)), 3)) if number else set()
        content = tuple(
            replace(block, fields={"text": f"{block.text} {' '.join(chance.choices(words, k=6))}."[-480:]})
            if place in changed
            else block
            for place, block in enumerate(content)
        )
        person = people[2 + number % 7]
        before = revisions.write(part, content, person, "facilitator", Origin.TYPED, parent=before)
    revisions.seal_text(report)
    return report.id


def _grow(app: Flask, total: int) -> None:
    """Events in streams like those of reports, chained and filed, until there are `total`."""
    with app.app_context():
        have = db.session.scalar(select(func.max(AuditEvent.id))) or 0
        event_id, rows, filed, said, heads = have, [], [], [], []
        report = have + 1_000
        while event_id < total:
            report += 1
            last = GENESIS
            for seq, row, facts, where in _events(report, min(OF_A_REPORT, total - event_id)):
                event_id += 1
                body = body_of(row["stream"], seq, row["at"], row["actor_id"], row["actor_role"], row["act"], facts)
                digest = link(last, body)
                rows.append({**row, "id": event_id, "seq": seq, "body": body.decode(), "prev": last, "hash": digest})
                filed.append(entry(event_id, row["at"], row["actor_id"], row["act"], facts, where))
                said += [{"word": word, "event_id": event_id} for word in words_of(row["stream"], facts)]
                last = digest
            heads.append({"stream": f"report:{report}", "seq": seq, "hash": last})
            if len(rows) >= BATCH or event_id >= total:
                for model, found in (
                    (AuditEvent, rows),
                    (JournalEntry, filed),
                    (JournalWord, said),
                    (ChainHead, heads),
                ):
                    if found:
                        db.session.execute(insert(model.__table__), found)
                    found.clear()
        db.session.commit()
        db.session.remove()


def _events(report: int, count: int) -> Iterator[tuple[int, Row, dict[str, Any], Where]]:
    region = report % REGIONS
    territory = region * (CIRCLES + 1) + 2 + report % CIRCLES
    where = Where(f"/{region * (CIRCLES + 1) + 1}/{territory}/", 1 + report % CAMPAIGNS)
    for seq in range(1, count + 1):
        act = ACTS[(report * 7 + seq) % len(ACTS)]
        facts: dict[str, Any] = {"report": report, "from": "drafting", "to": "drafting"}
        if act in ("draft", "edit", "comment"):
            facts |= {"part": PARTS[seq % len(PARTS)], "number": seq, "parent": seq - 1, "hash": f"{seq:064x}"}
        if act == "comment":
            facts |= {"comment": seq, "thread": seq, "revision": seq, "block": "", "reopened": False}
        if act == "vote":
            facts["choice"] = "approve"
        if act == "return_draft":
            facts["reason"] = REASONS[report % len(REASONS)]
        row = {
            "stream": f"report:{report}",
            "at": START + timedelta(minutes=report * 3, seconds=seq),
            "actor_id": 10 + (report * 3 + seq % 3) % (PEOPLE - 10),
            "actor_role": "facilitator",
            "act": act,
        }
        yield seq, row, facts, where


def _measure(app: Flask, meter: Meter, reports: dict[str, int], rounds: int) -> dict[str, Figures]:
    with app.app_context():
        last = db.session.scalar(select(func.max(AuditEvent.id))) or 0
        middle = db.session.get_one(AuditEvent, last // 2)
        day, person = middle.at.date().isoformat(), middle.actor_id
        db.session.remove()
    everywhere, region = (Visitor(app, f"personne{number}@exemple.ml", meter) for number in (0, 1))
    part = f"/rapports/{reports['long']}/parties/proceedings/revisions/{REVISIONS + 1}"
    pages = {
        "the newest": (everywhere, "/journal"),
        "half-way down": (everywhere, f"/journal?avant={last // 2}"),
        "near the end": (everywhere, "/journal?avant=400"),
        "one person": (everywhere, f"/journal?personne={person}"),
        "one rare act": (everywhere, "/journal?acte=publish"),
        "one frequent act, half-way down": (everywhere, f"/journal?acte=draft&avant={last // 2}"),
        "one part": (everywhere, "/journal?partie=concerns"),
        "one region": (everywhere, "/journal?collectivite=Région 3"),
        "one circle": (everywhere, "/journal?collectivite=Cercle 3.2"),
        "one campaign": (everywhere, "/journal?campagne=4"),
        "one day": (everywhere, f"/journal?du={day}&au={day}"),
        "a word": (everywhere, "/journal?texte=corriger"),
        "a word that nobody wrote": (everywhere, "/journal?texte=introuvable"),
        "person, act and part": (everywhere, f"/journal?personne={person}&acte=edit&partie=concerns"),
        "act and part that never meet": (everywhere, "/journal?acte=publish&partie=concerns"),
        "word, act, region and day": (everywhere, f"/journal?texte=corriger&acte=return_draft&collectivite=1&au={day}"),
        "a region's supervisor, the newest": (region, "/journal"),
        "a region's supervisor, one act": (region, "/journal?acte=publish"),
        "one event": (everywhere, f"/journal/{last // 2}"),
        "who wrote 60 pages": (everywhere, f"{part}?vue=auteurs"),
        "the same, by role": (everywhere, f"{part}?vue=auteurs&par=role"),
        "the workbook of all authors": (everywhere, f"/rapports/{reports['long']}/auteurs.xlsx"),
    }
    for turn in range(-1, rounds):
        if turn == 0:
            meter.figures()
        for name, (visitor, place) in pages.items():
            with meter(name):
                visitor.get(place)
    return meter.figures()


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    main(given[0] if given else 1_000_000, given[1] if given[1:] else 7)

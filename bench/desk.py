"""The report page with 200 changes waiting beside the same without, and one adopted. Run: python -m bench.desk [rounds]"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

from sqlalchemy import select

from app import warm
from app.content.blocks import Block, BlockKind, Content
from app.db import db
from app.demo.people import cast_of
from app.demo.places import SEGOU
from app.demo.stages import MEMBERS, PRESIDENT
from app.directory.models import Person
from app.reports.amending import acts as amending
from app.reports.amending import board
from app.reports.amending import listing as proposals
from app.reports.models.report import Amendment, Report
from app.reports.text import revisions
from app.template import WRITTEN
from app.web.report import cards
from app.web.report import text as report_text
from app.workflow import Stage
from app.workshops.models import Workshop
from bench._visitors import Figures, Meter, Visitor
from bench._world import World

CHANGES = 200
WARM_UP = 3
MOST_SQL = 15
VIEWS = ("original", "amendements", "differences", "adopte", "final")


class Desk:
    """The report that Ségou's commission reads, and its president."""

    def __init__(self, world: World) -> None:
        warm(world.app)
        self.app, self.step = world.app, Meter(world.app)
        self.people = [character.email for character in cast_of(SEGOU)]
        with self.app.app_context():
            joined = select(Report.id).join(Workshop, Workshop.id == Report.workshop_id).join(Workshop.territory)
            self.report = db.session.scalars(joined.where(Report.stage == Stage.READING)).first()
        self.president = Visitor(world.app, self.people[PRESIDENT], self.step)
        self.place = f"/rapports/{self.report}"

    def decide_all(self) -> None:
        """Nothing waits any more: what the demo has left undecided is rejected."""
        with self.app.app_context():
            report, president = db.session.get_one(Report, self.report), self._person(PRESIDENT)
            for amendment in db.session.scalars(select(Amendment).where(Amendment.report_id == self.report)):
                if amendment.undecided and amendment.author_id != president.id:
                    amending.reject(report, amendment, president, "Pour mesurer.")
                elif amendment.undecided:
                    amending.withdraw(report, amendment, president)
            db.session.commit()

    def file(self, count: int) -> None:
        """So many changes by three members, one word longer each, over paragraphs and rows of the whole report."""
        with self.app.app_context():
            report = db.session.get_one(Report, self.report)
            for index, (key, content, block) in enumerate(islice(self._blocks(report), count)):
                amended = tuple(_longer(each) if each.id == block.id else each for each in content)
                number = revisions.part_of(report, key).number
                author = self._person(MEMBERS[index % 3])
                amending.amend(report, key, number, amended, "Pour être plus précis.", author)
            db.session.commit()

    def _blocks(self, report: Report) -> Iterator[tuple[str, Content, Block]]:
        """Every block with words, round and round until there are enough."""
        contents = {part.key: revisions.current(revisions.part_of(report, part.key)).content for part in WRITTEN}
        while True:
            for key, content in contents.items():
                yield from ((key, content, block) for block in content if _worded(block))

    def _person(self, seat: int) -> Person:
        return db.session.scalars(select(Person).where(Person.email == self.people[seat])).one()

    def drawn_anew(self) -> Figures:
        """The page as in a process that has just started."""
        of_the_text = (
            report_text._part_html,
            report_text._by_part,
            report_text._proposed_html,
            report_text._adopted_html,
        )
        of_the_cards = (proposals._known, board._desk, cards._pieces, cards._drawn)
        for drawn in (*of_the_text, *of_the_cards):
            drawn.cache_clear()
        with self.step("drawn anew"):
            self.president.get(self.place)
        return self.step.figures()["drawn anew"]

    def adopt(self, rounds: int) -> Figures:
        """One after the other, each answered with the report page."""
        with self.app.app_context():
            numbers = db.session.scalars(
                select(Amendment.number).where(Amendment.report_id == self.report).order_by(Amendment.number.desc())
            ).all()
        for number in numbers[:rounds]:
            with self.step("adopt, next page"):
                self.president.post(f"{self.place}/amendements/{number}/adopter")
        return self.step.figures()["adopt, next page"]


def _worded(block: Block) -> bool:
    return block.kind is not BlockKind.HEADING and any(len(text.split()) > 1 for text in block.words.values())


def _longer(block: Block) -> Block:
    name = next(name for name, text in block.words.items() if len(text.split()) > 1)
    first, *rest = block.fields[name].split(" ")
    return replace(block, fields={**block.fields, name: " ".join([first, *rest[:-1], "précisément", *rest[-1:]])})


def beside(plain: Desk, full: Desk, view: str, rounds: int) -> tuple[Figures, Figures]:
    """The same page of both, turn by turn: a busy machine slows both alike."""
    desks = {"without": (plain, plain.place), "with": (full, full.place + view)}
    found = {}
    for turn in range(-WARM_UP, rounds):
        for name, (each, place) in desks.items():
            if turn == 0:
                each.step.figures()
            with each.step(name):
                each.president.get(place)
    for name, (each, _) in desks.items():
        found[name] = each.step.figures()[name]
    return found["without"], found["with"]


def main(rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        plain, full = (Desk(World(Path(folder) / name)) for name in ("plain", "full"))
        plain.decide_all()
        full.decide_all()
        full.file(CHANGES)
        show(f"with {CHANGES} open changes", *beside(plain, full, "", rounds))
        for view in VIEWS:
            show(f"  view {view}", *beside(plain, full, f"?vue={view}", rounds))
        usual = beside(plain, full, "", 3)[0]
        show("  never drawn before", usual, full.drawn_anew())
        show("adopt one, next page", usual, full.adopt(rounds))


def show(what: str, plain: Figures, now: Figures) -> None:
    verdict = " TOO MANY" if now.sql >= MOST_SQL and "adopt" not in what else ""
    print(
        f"{what:<26}{now.best:>7.1f} ms beside {plain.best:>6.1f} without:{now.best / plain.best:>6.2f}×"
        f"{now.sql:>4} SQL beside {plain.sql}{now.size:>9,} bytes{verdict}"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 15)

"""What a page costs beside some 70 reports, then beside 10,000. Run: python -m bench.pages [reports] [rounds]"""

from __future__ import annotations

import gzip
import re
import sys
import tempfile
from datetime import date
from pathlib import Path

from sqlalchemy import select
from werkzeug.test import TestResponse

from app import warm
from app.db import db
from app.demo.people import COORDINATION, READER, SUPERVISOR, cast_of
from app.demo.places import BAMAKO, KAYES, MOPTI, SEGOU, DemoPlace
from app.demo.stages import FACILITATOR, MEMBERS, PRESIDENT, RAPPORTEUR
from app.directory.territories import Territory
from app.reports.models.report import Report
from app.web.report.text import _part_html
from app.workflow import Stage
from app.working_days import add_working_days
from app.workshops.models import Workshop
from bench._visitors import Figures, Meter, Visitor
from bench._world import FULL_LIST, World

WARM_UP = 3
GROWTH = 1.5
"""How many times longer a page may take beside 10,000 reports."""
# By step, milliseconds and SQL statements of the floor: a bare application of a few hundred lines with the same saves and
# log, without rights. It was measured on another, idle machine.
FLOOR: dict[str, tuple[float, int]] = {
    "report, drafting": (3.8, 4),
    "save a part": (4.4, 8),
    "hand over, next page": (7.5, 10),
    "transmit, next page": (8.4, 10),
    "validate, next page": (8.4, 10),
    "my tasks (50)": (5.0, 5),
    "50 reports of all": (4.9, 4),
    "history of a report": (3.2, 4),
    "two versions by word": (8.0, 5),
}
# Of a first visit to the report page: bytes and requests; of single answers: bytes.
FIRST_VISIT, REQUESTS, NEXT_PAGE, SAVED = 110_000, 9, 10_000, 2_000


class Journey:
    """The people around two reports: Ségou's, which is being read, and Mopti's, which goes round the workflow."""

    def __init__(self, world: World) -> None:
        warm(world.app)
        self.app, self.step = world.app, Meter(world.app)
        with self.app.app_context():
            self.read_report, self.round_report = _report(SEGOU, Stage.READING), _report(MOPTI, Stage.READING)
            self.published_report = _report(KAYES, Stage.PUBLISHED)
        self.campaign = world.campaigns[0]
        self.supervisor, self.coordination, self.reader = (
            self._visitor(character.email) for character in (SUPERVISOR, COORDINATION, READER)
        )
        self.seats = [self._visitor(character.email) for character in cast_of(MOPTI)]
        self.member = self._visitor(cast_of(SEGOU)[MEMBERS[0]].email)
        self.awaited = self._visitor(cast_of(BAMAKO)[RAPPORTEUR].email)

    def _visitor(self, email: str) -> Visitor:
        return Visitor(self.app, email, self.step)

    def measure(self, rounds: int) -> dict[str, Figures]:
        for turn in range(-WARM_UP, rounds):
            if turn == 0:
                self.step.figures()
            self.read()
            self.send_back()
            self.write()
            self.decide()
        return self.step.figures()

    def read(self) -> None:
        """Everything that only reads."""
        report = f"/rapports/{self.read_report}"
        pages = (
            ("report, being read", self.member, report),
            ("report, published", self.reader, f"/rapports/{self.published_report}"),
            ("my tasks (50)", self.awaited, "/"),
            ("50 reports of all", self.supervisor, "/rapports"),
            ("50 reports, filtered", self.supervisor, "/rapports?etape=editing&recherche=budgets"),
            ("a search in vain", self.supervisor, "/rapports?recherche=introuvable"),
            ("history of a report", self.supervisor, f"{report}/historique"),
            ("two versions by word", self.supervisor, f"{report}/parties/concerns/revisions/2"),
            ("who wrote what", self.supervisor, f"{report}/parties/concerns/revisions/2?vue=auteurs"),
            ("campaign, 50 meetings", self.coordination, f"/campagnes/{self.campaign}"),
            ("persons", self.coordination, "/administration/personnes"),
        )
        for name, visitor, place in pages:
            with self.step(name):
                visitor.get(place)
        _part_html.cache_clear()
        with self.step("report, never shown before"):
            self.member.get(report)
        self.reader.get(f"/rapports/{self.published_report}")

    def send_back(self) -> None:
        """From the commission back to the facilitator."""
        place = f"/rapports/{self.round_report}"
        self.seats[PRESIDENT].post(f"{place}/renvoyer-au-rapporteur", {"reason": "À compléter."})
        self.seats[RAPPORTEUR].post(f"{place}/renvoyer-au-facilitateur", {"reason": "À compléter."})

    def write(self) -> None:
        """The draft is opened; a part of prose and a grid of some thirty rows are saved."""
        facilitator, place = self.seats[FACILITATOR], f"/rapports/{self.round_report}"
        with self.step("report, drafting"):
            facilitator.get(place)
        self._save("a part", f"{place}/parties/proceedings/modifier", "zone-body", " Une phrase de plus.")
        self._save("a grid", f"{place}/parties/attendance/modifier", "zone-attendees-0-contact", "1")

    def _save(self, what: str, place: str, field: str, more: str) -> None:
        facilitator = self.seats[FACILITATOR]
        with self.step(f"open the editor of {what}"):
            facilitator.get(place, htmx=True)
        typed = facilitator.fields(place)
        typed[field] += more
        with self.step(f"save {what}"):
            facilitator.post(place, {**typed, "do": "save"}, htmx=True)

    def decide(self) -> None:
        """From the draft to the commission's validation; a refusal to sign then leads back to the commission."""
        place = f"/rapports/{self.round_report}"
        with self.step("hand over, next page"):
            self.seats[FACILITATOR].post(f"{place}/soumettre")
        deadline = add_working_days(date.today(), 10).isoformat()
        with self.step("transmit, next page"):
            self.seats[RAPPORTEUR].post(f"{place}/transmettre", {"deadline": deadline})
        for seat in MEMBERS[:3]:
            with self.step("vote, next page"):
                self.seats[seat].post(f"{place}/vote", {"choice": "approve"})
        with self.step("validate, next page"):
            self.seats[PRESIDENT].post(f"{place}/valider")
        self.seats[RAPPORTEUR].post(f"{place}/refus-de-signer", {"reason": "Une date est fausse."})

    def first_visit(self) -> dict[str, int]:
        """Bytes of everything that a browser fetches for the draft's page, by address; the page has no italics."""
        visitor, place = self.seats[FACILITATOR], f"/rapports/{self.round_report}"
        page = visitor.get(place)
        found = set(re.findall(r'(?:src|href)="(/static/[^"#]+)', _text(page)))
        sheet = next(address for address in found if "/css/" in address)
        fonts = re.findall(r"url\(\.\.(/fonts/[^)]+)\)", _text(visitor.get(sheet)))
        found |= {f"/static{font}" for font in fonts if "italic" not in font}
        sizes = {each.split("?")[0]: len(visitor.get(each).data) for each in sorted(found)}
        return {place: len(page.data), **sizes}


def _text(answer: TestResponse) -> str:
    return gzip.decompress(answer.data).decode()


def _report(place: DemoPlace, stage: Stage) -> int:
    """The demo's own report of that territory."""
    joined = select(Report.id).join(Workshop, Workshop.id == Report.workshop_id).join(Workshop.territory)
    return db.session.scalars(joined.where(Territory.name == place.name, Report.stage == stage)).one()


def main(reports: int, rounds: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder))
        journey = Journey(world)
        world.grow(FULL_LIST)
        few = journey.measure(rounds)
        world.grow(reports)
        many = journey.measure(rounds)
        size = (Path(folder) / "seben.sqlite").stat().st_size / reports
        show_steps(few, many, reports)
        show_bytes(many, journey.first_visit())
        print(f"\n{size / 1000:.0f} kB of database a report (28 revisions and 32 events each)")


def show_steps(few: dict[str, Figures], many: dict[str, Figures], reports: int) -> None:
    print(f"{'':<30}{'few reports':>18}{f'{reports:,} reports':>22}{'':>10}{'':>10}{'the floor':>12}")
    print(
        f"{'step':<30}{'ms':>8}{'SQL':>4}{'best':>6}{'ms':>12}{'SQL':>4}{'best':>6}{'bytes':>10}{'growth':>10}{'':>2}ms/SQL"
    )
    for step, now in many.items():
        before = few[step]
        growth = now.best / before.best
        floor = "{:g} / {}".format(*FLOOR[step]) if step in FLOOR else ""
        verdict = " TOO MUCH" if growth > GROWTH else ""
        print(
            f"{step:<30}{before.ms:>8.1f}{before.sql:>4}{before.best:>6.1f}{now.ms:>12.1f}{now.sql:>4}{now.best:>6.1f}"
            f"{now.size:>10,}{growth:>9.2f}×  {floor}{verdict}"
        )


def show_bytes(many: dict[str, Figures], visit: dict[str, int]) -> None:
    print("\nfirst visit of a draft, bodies as they travel")
    for place, size in visit.items():
        print(f"  {place:<42}{size:>8,} bytes")
    _show_bar("first visit, bytes", sum(visit.values()), FIRST_VISIT)
    _show_bar("first visit, requests", len(visit), REQUESTS)
    _show_bar("answer to a save, bytes", many["save a part"].size, SAVED)
    _show_bar("next page, bytes", many["hand over, next page"].size, NEXT_PAGE)


def _show_bar(what: str, figure: int, bar: int) -> None:
    print(f"{what:<30}{figure:>10,}   bar {bar:,}: {'kept' if figure <= bar else 'MISSED'}")


if __name__ == "__main__":
    given = [int(each) for each in sys.argv[1:]]
    main(given[0] if given else 10_000, given[1] if given[1:] else 15)

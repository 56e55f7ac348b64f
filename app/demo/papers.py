"""Papers signed by hand in the demo: printed, signed with a drawn flourish, scanned, and filed page by page."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from random import Random

import pikepdf
import pypdfium2
from PIL import Image, ImageDraw

from app.db import now
from app.demo.places import DemoPlace
from app.directory.models import Person
from app.documents.scanning.reading import ScanFile
from app.documents.store import Store
from app.reports.access import situation
from app.reports.access.situation import signatures_of
from app.reports.models.report import Report
from app.reports.models.scan import Scan
from app.reports.models.signature import Slot
from app.reports.output import document
from app.reports.signing import substituting
from app.reports.signing.paper import depositing, filing, printing
from app.reports.text.parts import part_views

INCH, DOTS = 72, 100
"""Points of an inch of paper, and pixels of one as it is scanned: light, and fine enough for the codes."""
FINE = 3
"""How many times larger ink is drawn than it ends up, for smooth edges."""
INK = (20, 40, 150)
Box = tuple[float, float, float, float]


def kept_at(place: DemoPlace) -> str:
    """Where the original is."""
    return f"{place.venue}, {place.seat}, secrétariat général, classeur des rapports de {place.held_on.year}"


def filed(
    report: Report, person: Person, slots: Sequence[Slot], place: str, final: bytes, address: str, store: Store
) -> Scan:
    """The paper with these signatures, filed by this person, its original kept at `place`.

    `final` is the file that is out for signature, `address` the site's.
    """
    rooms = printing.rooms_of(signatures_of(report), substituting.standing_of(report))
    contents = {view.part.key: view.content for view in part_views(report)}
    pdf = printing.paper_copy(report, contents, address, rooms, store)
    uploads = [
        ScanFile(f"{number}.jpg", page) for number, page in enumerate(_scanned(report, pdf, final, slots), start=1)
    ]
    tray = depositing.tray_of(report.id, person, store)
    deposit = depositing.take_in(tray, depositing.wanted_of(report, final), uploads, {}, ())
    title = f"Exemplaire signé : {document.whole(report, {}, project=False).title}"
    paper = depositing.bound(deposit, tray, report, title, final, now())
    tray.empty()
    filing.file_scan(report, person, paper, slots, place, store)
    return filing.scans_of(report)[0]


def _scanned(report: Report, pdf: bytes, final: bytes, slots: Sequence[Slot]) -> Iterator[bytes]:
    """The pages of the printed copy as JPEGs, signed in the rooms that the file `final` keeps for it."""
    rooms = {slot: room for slot, room in _rooms(final).items() if slot in slots}
    named = situation.signatories(report)
    paper = pypdfium2.PdfDocument(pdf)
    for number, page in enumerate(paper):
        seen = page.render(scale=DOTS / INCH, may_draw_forms=False).to_pil().convert("RGB")
        for slot, (at, box) in rooms.items():
            if at == number:
                _sign(seen, box, Random(str(named[slot])))
        made = io.BytesIO()
        seen.save(made, "JPEG", quality=60)
        yield made.getvalue()
    paper.close()


def _rooms(final: bytes) -> dict[Slot, tuple[int, Box]]:
    """Where each signature goes: its page from 0, and left, top, right and bottom in pixels."""
    found = {}
    with pikepdf.open(io.BytesIO(final)) as opened:
        for number, page in enumerate(opened.pages):
            height = float(page.mediabox[3])
            for field in page.obj.get("/Annots", ()):
                name = str(field.get("/T", ""))
                if name in set(Slot):
                    left, bottom, right, top = (float(each) for each in field.Rect)
                    box = [each * DOTS / INCH for each in (left, height - top, right, height - bottom)]
                    found[Slot(name)] = number, (box[0], box[1], box[2], box[3])
    return found


def _sign(page: Image.Image, room: Box, hand: Random) -> None:
    """Ink in the lower two thirds of the room, which bears a line of print above."""
    left, top, right, bottom = room
    size = (int(right - left), int((bottom - top) * 0.62))
    ink = Image.new("L", (size[0] * FINE, size[1] * FINE))
    pen = ImageDraw.Draw(ink)
    for stroke in _strokes(ink.width, ink.height, hand):
        for (x, y), (to_x, to_y) in pairwise(stroke):
            # A pen leaves more ink on its way down.
            width = FINE * (1.7 if to_y > y else 1.1)
            pen.line((x, y, to_x, to_y), fill=235, width=round(width))
            pen.ellipse((to_x - width / 2, to_y - width / 2, to_x + width / 2, to_y + width / 2), fill=235)
    page.paste(INK, (int(left), int(bottom) - size[1]), ink.resize(size, Image.Resampling.LANCZOS))


def _strokes(width: int, height: int, hand: Random) -> Iterator[list[tuple[float, float]]]:
    """A name written fast, each hand its own: a tall first loop, smaller ones that run out, and a stroke under it."""
    loops, wide, slant = hand.randint(3, 7), hand.uniform(0.42, 0.66), hand.uniform(-0.1, 0.4)
    start, round_, rising = hand.uniform(0.08, 0.2), hand.uniform(0.1, 0.4), hand.uniform(-0.02, 0.14)
    heights = [hand.uniform(0.32, 0.44), *(hand.uniform(0.06, 0.28) for _ in range(loops - 1)), 0.02]
    written = []
    for step in range(40 * loops + 1):
        (loop, turn), done = divmod(step, 40), step / (40 * loops)
        tall = heights[loop] + (heights[min(loop + 1, loops)] - heights[loop]) * turn / 40
        rise = tall * math.cos(math.tau * turn / 40 + 0.8)
        along = start + wide * done + tall * round_ * math.sin(math.tau * turn / 40) + slant * rise * 0.4
        written.append((width * along, height * (0.52 - rise - rising * done)))
    yield written
    end, fall, bend = hand.uniform(0.7, 0.92), hand.uniform(-0.12, 0.04), hand.uniform(-0.06, 0.08)
    across = [step / 30 for step in range(31)]
    yield [
        (width * (start + (end - start) * x), height * (0.86 + fall * x + bend * math.sin(math.pi * x))) for x in across
    ]

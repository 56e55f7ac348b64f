"""Paper as it comes back: pages of a printed copy as pictures, in whatever state."""

from __future__ import annotations

import io
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageEnhance

from app.db import now
from app.directory.models import Person
from app.documents.scanning.binding import bind
from app.reports.access.situation import signatures_of
from app.reports.models.report import Report
from app.reports.models.scan import Scan
from app.reports.models.signature import Slot
from app.reports.signing import substituting
from app.reports.signing.acts import Sealer
from app.reports.signing.paper import filing, printing
from app.reports.signing.paper.filing import Paper
from app.reports.text.parts import part_views
from tests.factories import BASE_URL, final_of

KEPT_AT = "Siège du groupe, armoire 3"
Page = Image.Image


def copy_of(report: Report) -> bytes:
    """The paper to sign, as it stands now."""
    rooms = printing.rooms_of(signatures_of(report), substituting.standing_of(report))
    contents = {view.part.key: view.content for view in part_views(report)}
    return printing.paper_copy(report, contents, BASE_URL, rooms)


def scanned(pdf: bytes, resolution: int = 150) -> list[Page]:
    """Its pages as a scanner sees them."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["pdftoppm", "-r", str(resolution), "-png", "-", f"{folder}/page"]
        subprocess.run(command, input=pdf, check=True)
        return [Image.open(io.BytesIO(path.read_bytes())).convert("RGB") for path in sorted(Path(folder).iterdir())]


def jpeg(page: Page, quality: int = 60) -> bytes:
    made = io.BytesIO()
    page.save(made, "JPEG", quality=quality)
    return made.getvalue()


def skewed(page: Page) -> Page:
    return page.rotate(3, Image.Resampling.BICUBIC, expand=True, fillcolor="white")


def photographed(page: Page) -> Page:
    """On a dark table, from a little aside, in poor light."""
    table = Image.new("RGB", (page.width + 200, page.height + 200), (120, 110, 90))
    table.paste(page, (100, 100))
    width, height = table.size
    corners = (30, 10, -20, height - 15, width + 10, height - 60, width - 45, 25)
    seen = table.transform(table.size, Image.Transform.QUAD, corners, Image.Resampling.BICUBIC)
    return ImageEnhance.Contrast(ImageEnhance.Brightness(seen).enhance(0.75)).enhance(0.8)


def signed_by_hand(page: Page, right: bool = True) -> Page:
    """A flourish about the middle of the page."""
    drawn = page.copy()
    left = page.width * (0.6 if right else 0.2)
    points = [(left + 12 * step, page.height * 0.5 + (60 if step % 2 else -40)) for step in range(16)]
    ImageDraw.Draw(drawn).line(points, fill=(20, 30, 160), width=5, joint="curve")
    return drawn


def uncoded(page: Page) -> Page:
    """The corner with the code is torn off."""
    torn = page.copy()
    width, height = page.size
    ImageDraw.Draw(torn).rectangle((width * 0.8, height * 0.85, width, height), fill="white")
    return torn


DISTORTIONS: dict[str, Callable[[Page], Page]] = {
    "plain": lambda page: page,
    "skewed": skewed,
    "on its side": lambda page: page.rotate(90, expand=True),
    "upside down": lambda page: page.rotate(180),
    "photographed": photographed,
}


def filed(
    report: Report,
    person: Person,
    desk: Sealer,
    slots: Sequence[Slot],
    pictures: Sequence[bytes] = (),
    kept_at: str = KEPT_AT,
) -> Scan:
    """A paper with these signatures, filed by this person: of one white page unless `pictures` are given."""
    pages = pictures or [jpeg(Image.new("RGB", (827, 1169), "white"))]
    file = bind(pages, "Exemplaire", "Groupe", "Exemplaire signé", now())
    final = b"" if report.final_hash else final_of(report)
    filing.file_scan(report, person, Paper(file, len(pages), (), final, report.text_hash), slots, kept_at, desk.store)
    return filing.scans_of(report)[0]

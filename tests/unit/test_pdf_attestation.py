"""The final file says how it is checked: a code in the foot of each page, and at its end with a QR code that can be read."""

from __future__ import annotations

import io
import subprocess
from dataclasses import replace

import pikepdf
import segno
from PIL import Image

from app.documents.conformance import findings, pages_of
from app.documents.pdf import Rendered
from app.documents.qr import picture
from app.documents.tree import Attestation
from tests.unit.pdf_demo import demo
from tests.unit.pdf_reading import copied, made, report

ADDRESS = "https://seben.exemple.ml/verifier/7K3M-9QWE-2XBD-0HTR?r=12&v=57&f=1234&n=1240"
ATTESTATION = Attestation(
    code="7K3M-9QWE-2XBD-0HTR",
    address=ADDRESS,
    title="Code de vérification : 7K3M-9QWE-2XBD-0HTR",
    sentences=("Photographiez ce carré.", "Racine CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="),
)
DOTS = 300  # an inch


def attested() -> Rendered:
    return made(replace(demo(), attestation=ATTESTATION))


def test_every_page_but_the_cover_bears_the_code() -> None:
    cover, *pages = pages_of(attested().pdf)
    assert "7K3M-9QWE-2XBD-0HTR" not in cover
    assert all("7K3M-9QWE-2XBD-0HTR" in page for page in pages)
    assert "BGN-2031-01, version 7" in pages[0]


def test_the_end_says_how_to_check_it_and_the_root_can_be_copied() -> None:
    last = pages_of(attested().pdf)[-1]
    assert "Photographiez ce carré." in last
    assert "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=" in copied(attested().pdf)


def test_without_an_attestation_nothing_of_it_is_printed() -> None:
    assert "vérification" not in copied(report().pdf)
    assert report().contents == attested().contents


def test_the_file_is_still_sound_and_the_same_every_time() -> None:
    rendered = attested()
    assert findings(rendered.pdf, rendered.contents) == []
    assert attested().pdf == rendered.pdf


def test_the_square_is_told_in_words_to_who_cannot_see_it() -> None:
    with pikepdf.open(io.BytesIO(attested().pdf)) as opened:
        spoken = [
            str(thing.Alt) for thing in opened.objects if isinstance(thing, pikepdf.Dictionary) and "/Alt" in thing
        ]
    assert any(ADDRESS in each for each in spoken)


def test_the_printed_square_is_the_code_of_its_address() -> None:
    """Seen as a camera sees it: the page as a picture, each module where it must be."""
    matrix = [[bool(module) for module in row] for row in segno.make(ADDRESS, error="m", micro=False).matrix]
    assert _printed_square(len(matrix)) == matrix


def test_the_same_address_gives_the_same_picture_and_another_another() -> None:
    assert picture(ADDRESS) == picture(ADDRESS) != picture(ADDRESS + "0")


def _printed_square(modules: int) -> list[list[bool]]:
    rendered = attested()
    command = ["pdftoppm", "-r", str(DOTS), "-gray", "-f", str(rendered.pages), "-l", str(rendered.pages), "-"]
    done = subprocess.run(command, input=rendered.pdf, capture_output=True, check=True)
    page = Image.open(io.BytesIO(done.stdout)).convert("L")
    inch = DOTS / 72
    # The square is the only thing at the left edge that is darker than the rule above it is long.
    column = page.crop((int(72 * inch), 0, int((72 + 83) * inch), int(page.height * 0.93)))
    dark = column.point(lambda shade: 255 if shade < 128 else 0)
    box = _lowest_block(dark)
    side = box[2] - box[0]
    step = side / modules
    return [
        [dark.getpixel((int(box[0] + step * (x + 0.5)), int(box[1] + step * (y + 0.5)))) == 255 for x in range(modules)]
        for y in range(modules)
    ]


def _lowest_block(dark: Image.Image) -> tuple[int, int, int, int]:
    """The box of the lowest dark thing that is set apart by a white band."""
    rows = [dark.crop((0, y, dark.width, y + 1)).getbbox() is not None for y in range(dark.height)]
    bottom = max(y for y, filled in enumerate(rows) if filled)
    top = bottom
    while any(rows[max(0, top - 12) : top]):
        top -= 1
    left, _, right, _ = dark.crop((0, top, dark.width, bottom + 1)).getbbox() or (0, 0, 0, 0)
    return left, top, right, bottom + 1

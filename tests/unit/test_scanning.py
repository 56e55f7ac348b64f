"""Pages of a printed paper found again: turned, askew, photographed, out of order; what is no page of it is named."""

from __future__ import annotations

import io
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from app.documents import conformance
from app.documents.pdf import render
from app.documents.scanning import binding, drawing, reading
from app.documents.scanning.codes import PageCode, addressed, read
from app.documents.scanning.reading import ScanFile, read_pages
from app.documents.store import Store
from app.documents.tray import LIVES, Tray, sweep
from app.reports.signing.paper.sorting import PaperPage, Wanted, sort
from tests.paper import DISTORTIONS, jpeg, scanned, skewed, uncoded
from tests.unit.pdf_demo import demo
from tests.unit.pdf_reading import AT, SOURCE, report

ADDRESS = "http://127.0.0.1:5000/verifier/ABCD-1234-EFGH-5678?r=12&v=148&f=3434&n=4012"
WANTED = Wanted(12, 148, "ABCD1234EFGH5678", 3)


@cache
def copied() -> bytes:
    """The demonstration report with a code on every page."""
    pages = report().pages
    codes = tuple(addressed(ADDRESS, page, pages) for page in range(1, pages + 1))
    made = render(replace(demo(), page_codes=codes), source=SOURCE, made_on=AT)
    assert (made.pages, made.fields) == (pages, report().fields)
    assert conformance.findings(made.pdf, made.contents) == []
    return made.pdf


@cache
def pages() -> list[Image.Image]:
    return scanned(copied())


def found(uploads: list[ScanFile]) -> list[int]:
    result = read_pages(uploads)
    assert result.refused == ()
    return [sheet.code.page if sheet.code else 0 for sheet in result.sheets]


@pytest.mark.parametrize("state", DISTORTIONS)
def test_every_page_is_found_in_whatever_state_it_comes(state: str) -> None:
    order = list(range(len(pages())))
    random.Random(state).shuffle(order)
    uploads = [ScanFile(f"{number}.jpg", jpeg(DISTORTIONS[state](pages()[number]))) for number in order]
    result = read_pages(uploads)
    assert [sheet.code and sheet.code.page - 1 for sheet in result.sheets] == order
    for sheet in result.sheets:
        picture = Image.open(io.BytesIO(sheet.picture))
        assert picture.height > picture.width and not picture.getexif()


def test_a_scanner_s_pdf_is_read_page_by_page_and_bound_again() -> None:
    pictures = [jpeg(skewed(page)) for page in pages()[:3]]
    pdf = binding.bind(pictures, "Exemplaire", "Groupe", "Signé sur papier", AT)
    assert conformance.judged(pdf) == []
    assert binding.bind(pictures, "Exemplaire", "Groupe", "Signé sur papier", AT) == pdf
    assert found([ScanFile("scan.pdf", pdf)]) == [1, 2, 3]
    assert binding.picture_of(pdf, 2) == pictures[1]
    for make in (binding.picture_of, drawing.drawn):
        with pytest.raises(LookupError):
            make(pdf, 4)
    assert Image.open(io.BytesIO(drawing.drawn(pdf, 1))).width == drawing.WIDE


def test_nothing_that_came_with_a_photograph_is_kept() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "Téléphone de Fanta"  # to be turned a quarter to the right
    made = io.BytesIO()
    pages()[2].rotate(90, expand=True).save(made, "JPEG", exif=exif)
    (sheet,) = read_pages([ScanFile("photo.jpg", made.getvalue())]).sheets
    assert b"Fanta" not in sheet.picture and b"Exif" not in sheet.picture
    assert sheet.code is not None and sheet.code.page == 3
    picture = Image.open(io.BytesIO(sheet.picture))
    assert picture.height > picture.width


def pdf_with(trouble: str) -> bytes:
    made = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        if trouble == "script":
            action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
            document.Root.OpenAction = document.make_indirect(action)
        locked = pikepdf.Encryption(owner="a", user="b") if trouble == "encrypted" else False
        document.save(made, encryption=locked)
    return made.getvalue()[:200] if trouble == "damaged" else made.getvalue()


def huge() -> bytes:
    made = io.BytesIO()
    Image.new("1", (8000, 8000)).save(made, "PNG")
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (pdf_with("script"), "un programme"),
        (pdf_with("encrypted"), "un mot de passe"),
        (pdf_with("damaged"), "endommagé"),
        (huge(), "40 millions"),
        (b"GIF89a and so on", "ni un PDF"),
        (b"", "ni un PDF"),
        (b"\xff\xd8\xff\xe0 cut off", "ni un PDF"),
        (jpeg(Image.new("L", (90, 90))), "trop petite"),
    ],
)
def test_a_file_that_is_no_scan_is_named_and_the_others_are_read(content: bytes, why: str) -> None:
    result = read_pages([ScanFile("douteux", content), ScanFile("bon.jpg", jpeg(pages()[0]))])
    assert [sheet.code.page for sheet in result.sheets if sheet.code] == [1]
    (sentence,) = result.refused
    assert "« douteux »" in sentence and why in sentence


def test_more_pages_than_there_is_room_for_are_refused_with_their_file() -> None:
    two = binding.bind([jpeg(page) for page in pages()[:2]], "Deux", "Groupe", "Deux pages", AT)
    result = read_pages([ScanFile("un.jpg", jpeg(pages()[2])), ScanFile("deux.pdf", two)], room=2)
    assert [sheet.file for sheet in result.sheets] == ["un.jpg"]
    assert "plus de 60 pages" in result.refused[0]


def test_a_reader_that_is_stopped_names_the_file_it_was_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "MEGABYTES", 1)
    result = read_pages([ScanFile("un.jpg", jpeg(pages()[0])), ScanFile("deux.jpg", jpeg(pages()[1]))])
    assert result.sheets == () and len(result.refused) == 2
    assert "trop de temps" in result.refused[0] and "n’a pas été lu" in result.refused[1]


@pytest.mark.parametrize("spoilt", ["&p=4&t=3", "&p=0&t=3", "&p=x&t=3", "&t=3", "&p=1&p=2&t=3", "&p=99999999999&t=3"])
def test_a_code_that_is_no_page_s_says_nothing(spoilt: str) -> None:
    assert read(addressed(ADDRESS, 3, 3)) == PageCode("ABCD1234EFGH5678", 12, 148, 3, 3)
    assert read(ADDRESS + spoilt) is None
    assert read(ADDRESS) is None and read("javascript:alert(1)") is None


def leaf(name: str, code: PageCode | None, by_hand: int = 0) -> PaperPage:
    return PaperPage(name, f"{name}.jpg", 1, code, by_hand)


def page_code(page: int, report: int = 12, version: int = 148) -> PageCode:
    return PageCode("ABCD1234EFGH5678", report, version, page, 3)


def test_what_is_missing_foreign_outdated_unread_or_double_is_said() -> None:
    order = sort(
        [
            leaf("ancien", page_code(1, version=90)),
            leaf("autre", page_code(2, report=7)),
            leaf("flou", None),
            leaf("avant", page_code(3)),
            leaf("apres", page_code(3)),
        ],
        WANTED,
    )
    assert not order.complete and order.missing == [1, 2] and order.there[3].key == "apres"
    said = " ".join(order.sentences)
    for expected in (
        "Il manque les pages 1 et 2 sur 3.",
        "La page 3 est venue deux fois : celle de « apres.jpg » est gardée",
        "« autre.jpg » est une page d’un autre rapport (n°\u00a07)",
        "« ancien.jpg » est une page d’une version antérieure du texte (page 1)",
        "« flou.jpg » : aucun code de page n’y est lisible",
    ):
        assert expected in said
    placed = sort([leaf("flou", None, by_hand=2), leaf("a", page_code(1)), leaf("b", page_code(3))], WANTED)
    assert placed.complete and placed.by_hand == [2] and placed.sentences == []


def test_a_page_without_its_code_is_unread_and_not_guessed() -> None:
    assert found([ScanFile("torn.jpg", jpeg(uncoded(pages()[0])))]) == [0]


def test_a_tray_keeps_for_three_days_and_no_longer(tmp_path: Path) -> None:
    store, now = Store(str(tmp_path)), datetime.now(UTC)
    tray = Tray(store, "1-2")
    assert tray.read(now) == {}
    tray.keep({"leaves": []}, {"abc": b"picture"})
    assert tray.read(now) == {"leaves": []} and tray.picture("abc") == b"picture"
    for wrong in ("def", "../list", ""):
        with pytest.raises(LookupError):
            tray.picture(wrong)
    sweep(store, now)
    assert tray.read(now) != {}
    assert tray.read(now + LIVES + timedelta(minutes=1)) == {}
    sweep(store, now + LIVES + timedelta(minutes=1))
    assert tray.read(now) == {}

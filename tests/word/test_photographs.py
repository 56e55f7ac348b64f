"""Photographs in the Word file: shown with their captions, and what an edited copy says of either."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from flask import Flask
from lxml import etree

from app.content.blocks import FILE, Content
from app.db import db, now
from app.directory.models import Person
from app.documents import pictures
from app.documents.pdf import RenderingFailed
from app.documents.pictures import Kept, kept
from app.documents.word.reading import read
from app.reports.amending import acts as amending
from app.reports.attachments import photographs
from app.reports.editing import acts as editing
from app.reports.models.report import Report
from app.reports.pages.report_page import open_page
from app.reports.replay.verifying import verify_reports
from app.reports.signing.acts import Sealer
from app.reports.word import returned, taking
from app.reports.word.gathering import NO_PICTURE, NOT_TEXT
from app.reports.word.making import word_file
from app.reports.word.returned import Returned
from app.template import Consent
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import DEADLINE, content_of, filed, report_at, reworded, save
from tests.photographs import photograph
from tests.word.office import (
    W,
    edited,
    in_pieces,
    main_of,
    packed,
    paragraph,
    parts,
    removed,
    retyped,
    settled,
    through_libreoffice,
)

KEY = b"a key of the tests"
DOC_PR = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
EXTENT = DOC_PR.replace("docPr", "extent")


@pytest.fixture
def report(world: Flask, cast: Cast, desk: Sealer) -> Report:
    """Being edited by Issa, with three photographs: captioned, without a caption, and one that may not be shown."""
    report = report_at(Stage.EDITING, cast)
    sizes = ((640, 480), (480, 640), (300, 300))
    photographs.add(report, cast.issa, kept_of(desk, *sizes[:2]), Consent.GIVEN)
    photographs.add(report, cast.issa, kept_of(desk, sizes[2]), Consent.REFUSED)
    caption(report, cast.issa, "Le bureau, à la tribune.", "", "Des enfants.")
    return report


def kept_of(desk: Sealer, *sizes: tuple[int, int]) -> list[Kept]:
    return [pictures.keep(pictures.develop(photograph(*size)), desk.store) for size in sizes]


def caption(report: Report, person: Person, *captions: str) -> None:
    rows = content_of(report, "photographs")
    save(
        report,
        "photographs",
        tuple(
            type(row)(row.id, row.zone, row.kind, {**row.fields, "text": text})
            for row, text in zip(rows, captions, strict=True)
        ),
        person,
    )


def given(report: Report, person: Person, desk: Sealer, *, marked: bool = False) -> bytes:
    page = open_page(report, person)
    waiting = [each for each in page.amendments if each.undecided] if marked else []
    return word_file(report, page.parts, KEY, now(), amendments=waiting, store=desk.store)


def brought(report: Report, data: bytes, person: Person) -> Returned:
    page = open_page(report, person)
    return returned.open_copy(report, read(data), KEY, page.parts, page.amendments, person.id)


def media(data: bytes) -> list[bytes]:
    return [content for name, content in parts(data).items() if name.startswith("word/media/")]


def shown(content: Content, desk: Sealer) -> list[bytes]:
    return [desk.store.get(kept(row.fields[FILE]).file) for row in content]


def drawing_of(root: etree._Element, number: int) -> etree._Element:
    return list(root.iter(f"{W}drawing"))[number]


def test_photographs_are_drawn_with_their_alternative_and_a_caption_and_none_without_consent(
    report: Report, cast: Cast, desk: Sealer
) -> None:
    data = given(report, cast.issa, desk)
    assert media(data) == shown(content_of(report, "photographs")[:2], desk)
    root = main_of(data)
    assert [each.get("descr") for each in root.iter(DOC_PR)] == ["Le bureau, à la tribune.", "Photographie 2"]
    sizes = [(int(each.get("cx", "")), int(each.get("cy", ""))) for each in root.iter(EXTENT)]
    assert [round(width / height, 2) for width, height in sizes] == [1.33, 0.75]
    assert all(width <= 453 * 12_700 and height <= 350 * 12_700 for width, height in sizes)
    under = paragraph(root, "Photographie 1")
    assert under.find(f"{W}pPr/{W}pStyle").get(f"{W}val") == "Caption"
    above = under.getprevious()
    assert above.find(f".//{W}drawing") is not None and above.find(f"{W}pPr/{W}keepNext") is not None
    assert "enfants" not in parts(data)["word/document.xml"].decode()
    with pytest.raises(RenderingFailed, match="photographie du rapport"):
        word_file(report, open_page(report, cast.issa).parts, KEY, now())


def test_captions_come_back_from_word_and_the_photographs_stay(report: Report, cast: Cast, desk: Sealer) -> None:
    data = given(report, cast.issa, desk)
    untouched = brought(report, edited(data, in_pieces), cast.issa)
    assert (untouched.passages, untouched.unplaced) == ([], [])
    data = edited(data, retyped("à la tribune", "à la table"))
    data = edited(data, retyped("Photographie 2\u00a0: ", "Photographie 2\u00a0: La salle, le matin."))
    copy = brought(report, data, cast.issa)
    assert copy.unplaced == []
    before = content_of(report, "photographs")
    taking.take(report, copy, [passage.key for passage in copy.passages], [], "", "ab" * 32, cast.issa)
    after = content_of(report, "photographs")
    assert [row.fields["text"] for row in after] == ["Le bureau, à la table.", "La salle, le matin.", "Des enfants."]
    assert [row.fields[FILE] for row in after] == [row.fields[FILE] for row in before]
    assert verify_reports(db.session) == []


def test_a_photograph_removed_or_replaced_in_word_is_named_and_stays(report: Report, cast: Cast, desk: Sealer) -> None:
    data = given(report, cast.issa, desk)

    def emptied(root: etree._Element) -> None:
        run = drawing_of(root, 0).getparent()
        run.getparent().remove(run)

    without = brought(report, edited(edited(data, emptied), removed("Photographie 1")), cast.issa)
    assert without.passages == []
    assert [(each.part.key, each.why) for each in without.unplaced] == [("photographs", NO_PICTURE)]
    assert without.unplaced[0].text == "Photographie 1\u00a0: Le bureau, à la tribune."
    files = parts(data)
    first = next(name for name in files if name.startswith("word/media/"))
    other = brought(report, packed({**files, first: photograph(64, 48)}), cast.issa)
    assert other.passages == []
    assert {(each.part.key, each.why) for each in other.unplaced} == {
        ("photographs", NO_PICTURE),
        ("photographs", NOT_TEXT),
    }


def test_an_amended_caption_and_a_photograph_to_be_taken_out_are_tracked(
    report: Report, cast: Cast, desk: Sealer
) -> None:
    caption(report, cast.issa, "Le bureau, à la tribune.", "La salle.", "Des enfants.")
    editing.transmit(report, cast.issa, DEADLINE, date.today())
    content = content_of(report, "photographs")
    filed(report, "photographs", reworded(content, "à la tribune", "à la table"), cast.mariam)
    (gone,) = filed(report, "photographs", (content[0], content[2]), cast.mariam)
    data = given(report, cast.adama, desk, marked=True)
    assert [each.get("descr") for each in main_of(data).iter(DOC_PR)] == ["Le bureau, à la tribune.", "La salle."]
    assert drawing_of(main_of(data), 1).getparent().getparent().tag == f"{W}del"
    copy = brought(report, edited(data, settled(accept=True)), cast.adama)
    assert [each.verdict.value for each in copy.decided] == ["accepted", "accepted"]
    assert copy.unplaced == []
    amending.adopt(report, gone, cast.adama)
    assert len(media(given(report, cast.adama, desk, marked=True))) == 1


def test_libreoffice_keeps_the_photographs_as_they_are(
    report: Report, cast: Cast, desk: Sealer, tmp_path: Path
) -> None:
    data = given(report, cast.issa, desk)
    saved = through_libreoffice(data, tmp_path / "office")
    assert sorted(media(saved)) == sorted(media(data))
    copy = brought(report, edited(saved, retyped("à la tribune", "à la table")), cast.issa)
    assert [(each.part.key) for each in copy.passages] == ["photographs"]
    assert copy.unplaced == []

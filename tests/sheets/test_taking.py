"""Rows that become a part, and a part that becomes a table: what goes out comes back in unchanged."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from flask import Flask

from app.content.blocks import Content
from app.documents.sheets.reading import Book, Spreadsheet, read
from app.reports.editing.acts import save_part
from app.reports.models.report import Report
from app.reports.spreadsheets import export as spreadsheet_export
from app.reports.spreadsheets import taking
from app.reports.steps import NotReady
from app.reports.text.revisions import part_of
from app.template import BY_KEY
from app.workflow import Stage
from tests.cast import Cast, row
from tests.factories import content_of, report_at
from tests.sheets.files import table

CONTENTS: dict[str, Content] = {
    "attendance": (
        row("attendees", name="Awa DIOP", body="CAFO", contact="+223 76 45 12 42", signed="", consent="oui"),
        row("attendees", name="=SOMME(A1)", body="'=1", contact="02 11 22 33", signed="x", consent="non"),
        row(
            "attendees",
            name=" Éléonore  N’DIAYE ",
            body="a\nb ; «\u202fc\u202f»",
            contact="1e5",
            signed="-",
            consent="",
        ),
        row("attendees", name="Awa DIOP", body="CAFO", contact="+223 76 45 12 42", signed="", consent="oui"),
    ),
    "programme": (
        row("slots", hours="8h30 – 9h00", text="Accueil", responsible="La coordination"),
        row("slots", hours="08:30", text="@suite\ttabulée", responsible=""),
    ),
    "recommendations": (
        row("recommendations", text="Publier.", addressee="Mairie", deadline="2019", proof="Affiche", sector="Santé"),
    ),
    "follow_up": (row("rows", text="Former.", status="non réalisée", execution="0,5", observations="_x0041_"),),
}


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
@pytest.mark.parametrize("key", CONTENTS)
def test_what_goes_out_comes_back_in_unchanged(key: str, kind: str) -> None:
    part = BY_KEY[key]
    write = spreadsheet_export.workbook if kind == "xlsx" else spreadsheet_export.plain_table
    data = write(part, CONTENTS[key], public=False)
    upload = taking.open_upload(part, read(data))
    assert [line.faults for line in upload.checked.lines] == [()] * len(CONTENTS[key])
    assert taking.content_with(upload, CONTENTS[key], append=False, leave=False) == CONTENTS[key]
    if kind == "csv":
        assert not any(
            cell.startswith(("=", "+", "@")) for line in data.decode().splitlines() for cell in line.split(";")
        )


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_it_comes_back_unchanged_through_libreoffice(tmp_path: Path) -> None:
    part = BY_KEY["attendance"]
    (tmp_path / "liste.xlsx").write_bytes(spreadsheet_export.workbook(part, CONTENTS["attendance"], public=False))
    home = f"-env:UserInstallation={(tmp_path / 'home').as_uri()}"
    order = [
        "soffice",
        home,
        "--headless",
        "--convert-to",
        "ods",
        "--outdir",
        str(tmp_path),
        str(tmp_path / "liste.xlsx"),
    ]
    subprocess.run(order, check=True, capture_output=True, timeout=120)
    upload = taking.open_upload(part, read((tmp_path / "liste.ods").read_bytes()))
    assert taking.content_with(upload, CONTENTS["attendance"], append=False, leave=False) == CONTENTS["attendance"]


def test_readers_are_not_given_who_agreed() -> None:
    data = spreadsheet_export.plain_table(BY_KEY["attendance"], CONTENTS["attendance"], public=True)
    assert data.decode("utf-8-sig").splitlines()[0] == "Prénom et nom;Structure / qualité;Contact;Émargement"


def test_a_text_too_long_for_a_cell_is_refused_in_a_workbook_and_given_in_plain_text() -> None:
    content = (row("recommendations", text="a" * 40_000),)
    with pytest.raises(spreadsheet_export.TooLongForACell, match="csv"):
        spreadsheet_export.workbook(BY_KEY["recommendations"], content, public=False)
    data = spreadsheet_export.plain_table(BY_KEY["recommendations"], content, public=False)
    assert taking.open_upload(BY_KEY["recommendations"], read(data)).checked.lines[0].fields["text"] == "a" * 40_000


def upload_of(key: str, *rows: tuple[object, ...]) -> taking.SheetUpload:
    return taking.open_upload(BY_KEY[key], read(table(*rows)))


def test_a_row_keeps_its_place_in_history_when_only_its_details_change(world: Flask, cast: Cast) -> None:
    report = report_at(Stage.DRAFTING, cast)
    save_part(report, "attendance", 1, CONTENTS["attendance"][:2], cast.fanta)
    upload = upload_of("attendance", ("Nom et prénom", "Tél"), ("Issa KONE", "66"), ("Awa DIOP", "99"))
    saved, rows = taking.take(report, upload, 2, cast.fanta, append=False, leave=False)
    after = content_of(report, "attendance")
    assert saved.new and rows == 2
    assert [block.fields["name"] for block in after] == ["Issa KONE", "Awa DIOP"]
    assert after[1].id == CONTENTS["attendance"][0].id and after[1].fields["contact"] == "99"
    assert saved.revision.plain_json == "", "the text of a personal part stands apart"


def test_rows_are_added_behind_and_the_words_around_the_grid_stay(world: Flask, cast: Cast) -> None:
    report = report_at(Stage.EDITING, cast)
    before = content_of(report, "recommendations")
    upload = upload_of("recommendations", ("Recommandation",), ("Planter des arbres.",))
    taking.take(report, upload, part_of(report, "recommendations").number, cast.issa, append=True, leave=False)
    after = content_of(report, "recommendations")
    assert after[:-1] == before and after[-1].fields["text"] == "Planter des arbres."


def test_a_save_made_meanwhile_is_merged_never_overwritten(world: Flask, cast: Cast) -> None:
    report: Report = report_at(Stage.DRAFTING, cast)
    save_part(report, "attendance", 1, CONTENTS["attendance"][:1], cast.fanta)
    save_part(report, "attendance", 2, CONTENTS["attendance"][:2], cast.fanta)
    upload = upload_of("attendance", ("Nom", "Contact"), ("Issa KONE", "66"))
    saved, _ = taking.take(report, upload, 2, cast.fanta, append=True, leave=False)
    assert saved.merged
    assert {block.fields["name"] for block in content_of(report, "attendance")} == {
        "Awa DIOP",
        "=SOMME(A1)",
        "Issa KONE",
    }


def test_what_cannot_be_taken_over_says_why() -> None:
    faulty = upload_of("attendance", ("Nom", "Contact"), ("Awa", "1"), ("", "2"))
    with pytest.raises(NotReady, match="Reprendre sans ces lignes"):
        taking.content_with(faulty, (), append=True, leave=False)
    assert len(taking.content_with(faulty, (), append=True, leave=True)) == 1
    with pytest.raises(NotReady, match="Prénom et nom"):
        taking.content_with(upload_of("attendance", ("Tél",), ("1",)), (), append=True, leave=True)
    with pytest.raises(NotReady, match="Aucune ligne"):
        taking.content_with(upload_of("attendance", ("Nom", "Contact")), (), append=True, leave=True)
    many = Book((Spreadsheet("", (("Nom",), *((f"Awa {n}",) for n in range(4_999)))),))
    there = CONTENTS["attendance"]
    upload = taking.open_upload(BY_KEY["attendance"], many)
    assert len(taking.content_with(upload, there, append=False, leave=False)) == 4_999
    with pytest.raises(NotReady, match="5\u202f003 lignes"):
        taking.content_with(upload, there, append=True, leave=False)

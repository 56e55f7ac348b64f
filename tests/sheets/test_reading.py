"""Reading spreadsheets: every cell as the text that people see, and what is refused, with the sentence that says why."""

from __future__ import annotations

import tracemalloc
from datetime import date, datetime
from datetime import time as hour
from typing import Any

import pytest

from app.documents.sheets import packed
from app.documents.sheets.opening import UnreadableSheet
from app.documents.sheets.reading import guarded, read, unguarded
from app.reports.spreadsheets.taking import open_upload
from app.template import BY_KEY
from tests.sheets.files import changed, ods, ods_row, table, workbook

ATTENDANCE, PROGRAMME, FOLLOW_UP = BY_KEY["attendance"], BY_KEY["programme"], BY_KEY["follow_up"]


def lines(part: Any, data: bytes) -> list[dict[str, str]]:
    return [{k: v for k, v in line.fields.items() if v} for line in open_upload(part, read(data)).checked.lines]


def test_a_sloppy_attendance_list_is_understood() -> None:
    """A title, blank lines, merged heads in two lines, the surname before the first name, telephones as numbers."""

    def draw(sheet: Any, book: Any) -> None:
        sheet.merge_range("A1:F1", "LISTE DE PRÉSENCE DES PARTICIPANTS")
        sheet.merge_range("A3:A4", "N°")
        sheet.merge_range("B3:C3", "Identité")
        sheet.write_row("B4", ["NOM", "Prénom(s)"])
        sheet.merge_range("D3:D4", "Structure d’origine")
        sheet.merge_range("E3:E4", "Tél.")
        sheet.merge_range("F3:F4", "Émargement")
        sheet.write_row("A5", [1, "DIOP", "Awa", "CAFO", 76451242, "signé"])
        sheet.write_row("A6", [2, "KONÉ ", " Issa", None])
        sheet.write_string("E6", "+223 66 00 11 22")
        sheet.write_row("A7", [3, "BA", "Seydou"])
        sheet.write_string("E7", "02 11 22 33")
        sheet.merge_range("D6:D7", "Conseil régional")
        sheet.write_formula("F7", '="si"&"gné"', None, "signé")
        sheet.write_row("B9", ["NOM", "Prénom(s)"])

    upload = open_upload(ATTENDANCE, read(workbook(draw)))
    assert upload.matching.header == 4
    assert upload.matching.fields == ("", "name", "name", "body", "contact", "signed")
    assert [(line.number, line.fields["name"], line.fields["body"]) for line in upload.checked.lines][:3] == [
        (5, "Awa DIOP", "CAFO"),
        (6, "Issa KONÉ", "Conseil régional"),
        (7, "Seydou BA", "Conseil régional"),
    ]
    assert [line.fields["contact"] for line in upload.checked.lines][:3] == [
        "76451242",
        "+223 66 00 11 22",
        "02 11 22 33",
    ]
    assert upload.checked.lines[2].fields["signed"] == "signé"


def test_hours_and_dates_are_written_as_in_french() -> None:
    def draw(sheet: Any, book: Any) -> None:
        clock, day = book.add_format({"num_format": "hh:mm"}), book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row("A1", ["Début", "Fin", "Activités", "Responsables"])
        sheet.write_datetime("A2", hour(8, 30), clock)
        sheet.write_number("B2", 0.375)
        sheet.write_string("C2", "Accueil")
        sheet.write_string("A3", "9h")
        sheet.write_string("C3", "=1+1")
        sheet.write_datetime("D3", datetime(2018, 3, 2), day)

    assert lines(PROGRAMME, workbook(draw)) == [
        {"hours": "8h30 – 9h00", "text": "Accueil"},
        {"hours": "9h", "text": "=1+1", "responsible": "02/03/2018"},
    ]


def test_an_answer_is_known_whatever_its_accents_and_a_fault_names_its_line() -> None:
    data = table(
        ("Recommandations", "Statut", "Niveau d’exécution"),
        ("Former les élus.", "REALISE", 0.5),
        ("", "en cours", "x"),
        ("Publier.", "fait", ""),
    )
    first, second, third = open_upload(FOLLOW_UP, read(data)).checked.lines
    assert first.fields["status"] == "réalisée" and first.fields["execution"] == "0,5" and not first.faults
    assert (second.number, second.faults) == (3, ("il manque\u00a0: recommandation",))
    assert third.number == 4 and "«\u202ffait\u202f» n’est pas une réponse prévue" in third.faults[0]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("sign", [";", ",", "\t"])
def test_a_text_is_read_whatever_its_encoding_and_delimiter(encoding: str, sign: str) -> None:
    text = f"Prénom et nom{sign}Qualité{sign}Contact\r\nAwa DIOP{sign}Présidente{sign}'+223 76\r\n"
    assert lines(ATTENDANCE, text.encode(encoding)) == [
        {"name": "Awa DIOP", "body": "Présidente", "contact": "+223 76"},
    ]


def test_without_column_heads_fields_come_in_their_order() -> None:
    assert lines(ATTENDANCE, b"Awa DIOP;CAFO\nIssa KONE;Mairie\n") == [
        {"name": "Awa DIOP", "body": "CAFO"},
        {"name": "Issa KONE", "body": "Mairie"},
    ]


@pytest.mark.parametrize("text", ["=1+1", "'=1", "+223", "''", "'a", "-", "@x", "plain", ""])
def test_a_guarded_cell_comes_back_as_it_was(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(("=", "+", "-", "@"))


SMALL = table(("Nom", "Contact"), ("Awa DIOP", "76"))
FAR_CELL = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
SHEET = "xl__worksheets__sheet1_x_xml"
ENTITY = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
REPEATED = ' table:number-rows-repeated="1000000"'
REFUSED: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "est vide"),
    "blank": (table((" " * 0,)), "aucune ligne"),
    "html": (b"<html><table><tr><td>Nom</td></tr></table></html>", "une page Web"),
    "xml": (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook/>', "une page Web"),
    "pdf": (b"%PDF-1.7 ...", "pas un tableur"),
    "picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "pas un tableur"),
    "old": (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "l’ancien format"),
    "locked": (bytes.fromhex("d0cf11e0a1b11ae1") + "EncryptedPackage".encode("utf-16-le"), "un mot de passe"),
    "locked ods": (ods(ods_row("Nom"), b"<manifest:encryption-data/>"), "un mot de passe"),
    "cut": (SMALL[:-300], "endommagé"),
    "damaged": (changed(SMALL, **{SHEET: b"<worksheet><sheetData><row"}), "endommagé"),
    "word": (changed(SMALL, xl__workbook_x_xml=b"").replace(b"xl/workbook", b"xl/wordbook"), "pas un tableur"),
    "macros": (changed(SMALL, xl__vbaProject_x_bin=b"x"), "des macros"),
    "entities": (changed(SMALL, **{SHEET: ENTITY}), "des renvois cachés"),
    "bomb": (changed(SMALL, xl__theme__other_x_xml=b" " * 70_000_000), "une place démesurée"),
    "far cell": (changed(SMALL, **{SHEET: lambda part: part.replace(b"</sheetData>", FAR_CELL)}), "5\u202f000 lignes"),
    "far cell, oddly written": (
        changed(
            SMALL, **{SHEET: lambda part: part.replace(b"</sheetData>", FAR_CELL.replace(b"<c r", b"<c\ts='1' r"))}
        ),
        "5\u202f000 lignes",
    ),
    "wide": (table(("Nom",) * 120), "100 colonnes"),
    "repeated": (ods(ods_row("Nom") + ods_row("Awa", more=REPEATED)), "5\u202f000 lignes"),
    "text behind repeats": (ods(ods_row(more=REPEATED) + ods_row("Awa")), "5\u202f000 lignes"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_list_is_refused_with_a_sentence(name: str) -> None:
    data, sentence = REFUSED[name]
    with pytest.raises(UnreadableSheet, match=sentence):
        read(data)


def test_empty_rows_repeated_to_the_end_of_a_sheet_are_no_rows() -> None:
    data = ods(
        ods_row("Nom") + ods_row("Awa DIOP") + b'<table:table-row table:number-rows-repeated="1048574">'
        b'<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    assert lines(ATTENDANCE, data) == [{"name": "Awa DIOP"}]


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_hundred_thousand_rows_are_refused_in_little_memory(kind: str) -> None:
    rows = [("Nom", "Structure"), *((f"Awa {n}", "CAFO") for n in range(100_000))]
    data = table(*rows) if kind == "xlsx" else "\n".join(";".join(row) for row in rows).encode()
    tracemalloc.start()
    with pytest.raises(UnreadableSheet, match="5\u202f000 lignes"):
        read(data)
    assert tracemalloc.get_traced_memory()[1] < 100_000_000
    tracemalloc.stop()


def test_cells_pass_through_a_form_unchanged_and_what_was_tampered_with_is_refused() -> None:
    book = read(table(("Nom", "Contact"), ("Awa\nDIOP", "=1"), ("œ", "é")))
    assert packed.unpack(packed.pack(book)) == book
    for wrong in ("", "abc", "!!!!", packed.pack(book)[:-8], "eJyLjgUAARUAuQ=="):
        with pytest.raises(UnreadableSheet, match="déposez-le de nouveau"):
            packed.unpack(wrong)


def test_cells_in_error_are_counted() -> None:
    def draw(sheet: Any, book: Any) -> None:
        sheet.write_row("A1", ["Nom", "Contact"])
        sheet.write("A2", "Awa")
        sheet.write_formula("B2", "=1/0", None, "#DIV/0!")

    assert read(workbook(draw)).errors == 1


def test_a_date_alone_is_a_day() -> None:
    assert lines(ATTENDANCE, table(("Nom", "Contact"), ("Awa", date(2018, 2, 22).isoformat()))) == [
        {"name": "Awa", "contact": "2018-02-22"}
    ]

"""How long reading spreadsheets takes, and old Word reports. Run: python bench/sheets.py"""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import perf_counter

import xlsxwriter
from docx import Document

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app.documents.sheets import packed
from app.documents.sheets.reading import read
from app.reports.legacy_import.pieces import read_old
from app.reports.legacy_import.recognising import recognise
from app.reports.spreadsheets.taking import open_upload
from app.template import BY_KEY

ROWS = 5_000
HEADS = ("Nom", "Prénom", "Structure", "Téléphone", "Émargement")
OLD_BAR = 10.0  # milliseconds, for an old report of some 200 paragraphs
BAR = 50.0  # milliseconds, for reading 5,000 rows


def milliseconds(what: Callable[[], object], times: int = 15) -> float:
    spent = []
    for _ in range(times):
        began = perf_counter()
        what()
        spent.append((perf_counter() - began) * 1000)
    return median(spent)


def rows() -> list[tuple[str, ...]]:
    return [
        ("DIARRA", f"Awa {n}", f"Mairie de la commune {n % 97}", f"76 {n % 100:02} 45 12", "signé") for n in range(ROWS)
    ]


def workbook() -> bytes:
    into = io.BytesIO()
    with xlsxwriter.Workbook(into, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([HEADS, *rows()]):
            sheet.write_row(number, 0, row)
    return into.getvalue()


def old_report() -> bytes:
    """Headings in bold, six paragraphs under each, a table of thirteen rows."""
    document = Document()
    for head in ("Introduction", "I. Cérémonie d’ouverture", "III. Recommandations", "IV. Conclusion"):
        document.add_paragraph().add_run(head).bold = True
        for number in range(45):
            document.add_paragraph(
                f"- {number} Le conseil présente le compte de l’exercice et les recettes de la commune."
            )
    document.add_paragraph("Annexe n°2 : Suivi des recommandations")
    table = document.add_table(14, 3)
    for row in table.rows:
        for cell, text in zip(row.cells, ("Recommandations", "Etat d’exécution", "Observations"), strict=True):
            cell.text = text
    into = io.BytesIO()
    document.save(into)
    return into.getvalue()


def main() -> None:
    text = "\r\n".join(";".join(row) for row in [HEADS, *rows()]).encode("cp1252")
    book = workbook()
    part = BY_KEY["attendance"]
    found = read(book)
    for name, spent in (
        ("xlsx", milliseconds(lambda: read(book))),
        ("csv", milliseconds(lambda: read(text))),
    ):
        print(
            f"reading {ROWS} rows of {name}: {spent:.0f} ms, bar {BAR:.0f} ms: {'kept' if spent <= BAR else 'missed'}"
        )
    print(f"matching and checking them: {milliseconds(lambda: open_upload(part, found)):.0f} ms")
    carried = packed.pack(found)
    print(
        f"carrying them through a form: {len(carried) // 1000} kB, {milliseconds(lambda: packed.unpack(carried)):.0f} ms"
    )
    report = old_report()
    recognised = milliseconds(lambda: recognise(read_old(report).pieces))
    kept = "kept" if recognised <= OLD_BAR else "missed"
    print(f"reading and recognising an old Word report: {recognised:.1f} ms, bar {OLD_BAR:.0f} ms: {kept}")


if __name__ == "__main__":
    main()

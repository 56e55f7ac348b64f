"""The screens where lists and old reports come in, as all others are looked at; and the same without script."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, FilePayload, expect

from app.workflow import Stage
from tests.cast import Cast
from tests.e2e.inspection import Inspector, in_the_house
from tests.factories import report_at
from tests.olden import old
from tests.sheets.files import table

pytestmark = pytest.mark.browser


@pytest.fixture
def inspector(browser: Browser, app: Flask, address: str) -> Iterator[Inspector]:
    found = Inspector(browser, app, address)
    yield found
    found.close()


def a_list() -> FilePayload:
    data = table(
        ("LISTE DE PRÉSENCE",),
        (),
        ("N°", "Nom", "Prénom", "Structure", "Tél.", "Remarque"),
        *((n, "DIARRA", f"Awa {n}", "Mairie de Ségou", 76_451_200 + n, "") for n in range(1, 24)),
        (24, "", "", "CAFO", 66_000_000, "à vérifier"),
    )
    return {"name": "liste.xlsx", "mimeType": "application/octet-stream", "buffer": data}


def test_a_list_is_brought_and_matched(inspector: Inspector, app: Flask, cast: Cast) -> None:
    in_the_house(app, lambda: report_at(Stage.DRAFTING, cast))
    fanta = inspector.enter(cast.fanta)
    inspector.visit(fanta, "/rapports/1/parties/attendance/tableur", "sheet-bring")
    fanta.get_by_label("Tableur").set_input_files(a_list())
    fanta.get_by_role("button", name="Lire le tableur").click()
    expect(fanta.get_by_text("Ligne 27")).to_be_visible()
    inspector.look(fanta, "sheet-match")
    fanta.get_by_label("Reprendre sans cette ligne").check()
    fanta.get_by_role("button", name=re.compile("Reprendre 23 lignes")).click()
    expect(fanta.get_by_text("23 lignes reprises du tableur.")).to_be_visible()
    inspector.look(fanta, "sheet-taken")
    inspector.verdict()


def test_an_old_report_is_brought_and_settled(inspector: Inspector, app: Flask, cast: Cast) -> None:
    in_the_house(app, lambda: report_at(Stage.DRAFTING, cast))
    fanta = inspector.enter(cast.fanta)
    inspector.visit(fanta, "/rapports/1/ancien-rapport", "old-bring")
    payload: FilePayload = {"name": "a.docx", "mimeType": "application/octet-stream", "buffer": old.bold()}
    fanta.get_by_label("Document Word").set_input_files(payload)
    fanta.get_by_role("button", name="Lire le document").click()
    fanta.locator("summary", has_text="Recommandations : Recommandations").click()
    fanta.get_by_label("– Recenser le patrimoine ;").select_option(label="Conclusion")
    inspector.look(fanta, "old-settle")
    fanta.get_by_label("Février 2017", exact=True).select_option(label="Méthodologie")
    fanta.get_by_role("button", name="Reprendre dans le rapport").click()
    expect(fanta.get_by_text("Repris de l’ancien rapport")).to_be_visible()
    inspector.verdict()

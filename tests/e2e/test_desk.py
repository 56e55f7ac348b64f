"""The commission's desk in a browser: every screen of it on a laptop and a phone, and the keys that walk the cards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from app.reports.amending import acts as amending
from app.reports.models.report import Opinion, Report
from app.workflow import Stage
from tests.cast import Cast
from tests.e2e.inspection import Inspector, in_the_house
from tests.factories import amended, content_of, filed, report_at


@pytest.fixture
def inspector(browser: Browser, app: Flask, address: str) -> Iterator[Inspector]:
    found = Inspector(browser, app, address)
    yield found
    found.close()


@pytest.fixture
def place(app: Flask, cast: Cast) -> str:
    """A reading with two amendments in rivalry, one of them settled since, and others in every state."""
    return f"/rapports/{in_the_house(app, lambda: disputed(cast).id)}"


def disputed(cast: Cast) -> Report:
    report = report_at(Stage.READING, cast)
    first = amended(report, "introduction", "les citoyens", "cent vingt citoyens", cast.mariam, "Le nombre compte.")
    amended(report, "introduction", "les citoyens", "deux cents citoyennes", cast.oumar)
    dated = amended(report, "introduction", "Ségou", "Ségou, le 22 février 2018", cast.binta)
    amended(report, "method", "débats", "débats animés", cast.mariam, formal=True)
    amended(report, "attendance", "CAFO", "la CAFO", cast.mariam, formal=True)
    (gone,) = filed(report, "recommendations", content_of(report, "recommendations")[:2], cast.oumar)
    amended(report, "recommendations", "chaque trimestre", "chaque mois", cast.binta)
    refused = amended(report, "conclusion", "bonne humeur", "joie", cast.oumar)
    amending.opine(report, dated, Opinion.FAVOURABLE, "La date est exacte.", cast.issa)
    amending.adopt(report, first, cast.adama)
    amending.reject(report, refused, cast.adama, "Le ton est juste.")
    amending.defer(report, gone, cast.adama)
    return report


def test_every_screen_of_the_desk_can_be_used_on_any_screen(inspector: Inspector, cast: Cast, place: str) -> None:
    adama = inspector.enter(cast.adama)
    inspector.visit(adama, place, "desk")
    for view in ("original", "differences", "adopte", "final"):
        inspector.visit(adama, f"{place}?vue={view}", f"desk-{view}")
    inspector.visit(adama, f"{place}?auteur=4", "desk-filtered")
    adama.goto(place)
    adama.locator("#amendment-3 summary").first.click()
    adama.locator("#decided > summary").click()
    inspector.look(adama, "desk-open")
    inspector.visit(adama, f"{place}/amendements/2", "amendment")
    inspector.visit(adama, f"{place}/amendements/4/modifier", "amendment-modified")
    inspector.visit(adama, f"{place}/amendements/2/modifier", "amendment-settled")
    issa = inspector.enter(cast.issa)
    issa.goto(f"{place}#amendment-2")
    issa.locator("#amendment-2 summary").click()
    inspector.look(issa, "desk-opinion")
    inspector.verdict()


def test_j_and_k_walk_the_cards_and_the_text_beside_them(inspector: Inspector, cast: Cast, place: str) -> None:
    adama = inspector.enter(cast.adama)
    adama.goto(place)
    walked = []
    for _ in range(6):
        adama.keyboard.press("j")
        number = adama.evaluate("document.activeElement.id")
        walked.append(number)
        expect(adama.locator(f"#passage-{number.split('-')[1]}")).to_be_in_viewport()
    # As the text goes; number 6, which was put off, comes with its rival.
    assert walked == [f"amendment-{number}" for number in (3, 2, 4, 7, 6, 5)]
    adama.keyboard.press("k")
    expect(adama.locator("#amendment-6")).to_be_focused()


def test_a_decision_leads_to_its_card_and_the_next_key_to_what_is_still_to_be_decided(
    inspector: Inspector, cast: Cast, place: str
) -> None:
    adama = inspector.enter(cast.adama)
    adama.goto(place)
    adopt(adama, 3)
    expect(adama.locator("#amendment-3")).to_be_visible()  # among those decided, unfolded for it
    expect(adama.locator("#amendment-3")).to_contain_text("Adopté")
    adama.keyboard.press("j")
    expect(adama.locator("#amendment-2")).to_be_focused()


def adopt(page: Page, number: int) -> None:
    page.locator(f"#amendment-{number}").get_by_role("button", name="Adopter").first.click()
    page.wait_for_url(f"**#amendment-{number}")

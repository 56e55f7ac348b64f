"""The consistency check while one writes: it follows every save, leads to the place, and mends at a press."""

from __future__ import annotations

from collections.abc import Iterator
from time import sleep

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Route, expect

from app.reports.models.report import Report
from tests.cast import Cast
from tests.e2e.conftest import Enter
from tests.e2e.inspection import Inspector, in_the_house
from tests.factories import content_of, opened, reworded, save, written

pytestmark = pytest.mark.browser
SLIPS = (
    ("conclusion", "Les travaux ont", "Les travaux: ils ont"),
    ("attendance", "Seydou BA", "Ali SY"),
    ("follow_up", "non réalisée", ""),
    ("follow_up", "Faute de crédits.", ""),
)


@pytest.fixture
def place(app: Flask, cast: Cast) -> str:
    def draft() -> Report:
        report = written(opened(cast), cast.fanta)
        for key, old, new in SLIPS:
            save(report, key, reworded(content_of(report, key), old, new), cast.fanta)
        return report

    return f"/rapports/{in_the_house(app, lambda: draft().id)}"


@pytest.fixture
def inspector(browser: Browser, app: Flask, address: str) -> Iterator[Inspector]:
    looking = Inspector(browser, app, address)
    yield looking
    looking.close()


def save_part(page: Page, key: str) -> None:
    page.locator(f"#part-{key} .editor-foot button.primary").click()
    expect(page.locator(f"#part-{key} form.editor")).to_have_count(0)


def test_the_check_follows_every_save_and_opens_the_editor_at_the_place(enter: Enter, cast: Cast, place: str) -> None:
    fanta = enter(cast.fanta)
    fanta.goto(place)
    panel, act = fanta.locator("#consistency"), fanta.locator("#act-hand_over")
    expect(fanta.locator("#consistency-count")).to_have_text("3")
    expect(act).to_contain_text("À corriger d’abord : Rien ne dit")
    expect(act.locator("button")).to_have_attribute("aria-disabled", "true")
    panel.get_by_role("link", name="Rien ne dit").click()
    status = fanta.locator("#zone-rows-0-status")
    expect(status).to_be_in_viewport()
    status.select_option("en cours")
    fanta.locator("#zone-rows-0-execution").fill("La première session se prépare.")
    save_part(fanta, "follow_up")
    expect(fanta.locator("#consistency-count")).to_have_text("2")
    why = fanta.get_by_label("Pourquoi passer outre")
    expect(why).to_be_visible()
    expect(act.locator("button")).not_to_have_attribute("aria-disabled", "true")
    panel.get_by_role("button", name="Corriger").click()
    expect(fanta.locator("#part-conclusion")).to_contain_text("Les travaux : ils ont".replace(" :", "\u00a0:"))
    expect(fanta.locator("#consistency-count")).to_have_text("1")
    why.fill("Il est arrivé après l’appel.")
    act.locator("button").click()
    expect(fanta.locator("#workflow [aria-current=step]")).to_contain_text("Édition")


def test_the_check_can_be_read_and_pressed_on_any_screen(inspector: Inspector, cast: Cast, place: str) -> None:
    fanta = inspector.enter(cast.fanta)
    inspector.visit(fanta, f"{place}/controle", "check")
    fanta.goto(place)
    expect(fanta.locator("#consistency-count")).to_have_text("3")
    inspector.look(fanta, "check-beside")
    fanta.locator("#consistency").get_by_role("link", name="Rien ne dit").click()
    fanta.locator("#zone-rows-0-execution").fill("La première session se prépare.")
    save_part(fanta, "follow_up")
    expect(fanta.get_by_label("Pourquoi passer outre")).to_be_visible()
    fanta.locator("#act-hand_over summary").click()
    inspector.look(fanta, "check-passing")
    inspector.verdict()


def test_the_line_that_says_saved_stays_while_the_check_is_slow(enter: Enter, cast: Cast, place: str) -> None:
    fanta = enter(cast.fanta)
    fanta.goto(place)

    def late(route: Route) -> None:
        sleep(1)
        route.continue_()

    fanta.route("**/controle*", late)
    fanta.locator("#part-conclusion").hover()
    fanta.locator("#part-conclusion a[data-edit]").click()
    fanta.locator("#zone-body").fill("Les travaux ont pris fin à seize heures.")
    with fanta.expect_response("**/controle*"):
        save_part(fanta, "conclusion")
        expect(fanta.locator("#status")).to_contain_text("Enregistré")
    expect(fanta.locator("#consistency-count")).to_have_text("2")
    expect(fanta.locator("#status")).to_contain_text("Enregistré")

"""Two people at one report: each sees the other at work, hears of what changed, and loses nothing that is being typed."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from app.workflow import Stage
from tests.cast import Cast
from tests.e2e.conftest import Enter
from tests.e2e.inspection import in_the_house
from tests.factories import content_of, report_at, reworded, save

pytestmark = pytest.mark.browser


@pytest.fixture
def place(app: Flask, cast: Cast) -> str:
    return f"/rapports/{in_the_house(app, lambda: report_at(Stage.READING, cast).id)}"


def ask(page: Page) -> None:
    """What the page does by itself every half minute."""
    with page.expect_response("**/nouvelles*"):
        page.evaluate("""() => htmx.trigger(document.querySelector("#news a"), "every")""")


def open_editor(page: Page, key: str) -> None:
    part = page.locator(f"#part-{key}")
    part.hover()
    part.locator("[data-edit]").click()
    expect(part.locator("form.editor")).to_be_visible()


def test_mariam_and_oumar_see_each_other_at_one_part(enter: Enter, cast: Cast, place: str) -> None:
    mariam, oumar, adama = enter(cast.mariam), enter(cast.oumar), enter(cast.adama)
    for page in (mariam, oumar, adama):
        page.goto(place)
    with mariam.expect_response("**/presence"):
        open_editor(mariam, "conclusion")
    mariam.locator("#zone-body").press_sequentially(" Un mot de plus.")
    typed = mariam.locator("#zone-body").input_value()
    open_editor(oumar, "conclusion")
    warning = re.compile(r"Mariam SANOGO prépare un amendement à cette partie depuis \d\d\sh\s\d\d")
    expect(oumar.locator("#presence-conclusion")).to_contain_text(warning)
    expect(oumar.locator("#part-conclusion .editor-foot button.primary")).to_be_enabled()
    with mariam.expect_response("**/presence"):
        mariam.evaluate("""() => htmx.trigger(document.querySelector("#beat-conclusion"), "every")""")
    expect(mariam.locator("#presence-conclusion")).to_contain_text("Oumar CISSE")
    expect(mariam.locator("#zone-body")).to_have_value(typed)
    ask(adama)
    expect(adama.locator("#presence-conclusion")).to_contain_text(warning)


def test_the_first_sign_of_life_is_given_once(enter: Enter, cast: Cast, place: str) -> None:
    mariam = enter(cast.mariam)
    mariam.goto(place)
    signs: list[str] = []
    mariam.on("request", lambda request: signs.append(request.url) if request.url.endswith("/presence") else None)
    with mariam.expect_response("**/presence") as answer:
        open_editor(mariam, "conclusion")
    assert answer.value.status == 204
    mariam.wait_for_timeout(500)
    assert len(signs) == 1


def test_a_text_that_changes_is_told_and_what_mariam_types_stays(
    app: Flask, enter: Enter, cast: Cast, place: str
) -> None:
    report_id = int(place.rpartition("/")[2])
    editing = in_the_house(app, lambda: _sent_back(report_id, cast))
    assert editing == report_id
    fanta, issa = enter(cast.fanta), enter(cast.issa)
    for page in (fanta, issa):
        page.goto(place)
    open_editor(issa, "conclusion")
    issa.locator("#zone-body").fill("Les travaux ont pris fin à midi.")
    in_the_house(app, lambda: _rewritten(report_id, cast))
    ask(fanta)
    news = fanta.locator("#news .strip")
    expect(news).to_contain_text("Le texte a changé.")
    ask(issa)
    expect(issa.locator("#news .strip")).to_have_count(0)
    expect(issa.locator("#zone-body")).to_have_value("Les travaux ont pris fin à midi.")
    news.get_by_role("link", name="Recharger la page").click()
    expect(fanta.locator("#part-method")).to_contain_text("échanges")
    expect(fanta.locator("#news .strip")).to_have_count(0)


def _sent_back(report_id: int, cast: Cast) -> int:
    from app.db import db
    from app.reports.models.report import Report
    from app.reports.validating import acts as validating

    validating.return_to_rapporteur(db.session.get_one(Report, report_id), cast.adama, "Le lieu est à corriger.")
    return report_id


def _rewritten(report_id: int, cast: Cast) -> None:
    from app.db import db
    from app.reports.models.report import Report

    report = db.session.get_one(Report, report_id)
    save(report, "method", reworded(content_of(report, "method"), "débats", "échanges"), cast.issa)


def test_a_page_that_nobody_looks_at_does_not_ask(enter: Enter, cast: Cast, place: str) -> None:
    mariam = enter(cast.mariam)
    mariam.goto(place)
    asked: list[str] = []
    mariam.on("request", lambda request: asked.append(request.url) if "/nouvelles" in request.url else None)
    mariam.evaluate("""() => Object.defineProperty(document, "hidden", { value: true, configurable: true })""")
    mariam.evaluate("""() => htmx.trigger(document.querySelector("#news a"), "every")""")
    mariam.wait_for_timeout(300)
    assert asked == []
    mariam.evaluate("() => delete document.hidden")
    ask(mariam)
    assert len(asked) == 1


def test_the_days_that_a_deadline_leaves_are_counted_as_it_is_chosen(
    app: Flask, enter: Enter, cast: Cast, place: str
) -> None:
    adama = enter(cast.adama)
    adama.goto(place)
    adama.get_by_text("Prolonger la lecture…").click()
    field = adama.get_by_label("Nouvelle date limite")
    told = adama.locator("#act-extend [data-span]")
    expect(told).to_contain_text(re.compile(r"dans \d+ jours ouvrables"))
    field.evaluate(
        "(each) => { each.dataset.from = '2026-12-14'; each.dataset.holidays = '2026-12-25 Fête de Noël;'; }"
    )
    field.fill("2026-12-28")
    expect(told).to_have_text("Dans 9 jours ouvrables ; férié d’ici là : Fête de Noël (le 25 décembre).")
    field.fill("2026-12-26")
    expect(told).to_contain_text("Ce jour n’est pas ouvrable")

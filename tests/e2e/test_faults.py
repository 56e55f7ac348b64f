"""What goes wrong while people write – network, session, other people, haste – and how nothing they typed is lost."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import pytest
from flask import Flask, request
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, expect
from sqlalchemy import delete

from app.db import db
from app.directory.models import Grant, Person
from app.reports.editing import acts as editing
from app.reports.models.report import Report
from app.reports.text import revisions
from app.workflow import Stage
from tests.cast import PASSWORD, Cast
from tests.e2e.inspection import in_the_house, let_in
from tests.factories import DEADLINE, amended, content_of, report_at

pytestmark = pytest.mark.browser
TYPED = "Les travaux ont pris fin à la tombée du jour."


@dataclass(frozen=True)
class Desk:
    """A report, and the browsers in which people sit at it."""

    app: Flask
    browser: Browser
    address: str
    contexts: list[BrowserContext]
    report_id: int

    @property
    def place(self) -> str:
        return f"/rapports/{self.report_id}"

    def enter(self, person: Person) -> Page:
        context = self.browser.new_context(base_url=self.address)
        self.contexts.append(context)
        let_in(context, self.app, self.address, person)
        return self.tab(context)

    def tab(self, context: BrowserContext) -> Page:
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.goto(self.place)
        return page

    def revision(self, key: str = "conclusion") -> int:
        """The number of the part's latest revision."""
        return in_the_house(self.app, lambda: revisions.part_of(self.report(), key).number)

    def text(self, key: str = "conclusion") -> str:
        return in_the_house(
            self.app, lambda: " ".join(block.fields["text"] for block in content_of(self.report(), key))
        )

    def report(self) -> Report:
        return db.session.get_one(Report, self.report_id)


At = Callable[[Stage], Desk]


@pytest.fixture
def at(app: Flask, browser: Browser, address: str, cast: Cast) -> Iterator[At]:
    """A report at a stage, and a way to sit at it."""
    contexts: list[BrowserContext] = []

    def brought(stage: Stage) -> Desk:
        return Desk(app, browser, address, contexts, in_the_house(app, lambda: report_at(stage, cast).id))

    yield brought
    for context in contexts:
        context.close()


def open_editor(page: Page, key: str = "conclusion") -> Locator:
    """Open the part's editor in its place; its form."""
    part = page.locator(f"#part-{key}")
    part.hover()
    part.locator("[data-edit]").click()
    form = part.locator("form.editor")
    expect(form).to_be_visible()
    if form.locator("[data-grid]").count():
        # The grid's script comes with its editor. Asked again and again from here: the page's policy lets no string be run.
        for _ in range(200):
            if page.evaluate("Boolean(window.gridsServed)"):
                break
            page.wait_for_timeout(50)
        else:
            pytest.fail("the grid's script did not come")
    return form


def save(page: Page, key: str = "conclusion") -> None:
    page.locator(f"#part-{key} .editor-foot button.primary").click()


def expect_saved(page: Page, key: str = "conclusion") -> None:
    expect(page.locator("#status")).to_contain_text("Enregistré")
    expect(page.locator(f"#part-{key} form.editor")).to_have_count(0)


def strip(page: Page) -> Locator:
    """The bar under the header that says what went wrong."""
    return page.locator(".strip")


# --- The device


def test_what_issa_typed_is_kept_on_the_device_and_offered_after_a_reload(at: At, cast: Cast) -> None:
    desk = at(Stage.EDITING)
    issa = desk.enter(cast.issa)
    open_editor(issa)
    issa.locator("#zone-body").press_sequentially(" Et la nuit vint.")
    expect(issa.locator("[data-kept]")).to_contain_text("Brouillon gardé sur cet appareil")
    typed = issa.locator("#zone-body").input_value()
    issa.reload()
    open_editor(issa)
    expect(issa.locator("#zone-body")).not_to_have_value(typed)
    issa.get_by_role("button", name="Reprendre le brouillon").click()
    expect(issa.locator("#zone-body")).to_have_value(typed)
    save(issa)
    expect_saved(issa)
    assert "Et la nuit vint." in desk.text()
    open_editor(issa)
    expect(issa.locator(".note.draft")).to_have_count(0)


# --- The network


def test_a_save_without_network_leaves_when_the_network_is_back_and_is_applied_once(at: At, cast: Cast) -> None:
    desk = at(Stage.EDITING)
    before = desk.revision()
    issa = desk.enter(cast.issa)
    open_editor(issa)
    issa.locator("#zone-body").fill(TYPED)
    issa.context.set_offline(True)
    save(issa)
    expect(strip(issa)).to_contain_text("il partira dès que le réseau reviendra")
    expect(issa.locator("#zone-body")).to_have_value(TYPED)
    issa.context.set_offline(False)
    expect_saved(issa)
    expect(strip(issa)).to_have_count(0)
    assert (desk.revision(), desk.text()) == (before + 1, TYPED)


def test_a_save_whose_answer_was_lost_is_sent_again_and_applied_once(at: At, cast: Cast) -> None:
    desk = at(Stage.EDITING)
    before = desk.revision()
    issa = desk.enter(cast.issa)
    open_editor(issa)
    issa.locator("#zone-body").fill(TYPED)
    sent: list[str] = []

    def lose_the_first_answer(route: Route) -> None:
        sent.append(route.request.method)
        if len(sent) > 1:
            return route.continue_()
        route.fetch()
        route.abort()
        return None

    issa.route("**/conclusion/modifier", lose_the_first_answer)
    save(issa)
    expect(strip(issa)).to_contain_text("Le réseau a manqué")
    assert desk.revision() == before + 1, "the server did not get the first save: nothing is tried here"
    strip(issa).get_by_role("button", name="Réessayer").click()
    expect(issa.locator("#part-conclusion form.editor")).to_have_count(0)
    expect(issa.locator("#part-conclusion")).to_contain_text(TYPED)
    assert (len(sent), desk.revision()) == (2, before + 1)


@pytest.fixture
def slow_line(app: Flask) -> None:
    """What is sent arrives late, so that there is time to press again."""
    app.before_request(lambda: time.sleep(0.5) if request.method == "POST" else None)


def press_twice(button: Locator) -> None:
    button.evaluate("(each) => { each.click(); setTimeout(() => each.click(), 150); }")


@pytest.mark.usefixtures("slow_line")
def test_save_pressed_again_before_the_answer_makes_one_revision(at: At, cast: Cast) -> None:
    desk = at(Stage.EDITING)
    before = desk.revision()
    issa = desk.enter(cast.issa)
    open_editor(issa)
    issa.locator("#zone-body").fill(TYPED)
    press_twice(issa.locator("#part-conclusion .editor-foot button.primary"))
    expect(issa.locator("#part-conclusion form.editor")).to_have_count(0)
    expect(issa.locator("#part-conclusion")).to_contain_text(TYPED)
    issa.wait_for_load_state("networkidle")
    assert desk.revision() == before + 1


@pytest.mark.usefixtures("slow_line")
def test_adopt_pressed_again_before_the_answer_adopts_once_and_ends_on_the_report(at: At, cast: Cast) -> None:
    desk = at(Stage.READING)
    in_the_house(desk.app, lambda: amended(desk.report(), "conclusion", "bonne humeur", "joie", cast.mariam) and None)
    before = desk.revision()
    adama = desk.enter(cast.adama)
    press_twice(adama.get_by_role("button", name="Adopter"))
    expect(adama.locator("#amendment-1")).to_contain_text("Adopté")
    assert desk.revision() == before + 1


# --- The session and the role


def test_a_session_that_ends_while_issa_types_costs_him_a_sign_in_and_no_word(at: At, cast: Cast) -> None:
    desk = at(Stage.EDITING)
    before = desk.revision()
    issa = desk.enter(cast.issa)
    open_editor(issa)
    issa.locator("#zone-body").fill(TYPED)
    issa.context.clear_cookies()
    save(issa)
    expect(strip(issa)).to_contain_text("Votre session a pris fin")
    expect(issa.locator("#zone-body")).to_have_value(TYPED)
    with issa.context.expect_page() as opened:
        strip(issa).get_by_role("link", name="Se reconnecter").click()
    tab = opened.value
    tab.get_by_label("Adresse électronique").fill(cast.issa.email)
    tab.get_by_label("Mot de passe").fill(PASSWORD)
    tab.get_by_role("button", name="Se connecter").click()
    tab.wait_for_url("**/")
    strip(issa).get_by_role("button", name="Réessayer").click()
    expect_saved(issa)
    assert (desk.revision(), desk.text()) == (before + 1, TYPED)


def test_what_issa_typed_does_not_leave_in_the_name_of_who_signed_in_after_him(at: At, cast: Cast) -> None:
    desk = at(Stage.EDITING)
    before = desk.revision()
    issa = desk.enter(cast.issa)
    open_editor(issa)
    issa.locator("#zone-body").fill(TYPED)
    let_in(issa.context, desk.app, desk.address, cast.fanta)
    save(issa)
    strip(issa).get_by_role("button", name="Réessayer").click()
    expect(strip(issa)).to_contain_text("Votre session a pris fin")
    expect(issa.locator("#zone-body")).to_have_value(TYPED)
    let_in(issa.context, desk.app, desk.address, cast.issa)
    strip(issa).get_by_role("button", name="Réessayer").click()
    expect_saved(issa)
    assert (desk.revision(), desk.text()) == (before + 1, TYPED)


def test_a_role_taken_away_while_issa_types_stops_the_save_and_leaves_his_text(at: At, cast: Cast) -> None:
    desk = at(Stage.EDITING)
    before = desk.revision()
    issa = desk.enter(cast.issa)
    open_editor(issa)
    issa.locator("#zone-body").fill(TYPED)
    in_the_house(desk.app, lambda: db.session.execute(delete(Grant).where(Grant.person_id == cast.issa.id)) and None)
    save(issa)
    expect(strip(issa)).to_contain_text("ne vous est pas ouverte")
    expect(issa.locator("#zone-body")).to_have_value(TYPED)
    assert desk.revision() == before


# --- Other people


def test_a_report_transmitted_while_issa_types_stops_the_save_and_leaves_his_text(at: At, cast: Cast) -> None:
    desk = at(Stage.EDITING)
    issa = desk.enter(cast.issa)
    open_editor(issa)
    issa.locator("#zone-body").fill(TYPED)
    in_the_house(desk.app, lambda: editing.transmit(desk.report(), cast.issa, DEADLINE, date.today()))
    save(issa)
    expect(strip(issa)).to_contain_text("Le rapport a changé d’étape")
    expect(issa.locator("#zone-body")).to_have_value(TYPED)
    assert TYPED not in desk.text()


def test_two_tabs_that_change_the_same_words_meet_side_by_side_and_neither_text_is_lost(at: At, cast: Cast) -> None:
    desk = at(Stage.EDITING)
    first = desk.enter(cast.issa)
    second = desk.tab(first.context)
    for page, words in ((first, TYPED), (second, "Les travaux ont pris fin avec la pluie.")):
        open_editor(page)
        page.locator("#zone-body").fill(words)
    save(second)
    expect_saved(second)
    save(first)
    clash = first.locator("#part-conclusion .clash")
    expect(clash).to_contain_text(TYPED)
    expect(clash).to_contain_text("avec la pluie")
    expect(first.locator("#zone-body")).to_have_value(TYPED)
    assert "avec la pluie" in desk.text()
    save(first)
    expect_saved(first)
    assert desk.text() == TYPED


# --- The keyboard


def test_issa_writes_with_the_keyboard_alone(at: At, cast: Cast) -> None:
    desk = at(Stage.EDITING)
    issa = desk.enter(cast.issa)
    issa.locator("#part-conclusion").scroll_into_view_if_needed()
    issa.locator("#part-conclusion [data-edit]").focus()
    issa.keyboard.press("e")
    field = issa.locator("#zone-body")
    expect(field).to_be_focused()
    issa.keyboard.press("Escape")
    expect(field).to_have_count(0)
    expect(issa.locator("#part-conclusion")).to_be_focused()
    issa.keyboard.press("e")
    expect(field).to_be_focused()
    issa.keyboard.press("Control+A")
    issa.keyboard.type("Tout ")
    issa.keyboard.press("Control+B")
    issa.keyboard.type("s’achève")
    issa.keyboard.press("Control+S")
    expect_saved(issa)
    assert desk.text() == "Tout **s’achève**"


def test_issa_moves_rows_with_the_keyboard(at: At, cast: Cast) -> None:
    desk = at(Stage.EDITING)
    issa = desk.enter(cast.issa)
    open_editor(issa, "recommendations")
    second = issa.locator("[name=zone-recommendations-1-text]")
    words = second.input_value()
    second.focus()
    issa.keyboard.press("Alt+ArrowUp")
    first = issa.locator("[name=zone-recommendations-0-text]")
    expect(first).to_have_value(words)
    expect(first).to_be_focused()
    expect(issa.locator("#status")).to_have_text("Ligne déplacée à la position 1 sur 2.")
    issa.keyboard.press("Control+S")
    expect_saved(issa, "recommendations")
    assert desk.text("recommendations").index(words) < desk.text("recommendations").index("Publier")


def test_adama_walks_the_amendments_with_j_and_k(at: At, cast: Cast) -> None:
    desk = at(Stage.READING)

    def propose() -> None:
        report = desk.report()
        amended(report, "conclusion", "bonne humeur", "joie", cast.mariam)
        amended(report, "method", "débats", "longs débats", cast.oumar)

    in_the_house(desk.app, propose)
    adama = desk.enter(cast.adama)
    cards = adama.locator(".card.amendment")
    expect(cards).to_have_count(2)
    for key, card in (("j", 0), ("j", 1), ("j", 1), ("k", 0)):
        adama.keyboard.press(key)
        expect(cards.nth(card)).to_be_focused()
    adama.keyboard.press("?")
    expect(adama.get_by_role("dialog")).to_be_visible()
    adama.keyboard.press("Escape")
    expect(adama.get_by_role("dialog")).to_have_count(0)


# --- Much at once


PASTE = """([selector, text]) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  const paste = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
  document.querySelector(selector).dispatchEvent(paste);
}"""


def test_two_thousand_attendees_pasted_from_a_spreadsheet_are_saved_in_their_order(at: At, cast: Cast) -> None:
    desk = at(Stage.EDITING)
    issa = desk.enter(cast.issa)
    open_editor(issa, "attendance")
    lines = [f"Participant {n:04}\tAssociation {n % 40}\t70 00 {n:04}\t" for n in range(2000)]
    issa.evaluate(PASTE, ["[name=zone-attendees-0-name]", "\n".join(lines)])
    expect(issa.locator("#zone-attendees [data-grid-count]")).to_have_text("2000")
    expect(issa.locator("[name=zone-attendees-1999-name]")).to_have_value("Participant 1999")
    save(issa, "attendance")
    expect(issa.locator("#status")).to_contain_text("Enregistré", timeout=90_000)
    expect(issa.locator("#part-attendance form.editor")).to_have_count(0)
    names = in_the_house(desk.app, lambda: [block.fields["name"] for block in content_of(desk.report(), "attendance")])
    assert names == [f"Participant {n:04}" for n in range(2000)]


def place_of_save(page: Page, key: str) -> tuple[float, float]:
    """Where on the screen the button stands that saves, in px from the left and from the top."""
    box = page.locator(f"#part-{key} .editor-foot button.primary").bounding_box()
    assert box
    return round(box["x"]), round(box["y"])


@pytest.mark.parametrize(
    "size", [{"width": 1366, "height": 768}, {"width": 390, "height": 844}], ids=["laptop", "phone"]
)
def test_save_stays_under_the_hand_while_a_draft_is_kept_and_rows_are_drawn(
    at: At, cast: Cast, size: dict[str, int]
) -> None:
    issa = at(Stage.EDITING).enter(cast.issa)
    issa.set_viewport_size(size)
    open_editor(issa, "attendance")
    issa.evaluate(PASTE, ["[name=zone-attendees-0-name]", "\n".join(f"Participant {n}\tCAFO" for n in range(200))])
    issa.locator("[name=zone-attendees-100-name]").press_sequentially(" bis")
    before = place_of_save(issa, "attendance")
    expect(issa.locator("[data-kept]")).to_contain_text("Brouillon gardé sur cet appareil")
    assert place_of_save(issa, "attendance") == before
    issa.mouse.move(size["width"] / 2, size["height"] / 2)
    issa.mouse.wheel(0, -900)
    assert place_of_save(issa, "attendance") == before
    issa.mouse.click(before[0] + 8, before[1] + 8)
    expect_saved(issa, "attendance")

"""What is typed is kept: the question before an act that leaves it behind, the list on the device, a server that fails."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from app.reports.comments import acts as commenting
from app.reports.editing import acts as editing
from app.workflow import Stage
from tests.cast import Cast
from tests.e2e.inspection import Inspector, in_the_house, let_in
from tests.e2e.test_faults import At, Desk, expect_saved, open_editor, save, strip
from tests.factories import DEADLINE, report_at
from tests.web.test_database_fails import locked, quicken

pytestmark = pytest.mark.browser
ENDED = "Les travaux ont pris fin à la tombée du jour, par les remerciements de Monsieur TRAORÉ."
SPOKEN = "Des exposés ont été suivis d’échanges sur les 12 500 000 FCFA du budget."
KEPT = "Brouillon gardé sur cet appareil"
SIXTY_ONE_DAYS_AGO = """async () => {
  const { mine, put } = window.seben.texts;
  for (const record of await mine()) await put({ ...record, at: record.at - 61 * 86400000 });
}"""


@pytest.fixture
def at(app: Flask, browser: Browser, address: str, cast: Cast) -> Iterator[At]:
    contexts: list[BrowserContext] = []

    def brought(stage: Stage) -> Desk:
        return Desk(app, browser, address, contexts, in_the_house(app, lambda: report_at(stage, cast).id))

    yield brought
    for context in contexts:
        context.close()


def write(page: Page, words: str, key: str = "conclusion") -> Locator:
    """Open a part's editor, type, wait until it is kept."""
    form = open_editor(page, key)
    form.locator("#zone-body").fill(words)
    expect(form.locator("[data-kept]")).to_contain_text(KEPT)
    return form


def transmit(page: Page) -> Locator:
    """Press the button that passes the text on; the question."""
    page.locator("#act-transmit button.primary").click()
    question = page.get_by_role("dialog")
    expect(question).to_be_visible()
    return question


def texts(page: Page) -> Locator:
    return page.locator("#device .device-texts > li")


def stage(desk: Desk) -> Stage:
    return in_the_house(desk.app, lambda: desk.report().stage)


# --- The question


def test_two_open_parts_are_saved_before_the_report_is_passed_on(at: At, cast: Cast) -> None:
    desk = at(Stage.EDITING)
    issa = desk.enter(cast.issa)
    write(issa, ENDED)
    write_beside(issa, SPOKEN, "method")
    question = transmit(issa)
    expect(question).to_contain_text("2 parties ne sont pas enregistrées\u00a0: enregistrer et transmettre\u202f?")
    expect(question).to_contain_text("Les travaux ont pris fin")
    question.get_by_role("button", name="Enregistrer et transmettre").click()
    expect(issa.locator("#workflow .here")).to_contain_text("Lecture CRSB")
    assert (desk.text(), desk.text("method")) == (ENDED, SPOKEN)
    assert stage(desk) is Stage.READING
    expect(issa.locator("#device")).to_be_hidden()


def write_beside(page: Page, words: str, key: str) -> None:
    """The same, where another editor is open: both call their text by one name."""
    part = page.locator(f"#part-{key}")
    part.hover()
    part.locator("[data-edit]").click()
    part.locator("textarea").first.fill(words)
    expect(part.locator("[data-kept]")).to_contain_text(KEPT)


def test_the_question_is_answered_with_the_keyboard_and_leads_back_to_the_text(at: At, cast: Cast) -> None:
    desk = at(Stage.EDITING)
    issa = desk.enter(cast.issa)
    form = write(issa, ENDED)
    question = transmit(issa)
    for _ in range(5):
        issa.keyboard.press("Tab")
        assert issa.evaluate(
            "Boolean(document.activeElement.closest('dialog')) || document.activeElement === document.body"
        )
    issa.keyboard.press("Escape")
    expect(question).to_have_count(0)
    expect(form.locator("#zone-body")).to_be_focused()
    expect(form.locator("#zone-body")).to_have_value(ENDED)
    assert stage(desk) is Stage.EDITING


def test_without_these_words_they_stay_on_the_device_to_be_seen_and_copied(at: At, cast: Cast) -> None:
    desk = at(Stage.EDITING)
    before = desk.text()
    issa = desk.enter(cast.issa)
    write(issa, ENDED)
    transmit(issa).get_by_role("button", name="Transmettre sans ces mots").click()
    expect(issa.locator("#workflow .here")).to_contain_text("Lecture CRSB")
    assert desk.text() == before
    expect(issa.locator("#device h2")).to_have_text("Sur cet appareil\u00a0: 1 texte attend")
    expect(texts(issa)).to_contain_text("Cette partie n’est plus modifiable")
    words = texts(issa).locator("textarea")
    expect(words).to_be_visible()
    expect(words).to_have_value(ENDED)
    texts(issa).get_by_role("button", name="Copier").click()
    expect(texts(issa).get_by_role("button", name="Copié")).to_be_visible()
    other = desk.tab(issa.context)
    other.goto("/rapports")
    other.locator("[data-search]").focus()
    other.keyboard.press("Control+V")
    expect(other.locator("[data-search]")).to_have_value(ENDED)
    other.close()
    texts(issa).get_by_role("button", name="Effacer…").click()
    issa.get_by_role("dialog").get_by_role("button", name="Le garder").click()
    expect(texts(issa)).to_have_count(1)
    texts(issa).get_by_role("button", name="Effacer…").click()
    issa.get_by_role("dialog").get_by_role("button", name="Effacer le texte").click()
    expect(issa.locator("#device")).to_be_hidden()


def test_a_draft_that_waits_behind_a_closed_editor_is_asked_for_too(at: At, cast: Cast) -> None:
    desk = at(Stage.EDITING)
    issa = desk.enter(cast.issa)
    write(issa, ENDED)
    issa.reload()
    expect(texts(issa)).to_contain_text("Ce texte n’est pas enregistré.")
    transmit(issa).get_by_role("button", name="Enregistrer et transmettre").click()
    expect(issa.locator("#workflow .here")).to_contain_text("Lecture CRSB")
    assert desk.text() == ENDED


def test_a_clash_passes_nothing_on_and_shows_both_texts(at: At, cast: Cast) -> None:
    desk = at(Stage.EDITING)
    issa = desk.enter(cast.issa)
    other = desk.tab(issa.context)
    write(issa, ENDED)
    open_editor(other).locator("#zone-body").fill("Les travaux ont pris fin avec la pluie.")
    save(other)
    expect_saved(other)
    transmit(issa).get_by_role("button", name="Enregistrer et transmettre").click()
    expect(issa.locator("#part-conclusion .clash")).to_contain_text("avec la pluie")
    expect(issa.locator("#zone-body")).to_have_value(ENDED)
    assert stage(desk) is Stage.EDITING
    save(issa)
    expect_saved(issa)
    assert desk.text() == ENDED


def test_nothing_unsaved_nothing_asked(at: At, cast: Cast) -> None:
    desk = at(Stage.EDITING)
    issa = desk.enter(cast.issa)
    open_editor(issa)
    issa.locator("#act-transmit button.primary").click()
    expect(issa.locator("#workflow .here")).to_contain_text("Lecture CRSB")


def test_an_amendment_being_written_is_asked_for_before_the_reading_is_closed(at: At, cast: Cast) -> None:
    desk = at(Stage.READING)

    def vote() -> None:
        from app.reports.models.ballot import Choice
        from app.reports.validating.acts import vote as give

        for person in (cast.mariam, cast.oumar, cast.adama):
            give(desk.report(), person, Choice.APPROVE, "")

    in_the_house(desk.app, vote)
    adama = desk.enter(cast.adama)
    write(adama, ENDED)
    adama.locator("#act-validate a").click()
    adama.locator("#act-validate button").click()
    question = adama.get_by_role("dialog")
    expect(question).to_contain_text("1 amendement n’est pas déposé")
    expect(question.get_by_role("button")).to_have_text(["Valider sans ces mots", "Revenir au texte"])
    question.get_by_role("button", name="Valider sans ces mots").click()
    expect(adama.locator("#workflow .here")).to_contain_text("Validé")
    expect(texts(adama).locator("textarea")).to_have_value(ENDED)


# --- The list


def test_a_draft_is_taken_up_again_from_the_list_and_saved(at: At, cast: Cast) -> None:
    desk = at(Stage.EDITING)
    issa = desk.enter(cast.issa)
    write(issa, ENDED)
    issa.reload()
    texts(issa).get_by_role("button", name="Reprendre ce texte").click()
    expect(issa.locator("#zone-body")).to_have_value(ENDED)
    save(issa)
    expect_saved(issa)
    expect(issa.locator("#device")).to_be_hidden()
    assert desk.text() == ENDED


def test_rows_are_taken_up_again_from_the_list_whole(at: At, cast: Cast) -> None:
    desk = at(Stage.EDITING)
    issa = desk.enter(cast.issa)
    form = open_editor(issa, "attendance")
    form.locator("[data-grid-add]").click()
    last = form.locator("[data-row] [name$=-name]").last
    last.fill("Seydou TRAORÉ")
    name = last.get_attribute("name")
    expect(form.locator("[data-kept]")).to_contain_text(KEPT)
    # On a slow line the script of the grid comes after its editor.
    issa.route("**/js/grid.js*", lambda route: time.sleep(1.5) or route.continue_())
    issa.reload()
    texts(issa).get_by_role("button", name="Reprendre ce texte").click()
    expect(issa.locator(f"[name={name}]")).to_have_value("Seydou TRAORÉ")
    save(issa, "attendance")
    expect_saved(issa, "attendance")
    assert "Seydou TRAORÉ" in in_the_house(desk.app, lambda: str([block.fields for block in parts(desk, "attendance")]))


def parts(desk: Desk, key: str) -> list:  # type: ignore[type-arg]
    from tests.factories import content_of

    return list(content_of(desk.report(), key))


def test_what_somebody_saved_meanwhile_is_told_and_compared(at: At, cast: Cast) -> None:
    desk = at(Stage.EDITING)
    issa = desk.enter(cast.issa)
    other = desk.tab(issa.context)
    write(issa, ENDED)
    open_editor(other).locator("#zone-body").fill("Les travaux ont pris fin avec la pluie.")
    save(other)
    expect_saved(other)
    issa.goto(desk.place)
    expect(texts(issa)).to_contain_text("Le texte enregistré a changé depuis")
    texts(issa).get_by_role("link", name="Comparer").click()
    expect(issa.locator("main")).to_contain_text("avec la pluie")


def test_a_draft_that_was_saved_word_for_word_by_another_way_is_no_longer_listed(at: At, cast: Cast) -> None:
    desk = at(Stage.EDITING)
    issa = desk.enter(cast.issa)
    other = desk.tab(issa.context)
    write(issa, ENDED)
    write(other, ENDED)
    save(other)
    expect_saved(other)
    issa.goto(desk.place)
    issa.wait_for_load_state("networkidle")
    expect(issa.locator("#device")).to_be_hidden()


def test_another_person_on_the_same_phone_sees_nothing_of_it(at: At, cast: Cast) -> None:
    desk = at(Stage.EDITING)
    issa = desk.enter(cast.issa)
    write(issa, ENDED)
    let_in(issa.context, desk.app, desk.address, cast.fanta)
    issa.goto(desk.place)
    issa.wait_for_load_state("networkidle")
    expect(issa.locator("#device")).to_be_hidden()
    let_in(issa.context, desk.app, desk.address, cast.issa)
    issa.goto(desk.place)
    expect(texts(issa)).to_have_count(1)


def test_my_tasks_lists_what_waits_for_reports_that_are_no_longer_open_to_me(at: At, cast: Cast) -> None:
    desk = at(Stage.EDITING)
    issa = desk.enter(cast.issa)
    write(issa, ENDED)
    issa.goto("/")
    expect(texts(issa)).to_contain_text("Les travaux ont pris fin")


# --- Two tabs, and what earlier pages left


def test_two_tabs_keep_two_drafts_of_one_part(at: At, cast: Cast) -> None:
    desk = at(Stage.EDITING)
    first = desk.enter(cast.issa)
    second = desk.tab(first.context)
    write(first, ENDED)
    write(second, SPOKEN)
    first.goto(desk.place)
    expect(texts(first)).to_have_count(2)
    second.close()
    open_editor(first)
    expect(first.get_by_role("button", name="Reprendre le brouillon")).to_have_count(2)


def test_drafts_of_earlier_pages_are_taken_over_and_offered(at: At, cast: Cast) -> None:
    desk = at(Stage.EDITING)
    issa = desk.enter(cast.issa)
    key = f"seben:draft:{cast.issa.id}:{desk.report_id}-conclusion-edit"
    draft = {"at": 1764500000000, "base": "2", "fields": [["which", "edit"], ["zone-body", ENDED]]}
    issa.evaluate("([key, text]) => localStorage.setItem(key, text)", [key, json.dumps(draft)])
    issa.evaluate("() => localStorage.setItem('seben:draft:autre', 'rien')")
    second = desk.tab(issa.context)
    issa.reload()
    for page in (issa, second):
        expect(texts(page)).to_have_count(1)
        expect(texts(page)).to_contain_text("Les travaux ont pris fin")
    assert issa.evaluate("key => localStorage.getItem(key)", key) is None
    transmit(issa).get_by_role("button", name="Enregistrer et transmettre").click()
    expect(issa.locator("#workflow .here")).to_contain_text("Lecture CRSB")
    assert desk.text() == ENDED


def test_a_save_without_network_outlives_its_page_and_leaves_once(at: At, cast: Cast) -> None:
    desk = at(Stage.EDITING)
    before = desk.revision()
    issa = desk.enter(cast.issa)
    write(issa, ENDED)
    issa.route("**/conclusion/modifier", lambda route: route.abort())
    save(issa)
    expect(strip(issa)).to_contain_text("il partira dès que le réseau reviendra")
    expect(issa.locator("[data-kept]")).to_contain_text(KEPT)
    issa.unroute_all()
    context = issa.context
    issa.close()
    posts: list[str] = []
    context.on("request", lambda sent: posts.append(sent.url) if sent.method == "POST" else None)
    tabs = [context.new_page() for _ in range(3)]
    for tab in tabs:
        tab.goto(desk.place, wait_until="commit")
    for tab in tabs:
        tab.wait_for_load_state("networkidle")
    assert (desk.revision(), desk.text()) == (before + 1, ENDED)
    assert len(posts) == 1


def test_a_save_that_has_waited_longer_than_its_key_is_known_does_not_leave_by_itself(at: At, cast: Cast) -> None:
    desk = at(Stage.EDITING)
    issa = desk.enter(cast.issa)
    write(issa, ENDED)
    context = issa.context
    context.route("**/conclusion/modifier", lambda route: route.abort())
    save(issa)
    expect(strip(issa)).to_contain_text("il partira dès que le réseau reviendra")
    expect(issa.locator("[data-kept]")).to_contain_text(KEPT)
    other = context.new_page()
    issa.close()
    other.goto(f"{desk.place}/historique")
    other.evaluate(SIXTY_ONE_DAYS_AGO)
    other.close()
    context.unroute_all()
    page = desk.tab(context)
    expect(texts(page)).to_contain_text("il attend depuis plus de 60 jours")
    expect(texts(page).locator("textarea")).to_have_value(ENDED)
    assert ENDED not in desk.text()


def test_a_browser_that_keeps_nothing_says_so(at: At, cast: Cast) -> None:
    desk = at(Stage.EDITING)
    issa = desk.enter(cast.issa)
    issa.add_init_script("Object.defineProperty(window, 'indexedDB', { value: { open() { throw new Error('no'); } } })")
    issa.reload()
    form = open_editor(issa)
    form.locator("#zone-body").fill(ENDED)
    expect(form.locator("[data-kept]")).to_have_text("Ce navigateur ne garde rien : enregistrez souvent.")
    expect(transmit(issa)).to_contain_text("ce que vous n’enregistrez pas sera perdu")


# --- A server that cannot save


def test_a_database_that_is_locked_keeps_the_text_in_its_editor_and_takes_it_later(
    at: At, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = at(Stage.EDITING)
    if not desk.app.config["DATABASE_URL"].startswith("sqlite"):
        pytest.skip("the lock of this test is SQLite's")
    quicken(desk.app, monkeypatch)
    issa = desk.enter(cast.issa)
    form = write(issa, ENDED)
    with locked(desk.app):
        save(issa)
        expect(strip(issa)).to_contain_text("Le serveur ne peut rien enregistrer pour l’instant")
        expect(form.locator("#zone-body")).to_have_value(ENDED)
    strip(issa).get_by_role("button", name="Réessayer").click()
    expect_saved(issa)
    assert desk.text() == ENDED


def test_a_form_that_met_a_broken_database_keeps_its_words_before_and_after(
    at: At, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = at(Stage.EDITING)
    if not desk.app.config["DATABASE_URL"].startswith("sqlite"):
        pytest.skip("the lock of this test is SQLite's")
    quicken(desk.app, monkeypatch)
    issa = desk.enter(cast.issa)
    why = "Le programme du 22 février est à compléter, et la liste de présence à joindre."
    issa.locator("#act-return_draft summary").click()
    issa.locator("#reason-return_draft").fill(why)
    with locked(desk.app):
        issa.locator("#act-return_draft button.danger").click()
        expect(issa.locator("h1")).to_have_text("Rien n’a été enregistré")
        expect(issa.get_by_label("Votre texte")).to_have_value(why)
        issa.go_back()
        expect(issa.locator("#reason-return_draft")).to_have_value(why)
    issa.goto(desk.place)
    issa.locator("#act-return_draft summary").click()
    issa.locator("#reason-return_draft").fill(why)
    with locked(desk.app):
        issa.locator("#act-return_draft button.danger").click()
        expect(issa.locator("h1")).to_have_text("Rien n’a été enregistré")
    issa.get_by_role("button", name="Envoyer de nouveau").click()
    expect(issa.locator("#workflow .here")).to_contain_text("Brouillon")
    assert stage(desk) is Stage.DRAFTING


def test_a_form_without_htmx_has_its_words_again_after_the_way_back(
    at: At, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = at(Stage.DRAFTING)
    if not desk.app.config["DATABASE_URL"].startswith("sqlite"):
        pytest.skip("the lock of this test is SQLite's")
    quicken(desk.app, monkeypatch)
    coumba = desk.enter(cast.coumba)
    place = coumba.url.replace(desk.place, "/campagnes/1/modifier")
    coumba.goto(place)
    field = coumba.locator("form[data-keep] [name=name]")
    field.fill("Budgets régionaux 2018, seconde campagne")
    coumba.wait_for_timeout(1000)
    with locked(desk.app):
        coumba.locator("form[data-keep] button[type=submit]").click()
        expect(coumba.locator("h1")).to_have_text("Rien n’a été enregistré")
    coumba.go_back()
    expect(field).to_have_value("Budgets régionaux 2018, seconde campagne")
    coumba.locator("form[data-keep] button[type=submit]").click()
    expect(coumba.locator("h1")).to_contain_text("seconde campagne")


def test_a_save_that_is_refused_on_its_way_stays_with_the_servers_sentence(at: At, cast: Cast) -> None:
    desk = at(Stage.EDITING)
    issa = desk.enter(cast.issa)
    write(issa, ENDED)
    issa.route("**/conclusion/modifier", lambda route: route.abort())
    save(issa)
    expect(strip(issa)).to_contain_text("il partira dès que le réseau reviendra")
    expect(issa.locator("[data-kept]")).to_contain_text(KEPT)
    issa.unroute_all()
    context = issa.context
    issa.close()
    in_the_house(desk.app, lambda: editing.transmit(desk.report(), cast.issa, DEADLINE, date.today()))
    page = desk.tab(context)
    expect(texts(page)).to_contain_text("Cette partie n’est plus modifiable")
    expect(texts(page).locator("textarea")).to_have_value(ENDED)
    assert ENDED not in desk.text()


def test_the_answer_to_an_observation_waits_in_the_list_and_is_saved_with_the_act(at: At, cast: Cast) -> None:
    desk = at(Stage.EDITING)
    in_the_house(
        desk.app, lambda: commenting.comment(desk.report(), cast.fanta, "conclusion", "À qui s’adresse-t-on ?") and None
    )
    issa = desk.enter(cast.issa)
    issa.locator("#observation-1 summary").click()
    issa.locator("#answer-1").fill("Au Conseil régional, comme en 2017.")
    issa.wait_for_timeout(1000)
    issa.reload()
    expect(texts(issa)).to_contain_text("Réponse à l’observation n° 1")
    question = transmit(issa)
    expect(question).to_contain_text("1 texte n’est pas enregistré")
    question.get_by_role("button", name="Enregistrer et transmettre").click()
    expect(issa.locator("#workflow .here")).to_contain_text("Lecture CRSB")
    expect(issa.locator("#observation-2")).to_contain_text("comme en 2017")
    expect(issa.locator("#device")).to_be_hidden()


# --- The screens


def test_the_question_the_list_and_the_failure_are_fit_for_everybody(
    app: Flask, browser: Browser, address: str, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = f"/rapports/{in_the_house(app, lambda: report_at(Stage.EDITING, cast).id)}"
    inspector = Inspector(browser, app, address)
    issa = inspector.enter(cast.issa)
    inspector.visit(issa, place, "report")
    write(issa, ENDED)
    write_beside(issa, SPOKEN, "method")
    transmit(issa)
    inspector.look(issa, "question")
    issa.keyboard.press("Escape")
    issa.reload()
    expect(texts(issa)).to_have_count(2)
    inspector.look(issa, "texts-that-wait")
    inspector.visit(issa, "/", "texts-in-my-tasks")
    issa.goto(place)
    transmit(issa).get_by_role("button", name="Transmettre sans ces mots").click()
    expect(issa.locator("#workflow .here")).to_contain_text("Lecture CRSB")
    expect(texts(issa).locator("textarea")).to_have_count(2)
    inspector.look(issa, "texts-left-behind")
    issa.goto("/compte/notifications")
    if app.config["DATABASE_URL"].startswith("sqlite"):
        quicken(app, monkeypatch)
        with locked(app):
            issa.locator("main form button.primary").click()
            expect(issa.locator("h1")).to_have_text("Rien n’a été enregistré")
            inspector.look(issa, "failure")
    inspector.close()
    inspector.faults = [each for each in inspector.faults if "status of 503" not in each]
    inspector.verdict()


def test_saving_a_part_leaves_the_reason_that_is_being_written_beside_it(at: At, cast: Cast) -> None:
    desk = at(Stage.EDITING)
    issa = desk.enter(cast.issa)
    write(issa, ENDED)
    issa.locator("#act-return_draft summary").click()
    issa.locator("#reason-return_draft").fill("La liste de présence est à joindre.")
    save(issa)
    expect_saved(issa)
    expect(issa.locator("#reason-return_draft")).to_have_value("La liste de présence est à joindre.")

"""The short life of a report with JavaScript switched off: every step is a plain form or a plain link."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from app.directory.models import Person
from app.workflow import BY_KEY
from tests.cast import PASSWORD, Cast
from tests.e2e.inspection import let_in
from tests.factories import DEADLINE

pytestmark = pytest.mark.browser
Enter = Callable[[Person | None], Page]


@pytest.fixture
def enter(browser: Browser, app: Flask, address: str) -> Iterator[Enter]:
    """A browser without JavaScript, in which a person is signed in."""
    contexts: list[BrowserContext] = []

    def entered(person: Person | None) -> Page:
        context = browser.new_context(base_url=address, java_script_enabled=False, accept_downloads=True)
        contexts.append(context)
        if person is not None:
            let_in(context, app, address, person)
        page = context.new_page()
        page.set_default_timeout(15_000)
        return page

    yield entered
    for context in contexts:
        context.close()


def test_a_report_goes_from_empty_draft_to_published_pdf_without_javascript(
    enter: Enter, cast: Cast, tmp_path: Path
) -> None:
    fanta = enter(None)
    sign_in(fanta, cast.fanta)
    place = open_report(fanta)
    write_prose(fanta, place)
    arrange_recommendations(fanta, place)
    write_the_rest(fanta, place)
    act(fanta, place, "hand_over")
    issa, mariam, adama = (enter(person) for person in (cast.issa, cast.mariam, cast.adama))
    transmit(issa, place)
    amend(mariam, place)
    opine(issa, place)
    adopt(adama, place)
    for page in (mariam, enter(cast.oumar), adama):
        vote(page, place)
    act(adama, place, "validate")
    for page in (issa, enter(cast.seydou)):
        sign(page, place)
    coumba = enter(cast.coumba)
    act(coumba, place, "publish")
    pdf = download(coumba, place, tmp_path)
    verify(enter(cast.lamine), pdf)


def sign_in(page: Page, person: Person) -> None:
    page.goto("/rencontres/1")
    page.get_by_label("Adresse électronique").fill(person.email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()


def open_report(page: Page) -> str:
    page.get_by_role("button", name="Ouvrir le rapport").click()
    page.wait_for_url("**/rapports/*")
    return page.url


def edit(page: Page, place: str, key: str) -> None:
    """Open a part's editor by its link: a page of its own, at the part."""
    page.goto(place)
    page.locator(f"#part-{key} a[data-edit]").click()
    expect(page.locator(f"#part-{key} form.editor")).to_be_visible()


def save(page: Page, key: str) -> None:
    page.locator(f"#part-{key} .editor-foot").get_by_role("button", name="Enregistrer").click()
    expect(page.locator("form.editor")).to_have_count(0)


def write_prose(page: Page, place: str) -> None:
    edit(page, place, "introduction")
    field = page.get_by_label("Introduction", exact=True)
    field.fill("La rencontre a réuni **les élus**.\n\n- Un point ;\n- un autre.")
    page.get_by_role("button", name="Aperçu").click()
    expect(page.locator(".preview strong")).to_have_text("les élus")
    expect(page.locator(".preview li")).to_have_count(2)
    expect(field).to_have_value("La rencontre a réuni **les élus**.\n\n- Un point ;\n- un autre.")
    assert page.url.endswith("#part-introduction"), "the page does not come back to the part being written"
    save(page, "introduction")
    expect(page.locator("#part-introduction strong")).to_have_text("les élus")


def arrange_recommendations(page: Page, place: str) -> None:
    """Type, add, paste, move and remove rows; each press brings the grid back as it was typed."""
    edit(page, place, "recommendations")
    press(page, "Coller depuis un tableur", "summary")
    page.locator("#paste-recommendations").fill(
        "1\tPublier le budget.\tMairie\tjuin\tbulletin\tfinances\nOuvrir le marché."
    )
    press(page, "Ajouter ces lignes")
    expect_rows(page, "Publier le budget.", "Ouvrir le marché.")
    expect(page.locator("[name=zone-recommendations-0-addressee]")).to_have_value("Mairie")
    press(page, "Ajouter une recommandation")
    page.locator("[name=zone-recommendations-2-text]").fill("Réunir les usagers.")
    row(page, 2).get_by_role("button", name="Monter").click()
    expect_rows(page, "Publier le budget.", "Réunir les usagers.", "Ouvrir le marché.")
    row(page, 0).get_by_role("button", name="Descendre").click()
    expect_rows(page, "Réunir les usagers.", "Publier le budget.", "Ouvrir le marché.")
    row(page, 2).get_by_role("button", name="Supprimer").click()
    expect_rows(page, "Réunir les usagers.", "Publier le budget.")
    assert page.url.endswith("#part-recommendations")
    save(page, "recommendations")
    items = page.locator("#part-recommendations li")
    expect(items).to_have_count(2)
    expect(items.first).to_have_text("Réunir les usagers.")
    expect(items.last).to_contain_text("Publier le budget.")


def press(page: Page, name: str, tag: str = "button") -> None:
    page.locator("form.editor").locator(tag, has_text=name).click()


def row(page: Page, n: int) -> Locator:
    return page.locator("[data-grid-rows] [data-row]").nth(n)


def expect_rows(page: Page, *texts: str) -> None:
    fields = page.locator("[data-grid-rows] textarea[name$='-text']")
    expect(fields).to_have_count(len(texts))
    for n, text in enumerate(texts):
        expect(fields.nth(n)).to_have_value(text)


def write_the_rest(page: Page, place: str) -> None:
    for key in ("proceedings", "method", "conclusion"):
        edit(page, place, key)
        page.locator("#zone-body").fill("Tout s’est passé comme prévu.")
        save(page, key)
    for key, name in (("ceremony", "zone-speeches-0-text"), ("presentation", "zone-points-0-text")):
        edit(page, place, key)
        page.locator(f"[name={name}]").fill("Le budget de l’année.")
        save(page, key)


def act(page: Page, place: str, key: str) -> None:
    """Take an act on the whole report by its form; the report moves on."""
    page.goto(place)
    before = page.locator("#workflow [aria-current=step]").inner_text()
    if key in ("validate", "publish"):  # asked once more, on a page that names the warnings at once
        page.locator(f"#act-{key} a").click()
    if key == "validate":
        page.get_by_label("Pourquoi passer outre").fill("La liste est jointe sur papier.")
    page.locator(f"#act-{key} button").last.click()
    if BY_KEY[key].checked and key != "validate":
        go_past_warnings(page, key)
    expect(page.locator("#workflow [aria-current=step]")).not_to_have_text(before)


def go_past_warnings(page: Page, key: str) -> None:
    """The refusal comes back with what the check warns of, and the field for a word on it, in sight."""
    asked = page.get_by_label("Pourquoi passer outre")
    expect(asked).to_be_visible()
    expect(page.locator(f"#act-{key} .findings")).to_contain_text("La liste de présence est vide.")
    expect(page.locator(f"#act-{key} .error")).to_be_in_viewport()
    asked.fill("La liste est jointe sur papier.")
    page.locator(f"#act-{key} button").last.click()


def transmit(page: Page, place: str) -> None:
    page.goto(place)
    page.get_by_label("À lire par la commission avant le").fill(DEADLINE.isoformat())
    page.locator("#act-transmit button").click()
    go_past_warnings(page, "transmit")
    expect(page.locator("#workflow [aria-current=step]")).to_contain_text("Lecture CRSB")


def amend(page: Page, place: str) -> None:
    edit(page, place, "conclusion")
    page.locator("#zone-body").fill("Tout s’est passé mieux que prévu.")
    page.get_by_label("Pourquoi cet amendement").fill("C’est plus juste.")
    page.locator("#part-conclusion .editor-foot").get_by_role("button", name="Proposer l’amendement").click()
    expect(page.locator("#amendment-1 ins")).to_contain_text("mieux que")


def opine(page: Page, place: str) -> None:
    page.goto(place)
    page.get_by_text("Donner mon avis").click()
    page.get_by_label("Favorable", exact=True).check()
    page.get_by_role("button", name="Enregistrer l’avis").click()
    expect(page.locator("#amendment-1 .opinion")).to_contain_text("favorable")


def adopt(page: Page, place: str) -> None:
    page.goto(place)
    page.get_by_role("button", name="Adopter").click()
    expect(page.locator("#amendment-1")).to_contain_text("Adopté")
    expect(page.locator("#part-conclusion")).to_contain_text("mieux que prévu")


def vote(page: Page, place: str) -> None:
    """Object first, without a reason: the refusal stands where the form is; then approve."""
    page.goto(place)
    page.get_by_label("Je m’oppose").check()
    page.get_by_role("button", name="Voter").click()
    expect(page.locator("#act-vote .error")).to_be_visible()
    expect(page.locator("#act-vote .error")).to_be_in_viewport()
    page.get_by_label("J’approuve").check()
    page.get_by_role("button", name="Voter").click()
    expect(page.locator("#commission .seats .adopted").first).to_contain_text("Approuve")


def sign(page: Page, place: str) -> None:
    page.goto(place)
    page.get_by_role("link", name="Lire et signer").click()
    page.locator("label[for=way-electronic]").click()
    page.get_by_label("Votre mot de passe, de nouveau").fill(PASSWORD)
    page.get_by_role("button", name="Signer ce document").click()
    expect(page.locator("#next .note.good").last).to_contain_text("Signé par")


def download(page: Page, place: str, folder: Path) -> Path:
    page.goto(place)
    with page.expect_download() as coming:
        page.get_by_role("link", name="Rapport signé (PDF)").click()
    pdf = folder / "rapport.pdf"
    coming.value.save_as(pdf)
    assert pdf.read_bytes().startswith(b"%PDF-")
    return pdf


def verify(page: Page, pdf: Path) -> None:
    page.goto("/verifier")
    page.get_by_label("Fichier PDF").set_input_files(pdf)
    page.get_by_role("button", name="Vérifier le fichier", exact=True).click()
    expect(page.get_by_text("Ce document est authentique")).to_be_visible()

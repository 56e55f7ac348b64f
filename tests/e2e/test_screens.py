"""Every screen, on a laptop and on a phone, light and dark: axe finds nothing, nothing runs over, the console is silent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask, abort
from playwright.sync_api import Browser, Page, expect

from app.db import db
from app.reports.amending import acts as amending
from app.reports.comments import acts as commenting
from app.reports.live import presence
from app.reports.models.ballot import Choice
from app.reports.models.report import Opinion, Report
from app.reports.signing.acts import Sealer
from app.reports.validating import acts as validating
from app.reports.validating import proxies
from app.web import errors
from app.workflow import Stage
from tests.cast import PASSWORD, Cast
from tests.e2e.inspection import Inspector, in_the_house
from tests.factories import amended, report_at

pytestmark = pytest.mark.browser


@pytest.fixture
def inspector(browser: Browser, app: Flask, address: str) -> Iterator[Inspector]:
    found = Inspector(browser, app, address)
    yield found
    found.close()


def report_of(app: Flask, cast: Cast, stage: Stage, desk: Sealer | None = None) -> int:
    """The number of a report brought to a stage."""
    return in_the_house(app, lambda: report_at(stage, cast, desk).id)


def press(page: Page, name: str, within: str = "main", exact: bool = False) -> None:
    """Press a button although the form is not filled in as the browser would have it."""
    page.evaluate("for (const form of document.forms) form.noValidate = true")
    button = page.locator(within).get_by_role("button", name=name, exact=exact).first
    if button.evaluate("(each) => each.form?.matches('[data-moves]')"):
        # What is on the device is looked up before such a form leaves.
        with page.expect_navigation():
            button.click()
        return
    button.click()
    page.wait_for_load_state()


def open_editor(page: Page, key: str) -> None:
    part = page.locator(f"#part-{key}")
    part.hover()
    part.locator("[data-edit]").click()
    expect(page.locator(f"#part-{key} form.editor")).to_be_visible()


# --- Without a session


def test_a_visitor_can_use_every_screen_that_needs_no_account(
    inspector: Inspector, app: Flask, cast: Cast, desk: Sealer, tmp_path: Path
) -> None:
    signed = tmp_path / "signé.pdf"
    signed.write_bytes(in_the_house(app, lambda: desk.store.get(report_at(Stage.SIGNED, cast, desk).signed_hash)))
    altered = tmp_path / "modifié.pdf"
    altered.write_bytes(signed.read_bytes() + b"\n% une remarque\n")
    visitor = inspector.enter(None)
    inspector.visit(visitor, "/connexion", "sign-in")
    visitor.get_by_label("Adresse électronique").fill("fanta@exemple.ml")
    visitor.get_by_label("Mot de passe").fill("ce n’est pas lui")
    press(visitor, "Se connecter")
    inspector.look(visitor, "sign-in-refused")
    inspector.visit(visitor, "/mot-de-passe-oublie", "password-forgotten")
    inspector.visit(visitor, "/mot-de-passe/ceci-n-est-pas-un-lien", "link-ended")
    inspector.visit(visitor, "/verifier", "verify")
    press(visitor, "Vérifier le fichier", exact=True)
    inspector.look(visitor, "verify-nothing")
    for name, file in (("genuine", signed), ("altered", altered)):
        visitor.get_by_label("Fichier PDF").set_input_files(file)
        press(visitor, "Vérifier le fichier", exact=True)
        expect(visitor.locator("[role=status].verdict")).to_be_visible()
        inspector.look(visitor, f"verify-{name}")
    inspector.verdict()


# --- The coordination


def test_the_coordination_can_use_every_screen_of_campaigns_and_workshops(
    inspector: Inspector, app: Flask, cast: Cast
) -> None:
    coumba = inspector.enter(cast.coumba)
    inspector.visit(coumba, "/campagnes", "campaigns")
    inspector.visit(coumba, "/campagnes/nouvelle", "campaign-new")
    press(coumba, "Créer la campagne")
    inspector.look(coumba, "campaign-refused")
    inspector.visit(coumba, "/campagnes/1", "campaign")
    inspector.visit(coumba, "/campagnes/1/termes", "terms")
    inspector.visit(coumba, "/campagnes/1/termes/context", "terms-prose")
    inspector.visit(coumba, "/campagnes/1/termes/participants", "terms-grid")
    inspector.visit(coumba, "/campagnes/1/programme", "programme")
    inspector.visit(coumba, "/campagnes/1/programme/modifier", "programme-editor")
    inspector.visit(coumba, "/campagnes/1/rencontres/nouvelle", "workshop-where")
    coumba.get_by_role("link", name="Planifier").first.click()
    coumba.wait_for_load_state()
    inspector.look(coumba, "workshop-new")
    press(coumba, "Planifier la rencontre")
    inspector.look(coumba, "workshop-refused")
    inspector.visit(coumba, "/rencontres/1", "workshop")
    inspector.visit(coumba, "/rapports", "reports-none")
    inspector.verdict()


def test_two_coordinators_who_save_the_same_form_see_both_versions(
    inspector: Inspector, app: Flask, cast: Cast
) -> None:
    coumba = inspector.enter(cast.coumba)
    for place, field, name in (
        ("/rencontres/1/modifier", "#venue", "workshop"),
        ("/campagnes/1/modifier", "#name", "campaign"),
        ("/campagnes/1/termes/context", "#zone-context", "terms"),
    ):
        first, second = coumba, coumba.context.new_page()
        for page in (first, second):
            page.goto(place)
        for page, words in ((first, "La maison des jeunes."), (second, "Le centre culturel.")):
            page.locator(field).fill(words)
            press(page, "Enregistrer")
        expect(second.locator("main")).to_contain_text("entre-temps")
        inspector.look(second, f"clash-{name}")
        second.close()
    inspector.verdict()


def test_the_coordination_can_use_every_screen_of_the_administration(
    inspector: Inspector, app: Flask, cast: Cast
) -> None:
    coumba = inspector.enter(cast.coumba)
    inspector.visit(coumba, "/administration/personnes", "people")
    inspector.visit(coumba, "/administration/personnes?q=personne", "people-none")
    inspector.visit(coumba, "/administration/personnes/nouvelle", "person-new")
    press(coumba, "Inscrire")
    inspector.look(coumba, "person-refused")
    place = f"/administration/personnes/{cast.mariam.id}"
    inspector.visit(coumba, place, "person")
    coumba.get_by_role("link", name="Retirer").first.click()
    coumba.wait_for_load_state()
    inspector.look(coumba, "role-taking")
    coumba.goto(place)
    press(coumba, "Préparer un lien de mot de passe")
    inspector.look(coumba, "password-link")
    link = coumba.get_by_label("Lien à remettre").input_value()
    visitor = inspector.enter(None)
    inspector.visit(visitor, link[link.index("/mot-de-passe/") :], "password-choose")
    press(visitor, "Enregistrer")
    inspector.look(visitor, "password-choose-refused")
    inspector.visit(coumba, "/administration/commissions", "commissions")
    inspector.visit(coumba, "/administration/commissions/1", "commission")
    inspector.visit(coumba, "/administration/commissions/nouvelle", "commission-new")
    inspector.visit(coumba, "/administration/collectivites", "territories")
    inspector.visit(coumba, "/administration/collectivites/1", "territory")
    inspector.verdict()


def test_anybody_can_use_the_screens_of_their_own_account(inspector: Inspector, cast: Cast) -> None:
    lamine = inspector.enter(cast.lamine)
    inspector.visit(lamine, "/", "tasks-none")
    lamine.set_viewport_size({"width": 390, "height": 844})
    lamine.locator(".account summary").click()
    inspector.look(lamine, "menu")
    inspector.visit(lamine, "/compte", "account")
    inspector.visit(lamine, "/compte/mot-de-passe", "password-change")
    press(lamine, "Changer de mot de passe")
    inspector.look(lamine, "password-change-refused")
    inspector.verdict()


# --- A report, stage by stage


def test_the_draft_can_be_written_on_any_screen(inspector: Inspector, app: Flask, cast: Cast) -> None:
    place = f"/rapports/{report_of(app, cast, Stage.DRAFTING)}"
    fanta = inspector.enter(cast.fanta)
    inspector.visit(fanta, "/", "tasks")
    inspector.visit(fanta, place, "draft")
    open_editor(fanta, "introduction")
    fanta.locator("#zone-body").fill("La rencontre s’est tenue à Ségou.\n\n- **Un** point ;\n- un *autre*.")
    inspector.look(fanta, "draft-prose")
    press(fanta, "Aperçu")
    expect(fanta.locator(".preview")).to_be_visible()
    inspector.look(fanta, "draft-preview")
    fanta.locator("[data-cancel]").click()
    open_editor(fanta, "bureau")
    inspector.look(fanta, "draft-grid")
    fanta.locator("details.paste summary").click()
    inspector.look(fanta, "draft-grid-paste")
    fanta.locator("[data-cancel]").click()
    open_editor(fanta, "follow_up")
    inspector.look(fanta, "draft-grid-choices")
    inspector.visit(inspector.enter(cast.salif), place, "draft-supervisor")
    inspector.verdict()


def test_two_texts_of_one_passage_can_be_read_side_by_side(inspector: Inspector, app: Flask, cast: Cast) -> None:
    place = f"/rapports/{report_of(app, cast, Stage.EDITING)}"
    issa = inspector.enter(cast.issa)
    other = issa.context.new_page()
    for page, words in ((issa, "dans le calme"), (other, "dans l’allégresse")):
        page.goto(place)
        open_editor(page, "conclusion")
        page.locator("#zone-body").fill(f"Les travaux ont pris fin {words}.")
    for page, brings in ((other, "#part-conclusion:not(.editing)"), (issa, "#part-conclusion .clash")):
        page.locator("#part-conclusion .editor-foot button.primary").click()
        page.locator(brings).wait_for()
    other.close()
    inspector.look(issa, "clash")
    inspector.verdict()


def test_the_rapporteur_can_use_the_report_in_edition(inspector: Inspector, app: Flask, cast: Cast) -> None:
    place = f"/rapports/{report_of(app, cast, Stage.EDITING)}"
    issa = inspector.enter(cast.issa)
    inspector.visit(issa, place, "edition")
    issa.locator("#act-transmit button").wait_for()
    issa.get_by_label("À lire par la commission avant le").fill("2018-02-25")
    press(issa, "Transmettre à la commission", "#act-transmit")
    inspector.look(issa, "edition-refused")
    issa.locator("#act-return_draft summary").click()
    press(issa, "Renvoyer au facilitateur", "#act-return_draft")
    inspector.look(issa, "edition-return-refused")
    inspector.visit(inspector.enter(cast.fanta), place, "edition-facilitator")
    inspector.visit(issa, "/rapports", "reports")
    inspector.visit(issa, "/rapports?recherche=xyz", "reports-not-found")
    inspector.verdict()


def test_a_reading_that_is_late_and_who_is_at_work_can_be_seen_on_any_screen(
    inspector: Inspector, app: Flask, cast: Cast
) -> None:
    def late() -> int:
        report = report_at(Stage.READING, cast)
        presence.beat(report, "conclusion", cast.oumar)
        report.deadline = date.today() - timedelta(days=2)
        return report.id

    place = f"/rapports/{in_the_house(app, late)}"
    adama = inspector.enter(cast.adama)
    inspector.visit(adama, "/", "tasks-late")
    inspector.visit(adama, "/rapports", "reports-late")
    inspector.visit(adama, place, "reading-late")
    press(adama, "Prolonger la lecture", "#act-extend")
    inspector.look(adama, "extension-refused")
    adama.goto(place)
    open_editor(adama, "conclusion")
    expect(adama.locator("#presence-conclusion")).to_contain_text("Oumar CISSE")
    inspector.look(adama, "presence-editor")
    adama.goto(place)

    def received() -> None:
        report = db.session.get_one(Report, 1)
        report.late_received = True
        amended(report, "method", "débats", "échanges", cast.mariam)

    in_the_house(app, received)
    adama.evaluate("htmx.trigger(document.querySelector('#news a'), 'every')")
    expect(adama.locator("#news .strip")).to_contain_text("Il y a du nouveau")
    inspector.look(adama, "news")
    inspector.verdict()


def test_the_commission_can_use_the_report_in_reading(inspector: Inspector, app: Flask, cast: Cast) -> None:
    def read() -> int:
        report = report_at(Stage.READING, cast)
        first = amended(report, "conclusion", "bonne humeur", "plus grande sérénité", cast.mariam, "Le ton officiel.")
        amending.opine(report, first, Opinion.FAVOURABLE, "Plus juste.", cast.issa)
        amended(report, "recommendations", "chaque trimestre", "chaque mois", cast.adama)
        third = amended(report, "method", "débats", "longs débats", cast.oumar)
        amending.reject(report, third, cast.adama, "Rien ne le montre.")
        return report.id

    place = f"/rapports/{in_the_house(app, read)}"
    adama = inspector.enter(cast.adama)
    inspector.visit(adama, place, "reading-president")
    adama.locator("#amendment-1 summary", has_text="Rejeter").click()
    press(adama, "Rejeter l’amendement n° 1", "#amendment-1")
    inspector.look(adama, "reading-rejection-refused")
    mariam = inspector.enter(cast.mariam)
    inspector.visit(mariam, place, "reading-member")
    open_editor(mariam, "recommendations")
    inspector.look(mariam, "reading-amend")
    mariam.goto(place)
    mariam.get_by_label("Je m’oppose").check()
    press(mariam, "Voter", "#act-vote")
    inspector.look(mariam, "reading-vote-refused")
    inspector.visit(inspector.enter(cast.issa), place, "reading-rapporteur")
    salif = inspector.enter(cast.salif)
    inspector.visit(salif, f"{place}/historique", "history")
    inspector.visit(salif, f"{place}/parties/conclusion/revisions/2", "revision")
    inspector.visit(salif, f"{place}/parties/conclusion/revisions/2?vue=auteurs", "revision-authors")
    inspector.verdict()


def test_votes_proxies_and_returns_can_be_used_on_any_screen(inspector: Inspector, app: Flask, cast: Cast) -> None:
    def voted() -> int:
        report = report_at(Stage.READING, cast)
        proxies.name(report, cast.mariam, cast.oumar)
        validating.vote(report, cast.oumar, Choice.OBJECT, "Il manque une réponse.")
        validating.vote(report, cast.oumar, Choice.APPROVE, on_behalf_of=cast.mariam)
        amending.adopt(report, amended(report, "method", "débats", "échanges", cast.binta), cast.adama)
        commenting.comment(report, cast.binta, "introduction", "Lesquels ?")
        validating.vote(report, cast.adama, Choice.ABSTAIN)
        return report.id

    place = f"/rapports/{in_the_house(app, voted)}"
    mariam = inspector.enter(cast.mariam)
    inspector.visit(mariam, place, "proxy-given")
    oumar = inspector.enter(cast.oumar)
    inspector.visit(oumar, place, "proxy-held")
    oumar.get_by_role("link", name="Voir ce qui a changé depuis mon vote").click()
    expect(oumar.locator("main ins")).to_contain_text("échanges")
    inspector.look(oumar, "since-my-vote")
    oumar.get_by_role("button", name="Confirmer mon vote").click()
    expect(oumar.locator("#seats")).to_contain_text("S’oppose")
    inspector.look(oumar, "vote-confirmed")
    adama = inspector.enter(cast.adama)
    adama.goto(place)
    adama.locator("#act-name_proxy summary").click()
    inspector.look(adama, "proxy-form")
    adama.locator("#act-return_to_rapporteur summary").first.click()
    adama.get_by_text("Parties à reprendre").first.click()
    adama.get_by_role("checkbox", name="Introduction", exact=True).check()
    adama.get_by_text("Observations à traiter").first.click()
    adama.get_by_role("checkbox", name="Lesquels").check()
    adama.get_by_label("restent acquis si le texte revient inchangé").check()
    press(adama, "Renvoyer au rapporteur", "#act-return_to_rapporteur")
    inspector.look(adama, "return-refused")
    adama.locator("#reason-return_to_rapporteur").fill("Le lieu est à corriger.")
    press(adama, "Renvoyer au rapporteur", "#act-return_to_rapporteur")
    issa = inspector.enter(cast.issa)
    inspector.visit(issa, place, "returned")
    expect(issa.locator("#returned")).to_contain_text("Le lieu est à corriger.")
    inspector.verdict()


def test_observations_can_be_made_and_settled_on_any_screen(inspector: Inspector, app: Flask, cast: Cast) -> None:
    def observed() -> int:
        report = report_at(Stage.READING, cast)
        words = "Elle a réuni les élus et les citoyens."
        commenting.comment(report, cast.issa, "introduction", "Lesquels ? @Fanta les a comptés.", quote=words)
        commenting.comment(report, cast.fanta, "introduction", "Douze élus, et trente citoyens.", thread=1)
        commenting.comment(report, cast.binta, "method", "Combien de temps les débats ont-ils duré ?", quote="débats")
        commenting.comment(report, cast.adama, "conclusion", "Le ton est juste.")
        commenting.resolve(report, 4, cast.adama)
        return report.id

    place = f"/rapports/{in_the_house(app, observed)}"
    mariam = inspector.enter(cast.mariam)
    inspector.visit(mariam, place, "observations")
    mariam.locator("#observation-1 summary").click()
    inspector.look(mariam, "observations-answering")
    mariam.get_by_label("Votre réponse").first.fill("Et leurs conseillers.")
    press(mariam, "Répondre", "#observation-1 form")
    expect(mariam.locator("#observation-1")).to_contain_text("Et leurs conseillers.")
    mariam.locator("#observation-3").get_by_role("button", name="Marquer comme réglée").click()
    expect(mariam.locator("#observation-3")).to_contain_text("réglée")
    mariam.locator("#observation-3 summary").first.click()
    inspector.look(mariam, "observations-settled")
    select_words(mariam, "#part-conclusion p", 4, 20)
    expect(mariam.locator("[data-observe-words]")).to_be_visible()
    inspector.look(mariam, "observation-words")
    mariam.keyboard.press("c")
    expect(mariam.locator("#observe-conclusion blockquote")).to_have_text("travaux ont pris")
    expect(mariam.get_by_label("Votre observation")).to_be_focused()
    inspector.look(mariam, "observation-form")
    press(mariam, "Observer", "#observe-conclusion")
    expect(mariam.locator("#observe-conclusion .error")).to_be_visible()
    inspector.look(mariam, "observation-refused")
    mariam.get_by_label("Votre observation").fill("À quelle heure ?")
    press(mariam, "Observer", "#observe-conclusion")
    expect(mariam.locator("#observation-6")).to_contain_text("À quelle heure ?")
    expect(mariam.locator("#observe-conclusion")).to_be_empty()
    inspector.verdict()


def select_words(page: Page, block: str, start: int, end: int) -> None:
    """Select what stands between two letters of a block, as with the mouse."""
    page.locator(block).first.evaluate(
        "(block, [start, end]) => getSelection().setBaseAndExtent(block.firstChild, start, block.firstChild, end)",
        [start, end],
    )


def test_the_signatories_can_use_the_validated_report(inspector: Inspector, app: Flask, cast: Cast) -> None:
    place = f"/rapports/{report_of(app, cast, Stage.VALIDATED)}"
    seydou = inspector.enter(cast.seydou)
    inspector.visit(seydou, place, "validated-chair")
    inspector.visit(seydou, f"{place}/signature", "sign")
    for way in ("paper", "electronic"):
        seydou.locator(f"label[for=way-{way}]").click()
        inspector.look(seydou, f"sign-{way}")
    seydou.get_by_label("Votre mot de passe, de nouveau").fill("ce n’est pas lui")
    press(seydou, "Signer ce document")
    inspector.look(seydou, "sign-refused")
    seydou.get_by_label("Votre mot de passe, de nouveau").fill(PASSWORD)
    press(seydou, "Signer ce document")
    inspector.look(seydou, "validated-signed-once")
    inspector.verdict()


def test_anybody_can_read_the_published_report(inspector: Inspector, app: Flask, cast: Cast, desk: Sealer) -> None:
    place = f"/rapports/{report_of(app, cast, Stage.SIGNED, desk)}"
    coumba = inspector.enter(cast.coumba)
    inspector.visit(coumba, place, "signed")
    coumba.locator("#act-publish a").click()
    inspector.look(coumba, "publish")
    press(coumba, "Publier le rapport", "#act-publish")
    inspector.visit(inspector.enter(cast.lamine), place, "published-reader")
    inspector.verdict()


# --- Errors


@pytest.fixture
def error_pages(app: Flask) -> None:
    """An address at which every error can be met."""

    @app.get("/essai/<int:code>")
    def fail(code: int) -> object:
        return errors.page(500) if code == 500 else abort(code)


@pytest.mark.usefixtures("error_pages")
def test_every_error_says_what_to_do_on_any_screen(inspector: Inspector, cast: Cast) -> None:
    fanta = inspector.enter(cast.fanta)
    for code in sorted(errors.PAGES - {500}):
        inspector.visit(fanta, f"/essai/{code}", f"error-{code}")
    visitor = inspector.enter(None)
    inspector.visit(visitor, "/nulle-part", "error-404-visitor")
    inspector.faults = [each for each in inspector.faults if "status of 4" not in each]
    inspector.visit(visitor, "/essai/500", "error-500")
    inspector.faults = [each for each in inspector.faults if "status of 500" not in each]
    inspector.verdict()


def test_a_form_sent_after_the_session_ended_can_be_sent_again(inspector: Inspector, app: Flask, cast: Cast) -> None:
    place = f"/rapports/{report_of(app, cast, Stage.DRAFTING)}/parties/introduction/modifier"
    fanta = inspector.enter(cast.fanta)
    fanta.goto(place)
    fanta.locator("#zone-body").fill("Une phrase assez longue pour être montrée telle quelle.")
    fanta.evaluate("document.querySelector('form.editor').removeAttribute('hx-post')")
    fanta.context.clear_cookies()
    fanta.evaluate("document.querySelector('form.editor').submit()")
    fanta.wait_for_load_state()
    expect(fanta.get_by_text("Votre session a pris fin")).to_be_visible()
    inspector.look(fanta, "session-ended")
    inspector.verdict()

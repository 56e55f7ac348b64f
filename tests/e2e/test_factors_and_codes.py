"""Signing in the browser: by code on a telephone without an account, and with a passkey."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect

from app.db import db
from app.directory.models import Person, Role
from app.documents import verdict
from app.people import grants, persons
from app.reports.models.invitation import Invitation
from app.reports.models.report import Report
from app.reports.models.signature import Signature
from app.reports.signing.acts import Sealer
from app.workflow import Stage
from tests.cast import PASSWORD, Cast
from tests.e2e.inspection import Inspector, in_the_house
from tests.e2e.signing_story import draw
from tests.factories import report_at, sign, the_workshop

pytestmark = pytest.mark.browser
Enter = Callable[..., Page]

TELEPHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def bakary(app: Flask, cast: Cast, desk: Sealer) -> Person:
    """The chair, who has no account; Issa has signed already."""

    def settled() -> Person:
        values = {"first_name": "Bakary", "surname": "DIARRA", "title": "Conseiller du gouverneur", "sans_compte": "1"}
        person = persons.add(values, cast.coumba)
        grants.give(person, Role.CHAIR, "1", cast.coumba)
        the_workshop().chair_id = person.id
        db.session.flush()
        sign(report_at(Stage.VALIDATED, cast), cast.issa, desk)
        return person

    return in_the_house(app, settled)


def test_bakary_draws_his_signature_on_a_telephone_and_the_stamp_bears_it(
    app: Flask, cast: Cast, bakary: Person, enter: Enter, address: str, desk: Sealer, tmp_path: Path
) -> None:
    app.config["BASE_URL"] = address
    coumba = enter(cast.coumba)
    coumba.goto("/rapports/1")
    coumba.get_by_role("link", name="Faire signer par code").click()
    coumba.get_by_role("button", name="Inviter à signer par code").click()
    link = coumba.get_by_label("Lien à remettre").input_value()
    expect(coumba.locator(".code-given")).to_have_count(0)
    adama = enter(cast.adama)
    adama.goto("/rapports/1")
    adama.get_by_role("link", name="Remettre un code de signature").click()
    adama.get_by_role("button", name="Tirer le code").click()
    code = adama.locator(".code-given code").inner_text()
    page = enter(None, **TELEPHONE)
    page.goto(link)
    expect(page.get_by_text("vous invite à signer")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    draw(page)
    page.get_by_label("J’ai lu le document").check()
    page.get_by_label("Le code que l’on vous a dit").first.fill("1234 5678")
    page.get_by_role("button", name="Signer", exact=True).click()
    expect(page.get_by_text("Il reste 4 essais").first).to_be_visible()
    assert len(page.locator("[name=strokes]").input_value()) > 100
    page.get_by_label("Le code que l’on vous a dit").first.fill(code)
    page.get_by_role("button", name="Signer", exact=True).click()
    expect(page.get_by_role("heading", name="Votre signature est enregistrée")).to_be_visible()
    page.goto(link)
    expect(page.get_by_role("heading", name="Ce lien ne sert pas")).to_be_visible()
    with app.app_context():
        report = db.session.get_one(Report, 1)
        assert report.stage is Stage.SIGNED
        pdf = desk.store.get(report.signed_hash)
        assert db.session.get_one(Invitation, 1).tries == 1
        db.session.rollback()
    assert in_the_house(app, lambda: verdict.examine(pdf, lambda _: True, desk.authority.roots)).genuine
    pictured(pdf, tmp_path)


def pictured(pdf: bytes, folder: Path) -> None:
    """The page with the signatures has the ink of the drawing, and is kept as a picture."""
    document = pypdfium2.PdfDocument(pdf)
    document.init_forms()
    inked = 0
    for number, page in enumerate(document):
        picture = page.render(scale=1.5, may_draw_forms=True).to_pil().convert("RGB")
        here = sum(count for count, colour in picture.getcolors(1 << 20) if colour == (27, 42, 107))
        if here:
            picture.save(folder / f"signed-{number}.png")
        inked += here
    assert inked > 50


def test_issa_enrols_a_passkey_and_signs_with_it(
    app: Flask, cast: Cast, browser: Browser, address: str, enter: Enter
) -> None:
    in_the_house(app, lambda: report_at(Stage.VALIDATED, cast).id)
    named = address.replace("127.0.0.1", "localhost")
    app.config["BASE_URL"] = named
    page = enter(None)
    authenticator(page)
    page.goto(named + "/connexion")
    page.get_by_label("Adresse électronique").fill(cast.issa.email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/")
    page.goto(named + "/compte/facteurs")
    page.get_by_label("Nom de cette clé").fill("Téléphone")
    page.locator("#password-key").fill(PASSWORD)
    page.get_by_role("button", name="Inscrire une clé d’accès").click()
    expect(page.get_by_role("heading", name="Vos codes de secours")).to_be_visible()
    assert page.locator("ol.instructions li").count() == 8
    page.goto(named + "/rapports/1/signature")
    page.locator("label[for=way-electronic]").click()
    page.get_by_label("Votre mot de passe, de nouveau").fill(PASSWORD)
    page.get_by_role("button", name="Signer avec ma clé d’accès").click()
    page.wait_for_url("**/rapports/1")
    with app.app_context():
        (signature,) = db.session.scalars(db.select(Signature))
        assert signature.details == {"factor": "passkey"}
        db.session.rollback()


def authenticator(page: Page) -> None:
    """A device with passkeys, which says yes to everything."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def test_every_screen_of_signing_by_code_and_of_second_factors_can_be_used(
    browser: Browser, app: Flask, cast: Cast, bakary: Person, address: str
) -> None:
    app.config["BASE_URL"] = address.replace("127.0.0.1", "localhost")
    inspector = Inspector(browser, app, address)
    coumba = inspector.enter(cast.coumba)
    inspector.visit(coumba, f"/administration/personnes/{bakary.id}", "person-without-account")
    inspector.visit(coumba, "/rapports/1/invitations", "invitations")
    coumba.get_by_role("button", name="Inviter à signer par code").click()
    inspector.look(coumba, "invitation-given")
    link = coumba.get_by_label("Lien à remettre").input_value()
    inspector.visit(coumba, "/rapports/1/invitations", "invitations-made")
    visitor = inspector.enter(None)
    inspector.visit(visitor, "/signature/" + link.rpartition("/")[2], "invited")
    visitor.evaluate("for (const form of document.forms) form.noValidate = true")
    visitor.get_by_role("button", name="Signer", exact=True).click()
    inspector.look(visitor, "invited-and-wrong")
    inspector.visit(visitor, "/signature/rien", "invitation-ended")
    issa = inspector.enter(cast.issa)
    inspector.visit(issa, "/compte/facteurs", "factors")
    inspector.verdict()
    inspector.close()

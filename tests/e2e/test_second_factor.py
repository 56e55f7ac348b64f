"""A second factor at sign-in, in the browser: enrolled first by who must have one, then asked for; a passkey does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from passlib.totp import TOTP
from playwright.sync_api import Browser, Page, expect

from app.db import now
from app.directory.models import Person
from tests.cast import PASSWORD, Cast
from tests.e2e.inspection import Inspector
from tests.e2e.test_factors_and_codes import authenticator

pytestmark = pytest.mark.browser
Enter = Callable[..., Page]


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"WTF_CSRF_ENABLED": True, "SECOND_FACTOR": "coordination"}


@pytest.fixture
def inspector(browser: Browser, app: Flask, address: str) -> Iterator[Inspector]:
    made = Inspector(browser, app, address)
    yield made
    made.close()


def give_password(page: Page, person: Person, address: str = "") -> None:
    page.goto(address + "/connexion")
    page.get_by_label("Adresse électronique").fill(person.email or "")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Se connecter").click()


def test_a_coordinator_enrols_an_application_before_all_else_and_signs_in_with_its_code(
    inspector: Inspector, cast: Cast
) -> None:
    coumba = inspector.enter(None)
    give_password(coumba, cast.coumba)
    coumba.wait_for_url("**/compte/facteurs")
    expect(coumba.get_by_text("Votre rôle demande un second facteur à la connexion.")).to_be_visible()
    inspector.look(coumba, "factor-first")
    coumba.goto("/administration/personnes")
    coumba.wait_for_url("**/compte/facteurs")
    key = re.sub(r"\s", "", coumba.locator(".hint code").first.inner_text())
    totp = TOTP(key=key, format="base32")
    coumba.get_by_label("Code affiché par l’application").fill(totp.generate(time=now()).token)
    coumba.locator("#password-codes").fill(PASSWORD)
    coumba.get_by_role("button", name="Inscrire l’application").click()
    expect(coumba.get_by_role("heading", name="Vos codes de secours")).to_be_visible()
    recovery = coumba.locator("ol.instructions code").first.inner_text()
    coumba.goto("/compte/facteurs")
    expect(coumba.get_by_text("votre rôle le veut")).to_be_visible()
    inspector.look(coumba, "factor-enrolled")
    elsewhere = inspector.enter(None)
    give_password(elsewhere, cast.coumba)
    elsewhere.wait_for_url("**/connexion/second-facteur")
    inspector.look(elsewhere, "factor-asked")
    elsewhere.get_by_label("Code de l’application, ou code de secours").fill("000000")
    elsewhere.get_by_role("button", name="Continuer").click()
    expect(elsewhere.get_by_role("alert").first).to_be_visible()
    inspector.look(elsewhere, "factor-refused")
    elsewhere.get_by_label("Code de l’application, ou code de secours").fill(recovery)
    elsewhere.get_by_role("button", name="Continuer").click()
    expect(elsewhere.get_by_text("Il vous en reste 7")).to_be_visible()
    elsewhere.goto("/compte")
    inspector.look(elsewhere, "devices")
    elsewhere.get_by_role("button", name="Terminer la session").first.click()
    expect(elsewhere.get_by_text("La session de cet appareil est terminée.")).to_be_visible()
    coumba.goto("/compte")
    coumba.wait_for_url("**/connexion?next=**")
    inspector.verdict()


def test_a_passkey_opens_the_session(app: Flask, cast: Cast, address: str, enter: Enter) -> None:
    named = address.replace("127.0.0.1", "localhost")
    app.config["BASE_URL"] = named
    page = enter(None)
    authenticator(page)
    give_password(page, cast.coumba, named)
    page.wait_for_url("**/compte/facteurs")
    page.get_by_label("Nom de cette clé").fill("Téléphone")
    page.locator("#password-key").fill(PASSWORD)
    page.get_by_role("button", name="Inscrire une clé d’accès").click()
    expect(page.get_by_role("heading", name="Vos codes de secours")).to_be_visible()
    page.context.clear_cookies()
    give_password(page, cast.coumba, named)
    page.get_by_role("button", name="Utiliser ma clé d’accès").click()
    expect(page.locator("h1")).to_contain_text("Mes tâches")

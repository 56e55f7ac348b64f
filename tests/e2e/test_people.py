"""The administration of people in a browser: roles that wait for a second word, one's own page, pages out of reach."""

from __future__ import annotations

from flask import Flask
from playwright.sync_api import Browser, expect

from app.directory.models import Person, Role
from app.people import grants
from tests.cast import Cast
from tests.e2e.inspection import Inspector, in_the_house


def test_every_screen_of_keeping_accounts_can_be_used(browser: Browser, app: Flask, cast: Cast, address: str) -> None:
    inspector = Inspector(browser, app, address)
    in_the_house(app, lambda: _coordinations(cast))
    coumba, moussa, adama = (inspector.enter(each) for each in (cast.coumba, cast.moussa, cast.adama))
    place = f"/administration/personnes/{cast.fanta.id}"
    coumba.goto(place)
    coumba.locator("#role").select_option("supervisor")
    coumba.locator("#place").select_option(grants.EVERYWHERE)
    coumba.get_by_role("button", name="Donner ce rôle").click()
    expect(coumba.get_by_text("est proposé pour Fanta")).to_be_visible()
    inspector.look(coumba, "role-proposed")
    inspector.visit(coumba, "/administration/personnes", "roles-waiting-own")
    inspector.visit(moussa, "/administration/personnes", "roles-waiting")
    moussa.get_by_role("button", name="Confirmer ce rôle").click()
    expect(moussa.get_by_text("a reçu le rôle")).to_be_visible()
    inspector.look(moussa, "role-confirmed")
    inspector.visit(coumba, f"/administration/personnes/{cast.coumba.id}", "own-page")
    expect(coumba.get_by_label("Adresse électronique")).to_have_attribute("readonly", "")
    expect(coumba.get_by_role("button", name="Donner ce rôle")).to_have_count(0)
    inspector.visit(adama, place, "page-out-of-reach")
    inspector.visit(adama, "/campagnes/1", "campaign-of-ones-own")
    inspector.visit(coumba, "/journal", "journal-first-page")
    inspector.verdict()
    inspector.close()


def _coordinations(cast: Cast) -> Person:
    """Beside Coumba another national coordination, and Adama's of Ségou."""
    for person, role, where in (
        (cast.adama, Role.COORDINATION, "1"),
        (cast.moussa, Role.COORDINATION, grants.EVERYWHERE),
    ):
        grants.take(person.grants[0], cast.coumba)
        grants.give(person, role.value, where, cast.coumba)
    return cast.moussa

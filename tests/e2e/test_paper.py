"""Signing on paper in a browser: print, sign by hand, photograph, deposit in disorder, attest; and who stands in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from app.directory.models import Grant, Person, Role
from app.reports.signing.acts import Sealer
from app.workflow import Stage
from tests.cast import PASSWORD, Cast
from tests.e2e.inspection import Inspector, in_the_house
from tests.e2e.signing_story import picture, saved
from tests.factories import report_at, sign
from tests.paper import jpeg, photographed, scanned, signed_by_hand, skewed, uncoded

PAPER, ELECTRONIC = "label[for=way-paper]", "label[for=way-electronic]"


@pytest.fixture
def inspector(browser: Browser, app: Flask, address: str) -> Iterator[Inspector]:
    found = Inspector(browser, app, address)
    yield found
    found.close()


def validated(app: Flask, cast: Cast, desk: Sealer, signed_by: str = "") -> str:
    def made() -> int:
        report = report_at(Stage.VALIDATED, cast)
        if signed_by:
            sign(report, getattr(cast, signed_by), desk)
        return report.id

    return f"/rapports/{in_the_house(app, made)}"


def test_a_chair_signs_on_paper_and_the_report_is_signed(
    inspector: Inspector, app: Flask, cast: Cast, desk: Sealer, tmp_path: Path
) -> None:
    place = validated(app, cast, desk, signed_by="issa")
    seydou = inspector.enter(cast.seydou)
    seydou.goto(f"{place}/signature")
    expect(seydou.get_by_label("Votre mot de passe, de nouveau")).to_be_hidden()  # no way is chosen for anybody
    seydou.locator(PAPER).click()
    copy = saved(seydou, "Exemplaire à imprimer", tmp_path)
    pages = scanned(copy.read_bytes())
    seydou.get_by_role("link", name="Déposer l’exemplaire signé").click()
    last = len(pages)
    seen = {number: skewed(page) for number, page in enumerate(pages, start=1)}
    seen[2] = uncoded(seen[2])
    seen[3] = photographed(signed_by_hand(pages[2]))
    files = [picture(f"IMG_{7 * number % 19}.jpg", jpeg(seen[number])) for number in range(last, 1, -1)]
    seydou.locator("#files").set_input_files(files)
    seydou.get_by_role("button", name="Déposer").click()
    expect(seydou.locator("#slots .error")).to_be_visible()
    expect(seydou.locator("#brought")).to_contain_text(f"Il manque les pages 1 et 2 sur {last}")
    expect(seydou.locator(".leaves img")).to_be_visible()
    inspector.look(seydou, "paper-missing")
    seydou.get_by_label("C’est la page").fill("2")
    seydou.get_by_label("du président de séance").check()
    seydou.get_by_label("Lieu de conservation de l’original").fill("Conseil régional, secrétariat")
    seydou.locator("#files").set_input_files([picture("derniere.jpg", jpeg(seen[1]))])
    seydou.get_by_role("button", name="Déposer").click()
    seydou.wait_for_url("**#papers")
    inspector.look(seydou, "paper-filed")
    attested(inspector, cast, place)
    expect_signed(inspector, cast, place, tmp_path)
    inspector.verdict()


def attested(inspector: Inspector, cast: Cast, place: str) -> None:
    fanta = inspector.enter(cast.fanta)
    fanta.goto("/")
    fanta.get_by_role("link", name=re.compile("^Attester")).click()
    fanta.get_by_role("link", name="Exemplaire n° 1").click()
    expect(fanta.locator(".note.warn")).to_contain_text("placée à la main : 2")
    expect(fanta.locator(".facing img").first).to_be_visible()
    assert fanta.locator(".facing img").first.evaluate("each => each.decode().then(() => each.naturalWidth)") > 500
    inspector.look(fanta, "paper-attest")
    fanta.get_by_label("Votre mot de passe, de nouveau").fill(PASSWORD)
    fanta.get_by_role("button", name="Attester conforme").click()
    expect(fanta.locator("#error-checks")).to_be_visible()
    for box in fanta.locator("#checks input").all():
        box.check()
    fanta.get_by_label("Votre mot de passe, de nouveau").fill(PASSWORD)
    fanta.get_by_role("button", name="Attester conforme").click()
    fanta.wait_for_url("**#papers")


def expect_signed(inspector: Inspector, cast: Cast, place: str, folder: Path) -> None:
    coumba = inspector.enter(cast.coumba)
    coumba.goto(place)
    expect(coumba.locator("#workflow [aria-current=step]")).to_contain_text("Signé")
    expect(coumba.locator("#next .note.good").last).to_contain_text("attestée conforme par Fanta COULIBALY")
    inspector.look(coumba, "paper-signed")
    pdf = saved(coumba, "Rapport signé (PDF)", folder)
    coumba.goto("/verifier")
    coumba.locator("#file").set_input_files(pdf)
    coumba.get_by_role("button", name="Vérifier le fichier").click()
    expect(coumba.locator(".verdict.good")).to_contain_text("signature manuscrite sur papier")
    inspector.look(coumba, "paper-verified")
    coumba.goto(f"{place}/historique")
    expect(coumba.locator(".timeline").first).to_contain_text("a attesté conforme")


def test_coordination_names_who_signs_in_another_s_stead(
    inspector: Inspector, app: Flask, cast: Cast, desk: Sealer
) -> None:
    def kadia() -> Person:
        from app.db import db

        person = Person(email="kadia@exemple.ml", first_name="Kadia", surname="DIARRA", fs_uniquifier="kadia")
        person.password, person.active = cast.seydou.password, True
        person.grants.append(Grant(role=Role.CHAIR, territory_id=1))
        db.session.add(person)
        db.session.flush()
        return person

    place = validated(app, cast, desk)
    stand_in = in_the_house(app, kadia)
    coumba = inspector.enter(cast.coumba)
    coumba.goto(place)
    coumba.get_by_role("link", name="Désigner un suppléant").click()
    form = coumba.locator("section", has_text="Seydou BA")
    form.get_by_label("Qui signe à la place").select_option("Kadia DIARRA")
    form.get_by_role("button", name="Désigner").click()
    expect(coumba.locator("#error-document")).to_be_visible()
    inspector.look(coumba, "substitution")
    form.get_by_label("Référence du document").fill("Arrêté n° 12 du 3 mars 2018")
    document = {"name": "arrete.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 arrete"}
    form.get_by_label("Le document").set_input_files([document])
    form.get_by_role("button", name="Désigner").click()
    coumba.wait_for_url("**#papers")
    expect(coumba.locator("#papers")).to_contain_text("Kadia DIARRA signe pour Seydou BA")
    page = inspector.enter(stand_in)
    page.goto(f"{place}/signature")
    page.locator(ELECTRONIC).click()
    page.get_by_label("Votre mot de passe, de nouveau").fill(PASSWORD)
    page.get_by_role("button", name="Signer ce document").click()
    expect(page.locator("#next .note.good")).to_contain_text("Signé par Kadia DIARRA, « P.O. », pour Seydou BA")
    inspector.look(page, "substituted")
    inspector.verdict()

"""The three ways of signing through the screens, each taken by whoever holds the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from app.reports.models.signature import Slot
from tests.cast import PASSWORD
from tests.e2e.inspection import PHONE
from tests.paper import KEPT_AT, jpeg, scanned, signed_by_hand

ROUGH = 100  # dots to the inch: the least at which the code of every page is read
ROOM = 3  # the leaf, from 0, with the signatories’ names
PRINTED = {Slot.RAPPORTEUR: "du rapporteur", Slot.CHAIR: "du président de séance"}
HEADED = {Slot.RAPPORTEUR: "Rapporteur", Slot.CHAIR: "Président de séance"}


def saved(page: Page, name: str, folder: Path) -> Path:
    """The file behind the link of that name, kept in `folder`."""
    with page.expect_download() as coming:
        page.get_by_role("link", name=name).first.click()
    path = folder / coming.value.suggested_filename
    coming.value.save_as(path)
    return path


def picture(name: str, content: bytes) -> Any:
    return {"name": name, "mimeType": "image/jpeg", "buffer": content}


def sign_with_account(page: Page, place: str) -> None:
    page.goto(f"{place}/signature")
    page.locator("label[for=way-electronic]").click()
    page.get_by_label("Votre mot de passe, de nouveau").fill(PASSWORD)
    page.get_by_role("button", name="Signer ce document").click()
    page.wait_for_url(f"**{place}")


def sign_by_code(
    coordination: Page, president: Page, telephone: Page, place: str, slot: Slot, written: str = ""
) -> None:
    """Coordination hands over the link, the president the code; on a telephone the name is written or else drawn."""
    coordination.goto(f"{place}/invitations")
    invited = coordination.locator("section", has=coordination.get_by_role("heading", name=HEADED[slot]))
    invited.get_by_role("button", name="Inviter à signer par code").click()
    expect(coordination.locator(".code-given")).to_have_count(0)
    president.goto(f"{place}/invitations")
    president.get_by_role("button", name="Tirer le code").click()
    code = president.locator(".code-given code").inner_text()
    telephone.set_viewport_size(PHONE)  # type: ignore[arg-type]
    telephone.goto(coordination.get_by_label("Lien à remettre").input_value())
    if written:
        telephone.get_by_label("Ou votre nom").fill(written)
    else:
        draw(telephone)
    telephone.get_by_label("J’ai lu le document").check()
    telephone.get_by_label("Le code que l’on vous a dit").first.fill(code)
    telephone.get_by_role("button", name="Signer", exact=True).click()
    expect(telephone.get_by_role("heading", name="Votre signature est enregistrée")).to_be_visible()


def draw(page: Page) -> None:
    """Two waves across the field."""
    field = page.locator("[data-pad] canvas")
    field.scroll_into_view_if_needed()
    box = field.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] / 2)
    page.mouse.down()
    for step in range(1, 40):
        up = (0.25, 0.5, 0.75, 0.5)[step % 4]
        page.mouse.move(box["x"] + 20 + step * (box["width"] - 40) / 40, box["y"] + box["height"] * up)
    page.mouse.up()


def sign_on_paper(page: Page, attester: Page, place: str, slots: list[Slot], folder: Path) -> None:
    """The copy is printed, signed, photographed and deposited in disorder; somebody else attests it."""
    page.goto(f"{place}/signature")
    page.locator("label[for=way-paper]").click()
    leaves = scanned(saved(page, "Exemplaire à imprimer", folder).read_bytes(), ROUGH)
    leaves[ROOM] = signed_by_hand(leaves[ROOM])
    page.get_by_role("link", name="Déposer l’exemplaire signé").click()
    files = [picture(f"IMG_{7 * number % 19}.jpg", jpeg(leaf)) for number, leaf in enumerate(leaves)]
    page.locator("#files").set_input_files(files[::-1])
    for slot in slots:
        page.get_by_label(PRINTED[slot]).check()
    page.get_by_label("Lieu de conservation de l’original").fill(KEPT_AT)
    page.get_by_role("button", name="Déposer").click()
    page.wait_for_url("**#papers")
    attester.goto(place)
    attester.get_by_role("link", name="Exemplaire n° 1").click()
    for box in attester.locator("#checks input").all():
        box.check()
    attester.get_by_label("Votre mot de passe, de nouveau").fill(PASSWORD)
    attester.get_by_role("button", name="Attester conforme").click()
    attester.wait_for_url("**#papers")

"""A whole reading by five people, with twelve amendments of which two collide, on a desktop and on a phone."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from app.content.authorship import attribute
from app.content.prose import cut
from app.db import db
from app.reports import drafting
from app.reports.editing import acts as editing
from app.reports.models.report import Report, Revision
from app.reports.text import revisions
from tests.cast import Cast, row
from tests.e2e import reading_story as story
from tests.e2e.conftest import Enter
from tests.e2e.reading_story import Sitting
from tests.factories import content_of, opened, save, texts

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext is not installed (poppler-utils)"),
]
SCREENS: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": {"width": 1366, "height": 768}},
    "phone": {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True},
}


@pytest.fixture
def report_id(app: Flask, cast: Cast) -> int:
    """The report, written by Fanta and before the commission of Ségou."""
    with app.app_context():
        report = opened(cast)
        for key, content in {**texts(), **base()}.items():
            save(report, key, content, cast.fanta)
        why = "Les destinataires seront nommés par la commission."
        drafting.hand_over(report, cast.fanta, why)
        editing.transmit(report, cast.issa, next_friday(), date.today(), why)
        db.session.commit()
        return report.id


def base() -> dict[str, Any]:
    blank = dict.fromkeys(("addressee", "deadline", "proof", "sector"), "")
    return {
        "introduction": cut("\n\n".join(story.INTRODUCTION), "body"),
        "method": cut("\n\n".join(story.METHOD), "body"),
        "conclusion": cut("\n\n".join(story.CONCLUSION), "body"),
        "recommendations": (
            *cut("Les participants recommandent de :", "lead"),
            *(row("recommendations", text=text, **blank) for text in story.RECOMMENDATIONS),
        ),
    }


def next_friday() -> date:
    day = date.today() + timedelta(days=14)
    return day + timedelta(days=(4 - day.weekday()) % 7)


@pytest.mark.parametrize("screen", SCREENS)
def test_a_commission_reads_amends_decides_and_validates(
    screen: str, enter: Enter, cast: Cast, app: Flask, report_id: int, tmp_path: Path
) -> None:
    place = f"/rapports/{report_id}"
    people = {
        name: enter(getattr(cast, name), **SCREENS[screen]) for name in ("mariam", "oumar", "binta", "adama", "issa")
    }
    for sitting in story.SITTINGS[:5]:
        file(people[sitting.who], place, sitting)
    discuss(people["binta"], people["issa"], place)
    for sitting in story.SITTINGS[6:]:
        file(people[sitting.who], place, sitting)
    advise(people["issa"], place)
    withdraw(people["oumar"], place, 7)
    decide(people["adama"], people["binta"], place)
    validate(people, place)
    with app.app_context():
        report = db.session.get_one(Report, report_id)
        assert final_text(report) == story.FINAL
        found = written_by(report, cast)
        for key, expected in story.WRITTEN.items():
            assert found[key] == expected, key
    assert said(minutes(people["adama"], place, tmp_path)) == said(story.MINUTES)


# --- Filing


def file(page: Page, place: str, sitting: Sitting) -> None:
    """Amend a part in its place, and find the cards."""
    page.goto(place)
    part = page.locator(f"#part-{sitting.part}")
    part.scroll_into_view_if_needed()
    part.hover()
    part.locator("a[data-edit]").click()
    amend(page, sitting)


def amend(page: Page, sitting: Sitting) -> None:
    editor = page.locator(f"#part-{sitting.part} form.editor")
    expect(editor).to_be_visible()
    for old, new in sitting.edits:
        reword(editor, old, new)
    if sitting.reason:
        page.get_by_label("Pourquoi cet amendement").fill(sitting.reason)
    if sitting.formal:
        page.get_by_label("Forme seulement").check()
    page.get_by_role("button", name="Proposer l’amendement").click()
    expect(page.locator(f"#amendment-{sitting.numbers[-1]}")).to_contain_text(
        sitting.edits[-1][1].split()[-1].strip(".")
    )


def reword(editor: Locator, old: str, new: str) -> None:
    if not old:
        editor.get_by_role("button", name=re.compile("^Ajouter")).first.click()
        editor.locator("[data-row]").last.locator("[name$=-text]").fill(new)
        return
    for field in editor.locator("textarea[name^=zone-], [data-row] [name$=-text]").all():
        if old in field.input_value():
            field.fill(field.input_value().replace(old, new, 1))
            return
    raise AssertionError(f"{old!r} stands nowhere in the editor")


def discuss(binta: Page, issa: Page, place: str) -> None:
    """Binta asks, Issa answers, and her amendment grows out of it."""
    binta.goto(f"{place}/parties/recommendations/observer")
    binta.get_by_label("Sur quel passage").select_option(index=2)
    binta.get_by_label("Votre observation").fill("Et les comptes ?")
    binta.get_by_label("À l’attention de").select_option(label="Issa KONE, Conseiller technique")
    binta.get_by_role("button", name="Observer", exact=True).click()
    expect(binta.locator("#observation-1")).to_contain_text("Et les comptes")
    issa.goto(f"{place}#observation-1")
    thread = issa.locator("#observation-1")
    thread.get_by_text("Répondre…").click()
    thread.get_by_label("Votre réponse").fill("Proposez une recommandation.")
    thread.get_by_role("button", name="Répondre").click()
    expect(thread).to_contain_text("Proposez une recommandation")
    binta.goto(f"{place}#observation-1")
    binta.locator("#observation-1").get_by_role("link", name="Proposer un amendement").click()
    amend(binta, story.SITTINGS[5])
    expect(binta.locator("#observation-1")).to_contain_text(re.compile("Devenue l’amendement n°.8"))


def advise(issa: Page, place: str) -> None:
    for number, label, text in (
        (1, "Favorable", ""),
        (2, "S’en remet à la commission", ""),
        (6, "Défavorable", "Le trimestre est la règle de la région."),
    ):
        issa.goto(place)
        card = issa.locator(f"#amendment-{number}")
        card.get_by_text("Donner mon avis").click()
        card.get_by_label(label, exact=True).check()
        card.get_by_label("Une phrase d’explication").fill(text)
        card.get_by_role("button", name="Enregistrer l’avis").click()
        expect(issa.locator(f"#amendment-{number} .opinion")).to_contain_text(label, ignore_case=True)


def withdraw(oumar: Page, place: str, number: int) -> None:
    oumar.goto(place)
    oumar.get_by_role("button", name=f"Retirer mon amendement n° {number}").click()
    expect(oumar.get_by_role("status")).to_be_attached()


# --- Deciding


def decide(adama: Page, binta: Page, place: str) -> None:
    adama.goto(place)
    expect(adama.locator(".rivals")).to_contain_text("n° 3")
    press(adama, place, 1, "Suivre l’avis du rapporteur")
    press(adama, place, 6, "Suivre l’avis du rapporteur")
    press(adama, place, 2, "Adopter")
    expect(adama.locator("#amendment-3")).to_contain_text("À revoir")
    settle(adama, place, 3, story.REWRITTEN)
    for number in (4, 5, 8):
        press(adama, place, number, "Adopter")
    press(adama, place, 12, "Réserver")
    expect(adama.locator("#amendment-12")).to_contain_text("Réservé")
    adama.get_by_role("button", name="Adopter les 2 amendements de forme").click()
    expect(adama.get_by_text("2 amendements de forme adoptés")).to_be_visible()
    vote(binta, place)
    modify(adama, place, 11, story.MODIFIED)
    press(adama, place, 12, "Adopter")


def press(page: Page, place: str, number: int, name: str) -> None:
    page.goto(place)
    page.locator(f"#amendment-{number}").get_by_role("button", name=re.compile(f"^{name} (sur )?l’amendement")).click()
    page.wait_for_load_state()


def settle(page: Page, place: str, number: int, text: str) -> None:
    """Adopt an amendment whose words clash with the text, in other words."""
    press(page, place, number, "Adopter")
    expect(page.get_by_role("heading", name=re.compile("deux textes à départager"))).to_be_visible()
    page.get_by_label("Récrire le passage").check()
    page.get_by_label("Le passage récrit").fill(text)
    page.get_by_role("button", name="Adopter ce texte").click()
    page.wait_for_url(f"**{place}*")


def modify(page: Page, place: str, number: int, text: str) -> None:
    page.goto(place)
    page.locator(f"#amendment-{number}").get_by_role("link", name=re.compile("Adopter avec modification")).click()
    page.get_by_label("Le passage, tel qu’il sera adopté").fill(text)
    page.get_by_role("button", name="Adopter ce texte").click()
    page.wait_for_url(f"**{place}*")


# --- Voting


def vote(page: Page, place: str) -> None:
    page.goto(place)
    form = page.locator("#act-vote")
    form.get_by_label("J’approuve").check()
    form.get_by_role("button", name="Voter").click()
    expect(page.locator("#commission .seats")).to_contain_text("Approuve")


def validate(people: dict[str, Page], place: str) -> None:
    oumar, mariam, binta, adama = (people[name] for name in ("oumar", "mariam", "binta", "adama"))
    oumar.goto(place)
    oumar.get_by_text("Donner procuration à…").click()
    oumar.get_by_label("Membre qui votera en votre nom").select_option(label="Mariam SANOGO")
    oumar.get_by_role("button", name="Donner procuration", exact=True).click()
    expect(oumar.locator("#proxy")).to_contain_text("Vous avez donné procuration à Mariam SANOGO")
    vote(mariam, place)
    form = mariam.locator("#act-vote-for")
    form.get_by_label("Pour", exact=True).check()
    form.get_by_role("button", name="Voter au nom de Oumar CISSE").click()
    expect(mariam.locator("#commission .seats")).to_contain_text("par procuration")
    confirm(binta, place)
    vote(adama, place)
    adama.locator("#act-validate a").click()
    adama.get_by_label("Pourquoi passer outre").fill("Les destinataires sont connus.")
    adama.locator("#act-validate button").click()
    expect(adama.locator("#workflow [aria-current=step]")).to_contain_text("Validé")
    for number, state in story.STATES.items():
        adama.goto(f"{place}/amendements/{number}")
        expect(adama.locator(f"#amendment-{number} .pill").first).to_have_text(state)


def confirm(binta: Page, place: str) -> None:
    """Binta voted before the last two decisions: she sees them, and confirms."""
    binta.goto(place)
    binta.get_by_role("link", name="Voir ce qui a changé depuis mon vote").click()
    expect(binta.locator("main ins", has_text="primitif")).to_be_visible()
    expect(binta.locator("main ins", has_text="2018")).to_have_count(0)
    binta.goto(place)
    binta.get_by_role("button", name="Confirmer mon vote").click()
    expect(binta.locator("#act-confirm")).to_have_count(0)


# --- What came of it


def final_text(report: Report) -> dict[str, tuple[str, ...]]:
    return {key: tuple(block.text for block in content_of(report, key) if block.zone != "lead") for key in story.FINAL}


def written_by(report: Report, cast: Cast) -> dict[str, tuple[tuple[tuple[str, str], ...], ...]]:
    """Who wrote which words of the parts, block by block."""
    names = {getattr(cast, name).id: name for name in cast}
    return {key: tuple(_blocks(report, key, names)) for key in story.WRITTEN}


def _blocks(report: Report, key: str, names: dict[int, str]) -> Any:
    part = revisions.part_of(report, key)
    authors = dict(
        db.session.execute(db.select(Revision.number, Revision.author_id).where(Revision.part_id == part.id)).all()
    )
    now = revisions.current(part)
    zones = {block.id: block.zone for block in now.content}
    runs = [run for run in attribute(now.content, now.runs) if run[1] == "text" and zones[run[0]] != "lead"]
    for _, block in groupby(runs, key=lambda run: run[0]):
        by_author = groupby(block, key=lambda run: names[authors[run[3]]])
        yield tuple((name, "".join(run[2] for run in words)) for name, words in by_author)


def minutes(page: Page, place: str, folder: Path) -> str:
    """The minutes of the reading, from the first amendment to the result."""
    page.goto(place)
    with page.expect_download() as download:
        page.get_by_role("link", name=re.compile("Procès-verbal de lecture")).click()
    path = folder / "minutes.pdf"
    download.value.save_as(path)
    text = subprocess.run(["pdftotext", "-raw", str(path), "-"], capture_output=True, text=True, check=True).stdout
    text = re.sub(r"Rapport n° \d+ – procès-verbal de lecture \d+", "", text)
    return text[text.index("Amendement n° 1 ") : text.index("Empreinte du texte validé")]


def said(text: str) -> str:
    """A text without its days and hours, the hashes of texts, and where its lines end."""
    text = " ".join(text.replace("\u202f", " ").replace("\xa0", " ").split())
    text = re.sub(r"(le )?(\d+(er)? \w+ \d{4} à|\d\d/\d\d/\d{4}) \d\d h \d\d", "le jour", text)
    return re.sub(r"\b[0-9a-f]{8}\b", "TEXTE", text)

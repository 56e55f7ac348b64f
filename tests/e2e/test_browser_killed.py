"""The browser is killed at any moment while Issa types: no sentence that was shown as kept on the device is missing after.

`SEBEN_KILLS=100` kills more often, and tells how many sentences it was about (`pytest -s`).
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from threading import Timer

import pytest
from flask import Flask
from playwright.sync_api import Error, Page, Playwright, expect, sync_playwright

from app.workflow import Stage
from tests.cast import Cast
from tests.e2e.conftest import CHROMIUM, QUIET
from tests.e2e.inspection import in_the_house, let_in
from tests.e2e.test_faults import open_editor
from tests.factories import report_at

pytestmark = pytest.mark.browser
KILLS = int(os.environ.get("SEBEN_KILLS", "6"))
WHO = ("Madame Aminata KONATÉ", "Monsieur Seydou TRAORÉ", "La représentante de la CAFO", "Le maire de Pelengana")
DID = ("a demandé", "a rappelé", "s’est félicitée", "a regretté")
WHAT = (
    "que le budget de 12 500 000 FCFA soit affiché à la mairie",
    "que les comptes de 2017 n’étaient toujours pas publiés",
    "que « la part des femmes » reste à 18 %",
    "qu’aucun relevé n’ait été remis avant le 1er mars",
)
SEEN = """() => [document.querySelector("[data-kept]").textContent, document.querySelector("#zone-body").value]"""


class Chromium:
    """A browser in processes and with a profile of its own, to be killed as a power cut kills it."""

    def __init__(self, playwright: Playwright, profile: Path, app: Flask, address: str, cast: Cast) -> None:
        door = profile / "DevToolsActivePort"
        door.unlink(missing_ok=True)
        order = [CHROMIUM, *QUIET, "--headless=new", "--no-sandbox", "--remote-debugging-port=0"]
        self.process = subprocess.Popen(
            [*order, f"--user-data-dir={profile}", "about:blank"],
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while not door.exists() or not door.read_text().strip():
            assert self.process.poll() is None, "Chromium did not start"
            time.sleep(0.05)
        self.browser = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{door.read_text().split()[0]}")
        context = self.browser.contexts[0]
        let_in(context, app, address, cast.issa)
        self.page = context.new_page()
        self.page.set_default_timeout(15_000)

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def bury(self) -> None:
        self.kill()
        self.process.wait()
        with suppress(Error):
            self.browser.close()


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium): the browser was not tried")
    with sync_playwright() as started:
        yield started


def test_no_sentence_shown_as_kept_is_missing_after_the_browser_was_killed(
    playwright: Playwright, app: Flask, address: str, cast: Cast, tmp_path: Path
) -> None:
    report_id = in_the_house(app, lambda: report_at(Stage.EDITING, cast).id)
    profile = tmp_path / "profile"
    profile.mkdir()
    shown: list[str] = []
    missing: list[str] = []
    total = 0
    for turn in range(KILLS + 1):
        chromium = Chromium(playwright, profile, app, address, cast)
        try:
            chromium.page.goto(f"{address}/rapports/{report_id}")
            open_editor(chromium.page)
            there = words_again(chromium.page, bool(shown))
            missing += [sentence for sentence in shown if sentence not in there]
            total += len(shown)
            if turn < KILLS:
                shown = type_until_killed(chromium, turn)
        finally:
            chromium.bury()
    print(f"\n{KILLS} kills, {total} sentences shown as kept, {len(missing)} missing")
    assert missing == []
    assert total, "nothing was shown as kept: nothing is tried here"
    shutil.rmtree(profile, ignore_errors=True)


def words_again(page: Page, expected: bool) -> str:
    """What the device gives back, laid into the editor where it offers something."""
    button = page.get_by_role("button", name="Reprendre le brouillon")
    if expected:
        with suppress(AssertionError):
            expect(button.first).to_be_visible(timeout=3_000)
            button.first.click()
            expect(page.locator("#status")).to_contain_text("repris")
    return page.locator("#zone-body").input_value()


def type_until_killed(chromium: Chromium, turn: int) -> list[str]:
    """Type sentence after sentence until the browser dies; those in the text when the page last said that it is kept."""
    page, typed, kept = chromium.page, [], []
    page.locator("#zone-body").fill("")
    killer = Timer(random.uniform(1.0, 6.0), chromium.kill)
    killer.start()
    try:
        while True:
            words = " ".join(random.choice(each) for each in (WHO, DID, WHAT))
            sentence = f"{words} (prise de parole {turn}-{len(typed)})."
            typed.append(sentence)
            page.locator("#zone-body").press_sequentially(sentence + "\n\n", delay=random.uniform(2, 12))
            for _ in range(random.randrange(1, 9)):
                told, value = page.evaluate(SEEN)
                if "Brouillon gardé" in told:
                    kept = [each for each in typed if each in value]
                time.sleep(0.1)
    except Error:
        return kept
    finally:
        killer.cancel()

"""What is asked of every screen: axe finds nothing, nothing runs over, a thumb hits every button, the console is silent."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from playwright.sync_api import Browser, BrowserContext, Page

from app.db import db
from app.directory.models import Person
from app.web.account.sessions import SECRET
from tests.cast import session_of as secret_of

AXE = Path(__file__).with_name("vendor") / "axe.min.js"
LAPTOP = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
THUMB = 44  # px, the least side of what is pressed on a phone

RUN_AXE = """async (rules) => {
  await Promise.all(document.getAnimations().map((each) => each.finished));
  const options = { resultTypes: ["violations"] };
  if (rules) options.runOnly = { type: "rule", values: rules };
  // The levels of a document's headings are its authors' choice.
  else options.rules = { "target-size": { enabled: true }, "heading-order": { enabled: false } };
  const found = await axe.run(document, options);
  const told = (each, node) => `${each.id}: ${node.target.join(" ")} – ${node.failureSummary.split("\\n")[1] || ""}`;
  return found.violations.flatMap((each) => each.nodes.map((node) => told(each, node)));
}"""
TOO_WIDE = """() => {
  const over = document.scrollingElement.scrollWidth - innerWidth;
  if (over <= 0) return [];
  const beyond = (each) => each.getBoundingClientRect().right > innerWidth + 1;
  const widest = [...document.body.querySelectorAll("*")].filter(beyond);
  return [`${over} px too wide: ${widest.slice(0, 3).map((each) => each.tagName + "." + each.className).join(", ")}`];
}"""
TOO_SMALL = """(least) => [...document.querySelectorAll("button, .button, summary, select, input:not([type=hidden])")]
  .filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.matches("[tabindex='-1'].hidden"))
  .map((each) => [each, each.matches("[type=radio], [type=checkbox]") ? each.closest("label") || each.labels[0] : each])
  .map(([each, pressed]) => [each, pressed.getBoundingClientRect()])
  .filter(([, box]) => box.height && (box.height < least - .5 || box.width < least - .5))
  .map(([each, box]) => `${Math.round(box.width)} × ${Math.round(box.height)} px: ${each.outerHTML.slice(0, 90)}`)"""

Made = TypeVar("Made")


def in_the_house(app: Flask, make: Callable[[], Made]) -> Made:
    """Run `make` in an application context and commit; in another thread, for the browser's driver keeps a loop here."""

    def run() -> Made:
        with app.app_context():
            made = make()
            db.session.commit()
            return made

    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(run).result()


def session_of(app: Flask, person: Person) -> str:
    """The value of the session cookie of a person who has just signed in."""
    serializer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert serializer is not None
    return serializer.dumps({SECRET: in_the_house(app, lambda: secret_of(app, person))})  # type: ignore[no-any-return]


def let_in(context: BrowserContext, app: Flask, address: str, person: Person) -> None:
    """Give a browser the session of a person; the sign-in page has tests of its own."""
    name = app.config["SESSION_COOKIE_NAME"]
    context.add_cookies([{"name": name, "value": session_of(app, person), "url": address}])


class Inspector:
    """Looks at screens and keeps what is wrong with them, screen by screen."""

    def __init__(self, browser: Browser, app: Flask, address: str) -> None:
        self.browser = browser
        self.app = app
        self.address = address
        self.faults: list[str] = []
        self.expected: tuple[str, ...] = ()
        self.contexts: list[BrowserContext] = []
        shots = os.environ.get("SEBEN_SHOTS")
        self.shots = Path(shots) if shots else None

    def enter(self, person: Person | None, **options: Any) -> Page:
        context = self.browser.new_context(base_url=self.address, viewport=LAPTOP, locale="fr-FR", **options)
        self.contexts.append(context)
        context.add_init_script(path=AXE)
        if person is not None:
            let_in(context, self.app, self.address, person)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda message: self._said(page, message.type, message.text))
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        return page

    def _said(self, page: Page, kind: str, text: str) -> None:
        # A refusal's own status is logged by the browser as an error; the screen it brings is what is looked at.
        if kind == "error" and not text.startswith("Failed to load resource: the server responded with a status of 4"):
            self.faults.append(f"{page.url}, console: {text}")

    def visit(self, page: Page, place: str, name: str) -> None:
        page.goto(place)
        self.look(page, name)

    def look(self, page: Page, name: str) -> None:
        """Inspect the page as it stands, on a laptop and on a phone, light and dark."""
        for size, viewport in (("laptop", LAPTOP), ("phone", PHONE)):
            page.set_viewport_size(viewport)  # type: ignore[arg-type]
            if size == "phone":
                # As long as the page: what passes under the bar at the bottom can be scrolled to, and is not too small.
                height = page.evaluate("document.scrollingElement.scrollHeight")
                page.set_viewport_size({"width": viewport["width"], "height": height})
            for theme, rules in (("light", None), ("dark", ["color-contrast"])):
                page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
                found = page.evaluate(RUN_AXE, rules)
                if theme == "light":
                    found += page.evaluate(TOO_WIDE)
                if theme == "light" and size == "phone":
                    found += page.evaluate(TOO_SMALL, THUMB)
                self.faults += [f"{name}, {size}, {theme}: {each}" for each in found]
                if self.shots:
                    self.shots.mkdir(parents=True, exist_ok=True)
                    page.screenshot(path=self.shots / f"{name}-{size}-{theme}.png", full_page=True)
        page.set_viewport_size(LAPTOP)  # type: ignore[arg-type]
        page.emulate_media(color_scheme="light")

    def close(self) -> None:
        for context in self.contexts:
            context.close()

    def verdict(self) -> None:
        assert not self.faults, "\n".join([f"{len(self.faults)} faults", *self.faults])

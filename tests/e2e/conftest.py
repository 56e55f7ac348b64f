"""A real server and a real browser."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from werkzeug.serving import make_server

from app.directory.models import Person
from tests.cast import PASSWORD

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]

# A busy machine is slow, not wrong.
expect.set_options(timeout=20_000)


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"WTF_CSRF_ENABLED": True}


@pytest.fixture
def address(app: Flask) -> Iterator[str]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(5)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One a file: its driver keeps an event loop in this thread, where tests of other files start their own."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium): the browser was not tried")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield launched
        launched.close()


Enter = Callable[..., Page]


@pytest.fixture
def enter(browser: Browser, address: str) -> Iterator[Enter]:
    """Sign a person in through the page, in a browser of their own."""
    contexts: list[BrowserContext] = []

    def signed_in(person: Person | None, **options: Any) -> Page:
        context = browser.new_context(base_url=address, accept_downloads=True, **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        if person is not None:
            page.goto("/connexion")
            page.get_by_label("Adresse électronique").fill(person.email)
            page.get_by_label("Mot de passe").fill(PASSWORD)
            page.get_by_role("button", name="Se connecter").click()
            page.wait_for_url("**/")
        return page

    yield signed_in
    for context in contexts:
        context.close()

"""A page of another site, in the browser of a member who is signed in: it votes for nobody, and signs nobody out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from app.db import db
from app.directory.models import Person
from app.reports.models.ballot import Ballot
from app.workflow import Stage
from tests.cast import Cast
from tests.e2e.inspection import in_the_house
from tests.factories import report_at

Enter = Callable[[Person | None], Page]
TRAP = """<!doctype html><title>Photos de la rencontre</title>
<form method="post" action="{place}"><input name="choice" value="approve"><input name="reason" value="Sans réserve."></form>
<script>document.forms[0].submit()</script>"""
BEHIND = """<!doctype html><title>Photos</title><script>
fetch({place!r}, {{method: "POST", mode: "no-cors", credentials: "include",
  body: new URLSearchParams({{choice: "approve"}})}})
  .finally(() => document.title = "sent")</script>"""


class Elsewhere:
    """Another server on this machine: by its number it is of the same site as ours, as `localhost` of another."""

    def __init__(self) -> None:
        self.page = ""
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(site.page.encode())

            def log_message(self, *said: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, daemon=True).start()

    def at(self, host: str) -> str:
        return f"http://{host}:{self.server.server_port}/"


@pytest.fixture
def elsewhere() -> Iterator[Elsewhere]:
    site = Elsewhere()
    yield site
    site.server.shutdown()
    site.server.server_close()


@pytest.fixture
def place(app: Flask, cast: Cast, address: str) -> str:
    report = in_the_house(app, lambda: report_at(Stage.READING, cast))
    return f"{address}/rapports/{report.id}/vote"


def ballots(app: Flask) -> int:
    return in_the_house(app, lambda: db.session.scalar(select(func.count()).select_from(Ballot)) or 0)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_form_of_another_page_is_refused_and_the_member_stays_signed_in(
    app: Flask, cast: Cast, enter: Enter, elsewhere: Elsewhere, place: str, host: str
) -> None:
    mariam = enter(cast.mariam)
    before = mariam.context.cookies()
    elsewhere.page = TRAP.format(place=place)
    mariam.goto(elsewhere.at(host))
    expect(mariam.locator("h1")).to_contain_text("ne vient pas d’une page de Sɛbɛn")
    expect(mariam.locator("form, input, textarea")).to_have_count(0)
    assert mariam.context.cookies() == before
    mariam.get_by_role("link", name="Ouvrir Sɛbɛn").click()
    expect(mariam.locator("h1")).to_contain_text("Mes tâches")
    assert ballots(app) == 0


def origins_of_posts(app: Flask) -> list[str]:
    """What the posts that arrive from now on say of where they come from."""
    came: list[str] = []
    inner = app.wsgi_app

    def note(environ: Any, start_response: Any) -> Any:
        if environ["REQUEST_METHOD"] == "POST":
            came.append(environ.get("HTTP_ORIGIN", ""))
        return inner(environ, start_response)

    app.wsgi_app = note  # type: ignore[method-assign]
    return came


def test_a_page_without_a_name_and_one_that_writes_behind_its_back_are_refused_too(
    app: Flask, cast: Cast, enter: Enter, elsewhere: Elsewhere, place: str
) -> None:
    mariam = enter(cast.mariam)
    elsewhere.page = (
        f'<iframe sandbox="allow-forms allow-scripts" srcdoc="{escape(TRAP.format(place=place))}"></iframe>'
    )
    came = origins_of_posts(app)
    mariam.goto(elsewhere.at("127.0.0.1"))
    while not came:  # the frame is a process of its own, which a busy machine starts when it can
        mariam.wait_for_timeout(50)
    assert came == ["null"]
    elsewhere.page = BEHIND.format(place=place)
    mariam.goto(elsewhere.at("127.0.0.1"))
    mariam.wait_for_function("document.title === 'sent'")
    mariam.goto("/compte")
    expect(mariam.locator("h1")).to_have_text("Mon compte")
    assert ballots(app) == 0


def test_the_members_own_page_votes(app: Flask, cast: Cast, enter: Enter, place: str) -> None:
    mariam = enter(cast.mariam)
    mariam.goto(place.removesuffix("/vote"))
    mariam.locator("input[name=choice][value=approve]").check()
    mariam.get_by_role("button", name="Voter").click()
    expect(mariam.locator("#commission .seats")).to_contain_text("Approuve")
    assert ballots(app) == 1

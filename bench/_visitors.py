"""People at browsers, and a meter that adds up what their requests take."""

from __future__ import annotations

import re
import secrets
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from html.parser import HTMLParser
from statistics import median
from typing import Any, NamedTuple

from flask import Flask
from sqlalchemy import event, select
from werkzeug.test import TestResponse

from app.db import db
from app.directory.models import Person
from app.people.sessions import DevicePlace, SessionLimits, begin
from app.web.account.sessions import SECRET


class Figures(NamedTuple):
    """Of one step: median and best time in milliseconds, SQL statements, bytes of the answers' bodies as they travel."""

    ms: float
    best: float
    sql: int
    size: int


class Meter:
    """`with meter("vote"):` adds up the requests made inside, as one sample of that step."""

    def __init__(self, app: Flask) -> None:
        self.samples: dict[str, list[list[float]]] = defaultdict(list)
        self.open: list[float] | None = None
        self.statements = 0
        with app.app_context():
            event.listen(db.engine, "before_cursor_execute", self._count)

    @contextmanager
    def __call__(self, step: str) -> Iterator[None]:
        self.open = [0.0, 0, 0]
        yield
        self.samples[step].append(self.open)
        self.open = None

    def run(self, request: Callable[[], TestResponse]) -> TestResponse:
        self.statements = 0
        begin = time.perf_counter()
        answer = request()
        spent = time.perf_counter() - begin
        if self.open is not None:
            self.open[0] += spent * 1000
            self.open[1] += self.statements
            self.open[2] += len(answer.data)
        return answer

    def figures(self) -> dict[str, Figures]:
        """Everything since the last call."""
        found = {}
        for step, samples in self.samples.items():
            times, statements, sizes = zip(*samples, strict=True)
            found[step] = Figures(median(times), min(times), round(median(statements)), round(median(sizes)))
        self.samples.clear()
        return found

    def _count(self, connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        self.statements += not statement.startswith("BEGIN")


class Visitor:
    """Somebody signed in, at a browser that takes gzip."""

    def __init__(self, app: Flask, email: str, meter: Meter) -> None:
        self.client, self.meter = app.test_client(), meter
        with app.app_context():
            person = db.session.scalars(select(Person).where(Person.email == email)).one()
            secret = begin(
                person, DevicePlace("Banc d’essai", "127.0.0.1"), SessionLimits(timedelta(hours=12), timedelta(days=7))
            )
            db.session.commit()
        with self.client.session_transaction() as session:
            session[SECRET] = secret
        self.token = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get("/").text)[1]

    def get(self, place: str, htmx: bool = False) -> TestResponse:
        answer = self.meter.run(lambda: self.client.get(place, headers=_headers(htmx)))
        assert answer.status_code == 200, (place, answer.status)
        return answer

    def post(self, place: str, typed: dict[str, str] | None = None, htmx: bool = False) -> TestResponse:
        """Post a form; where the answer leads on to a page, that page too."""
        form = {"csrf_token": self.token, "once": secrets.token_urlsafe(18), **(typed or {})}
        answer = self.meter.run(lambda: self.client.post(place, data=form, headers=_headers(htmx)))
        assert answer.status_code == (200 if htmx else 303), (place, answer.status)
        return answer if htmx else self.get(answer.location)

    def fields(self, place: str) -> dict[str, str]:
        """The fields of the form at `place`, as they stand."""
        return _Fields(self.client.get(place, headers={"HX-Request": "true"}).text).values


def _headers(htmx: bool) -> dict[str, str]:
    return {"Accept-Encoding": "gzip", **({"HX-Request": "true"} if htmx else {})}


class _Fields(HTMLParser):
    """What a browser would post of a page's form, buttons and templates of rows left out."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self.name = ""
        self.inside = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attributes}
        if self.inside == "template":
            return
        if tag in ("template", "textarea"):
            self.inside = tag
        if tag in ("input", "textarea", "select") and "name" in found:
            self.name = found["name"]
            self.values[self.name] = found.get("value", "")
        elif tag == "option" and "selected" in found:
            self.values[self.name] = found["value"]

    def handle_endtag(self, tag: str) -> None:
        if tag == self.inside:
            self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside == "textarea":
            self.values[self.name] += data

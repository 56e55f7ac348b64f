"""Reports for the tests of the history, and its pages as a person reads them."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Flask
from flask.testing import FlaskClient

from app.content.prose import cut
from app.db import db
from app.directory.models import Person
from app.reports.models.report import Report
from tests.cast import Cast
from tests.factories import content_of, opened, save, written

SignIn = Callable[[FlaskClient, Person], FlaskClient]
Build = Callable[[Cast], Report]


def put(app: Flask, cast: Cast, build: Build) -> int:
    """Build a report, commit it, answer with its number."""
    with app.app_context():
        report = build(cast)
        db.session.commit()
        return report.id


def words(answer: str) -> str:
    """The page as a person reads it."""
    text = answer.partition("<main")[2].partition("</main>")[0]
    text = re.sub(r"<[^>]+>", "", re.sub(r"</(p|li|div|h1|h2)>", " ", text))
    return re.sub(r"[\s\u202f]+", " ", text.replace("&nbsp;", " "))


def hesitant(cast: Cast) -> Report:
    """A draft whose conclusion was saved five times in a row."""
    report = written(opened(cast), cast.fanta)
    for word in ("une", "deux", "trois", "quatre", "cinq"):
        text = cut(f"Les travaux ont duré {word} heures.", "body", content_of(report, "conclusion"))
        save(report, "conclusion", text, cast.fanta)
    return report

"""Photographs over HTTP: added in one go, refused one by one with sentences, shown to whom they may be."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from app.content.blocks import FILE
from app.db import db
from app.directory.models import Person
from app.documents.pictures import Kept, kept
from app.reports.models.report import Report
from app.workflow import Stage
from tests.cast import Cast
from tests.factories import content_of, opened
from tests.photographs import held_sideways, photograph

SignIn = Callable[[FlaskClient, Person], FlaskClient]
HTML = b"<!doctype html><script>alert(1)</script>"


@pytest.fixture
def draft(app: Flask, cast: Cast) -> int:
    with app.app_context():
        report = opened(cast)
        db.session.commit()
        return report.id


@pytest.fixture
def fanta(client: FlaskClient, cast: Cast, sign_in: SignIn) -> FlaskClient:
    return sign_in(client, cast.fanta)


def add(client: FlaskClient, report_id: int, *files: tuple[str, bytes], consent: str = "oui") -> TestResponse:
    data = {"pictures": [(io.BytesIO(content), name) for name, content in files], "consent": consent}
    return client.post(f"/rapports/{report_id}/photographies", data=data)


def pictures(app: Flask, report_id: int) -> list[Kept]:
    with app.app_context():
        report = db.session.get_one(Report, report_id)
        return [kept(row.fields[FILE]) for row in content_of(report, "photographs")]


def files(app: Flask) -> int:
    folder = Path(app.config["STORE_URL"].removeprefix("file://"))
    return sum(path.is_file() for path in folder.rglob("*"))


def test_photographs_are_added_and_shown_upright_with_their_sizes_and_nothing_else(
    app: Flask, fanta: FlaskClient, draft: int
) -> None:
    held = photograph(800, 600, exif=held_sideways())
    answer = add(fanta, draft, ("IMG 1.jpg", held), ("IMG_2.PNG", photograph(400, 300, "PNG")))
    assert answer.location == f"/rapports/{draft}/parties/photographs/modifier#part-photographs"
    first, second = pictures(app, draft)
    editor = fanta.get(answer.location.partition("#")[0]).text
    assert f"/rapports/{draft}/images/{second.thumbnail}.jpg" in editor
    page = fanta.get(f"/rapports/{draft}").text
    assert (
        f'<img src="/rapports/{draft}/images/{first.file}.jpg" width="600" height="800" alt="" loading="lazy"' in page
    )
    image = fanta.get(f"/rapports/{draft}/images/{first.file}.jpg")
    assert (image.status_code, image.mimetype) == (200, "image/jpeg")
    assert image.headers["X-Content-Type-Options"] == "nosniff"
    assert image.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert Image.open(io.BytesIO(image.data)).size == (600, 800) and b"Exif" not in image.data
    assert fanta.get(image.request.path, headers={"If-None-Match": image.headers["ETag"]}).status_code == 304


def test_of_several_files_the_bad_ones_are_named_and_the_others_kept(
    app: Flask, fanta: FlaskClient, draft: int
) -> None:
    answer = add(fanta, draft, ("a.jpg", photograph(40, 30)), ("page.jpg", HTML), ("b.jpg", photograph(30, 40)[:-90]))
    page = fanta.get(answer.location).text
    assert "Une photographie est ajoutée" in page
    assert "« page.jpg » : ce n’est pas une photographie" in page.replace("\u202f", " ").replace("\u00a0", " ")
    assert "« b.jpg » : cette photographie est abîmée" in page.replace("\u202f", " ").replace("\u00a0", " ")
    assert len(pictures(app, draft)) == 1


@pytest.mark.parametrize(
    ("sent", "consent", "why"),
    [
        ([("page.jpg", HTML)], "oui", "pas une photographie"),
        ([], "oui", "Choisissez au moins une photographie"),
        ([("a.jpg", photograph(40, 30))], "", "ont donné leur accord"),
        ([("a.heic", b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00")], "oui", "Le plus compatible"),
    ],
    ids=["html", "nothing", "no consent", "heic"],
)
def test_what_cannot_be_taken_is_said_beside_the_field_and_leaves_nothing(
    app: Flask, fanta: FlaskClient, draft: int, sent: list[tuple[str, bytes]], consent: str, why: str
) -> None:
    answer = add(fanta, draft, *sent, consent=consent)
    assert answer.status_code == 422 and why in answer.text
    assert answer.text.count('aria-invalid="true"') == 1
    assert pictures(app, draft) == [] and files(app) == 0


def test_a_photograph_is_served_to_those_who_see_the_report_and_to_readers_with_consent_alone(
    app: Flask, client: FlaskClient, cast: Cast, sign_in: SignIn, draft: int
) -> None:
    sign_in(client, cast.fanta)
    add(client, draft, ("a.jpg", photograph(40, 30)))
    add(client, draft, ("b.jpg", photograph(30, 40)), consent="non")
    shown, held = (f"/rapports/{draft}/images/{each.file}.jpg" for each in pictures(app, draft))
    page = client.get(f"/rapports/{draft}").text
    assert shown in page and held not in page
    assert "Une photographie n’est pas imprimée" in page
    codes = {}
    for name in ("fanta", "salif", "mariam", "lamine", "moussa"):
        sign_in(client, getattr(cast, name))
        codes[name] = [client.get(place).status_code for place in (shown, held)]
    assert codes == {
        "fanta": [200, 200],
        "salif": [200, 200],
        "mariam": [404, 404],
        "lamine": [404, 404],
        "moussa": [404, 404],
    }
    with app.app_context():
        db.session.get_one(Report, draft).stage = Stage.PUBLISHED
        db.session.commit()
    sign_in(client, cast.lamine)
    assert [client.get(place).status_code for place in (shown, held)] == [200, 404]
    page = client.get(f"/rapports/{draft}").text
    assert shown in page and held not in page and "n’est pas imprimée" not in page
    other = client.get(shown.replace(f"/rapports/{draft}/", "/rapports/2/"))
    assert other.status_code == 404


def test_more_than_a_form_may_bring_is_refused_with_a_page_that_says_so(
    app: Flask, fanta: FlaskClient, draft: int
) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1000
    answer = add(fanta, draft, ("a.jpg", photograph(400, 300)))
    assert answer.status_code == 413 and "trop" in answer.text
    assert files(app) == 0

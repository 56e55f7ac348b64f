"""Answers are compressed for those who can read them so, and only where it pays."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.directory.models import Person
from app.web import compression
from tests.cast import Cast

pytestmark = pytest.mark.anywhere

SignIn = Callable[[FlaskClient, Person], FlaskClient]
GZIP = {"Accept-Encoding": "gzip, deflate, br"}
STYLES = "/static/css/seben.css"


@pytest.fixture
def sheet(app: Flask) -> bytes:
    return Path(app.static_folder or "", "css", "seben.css").read_bytes()


def test_a_page_travels_compressed_and_says_the_same(client: FlaskClient, cast: Cast, sign_in: SignIn) -> None:
    sign_in(client, cast.salif)
    plain, packed = client.get("/campagnes"), client.get("/campagnes", headers=GZIP)
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers.getlist("Vary")
    assert packed.content_length == len(packed.data)
    assert len(packed.data) < len(plain.data) / 2
    assert "Budgets régionaux 2018" in gzip.decompress(packed.data).decode()


@pytest.mark.parametrize("accepted", [None, "br", "identity", "gzip;q=0"])
def test_who_cannot_read_gzip_gets_plain_text_that_no_cache_gives_to_others(
    client: FlaskClient, accepted: str | None
) -> None:
    answer = client.get("/connexion", headers={"Accept-Encoding": accepted} if accepted else {})
    assert "Content-Encoding" not in answer.headers
    assert "Accept-Encoding" in answer.headers.getlist("Vary")
    assert "</html>" in answer.text


def test_a_static_file_is_compressed_once(client: FlaskClient, sheet: bytes) -> None:
    compression._squeezed_file.cache_clear()
    answers = [client.get(STYLES, headers=GZIP) for _ in range(3)]
    assert {gzip.decompress(answer.data) for answer in answers} == {sheet}
    assert compression._squeezed_file.cache_info().misses == 1


def test_a_compressed_file_that_is_known_is_not_sent_again(client: FlaskClient) -> None:
    tag = client.get(STYLES, headers=GZIP).headers["ETag"]
    assert tag.startswith("W/"), "the bytes are not those of the file"
    again = client.get(STYLES, headers={**GZIP, "If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    assert "Content-Encoding" not in again.headers


def test_a_piece_of_a_file_is_sent_as_it_is(client: FlaskClient, sheet: bytes) -> None:
    answer = client.get(STYLES, headers={**GZIP, "Range": "bytes=100-2099"})
    assert answer.status_code == 206
    assert answer.data == sheet[100:2100]


def test_fonts_are_compressed_already(client: FlaskClient) -> None:
    answer = client.get("/static/fonts/noto-sans-variable.woff2", headers=GZIP)
    assert answer.data.startswith(b"wOF2")
    assert "Content-Encoding" not in answer.headers


def test_short_answers_are_left_alone(client: FlaskClient) -> None:
    answer = client.get("/static/favicon.svg", headers=GZIP)
    assert answer.status_code == 200
    assert len(answer.data) < compression.SMALLEST
    assert "Content-Encoding" not in answer.headers


def test_the_length_of_a_page_does_not_tell_what_is_in_it(client: FlaskClient) -> None:
    page = b"one and the same page, " * 200
    assert len({len(compression._squeezed(page)) for _ in range(40)}) > 5
    assert gzip.decompress(compression._squeezed(page)) == page


def test_an_error_page_is_compressed_too(client: FlaskClient) -> None:
    answer = client.get("/il-n-y-a-rien-ici", headers=GZIP)
    assert answer.status_code == 404
    assert "</html>" in gzip.decompress(answer.data).decode()

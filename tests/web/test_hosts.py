"""Under which names the site answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder, run_wsgi_app

from app import config

SECRETS = {"HTTPS": True, "SECRET_KEY": "k" * 40, "SECURITY_PASSWORD_SALT": "s" * 40}
NO_NAMES = [
    "bad host",
    "a<b>",
    "[::1",
    "a" * 300,
    "a" * 64 + ".ml",
    "a..ml",
    "..",
    "xn--a",
    "seben.ml:99999",
    "seben.ml:y",
    "seben.ml:1:2",
    "seben.ml/a",
    "moi@seben.ml",
    "a,b",
    "",
]


def status(client: FlaskClient, host: str) -> int:
    return client.get("/connexion", environ_overrides={"HTTP_HOST": host}).status_code


def asked(app: Flask, host: str, place: str = "/connexion", method: str = "GET") -> tuple[str, str]:
    """Status and page, as a server gets them: a test's client would not send such a name."""
    environ = EnvironBuilder(place, method=method).get_environ() | {"HTTP_HOST": host}
    page, status, headers = run_wsgi_app(app.wsgi_app, environ, buffered=True)
    assert "Set-Cookie" not in headers or status[:3] != "400"
    return status[:3], b"".join(page).decode()


@pytest.mark.parametrize("host", NO_NAMES)
def test_what_no_name_can_be_is_refused_with_a_short_page_and_no_error(app: Flask, host: str) -> None:
    app.testing = False
    for method in ("GET", "POST"):
        status, page = asked(app, host, "/compte", method)
        assert status == "400"
        assert "<h1>Adresse inconnue</h1>" in page


@pytest.mark.parametrize(
    "host", ["seben.ml", "SEBEN.ml.", "seben.ml:8000", "10.0.0.5", "[2001:db8::1]:443", "my_box", "xn--sbn-pxcb.ml"]
)
def test_whatever_can_be_a_name_is_answered_where_none_is_set(client: FlaskClient, host: str) -> None:
    assert status(client, host) == 200


class TestNamed:
    @pytest.fixture
    def settings(self) -> dict[str, Any]:
        return {"TRUSTED_HOSTS": "seben.exemple.ml, 10.0.0.5"}

    @pytest.mark.parametrize(
        "host", ["seben.exemple.ml", "Seben.Exemple.ML:443", "10.0.0.5:8000", "127.0.0.1", "[::1]:8"]
    )
    def test_its_own_names_are_answered(self, client: FlaskClient, host: str) -> None:
        assert status(client, host) == 200

    @pytest.mark.parametrize("host", ["ailleurs.example", "seben.exemple.ml.ailleurs.example", "x.seben.exemple.ml"])
    def test_another_name_is_refused(self, app: Flask, host: str) -> None:
        app.testing = False
        status, page = asked(app, host)
        assert (status, "Adresse inconnue" in page, host in page) == ("400", True, False)


@pytest.mark.parametrize(
    ("settings", "hosts"),
    [
        ({"PRODUCTION": True, "BASE_URL": "https://Seben.exemple.ml:8443/"}, ("Seben.exemple.ml", *config.OWN_NAMES)),
        ({"PRODUCTION": True, "BASE_URL": "http://127.0.0.1:5000"}, ()),
        ({"PRODUCTION": True, "TRUSTED_HOSTS": ["a.ml"]}, ("a.ml", *config.OWN_NAMES)),
        ({"BASE_URL": "https://seben.exemple.ml"}, ()),
    ],
)
def test_in_production_the_name_of_the_site_is_that_of_its_address(
    tmp_path: Path, settings: dict[str, Any], hosts: tuple[str, ...]
) -> None:
    assert config.load(tmp_path, {**SECRETS, **settings})["HOSTS"] == hosts

"""Addresses that are keys: the guide names each, and masks it in the logs of the proxy; ours never holds one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from werkzeug.routing import Rule

from app.web.guards import MARK

GUIDE = (Path(__file__).parents[2] / "docs" / "operations.md").read_text("utf-8")
SECRET = "WyJhYmMiLCJkZWYiXQ.aS3cr-t_"
NGINX = re.compile(re.findall(r'"~(\^\S+\$?)"  \$kept', GUIDE)[0].replace("?<", "?P<"))
CADDY = re.compile(re.findall(r'request>uri regexp "(\S+)"', GUIDE)[0])
NGINX_REFERER = re.compile(re.findall(r'"~(\^\S+)"  \$site', GUIDE)[0].replace("?<", "?P<"))


def keys(app: Flask) -> list[Rule]:
    """The addresses that let in whoever has them."""
    return [
        rule
        for rule in app.url_map.iter_rules()
        if "token" in rule.arguments and getattr(app.view_functions[rule.endpoint], MARK, "") == "public"
    ]


def test_every_address_that_is_a_key_is_in_the_guides_table_and_masked_by_its_patterns(app: Flask) -> None:
    found = keys(app)
    assert len(found) >= 6
    adapter = app.url_map.bind("seben.exemple.ml", url_scheme="https")
    for rule in found:
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        values = {"token": SECRET, "page": 1}
        place = adapter.build(rule.endpoint, {name: values[name] for name in rule.arguments}, method=method)
        assert f"| `/{rule.rule.split('/')[1]}/…`" in GUIDE, place
        for said in (place, f"{place}?suite=1"):
            masked = NGINX.match(said)
            assert masked
            assert SECRET not in masked["kept"] + (masked["rest"] or ""), place
            assert SECRET not in CADDY.sub(r"/\1/…", said), place
        referer = NGINX_REFERER.match(f"https://seben.exemple.ml{place}")
        assert referer and SECRET not in referer["site"]


def test_other_addresses_stay_readable() -> None:
    for place in ("/rapports/12/rapport-signe.pdf", "/mot-de-passe-oublie", "/compte/mot-de-passe"):
        assert NGINX.match(place) is None
        assert CADDY.sub("", place) == place


def test_our_own_log_holds_no_secret_where_the_database_fails(
    app: Flask, client: FlaskClient, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OperationalError("SELECT", None, Exception("database is locked"))

    monkeypatch.setattr("app.web.account.sign_in.reset_password_token_status", broken)
    assert client.get(f"/mot-de-passe/{SECRET}").status_code == 503
    assert "the database failed at GET /mot-de-passe/…" in caplog.text
    assert SECRET not in "".join(record.getMessage() for record in caplog.records)

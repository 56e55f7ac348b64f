"""Where to tell of a hole in this site."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

PLACE = "/.well-known/security.txt"


def fields(client: FlaskClient) -> list[tuple[str, str]]:
    answer = client.get(PLACE)
    assert (answer.status_code, answer.content_type) == (200, "text/plain; charset=utf-8")
    return [tuple(line.split(": ", 1)) for line in answer.text.splitlines()]  # type: ignore[misc]


def test_without_a_contact_there_is_no_such_file(client: FlaskClient) -> None:
    assert client.get(PLACE).status_code == 404


class TestGiven:
    @pytest.fixture
    def settings(self) -> dict[str, Any]:
        return {
            "SECURITY_CONTACT": "securite@exemple.ml, https://exemple.ml/faille",
            "BASE_URL": "https://seben.exemple.ml/",
        }

    def test_anybody_reads_whom_to_write_to_and_until_when_that_holds(self, client: FlaskClient) -> None:
        told = fields(client)
        assert [value for name, value in told if name == "Contact"] == [
            "mailto:securite@exemple.ml",
            "https://exemple.ml/faille",
        ]
        assert ("Canonical", "https://seben.exemple.ml/.well-known/security.txt") in told
        assert ("Preferred-Languages", "fr, en") in told
        [until] = [datetime.fromisoformat(value) for name, value in told if name == "Expires"]
        assert timedelta(days=30) < until - datetime.now(UTC) < timedelta(days=365)


class TestBroken:
    @pytest.fixture
    def settings(self) -> dict[str, Any]:
        return {"SECURITY_CONTACT": "securite@exemple.ml\nExpires: 2020-01-01T00:00:00Z"}

    def test_a_line_never_becomes_two(self, client: FlaskClient) -> None:
        assert [name for name, _ in fields(client)] == ["Contact", "Expires", "Preferred-Languages", "Canonical"]

"""Settings: where they come from, and what production refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from app import config
from app.config import Misconfigured


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SECRET_KEY", "DATABASE_URL", "SEBEN_SECURITY_PASSWORD_SALT", "SEBEN_PRODUCTION", "SEBEN_DEMO"):
        monkeypatch.delenv(name, raising=False)


def test_production_without_its_secrets_says_which_and_how(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"SECRET_KEY is missing.*secrets\.token_urlsafe"):
        config.load(tmp_path, {"PRODUCTION": True})


def test_production_refuses_a_short_secret(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="shorter than 32"):
        config.load(tmp_path, {"PRODUCTION": True, "SECRET_KEY": "short", "SECURITY_PASSWORD_SALT": "s" * 40})


def test_production_refuses_the_demo(tmp_path: Path) -> None:
    secrets = {"SECRET_KEY": "k" * 40, "SECURITY_PASSWORD_SALT": "s" * 40}
    with pytest.raises(Misconfigured, match="published passwords"):
        config.load(tmp_path, {"PRODUCTION": True, "DEMO": True, **secrets})


def test_a_mail_server_needs_a_sender(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match="MAIL_FROM"):
        config.load(tmp_path, {"MAIL_URL": "smtp://localhost"})
    settings = config.load(tmp_path, {"MAIL_URL": "smtp://localhost", "MAIL_FROM": "Sɛbɛn <seben@exemple.ml>"})
    assert settings["MAIL_URL"] == "smtp://localhost"


def test_elsewhere_secrets_are_drawn_once_and_kept_from_others(tmp_path: Path) -> None:
    first, second = config.load(tmp_path), config.load(tmp_path)
    assert first["SECRET_KEY"] == second["SECRET_KEY"]
    assert (tmp_path / "secret_key.txt").stat().st_mode & 0o777 == 0o600


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "settings.py").write_text('ORGANISATION = "Du fichier"\nHTTPS = True\n', "utf-8")
    monkeypatch.setenv("SEBEN_ORGANISATION", "De l’environnement")
    monkeypatch.setenv("SEBEN_PROXIES", "2")
    settings = config.load(tmp_path)
    assert (settings["ORGANISATION"], settings["HTTPS"], settings["PROXIES"]) == ("De l’environnement", True, 2)
    assert settings["SESSION_COOKIE_SECURE"] is True


SECRETS = {"SECRET_KEY": "s" * 40, "SECURITY_PASSWORD_SALT": "t" * 40}


def test_production_without_https_is_refused_unless_it_is_said_on_purpose(tmp_path: Path) -> None:
    with pytest.raises(config.Misconfigured, match="PRODUCTION without HTTPS"):
        config.load(tmp_path, {"PRODUCTION": True, **SECRETS})
    assert config.load(tmp_path, {"PRODUCTION": True, "HTTPS": True, **SECRETS})["SESSION_COOKIE_SECURE"] is True
    assert config.load(tmp_path, {"PRODUCTION": True, "PLAIN_HTTP": True, **SECRETS})["SESSION_COOKIE_SECURE"] is False


def test_https_and_plain_http_cannot_both_be_meant(tmp_path: Path) -> None:
    with pytest.raises(config.Misconfigured, match="exclude each other"):
        config.load(tmp_path, {"HTTPS": True, "PLAIN_HTTP": True})


def test_the_session_cookie_is_the_hosts_own_under_https(tmp_path: Path) -> None:
    assert config.load(tmp_path, {"HTTPS": True})["SESSION_COOKIE_NAME"] == "__Host-session"
    assert config.load(tmp_path)["SESSION_COOKIE_NAME"] == "session"


def test_in_production_the_coordination_gives_a_second_factor_unless_it_is_said_otherwise(tmp_path: Path) -> None:
    production = {"PRODUCTION": True, "HTTPS": True, **SECRETS}
    assert config.load(tmp_path)["SECOND_FACTOR"] == "nobody"
    assert config.load(tmp_path, production)["SECOND_FACTOR"] == "coordination"
    assert config.load(tmp_path, {**production, "SECOND_FACTOR": "everybody"})["SECOND_FACTOR"] == "everybody"
    with pytest.raises(config.Misconfigured, match="SECOND_FACTOR"):
        config.load(tmp_path, {"SECOND_FACTOR": "coordinaton"})

"""Settings: from the environment, then `instance/settings.py`, then safe defaults."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

PREFIX = "SEBEN_"


class Misconfigured(RuntimeError):
    """A setting is missing or unsafe; the message says which and how to give it."""


def load(instance: Path, overrides: dict[str, Any] | None = None) -> dict[str, Any]:
    """All settings of the application, as a Flask configuration.

    Order of precedence: `overrides`, environment (`SEBEN_*`, `DATABASE_URL`, `SECRET_KEY`), `instance/settings.py`,
    defaults. Raises `Misconfigured` in production without its secrets.
    """
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)  # database, files and keys are nobody else's
    settings: dict[str, Any] = _defaults(instance)
    settings.update(_from_file(instance / "settings.py"))
    settings.update(_from_environment())
    settings.update(overrides or {})
    if not settings["PRODUCTION"]:
        _give_secrets(settings, instance)
    settings["SECOND_FACTOR"] = settings["SECOND_FACTOR"] or ("coordination" if settings["PRODUCTION"] else "nobody")
    _check(settings)
    settings["HOSTS"] = _hosts(settings)
    settings["TRUSTED_HOSTS"] = None  # Flask itself could only fail at a foreign name: app.web.hosts answers before it
    settings["SQLALCHEMY_DATABASE_URI"] = settings["DATABASE_URL"]
    settings["SESSION_COOKIE_SECURE"] = settings["REMEMBER_COOKIE_SECURE"] = settings["HTTPS"]
    # With this prefix browsers take the cookie from this very host only, over HTTPS.
    settings.setdefault("SESSION_COOKIE_NAME", "__Host-session" if settings["HTTPS"] else "session")
    return settings


def _defaults(instance: Path) -> dict[str, Any]:
    return {
        "PRODUCTION": False,
        "HTTPS": False,
        # Says that passwords and sessions go over the network in clear on purpose; PRODUCTION wants it, or HTTPS.
        "PLAIN_HTTP": False,
        # Who must give a second factor at sign-in: nobody, coordination, everybody; empty: in PRODUCTION the coordination.
        "SECOND_FACTOR": "",
        "DEMO": False,
        # How many proxies of ours stand in front and name the visitor's address.
        "PROXIES": 0,
        "DATABASE_URL": f"sqlite:///{instance / 'seben.sqlite'}",
        "STORE_URL": (instance / "files").as_uri(),
        "KEYS_FOLDER": str(instance / "keys"),
        "BASE_URL": "http://127.0.0.1:5000",
        # The names under which the site answers, with commas between; empty: in production the host of BASE_URL, else any.
        "TRUSTED_HOSTS": "",
        "ORGANISATION": "Groupe de Suivi Budgétaire",
        # Where who has found a hole may write: an address of mail or of a page, for /.well-known/security.txt.
        "SECURITY_CONTACT": "",
        # Empty: no mail leaves, and notices stay in the application.
        "MAIL_URL": "",
        "MAIL_FROM": "",
        # What the log is called in its checkpoints; empty: the host of BASE_URL.
        "LOG_NAME": "",
        # Where checkpoints go: addresses, and a file on another machine's disk.
        "CHECKPOINT_MAILTO": "",
        "CHECKPOINT_FILE": "",
        # Static files are addressed with the hash of their content.
        "SEND_FILE_MAX_AGE_DEFAULT": 365 * 24 * 3600,
        # Files beside a report, in megabytes by kind; and where one that came in pieces is put together, on this machine.
        "LARGEST_AUDIO": 100,
        "LARGEST_VIDEO": 500,
        "LARGEST_SLIDES": 50,
        "LARGEST_DOCUMENT": 50,
        "UPLOADS_FOLDER": str(instance / "uploads"),
        "MAX_CONTENT_LENGTH": 60 * 1024 * 1024,
        "MAX_FORM_MEMORY_SIZE": 8 * 1024 * 1024,
        "MAX_FORM_PARTS": 40_000,
        # Seconds that a request waits for what is written after its answer: none, save where a test wants to look at once.
        "AFTERWARDS_AWAITED": 0.0,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        # Seconds that a session lives: unused, and at all.
        "SESSION_IDLE": 12 * 3600,
        "PERMANENT_SESSION_LIFETIME": 7 * 24 * 3600,
    }


def _from_file(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    values: dict[str, Any] = {}
    exec(compile(path.read_text("utf-8"), str(path), "exec"), {}, values)
    return {key: value for key, value in values.items() if key.isupper()}


def _from_environment() -> dict[str, Any]:
    found: dict[str, Any] = {
        key.removeprefix(PREFIX): _typed(value) for key, value in os.environ.items() if key.startswith(PREFIX)
    }
    for key in ("DATABASE_URL", "SECRET_KEY"):
        if key in os.environ:
            found[key] = os.environ[key]
    return found


def _typed(value: str) -> Any:
    lowered = value.lower()
    if value.isdecimal() and value not in {"0", "1"}:
        return int(value)
    if lowered in {"1", "true", "yes", "oui"}:
        return True
    if lowered in {"0", "false", "no", "non", ""}:
        return False
    return value


def _give_secrets(settings: dict[str, Any], instance: Path) -> None:
    """Outside production, secrets are drawn once and kept beside the database."""
    for key in ("SECRET_KEY", "SECURITY_PASSWORD_SALT"):
        if settings.get(key):
            continue
        path = instance / f"{key.lower()}.txt"
        if not path.exists():
            path.write_text(secrets.token_urlsafe(48), "ascii")
            path.chmod(0o600)
        settings[key] = path.read_text("ascii")


OWN_NAMES = ("localhost", "127.0.0.1", "[::1]")
"""What the machine calls itself: how its proxy, or who watches over it, may ask."""


def _hosts(settings: dict[str, Any]) -> tuple[str, ...]:
    """The names that are answered; none where any is."""
    given = settings["TRUSTED_HOSTS"] or ""
    names = [name.strip() for name in (given.split(",") if isinstance(given, str) else given) if name.strip()]
    if not names and settings["PRODUCTION"]:
        host = urlsplit(str(settings["BASE_URL"])).netloc.rpartition("@")[2]
        names = [re.sub(r":\d+$", "", host)]
        names = [] if names[0].lower() in OWN_NAMES else names  # nobody has said yet how the site is reached
    return (*names, *OWN_NAMES) if names else ()


def _check(settings: dict[str, Any]) -> None:
    for key in ("SECRET_KEY", "SECURITY_PASSWORD_SALT"):
        if len(str(settings.get(key) or "")) < 32:
            raise Misconfigured(
                f"{key} is missing or shorter than 32 characters. Set it in the environment "
                f"({'SECRET_KEY' if key == 'SECRET_KEY' else PREFIX + key}) or in instance/settings.py, e.g. with: "
                'python -c "import secrets; print(secrets.token_urlsafe(48))"'
            )
    if settings["MAIL_URL"] and "@" not in str(settings["MAIL_FROM"] or ""):
        raise Misconfigured("MAIL_URL is set, so MAIL_FROM must say whom mail is from: Sɛbɛn <seben@exemple.ml>")
    if settings["PRODUCTION"] and settings["DEMO"]:
        raise Misconfigured("DEMO and PRODUCTION exclude each other: the demo's people have published passwords.")
    if settings["PRODUCTION"] and not settings["HTTPS"] and not settings["PLAIN_HTTP"]:
        raise Misconfigured(
            "PRODUCTION without HTTPS: passwords and sessions would go over the network in clear. Put a proxy in front that "
            f"speaks HTTPS and set {PREFIX}HTTPS=1; or, on a network of your own, say that it is on purpose: "
            f"{PREFIX}PLAIN_HTTP=1."
        )
    if settings["SECOND_FACTOR"] not in ("nobody", "coordination", "everybody"):
        raise Misconfigured("SECOND_FACTOR says who gives one at sign-in: nobody, coordination or everybody.")
    if settings["HTTPS"] and settings["PLAIN_HTTP"]:
        raise Misconfigured("HTTPS and PLAIN_HTTP exclude each other: say which of the two it is.")

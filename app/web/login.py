"""Flask-Security as this application uses it: how passwords are hashed, and links to choose one checked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask
from flask_security import Security, SQLAlchemyUserDatastore
from sqlalchemy import select

from app.db import db
from app.directory.models import Grant, Person
from app.web.account import sessions

LINK_LIVES = timedelta(days=3)
# Argon2id (after an HMAC with the server's own salt): 19 MiB and three passes, some 30 ms on two modest cores.
SETTINGS: dict[str, Any] = {
    "SECURITY_PASSWORD_HASH": "argon2",
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
        "argon2__time_cost": 3,
        "argon2__memory_cost": 19 * 1024,
        "argon2__parallelism": 1,
    },
    "SECURITY_RESET_PASSWORD_WITHIN": LINK_LIVES,
    "SECURITY_CLI_USERS_NAME": False,
    "SECURITY_CLI_ROLES_NAME": False,
    # A form may stay open as long as the session: an hour's limit would cost people the text they typed.
    "WTF_CSRF_TIME_LIMIT": None,
    # Who sent a form is judged before, by more than the Referer, which some browsers keep to themselves (`origins`).
    "WTF_CSRF_SSL_STRICT": False,
}


class Accounts(SQLAlchemyUserDatastore):
    """Persons as Flask-Security's users."""

    def find_user(self, case_insensitive: bool = False, **kwargs: Any) -> Person | None:  # type: ignore[override]
        """Whose link to choose a password this is: signed-in persons are found by their session."""
        ((column, value),) = kwargs.items()
        return db.session.scalar(select(Person).where(getattr(Person, column) == value))

    def commit(self) -> None:
        """The request commits, not its parts."""
        db.session.flush()


def init_app(app: Flask) -> None:
    app.config.update(SETTINGS)
    security = Security(app, Accounts(db, Person, Grant), register_blueprint=False)  # type: ignore[arg-type]
    security.login_manager.request_loader(lambda request: None)  # a session is the only way in: no tokens in addresses
    sessions.init_app(app, security.login_manager)
    security.principal.skip_static = True  # a style sheet needs nobody's account

"""HTTP only: the blueprints in order, and what every page shares."""

from __future__ import annotations

from flask import Flask

from app.web import compression, errors, htmx, numbers, pages, security


def init_app(app: Flask) -> None:
    """Register everything that answers over HTTP."""
    from app.web import (
        accounts,
        administration,
        amending,
        campaigns,
        drafting,
        editing,
        history,
        lists,
        reports,
        signing,
        validating,
        verification,
        workshops,
    )

    compression.init_app(app)
    numbers.init_app(app)
    security.init_app(app)
    htmx.init_app(app)
    errors.init_app(app)
    pages.init_app(app)
    accounts.init_app(app)
    for room in (
        lists,
        administration,
        campaigns,
        workshops,
        reports,
        drafting,
        editing,
        amending,
        validating,
        signing,
        history,
        verification,
    ):
        app.register_blueprint(room.blueprint)

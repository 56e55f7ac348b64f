"""HTTP only: the blueprints in order, and what every page shares."""

from __future__ import annotations

from flask import Flask

from app.web import errors, htmx, pages, security


def init_app(app: Flask) -> None:
    """Register everything that answers over HTTP."""
    from app.web import accounts, administration, amending, campaigns, drafting, editing, history, lists, reports
    from app.web import signing, validating, verification, workshops

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

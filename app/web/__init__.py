"""HTTP only: the blueprints in order, and what every page shares."""

from __future__ import annotations

from flask import Flask

from app.web import access, compression, errors, htmx, numbers, origins, pages, security, tidings  # noqa: F401  # tidings listens


def init_app(app: Flask) -> None:
    """Register everything that answers over HTTP."""
    from app.web import (
        accounts,
        administration,
        amending,
        attachments,
        authors,
        campaigns,
        clock,
        commenting,
        confirming,
        consistency,
        contact,
        drafting,
        editing,
        factors,
        forgotten,
        history,
        invitations,
        inviting,
        journal,
        lists,
        moments,
        notices,
        olden,
        papers,
        pictures,
        publication,
        rectifying,
        refusing,
        reports,
        second_factor,
        sending,
        sheets,
        signing,
        substituting,
        texts,
        validating,
        verification,
        word,
        workshops,
    )

    origins.init_app(app)
    compression.init_app(app)
    access.init_app(app)
    numbers.init_app(app)
    security.init_app(app)
    htmx.init_app(app)
    errors.init_app(app)
    pages.init_app(app)
    accounts.init_app(app)
    second_factor.init_app(app)
    for room in (
        forgotten,
        contact,
        lists,
        notices,
        administration,
        campaigns,
        texts,
        workshops,
        reports,
        drafting,
        editing,
        consistency,
        amending,
        commenting,
        validating,
        confirming,
        clock,
        signing,
        refusing,
        inviting,
        invitations,
        factors,
        papers,
        substituting,
        history,
        journal,
        moments,
        authors,
        publication,
        rectifying,
        verification,
        pictures,
        attachments,
        sending,
        word,
        sheets,
        olden,
    ):
        app.register_blueprint(room.blueprint)

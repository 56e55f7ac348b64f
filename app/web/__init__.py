"""HTTP only: the blueprints in order, and what every page shares."""

from __future__ import annotations

from flask import Flask

from app.web import access_log, compression, converters, errors, headers, htmx, jinja, origins
from app.web.account import letters  # noqa: F401  # letters listens


def init_app(app: Flask) -> None:
    """Register everything that answers over HTTP."""
    from app.web import journal
    from app.web.account import factors, forgotten, second_factor, sign_in
    from app.web.admin import people
    from app.web.campaigns import campaigns, meetings
    from app.web.campaigns import documents as campaign_documents
    from app.web.inbox import notifications, tasks
    from app.web.public import security_txt, verification
    from app.web.report import (
        amending,
        attachments,
        attribution,
        commenting,
        confirming,
        consistency,
        deadline,
        drafting,
        editing,
        history,
        invitations,
        inviting,
        legacy_import,
        paper,
        photographs,
        publication,
        rectification,
        refusing,
        signing,
        snapshots,
        spreadsheets,
        substituting,
        uploads,
        validating,
        word,
    )
    from app.web.report import page as report_page

    origins.init_app(app)
    compression.init_app(app)
    access_log.init_app(app)
    converters.init_app(app)
    headers.init_app(app)
    htmx.init_app(app)
    errors.init_app(app)
    jinja.init_app(app)
    sign_in.init_app(app)
    second_factor.init_app(app)
    for room in (
        forgotten,
        security_txt,
        tasks,
        notifications,
        people,
        campaigns,
        campaign_documents,
        meetings,
        report_page,
        drafting,
        editing,
        consistency,
        amending,
        commenting,
        validating,
        confirming,
        deadline,
        signing,
        refusing,
        inviting,
        invitations,
        factors,
        paper,
        substituting,
        history,
        journal,
        snapshots,
        attribution,
        publication,
        rectification,
        verification,
        photographs,
        attachments,
        uploads,
        word,
        spreadsheets,
        legacy_import,
    ):
        app.register_blueprint(room.blueprint)

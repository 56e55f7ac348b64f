"""Commands for the machine's keeper: `flask people …`, `flask audit …`, `flask authority …`, `flask demo …`."""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the commands."""
    from app.commands import audit, authority, demo, people, workflow

    for group in (people, audit, authority, demo, workflow):
        group.register(app)

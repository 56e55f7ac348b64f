"""Commands for the machine’s keeper: `flask people`, `flask audit`, `flask authority`, `flask demo`, `flask store`, …"""

from __future__ import annotations

from flask import Flask


def init_app(app: Flask) -> None:
    """Register the commands."""
    from app.commands import audit, authority, checkpoints, demo, people, store, work, workflow

    for group in (people, audit, checkpoints, authority, demo, store, work, workflow):
        group.register(app)

"""Commands for the machine’s keeper: `flask db`, `people`, `audit`, `demo`, `store`, `work`, …; no server loads them."""

from __future__ import annotations

from flask import Flask
from flask_migrate import Migrate

from app import ROOT
from app.commands import audit, authority, checkpoints, demo, people, store, work, workflow
from app.db import db

migrate = Migrate(directory=str(ROOT / "migrations"), compare_type=True)


def init_app(app: Flask) -> None:
    """Register the commands."""
    migrate.init_app(app, db)
    for group in (people, audit, checkpoints, authority, demo, store, work, workflow):
        group.register(app)

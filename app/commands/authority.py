"""Commands about the internal authority that issues the certificates of signatures."""

from __future__ import annotations

from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app.documents import authority as authorities
from app.documents.authority import AuthorityExists

authority = AppGroup("authority", help="Autorité interne de signature.")


def register(app: Flask) -> None:
    app.cli.add_command(authority)


@authority.command("create")
def create() -> None:
    """Crée l’autorité (clés et certificats) dans le dossier des clés ; n’écrase jamais celle qui existe."""
    folder = Path(current_app.config["KEYS_FOLDER"])
    try:
        authorities.create(folder, current_app.config["ORGANISATION"])
    except AuthorityExists as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Autorité créée dans {folder}. Gardez-en une copie hors ligne.")

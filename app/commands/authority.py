"""Commands about the internal authority that issues the certificates of signatures."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app import anchoring
from app.audit import log_key
from app.audit.log_key import LogKeyExists
from app.documents import authority as authorities
from app.documents.authority import AuthorityExists

authority = AppGroup("authority", help="Autorité interne de signature.")


def register(app: Flask) -> None:
    app.cli.add_command(authority)


@authority.command("create")
def create() -> None:
    """Crée l’autorité (clés et certificats), et la clé du journal, dans le dossier des clés ; n’écrase jamais rien."""
    folder = Path(current_app.config["KEYS_FOLDER"])
    try:
        authorities.create(folder, current_app.config["ORGANISATION"])
    except AuthorityExists as error:
        raise click.ClickException(str(error)) from error
    with suppress(LogKeyExists):
        log_key.create(folder, anchoring.name(current_app.config))
    click.echo(f"Autorité et clé du journal créées dans {folder}. Gardez-en une copie hors ligne.")

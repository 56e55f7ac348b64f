"""Commands about the store of files: `flask store prune`."""

from __future__ import annotations

from datetime import timedelta

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app.content.typography import french
from app.db import db, now, only_reading
from app.documents.store import Store, Unreachable
from app.reports.stored_files.pruning import OtherDatabase, spare
from app.workflow import plural

GRACE = 30
LEAST = 2
OTHER = (
    "La base ne nomme aucun fichier, alors que le dossier en contient : vérifiez DATABASE_URL et STORE_URL. "
    "Rien n’est effacé."
)

store = AppGroup("store", help="Dossier des fichiers.")


def register(app: Flask) -> None:
    app.cli.add_command(store)


@store.command("prune")
@click.option("--days", default=GRACE, show_default=True, type=click.IntRange(min=LEAST), help="Jours de sursis.")
@click.option("--yes", is_flag=True, help="Efface vraiment ; sans cela, dit seulement ce qui le serait.")
def prune(days: int, yes: bool) -> None:
    """Efface ce que ni la base ni le journal ne demandent : fichiers que rien ne nomme, pièces jointes retirées."""
    files = Store(current_app.config["STORE_URL"], make=False)
    before = now() - timedelta(days=days)
    count = weight = 0
    try:
        files.require_there()
        with only_reading():
            found = list(spare(db.session, files, before))
        for each in found:
            if yes and not files.remove(each.file.name, before):
                continue
            count, weight = count + 1, weight + each.file.size
            click.echo(french(f"{each.file.at:%Y-%m-%d}  {each.file.name}  {each.file.size} octets : {each.what}"))
    except OtherDatabase as error:
        raise click.ClickException(french(OTHER)) from error
    except Unreachable as error:
        raise click.ClickException(str(error)) from error
    done = "effacés" if yes else "à effacer"
    click.echo(french(f"{plural(count, 'fichier', 'fichiers')}, {weight} octets : {done}."))
    if count and not yes:
        click.echo(french("Rien n’est effacé. Sauvegardez d’abord, puis recommencez avec --yes."))

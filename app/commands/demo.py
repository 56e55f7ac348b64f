"""The demo: loaded into an empty database, its people shown, thrown away and loaded again."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import click
from flask import Flask, current_app
from flask.cli import AppGroup
from flask_migrate import upgrade
from flask_security.utils import hash_password
from sqlalchemy.engine import make_url

from app import anchoring
from app.audit import log_key
from app.audit.log_key import LogKeyExists, NoLogKey
from app.content.typography import french
from app.db import db
from app.demo import loading
from app.demo.people import PASSWORD, Character, everybody
from app.demo.stages import House
from app.documents import authority
from app.documents.authority import AuthorityExists, NoAuthority
from app.documents.store import Store
from app.reports.signing.acts import Sealer

demo = AppGroup("demo", help="Démonstration : personnes, rencontres et rapports inventés.")


def register(app: Flask) -> None:
    app.cli.add_command(demo)


@demo.command("load")
@click.option("--once", is_flag=True, help="Ne dit rien et ne fait rien si la démonstration est déjà chargée.")
def load(once: bool) -> None:
    """Charge la démonstration dans une base vide."""
    _refuse_in_production()
    if once and loading.is_there():
        return
    if not loading.is_empty():
        raise _refusal(
            "Des personnes sont déjà inscrites dans cette base : la démonstration ne se charge que dans une base vide."
        )
    _load()


@demo.command("people")
def people() -> None:
    """Imprime les personnes de la démonstration et leur mot de passe."""
    if not loading.is_there():
        raise _refusal("La démonstration n’est pas chargée : lancez « flask demo load ».")
    for line in _aligned([("Nom", "Rôle", "Adresse électronique"), *(_line(each) for each in everybody())]):
        click.echo(line)
    click.echo(french(f"\nMot de passe de tous : {PASSWORD}"))


@demo.command("reset")
@click.option("--yes", is_flag=True, help="Confirme que tout ce que contient la démonstration sera effacé.")
def reset(yes: bool) -> None:
    """Efface la base, les fichiers et les clés de la démonstration, puis la charge de nouveau."""
    _refuse_in_production()
    if not current_app.config["DEMO"]:
        raise _refusal("Rien n’a été effacé : cette installation n’est pas une démonstration (SEBEN_DEMO=1).")
    places = _local_places(current_app.config)
    if not yes:
        raise _refusal("Rien n’a été effacé : confirmez avec « --yes ».")
    db.session.remove()
    db.engine.dispose()
    for place in places:
        _erase(place)
    upgrade()
    _load()
    click.echo(french("Si le serveur était en marche, redémarrez-le : il tient encore les fichiers effacés."))


def _refuse_in_production() -> None:
    if current_app.config["PRODUCTION"]:
        raise _refusal("La démonstration ne se charge pas en production : ses mots de passe sont publics.")


def _load() -> None:
    loading.load(hash_password(PASSWORD), _house())
    db.session.commit()
    click.echo("La démonstration est chargée.")


def _house() -> House:
    config = current_app.config
    keys = Path(config["KEYS_FOLDER"])
    with suppress(AuthorityExists):
        authority.create(keys, config["ORGANISATION"])
    with suppress(LogKeyExists):
        log_key.create(keys, anchoring.name(config))
    try:
        desk = Sealer(authority.load(keys), Store(config["STORE_URL"]))
        return House(desk, log_key.load(keys), config["BASE_URL"])
    except (NoAuthority, NoLogKey) as error:
        raise click.ClickException(str(error)) from error


def _line(character: Character) -> tuple[str, str, str]:
    where = character.place.name if character.place else "partout"
    return (
        character.name,
        f"{character.role.label} ({where})",
        character.email or french("sans compte : signe par un code"),
    )


def _aligned(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _local_places(config: dict[str, Any]) -> list[Path]:
    """The database and what SQLite keeps beside it, files, keys; refused where one lies out of the instance folder."""
    url = make_url(config["DATABASE_URL"])
    if url.get_backend_name() != "sqlite" or not url.database:
        raise _refusal("Rien n’a été effacé : seule une base SQLite locale se réinitialise ainsi.")
    database = Path(url.database)
    store = urlsplit(config["STORE_URL"])
    if store.scheme not in ("", "file"):
        raise _refusal("Rien n’a été effacé : les fichiers ne sont pas sur cette machine.")
    places = [database, Path(unquote(store.path)), Path(config["KEYS_FOLDER"])]
    instance = Path(current_app.instance_path).resolve()
    for place in places:
        if instance not in place.resolve().parents:
            raise _refusal(f"Rien n’a été effacé : {place} est hors du dossier de cette installation ({instance}).")
    beside = [database.with_name(database.name + ending) for ending in ("-wal", "-shm", "-journal", ".queue")]
    return [*beside, *places]


def _erase(place: Path) -> None:
    if place.is_dir():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)


def _refusal(sentence: str) -> click.ClickException:
    return click.ClickException(french(sentence))

"""Commands about the log's key and checkpoints, the codes on paper, and the guards of the database."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import click
from flask import Flask, current_app
from sqlalchemy import inspect, text

from app import anchoring
from app.audit import canary, checkpoints, guards, log_key, watch
from app.audit.canary import Unguarded
from app.audit.log_key import LogKeyExists, NoLogKey
from app.commands.audit import audit, keys
from app.content import codes
from app.content.codes import BadCode
from app.content.typography import french, legible
from app.db import db, now, only_reading
from app.people import keeping, persons
from app.reports.proofs import code_lookup

ROLE = re.compile(r"[a-z_][a-z0-9_]{0,62}")


def register(app: Flask) -> None:
    """They belong to `flask audit`."""
    app.cli.add_command(audit)


@audit.command("key")
def key() -> None:
    """Crée la clé du journal si elle manque, et imprime sa partie publique : à donner à qui garde des points de contrôle."""
    folder = Path(current_app.config["KEYS_FOLDER"])
    try:
        log_key.create(folder, anchoring.name(current_app.config))
        click.echo(french(f"Clé du journal créée dans {folder}. Gardez-en une copie hors ligne."), err=True)
    except LogKeyExists:
        _log_key()
    for known in keys():
        click.echo(str(known))


@audit.command("checkpoint")
def checkpoint() -> None:
    """Signe un point de contrôle de tout le journal, l’envoie où il doit aller, et imprime le dernier."""
    try:
        anchoring.anchor(current_app.config, "command")
    except anchoring.CANNOT as error:
        raise click.ClickException(str(error)) from error
    last = checkpoints.latest()
    if last is None:
        raise click.ClickException(french("Le journal est vide : il n’y a rien à signer."))
    click.echo(last.note, nl=False)


@audit.command("restored")
@click.option("--by", "email", required=True, help="L’adresse d’une personne de la coordination, qui en répond.")
@click.option(
    "--reason", default="", help="Ce qui s’est passé : reste au journal, et dans le fichier des points de contrôle."
)
@click.option("--yes", is_flag=True, help="Sans demander confirmation.")
def restored(email: str, reason: str, yes: bool) -> None:
    """Déclare qu’une sauvegarde a été restaurée : le journal dit de quand à quand, et repart.

    Le journal doit être plus court que le dernier point de contrôle du fichier CHECKPOINT_FILE, ou autre que lui, ou ce
    fichier avoir disparu. L’acte est un événement : chaque vérification le dira désormais.
    """
    person = persons.by_email(email)
    if person is None or not keeping.reaches(person, None):
        raise click.ClickException("Cette adresse n’est pas celle d’une personne de la coordination de tout le pays.")
    why = " ".join(legible(reason).split())
    if not 10 <= len(why) <= 500:
        raise click.ClickException("Dites ce qui s’est passé (--reason), en dix à cinq cents caractères.")
    found = anchoring.look(current_app.config)
    if found is None:
        raise click.ClickException(french(anchoring.NOTHING))
    _say(found.sentence)
    if not yes:
        click.confirm(french("Déclarer que le journal repart de là ? Cela ne s’efface pas"), abort=True)
    try:
        made = anchoring.declare(current_app.config, person, why)
    except (anchoring.CannotDeclare, *anchoring.CANNOT) as error:
        db.session.rollback()
        raise click.ClickException(french(str(error))) from error
    _say(made.sentence)


@audit.command("status")
def status() -> None:
    """Dit jusqu’où vont les points de contrôle, et depuis quand le plus ancien événement attend le sien."""
    with only_reading():
        found = checkpoints.standing()
    at = now()
    if found.latest is None:
        _say("Aucun point de contrôle n’a encore été signé.")
    else:
        _say(
            f"Dernier point de contrôle : {found.latest.size} événements, il y a {_ago(at - found.latest.at)}, "
            f"{'signé par le journal' if checkpoints.holds(found.latest, keys()) else 'SANS SIGNATURE VALABLE'}."
        )
    if found.oldest is None:
        _say("Tous les événements sont couverts.")
    else:
        _say(f"Non couverts : {found.waiting}, le plus ancien depuis {_ago(at - found.oldest)}.")
    addresses = ", ".join(anchoring.recipients(current_app.config)) or "à personne"
    if not current_app.config["MAIL_URL"]:
        addresses = "à personne (SEBEN_MAIL_URL manque)"
    alarm = anchoring.look(current_app.config)
    if alarm is not None:
        _say(f"ALARME. {alarm.sentence}")
    _say(f"Envoyés : {addresses}. Fichier : {current_app.config['CHECKPOINT_FILE'] or 'aucun'}.")


@audit.command("code")
@click.argument("code")
def code(code: str) -> None:
    """Dit si un code imprimé est celui du texte signé ; finit par 1 sinon."""
    try:
        heard = codes.heard(code)
    except BadCode as error:
        raise click.ClickException("Un code compte seize lettres et chiffres, par groupes de quatre.") from error
    with only_reading():
        told = code_lookup.answer(heard, keys())
        if told is None:
            raise click.ClickException(french(code_lookup.UNKNOWN))
        workshop = told.report.workshop
        _say(f"Rapport n° {told.report.id} : {workshop.campaign.name}, {workshop.territory.name}.")
        _say(f"Validé le {told.validated_at:%d/%m/%Y à %H:%M} UTC, feuille n° {told.leaf} de l’arbre.")
    _say(f"Événement intact : {_yes(told.event_holds)}. Point de contrôle signé : {_yes(told.signature_holds)}.")
    _say(f"Événement dans ce point de contrôle : {_yes(told.proof_holds)}.")
    _say(told.sentence)
    if not told.good:
        raise SystemExit(1)


@audit.command("guard")
@click.option("--restore", is_flag=True, help="Remet d’abord les gardes qui manquent.")
def guard(restore: bool) -> None:
    """Essaie ce qui doit être refusé au serveur, et défait tout ; finit par 1 si la base ne refuse pas."""
    if restore:
        _restore()
    try:
        canary.require_guarded(db.engine, strict=current_app.config["PRODUCTION"])
    except Unguarded as error:
        raise click.ClickException(str(error)) from error
    _say("La base refuse tout ce qu’elle doit refuser.")


@audit.command("guard-role")
@click.argument("role")
@click.option("--apply", "applied", is_flag=True, help="Exécute ces instructions, au lieu de les imprimer seulement.")
def guard_role(role: str, applied: bool) -> None:
    """PostgreSQL : les droits d’un rôle qui sert le site, et qui ne peut qu’ajouter au journal."""
    if not ROLE.fullmatch(role):
        raise click.ClickException("Un nom de rôle n’a que des minuscules, des chiffres et des tirets bas.")
    if applied and db.engine.dialect.name != "postgresql":
        raise click.ClickException("Cette base n’est pas PostgreSQL.")
    for statement in guards.grants(role, inspect(db.engine).get_table_names()):
        if applied:
            db.session.execute(text(statement))
        click.echo(f"{statement};")
    db.session.commit()


def _restore() -> None:
    with db.engine.begin() as connection:
        watch.unwatch(connection)
        names = set(canary.present(connection))
        for table in guards.KEYS:
            for statement in guards.removal(connection.dialect.name, [table]):
                if statement.split()[2] in names:
                    connection.execute(text(statement))
        guards.install(connection)
        watch.rewatch(connection)


def _log_key() -> None:
    try:
        log_key.load(Path(current_app.config["KEYS_FOLDER"]))
    except NoLogKey as error:
        raise click.ClickException(str(error)) from error


def _ago(length: timedelta) -> str:
    minutes = int(length.total_seconds()) // 60
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60:02}" if minutes < 48 * 60 else f"{minutes // 1440} jours"


def _yes(holds: bool) -> str:
    return "oui" if holds else "NON"


def _say(sentence: str) -> None:
    click.echo(french(sentence))

"""Commands about accounts, for who keeps the machine: the first administrator, a link, an account closed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from app.audit import events
from app.audit.access import STREAM
from app.commands.audit import BACKUPS, erasing_refused
from app.content.typography import french
from app.db import db
from app.directory.models import Person, Role
from app.people import attempts, grants, holding_offices, keeping, passwords, persons
from app.people.factors import holding
from app.people.invalid import Invalid
from app.reports.erasure.persons import erase_person
from app.web.account.sign_in import reset_link
from app.web.login import LINK_LIVES
from app.workflow import plural

people = AppGroup("people", help="Comptes : première administration, lien de mot de passe, désactivation, effacement.")


def register(app: Flask) -> None:
    app.cli.add_command(people)


@people.command("add-administrator")
@click.argument("email")
@click.option("--first-name", default="", help="Prénom, pour une personne qui n’est pas encore inscrite.")
@click.option("--surname", default="", help="Nom, pour une personne qui n’est pas encore inscrite.")
def add_administrator(email: str, first_name: str, surname: str) -> None:
    """Donne la coordination, partout, à EMAIL (inscrite au besoin) et imprime son lien de mot de passe."""
    with _sentences():
        person = persons.by_email(email)
        if person is None:
            person = persons.add({"email": email, "first_name": first_name, "surname": surname}, None)
        persons.activate(person, None)
        if not keeping.reaches(person, None):
            grants.give(person, Role.COORDINATION.value, grants.EVERYWHERE, None)
        _print_link(person)


@people.command("reset-link")
@click.argument("email")
def print_reset_link(email: str) -> None:
    """Imprime un lien, bon une fois, par lequel EMAIL choisit un mot de passe."""
    with _sentences():
        _print_link(_known(email))


@people.command("offices")
def incompatible_offices() -> None:
    """Nomme qui tient des charges incompatibles sur une même collectivité ; sort par 1 s’il y en a."""
    found = holding_offices.clashes()
    for clash in found:
        click.echo(french(f"{clash.person.name} {clash.said}"))
    click.echo(french("Personne ne tient de charges incompatibles." if not found else holding_offices.REMEDY))
    if found:
        raise SystemExit(1)


@people.command("remove-factors")
@click.argument("email")
def remove_factors(email: str) -> None:
    """Retire les seconds facteurs d’EMAIL, qui les a perdus, quand aucune autre coordination ne peut le faire."""
    with _sentences():
        person = _known(email)
        holding.remove_all(person, None)
        db.session.commit()
    click.echo(f"Les seconds facteurs de {person.name} sont retirés ; ses sessions sont terminées.")


@people.command("deactivate")
@click.argument("email")
def deactivate(email: str) -> None:
    """Ferme le compte d’EMAIL et ses sessions."""
    with _sentences():
        person = _known(email)
        persons.deactivate(person, None)
        db.session.commit()
    click.echo(f"Le compte de {person.name} est désactivé.")


@people.command("unlock")
@click.argument("email", required=False)
@click.option("--all", "everybody", is_flag=True, help="Pour tous les comptes et tous les réseaux.")
def unlock(email: str | None, everybody: bool) -> None:
    """Lève l’attente imposée à EMAIL, ou avec --all à tous, après des essais de connexion qui ont échoué."""
    if (email is None) != everybody:
        raise click.UsageError("Donnez une adresse, ou --all.")
    person = _known(email) if email else None
    if person is not None and not person.has_account:
        raise click.ClickException(f"{person.name} n’a pas de compte : personne ne peut y entrer.")
    attempts.clear(person.email if person else None)
    events.record(STREAM, "unlock", None, {"person": person.id} if person else {})
    db.session.commit()
    whose = f"{person.name} peut" if person else "Chacun peut"
    click.echo(f"{whose} de nouveau se connecter sans attendre.")


@people.command("erase")
@click.argument("email")
@click.option("--reason", default="", help="Pourquoi : reste au journal, sans rien dire de ce qui est effacé.")
@click.confirmation_option(prompt="Rien de cela ne se rattrape. Effacer ?", help="Ne demande pas de confirmation.")
def erase(email: str, reason: str) -> None:
    """Efface les données personnelles d’EMAIL et ferme son compte, pour toujours.

    Partent l’adresse, le téléphone, le mot de passe, la civilité, la qualité, l’organisme, ses courriers, et ce que le
    journal en garde à part. Le nom ne reste que si la personne a écrit, amendé, voté ou signé un rapport : un texte
    officiel doit garder ses auteurs identifiés, et les documents signés ne changent pas.
    """
    with erasing_refused():
        person = _known(email)
        done = erase_person(person, reason)
        db.session.commit()
    kept = "son nom reste : cette personne a eu part à un rapport" if done.name_stays else "son nom aussi"
    click.echo(
        french(
            f"Effacé : la fiche n° {person.id} ({kept}), les données de {plural(done.events, 'événement', 'événements')}, "
            f"{plural(done.letters, 'courrier', 'courriers')}. {BACKUPS}"
        )
    )


def _known(email: str) -> Person:
    """The person of that address; or of that number, as their page has it: some have no address."""
    person = db.session.get(Person, int(email)) if email.isdecimal() else persons.by_email(email)
    if person is None:
        what = "le numéro" if email.isdecimal() else "l’adresse"
        raise click.ClickException(f"Personne n’est inscrit avec {what} {email}.")
    return person


def _print_link(person: Person) -> None:
    """Make the link, commit, and only then show it: what is on the screen holds."""
    passwords.offer_link(person, None)
    with current_app.test_request_context():
        link = reset_link(person)
    db.session.commit()
    click.echo(f"{person.name} <{person.email}> choisit son mot de passe à cette adresse,")
    click.echo(f"bonne une fois, pendant {LINK_LIVES.days} jours :")
    click.echo(link)


@contextmanager
def _sentences() -> Iterator[None]:
    """What the domain refuses is told in its own words, and the command fails."""
    try:
        yield
    except Invalid as refusal:
        raise click.ClickException(" ".join(refusal.errors.values())) from None

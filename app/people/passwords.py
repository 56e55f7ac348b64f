"""Passwords: which are refused and why, and the record of a new one. Hashes come in made; no password is kept here."""

from __future__ import annotations

from app.directory.models import Person
from app.people import guessable, keeping, persons, tidings
from app.people.invalid import Invalid
from app.people.keeping import Key

SHORTEST = 12
LONGEST = 200
# Guesses that a password must stand, as a power of ten: what is tried against Argon2id for weeks with the hash in hand.
ENOUGH = 9.0


def check_new(password: str, again: str, person: Person) -> None:
    """Raises `Invalid` where `password` may not become this person's, or was not typed the same twice."""
    errors: dict[str, str] = {}
    if refusal := _refusal(password, person):
        errors["password"] = refusal
    elif password != again:
        errors["again"] = "Les deux saisies du nouveau mot de passe diffèrent."
    if errors:
        raise Invalid(errors)


def choose(person: Person, hashed: str, act: str, actor: Person) -> None:
    """Give the person the password whose hash is `hashed`; all their sessions end.

    `act` is "password_change" (knowing the old one) or "password_reset" (by a link).
    """
    person.password = hashed
    persons.end_sessions(person)
    event = keeping.record(act, person, actor)
    tidings.tell(person, act, actor, event)


def offer_link(person: Person, actor: Person | None) -> None:
    """Before a link to choose a password is handed over: earlier links and open sessions are worth nothing any more."""
    keeping.check(actor, person, keeping.OWN_LINK)
    if not person.has_account:
        raise Invalid({"": "Cette personne n’a pas de compte : donnez-lui d’abord une adresse électronique."})
    if not person.active:
        raise Invalid({"": "Ce compte est désactivé : réactivez-le d’abord."})
    facts = keeping.turn(Key.LINK, person, actor)
    persons.end_sessions(person)
    event = keeping.record("reset_link", person, actor, facts)
    if person.signs_in:  # who never came in knows of no account yet: the link is how they hear of it
        tidings.tell(person, "reset_link", actor, event)


def _refusal(password: str, person: Person) -> str:
    if len(password) < SHORTEST:
        return f"Le mot de passe compte {len(password)} caractères ; il en faut au moins {SHORTEST}."
    if len(password) > LONGEST:
        return f"Le mot de passe compte {len(password)} caractères ; il peut en compter {LONGEST}."
    if guessable.guesses(password, _own_words(person)) < ENOUGH:
        return (
            "Ce mot de passe est trop facile à deviner : il tient surtout à votre nom, à votre adresse, à des mots très "
            "courants, à une année ou à des touches qui se suivent. Quatre ou cinq mots sans lien entre eux font un bon "
            "mot de passe."
        )
    return ""


def _own_words(person: Person) -> set[str]:
    """The person's names and the parts of the address, those of three letters and more."""
    sources = [
        person.first_name,
        person.surname,
        *person.name.split(),
        *(person.email or "").replace("@", ".").split("."),
    ]
    return {word for word in map(guessable.letters, sources) if len(word) >= 3}

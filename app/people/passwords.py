"""Passwords: which are refused and why, and the record of a new one. Hashes come in made; no password is kept here."""

from __future__ import annotations

import unicodedata

from app.people import keeping, persons, tidings
from app.people.invalid import Invalid
from app.people.keeping import Key
from app.people.models import Person

SHORTEST = 12
LONGEST = 200
# What must be left of a password once names and the commonest words are taken out of it.
OWN_LETTERS = 6
DISTINCT_LETTERS = 5
_COMMON = (
    "1234567890 0123456789 123456789 12345678 123456 12345 1234 0000 1111 "
    "2018 2019 2020 2021 2022 2023 2024 2025 2026 2027 2028 2029 2030 "
    "abcdefghijklmnopqrstuvwxyz abcdefgh azertyuiopqsdfghjklmwxcvbn azertyuiop azerty qsdfghjklm wxcvbn "
    "qwertyuiopasdfghjklzxcvbnm qwertyuiop qwerty asdfghjkl zxcvbnm motdepasse password passe admin administrateur "
    "administration bonjour bonsoir bienvenue soleil doudou jetaime afrique mali bamako segou kayes sikasso koulikoro "
    "mopti gao kidal tombouctou menaka taoudenit budget rapport seben gsb crsb coordination superviseur facilitateur "
    "rapporteur president changer"
)
COMMON = frozenset(_COMMON.split())


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
    rest = _letters(password)
    for word in sorted({*_own_words(person), *COMMON}, key=len, reverse=True):
        rest = rest.replace(word, "")
    if len(rest) < OWN_LETTERS or len(set(rest)) < DISTINCT_LETTERS:
        return (
            "Ce mot de passe est trop facile à deviner : il tient surtout à votre nom, à votre adresse ou à des mots "
            "très courants. Quatre ou cinq mots sans lien entre eux font un bon mot de passe."
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
    return {word for word in map(_letters, sources) if len(word) >= 3}


def _letters(text: str) -> str:
    """Letters and figures without case nor accents: "Été-2018 !" and "ete2018" are as easy to guess."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(sign for sign in plain if sign.isalnum())

"""Letters to the holder of an account about what was done to it: put into the outbox in the act's own transaction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import current_app, render_template
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.content.typography import french
from app.db import db
from app.mail import outbox
from app.people import tidings
from app.people.factors import holding
from app.people.tidings import Tiding

SESSIONS_END = (
    "Vos sessions ouvertes sont terminées, et les liens de mot de passe déjà préparés ne servent plus : connectez-vous de "
    "nouveau. Ce que vous écriviez reste gardé sur votre appareil."
)
PASSWORD_ENDED = "Votre mot de passe ne sert plus : la coordination vous remettra un lien pour en choisir un autre."
FACTORS = {
    holding.TOTP: "une application de codes est inscrite",
    holding.PASSKEY: "une clé d’accès est inscrite",
    holding.RECOVERY: "de nouveaux codes de secours sont établis",
}
# Kind: the subject, and what was done, in a sentence made of the tiding.
SAID: dict[str, tuple[str, Callable[[Tiding], str]]] = {
    "grant_give": (
        "Un rôle vous est donné",
        lambda told: f"{_by(told)} vous a donné le rôle « {told.said['role']} » ({told.said['place']}).",
    ),
    "grant_take": (
        "Un rôle vous est retiré",
        lambda told: f"{_by(told)} vous a retiré le rôle « {told.said['role']} » ({told.said['place']}).",
    ),
    "address": (
        "L’adresse de votre compte est changée",
        lambda told: (
            f"{_by(told)} a changé l’adresse électronique de votre compte : {told.said['new']} remplace "
            f"{told.said['old'] or 'l’absence d’adresse'}."
        ),
    ),
    "factor_add": (
        "Vos seconds facteurs sont changés",
        lambda told: f"Depuis votre compte, {FACTORS[told.said['factor']]}.",
    ),
    "factor_remove": (
        "Vos seconds facteurs sont retirés",
        lambda told: (
            f"{_by(told)} a retiré vos seconds facteurs (application de codes, clés d’accès, codes de secours). "
            "Votre mot de passe ne change pas."
        ),
    ),
    "reset_link": (
        "Un lien de mot de passe est préparé pour votre compte",
        lambda told: (
            f"{_by(told)} a préparé un lien par lequel se choisit le mot de passe de votre compte. Ce lien vous est remis "
            "en main propre ; il n’est pas dans ce courrier."
        ),
    ),
    "password_change": (
        "Votre mot de passe est changé",
        lambda told: "Le mot de passe de votre compte a été changé depuis votre compte.",
    ),
    "password_reset": (
        "Votre mot de passe est changé",
        lambda told: "Le mot de passe de votre compte a été choisi par un lien.",
    ),
    "person_deactivate": ("Votre compte est désactivé", lambda told: f"{_by(told)} a désactivé votre compte."),
    "person_activate": ("Votre compte est réactivé", lambda told: f"{_by(told)} a réactivé votre compte."),
    "device": (
        "Connexion depuis un nouvel appareil",
        lambda told: (
            "Votre mot de passe a été donné, sans erreur, depuis un appareil qui n’avait pas encore servi : "
            f"{told.said['device']}."
        ),
    ),
}
ENDING = frozenset({"grant_give", "grant_take", "address", "factor_add", "factor_remove", "reset_link"})
"""After these acts, one signs in again."""


def _by(told: Tiding) -> str:
    return f"{told.by.name}, de la coordination," if told.by is not None else "La personne qui tient le serveur"


@event.listens_for(db.session, "before_commit")
def _write(session: Session) -> None:
    for told in tidings.taken(session):
        if current_app.config["MAIL_URL"]:
            for address in told.addresses:
                _letter(told, address)


def _letter(told: Tiding, address: str) -> None:
    subject, sentence = SAID[told.kind]
    values: dict[str, Any] = {
        "person": told.person,
        "subject": subject,
        "sentence": french(sentence(told)),
        "at": told.at,
        "after": french(SESSIONS_END) if told.kind in ENDING else "",
        "more": french(PASSWORD_ENDED) if told.said.get("password_ended") else "",
    }
    with current_app.test_request_context():
        text, html = (render_template(name, **values) for name in ("mail/account.txt", "mail/account.html"))
    domain = str(current_app.config["MAIL_FROM"]).rpartition("@")[2].rstrip("> ")
    outbox.queue(address, subject, text, html, domain=domain, at=told.at, person_id=told.person.id)

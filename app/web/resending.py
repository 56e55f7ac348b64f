"""A form that came when its session had ended: what it would send, shown word for word, to be sent again."""

from __future__ import annotations

import re
from typing import NamedTuple

from flask import Flask, current_app, g, render_template, request, session
from flask_wtf.csrf import generate_csrf

from app import template, workflow
from app.directory.models import ROLE_LABELS
from app.reports.models.ballot import Choice
from app.template import Zone
from app.web import origins
from app.web.bodies import STRANGER_FIELDS
from app.web.guards import MARK

Answer = tuple[str, int, dict[str, str]]
UNSEEN = frozenset({"csrf_token", "once"})
# A form with one of these is never given back: passwords, codes, tokens, answers of keys, secrets on their way.
SECRET = re.compile("password|passe|secret|factor|token|sealed|^code$|^answer$|^current$|^again$", re.IGNORECASE)
# Fields that say which form of a page it was, or which text it was made on: sent along, and nothing to read.
ALONG = frozenset({"base", "do", "form", "grid", "next", "text_hash", "version", "which"})
_ALONG = re.compile(r"zone-.*-(grid|id)|votes-shown")
LABELS = {
    "action": "Ce qui est demandé",
    "at": "Heure",
    "body": "Organisme",
    "choice": "Vote",
    "civility": "Civilité",
    "comment": "Observation",
    "date": "Date",
    "deadline": "Date limite",
    "email": "Adresse électronique",
    "first_name": "Prénom",
    "held_on": "Date de la rencontre",
    "holder": "Mandataire (n° de la personne)",
    "majority": "Majorité",
    "name": "Nom",
    "opinion": "Avis",
    "person": "Personne (n°)",
    "phone": "Téléphone",
    "place": "Lieu",
    "quorum": "Quorum",
    "reading_days": "Jours de lecture",
    "reason": "Motif",
    "remark": "Remarque",
    "role": "Rôle",
    "surname": "Nom de famille",
    "territory": "Collectivité (n°)",
    "text": "Texte",
    "title": "Qualité ou titre",
    "venue": "Salle",
}
VALUES = {
    "choice": {choice.value: choice.label for choice in Choice},
    "role": {role.value: label for role, label in ROLE_LABELS.items()},
}
_ROW = re.compile(r"zone-(?P<zone>.+)-(?P<row>\d{1,6})-(?P<field>[a-z_]+)")


TOO_MANY = (
    "Votre session est terminée, et ce formulaire compte trop de lignes pour être montré ici. Reconnectez-vous dans un "
    "autre onglet, puis enregistrez de nouveau depuis la page d’où il vient."
)


class Typed(NamedTuple):
    """One field that was posted; without a `label` it is only sent along. `said` is its value as one reads it."""

    name: str
    value: str
    label: str
    said: str


def init_app(app: Flask) -> None:
    app.jinja_env.globals["resend_token"] = token


def resend(code: int) -> Answer:
    """What a form gets when the session ended before it was sent: what it would send, field by field, to be sent again.

    Only to a page of ours: whoever else made the form must not have it shown under our name, with a token that holds.
    The answer sets no cookie. htmx is told to leave its page alone: the text is still in it.
    """
    if not (request.method in origins.SAFE_METHODS or origins.is_ours() or _token_holds()):
        return origins.refused()
    if sum(1 for _ in request.form.items(multi=True)) > STRANGER_FIELDS:
        return render_template("errors/413.html", sentence=TOO_MANY), 413, {"HX-Reswap": "none"}
    again = None if request.files else request.full_path.rstrip("?")
    answer = render_template("errors/resend.html", typed=_shown(), path=again, what=_act())
    session.modified = False
    return answer, code, {"HX-Reswap": "none"}


def _token_holds() -> bool:
    return bool(g.get("csrf_valid")) or not current_app.config["WTF_CSRF_ENABLED"]


def posted() -> list[tuple[str, str]]:
    """The fields that were posted, to be posted again; none of a form that carries a secret."""
    typed = [(name, value) for name, value in request.form.items(multi=True) if name not in UNSEEN]
    return [] if any(SECRET.search(name) for name, _ in typed) else typed


def token() -> str:
    """The session's token where it has one already: this page gives out none of its own."""
    return str(generate_csrf()) if "csrf_token" in session else ""


def _shown() -> list[Typed]:
    return [Typed(name, value, _label(name), VALUES.get(name, {}).get(value, value)) for name, value in posted()]


def _label(name: str) -> str:
    if name in ALONG or _ALONG.fullmatch(name):
        return ""
    if row := _ROW.fullmatch(name):
        return _of_row(name, row["zone"], int(row["row"]), row["field"])
    if name.startswith("zone-") and (zone := _zone(name.removeprefix("zone-"))):
        return zone.label
    return LABELS.get(name, f"Champ {name}")


def _of_row(name: str, zone_key: str, number: int, field_name: str) -> str:
    zone = _zone(zone_key)
    fields = zone.shape.fields if zone and zone.shape else ()
    field = next((each for each in fields if each.name == field_name), None)
    return f"{zone.label}, ligne {number + 1}, {field.label}" if zone and field else f"Champ {name}"


def _zone(key: str) -> Zone | None:
    """The zone of the part that was being written."""
    part = template.BY_KEY.get((request.view_args or {}).get("key", ""))
    return next((zone for zone in part.zones if zone.key == key), None) if part else None


def _act() -> str:
    """What sending it does, in the word of its button; empty where no act of the workflow stands above the page."""
    mark = getattr(current_app.view_functions.get(request.endpoint or ""), MARK, "")
    kind, _, keys = mark.partition(":")
    labels = [act.label for act in workflow.ACTS if kind == "act" and act.key in keys.split(",")]
    return " ou ".join(dict.fromkeys(labels))

"""The second factor at sign-in: asked for after the password; who must have one and has none is led to enrol it first."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from werkzeug.wrappers import Response

from app.content.canonical import digest
from app.content.typography import french
from app.db import db, now
from app.directory.models import Person, Role
from app.people.factors import holding
from app.web import access_log, errors
from app.web.account import sessions
from app.web.account.factors import asked_of, confirm_factor, with_password
from app.web.guards import MARK, me, public, signed_in
from app.web.htmx import go

blueprint = Blueprint("second_factor", __name__)

WAITING = "waits_for_factor"
WAITS = timedelta(minutes=10)
# What somebody who still has to enrol may ask for, beside what is open to everybody.
ENROLLING = frozenset({"factors.page", "factors.enrol_codes", "factors.enrol_passkey"})
WRONG = (
    "Ce code n’est pas le bon, ou il a déjà servi. Un code de l’application change toutes les 30 secondes : "
    "attendez le suivant."
)
FIRST = "Votre rôle demande un second facteur : inscrivez-le d’abord, sous « Mon compte »."


def init_app(app: Flask) -> None:
    app.before_request(_gate)
    app.register_blueprint(blueprint)
    app.jinja_env.globals["factor_required"] = required


def required(person: Person) -> bool:
    """Whether this person must have a second factor to work here at all."""
    whom = current_app.config["SECOND_FACTOR"]
    return whom == "everybody" or (whom == "coordination" and person.holds(Role.COORDINATION))


def go_on(person: Person, place: str) -> Response:
    """After the password: into a session, or to the question for the second factor where there is one to be given."""
    if (person.asks_factor or required(person)) and holding.has_any(person):
        sessions.leave()
        session[WAITING] = {"person": person.id, "mark": _mark(person), "at": now().isoformat(), "place": place}
        return go(url_for("second_factor.ask"))
    sessions.enter(person)
    access_log.note("sign_in", person.id)
    return go(place)


@blueprint.get("/connexion/second-facteur")
@public
def ask() -> ResponseReturnValue:
    person, _ = _waiting()
    return _page(person) if person is not None else redirect(url_for("security.login"), 303)


@blueprint.post("/connexion/second-facteur")
@public
def answer() -> ResponseReturnValue:
    person, place = _waiting()
    if person is None:
        flash("Trop de temps a passé : recommencez par le mot de passe.")
        return go(url_for("security.login"))
    factor = confirm_factor(person, holding.of(person))
    if not factor:
        return _page(person, french(WRONG))  # with status 200, so that the failure is counted
    sessions.enter(person, factor)
    access_log.note("sign_in", person.id, {"factor": factor})
    if factor == holding.RECOVERY:
        left = holding.of(person).recovery
        flash(
            f"Ce code de secours a servi. Il vous en reste {left}."
            if left
            else "C’était votre dernier code de secours."
        )
    return go(place)


def _page(person: Person, refusal: str = "") -> str:
    return render_template("security/second_factor.html", refusal=refusal, **asked_of(person))


@blueprint.post("/compte/facteurs/connexion")
@signed_in
@with_password
def choose() -> ResponseReturnValue:
    """Have a second factor asked for at sign-in, or no more."""
    wanted = request.form.get("ask") == "1"
    holding.ask_at_sign_in(me(), wanted)
    asked = "Un second facteur vous sera aussi demandé à la connexion."
    flash(asked if wanted else "Le mot de passe suffit de nouveau à la connexion.")
    return go(url_for("factors.page"))


def _waiting() -> tuple[Person | None, str]:
    """Whose password was right in this browser, not long ago, or who is signed in by it alone; and where they were going."""
    home = url_for("lists.tasks")
    if current_user.is_authenticated:
        lacking = required(me()) and not sessions.factor() and holding.has_any(me())
        return (me() if lacking else None), home
    kept: dict[str, Any] = session.get(WAITING) or {}
    age = now() - datetime.fromisoformat(kept["at"]) if kept else WAITS
    person = db.session.get(Person, kept["person"]) if timedelta(0) <= age < WAITS else None
    if person is None or not person.active or kept["mark"] != _mark(person):
        return None, home
    return person, kept["place"]


def _mark(person: Person) -> str:
    """What changes as soon as the password does, or all sessions are ended."""
    return digest(f"{person.fs_uniquifier}:{person.password}".encode())[:32]


def _gate() -> ResponseReturnValue | None:
    """Nothing works for who must have a second factor until it is enrolled, or given."""
    view = current_app.view_functions.get(request.endpoint or "")
    if view is None or request.endpoint == "static" or getattr(view, MARK, "") == "public":
        return None
    if not current_user.is_authenticated or not required(me()) or sessions.factor():
        return None
    if not holding.has_any(me()):
        return None if request.endpoint in ENROLLING else _led_to(url_for("factors.page"))
    return _led_to(url_for("second_factor.ask"))


def _led_to(place: str) -> ResponseReturnValue:
    if request.method == "GET" and request.headers.get("HX-Request") != "true":
        return redirect(place, 303)
    return errors.page(403, french(FIRST))

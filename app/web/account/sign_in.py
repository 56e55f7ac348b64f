"""Signing in and out, and one's own password. Hashes and links are Flask-Security's; sessions and pages are ours."""

from __future__ import annotations

import secrets
from functools import cache
from typing import Any

from flask import Blueprint, Flask, current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from flask_security.recoverable import generate_reset_password_token, reset_password_token_status
from flask_security.utils import hash_password, verify_password
from werkzeug.wrappers import Response

from app.db import db, only_reading
from app.directory.models import Person
from app.people import attempts, passwords, persons, tidings
from app.people.attempts import AttemptOrigin, TooManyAttempts
from app.people.invalid import Invalid
from app.people.sessions import listing
from app.web import access_log, errors
from app.web import login as identity
from app.web.account import forgotten, sessions
from app.web.guards import me, public, signed_in
from app.web.htmx import go

blueprint = Blueprint("security", __name__)

DEVICE = "seben_device"
WRONG = "L’adresse électronique ou le mot de passe n’est pas le bon."
WAY_IN = "Si ce compte est le vôtre, «\u202fMot de passe oublié\u202f» dit comment entrer sans attendre."


def init_app(app: Flask) -> None:
    identity.init_app(app)
    app.register_blueprint(blueprint)
    app.register_error_handler(TooManyAttempts, _too_many)


def _too_many(error: TooManyAttempts) -> tuple[str, int, dict[str, str]]:
    return *errors.page(429, str(error)), {"Retry-After": str(error.seconds)}


@blueprint.route("/connexion", methods=["GET", "POST"])
@public
def login() -> Any:
    place = inside(request.values.get("next", ""))
    if request.method == "GET":
        return redirect(place, 303) if current_user.is_authenticated else _login_page(place)
    try:
        recognised = _recognise(request.form.get("email", ""), request.form.get("password", ""))
    except TooManyAttempts as error:
        return _login_page(place, f"{error} {WAY_IN}"), 429, {"Retry-After": str(error.seconds)}
    if recognised is None:
        return _login_page(place, WRONG)  # with status 200, so that the failure is counted
    from app.web.account import second_factor  # which asks of us who it is

    person, device, new = recognised
    if new:
        tidings.tell(person, "device", person, device=sessions.where().device)
    return _remember_device(second_factor.go_on(person, place), device)


def inside(place: str) -> str:
    """`place` where it is a path of this site, else the first page: nobody is led elsewhere by a crafted link."""
    home = url_for("lists.tasks")
    plain = place.isprintable() and "\\" not in place
    return place if plain and place.startswith("/") and not place.startswith("//") else home


def _login_page(place: str, refusal: str = "") -> str:
    return render_template("security/login.html", place=place, email=request.form.get("email", ""), refusal=refusal)


def _recognise(email: str, password: str) -> tuple[Person, str, bool] | None:
    """Whose e-mail address and password these are, the secret of the device, and whether it is new to the account.

    None where they are nobody's. An unknown address costs the same time and gets the same answer as a wrong
    password. Raises `TooManyAttempts`.
    """
    origin = origin_of(persons.normalised(email))
    with only_reading():
        attempts.check(origin)
        found = persons.by_email(email)
        person_id, hashed = (found.id, found.password) if found and found.active else (0, None)
        new = not attempts.known(origin)
    right = verify_password(_plain(password), hashed or _decoy()) and hashed is not None
    if right and not origin.device:
        origin = origin._replace(device=secrets.token_urlsafe(24))
    spent = attempts.settle(origin, right)
    if not right and person_id:
        access_log.note("sign_in_failed", person_id, known=False)
    if spent:
        access_log.note("guessing", person_id, {"counters": spent}, known=False)
    person = db.session.get(Person, person_id) if right else None
    if person is None or not person.active or person.password != hashed:
        return None
    return person, origin.device, new


def origin_of(account: str) -> AttemptOrigin:
    """Where this request comes from, for what is tried on this account."""
    return AttemptOrigin(account, request.remote_addr or "", request.cookies.get(device_cookie(), "")[:64])


def device_cookie() -> str:
    """Under HTTPS a name that no other site of the domain can set."""
    return f"__Host-{DEVICE}" if current_app.config["HTTPS"] else DEVICE


def _plain(password: str) -> str:
    """A password as it is hashed: the same whatever way the keyboard composes its accents."""
    plain: str = current_app.extensions["security"].password_util.normalize(password)
    return plain


@cache
def _decoy() -> str:
    """The hash of nothing anybody could type, compared where there is none."""
    return hash_password(secrets.token_urlsafe(32))


def _remember_device(response: Response, device: str) -> Response:
    response.set_cookie(
        device_cookie(),
        device,
        max_age=attempts.DEVICES_FORGOTTEN_AFTER,
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )
    return response


@blueprint.post("/deconnexion")
@public
def logout() -> Any:
    if current_user.is_authenticated:
        access_log.note("sign_out", me().id)
    sessions.leave()
    flash("Vous êtes déconnecté.")
    return sessions.cleared(go(url_for("security.login")))


@blueprint.get("/compte")
@signed_in
def account() -> str:
    limits = sessions.limits()
    return render_template(
        "account/account.html",
        person=me(),
        devices=listing(me(), limits),
        here=sessions.current(),
        idle_hours=round(limits.idle.total_seconds() / 3600),
        longest_days=limits.longest.days,
    )


@blueprint.route("/compte/mot-de-passe", methods=["GET", "POST"])
@signed_in
def change_password() -> Any:
    if request.method == "GET":
        return render_template("account/password.html", errors={})
    person, form = me(), request.form
    try:
        passwords.check_new(form.get("password", ""), form.get("again", ""), person)
    except Invalid as refusal:
        return render_template("account/password.html", errors=refusal.errors), 422
    if not confirm_password(person, form.get("current", "")):
        wrong = {"current": "Ce n’est pas votre mot de passe actuel."}
        return render_template("account/password.html", errors=wrong)  # with status 200, so that the failure is counted
    factor = sessions.factor()
    passwords.choose(person, hashed(form["password"]), "password_change", person)
    sessions.enter(person, factor)
    flash("Votre mot de passe est changé. Vos autres sessions sont fermées.")
    return go(url_for("security.account"))


def confirm_password(person: Person, password: str) -> bool:
    """Whether `password` is the signed-in person's own, asked again before an act that binds them.

    Where the answer is no, answer with a status below 400, so that the failure is counted. Raises `TooManyAttempts`.
    """
    origin = origin_of(person.email or "")
    attempts.check(origin)
    right = person.password is not None and verify_password(_plain(password), person.password)
    attempts.settle(origin, right)
    if not right:
        access_log.note("password_refused", person.id, {"page": request.url_rule.rule if request.url_rule else ""})
    return right


def hashed(password: str) -> str:
    """The hash under which a password is kept."""
    return hash_password(_plain(password))


@blueprint.route("/mot-de-passe/<token>", methods=["GET", "POST"])
@public
def reset_password(token: str) -> Any:
    person = _holder(token)
    if person is None or not person.active:
        return render_template("security/link_ended.html"), 404
    if request.method == "GET":
        return render_template("security/reset.html", person=person, errors={})
    try:
        passwords.check_new(request.form.get("password", ""), request.form.get("again", ""), person)
    except Invalid as refusal:
        return render_template("security/reset.html", person=person, errors=refusal.errors), 422
    return _take_new_password(person)


def _holder(token: str) -> Person | None:
    """Whose link this is: one that was handed over, or one that came by mail."""
    expired, invalid, person = reset_password_token_status(token)
    return forgotten.holder(token) if expired or invalid else person


def _take_new_password(person: Person) -> Response:
    """The link is spent; its holder signs in with the new password, on a device that counts as their own."""
    passwords.choose(person, hashed(request.form["password"]), "password_reset", person)
    device = secrets.token_urlsafe(24)
    attempts.trust(AttemptOrigin(person.email or "", request.remote_addr or "", device))
    sessions.leave()
    flash("Votre mot de passe est enregistré. Connectez-vous.")
    return _remember_device(go(url_for("security.login")), device)


def reset_link(person: Person) -> str:
    """The address at which the person chooses a password: good once, for `LINK_LIVES`, in a request of any kind."""
    token = generate_reset_password_token(person)
    base: str = current_app.config["BASE_URL"]
    return base.rstrip("/") + url_for("security.reset_password", token=token)

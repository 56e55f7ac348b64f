"""One's own second factors: enrolled and listed; and asked for before an act that binds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

import segno
from flask import Blueprint, current_app, flash, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.content.typography import french
from app.db import now
from app.directory.models import Person
from app.people import attempts
from app.people.factors import codes, holding, passkeys
from app.people.factors.holding import Held
from app.people.factors.passkeys import PasskeySite
from app.people.factors.vault import Vault
from app.people.invalid import Invalid
from app.web import access_log
from app.web.account import sessions
from app.web.account.sign_in import confirm_password, origin_of
from app.web.guards import me, signed_in
from app.web.htmx import go

blueprint = Blueprint("factors", __name__)
View = Callable[..., ResponseReturnValue]

WRONG_PASSWORD = "Ce n’est pas votre mot de passe : rien n’a changé."
NOT_YOURS = "Ce mot de passe n’est pas le vôtre : rien n’est enregistré. Saisissez-le de nouveau."
WRONG = (
    "Ce second facteur n’est pas le bon, ou il a déjà servi : rien n’est enregistré. "
    "Un code de l’application change toutes les 30 secondes ; attendez le suivant."
)


def vault() -> Vault:
    return Vault(current_app.config["SECRET_KEY"])


def site() -> PasskeySite | None:
    """The site as passkeys know it; None where it has no name."""
    return PasskeySite.at(current_app.config["BASE_URL"], current_app.config["ORGANISATION"])


@blueprint.get("/compte/facteurs")
@signed_in
def page() -> ResponseReturnValue:
    return _page()


def _page(status: int = 200, errors: Mapping[str, str] | None = None) -> ResponseReturnValue:
    held, here, sealed = holding.of(me()), site(), request.form.get("sealed", "")
    secret = (vault().open(sealed, holding.FORM_LIVES) if sealed else None) or codes.new_secret()
    address = codes.address(secret, me(), current_app.config["ORGANISATION"])
    answer = render_template(
        "account/factors.html",
        held=held,
        errors=errors or {},
        which=request.form.get("which", ""),
        name=request.form.get("name", ""),
        secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        sealed=sealed if sealed and vault().open(sealed, holding.FORM_LIVES) else vault().seal(secret),
        picture=segno.make(address, error="m").svg_data_uri(scale=4, border=4, light="white"),
        options=passkeys.enrolling(me(), here, vault(), now()) if here else "",
        asked=me().asks_factor,
    )
    return answer, status


def with_password(view: View) -> View:
    """For who gives the password again: a borrowed session must not change what guards the signature."""

    @wraps(view)
    def guarded(**kwargs: Any) -> ResponseReturnValue:
        if not confirm_password(me(), request.form.get("password", "")):
            return _page(errors={"password": french(WRONG_PASSWORD)})  # with status 200, so that the failure is counted
        try:
            return view(**kwargs)
        except Invalid as refusal:
            return _page(422, refusal.errors)

    return guarded


@blueprint.post("/compte/facteurs/application")
@signed_in
@with_password
def enrol_codes() -> ResponseReturnValue:
    sealed, code = request.form.get("sealed", ""), request.form.get("code", "")
    fresh = holding.enrol_codes(me(), sealed, code, vault(), now())
    sessions.prove(holding.TOTP)
    return _enrolled(fresh)


@blueprint.post("/compte/facteurs/cles")
@signed_in
@with_password
def enrol_passkey() -> ResponseReturnValue:
    here = site()
    if here is None:
        raise Invalid({"name": holding.NOT_MADE})
    answer, name = request.form.get("answer", ""), request.form.get("name", "")
    fresh = holding.enrol_passkey(me(), answer, name, here, vault(), now())
    sessions.prove(holding.PASSKEY)
    return _enrolled(fresh)


@blueprint.post("/compte/facteurs/secours")
@signed_in
@with_password
def renew_recovery() -> ResponseReturnValue:
    return _enrolled(holding.renew_recovery(me(), vault()))


def _enrolled(fresh: list[str]) -> ResponseReturnValue:
    """Recovery codes are on this answer and nowhere else; the form sent again leads to the list.

    What was enrolled ended the person's sessions: this one begins anew.
    """
    here = sessions.current()
    sessions.enter(me(), here.factor if here else "")
    if fresh:
        g.place = url_for(".page")
        return render_template("account/recovery.html", codes=fresh)
    flash(french("C’est enregistré : ce second facteur vous sera demandé pour signer."))
    return go(url_for(".page"))


def asked_of(person: Person) -> dict[str, Any]:
    """What the signing page needs to ask for a second factor: what is held, and what a passkey is asked."""
    held, here = holding.of(person), site()
    options = passkeys.asking(person, here, held.passkeys, vault(), now()) if here and held.passkeys else ""
    return {"held": held, "options": options}


def confirm_factor(person: Person, held: Held) -> str | None:
    """Which second factor the person has given with this form; empty where none is asked, None where it is wrong.

    Where it is wrong, answer with a status below 400, so that the failure is counted. Raises `TooManyAttempts`.
    """
    if not held.any:
        return ""
    # Counted apart from the password, which whoever guesses here knows: being right with it must not forgive anything.
    origin = origin_of(f"factor:{person.id}")
    attempts.check(origin)
    code, answer = request.form.get("factor", ""), request.form.get("answer", "")
    given = holding.given(person, code, answer, site(), vault(), now())
    attempts.settle(origin, bool(given))
    if not given:
        access_log.note("factor_refused", person.id, {"page": request.url_rule.rule if request.url_rule else ""})
    return given or None


def proof(person: Person) -> tuple[str, dict[str, str]]:
    """The password given again, and a second factor where one is held: which one, and what is wrong, by field.

    Where something is wrong, answer with a status below 400, so that the failure is counted. Raises `TooManyAttempts`.
    """
    if not confirm_password(person, request.form.get("password", "")):
        return "", {"password": french(NOT_YOURS)}
    factor = confirm_factor(person, holding.of(person))
    return (factor, {}) if factor is not None else ("", {"factor": french(WRONG)})

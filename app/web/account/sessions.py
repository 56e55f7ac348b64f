"""The browser's side of a session: entered, found again at each request, stamped, left; and one's own devices.

The cookie is signed and holds the session's secret, the forms' token and messages that wait; whose it is stands in the
database.
"""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Flask, Request, Response, abort, current_app, flash, g, request, session, url_for
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, login_user, logout_user
from itsdangerous import BadSignature
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response as BaseResponse

from app.db import db, in_passing, now
from app.directory.models import Person
from app.people import keeping, sessions
from app.people.sessions import DevicePlace, OpenedSession, SessionLimits
from app.web.account import devices
from app.web.guards import me, signed_in
from app.web.htmx import go

blueprint = Blueprint("sessions", __name__)

SECRET = "_user_id"  # where Flask-Login looks for who it is
# Not the cookies, which the browser would clear for the whole domain, known devices too; not the storage: unsaved words.
CLEARED = '"cache"'


class Cookie(SecureCookieSessionInterface):
    """Flask's signed cookie, without an age of its own: the database says how long a session lives.

    So a clock that is put right does not sign everybody out.
    """

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        serializer, value = self.get_signing_serializer(app), request.cookies.get(self.get_cookie_name(app))
        if serializer is None:
            return None
        try:
            return self.session_class(serializer.loads(value) if value else None)
        except BadSignature:
            return self.session_class()


def init_app(app: Flask, manager: LoginManager) -> None:
    app.session_interface = Cookie()
    manager.user_loader(_person)
    manager.session_protection = None  # it compares what a thief of the cookie sends along as well
    app.after_request(_stamped)
    app.register_blueprint(blueprint)


def limits() -> SessionLimits:
    config = current_app.config
    return SessionLimits(timedelta(seconds=config["SESSION_IDLE"]), current_app.permanent_session_lifetime)


def where() -> DevicePlace:
    return DevicePlace(devices.in_words(request.user_agent.string), request.remote_addr or "")


def enter(person: Person, factor: str = "") -> None:
    """Open a session that is new throughout: nothing that was in the browser before goes on in it."""
    _close()
    keeping.came_in(person)
    secret = sessions.begin(person, where(), limits(), factor)
    login_user(person)
    session[SECRET] = secret


def leave() -> None:
    """End the session, here and in the database: a copy of its cookie opens nothing any more."""
    _close()
    logout_user()


def cleared(response: BaseResponse) -> BaseResponse:
    """Have the browser forget what it kept of our pages and files, and of texts not yet sent nothing."""
    response.headers["Clear-Site-Data"] = CLEARED
    return response


def _close() -> None:
    if secret := session.get(SECRET):
        sessions.close(secret)
    session.clear()
    g.pop("csrf_token", None)


def _person(secret: str) -> Person | None:
    found = sessions.found(secret, limits())
    if found is None:
        return None
    person, g.open_session = found
    return person


def current() -> OpenedSession | None:
    """The session of this request."""
    found: OpenedSession | None = g.get("open_session")
    return found


def factor() -> str:
    """By which second factor this session was opened, or proven since; empty for none."""
    found = current()
    return found.factor if found is not None else ""


def prove(factor: str) -> None:
    """Note that the person has shown this second factor in this session."""
    if (found := current()) is not None and not found.factor:
        sessions.prove(found.id, factor)
        g.open_session = found._replace(factor=factor)


def _stamped(response: Response) -> Response:
    """Note that the session is in use, after the answer has left, and only where nobody else is writing."""
    found, moment = current(), now()
    if found is not None and sessions.wants_stamp(found, moment):
        app, session_id = current_app._get_current_object(), found.id  # type: ignore[attr-defined]  # the proxy's own way

        def write() -> None:
            with app.app_context(), in_passing():
                try:
                    sessions.stamp(session_id, moment)
                    db.session.commit()
                except SQLAlchemyError as reason:
                    app.logger.info("a session was not stamped: %s", reason)
                finally:
                    db.session.remove()

        response.call_on_close(write)
    return response


@blueprint.post("/compte/appareils/<int:session_id>/terminer")
@signed_in
def end(session_id: int) -> ResponseReturnValue:
    if not sessions.end(me(), session_id):
        abort(404)
    flash("La session de cet appareil est terminée.")
    return go(url_for("security.account"))


@blueprint.post("/compte/appareils/terminer-les-autres")
@signed_in
def end_others() -> ResponseReturnValue:
    found = current()
    if found is not None and sessions.end_others(me(), found.id):
        flash("Vos autres sessions sont terminées.")
    return go(url_for("security.account"))

"""Errors, as sentences: the domain's own mapped once to HTTP, and a page for each."""

from __future__ import annotations

from contextlib import suppress

from flask import Flask, current_app, g, render_template, request, session
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import InterfaceError, OperationalError, SQLAlchemyError, TimeoutError
from werkzeug.exceptions import HTTPException

from app.db import db
from app.reports.steps import NotAllowed, NotReady, WrongStage
from app.web import resending
from app.web.htmx import htmx

CODES: dict[type[Exception], int] = {NotAllowed: 403, WrongStage: 409, NotReady: 422}
PAGES = frozenset({403, 404, 405, 409, 413, 422, 429})
# The database is full, locked or gone; nothing of the request was kept.
UNAVAILABLE = (OperationalError, InterfaceError, TimeoutError)


def init_app(app: Flask) -> None:
    resending.init_app(app)
    for kind, code in CODES.items():
        app.register_error_handler(kind, lambda error, code=code: page(code, str(error)))
    app.register_error_handler(CSRFError, lambda error: resending.resend(422 if current_user.is_authenticated else 401))
    app.register_error_handler(401, lambda error: resending.resend(401))
    for failure in UNAVAILABLE:
        app.register_error_handler(failure, unavailable)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def unavailable(error: Exception) -> tuple[str, int, dict[str, str]]:
    """What is answered when the database fails, without asking it again: what was typed, ready to be sent once more.

    The form keeps its one-time key, for of a commit whose answer was lost nobody knows whether it came about.
    """
    current_app.logger.error("the database failed at %s %s", request.method, _named(), exc_info=error)
    with suppress(SQLAlchemyError):
        db.session.rollback()
    _take_session_back()
    headers = {"Retry-After": "30", "HX-Reswap": "none"}
    sentence = next((told for sign, told in CAUSES.items() if sign in str(error).lower()), GONE)
    if htmx.wants_fragment:
        return f'<p class="error" role="alert">{sentence}</p>', 503, headers
    # Only what came out of a page of ours is written into one.
    ours = request.method == "POST" and (g.get("csrf_valid") or not current_app.config["WTF_CSRF_ENABLED"])
    typed = resending.posted() if ours else []
    again = None if request.files or not typed else request.full_path.rstrip("?")
    once = request.form.get("once", "") if typed else ""
    said = {"sentence": sentence, "writing": request.method == "POST", "typed": typed, "once": once, "again": again}
    return _bare(503, **said), 503, headers


def _named() -> str:
    """The address as the log may have it: the secret in it opens a door."""
    secret = (request.view_args or {}).get("token")
    return request.path.replace(secret, "…") if secret else request.path


CAUSES = {
    "full": "Le disque du serveur est plein.",
    "locked": "La base de données est occupée par un autre travail.",
    "lock timeout": "La base de données est occupée par un autre travail.",
    "i/o error": "Le disque du serveur ne répond pas.",
}
GONE = "La base de données ne répond pas."


def _take_session_back() -> None:
    """The session as it came: what the request has put into it tells of a change that has not come about."""
    came = current_app.session_interface.open_session(current_app, request)
    session.clear()
    session.update(came or {})
    session.modified = False


def _bare(code: int, **said: object) -> str:
    """A page outside the usual rendering, which asks the database who is signed in."""
    return current_app.jinja_env.get_template(f"errors/{code}.html").render(**said)


def page(code: int, sentence: str = "") -> tuple[str, int]:
    """The page for an error; `sentence` is what the person reads, beside the page's own advice."""
    # A form that is too large is not read: asking for it again would fail again.
    kept = [] if code == 413 else _words_typed()
    return render_template(f"errors/{code}.html", sentence=sentence, kept=kept), code


def _words_typed() -> list[str]:
    """The texts that came with the form which failed: shown again, so that they can be copied."""
    return [
        value
        for name, value in request.form.items(multi=True)
        if name.startswith(("zone-", "paste-", "reason", "text"))
        and value.strip()
        and not name.endswith(("-id", "-grid"))
    ]


def _http(error: HTTPException) -> tuple[str, int] | tuple[str, int, dict[str, str]] | HTTPException:
    if error.code == 500:
        cause = getattr(error, "original_exception", None)
        return unavailable(cause) if isinstance(cause, UNAVAILABLE) else (_bare(500), 500)
    if error.code in PAGES:
        return page(error.code, _our_sentence(error))
    if error.code == 400:
        return page(422, "La demande est incomplète ou mal formée.")
    return error


def _our_sentence(error: HTTPException) -> str:
    """The description, where we wrote it, in French; not Werkzeug's own."""
    return error.description if error.description and error.description != type(error).description else ""


def _unexpected(error: Exception) -> tuple[str, int]:
    if current_app.testing or current_app.debug:
        raise error
    current_app.logger.exception("unexpected error at %s", _named())
    return _bare(500), 500

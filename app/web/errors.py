"""Errors, as sentences: the domain's own mapped once to HTTP, and a page for each."""

from __future__ import annotations

from flask import Flask, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from app.reports.steps import NotAllowed, NotReady, WrongStage

CODES: dict[type[Exception], int] = {NotAllowed: 403, WrongStage: 409, NotReady: 422}
PAGES = frozenset({403, 404, 405, 409, 413, 422, 429, 500})


def init_app(app: Flask) -> None:
    for kind, code in CODES.items():
        app.register_error_handler(kind, lambda error, code=code: page(code, str(error)))
    app.register_error_handler(CSRFError, lambda error: page(403, EXPIRED))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


EXPIRED = (
    "Cette page est restée ouverte trop longtemps ou votre session a pris fin. Revenez en arrière : votre texte y est "
    "encore ; reconnectez-vous dans un autre onglet, puis envoyez de nouveau."
)


def page(code: int, sentence: str = "") -> tuple[str, int]:
    """The page for an error; `sentence` is what the person reads, beside the page's own advice."""
    return render_template(f"errors/{code}.html", sentence=sentence), code


def _http(error: HTTPException) -> tuple[str, int] | HTTPException:
    if error.code in PAGES:
        return page(error.code, error.description if error.response is None and _ours(error) else "")
    if error.code == 400:
        return page(422, "La demande est incomplète ou mal formée.")
    return error


def _ours(error: HTTPException) -> bool:
    """Whether the description was written by us, in French, rather than by Werkzeug."""
    return error.description is not None and error.description != type(error).description


def _unexpected(error: Exception) -> tuple[str, int]:
    from flask import current_app

    if current_app.testing or current_app.debug:
        raise error
    current_app.logger.exception("unexpected error at %s", request.path)
    return page(500)

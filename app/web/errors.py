"""Errors, as sentences: the domain's own mapped once to HTTP, and a page for each."""

from __future__ import annotations

from flask import Flask, render_template, request
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from app.reports.steps import NotAllowed, NotReady, WrongStage

CODES: dict[type[Exception], int] = {NotAllowed: 403, WrongStage: 409, NotReady: 422}
PAGES = frozenset({403, 404, 405, 409, 413, 422, 429, 500})


def init_app(app: Flask) -> None:
    for kind, code in CODES.items():
        app.register_error_handler(kind, lambda error, code=code: page(code, str(error)))
    app.register_error_handler(CSRFError, lambda error: resend(422 if current_user.is_authenticated else 401))
    app.register_error_handler(401, lambda error: resend(401))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


UNSEEN = frozenset({"csrf_token", "once"})


def resend(code: int) -> tuple[str, int, dict[str, str]]:
    """What a form gets when the session ended before it was sent: all that was typed, ready to be sent again.

    htmx is told to leave its page alone: the text is still in it.
    """
    typed = [(name, value) for name, value in request.form.items(multi=True) if name not in UNSEEN]
    secret = any("password" in name for name, _ in typed)
    answer = render_template("errors/resend.html", typed=[] if secret else typed, path=request.full_path.rstrip("?"))
    return answer, code, {"HX-Reswap": "none"}


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


def _http(error: HTTPException) -> tuple[str, int] | HTTPException:
    if error.code in PAGES:
        return page(error.code, _our_sentence(error))
    if error.code == 400:
        return page(422, "La demande est incomplète ou mal formée.")
    return error


def _our_sentence(error: HTTPException) -> str:
    """The description, where we wrote it, in French; not Werkzeug's own."""
    return error.description if error.description and error.description != type(error).description else ""


def _unexpected(error: Exception) -> tuple[str, int]:
    from flask import current_app

    if current_app.testing or current_app.debug:
        raise error
    current_app.logger.exception("unexpected error at %s", request.path)
    # Outside the usual rendering, which asks the database who is signed in.
    return current_app.jinja_env.get_template("errors/500.html").render(), 500

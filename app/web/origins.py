"""Where a request that changes something comes from: what another site sends is refused before anything of it is read.

`Doorkeeper` stands before the application: no session is opened, no field read, no cookie set for what it refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, request, session

from app.web import headers

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
KEY = "seben.sender"
PAGE = "errors/elsewhere.html"
_PORTS = {"http": 80, "https": 443}


class Sender(StrEnum):
    """Who made the page that sent a request, as the browser says."""

    OURS = "ours"
    UNTOLD = "untold"  # an old browser, or a program: the token of the form decides
    FOREIGN = "foreign"


def init_app(app: Flask) -> None:
    app.wsgi_app = Doorkeeper(app, app.wsgi_app)  # type: ignore[method-assign]


class Doorkeeper:
    """Refuses what another site sends; notes in the environment whether a page of ours is known to have sent the rest."""

    def __init__(self, app: Flask, inner: WSGIApplication) -> None:
        self.app, self.inner = app, inner
        self.page = cache(self._page)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in SAFE_METHODS:
            environ[KEY] = self._sender(environ)
            if environ[KEY] is Sender.FOREIGN:
                self._warn(environ)
                return self._refusal()(environ, start_response)
        return self.inner(environ, start_response)

    def _sender(self, environ: WSGIEnvironment) -> Sender:
        config = self.app.config
        return sender(environ.get, environ.get("HTTP_HOST", ""), str(config["BASE_URL"]), https=bool(config["HTTPS"]))

    def _warn(self, environ: WSGIEnvironment) -> None:
        """A proxy that rewrites names shows here, too. The path may hold a token, and is left out."""
        names = ("HTTP_SEC_FETCH_SITE", "HTTP_ORIGIN", "HTTP_REFERER", "HTTP_HOST")
        said = {name.removeprefix("HTTP_").lower(): str(environ.get(name, ""))[:120] for name in names}
        self.app.logger.warning("refused what another site sent: %r", said)

    def _refusal(self) -> Response:
        """The answer to what another site sent: it carries nothing of it, and leaves the session alone."""
        response = Response(self.page(), 403, mimetype="text/html")
        headers.shield(response.headers, https=self.app.config["HTTPS"])
        response.headers["Cache-Control"] = "private, no-store"
        return response

    def _page(self) -> str:
        with self.app.test_request_context("/"):
            return self.app.jinja_env.get_template(PAGE).render()


def sender(told: Callable[[str, str], Any], host: str, base_url: str, *, https: bool) -> Sender:
    """Who sent it, from what `told(name, default)` says of its headers (names as in a WSGI environment).

    `host` is the name under which the request came; pages under the name of `base_url` are ours as well, for a proxy may
    hide it. The browser's own judgement (`Sec-Fetch-Site`) goes before `Origin`, and this before `Referer`. A proxy ends
    HTTPS and we see plain HTTP: so the scheme is compared with what the settings say (`https`), not with the request's.
    """
    site = told("HTTP_SEC_FETCH_SITE", "")
    if site and site != "none":
        return Sender.OURS if site == "same-origin" else Sender.FOREIGN
    source = told("HTTP_ORIGIN", "") or told("HTTP_REFERER", "")
    if not source:
        return Sender.UNTOLD
    place = _place(source)
    schemes = {"https"} if https else {"http", "https"}
    if place is None or place[0] not in schemes:
        return Sender.FOREIGN
    scheme = place[0]
    ours = [_place(f"{scheme}://{name}") for name in (host, urlsplit(base_url).netloc)]
    return Sender.OURS if place in ours else Sender.FOREIGN


def _place(address: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of an address; None for what is none, such as the origin "null"."""
    try:
        parts = urlsplit(address)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
    return (parts.scheme, parts.hostname, port) if parts.hostname and port else None


def is_ours() -> bool:
    """Whether a page of ours is known to have sent this request."""
    return request.environ.get(KEY) is Sender.OURS


def refused() -> tuple[str, int, dict[str, str]]:
    """That answer, from within a request whose sender is not known for ours."""
    session.modified = False
    return current_app.jinja_env.get_template(PAGE).render(), 403, {"HX-Reswap": "none"}

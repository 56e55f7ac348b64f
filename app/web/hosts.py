"""Under which names the site answers: a request that names another, or nothing a name can be, gets a short page alone."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_HOST = re.compile(
    r"(?=.{1,253}(?::|$))([a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*\.?|\[[0-9a-f:.]{2,45}\])(?::([0-9]{1,5}))?",
    re.ASCII | re.IGNORECASE,
)
PAGE = """<!doctype html>
<html lang="fr"><head><meta charset="utf-8"><title>Adresse inconnue</title></head>
<body><h1>Adresse inconnue</h1>
<p>Ce serveur ne répond pas sous le nom que demande votre navigateur. Vérifiez l’adresse, ou demandez-la à la
coordination.</p></body></html>
"""
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'",
    "X-Content-Type-Options": "nosniff",
}


class Hosts:
    """Stands before the application, which has no request yet in which it could answer. No names: any is as good."""

    def __init__(self, app: WSGIApplication, names: Collection[str]) -> None:
        self.app = app
        self.names = frozenset(name.lower() for name in names)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = (
            self.app if self._ours(environ.get("HTTP_HOST")) else Response(PAGE, 400, HEADERS, mimetype="text/html")
        )
        return answer(environ, start_response)

    def _ours(self, host: str | None) -> bool:
        """What names no host at all, as HTTP/1.0 may, names no other either."""
        if host is None:
            return True
        found = _HOST.fullmatch(host)
        if found is None or not 0 < int(found[2] or 80) < 65536 or not _readable(found[1]):
            return False
        return not self.names or found[1].lower().rstrip(".") in self.names


def _readable(name: str) -> bool:
    """Whether names in other scripts can be read: what begins with xn-- and cannot would fail much later."""
    try:
        name.encode("ascii").decode("idna")
    except UnicodeError:
        return False
    return True

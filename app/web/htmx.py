"""htmx 4 and flask-htmx: what works of the extension, and the rest in the words of htmx 4."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, g, make_response, redirect, request
from flask_htmx import HTMX
from werkzeug.wrappers import Response as BaseResponse


class Htmx4(HTMX):  # type: ignore[misc]  # the extension is untyped
    """flask-htmx 0.4 predates htmx 4, which names the target as "section#part-bureau"."""

    @property
    def target_id(self) -> str:
        """The identifier of the element to be replaced; empty where the request is not htmx's."""
        return (request.headers.get("HX-Target") or "").rpartition("#")[2]

    @property
    def wants_fragment(self) -> bool:
        """Whether a fragment is asked for; history restoration and boosted links want the whole page."""
        return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Request-Type") != "full"


htmx = Htmx4()


def init_app(app: Flask) -> None:
    htmx.init_app(app)


def go(place: str) -> BaseResponse:
    """Send the person on: a redirect, or for htmx an order to load that page."""
    g.place = place
    if htmx.wants_fragment:
        response: Response = make_response("", 204)
        # A new anchor on the page that is shown would only scroll it: that page is loaded anew instead.
        if urlsplit(place).path == urlsplit(request.headers.get("HX-Current-URL", "")).path:
            response.headers["HX-Refresh"] = "true"
        else:
            response.headers["HX-Redirect"] = place
        return response
    return redirect(place, 303)

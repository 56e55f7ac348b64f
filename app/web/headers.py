"""Headers that every answer carries."""

from __future__ import annotations

from flask import Flask, Response, current_app, request
from werkzeug.datastructures import Headers

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; manifest-src 'self'"
)


HTTPS_FOR = 365 * 24 * 3600
"""Seconds for which browsers refuse to come without HTTPS: this host only, for others of the domain may be without."""


def init_app(app: Flask) -> None:
    app.after_request(_protect)


def _protect(response: Response) -> Response:
    headers = response.headers
    if response.status_code == 204:
        # There is no page to protect: the answer to a question asked every half minute stays short.
        headers["Cache-Control"] = "no-store"
        headers.pop("Content-Type", None)
        return response
    shield(headers, https=current_app.config["HTTPS"])
    if request.endpoint != "static":
        headers.setdefault("Cache-Control", "private, no-store")
        headers.add("Vary", "Cookie, HX-Request, HX-Request-Type")
    return response


def shield(headers: Headers, *, https: bool) -> None:
    """What tells a browser to keep other sites away from a page, and to come by HTTPS only."""
    if https:
        headers["Strict-Transport-Security"] = f"max-age={HTTPS_FOR}"
    headers.setdefault("Content-Security-Policy", POLICY)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["X-Frame-Options"] = "DENY"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"

"""Where to tell of a hole in this site: /.well-known/security.txt (RFC 9116)."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, Response, abort, current_app

from app.db import now
from app.web.guards import public

blueprint = Blueprint("contact", __name__)

HOLDS = timedelta(days=180)
"""RFC 9116 wants an end, and recommends that it lie less than a year ahead."""


@blueprint.get("/.well-known/security.txt")
@public
def security() -> Response:
    contacts = _contacts()
    if not contacts:
        abort(404)
    base = current_app.config["BASE_URL"].rstrip("/")
    lines = [
        *(f"Contact: {each}" for each in contacts),
        f"Expires: {now() + HOLDS:%Y-%m-%dT00:00:00Z}",
        "Preferred-Languages: fr, en",
        f"Canonical: {base}/.well-known/security.txt",
    ]
    return Response("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def _contacts() -> list[str]:
    """As addresses a program can follow; one address of mail is the usual case. A line never becomes two."""
    given = " ".join(str(current_app.config["SECURITY_CONTACT"] or "").split())
    names = [each.strip() for each in given.split(",") if each.strip()]
    return [each if each.startswith(("https://", "mailto:", "tel:")) else f"mailto:{each}" for each in names]

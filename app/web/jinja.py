"""What every page is made with: static files by content hash, French dates, the person's navigation."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from flask import Flask, request, url_for
from flask_login import current_user
from markupsafe import Markup

from app.audit import witness
from app.content.inline import html, spans
from app.content.typography import french
from app.directory.models import Role
from app.reports.journal.search import AUDITORS
from app.workshops.queries import INSIDERS

BAMAKO = ZoneInfo("Africa/Bamako")  # UTC all year round


def init_app(app: Flask) -> None:
    env = app.jinja_env
    env.globals.update(asset=asset, once_key=once_key, navigation=navigation, log_alarm=log_alarm, Role=Role)
    env.filters.update(
        french=french,
        day=day,
        moment=moment,
        hour=hour,
        since=since,
        prose=lambda source: Markup(html(spans(source))),
    )
    app.template_context_processors[None].append(lambda: {"navigation_items": navigation()})


def asset(path: str) -> str:
    """The address of a static file, with the hash of its content so that it can be kept for ever."""
    return url_for("static", filename=path, v=_fingerprint(path))


@cache
def _fingerprint(path: str) -> str:
    return hashlib.sha256((Path(__file__).parent.parent / "static" / path).read_bytes()).hexdigest()[:12]


def once_key() -> str:
    """A fresh key for one form: the same form sent twice has one effect."""
    return secrets.token_urlsafe(18)


def day(value: date | datetime | None, style: str = "long") -> str:
    """A date in French: "22 février 2018", "1er mars 2018"."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        value = value.astimezone(BAMAKO).date()
    text = format_date(value, format="d MMMM y" if style == "long" else "d MMM y", locale="fr")
    return text.replace("1 ", "1er ", 1) if value.day == 1 else text


def moment(value: datetime | None) -> str:
    """A moment in French, in Mali's time (which is UTC): "22 févr. 2018 à 14 h 05"."""
    if value is None:
        return ""
    local = value.astimezone(BAMAKO)
    return f"{day(local, 'short')} à\u00a0{local:%H}\u00a0h\u00a0{local:%M}"


def hour(value: datetime) -> str:
    return format_datetime(value.astimezone(BAMAKO), "HH'\u00a0h\u00a0'mm", locale="fr")


def since(value: datetime, now: datetime | None = None) -> str:
    """How long ago, in whole days: "depuis aujourd’hui", "depuis 4 jours"."""
    today = (now or datetime.now(BAMAKO)).astimezone(BAMAKO).date()
    days = (today - value.astimezone(BAMAKO).date()).days
    if days <= 0:
        return "depuis aujourd’hui"
    return "depuis hier" if days == 1 else f"depuis {days} jours"


def log_alarm() -> str:
    """What is wrong with the log beside what was witnessed of it; empty for nothing, and for who does not supervise."""
    if not current_user.is_authenticated or not any(current_user.holds(role) for role in AUDITORS):
        return ""
    return witness.alarm()


def navigation() -> list[tuple[str, str, bool]]:
    """The links of the header for who is signed in: label, address, whether this page stands under it."""
    if not current_user.is_authenticated:
        return []
    items: list[tuple[str, str]] = [
        ("Mes tâches", url_for("lists.tasks")),
        ("Rapports", url_for("lists.reports")),
    ]
    if any(current_user.holds(role) for role in INSIDERS):
        items.append(("Campagnes", url_for("campaigns.listing")))
    if any(current_user.holds(role) for role in AUDITORS):
        items.append(("Journal", url_for("journal.page")))
    if current_user.holds(Role.COORDINATION):
        items.append(("Administration", url_for("administration.desk")))
    return [(label, place, _under(place)) for label, place in items]


def _under(place: str) -> bool:
    return request.path == place if place == "/" else request.path.startswith(place)

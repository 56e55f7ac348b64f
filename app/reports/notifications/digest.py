"""Letters made of notices: one for what happened within a minute on a report, one for what waited for the morning."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape
from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import joinedload

from app.content.typography import french
from app.db import db
from app.directory.models import Person
from app.mail import outbox
from app.reports.access.visibility import seen_reports
from app.reports.models.report import Report
from app.reports.notifications.inbox import HOME, Notice, NotificationWay
from app.workshops.models import Workshop

TEMPLATES = Path(__file__).resolve().parents[3] / "templates"
# What comes in so shortly after goes into the same letter.
SETTLING = timedelta(minutes=1)
# The hour of the daily letter, in Mali's time, which is UTC.
MORNING = 7
# A letter late by more than that is no news: everything so old goes into one.
LATE = timedelta(days=1)
MOST_TOLD = 60
PREFERENCES = "/compte/notifications"


@dataclass(frozen=True, slots=True)
class MailSite:
    """What a letter says of the site: its address, whose it is, and the domain of its Message-IDs."""

    base_url: str
    organisation: str
    domain: str

    def link(self, place: str) -> str:
        return self.base_url.rstrip("/") + place


def write_next(site: MailSite, at: datetime, settling: timedelta = SETTLING) -> bool:
    """Put the letters of the person whose notices have waited longest into the outbox; False where none are due.

    Notices and letters change in the caller's transaction, which is a short one: a person at a time. Several workers may
    do so at once: they wait for each other's rows.
    """
    due = _due(at, settling)
    person_id = db.session.scalar(select(Notice.person_id).where(due).order_by(Notice.id).limit(1))
    if person_id is None:
        return False
    held = select(Notice).where(due, Notice.person_id == person_id).order_by(Notice.id).with_for_update()
    notices = db.session.scalars(held.execution_options(populate_existing=True)).all()
    person = db.session.get_one(Person, person_id)
    seen = _seen(person, notices)
    reports = {**_left(notices), **seen}
    for notice in notices:
        notice.mailed_at = at
    shown = [notice for notice in notices if notice.report_id in seen or notice.place == HOME]
    for told in _bundles(shown, at):
        _write(site, person, told, reports, at)
    return True


def let_go(at: datetime) -> None:
    """Without a mail server notices stay in the application: they are not kept for a letter."""
    db.session.execute(
        update(Notice).where(_due(at, timedelta(0))).values(mailed_at=at).execution_options(synchronize_session=False)
    )


def _due(at: datetime, settling: timedelta) -> ColumnElement[bool]:
    morning = at.replace(hour=MORNING, minute=0, second=0, microsecond=0)
    if morning > at:
        morning -= timedelta(days=1)
    # Written as the index of what is not mailed yet has it.
    return and_(
        Notice.mailed_at.is_(None),
        Notice.way != NotificationWay.NEVER,
        or_(
            and_(Notice.way == NotificationWay.AT_ONCE, Notice.at <= at - settling),
            and_(Notice.way == NotificationWay.DAILY, Notice.at <= morning),
        ),
    )


def _seen(person: Person, notices: Sequence[Notice]) -> dict[int, Report]:
    """The reports that the person may see still."""
    ids = {notice.report_id for notice in notices}
    return {report.id: report for report in db.session.scalars(seen_reports(person).where(Report.id.in_(ids)))}


def _left(notices: Sequence[Notice]) -> dict[int, Report]:
    """The reports told of for the last time to who may not see them any more."""
    ids = {notice.report_id for notice in notices if notice.place == HOME}
    if not ids:
        return {}
    whole = joinedload(Report.workshop)
    query = select(Report).where(Report.id.in_(ids))
    query = query.options(whole.joinedload(Workshop.territory), whole.joinedload(Workshop.campaign))
    return {report.id: report for report in db.session.scalars(query)}


def _bundles(notices: Sequence[Notice], at: datetime) -> list[list[Notice]]:
    """The notices by letter: one for each report with fresh news, one for all the rest."""
    at_once: defaultdict[int, list[Notice]] = defaultdict(list)
    rest: list[Notice] = []
    for notice in notices:
        fresh = notice.way is NotificationWay.AT_ONCE and notice.at > at - LATE
        (at_once[notice.report_id] if fresh else rest).append(notice)
    return [*at_once.values(), *([rest] if rest else [])]


def _write(site: MailSite, person: Person, told: list[Notice], reports: dict[int, Report], at: datetime) -> None:
    if person.email is None:
        return
    shown = told[-MOST_TOLD:]
    grouped: defaultdict[int, list[dict[str, str]]] = defaultdict(list)
    for notice in shown:
        grouped[notice.report_id].append({"sentence": notice.sentence, "link": site.link(notice.place)})
    values = {
        "name": person.name,
        "subject": _subject(told, reports),
        "intro": _intro(len(told), len(shown)),
        "groups": [{"title": _title(reports[report_id]), "notices": notices} for report_id, notices in grouped.items()],
        "settings": site.link(PREFERENCES),
        "organisation": site.organisation,
    }
    outbox.queue(
        person.email,
        _subject(told, reports),
        _templates().get_template("mail/letter.txt").render(values),
        _templates().get_template("mail/letter.html").render(values),
        domain=site.domain,
        at=at,
        person_id=person.id,
    )


def _subject(told: list[Notice], reports: dict[int, Report]) -> str:
    """Territory and campaign, and the one thing or how many there are; what asks to act comes first."""
    about = {notice.report_id for notice in told}
    if len(about) > 1:
        return french(f"Sɛbɛn : {len(told)} nouvelles de {len(about)} rapports")
    first = next((notice for notice in told if notice.asks), told[0])
    others = len({notice.headline for notice in told} - {first.headline})
    more = f" (et {others} autre{'s' if others > 1 else ''} nouvelle{'s' if others > 1 else ''})" if others else ""
    return french(f"{_title(reports[first.report_id])} : {first.headline}{more}")


def _title(report: Report) -> str:
    return f"{report.workshop.territory.name} – {report.workshop.campaign.name}"


def _intro(count: int, shown: int) -> str:
    if count == 1:
        return ""
    kept = f" Les {shown} dernières sont ici, les autres dans l’application." if shown < count else ""
    return french(f"Voici {count} nouvelles.{kept}")


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=select_autoescape(["html"]),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )

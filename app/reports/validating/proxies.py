"""Proxies: a member of the commission names another, who votes on one report in the member's name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from app.db import db, now
from app.directory.models import Person
from app.reports import steps
from app.reports.access import roll
from app.reports.models.ballot import Proxy
from app.reports.models.report import Report

NOT_SEATED = (
    "Vous n’êtes pas sur la liste des votants de cette lecture : elle a été arrêtée à son ouverture. "
    "Vous pouvez lire, observer et amender."
)
ALREADY_HOLDS = "{name} détient déjà la procuration d’un autre membre : on n’en porte qu’une."


def of_report(report: Report) -> Sequence[Proxy]:
    """The proxies that have been given and not taken back, with both persons: one query."""
    return db.session.scalars(
        select(Proxy)
        .where(Proxy.report_id == report.id, Proxy.ended_at.is_(None))
        .options(*(joinedload(each).lazyload(Person.grants) for each in (Proxy.giver, Proxy.holder)))
        .order_by(Proxy.id)
    ).all()


def effective(given: Iterable[Proxy], seated: Collection[int]) -> list[Proxy]:
    """Those of which both persons still sit, and are on the roll: the others let nobody vote."""
    return [proxy for proxy in given if {proxy.giver_id, proxy.holder_id} <= set(seated)]


def name(report: Report, giver: Person, holder: Person) -> Proxy:
    """Give one's proxy for this report to another member; an earlier one is taken back, the same one changes nothing.

    Raises `steps.NotReady` where one of the two may not, and what `steps.take` raises.
    """
    seated = roll.sitting(report)
    given = of_report(report)
    before = next((proxy for proxy in given if proxy.giver_id == giver.id), None)
    if before and before.holder_id == holder.id and holder.id in seated:
        return before
    proxy = Proxy(report_id=report.id, giver_id=giver.id, holder_id=holder.id)

    def effect() -> dict[str, Any]:
        _require_fit(giver, holder, effective(given, seated), seated)
        proxy.at = now()
        if before:
            before.ended_at = proxy.at
            db.session.flush()  # the index knows one proxy a member
        db.session.add(proxy)
        return {"giver": giver.id, "holder": holder.id, "instead_of": before.holder_id if before else None}

    steps.take("name_proxy", report, giver, effect)
    return proxy


def _require_fit(giver: Person, holder: Person, given: Sequence[Proxy], seated: Collection[int]) -> None:
    if giver.id not in seated:
        raise steps.NotReady(NOT_SEATED)
    if holder.id == giver.id or holder.id not in seated:
        raise steps.NotReady("Choisissez un autre membre de la commission.")
    others = [proxy for proxy in given if proxy.giver_id != giver.id]
    if any(proxy.holder_id == holder.id for proxy in others):
        raise steps.NotReady(ALREADY_HOLDS.format(name=holder.name))
    if any(proxy.giver_id == holder.id for proxy in others):
        raise steps.NotReady(f"{holder.name} a donné sa propre procuration : choisissez un membre qui votera lui-même.")
    if held := next((proxy for proxy in others if proxy.holder_id == giver.id), None):
        raise steps.NotReady(
            f"Vous portez la procuration de {held.giver.name} : il faut qu’elle vous soit reprise avant de donner la vôtre."
        )


def end(report: Report, giver: Person) -> Proxy | None:
    """Take one's proxy back; what was voted by it stays until one votes oneself. Without a proxy nothing changes."""
    proxy = given_by(report, giver)
    if proxy is None:
        return None

    def effect() -> dict[str, Any]:
        proxy.ended_at = now()
        return {"giver": giver.id, "holder": proxy.holder_id}

    steps.take("end_proxy", report, giver, effect)
    return proxy


def given_by(report: Report, giver: Person) -> Proxy | None:
    """The proxy that this member has given and not taken back."""
    query = select(Proxy).where(Proxy.report_id == report.id, Proxy.giver_id == giver.id, Proxy.ended_at.is_(None))
    return db.session.scalar(query)


def giver(report: Report, holder: Person, giver_id: int) -> Person:
    """The member of that identifier, whose proxy this person holds. Raises `steps.NotReady` where there is no such proxy."""
    for proxy in of_report(report):
        if (proxy.giver_id, proxy.holder_id) == (giver_id, holder.id):
            return proxy.giver
    raise steps.NotReady("Cette procuration ne vous est pas donnée, ou vous a été reprise : rechargez la page.")

"""The minutes' first part: the commission and its rules, and how the readings went, from the log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import orjson
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.db import db
from app.directory.models import Commission
from app.documents.tree import Items, Marker, Node, Spans
from app.reports.access.roll import Roll
from app.reports.consistency import acknowledged
from app.reports.minutes.phrases import day, line, moment, names, quoted
from app.reports.models.ballot import Votes
from app.reports.models.report import Report
from app.reports.notifications.asked import changed_since
from app.reports.text import masthead
from app.workflow import Facts, plural

TOLD = ("transmit", "extend", "renew_masthead", "return_to_rapporteur", "validate", "refuse")


def rules(report: Report, commission: Commission | None, roll: Roll | None, facts: Facts) -> Iterator[Node]:
    """What was read, by which commission, and by which rules it votes."""
    front = masthead.of(report)
    majority = f"{facts.majority.label.removeprefix('Majorité ')} ({facts.majority.sentence.rstrip('.')})"
    casting = " ; à égalité, la voix du président décide" if roll and roll.casting else ""
    members = plural(facts.members, "membre", "membres")
    yield Items(
        Marker.DASH,
        (
            line(
                "Rencontre",
                ", ".join([*dict.fromkeys((report.workshop.territory.name, front.place)), f"le {day(front.held_on)}"]),
            ),
            line("Commission", f"{commission.name}, {members}" if commission else "aucune"),
            line("Quorum", plural(facts.quorum, "vote", "votes")),
            line("Majorité", majority + casting),
        ),
    )


def happened(report: Report) -> Iterator[Node]:
    """Each time the text came to the commission and left it, and each time its reading was given longer."""
    rows = db.session.execute(
        select(AuditEvent.at, AuditEvent.actor_id, AuditEvent.act, AuditEvent.body)
        .where(AuditEvent.stream == f"report:{report.id}", AuditEvent.act.in_(TOLD))
        .order_by(AuditEvent.seq)
    ).all()
    people = names(row.actor_id for row in rows)
    items = tuple(_told(row, people[row.actor_id], orjson.loads(row.body)["facts"]) for row in rows)
    yield Items(Marker.DASH, items)


def _told(row: Any, who: str, facts: Mapping[str, Any]) -> Spans:
    told = (_ACTS[row.act](who, facts), acknowledged.told(facts, quoted))
    return line(moment(row.at), " ".join(filter(None, told)))


def _transmitted(who: str, facts: Mapping[str, Any]) -> str:
    told = f"lecture n° {facts['reading']}, transmise par {who}, à rendre pour le {_day(facts['deadline'])}"
    if facts.get("carried"):
        told += f" ; {plural(len(facts['carried']), 'vote reste acquis', 'votes restent acquis')}"
    if facts.get("to_confirm"):
        told += f" ; {plural(len(facts['to_confirm']), 'vote à confirmer', 'votes à confirmer')}"
    if facts.get("bounded"):
        told += f" : {changed_since(facts['bounded'])}"
    return told + "."


def _extended(who: str, facts: Mapping[str, Any]) -> str:
    told = f"lecture prolongée par {who} jusqu’au {_day(facts['deadline'])}"
    if facts["deadline"] == facts["before"]:
        told = f"{who} a réglé ce qui arrive après la date limite"
    if facts.get("late"):
        told += " ; amendements et votes sont reçus aussi après cette date"
    return f"{told}. Motif : {quoted(facts['reason'])}."


def _headed(who: str, facts: Mapping[str, Any]) -> str:
    votes = plural(len(facts["reopened"]), "vote à confirmer", "votes à confirmer")
    return f"{who} {masthead.reworded(facts, quoted)} ; {votes}."


def _returned(who: str, facts: Mapping[str, Any]) -> str:
    votes = Votes(facts["votes"]).label
    return f"renvoyée au rapporteur par {who}. Motif : {quoted(facts['reason'])}. Les votes donnés {votes}."


def _validated(who: str, facts: Mapping[str, Any]) -> str:
    return f"rapport validé par {who}."


def _refused(who: str, facts: Mapping[str, Any]) -> str:
    return f"signature refusée par {who}, lecture rouverte. Motif : {quoted(facts['reason'])}."


_ACTS = {
    "transmit": _transmitted,
    "extend": _extended,
    "renew_masthead": _headed,
    "return_to_rapporteur": _returned,
    "validate": _validated,
    "refuse": _refused,
}


def _day(iso: str) -> str:
    return day(date.fromisoformat(iso))

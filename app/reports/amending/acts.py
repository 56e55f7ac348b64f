"""Amending: the commission reads, proposes new wordings one change at a time, and its president decides them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from app import template
from app.audit.models import AuditEvent
from app.content import changes
from app.content.blocks import Content
from app.content.canonical import check, check_text, digest
from app.db import db, now
from app.directory.models import Person
from app.reports import deadline, steps
from app.reports.amending.adopting import adopt, adopt_formal, follow_opinion
from app.reports.amending.deciding import (
    Settlement,
    close,
    defer,
    lapse,
    numbered,
    reject,
    reopen_ballots,
    require_undecided,
)
from app.reports.models.ballot import ReadMark
from app.reports.models.report import Amendment, AmendmentState, Opinion, Report
from app.reports.text import revisions

__all__ = [
    "MOST_CHANGES",
    "Settlement",
    "adopt",
    "adopt_formal",
    "amend",
    "defer",
    "follow_opinion",
    "lapse",
    "mark_read",
    "numbered",
    "opine",
    "reject",
    "reopen_ballots",
    "withdraw",
]

MOST_CHANGES = 200
"""Amendments filed at one sitting: more could neither be read nor be decided."""


def mark_read(report: Report, person: Person) -> None:
    """Note that this member has read the text as it stands; a second time changes nothing."""
    mark = db.session.scalar(
        select(ReadMark).where(
            ReadMark.report_id == report.id, ReadMark.reading == report.reading, ReadMark.person_id == person.id
        )
    )
    if mark is not None and mark.text_hash == report.text_hash:
        return

    def effect() -> dict[str, Any]:
        row = mark or ReadMark(report_id=report.id, reading=report.reading, person_id=person.id)
        row.text_hash, row.at = report.text_hash, now()
        db.session.add(row)
        return {"reading": report.reading, "text_hash": report.text_hash}

    steps.take("mark_read", report, person, effect)


def amend(
    report: Report,
    key: str,
    base: int,
    content: Content,
    reason: str,
    person: Person,
    *,
    formal: bool = False,
    comment: int | None = None,
) -> list[Amendment]:
    """Propose a new wording of a part, written on its revision `base`: an amendment for each change, in reading order.

    `formal`: they touch the form alone; `comment`: the number of the observation they grew out of. One that the text has
    overtaken since its base begins "à revoir". Raises `steps.NotReady` when no word was changed or too many were,
    `content.canonical.TooLong`, LookupError for a revision that is none, and what `steps.take` raises.
    """
    if key not in template.BY_KEY:
        raise steps.NotReady("Cette partie n’existe plus dans le rapport : votre amendement n’a pas d’objet.")
    part = revisions.part_of(report, key)
    origin = revisions.revision_of(part, base)
    if origin.erased:
        raise steps.NotReady(
            "Le texte que vous amendez a été effacé depuis (données personnelles) : repartez du texte actuel."
        )
    check(content)
    check_text(reason, "reason")
    proposed = changes.cut(origin.content, content)
    if not proposed:
        raise steps.NotReady("Vous n’avez rien changé : modifiez le texte pour proposer un amendement.")
    if len(proposed) > MOST_CHANGES:
        raise steps.NotReady(
            f"Vous avez fait {len(proposed)} modifications ; un dépôt en compte {MOST_CHANGES} au plus. "
            "Déposez-les en plusieurs fois."
        )
    current = origin.content if base == part.number else revisions.current(part).content
    first = report.amendment_count + 1
    filed = [
        Amendment(
            report_id=report.id,
            part_key=key,
            number=number,
            deposit=first,
            base=base,
            change_json=change.canonical.decode("utf-8"),
            formal=formal,
            comment=comment,
            reason=reason.strip(),
            author_id=person.id,
            at=now(),
            state=AmendmentState.REVIEW if changes.overtaken(change, current) else AmendmentState.OPEN,
        )
        for number, change in enumerate(proposed, first)
    ]
    for amendment in filed:
        steps.take("amend", report, person, _filing(report, amendment), reason=reason)
    return filed


def _filing(report: Report, amendment: Amendment) -> Callable[[], dict[str, Any]]:
    def effect() -> dict[str, Any]:
        deadline.require_in_time(report)
        report.amendment_count = amendment.number
        db.session.add(amendment)
        return {
            "amendment": amendment.number,
            "part": amendment.part_key,
            "base": amendment.base,
            "hash": digest(amendment.change_json.encode("utf-8")),
            "deposit": amendment.deposit,
            "formal": amendment.formal,
            "state": amendment.state.value,
            **({"comment": amendment.comment} if amendment.comment else {}),
        }

    return effect


def opine(report: Report, amendment: Amendment, opinion: Opinion, text: str, person: Person) -> AuditEvent:
    """Give the rapporteur's opinion on an amendment still to be decided; a later one takes its place."""
    check_text(text, "text")

    def effect() -> dict[str, Any]:
        require_undecided(amendment)
        amendment.opinion, amendment.opinion_text, amendment.opinion_by_id = opinion, text.strip(), person.id
        return {"amendment": amendment.number, "opinion": opinion.value, "text": text.strip()}

    return steps.take("opine", report, person, effect, amendment=amendment)


def withdraw(report: Report, amendment: Amendment, person: Person) -> AuditEvent:
    """Take back one's own amendment while it is still to be decided."""
    return close(report, amendment, person, "withdraw", AmendmentState.WITHDRAWN)

"""Commenting: an observation on a part or a passage of it, answers to it, and its thread settled or opened again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from app import workflow
from app.audit.models import AuditEvent
from app.content import passages
from app.content.canonical import clean, digest
from app.db import db, now
from app.directory.models import Person
from app.reports import steps
from app.reports.access import situation
from app.reports.comments import mentions
from app.reports.comments.threads import read_part
from app.reports.models.report import Comment, Report, ReportPart
from app.reports.text import revisions

LONGEST = 5_000
"""Characters of one observation."""


class AlreadySo(steps.WrongStage):
    """The thread is already settled, or already open."""


def comment(
    report: Report,
    person: Person,
    key: str,
    text: str,
    *,
    block_id: str = "",
    quote: str = "",
    thread: int | None = None,
    mention: int | None = None,
) -> Comment:
    """Add an observation on the part `key`, or an answer to the thread `thread`.

    With a block it is about that passage, or the words `quote` of it; words without a block are looked for in the part.
    An answer stands on its thread's part, takes no passage, and reopens a settled thread: nobody would read it there.
    `mention` is the id of whom it calls upon; without it, the first person named with "@" in the text is.

    Raises `steps.NotReady` for a text that is empty or too long, a passage that is not there (or in several places) and a
    person without a part in the report; LookupError for an unknown part or thread; and what `steps.take` raises.
    """
    first = first_of(report, thread) if thread is not None else None
    part = revisions.part_of(report, first.part_key if first else key)
    text = _checked(text)
    called = _called(report, person, text, mention)
    block_id, quote = ("", "") if first else _passage(part, block_id, quote)
    row = Comment(
        report_id=report.id,
        number=report.comment_count + 1,
        thread=first.number if first else report.comment_count + 1,
        part_key=part.key,
        revision=part.number,
        block_id=block_id,
        quote=quote,
        text=text,
        author_id=person.id,
        author_role=workflow.role_for(workflow.BY_KEY["comment"], situation.hands(report, person)) or "",
        at=now(),
        mention_id=called.id if called else None,
    )

    def effect() -> dict[str, Any]:
        report.comment_count = row.number
        db.session.add(row)
        reopened = first is not None and _reopened(first)
        return {**_told(row), "reopened": reopened}

    steps.take("comment", report, person, effect)
    return row


def _checked(text: str) -> str:
    text = clean(text).strip()
    if not text:
        raise steps.NotReady("Écrivez votre observation\u00a0: elle est vide.")
    if len(text) > LONGEST:
        found, most = (f"{figure:,}".replace(",", "\u202f") for figure in (len(text), LONGEST))
        raise steps.NotReady(f"Cette observation compte {found} caractères\u202f; elle peut en compter {most}.")
    return text


def _called(report: Report, person: Person, text: str, mention: int | None) -> Person | None:
    if mention is None and "@" not in text:
        return None
    people = mentions.mentionable(report, person)
    if mention is None:
        return mentions.named(text, people)
    called = next((each for each in people if each.id == mention), None)
    if called is None:
        raise steps.NotReady("La personne choisie n’a pas de part à ce rapport\u00a0: choisissez-en une autre.")
    return called


def _passage(part: ReportPart, block_id: str, quote: str) -> tuple[str, str]:
    """The passage as it is kept: its block, and the words pointed at, which are the whole block's where none were."""
    quote = passages.one_line(quote)
    if not block_id and not quote:
        return "", ""
    read = read_part(revisions.current(part).content_json)
    found = [block_id] if block_id else passages.picked_from(quote, read)
    if len(found) > 1:
        raise steps.NotReady("Ces mots se trouvent à plusieurs endroits de la partie\u00a0: choisissez le passage.")
    texts = read.get(found[0], ()) if found else ()
    if not texts or (quote and not passages.picked(quote, texts)):
        raise steps.NotReady("Ce passage n’est plus dans le texte\u00a0: choisissez-en un autre, ou toute la partie.")
    return found[0], quote or texts[-1]


def _told(row: Comment) -> dict[str, Any]:
    """What the log keeps of an observation; of its words, what proves them."""
    return {
        "comment": row.number,
        "thread": row.thread,
        "part": row.part_key,
        "revision": row.revision,
        "block": row.block_id,
        "quote": digest(row.quote.encode("utf-8")),
        "text": digest(row.text.encode("utf-8")),
        "mention": row.mention_id,
    }


def resolve(report: Report, number: int, person: Person) -> AuditEvent:
    """Settle the thread that the observation `number` opened. Raises LookupError, `AlreadySo`, what `steps.take` raises."""

    def settle(first: Comment) -> None:
        if first.resolved_at is not None:
            raise AlreadySo(f"L’observation n° {number} est déjà réglée. Rechargez la page pour voir par qui.")
        first.resolved_by_id, first.resolved_at = person.id, now()

    return _turn("resolve", report, number, person, settle)


def reopen(report: Report, number: int, person: Person) -> AuditEvent:
    """Open a settled thread again. Raises LookupError, `AlreadySo`, and what `steps.take` raises."""

    def open_again(first: Comment) -> None:
        if not _reopened(first):
            raise AlreadySo(f"L’observation n° {number} est déjà ouverte. Rechargez la page.")

    return _turn("reopen", report, number, person, open_again)


def _turn(act: str, report: Report, number: int, person: Person, change: Callable[[Comment], None]) -> AuditEvent:
    first = first_of(report, number)

    def effect() -> dict[str, Any]:
        change(first)
        return {"comment": number, "thread": number}

    return steps.take(act, report, person, effect)


def _reopened(first: Comment) -> bool:
    was_settled = first.resolved_at is not None
    first.resolved_by_id = first.resolved_at = None
    return was_settled


def first_of(report: Report, number: int) -> Comment:
    """The observation of that number which opened a thread. Raises LookupError where there is none."""
    if number > report.comment_count:
        raise LookupError(number)
    first = db.session.scalar(
        select(Comment)
        .where(Comment.report_id == report.id, Comment.number == number, Comment.thread == number)
        .execution_options(populate_existing=True)
    )
    if first is None:
        raise LookupError(number)
    return first

"""Amending: the commission reads, proposes new wordings, and its president decides them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app import workflow
from app.audit.models import AuditEvent
from app.content.blocks import Content
from app.content.canonical import check, content_bytes, content_hash
from app.content.merge import Merged, merge
from app.db import db, now
from app.people.models import Person
from app.reports import revisions, standing, steps
from app.reports.editing import Collision
from app.reports.models import (
    Amendment,
    AmendmentState,
    Ballot,
    Opinion,
    Origin,
    ReadMark,
    Report,
    ReportPart,
)


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


def amend(report: Report, key: str, base: int, content: Content, reason: str, person: Person) -> Amendment:
    """Propose a new wording of a part, written on its revision `base`.

    Raises `steps.NotReady` when nothing was changed, `content.canonical.TooLong`, LookupError, and what `steps.take` raises.
    """
    part = revisions.part_of(report, key)
    origin = revisions.revision_of(part, base)
    check(content)
    if content_hash(content) == origin.hash:
        raise steps.NotReady("Vous n’avez rien changé : modifiez le texte pour proposer un amendement.")
    amendment = Amendment(
        report_id=report.id,
        part_key=key,
        number=report.amendment_count + 1,
        base=base,
        content_json=content_bytes(content).decode("utf-8"),
        reason=reason.strip(),
        author_id=person.id,
        at=now(),
        state=AmendmentState.OPEN,
    )

    def effect() -> dict[str, Any]:
        report.amendment_count = amendment.number
        db.session.add(amendment)
        return {"amendment": amendment.number, "part": key, "base": base, "hash": content_hash(content)}

    steps.take("amend", report, person, effect, reason=reason)
    return amendment


def numbered(report: Report, number: int) -> Amendment:
    """The report's amendment of that number. Raises LookupError where there is none."""
    amendment = db.session.scalar(
        select(Amendment)
        .where(Amendment.report_id == report.id, Amendment.number == number)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if amendment is None:
        raise LookupError(number)
    return amendment


def opine(report: Report, amendment: Amendment, opinion: Opinion, text: str, person: Person) -> AuditEvent:
    """Give the rapporteur's opinion on an open amendment; a later one takes its place."""

    def effect() -> dict[str, Any]:
        _want_open(amendment)
        amendment.opinion, amendment.opinion_text, amendment.opinion_by_id = opinion, text.strip(), person.id
        return {"amendment": amendment.number, "opinion": opinion.value, "text": text.strip()}

    return steps.take("opine", report, person, effect)


def withdraw(report: Report, amendment: Amendment, person: Person) -> AuditEvent:
    """Take back one's own open amendment."""
    return _close(report, amendment, person, "withdraw", AmendmentState.WITHDRAWN)


def reject(report: Report, amendment: Amendment, person: Person, reason: str) -> AuditEvent:
    """Reject an open amendment, saying why."""
    return _close(report, amendment, person, "reject", AmendmentState.REJECTED, reason)


def lapse(report: Report, amendment: Amendment, person: Person) -> AuditEvent:
    """Note that an open amendment's passage is gone. Raises `steps.NotReady` while it is still there."""
    if not passage_gone(report, amendment):
        raise steps.NotReady("Le passage visé existe encore : adoptez ou rejetez cet amendement.")
    return _close(report, amendment, person, "lapse", AmendmentState.LAPSED)


def passage_gone(report: Report, amendment: Amendment) -> bool:
    """Whether all the blocks that the amendment rewords have left the text."""
    part = revisions.part_of(report, amendment.part_key)
    base = {block.id: block for block in revisions.revision_of(part, amendment.base).content}
    reworded = {block.id for block in amendment.content if block.id in base and block != base[block.id]}
    present = {block.id for block in revisions.current(part).content}
    return bool(reworded) and not reworded & present


def adopt(
    report: Report, amendment: Amendment, person: Person, by_hand: tuple[int, Content] | None = None
) -> AuditEvent:
    """Adopt an open amendment: its words are merged into the text as a revision by its author.

    `by_hand` is the wording settled by the president after a collision, with the revision it was settled on. Raises
    `editing.Collision` where the words collide with what has changed since, and what `steps.take` raises.
    """
    part = revisions.part_of(report, amendment.part_key)
    steps.admit(["adopt"], report, person)
    before = revisions.current(part)

    def effect() -> dict[str, Any]:
        _want_open(amendment)
        result = _wording(part, amendment, by_hand)
        if result.clashes:
            raise Collision(part, result)
        author = db.session.get_one(Person, amendment.author_id)
        revision = revisions.write(
            part,
            result.content,
            author,
            workflow.role_for(workflow.BY_KEY["amend"], standing.hands(report, author)) or "member",
            Origin.AMENDMENT,
            parent=before,
            amendment=amendment,
            adopted_by=person,
            merged=amendment.base != before.number,
        )
        _decide(amendment, AmendmentState.ADOPTED, person)
        text_before, text_hash = report.text_hash, revisions.seal_text(report)
        return {
            "amendment": amendment.number,
            "part": part.key,
            "number": revision.number,
            "parent": before.number,
            **revisions.fingerprints(revision),
            "text_hash": text_hash,
            "by_hand": by_hand is not None,
            "reopened": reopen_ballots(report) if text_hash != text_before else [],
        }

    return steps.take("adopt", report, person, effect, amendment=amendment)


def _wording(part: ReportPart, amendment: Amendment, by_hand: tuple[int, Content] | None) -> Merged:
    current = revisions.current(part).content
    if by_hand is None:
        return merge(revisions.revision_of(part, amendment.base).content, amendment.content, current)
    base, content = by_hand
    return merge(revisions.revision_of(part, base).content, content, current)


def reopen_ballots(report: Report) -> list[int]:
    """The ballots of this reading no longer stand: the text they were given on has changed. Answers with whose."""
    ballots = db.session.scalars(
        select(Ballot)
        .where(Ballot.report_id == report.id, Ballot.reading == report.reading, Ballot.stands.is_(True))
        .order_by(Ballot.person_id)
    ).all()
    for ballot in ballots:
        ballot.stands = False
    return [ballot.person_id for ballot in ballots]


def _close(
    report: Report, amendment: Amendment, person: Person, act: str, state: AmendmentState, reason: str = ""
) -> AuditEvent:
    def effect() -> dict[str, Any]:
        _want_open(amendment)
        _decide(amendment, state, person, reason)
        return {"amendment": amendment.number}

    return steps.take(act, report, person, effect, reason=reason, amendment=amendment)


def _decide(amendment: Amendment, state: AmendmentState, person: Person, reason: str = "") -> None:
    amendment.state, amendment.decided_by_id, amendment.decided_at = state, person.id, now()
    amendment.decision_reason = reason.strip()


def _want_open(amendment: Amendment) -> None:
    if amendment.state is not AmendmentState.OPEN:
        raise steps.WrongStage(
            f"L’amendement n° {amendment.number} est déjà clos ({amendment.state.label.lower()}). Rechargez la page."
        )

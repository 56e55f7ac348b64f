"""Sending the text back to the rapporteur: what is asked for, and what becomes of the votes given on it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import lazyload

from app import template
from app.content.binding import binding
from app.content.blocks import Content
from app.content.canonical import as_read, canonical, digest
from app.db import db, now
from app.directory.models import Person
from app.reports import steps
from app.reports.models.ballot import Ballot, Votes
from app.reports.models.report import Comment, Report
from app.reports.text import revisions
from app.reports.text.revisions import MASTHEAD

RECOMMENDED = ("recommendations", "follow_up")
"""The parts of which every word binds who voted."""


@dataclass(frozen=True, slots=True)
class Return:
    """What was asked for when the text was last sent back: parts by their keys, observations by their numbers."""

    by: Person
    at: datetime
    reason: str
    parts: Sequence[str]
    comments: Sequence[int]
    votes: Votes


def write(
    report: Report, person: Person, reason: str, parts: Iterable[str], comments: Collection[int], votes: Votes
) -> dict[str, Any]:
    """Keep on the report what is asked for; answers with the facts for the log.

    Raises `steps.NotReady` for a part that is none, and for an observation that is none or was settled meanwhile.
    """
    named = set(parts)
    keys = [part.key for part in template.STORED if part.key in named]
    if len(keys) != len(named):
        raise steps.NotReady("Choisissez des parties du rapport.")
    numbers = sorted(set(comments))
    if numbers and (gone := set(numbers) - set(_open(report, numbers))):
        raise steps.NotReady(f"L’observation n° {min(gone)} n’est plus ouverte : choisissez de nouveau.")
    asked = {
        "reading": report.reading,
        "text_hash": report.text_hash,
        "parts": keys,
        "comments": numbers,
        "votes": votes.value,
    }
    asked_beside = {"numbers": revisions.numbers(report), "masthead": report.masthead_json}
    kept = canonical({**asked, **asked_beside, "by": person.id, "at": now().isoformat(), "reason": reason.strip()})
    report.return_json = kept.decode("utf-8")
    return {**asked, "hash": digest(kept)}


def _open(report: Report, numbers: Sequence[int]) -> Sequence[int]:
    """Those of these numbers that begin a thread which is not settled."""
    return db.session.scalars(
        select(Comment.number).where(
            Comment.report_id == report.id,
            Comment.number.in_(numbers),
            Comment.number == Comment.thread,
            Comment.resolved_at.is_(None),
        )
    ).all()


def last(report: Report) -> Return | None:
    """What was asked for when the text was last sent back, in one query; None where it never was."""
    if not report.return_json:
        return None
    kept = orjson.loads(report.return_json)
    return Return(
        by=db.session.get_one(Person, kept["by"], options=[lazyload(Person.grants)]),
        at=datetime.fromisoformat(kept["at"]),
        reason=kept["reason"],
        parts=kept["parts"],
        comments=kept["comments"],
        votes=Votes(kept["votes"]),
    )


def carry_ballots(report: Report) -> dict[str, Any]:
    """Into the reading that begins, the votes of the one before, as was said when the text was sent back.

    A vote that was standing stands again, or waits to be confirmed; one that waited still does. Each keeps its moment and
    the hash of the text it was given on. Answers with the facts for the log.
    """
    kept = orjson.loads(report.return_json) if report.return_json else None
    if kept is None or kept["votes"] == Votes.FALL:
        return {}
    alike, bounded = _alike(report, kept), _bounded(report, kept)
    stand = kept["votes"] == Votes.STAND and not bounded
    stand = stand or kept["text_hash"] == report.text_hash or bool(alike)
    before = db.session.scalars(
        select(Ballot)
        .where(Ballot.report_id == report.id, Ballot.reading == report.reading - 1)
        .order_by(Ballot.person_id)
    ).all()
    carried = [_again(ballot, report.reading, stand) for ballot in before]
    db.session.add_all(carried)
    return {
        "carried": [ballot.person_id for ballot in carried if ballot.stands],
        "to_confirm": [ballot.person_id for ballot in carried if not ballot.stands],
        **({"alike": sorted(alike)} if alike else {}),
        **({"bounded": sorted(bounded)} if bounded else {}),
    }


def _alike(report: Report, kept: Mapping[str, Any]) -> set[str]:
    """The parts that were saved since the text was sent back and read as they did; none where one reads otherwise.

    A list that was edited and put back, or other blanks between two words, are no other text: no vote falls for them.
    """
    then, now_at = kept.get("numbers", {}), revisions.numbers(report)
    if kept["votes"] != Votes.UNTOUCHED or kept["text_hash"] == report.text_hash or not then:
        return set()
    changed = {key for key in now_at if now_at[key] != then.get(key)}
    if kept["masthead"] != report.masthead_json or not changed <= then.keys():
        return set()
    texts = revisions.texts_at(report, {(key, at[key]) for key in changed for at in (then, now_at)})
    pairs = ((texts.get((key, then[key])), texts.get((key, now_at[key]))) for key in changed)
    same = all(old is not None and new is not None and as_read(old) == as_read(new) for old, new in pairs)
    return changed if same else set()


def _bounded(report: Report, kept: Mapping[str, Any]) -> set[str]:
    """The parts in which a recommendation, a figure, a date or a name has changed since the text was sent back.

    Whatever was chosen, nobody's voice stands for them; the masthead is one of them. Erased texts bind nobody.
    """
    then, now_at = kept.get("numbers", {}), revisions.numbers(report)
    if kept["votes"] != Votes.STAND or kept["text_hash"] == report.text_hash or not then:
        return set()
    changed = {key for key in now_at if now_at[key] != then.get(key)}
    texts = revisions.texts_at(report, {(key, at[key]) for key in changed for at in (then, now_at) if key in at})
    found = {
        key for key in changed if _binds(key, texts.get((key, then.get(key, 0)), ()), texts.get((key, now_at[key]), ()))
    }
    return found | ({MASTHEAD} if kept["masthead"] != report.masthead_json else set())


def _binds(key: str, old: Content, new: Content) -> bool:
    return as_read(old) != as_read(new) if key in RECOMMENDED else binding(old) != binding(new)


def _again(ballot: Ballot, reading: int, stand: bool) -> Ballot:
    return Ballot(
        report_id=ballot.report_id,
        reading=reading,
        person_id=ballot.person_id,
        cast_by_id=ballot.cast_by_id,
        choice=ballot.choice,
        reason=ballot.reason,
        text_hash=ballot.text_hash,
        at=ballot.at,
        stands=ballot.stands and stand,
    )

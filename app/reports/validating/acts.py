"""Validating: the commission votes, its president closes the reading or sends the text back."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.audit.models import AuditEvent, ChainHead
from app.content.canonical import check_text
from app.db import db, now
from app.directory.models import Person
from app.documents.store import Store
from app.reports import deadline, steps
from app.reports.access import roll, situation
from app.reports.models.ballot import Ballot, Choice, Votes
from app.reports.models.report import Report
from app.reports.rectification import statement
from app.reports.text import masthead
from app.reports.validating import proxies, returns

CHANGED = "Le texte a changé pendant que vous le lisiez : voyez ce qui a changé, puis votez."


class OutdatedMinutes(Exception):
    """The minutes were set before the last event of the report's log: they do not tell all of it."""


@dataclass(frozen=True, slots=True)
class Minutes:
    """The minutes of the reading as a PDF, set when the report's log ended at event `seq`, to be kept in `store`."""

    pdf: bytes
    seq: int
    store: Store


def vote(
    report: Report,
    person: Person,
    choice: Choice,
    reason: str = "",
    *,
    on_behalf_of: Person | None = None,
    seen: str = "",
) -> Ballot:
    """Vote on the text as it stands, or change one's vote; the same vote again changes nothing.

    `on_behalf_of` names the member whose proxy the person holds; voting oneself ends the proxy one has given. `seen` is
    the hash of the text that was on the screen, where it is known. Raises `steps.NotReady` for an objection without a
    reason, another text than the one seen, no seat or no proxy; `content.canonical.TooLong`; and what `steps.take` raises.
    """
    reason = reason.strip()
    voter = on_behalf_of or person
    by_proxy = voter.id != person.id
    _require_fit(report, choice, reason, seen)
    ballot = ballot_of(report, voter)
    if ballot and _says(ballot, report, choice, reason, person.id if by_proxy else None):
        steps.admit(["vote"], report, person)
        return ballot
    voice = ballot or Ballot(report_id=report.id, reading=report.reading, person_id=voter.id)

    def effect() -> dict[str, Any]:
        _require_seat(report, person, voter)
        if ballot is None or (ballot.choice, ballot.reason) != (
            choice,
            reason,
        ):  # to confirm a vote is not to vote late
            deadline.require_in_time(report)
        told = _by_proxy(report, person, voter, ballot) if by_proxy else _by_oneself(report, person)
        voice.cast_by_id = person.id if by_proxy else None
        voice.choice, voice.reason, voice.text_hash = choice, reason, report.text_hash
        voice.at, voice.stands = now(), True
        db.session.add(voice)
        return {"reading": report.reading, "choice": choice.value, "text_hash": report.text_hash, **told}

    steps.take("vote", report, person, effect, reason=reason)
    return voice


def _require_fit(report: Report, choice: Choice, reason: str, seen: str) -> None:
    if choice is Choice.OBJECT and not reason:
        raise steps.NotReady("Indiquez le motif de votre opposition : il guide la suite des travaux.")
    check_text(reason, "reason")
    if seen and seen != report.text_hash:
        raise steps.NotReady(CHANGED)


def _says(ballot: Ballot, report: Report, choice: Choice, reason: str, cast_by_id: int | None) -> bool:
    """Whether the ballot says just that already, of the text as it stands."""
    given = (ballot.choice, ballot.reason, ballot.cast_by_id, ballot.text_hash, ballot.stands)
    return given == (choice, reason, cast_by_id, report.text_hash, True)


def _require_seat(report: Report, person: Person, voter: Person) -> None:
    seated = roll.sitting(report)
    if person.id not in seated:
        raise steps.NotReady(proxies.NOT_SEATED)
    if voter.id not in seated:
        raise steps.NotReady(f"{voter.name} ne siège plus à la commission : sa procuration ne vaut plus.")


def _by_proxy(report: Report, person: Person, voter: Person, ballot: Ballot | None) -> dict[str, Any]:
    proxy = proxies.given_by(report, voter)
    if proxy is None or proxy.holder_id != person.id:
        raise steps.NotReady(f"{voter.name} ne vous a pas donné procuration, ou l’a reprise : rechargez la page.")
    if ballot and ballot.stands and ballot.cast_by_id is None:
        raise steps.NotReady(f"{voter.name} a voté personnellement : son propre vote prime.")
    return {"for": voter.id}


def _by_oneself(report: Report, person: Person) -> dict[str, Any]:
    proxy = proxies.given_by(report, person)
    if proxy is None:
        return {}
    proxy.ended_at = now()
    return {"proxy_ended": proxy.holder_id}


def confirm(report: Report, person: Person, *, on_behalf_of: Person | None = None, seen: str = "") -> Ballot:
    """Give the vote given earlier in this reading again, of the text as it stands. Raises as `vote` does."""
    ballot = ballot_of(report, on_behalf_of or person)
    if ballot is None:
        raise steps.NotReady("Il n’y a pas encore de vote à confirmer : choisissez-en un.")
    return vote(report, person, ballot.choice, ballot.reason, on_behalf_of=on_behalf_of, seen=seen)


def ballot_of(report: Report, person: Person) -> Ballot | None:
    """The person's ballot in the reading under way."""
    return db.session.scalar(
        select(Ballot).where(
            Ballot.report_id == report.id, Ballot.reading == report.reading, Ballot.person_id == person.id
        )
    )


def return_to_rapporteur(
    report: Report,
    person: Person,
    reason: str,
    parts: Iterable[str] = (),
    comments: Collection[int] = (),
    votes: Votes = Votes.FALL,
) -> AuditEvent:
    """Send the text back to the rapporteur; amendments still undecided wait for the next reading.

    `parts` (their keys) and `comments` (numbers of open observations) say what is to be looked at, `votes` what becomes
    of the votes given. Raises `steps.NotReady`, `content.canonical.TooLong`, and what `steps.take` raises.
    """
    check_text(reason, "reason")
    return steps.take(
        "return_to_rapporteur",
        report,
        person,
        lambda: returns.write(report, person, reason, parts, comments, votes),
        reason=reason,
    )


def validate(report: Report, person: Person, minutes: Minutes | None = None, passing_why: str = "") -> AuditEvent:
    """Close the reading and freeze the text, and keep the minutes where they have been set.

    `passing_why` says why one goes on past what the consistency check warns of.
    Raises `OutdatedMinutes` where something happened since the minutes were set, `documents.store.Unreachable`, and what
    `steps.take` raises.
    """

    def effect() -> dict[str, Any]:
        facts = situation.facts(report)
        report.minutes_hash = _kept(report, minutes) if minutes else ""
        # A reading that was opened before mastheads were kept: the votes were not given on its hash, so it stands beside.
        head = {} if report.masthead_json else masthead.keep_beside(report)
        return {
            **head,
            "text_hash": report.text_hash,
            "approvals": facts.approvals,
            "objections": facts.objections,
            "abstentions": facts.abstentions,
            "members": facts.members,
            "quorum": facts.quorum,
            "majority": facts.majority.value,
            "casting": facts.casting,
            "minutes": report.minutes_hash,
            **statement.settled(report),
        }

    return steps.take("validate", report, person, effect, passing_why=passing_why)


def _kept(report: Report, minutes: Minutes) -> str:
    if last_event(report) != minutes.seq:
        raise OutdatedMinutes
    return minutes.store.put(minutes.pdf)


def last_event(report: Report) -> int:
    """The number of the last event of the report's log."""
    return db.session.scalar(select(ChainHead.seq).where(ChainHead.stream == f"report:{report.id}")) or 0

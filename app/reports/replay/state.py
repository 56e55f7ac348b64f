"""A report as its log tells it: what its versions, amendments, ballots and signatures were, act by act."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from app.reports.access import roll
from app.reports.models.report import UNDECIDED, AmendmentState, Origin
from app.reports.replay.logged import (
    Adoption,
    LoggedAmendment,
    LoggedBallot,
    LoggedComment,
    LoggedRevision,
    Mandate,
    ReportEvent,
    Seal,
)
from app.reports.replay.logged_attachments import LoggedAttachment
from app.reports.replay.logged_invitations import Invite
from app.reports.replay.logged_masthead import LoggedMasthead
from app.reports.replay.logged_papers import LoggedScan, StandIn

LONGEST_ACT = timedelta(minutes=10)
"""A row is dated while its act is done, the event when it ends: more than this between them was not done by the act."""


@dataclass
class ReplayedReport:
    """Where a report stands after the events told so far.

    `voices` and `read` are keyed by (reading, person), `versions` by (part, number), `mandates` by (giver, how many the
    giver had given before). `returned` is what was said of the votes when the text was last sent back. `doubts` gathers
    what cannot have been, as (number of the event, what it does in French).
    """

    workshop: int | None = None
    stage: str = ""
    since: datetime | None = None
    reading: int = 0
    reading_since: datetime | None = None
    deadline: str | None = None
    final_hash: str = ""
    signed_hash: str = ""
    minutes_hash: str = ""
    public_hash: str = ""
    public_masked: str = ""
    rectifies: int | None = None
    rectifies_what: str = ""
    rectifies_why: str = ""
    rectifies_parts: str = ""
    head: LoggedMasthead = field(default_factory=LoggedMasthead)
    taken: dict[str, LoggedRevision] = field(default_factory=dict)
    """By part, the text that a rectifying report began with."""
    rectified: dict[int, dict[str, LoggedRevision]] = field(default_factory=dict)
    """By report that was opened to rectify this one, the texts that stood here then, by part."""
    return_hash: str = ""
    left: dict[str, int] = field(default_factory=dict)
    """By part, the version in force when the text was last sent back; `left_head` is the hash of its masthead."""
    left_head: str = ""
    alike: list[tuple[str, int, int]] = field(default_factory=list)
    """Parts with two numbers that were held to read the same, so that no vote fell."""
    unbound: list[tuple[str, int, int]] = field(default_factory=list)
    """Parts with two numbers whose change was held to bind nobody, so that votes stood whatever was modified."""
    late: bool | None = None
    """Whether what comes in after the deadline is received; None where the log does not tell."""
    roll: dict[str, Any] | None = None
    """Who may vote in the reading, and by which rules, as its opening told; None where it told nothing of it."""
    returned: dict[str, Any] = field(default_factory=dict)
    published_at: datetime | None = None
    current: dict[str, int] = field(default_factory=dict)
    versions: dict[tuple[str, int], LoggedRevision] = field(default_factory=dict)
    proposals: dict[int, LoggedAmendment] = field(default_factory=dict)
    adoptions: list[Adoption] = field(default_factory=list)
    merges: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)
    """By part and number of a text merged on saving, the revision it was written on and the one it was merged with."""
    remarks: dict[int, LoggedComment] = field(default_factory=dict)
    voices: dict[tuple[int, int | None], LoggedBallot] = field(default_factory=dict)
    mandates: dict[tuple[int | None, int], Mandate] = field(default_factory=dict)
    read: dict[tuple[int, int | None], tuple[str, datetime]] = field(default_factory=dict)
    seals: list[Seal] = field(default_factory=list)
    invites: dict[int, Invite] = field(default_factory=dict)
    pieces: dict[int, LoggedAttachment] = field(default_factory=dict)
    scans: dict[int, LoggedScan] = field(default_factory=dict)
    stand_ins: dict[int, StandIn] = field(default_factory=dict)
    doubts: list[tuple[int, str]] = field(default_factory=list)

    @property
    def text_hash(self) -> str:
        """The hash of the whole text, from those of the parts' current versions and of the masthead that it covers."""
        return self.head.over({key: self.versions[key, number].hash for key, number in self.current.items()})

    def want(self, event: ReportEvent, holds: bool, otherwise: str) -> None:
        if not holds:
            self.doubts.append((event.seq, otherwise))

    def require_text(self, event: ReportEvent) -> None:
        same = event.facts["text_hash"] == self.text_hash
        self.want(event, same, "porte sur un texte qui n’était pas celui du rapport")

    def add(self, key: str, number: int, version: LoggedRevision, event: ReportEvent) -> None:
        """The next version of a part; numbers have no gaps and every version stands on the one before."""
        follows = number == self.current.get(key, 0) + 1 and version.parent == number - 1
        self.want(event, follows, f"donne à la révision de « {key} » un numéro qui ne suit pas")
        self.versions[key, number] = version
        self.current[key] = number

    def renew(self, event: ReportEvent) -> None:
        """Versions taken over along with an act, in no role once the report is open."""
        role = event.role if event.act == "open" else ""
        for key, facts in event.facts["parts"].items():
            parent = self.current.get(key, 0)
            origin = Origin.RECTIFICATION if "rectifies" in event.facts else Origin.PREFILL
            version = LoggedRevision(event.at, facts["hash"], facts["runs"], parent, event.actor, role, origin)
            version = replace(version, salted=bool(facts.get("salted")))
            self.add(key, facts["number"], version, event)

    def decide(self, event: ReportEvent, state: AmendmentState) -> None:
        number = event.facts["amendment"]
        proposal = self.proposals[number]
        waiting = proposal.state in UNDECIDED and proposal.state is not state
        self.want(event, waiting, f"décide de l’amendement n° {number}, qui était déjà clos")
        own = proposal.author == event.actor
        allowed = own if state is AmendmentState.WITHDRAWN else not own
        self.want(event, allowed, f"décide de l’amendement n° {number} au nom d’une personne qui ne le pouvait pas")
        self.proposals[number] = replace(
            proposal,
            state=state,
            decided_by=event.actor,
            decided_at=event.at,
            decision_reason=event.facts.get("reason", ""),
        )

    def overtake(self, event: ReportEvent, part: str | None = None) -> None:
        """Amendments of that part, or of any, that the text no longer takes as they are."""
        for number in event.facts["overtaken"]:
            proposal = self.proposals[number]
            waiting = proposal.state in (AmendmentState.OPEN, AmendmentState.DEFERRED)
            there = part in (None, proposal.part)
            self.want(event, waiting and there, f"met à revoir l’amendement n° {number}, qui ne pouvait pas l’être")
            self.proposals[number] = replace(proposal, state=AmendmentState.REVIEW)

    def require_taken_out(self, event: ReportEvent) -> None:
        """Only what was adopted can be taken out of the text again."""
        for number in event.facts.get("taken_out", ()):
            adopted = self.proposals[number].state is AmendmentState.ADOPTED
            self.want(event, adopted, f"dit retiré du texte l’amendement n° {number}, qui n’était pas adopté")

    def settle(self, event: ReportEvent, number: int, *, settled: bool) -> None:
        """A thread is settled, or opened again."""
        by, at = (event.actor, event.at) if settled else (None, None)
        self.remarks[number] = replace(self.remarks[number], resolved_by=by, resolved_at=at)

    def count_signatures(self, event: ReportEvent) -> None:
        """The file is signed once both slots are, by two persons, and no sooner."""
        signed = {seal.slot: seal.person for seal in self.seals if not seal.void}
        both = len(signed) == 2 and len(set(signed.values())) == 2
        self.want(event, both == ("signed_hash" in event.facts), "ne compte pas juste les signatures")
        self.signed_hash = event.facts.get("signed_hash", "")

    def standing(self) -> dict[int | None, LoggedBallot]:
        """The ballots of this reading that stand, by person."""
        return {who: voice for (reading, who), voice in self.voices.items() if reading == self.reading and voice.stands}

    def reopen(self, event: ReportEvent) -> None:
        """Ballots fall with the text they were given on."""
        fallen = self.standing()
        self.want(event, set(event.facts["reopened"]) == set(fallen), "ne rouvre pas les votes qui valaient encore")
        for person, voice in fallen.items():
            self.voices[self.reading, person] = replace(voice, stands=False)

    def in_time(self, event: ReportEvent) -> bool:
        """Whether the act came before the end of the deadline, or is received all the same."""
        return self.late is not False or self.deadline is None or event.at.date().isoformat() <= self.deadline

    def open_by(self, event: ReportEvent) -> None:
        """The rules of the reading that opens; what the event says of those before must be so."""
        facts = event.facts
        if "roll_before" in facts:
            moved = self.roll is not None and self.roll != facts.get("roll")
            told = moved and facts["roll_before"] == roll.summary(self.roll or {})
            self.want(event, told, "ne dit pas juste quelle était la liste des votants de la lecture précédente")
        self.roll, self.late = facts.get("roll"), facts.get("late")

    def listed(self, person: int | None) -> bool:
        """Whether the person is on the roll of the reading, where there is one."""
        return self.roll is None or str(person) in self.roll["seats"]

    def holder(self, giver: int | None) -> int | None:
        """Who holds this member's proxy; None where nobody does."""
        standing = self._mandate(giver)
        return self.mandates[standing].holder if standing else None

    def mandate(self, event: ReportEvent, giver: int | None, holder: int | None) -> None:
        """A member gives a proxy; one given before ends with it."""
        before = self.end_mandate(event, giver)
        self.want(event, event.facts["instead_of"] == before, "ne dit pas juste quelle procuration la sienne remplace")
        count = sum(1 for who, _ in self.mandates if who == giver)
        self.mandates[giver, count] = Mandate(event.at, holder)

    def end_mandate(self, event: ReportEvent, giver: int | None) -> int | None:
        """Nobody holds this member's proxy any longer; answers with who did."""
        standing = self._mandate(giver)
        if standing is None:
            return None
        self.mandates[standing] = replace(self.mandates[standing], ended_at=event.at)
        return self.mandates[standing].holder

    def _mandate(self, giver: int | None) -> tuple[int | None, int] | None:
        return next(
            (place for place, mandate in self.mandates.items() if place[0] == giver and mandate.ended_at is None), None
        )

    def carry(self, event: ReportEvent) -> None:
        """The votes of the reading before stand again, or wait to be confirmed, as was said when the text was sent back."""
        before = {who: voice for (reading, who), voice in self.voices.items() if reading == self.reading - 1}
        votes = self.returned.get("votes", "fall")
        same = self.returned.get("text_hash") == self.text_hash or self._reads_alike(event)
        bounded = bool(event.facts.get("bounded"))
        if votes == "stand" and not bounded and before:
            changed = (key for key, number in self.current.items() if self.left.get(key, number) != number)
            self.unbound += [(key, self.left[key], self.current[key]) for key in sorted(changed)]
        kept = (votes == "stand" and not bounded) or (votes in ("stand", "untouched") and same)
        stand = {who for who, voice in before.items() if voice.stands and kept}
        wait = set(before) - stand if votes != "fall" else set()
        told = (set(event.facts.get("carried", [])), set(event.facts.get("to_confirm", [])))
        self.want(event, told == (stand, wait), "ne reprend pas les votes comme il a été dit en renvoyant le texte")
        for who in stand | wait:
            self.voices[self.reading, who] = replace(before[who], stands=who in stand)

    def _reads_alike(self, event: ReportEvent) -> bool:
        """Whether the act says that all the parts saved since the text was sent back read as they did."""
        changed = {key for key, number in self.current.items() if self.left.get(key) != number}
        said = set(event.facts.get("alike", ()))
        if not said or said != changed or not changed <= self.left.keys() or self.head.hash != self.left_head:
            return False
        self.alike += [(key, self.left[key], self.current[key]) for key in sorted(changed)]
        return True


def near(value: datetime | str | None, told: datetime | None) -> datetime | str | None:
    """`told` where the row's moment is that of the act; else the row's moment, to be shown."""
    if value is None or told is None:
        return value
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        return told if abs(told - moment) <= LONGEST_ACT else moment
    except (ValueError, TypeError, AttributeError):  # a hand may have put anything there
        return value

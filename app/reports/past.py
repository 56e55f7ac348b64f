"""A report as its log tells it: what its versions, amendments, ballots and signatures were, act by act."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from app.content.canonical import canonical, digest
from app.reports.models import AmendmentState, Origin


@dataclass(frozen=True, slots=True)
class Event:
    """What replaying needs of one event of the log."""

    seq: int
    at: datetime
    act: str
    actor: int | None
    role: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Version:
    """A revision as the log tells it."""

    at: datetime
    hash: str
    runs: str
    """The hash of who wrote each word."""
    parent: int
    author: int | None
    role: str | None
    """None where the log does not say."""
    origin: Origin
    merged: bool = False
    amendment: int | None = None
    adopted_by: int | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """An amendment as the log tells it."""

    at: datetime
    part: str
    base: int
    hash: str
    author: int | None
    reason: str
    state: AmendmentState = AmendmentState.OPEN
    opinion: str | None = None
    opinion_text: str = ""
    opinion_by: int | None = None
    decided_by: int | None = None
    decided_at: datetime | None = None
    decision_reason: str = ""


@dataclass(frozen=True, slots=True)
class Voice:
    """A ballot as the log tells it."""

    at: datetime
    choice: str
    reason: str
    text_hash: str
    stands: bool = True


@dataclass(frozen=True, slots=True)
class Seal:
    """A signature as the log tells it."""

    at: datetime
    slot: str
    person: int | None
    final_hash: str
    file_hash: str
    void: bool = False


@dataclass
class Past:
    """Where a report stands after the events told so far.

    `voices` and `read` are keyed by (reading, person), `versions` by (part, number). `doubts` gathers what cannot have
    been, as (number of the event, what it does in French).
    """

    workshop: int | None = None
    stage: str = ""
    since: datetime | None = None
    reading: int = 0
    deadline: str | None = None
    final_hash: str = ""
    signed_hash: str = ""
    published_at: datetime | None = None
    current: dict[str, int] = field(default_factory=dict)
    versions: dict[tuple[str, int], Version] = field(default_factory=dict)
    proposals: dict[int, Proposal] = field(default_factory=dict)
    voices: dict[tuple[int, int | None], Voice] = field(default_factory=dict)
    read: dict[tuple[int, int | None], tuple[str, datetime]] = field(default_factory=dict)
    seals: list[Seal] = field(default_factory=list)
    doubts: list[tuple[int, str]] = field(default_factory=list)

    @property
    def text_hash(self) -> str:
        """The hash of the whole text, from those of the parts' current versions."""
        return digest(canonical({key: self.versions[key, number].hash for key, number in self.current.items()}))

    def want(self, event: Event, holds: bool, otherwise: str) -> None:
        if not holds:
            self.doubts.append((event.seq, otherwise))

    def want_text(self, event: Event) -> None:
        same = event.facts["text_hash"] == self.text_hash
        self.want(event, same, "porte sur un texte qui n’était pas celui du rapport")

    def add(self, key: str, number: int, version: Version, event: Event) -> None:
        """The next version of a part; numbers have no gaps and every version stands on the one before."""
        follows = number == self.current.get(key, 0) + 1 and version.parent == number - 1
        self.want(event, follows, f"donne à la révision de « {key} » un numéro qui ne suit pas")
        self.versions[key, number] = version
        self.current[key] = number

    def renew(self, event: Event) -> None:
        """Versions taken over along with an act, in no role once the report is open."""
        role = event.role if event.act == "open" else ""
        for key, facts in event.facts["parts"].items():
            parent = self.current.get(key, 0)
            version = Version(event.at, facts["hash"], facts["runs"], parent, event.actor, role, Origin.PREFILL)
            self.add(key, facts["number"], version, event)

    def decide(self, event: Event, state: AmendmentState) -> None:
        number = event.facts["amendment"]
        proposal = self.proposals[number]
        waiting = proposal.state is AmendmentState.OPEN
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

    def standing(self) -> dict[int | None, Voice]:
        """The ballots of this reading that stand, by person."""
        return {who: voice for (reading, who), voice in self.voices.items() if reading == self.reading and voice.stands}

    def reopen(self, event: Event) -> None:
        """Ballots fall with the text they were given on."""
        fallen = self.standing()
        self.want(event, set(event.facts["reopened"]) == set(fallen), "ne rouvre pas les votes qui valaient encore")
        for person, voice in fallen.items():
            self.voices[self.reading, person] = replace(voice, stands=False)

"""A report as its log tells it: the events read again in order, each checked against the table of the workflow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from app import workflow
from app.content.canonical import canonical, digest
from app.reports.models import AmendmentState, Origin
from app.workflow import Stage


class Unfounded(Exception):
    """An event tells what cannot have been; the message says what."""


@dataclass(frozen=True, slots=True)
class Event:
    """What replaying needs of one event of the log."""

    seq: int
    act: str
    actor: int | None
    role: str
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Version:
    """A revision as the log tells it."""

    hash: str
    parent: int
    author: int | None
    role: str | None
    """None where the log does not say."""
    origin: str
    merged: bool = False
    amendment: int | None = None
    adopted_by: int | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """An amendment as the log tells it."""

    part: str
    base: int
    hash: str
    author: int | None
    reason: str
    state: str = AmendmentState.OPEN.value
    opinion: str | None = None
    opinion_text: str = ""
    opinion_by: int | None = None
    decided_by: int | None = None
    decision_reason: str = ""


@dataclass(frozen=True, slots=True)
class Voice:
    """A ballot as the log tells it."""

    choice: str
    reason: str
    text_hash: str
    stands: bool = True


@dataclass(frozen=True, slots=True)
class Mark:
    """A signature as the log tells it."""

    slot: str
    person: int | None
    final_hash: str
    file_hash: str
    void: bool = False


@dataclass
class Past:
    """Where a report stands after the events told so far. Readings and ballots are keyed by (reading, person)."""

    workshop: int | None = None
    stage: str = ""
    reading: int = 0
    deadline: str | None = None
    final_hash: str = ""
    signed_hash: str = ""
    published: bool = False
    current: dict[str, int] = field(default_factory=dict)
    versions: dict[tuple[str, int], Version] = field(default_factory=dict)
    proposals: dict[int, Proposal] = field(default_factory=dict)
    voices: dict[tuple[int, int | None], Voice] = field(default_factory=dict)
    read: dict[tuple[int, int | None], str] = field(default_factory=dict)
    marks: list[Mark] = field(default_factory=list)

    @property
    def text_hash(self) -> str:
        """The hash of the whole text, from those of the parts' current versions."""
        return digest(canonical({key: self.versions[key, number].hash for key, number in self.current.items()}))

    def tell(self, report_id: int, event: Event) -> None:
        """Go through one more event. Raises `Unfounded`, and KeyError where a fact is missing."""
        act = workflow.BY_KEY.get(event.act)
        if act is None:
            raise Unfounded("porte un acte inconnu")
        if event.facts["report"] != report_id:
            raise Unfounded("parle d’un autre rapport")
        if event.facts["from"] != self.stage or (self.stage and Stage(self.stage) not in act.stages):
            raise Unfounded("ne pouvait pas avoir lieu à cette étape")
        if event.role not in act.who:
            raise Unfounded("a été fait dans un rôle qui ne le permet pas")
        _TELLERS.get(event.act, _nothing)(self, event)
        if act.to is not None and (act.when is None or self.signed_hash):
            self.stage = act.to.value
        if event.facts["to"] != self.stage:
            raise Unfounded("ne mène pas à l’étape qu’il dit")

    def add_version(self, key: str, facts: dict[str, Any], version: Version) -> None:
        """The next version of a part; numbers have no gaps and every version stands on the one before."""
        number = facts["number"]
        if number != self.current.get(key, 0) + 1 or version.parent != number - 1:
            raise Unfounded(f"donne à la révision de « {key} » un numéro qui ne suit pas")
        self.versions[key, number] = version
        self.current[key] = number

    def renew(self, event: Event) -> None:
        """Versions that were taken over from elsewhere along with an act, by nobody's pen once the report is open."""
        role = event.role if event.act == "open" else ""
        for key, facts in event.facts["parts"].items():
            version = Version(facts["hash"], self.current.get(key, 0), event.actor, role, Origin.PREFILL.value)
            self.add_version(key, facts, version)

    def want_text(self, event: Event) -> None:
        if event.facts["text_hash"] != self.text_hash:
            raise Unfounded("porte sur un texte qui n’était pas celui du rapport")

    def decide(self, event: Event, state: AmendmentState) -> None:
        number = event.facts["amendment"]
        if self.proposals[number].state != AmendmentState.OPEN.value:
            raise Unfounded(f"décide de l’amendement n° {number}, qui était déjà clos")
        self.proposals[number] = replace(
            self.proposals[number],
            state=state.value,
            decided_by=event.actor,
            decision_reason=event.facts.get("reason", ""),
        )

    def reopen(self, event: Event) -> None:
        """The ballots that the event says have fallen: those of the reading that still stood."""
        standing = {person: voice for (reading, person), voice in self.voices.items() if reading == self.reading}
        fallen = sorted(person or 0 for person, voice in standing.items() if voice.stands)
        if sorted(event.facts["reopened"]) != fallen:
            raise Unfounded("ne rouvre pas les votes qui valaient encore")
        for person in fallen:
            self.voices[self.reading, person] = replace(standing[person], stands=False)


def _nothing(past: Past, event: Event) -> None:
    """The act moves the report and changes nothing else."""


def _open(past: Past, event: Event) -> None:
    past.workshop = event.facts["workshop"]
    past.renew(event)


def _save(past: Past, event: Event) -> None:
    facts = event.facts
    version = Version(
        facts["hash"], facts["parent"], event.actor, event.role, Origin.TYPED.value, merged=facts["merged"]
    )
    past.add_version(facts["part"], facts, version)


def _hand_over(past: Past, event: Event) -> None:
    past.renew(event)


def _transmit(past: Past, event: Event) -> None:
    past.renew(event)
    past.reading += 1
    past.deadline = event.facts["deadline"]
    if event.facts["reading"] != past.reading:
        raise Unfounded("ne compte pas juste les lectures")
    past.want_text(event)


def _mark_read(past: Past, event: Event) -> None:
    past.want_text(event)
    past.read[event.facts["reading"], event.actor] = event.facts["text_hash"]


def _amend(past: Past, event: Event) -> None:
    facts = event.facts
    if facts["amendment"] != len(past.proposals) + 1:
        raise Unfounded("donne à l’amendement un numéro qui ne suit pas")
    past.proposals[facts["amendment"]] = Proposal(
        facts["part"], facts["base"], facts["hash"], event.actor, facts.get("reason", "")
    )


def _opine(past: Past, event: Event) -> None:
    facts = event.facts
    past.proposals[facts["amendment"]] = replace(
        past.proposals[facts["amendment"]],
        opinion=facts["opinion"],
        opinion_text=facts["text"],
        opinion_by=event.actor,
    )


def _adopt(past: Past, event: Event) -> None:
    facts = event.facts
    past.decide(event, AmendmentState.ADOPTED)
    proposal = past.proposals[facts["amendment"]]
    if proposal.author == event.actor:
        raise Unfounded("fait adopter un amendement par son propre auteur")
    version = Version(
        facts["hash"],
        facts["parent"],
        proposal.author,
        None,
        Origin.AMENDMENT.value,
        merged=proposal.base != facts["parent"],
        amendment=facts["amendment"],
        adopted_by=event.actor,
    )
    past.add_version(facts["part"], facts, version)
    past.want_text(event)
    past.reopen(event)


def _vote(past: Past, event: Event) -> None:
    past.want_text(event)
    facts = event.facts
    past.voices[facts["reading"], event.actor] = Voice(facts["choice"], facts.get("reason", ""), facts["text_hash"])


def _validate(past: Past, event: Event) -> None:
    past.want_text(event)
    if any(proposal.state == AmendmentState.OPEN.value for proposal in past.proposals.values()):
        raise Unfounded("valide un texte dont un amendement restait à décider")
    voices = [v for (reading, _), v in past.voices.items() if reading == past.reading and v.stands]
    counted = {"approve": "approvals", "object": "objections", "abstain": "abstentions"}
    if any(event.facts[name] > sum(v.choice == choice for v in voices) for choice, name in counted.items()):
        raise Unfounded("compte plus de voix qu’il n’en a été donné")


def _sign(past: Past, event: Event) -> None:
    facts = event.facts
    if past.final_hash and facts["final_hash"] != past.final_hash:
        raise Unfounded("signe un autre document que la première signature")
    past.final_hash = facts["final_hash"]
    past.marks.append(Mark(facts["slot"], event.actor, facts["final_hash"], facts["file_hash"]))
    past.signed_hash = facts.get("signed_hash", "")


def _refuse(past: Past, event: Event) -> None:
    past.marks = [replace(mark, void=True) for mark in past.marks]
    past.final_hash = ""
    past.reopen(event)


def _publish(past: Past, event: Event) -> None:
    if event.facts["signed_hash"] != past.signed_hash:
        raise Unfounded("publie un autre document que celui qui a été signé")
    past.published = True


_TELLERS: dict[str, Callable[[Past, Event], None]] = {
    "open": _open,
    "draft": _save,
    "edit": _save,
    "hand_over": _hand_over,
    "transmit": _transmit,
    "mark_read": _mark_read,
    "amend": _amend,
    "opine": _opine,
    "adopt": _adopt,
    "reject": lambda past, event: past.decide(event, AmendmentState.REJECTED),
    "lapse": lambda past, event: past.decide(event, AmendmentState.LAPSED),
    "withdraw": lambda past, event: past.decide(event, AmendmentState.WITHDRAWN),
    "vote": _vote,
    "validate": _validate,
    "sign": _sign,
    "refuse": _refuse,
    "publish": _publish,
}

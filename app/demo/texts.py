"""The parts of one demo report, written from the bank of sentences in the report's own turn of phrase."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import islice
from typing import TypeVar

from app.content.blocks import Block, BlockKind, Content
from app.content.prose import cut, new_id
from app.content.typography import french
from app.demo.bank import narrative
from app.demo.bank.attendees import Attendee, attendees, telephone
from app.demo.bank.concerns import CONCERNS
from app.demo.bank.follow_ups import FOLLOW_UPS
from app.demo.bank.recommendations import RECOMMENDATIONS
from app.demo.people import Character, cast_of
from app.demo.sessions import Session
from app.template import Consent, Function
from app.workshops import wording

Row = TypeVar("Row")
# In the order they are written in.
WRITTEN = (
    "introduction",
    "ceremony",
    "proceedings",
    "bureau",
    "method",
    "presentation",
    "concerns",
    "recommendations",
    "follow_up",
    "attendance",
    "conclusion",
)


class Texts:
    """The parts of the report of one session."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def part(self, key: str, current: Content) -> Content:
        """The content of part `key` as its author leaves it, made on what stands there: `current`."""
        written: Content = getattr(self, f"_{key}")(current)
        return written

    def _introduction(self, current: Content) -> Content:
        passages = (narrative.OPENINGS, narrative.AIMS, narrative.ATTENDANCE)
        return self._prose("body", "\n\n".join(self._pick(each, turn) for turn, each in enumerate(passages)), current)

    def _ceremony(self, current: Content) -> Content:
        steering = self.session.place.steering
        speakers = (
            (self.president.name, f"{self.president.addressed}, {_small(self.president.title)},", narrative.WELCOMES),
            (steering, f"{_gentleman(steering)}, du comité de pilotage,", narrative.SUPPORTS),
            (self.chair.name, f"{self.chair.addressed}, {_small(self.chair.title)},", narrative.DECLARATIONS),
        )
        speeches = [
            row("speeches", speaker=name, text=self._pick(each, turn + 4, lui=addressed))
            for turn, (name, addressed, each) in enumerate(speakers)
        ]
        return (*self._prose("lead", self._pick(narrative.LEADS, 3), current), *speeches)

    def _proceedings(self, current: Content) -> Content:
        return self._prose("body", self._pick(narrative.PROCEEDINGS, 7), current)

    def _bureau(self, current: Content) -> Content:
        """The template has put in those the workshop names; the supervisor and the resource persons join them."""
        steering = self.session.place.steering
        first_name, surname = steering.rsplit(" ", 1)
        second = _member(
            Function.VICE_PRESIDENT,
            "Monsieur",
            first_name,
            surname,
            "Membre du comité de pilotage",
            "Groupe de Suivi Budgétaire",
        )
        experts = [
            _member(Function.RESOURCE, each.civility, each.first_name, each.surname, "", each.body)
            for each in self.experts
        ]
        president = next(index for index, block in enumerate(current) if block.kind is BlockKind.ROW) + 1
        return (*current[:president], second, *current[president:], *experts)

    def _method(self, current: Content) -> Content:
        return self._prose("body", self._pick(narrative.METHODS, 8), current)

    def _presentation(self, current: Content) -> Content:
        points = self._choose(narrative.POINTS, 9)
        return (*_prose_of(current), *(row("points", text=self._fill(point)) for point in points))

    def _concerns(self, current: Content) -> Content:
        lead = self._pick(narrative.CONCERN_LEADS, 10)
        raised = [
            row("concerns", text=self._fill(text), answer=self._fill(answer), answered_by=self._answering(rank, answer))
            for rank, (text, answer) in enumerate(_named(CONCERNS, self.session.concerns))
        ]
        opening = self._prose("lead", lead, current) if lead else _prose_of(current)
        return (*opening, *raised, *self._prose("closing", self._pick(narrative.CONCERN_CLOSINGS, 11), current))

    def _recommendations(self, current: Content) -> Content:
        names = ("text", "addressee", "deadline", "proof", "sector")
        made = [
            row("recommendations", **{name: self._fill(text) for name, text in zip(names, each, strict=True)})
            for each in _named(RECOMMENDATIONS, self.session.recommendations)
        ]
        return (*self._prose("lead", self._pick(narrative.RECOMMENDATION_LEADS, 12), current), *made)

    def _follow_up(self, current: Content) -> Content:
        """What was carried over is answered for; other rows are added."""
        answered = [
            replace(block, fields={**block.fields, "status": status, "execution": execution, "observations": remark})
            for block, (status, execution, remark) in zip(current, self.session.carried, strict=True)
        ]
        names = ("text", "status", "execution", "observations")
        added = [
            row("rows", **{name: self._fill(text) for name, text in zip(names, each, strict=True)})
            for each in _named(FOLLOW_UPS, self.session.follow_ups)
        ]
        return tuple(_french(block) for block in (*answered, *added))

    def _attendance(self, current: Content) -> Content:
        """Those the report names come first, then as many others as make up the number present."""
        place = self.session.place
        named = [(each.name, f"{each.title}, {each.body}") for each in cast_of(place)]
        named.append((place.steering, "Comité de pilotage"))
        named.append((place.staff, "Équipe technique du programme"))
        others = [(each.name, each.body) for each in self._crowd(self.session.present - len(named))]
        rows = [
            row(
                "attendees",
                name=name,
                body=french(body),
                contact=telephone(self.session.number, rank),
                signed="Signé",
                consent=(Consent.REFUSED if rank % 19 == 11 else Consent.GIVEN).value,
            )
            for rank, (name, body) in enumerate((*named, *others))
        ]
        return (*_prose_of(current), *rows)

    def _conclusion(self, current: Content) -> Content:
        return self._prose("body", self._pick(narrative.CONCLUSIONS, 13), current)

    @cached_property
    def president(self) -> Character:
        return cast_of(self.session.place)[2]

    @cached_property
    def chair(self) -> Character:
        return cast_of(self.session.place)[3]

    @cached_property
    def facilitator(self) -> Character:
        return cast_of(self.session.place)[0]

    @cached_property
    def experts(self) -> list[Attendee]:
        return self._crowd(2)

    def _crowd(self, size: int) -> list[Attendee]:
        place = self.session.place
        taken = {each.name for each in cast_of(place)} | {place.steering, place.staff}
        return list(islice(attendees(self.session.number, self._words, taken), size))

    def _answering(self, rank: int, answer: str) -> str:
        if not answer:
            return ""
        first, second = self.experts
        return (self.facilitator.addressed, first.addressed, second.addressed)[rank % 3]

    @cached_property
    def _words(self) -> dict[str, str]:
        session, place, chair = self.session, self.session.place, self.chair
        body = place.body
        return {
            **place.words(),
            "date": wording.date_in_words(session.held_on),
            "annee": str(session.year),
            "annee_passee": str(session.year - 1),
            "salle": f"dans la {place.hall}",
            "chair": f"{chair.civility} {chair.name}",
            "chair_bref": chair.addressed,
            "chair_titre": f"{_small(chair.title)} {wording.with_de(place.presided)}",
            "steering": _gentleman(place.steering, whole=True),
            "organisateur": body,
            "Organisateur": body[0].upper() + body[1:],
            "de_organisateur": wording.with_de(body),
            "present": str(session.present),
        }

    def _choose(self, passages: Sequence[Row], turn: int) -> Row:
        """Reports of the same turn of phrase (every fourth) still differ from passage to passage."""
        number = self.session.number
        return passages[(number + turn * (number // 4)) % len(passages)]

    def _pick(self, passages: Sequence[str], turn: int, **words: str) -> str:
        return self._fill(self._choose(passages, turn), **words)

    def _fill(self, sentence: str, **words: str) -> str:
        return french(sentence.format_map({**self._words, **words}))

    def _prose(self, zone: str, text: str, current: Content) -> Content:
        return cut(text, zone, current)


def row(zone: str, **fields: str) -> Block:
    return Block(new_id(), zone, BlockKind.ROW, fields)


def _member(
    function: Function,
    civility: str,
    first_name: str,
    surname: str,
    title: str,
    body: str = "Groupe de Suivi Budgétaire",
) -> Block:
    return row(
        "members",
        function=function.value,
        civility=civility,
        first_name=first_name,
        surname=surname,
        title=title,
        body=body,
    )


def _prose_of(content: Content) -> Content:
    return tuple(block for block in content if block.kind is not BlockKind.ROW)


def _named(bank: Mapping[str, Sequence[Row]], names: str) -> list[Row]:
    """The sentences of the bank that `names` lists as "theme.rank"."""
    return [bank[theme][int(rank)] for theme, rank in (name.split(".") for name in names.split())]


def _french(block: Block) -> Block:
    return replace(block, fields={name: french(text) for name, text in block.fields.items()})


def _small(title: str) -> str:
    return title[0].lower() + title[1:]


def _gentleman(name: str, whole: bool = False) -> str:
    return f"Monsieur {name}" if whole else f"Monsieur {name.rsplit(' ', 1)[1]}"

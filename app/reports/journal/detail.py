"""An event of the journal opened: what was there before and after, and the names of whom its facts speak."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.content.blocks import Block
from app.content.diff import Words, cached_words
from app.db import db
from app.directory.models import Person
from app.directory.territories import Territory
from app.reports.history.comparing import Compared, between, of_campaign
from app.reports.journal.listing import EventFor
from app.reports.models.report import Amendment
from app.workflow import Stage
from app.workshops.models import Workshop


@dataclass(frozen=True, slots=True)
class Value:
    """One fact: as it was and as it is, and the two as one text."""

    label: str
    before: str
    after: str

    @property
    def words(self) -> Words:
        return cached_words(self.before, self.after)


@dataclass(frozen=True, slots=True)
class Opened:
    """What an event changed: texts word by word, other things value by value. `unit` is what the texts' numbers count."""

    parts: Sequence[Compared]
    values: Sequence[Value]
    unit: str = "révision"


@dataclass(frozen=True, slots=True)
class Names:
    """Names by identifier; what is no longer there has its number only."""

    persons: Mapping[int, str]
    places: Mapping[int, str]
    workshops: Mapping[int, str]

    def person(self, number: int | None) -> str:
        return self.persons.get(number or 0, f"la personne n° {number}")

    def place(self, number: int | None) -> str:
        return self.places.get(number or 0, f"la collectivité n° {number}")

    def workshop(self, number: int | None) -> str:
        return self.workshops.get(number or 0, f"n° {number}")


def names(lines: Iterable[EventFor]) -> Names:
    """Whom these events speak of, in three queries at most."""
    facts = [line.facts for line in lines]
    persons = _ids(facts, "person", "proposed_by", "giver", "holder", "for", "signatory", *_SEATS)
    places, workshops = _ids(facts, "territory"), _ids(facts, "workshop")
    people = select(Person.id, Person.first_name, Person.surname).where(Person.id.in_(persons))
    territories = select(Territory.id, Territory.name).where(Territory.id.in_(places))
    meetings = (
        select(Workshop.id, Territory.name)
        .join(Territory, Territory.id == Workshop.territory_id)
        .where(Workshop.id.in_(workshops))
    )
    return Names(
        {row.id: f"{row.first_name} {row.surname}" for row in db.session.execute(people)} if persons else {},
        {row.id: row.name for row in db.session.execute(territories)} if places else {},
        {row.id: row.name for row in db.session.execute(meetings)} if workshops else {},
    )


_SEATS = ("facilitator_id", "rapporteur_id", "chair_id")


def _ids(facts: Iterable[Mapping[str, Any]], *fields: str) -> set[int]:
    """The whole numbers under these names, among the facts and among what they say was changed."""
    found: set[int] = set()
    for each in facts:
        changes = _changes(each)
        for field in fields:
            found |= {value for value in (each.get(field), *_pair(changes.get(field))) if isinstance(value, int)}
    return found


def open_event(event: EventFor, known: Names) -> Opened:
    """What this event changed: one query for texts, or for an amendment's, none for the rest."""
    if event.act in DOCUMENTS:
        return _document(event)
    older, newer = _numbers(event.facts)
    parts = between(event.report, older, newer) if event.report is not None and newer else []
    proposed = _proposed(event) if event.act == "amend" else []
    return Opened(parts, [*proposed, *_moved(event.facts), *_changed(event.facts, known), *_said(event.facts)])


DOCUMENTS = {"terms_change": "terms", "programme_change": "programme"}
"""The acts that change one of a campaign's documents, which have no revisions but versions."""


def _document(event: EventFor) -> Opened:
    """The document before and after, where both texts were kept; their hashes in any case."""
    number = int(event.facts["version"])
    try:
        compared = of_campaign(event.facts["campaign"], DOCUMENTS[event.act], number - 1, number)
    except LookupError:
        lost = Value("Texte", "", "Ces versions datent d’avant leur conservation : le journal en a la seule empreinte.")
        return Opened([], [lost, *_said(event.facts)])
    return Opened([compared] if compared else [], _said(event.facts), "version")


def _proposed(event: EventFor) -> list[Value]:
    """What an amendment would change, passage by passage."""
    mine = (Amendment.report_id == event.report, Amendment.number == event.facts["amendment"])
    amendment = db.session.scalar(select(Amendment).where(*mine))
    edits = amendment.change.worded if amendment is not None else ()
    return [Value("Passage", _words_of(edit.old), _words_of(edit.new)) for edit in edits]


def _words_of(block: Block | None) -> str:
    return "\n".join(text for text in block.words.values() if text) if block is not None else ""


def _numbers(facts: Mapping[str, Any]) -> tuple[dict[str, int], dict[str, int]]:
    """The revisions of the parts before and after: those that the event made say so by who wrote their words."""
    made = dict(facts["parts"]) if isinstance(facts.get("parts"), dict) else {}
    if "runs" in facts:
        made[facts["part"]] = facts
    newer = {key: int(each["number"]) for key, each in made.items()}
    return {key: int(each.get("parent", each["number"] - 1)) for key, each in made.items()}, newer


def _moved(facts: Mapping[str, Any]) -> list[Value]:
    before, after = facts.get("from", ""), facts.get("to", "")
    return [Value("Étape", _stage(before), _stage(after))] if before != after else []


def _stage(value: str) -> str:
    return Stage(value).label if value in set(Stage) else ""


def _changes(facts: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the event says was changed, by field: {old, new}, [old, new], or nothing for what is kept out of the log."""
    if "masthead_before" in facts:
        before, after = facts["masthead_before"], facts["masthead"]
        return {field: [before[name], after[name]] for name, field in _HEADS.items() if before[name] != after[name]}
    for name in ("changes", "changed"):
        if isinstance(facts.get(name), dict):
            return dict(facts[name])
    values = facts.get("values")
    return {field: [None, value] for field, value in values.items()} if isinstance(values, dict) else {}


_HEADS = {"organisation": "organisation", "title": "report_title", "held_on": "held_on", "place": "place"}
"""Of a masthead, the fields of the campaign and of the meeting from which it is made."""


def _pair(change: Any) -> tuple[Any, Any]:
    if isinstance(change, Mapping):
        return change.get("old"), change.get("new")
    if isinstance(change, list) and len(change) == 2:
        return change[0], change[1]
    return None, None


def _changed(facts: Mapping[str, Any], known: Names) -> list[Value]:
    values = []
    for field, change in _changes(facts).items():
        before, after = (_shown(field, value, known) for value in _pair(change))
        if change == []:
            before, after = "(non conservé)", "(non conservé)"
        if before or after:
            values.append(Value(LABELS.get(field, field), before, after))
    return values


def _shown(field: str, value: Any, known: Names) -> str:
    if value is None or value == "":
        return ""
    if field in _SEATS and isinstance(value, int):
        return known.person(value)
    if isinstance(value, bool):
        return "oui" if value else "non"
    return str(value)


def _said(facts: Mapping[str, Any]) -> list[Value]:
    """Facts that stand alone: nothing was there before."""
    pairs = [("before", "deadline")]
    values = [
        Value(LABELS["deadline"], str(facts.get(old) or ""), str(facts[new])) for old, new in pairs if facts.get(new)
    ]
    alone = (
        "erased",
        "reason",
        "passed",
        "text",
        "hash",
        "old_hash",
        "text_hash",
        "final_hash",
        "signed_hash",
        "public",
        "address",
        "page",
        "method",
    )
    for name in alone:
        if isinstance(facts.get(name), str) and facts[name]:
            values.append(Value(LABELS.get(name, name), "", facts[name]))
    return values


LABELS: Mapping[str, str] = {
    "name": "Nom",
    "organisation": "Organisation",
    "report_title": "Titre du rapport",
    "budget_year": "Année du budget",
    "starts_on": "Début",
    "ends_on": "Fin",
    "held_on": "Date de la rencontre",
    "place": "Lieu",
    "venue": "Salle",
    "organising_body": "Organisme",
    "facilitator_id": "Facilitateur",
    "rapporteur_id": "Rapporteur",
    "chair_id": "Président de séance",
    "steering_supervisor": "Superviseur du comité de pilotage",
    "staff_supervisor": "Superviseur du programme",
    "consent": "Information et consentement des participants",
    "civility": "Civilité",
    "first_name": "Prénom",
    "surname": "Nom de famille",
    "email": "Adresse électronique",
    "title": "Qualité",
    "body": "Organisme",
    "phone": "Téléphone",
    "quorum": "Quorum",
    "majority": "Majorité",
    "casting_vote": "Voix prépondérante",
    "reading_days": "Jours de lecture",
    "deadline": "Date limite",
    "erased": "Données",
    "reason": "Motif",
    "passed": "Pourquoi passer outre",
    "text": "Texte",
    "hash": "Empreinte",
    "old_hash": "Empreinte d’avant",
    "text_hash": "Empreinte du texte entier",
    "final_hash": "Empreinte du document à signer",
    "signed_hash": "Empreinte du document signé",
    "public": "Empreinte de la version publique",
    "address": "Adresse (empreinte)",
    "page": "Page",
    "method": "Méthode",
}

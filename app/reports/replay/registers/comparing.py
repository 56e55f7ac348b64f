"""The registers' rows beside what the log tells of them: where the two disagree, in French, and nothing said of persons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from app.audit.verification import Finding
from app.content.canonical import digest
from app.directory.models import ROLE_LABELS
from app.people.persons import FIELDS, KEPT_OUT_OF_THE_LOG
from app.reports.replay.registers.state import LoggedRow, Place
from app.reports.replay.state import near

Row = Mapping[str, Any]
"""A row's columns, each as the driver gives it."""

COLUMNS: dict[str, dict[str, str]] = {
    "person": {
        **{name: label[0].lower() + label[1:] for name, (label, _, _) in FIELDS.items()},
        "active": "l’état du compte",
        "created_at": "la date d’inscription",
    },
    "grant": {"given_at": "la date"},
    "role_proposal": {"proposed_by_id": "la personne qui le propose", "at": "la date"},
    "territory": {
        "parent_id": "la collectivité au-dessus",
        "level": "le niveau",
        "name": "le nom",
        "path": "le chemin",
    },
    "commission": {
        "territory_id": "la collectivité",
        "name": "le nom",
        "quorum": "le quorum",
        "majority": "la majorité",
        "casting_vote": "la voix prépondérante",
        "reading_days": "le délai de lecture",
    },
    "campaign": {
        "name": "le nom",
        "organisation": "l’organisation",
        "report_title": "le titre des rapports",
        "budget_year": "l’année du budget",
        "starts_on": "le premier jour",
        "ends_on": "le dernier jour",
        "terms": "l’empreinte des termes de référence",
        "terms_version": "la version des termes de référence",
        "programme": "l’empreinte du programme",
        "programme_version": "la version du programme",
        "version": "la version",
        "created_at": "la date",
    },
    "workshop": {
        "campaign_id": "la campagne",
        "territory_id": "la collectivité",
        "held_on": "le jour",
        "place": "le lieu",
        "venue": "la salle",
        "organising_body": "l’organisme",
        "facilitator_id": "le facilitateur",
        "rapporteur_id": "le rapporteur",
        "chair_id": "le président de séance",
        "steering_supervisor": "le superviseur du comité de pilotage",
        "staff_supervisor": "le superviseur de l’équipe",
        "consent": "le consentement",
        "version": "la version",
    },
}
"""By kind, the columns that the log answers for, and what they are called."""
UNSAID = frozenset({*FIELDS, "steering_supervisor", "staff_supervisor", "consent"})
"""Of persons and meetings: that they differ is said, and nothing of what they hold."""
_UNSAID_OF = frozenset({"person", "workshop"})
_MOMENTS = frozenset({"created_at", "given_at", "at"})
_DAYS = frozenset({"starts_on", "ends_on", "held_on"})
_TRUTHS = frozenset({"active", "casting_vote"})
_TEXTS = frozenset({"terms", "programme"})
_NAMES = {
    "person": "Personne",
    "territory": "Collectivité",
    "commission": "Commission",
    "campaign": "Campagne",
    "workshop": "Rencontre",
}


def disagreements(
    told: Mapping[Place, LoggedRow], found: Iterable[tuple[Place, Row]], tally: Counter[str] | None = None
) -> Iterator[Finding]:
    """Each row that is not as told, not told, or told and not there. `tally` counts "rows" and, of their values, those
    "unknown": of which the log does not say, or since a declared erasure no longer says, what they hold.
    """
    tally = Counter() if tally is None else tally
    left = dict(told)
    for place, row in found:
        line = left.pop(place, None)
        if line is not None:
            tally["rows"] += 1
            yield from _differences(place, line, row, tally)
        else:
            stream = _stream(place, row)
            sentence = f"{called(place)} : la base l’a, aucun événement de « {stream} » n’en parle."
            yield Finding(place[0], stream, 0, sentence)
    for place, line in left.items():
        sentence = f"{called(place)} : l’événement {line.seq} de « {line.stream} » en parle, la base ne l’a pas."
        yield Finding(place[0], line.stream, line.seq, sentence)


def _differences(place: Place, line: LoggedRow, row: Row, tally: Counter[str]) -> Iterator[Finding]:
    kind = place[0]
    for column, what in COLUMNS[kind].items():
        said = line.values.get(column)
        if said is None:
            tally["unknown"] += column not in KEPT_OUT_OF_THE_LOG
            continue
        value, expected = _as_told(column, row[column], said.value), said.value
        if value == expected:
            continue
        source = f"l’événement {said.seq} de « {line.stream} »"
        sentence = f"{called(place)} : {what} vaut « {_short(value)} », « {_short(expected)} » selon {source}."
        if kind in _UNSAID_OF and column in UNSAID:
            sentence = f"{called(place)} : {what} diffère de ce que dit {source}."
        yield Finding(kind, line.stream, said.seq, sentence)


def called(place: Place) -> str:
    """The row, in French."""
    kind, key = place
    if kind == "role_proposal":
        return f"Rôle « {ROLE_LABELS.get(key[1], key[1])} » proposé pour la personne n° {key[0]}"
    if kind != "grant":
        return f"{_NAMES[kind]} n° {key}"
    person, role, territory = key
    label = ROLE_LABELS.get(role, role)
    return f"Rôle « {label} » de la personne n° {person}, {f'collectivité n° {territory}' if territory else 'partout'}"


def _stream(place: Place, row: Row) -> str:
    if place[0] == "campaign":
        return f"campaign:{place[1]}"
    return f"campaign:{row['campaign_id']}" if place[0] == "workshop" else "people"


def _as_told(column: str, value: Any, told: Any) -> Any:
    """A row's value in the form in which the log tells it."""
    if column in _MOMENTS:
        return near(value, told)
    if column in _DAYS:
        return str(value)
    if column == "email":  # who has no account has none, which the log tells as an empty one
        return "" if value is None else value
    if column in _TRUTHS:
        return bool(value) if value in (0, 1) else value
    if column in _TEXTS:
        return digest(str(value).encode("utf-8", "surrogatepass"))
    return value


def _short(value: Any) -> str:
    if isinstance(value, bool):
        return "oui" if value else "non"
    text = "" if value is None else str(value)
    return text if len(text) <= 64 else text[:63] + "…"

"""What the log tells of the registers' rows, column by column, and by which event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

Place = tuple[str, Any]
"""A row: the kind ("person", "grant", "role_proposal", "territory", "commission", "campaign", "workshop") and its number.

A role is given and taken by what it is, (person, role, territory), and proposed as (person, role)."""


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """One event. `said` holds its facts with what stands beside it; `whole` is False where that is gone or not as sealed."""

    stream: str
    seq: int
    at: datetime
    act: str
    said: Mapping[str, Any]
    whole: bool = True
    actor: int | None = None


class Said(NamedTuple):
    """A value, and the number of the event that gave it."""

    value: Any
    seq: int


@dataclass(slots=True)
class LoggedRow:
    """A row as the log tells it: since which event of which stream, and its values by column.

    A column that is not in `values` is one of which the log does not say, or no longer says, what it holds.
    """

    stream: str
    seq: int
    values: dict[str, Said] = field(default_factory=dict)


@dataclass
class Registers:
    """All rows after the events told so far. `doubts` gathers what cannot have been: (stream, event, what it does)."""

    lines: dict[Place, LoggedRow] = field(default_factory=dict)
    doubts: list[tuple[str, int, str]] = field(default_factory=list)

    def want(self, told: LoggedEvent, holds: bool, otherwise: str) -> None:
        if not holds:
            self.doubts.append((told.stream, told.seq, otherwise))

    def enter(self, told: LoggedEvent, place: Place, values: Mapping[str, Any]) -> None:
        """A new row."""
        self.want(told, place not in self.lines, "inscrit ce qui l’était déjà")
        self.lines[place] = LoggedRow(told.stream, told.seq)
        self.write(told, place, values)

    def write(self, told: LoggedEvent, place: Place, values: Mapping[str, Any]) -> None:
        """Other values of a row that is there."""
        line = self.lines.get(place)
        if line is None:
            self.want(told, False, "porte sur ce qui n’avait pas été inscrit")
            return
        line.values.update({column: Said(value, told.seq) for column, value in values.items()})

    def change(self, told: LoggedEvent, place: Place, pairs: Mapping[str, tuple[Any, Any]]) -> None:
        """Other values of a row that is there, each with the one it had."""
        line = self.lines.get(place)
        known = line.values if line else {}
        same = all(column not in known or known[column].value == old for column, (old, _) in pairs.items())
        self.want(told, same, "part d’une valeur qui n’était pas celle du registre")
        self.write(told, place, {column: new for column, (_, new) in pairs.items()})

    def forget(self, place: Place, *columns: str) -> None:
        """The log no longer says what these hold."""
        for column in columns if place in self.lines else ():
            self.lines[place].values.pop(column, None)

    def follow(self, told: LoggedEvent, place: Place, column: str, version: int) -> None:
        """A version counts from the one before."""
        line = self.lines.get(place)
        before = line.values.get(column) if line else None
        self.want(told, before is None or version == before.value + 1, "ne compte pas juste les versions")
        self.write(told, place, {column: version})

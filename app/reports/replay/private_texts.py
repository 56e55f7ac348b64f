"""The texts that stand beside revisions, compared with what the log sealed of them and with what it declares erased."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.audit import private
from app.content.canonical import digest
from app.reports.replay.logged import LoggedRevision

Row = Any
Place = tuple[str, int]
"""A part's key and the number of its revision."""
Named = tuple[int, str, int, str]
"""A revision as an erasure names it: its identifier, its part's key, its number, its hash."""


@dataclass
class PrivateTexts:
    """What stands beside the revisions of one report, by their identifiers, and what was declared erased of it."""

    rows: dict[int, Row] = field(default_factory=dict)
    declared: set[Named] = field(default_factory=set)

    def text(self, revision: Row) -> Any:
        """The stored text of a revision, wherever it stands; empty where it is gone."""
        row = self.rows.get(revision.id)
        return revision.content_json if row is None else row.content_json

    def hash(self, version: LoggedRevision, revision: Row) -> str | None:
        """The hash of a revision's text as it stands: None where it cannot be hashed, the one told where it is gone."""
        if not version.salted:
            text = revision.content_json
            return digest(text.encode("utf-8") if isinstance(text, str) else text)
        row = self.rows.get(revision.id)
        try:
            return version.hash if row is None else private.seal(row.salt, row.content_json.encode("utf-8"))
        except (ValueError, TypeError, AttributeError):
            return None

    def erased(self, versions: Mapping[Place, LoggedRevision], revisions: Mapping[Place, Row]) -> int:
        """How many texts are gone, as was declared."""
        return sum(
            version.salted and revision.id not in self.rows and self._is_declared(place, version, revision)
            for place, version, revision in _pairs(versions, revisions)
        )

    def amiss(
        self, versions: Mapping[Place, LoggedRevision], revisions: Mapping[Place, Row]
    ) -> Iterator[tuple[Place, str]]:
        """What is wrong with where texts stand; whether they are the sealed ones is for their hashes to say."""
        for place, version, revision in _pairs(versions, revisions):
            there, declared = revision.id in self.rows, self._is_declared(place, version, revision)
            if not version.salted:
                if there:
                    yield place, "un texte est à part, qu’elle n’a pas scellé"
                continue
            if revision.content_json:
                yield place, "un texte est dans sa ligne, alors que le sien est à part"
            if not there and not declared:
                yield place, "le texte mis à part manque, sans effacement déclaré"
            if there and declared:
                yield place, "le texte mis à part est encore là, quoique déclaré effacé"

    def _is_declared(self, place: Place, version: LoggedRevision, revision: Row) -> bool:
        return (revision.id, *place, version.hash) in self.declared


def _pairs(
    versions: Mapping[Place, LoggedRevision], revisions: Mapping[Place, Row]
) -> Iterator[tuple[Place, LoggedRevision, Row]]:
    return ((place, versions[place], row) for place, row in revisions.items() if place in versions)


def named(facts: dict[str, Any]) -> set[Named]:
    """The revisions whose texts the facts of an `erase` event declare gone. Raises KeyError and TypeError."""
    return {(each["id"], facts["part"], each["number"], each["hash"]) for each in facts.get("revisions", [])}

"""Putting an old report into the parts of one that is being drafted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.directory.models import Person
from app.reports.editing import acts as editing
from app.reports.legacy_import.building import Built
from app.reports.models.report import Report
from app.reports.steps import NotReady
from app.reports.text import revisions
from app.template import BY_KEY, WRITTEN

NOTHING = "Rien n’est à reprendre\u00a0: choisissez où va au moins un paragraphe."


@dataclass(slots=True)
class LegacyTaken:
    """Labels of the parts saved, and of those whose words collide with what was saved since."""

    saved: list[str] = field(default_factory=list)
    collided: list[str] = field(default_factory=list)


def numbers(report: Report) -> dict[str, int]:
    """The current revision of each part that people write."""
    return {part.key: revisions.part_of(report, part.key).number for part in WRITTEN}


def take(report: Report, built: Built, bases: Mapping[str, int], file: str, person: Person) -> LegacyTaken:
    """Save each part that something was found for, on top of the revisions `bases`; `file` is the SHA-256 of the file.

    Raises `steps.NotReady` where nothing was found, `content.canonical.TooLong`, and what `steps.take` raises.
    """
    if not built.zones:
        raise NotReady(NOTHING)
    taken = LegacyTaken()
    for part in (part for part in WRITTEN if part.key in built.zones):
        base = bases[part.key]
        before = revisions.revision_of(revisions.part_of(report, part.key), base).content
        try:
            content = built.content(part.key, before)
            editing.save_part(report, part.key, base, content, person, file=file, old=True)
            taken.saved.append(BY_KEY[part.key].label)
        except revisions.Collision:
            taken.collided.append(BY_KEY[part.key].label)
    return taken

"""Mending a finding: its edit, made through the door that every save takes."""

from __future__ import annotations

from dataclasses import replace

from app.content.blocks import Content
from app.directory.models import Person
from app.reports import steps
from app.reports.consistency.case import MendedField
from app.reports.consistency.checking import findings_of
from app.reports.editing import acts as editing
from app.reports.models.report import Report
from app.reports.text import revisions

MOVED = (
    "Le texte a changé depuis que la page a été ouverte : cette correction ne s’y applique plus telle quelle. Relisez."
)


def mend(report: Report, name: str, base: int, person: Person) -> str:
    """Mend the finding of that name, found on revision `base` of its part; answers with the part's key.

    Raises `steps.NotReady` where the text has moved since or the finding is gone, and what `editing.save_part` raises.
    """
    finding = next((each for each in findings_of(report) if each.name == name and each.slip.mend), None)
    if finding is None or finding.slip.mend is None or revisions.part_of(report, finding.slip.part).number != base:
        raise steps.NotReady(MOVED)
    key = finding.slip.part
    before = revisions.current(revisions.part_of(report, key)).content
    editing.save_part(report, key, base, edited(before, finding.slip.mend.edits), person)
    return key


def edited(content: Content, edits: tuple[MendedField, ...]) -> Content:
    """The content with these edits made."""
    by_block: dict[str, dict[str, str]] = {}
    for edit in edits:
        by_block.setdefault(edit.block, {})[edit.field] = edit.text
    return tuple(
        replace(block, fields={**block.fields, **by_block[block.id]}) if block.id in by_block else block
        for block in content
    )

"""A campaign's two documents: terms of reference, section by section, and model programme."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app import template
from app.audit import events
from app.audit.entries import Where
from app.content.blocks import Block, BlockKind, Content
from app.content.canonical import check, content_bytes, content_hash, digest
from app.db import db
from app.directory.models import Person, Role
from app.template import Zone
from app.workshops import reach, wording
from app.workshops.campaigns import stream
from app.workshops.entries import InvalidEntries, OutdatedForm
from app.workshops.models import Campaign
from app.workshops.texts import versions
from app.workshops.texts.keeping import KEPT, keep

LONGEST_HEADING = 300
"""In characters."""
_FIGURES = re.compile("[0-9]{1,6}")


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a document that is edited at once."""

    key: str
    label: str
    zones: tuple[Zone, ...]

    def of(self, content: Content) -> Content:
        """The section's blocks among a document's."""
        keys = {zone.key for zone in self.zones}
        return tuple(block for block in content if block.zone in keys)


def _sections() -> tuple[Section, ...]:
    """The terms' zones, a new section at each zone of a heading's; what stands before the first is the title."""
    groups: list[list[Zone]] = [[]]
    for zone in template.TERMS_ZONES:
        if zone.key.endswith("_heading"):
            groups.append([])
        groups[-1].append(zone)
    title, *others = groups
    return (
        Section("title", "Titre et objet", tuple(title)),
        *(Section(group[1].key, group[1].label, tuple(group)) for group in others),
    )


SECTIONS = _sections()
BY_KEY = {section.key: section for section in SECTIONS}
PROGRAMME = Section("programme", template.PROGRAMME_ZONE.label, (template.PROGRAMME_ZONE,))


def save_terms(person: Person, campaign: Campaign, section: Section, content: Content, base: str) -> bool:
    """Replace one section of the terms of reference by `content`; False where nothing differs.

    `base` is the `content_hash` of the section as the form was opened on: saves of other sections do not disturb.
    Raises `InvalidEntries`, `content.canonical.TooLong`, `Forbidden` for who does not coordinate all the
    campaign's territories, and `OutdatedForm` where the section was saved in between.
    """
    db.session.refresh(campaign, with_for_update=True)
    reach.check(person, campaign)
    whole = _replaced(campaign.terms_content, section, content, base, template.TERMS_ZONES)
    if whole is None:
        return False
    _write(person, campaign, "terms", whole, section=section.key)
    return True


def save_programme(person: Person, campaign: Campaign, content: Content, base: str) -> bool:
    """Replace the model programme, by the same rules as a section of the terms."""
    db.session.refresh(campaign, with_for_update=True)
    reach.check(person, campaign)
    whole = _replaced(campaign.programme_content, PROGRAMME, content, base, PROGRAMME.zones)
    if whole is None:
        return False
    _write(person, campaign, "programme", whole)
    return True


def restore(person: Person, campaign: Campaign, kind: str, number: int, base: int) -> bool:
    """Make version `number` of the terms or the programme (`kind`) current again, as a new one; False where it already is.

    `base` is the version that was current on the page. Raises LookupError where that version was not kept, and
    `OutdatedForm` where the document was saved in between.
    """
    db.session.refresh(campaign, with_for_update=True)
    reach.check(person, campaign)
    if base != versions.current(campaign, kind):
        raise OutdatedForm
    kept = versions.find(campaign.id, kind, number)
    if kept.content_json == versions.stored(campaign, kind):
        return False
    _write(person, campaign, kind, kept.content, restored=number)
    return True


def _write(person: Person, campaign: Campaign, kind: str, whole: Content, **more: Any) -> None:
    """A new version of one document: the campaign's row, the event, and the text that the event names by its hash."""
    before = versions.stored(campaign, kind)
    setattr(campaign, kind, content_bytes(whole).decode("utf-8"))
    number = versions.current(campaign, kind) + 1
    setattr(campaign, f"{kind}_version", number)
    facts = {
        "campaign": campaign.id,
        "version": number,
        **more,
        "old_hash": digest(before.encode("utf-8")),
        "hash": content_hash(whole),
        KEPT: True,
    }
    event = events.record(
        stream(campaign.id), f"{kind}_change", person, facts, Role.COORDINATION, Where("", campaign.id)
    )
    keep(campaign, kind, event)


def _replaced(
    document: Content, section: Section, content: Content, base: str, zones: tuple[Zone, ...]
) -> Content | None:
    """The whole document with the section replaced, in the order of `zones`; None where it would not change."""
    _check(section, content)
    current = section.of(document)
    if content_bytes(content) == content_bytes(current):
        return None
    if base != content_hash(current):
        raise OutdatedForm
    order = {zone.key: place for place, zone in enumerate(zones)}
    keys = {zone.key for zone in section.zones}
    kept = [block for block in document if block.zone not in keys]
    whole = tuple(sorted([*kept, *content], key=lambda block: order[block.zone]))
    check(whole)
    return whole


def _check(section: Section, content: Content) -> None:
    errors: dict[str, str] = {}
    for zone in section.zones:
        blocks = [block for block in content if block.zone == zone.key]
        if zone.heading and any(len(block.text) > LONGEST_HEADING for block in blocks):
            errors[zone.key] = f"Un titre compte au plus {LONGEST_HEADING} caractères."
        if zone.shape is not None:
            errors.update(_wrong_rows(zone, blocks))
    if errors:
        raise InvalidEntries(errors)


def _wrong_rows(zone: Zone, rows: list[Block]) -> dict[str, str]:
    """One sentence for a grid, naming the first line that lacks what it must have."""
    assert zone.shape is not None
    for number, row in enumerate(rows, start=1):
        for field in zone.shape.fields:
            text = row.fields.get(field.name, "").strip()
            if field.required and not text:
                return {zone.key: f"Ligne {number} : « {field.label} » est vide."}
            if zone.shape is template.QUOTA and field.name == "number" and not _FIGURES.fullmatch(text):
                return {zone.key: f"Ligne {number} : « {field.label} » s’écrit en chiffres."}
    return {}


def mission(content: Content, zone: str, territory_name: str) -> Mapping[str, str]:
    """A territory's row of a supervision table, whatever its accents and capitals; an empty one where it has none."""
    name = wording.folded(territory_name)
    rows = (block.fields for block in content if block.zone == zone and block.kind is BlockKind.ROW)
    return next((row for row in rows if wording.folded(row.get("territory", "")) == name), {})

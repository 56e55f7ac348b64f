"""Where a paragraph that is new in a returned file belongs, and the block that it makes there."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from app import template
from app.content import source
from app.content.blocks import Block, BlockKind
from app.content.canonical import canonical
from app.content.inline import Span, Spans
from app.documents.word.reading import WordParagraph
from app.reports.word.tagging import CELLS
from app.template import Zone

SAID = frozenset({"speech", "point", "concern", "recommendation"})
"""Rows of which a paragraph in a list says all that is required."""


@dataclass(frozen=True, slots=True)
class Placement:
    """Behind which block of which zone one stands; no `block`: at the zone's start; no `zone`: where nothing is typed."""

    part: str = "cover"
    zone: str | None = None
    block: str | None = None


def under(part: str) -> Placement:
    """The start of a part; the cover and what others write have no zone to type in."""
    known = template.BY_KEY[part]
    if known.kind is not template.PartKind.WRITTEN or not known.zones:
        return Placement(part)
    return Placement(part, known.zones[0].key)


def placed(paragraphs: Sequence[WordParagraph], spot: Placement) -> tuple[Placement, Block] | None:
    """The new block, and where it goes: for a paragraph, or a table's row; None where it can only be shown."""
    if spot.zone is None:
        return None
    part = template.BY_KEY[spot.part]
    zone = part.zone(spot.zone)
    if len(paragraphs) > 1:
        return _row(paragraphs, _table(part), spot)
    paragraph = paragraphs[0]
    listed = bool(paragraph.listed)
    if (zone.shape is None) is listed:
        zone = _next(part, zone, grid=listed) or zone
    return _behind(spot, zone, _prose(paragraph, zone) if zone.shape is None else _said(paragraph, zone))


def _behind(spot: Placement, zone: Zone, block: Block | None) -> tuple[Placement, Block] | None:
    """The block with an id that follows from its words and its place: the same file brought twice adds nothing twice."""
    if block is None:
        return None
    spot = spot if zone.key == spot.zone else Placement(spot.part, zone.key)
    told = canonical([spot.part, zone.key, spot.block or "", block.to_json()])
    name = base64.b32encode(sha256(told).digest()[:5]).decode("ascii").lower()
    return spot, Block(name, block.zone, block.kind, block.fields)


def _next(part: template.Part, zone: Zone, *, grid: bool) -> Zone | None:
    """The zone right behind, where it takes what this one does not."""
    at = part.zones.index(zone) + 1
    after = part.zones[at] if at < len(part.zones) else None
    if after is None or (after.shape is not None) is not grid:
        return None
    return after if after.shape is None or after.shape.key in SAID else None


def _prose(paragraph: WordParagraph, zone: Zone) -> Block:
    text = source.markdown(standing(paragraph))
    if paragraph.level:
        return Block(
            "", zone.key, BlockKind.HEADING, {"text": f"{'#' * max(1, paragraph.level - 2)} {' '.join(text.split())}"}
        )
    if paragraph.listed:
        kind, marker = (BlockKind.NUMBERED, "1. ") if paragraph.listed == "number" else (BlockKind.ITEM, "- ")
        return Block("", zone.key, kind, {"text": marker + text})
    return Block("", zone.key, BlockKind.PARAGRAPH, {"text": text})


def _said(paragraph: WordParagraph, zone: Zone) -> Block | None:
    if zone.shape is None or zone.shape.key not in SAID:
        return None
    return _filled(zone, {"text": source.words(standing(paragraph))})


def _table(part: template.Part) -> Zone | None:
    return next((zone for zone in part.zones if zone.shape is not None and zone.shape.key in CELLS), None)


def _row(cells: Sequence[WordParagraph], zone: Zone | None, spot: Placement) -> tuple[Placement, Block] | None:
    if zone is None or zone.shape is None:
        return None
    names = CELLS[zone.shape.key]
    texts = [source.words(standing(cell)) for cell in cells[max(0, len(cells) - len(names)) :]]
    if not any(texts) or len(texts) < len(names):
        return None
    return _behind(spot, zone, _filled(zone, dict(zip(names, texts, strict=True))))


def _filled(zone: Zone, texts: dict[str, str]) -> Block:
    names = zone.shape.field_names if zone.shape else ()
    return Block("", zone.key, BlockKind.ROW, {**dict.fromkeys(names, ""), **texts})


def standing(paragraph: WordParagraph) -> Spans:
    """The paragraph's words with every tracked change accepted."""
    return tuple(
        Span(run.text, run.bold and not paragraph.level, run.italic and not paragraph.level, run.superscript)
        for run in paragraph.runs
        if run.deleted is None
    )

"""The attendance list as readers of published reports see it: contacts masked, who refused not named."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from app.content.blocks import Block, Content
from app.content.canonical import content_bytes
from app.content.masking import DOT, mask_field
from app.reports.models.report import decode
from app.template import Consent

UNNAMED = "Nom non publié"
WITHHELD = DOT * 3
_HIDDEN = ("body", "contact", "signed")


@lru_cache(maxsize=256)
def for_readers(content_json: str) -> str:
    """The stored text of an attendance list, masked. A row without an answer shows its name, as it was asked for."""
    return content_bytes(mask_field(published(decode(content_json)), "contact")).decode("utf-8")


def published(content: Content) -> Content:
    """Without what tells who refused: their names, and what would give them away."""
    return tuple(_unnamed(block) if block.fields.get("consent") == Consent.REFUSED else block for block in content)


def _unnamed(block: Block) -> Block:
    hidden = {name: WITHHELD for name in _HIDDEN if block.fields.get(name)}
    return replace(block, fields={**block.fields, "name": UNNAMED, **hidden})

"""What a part holds: an ordered list of blocks with stable ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class BlockKind(StrEnum):
    PARAGRAPH = "paragraph"  # a run of prose
    ITEM = "item"  # one item of a bulleted list
    NUMBERED = "numbered"  # one item of a numbered list
    HEADING = "heading"  # a sub-heading inside a part
    ROW = "row"  # one line of a form or grid: its fields are named by the zone's row shape


GAP = "gap"
"""The blanks before a block of prose, where they are not the usual ones (see `app.content.prose`)."""
GAP_AFTER = "gap_after"
"""The blanks after the last block of a zone of prose, where there are any."""
FILE = "file"
"""The stored picture that a row stands for, written by the machine (see `app.documents.pictures.Kept`)."""


@dataclass(frozen=True, slots=True)
class Block:
    """One block of a part.

    `id` is unique within its part and survives edits; `zone` is the key of the zone of the part it stands in
    (see `app.template`); `fields` holds the block's texts by name: {"text": Markdown source, marker included} for
    prose, one entry per field of the row shape for a row (plain text, never Markdown). A block of prose may hold
    GAP and GAP_AFTER besides, a row FILE: part of the content, hence of the hash, but no words.
    """

    id: str
    zone: str
    kind: BlockKind
    fields: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return self.fields.get("text", "")

    @property
    def words(self) -> Mapping[str, str]:
        """The fields that hold words: what is compared, merged and attributed."""
        wordless = FILE in self.fields if self.kind is BlockKind.ROW else GAP in self.fields or GAP_AFTER in self.fields
        if not wordless:
            return self.fields
        return {name: text for name, text in self.fields.items() if name not in (GAP, GAP_AFTER, FILE)}

    def to_json(self) -> dict[str, Any]:
        return {"id": self.id, "zone": self.zone, "kind": self.kind.value, "fields": dict(self.fields)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Block:
        return cls(data["id"], data["zone"], BlockKind(data["kind"]), dict(data["fields"]))


Content = tuple[Block, ...]

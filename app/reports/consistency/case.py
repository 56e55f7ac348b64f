"""What the rules look at: one report as plain values; and what they answer with: a slip, where it stands, its mend."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import date

from app import template
from app.content.blocks import Block, BlockKind, Content
from app.reports.consistency.language import levelled


@dataclass(frozen=True, slots=True)
class Case:
    """One report. `contents` holds the content of each stored part by its key."""

    contents: Mapping[str, Content]
    held_on: date
    budget_year: int
    territory: str
    elsewhere: Mapping[str, str] = dataclass_field(default_factory=dict)
    """Territories that are neither this one, nor above, nor below it: name by levelled name."""
    opening: str = ""
    """What the introduction started with."""
    earlier: tuple[str, ...] = ()
    """Recommendations that the territory's last meeting left open."""

    def rows(self, part: str, zone: str) -> list[Block]:
        return [block for block in self.contents.get(part, ()) if block.zone == zone and block.kind is BlockKind.ROW]

    def prose(self, part: str, zone: str) -> list[Block]:
        return [
            block for block in self.contents.get(part, ()) if block.zone == zone and block.kind is not BlockKind.ROW
        ]

    def texts(self, *parts: str) -> Iterator[CasePassage]:
        """Every text of these parts, a field of a row or a block of prose, that is not empty."""
        for part in parts:
            for block in self.contents.get(part, ()):
                for name, text in block.words.items():
                    if text.strip():
                        yield CasePassage(part, block, name, text)


@dataclass(frozen=True, slots=True)
class CasePassage:
    """One text of the report and where it stands."""

    part: str
    block: Block
    field: str
    text: str

    @property
    def levelled(self) -> str:
        """The text in small letters without accents, as long as the text itself: places in one are places in the other."""
        return levelled(self.text)


@dataclass(frozen=True, slots=True)
class MendedField:
    """A field of a block, and what it would hold."""

    block: str
    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Mend:
    """How a slip is mended: `said` are the words put in, where they can be shown in a few."""

    said: str
    edits: tuple[MendedField, ...]


@dataclass(frozen=True, slots=True)
class Inconsistency:
    """What a rule has found in part `part`: at block `block` of zone `zone`, its field `field`, the words `quote`.

    `words` fill the rule's sentence. `mend` is there where a part written in the report can be
    mended by itself.
    """

    part: str
    zone: str = ""
    block: str = ""
    field: str = ""
    quote: str = ""
    words: Mapping[str, str] = dataclass_field(default_factory=dict)
    mend: Mend | None = None


def at(passage: CasePassage, quote: str, mend: Mend | None = None, **words: str) -> Inconsistency:
    """A slip in a passage."""
    written = template.BY_KEY[passage.part].kind is template.PartKind.WRITTEN
    block = passage.block
    return Inconsistency(passage.part, block.zone, block.id, passage.field, quote, words, mend if written else None)


def put(passage: CasePassage, start: int, end: int, instead: str) -> Mend:
    """Other words at that place of a passage."""
    text = passage.text[:start] + instead + passage.text[end:]
    return Mend(instead, (MendedField(passage.block.id, passage.field, text),))


def in_row(part: str, row: Block, name: str, instead: str = "", **words: str) -> Inconsistency:
    """A slip in the field `name` of a row; where `instead` is given, it is what the field should hold."""
    mend = Mend(instead, (MendedField(row.id, name, instead),)) if instead else None
    return Inconsistency(part, row.zone, row.id, name, row.fields.get(name, "").strip(), words, mend)

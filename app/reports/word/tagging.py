"""The report's document with every word told apart: the template's own, or of which field of which block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from app import template
from app.content.blocks import Block, BlockKind, Content
from app.content.changes import Change
from app.content.markdown import strip_marker
from app.content.stretches import tagged
from app.documents.tree import Document, Node
from app.documents.word.markup import bookmark_name
from app.reports.amending.markup import proposed
from app.reports.history.comparing import Numbers
from app.reports.models.report import Report
from app.reports.output import document
from app.reports.output.grids import executed
from app.reports.rectification import statement

Proposed = Mapping[str, Sequence[tuple[int, Change]]]
"""By part, the amendments marked in it."""

CELLS: Mapping[str, tuple[str, ...]] = {
    "follow_up": ("text", "execution", "observations"),
    "slot": ("hours", "text", "responsible"),
    "attendee": ("name", "body", "contact", "signed"),
}
"""Of the rows that are printed as a table's, the field in each column, a first one that numbers the rows left out."""
CAPTION = ("picture", "text")
"""The shape of a photograph's row, and its field that is printed under it."""
_FIXED = frozenset({"function", "status", "speaker", "consent"})
"""Fields that are not printed as they were typed."""


class TypedPlace(NamedTuple):
    """Where a stretch of the document was typed."""

    part: str
    block: str
    field: str


@dataclass(frozen=True, slots=True)
class Tagged:
    """`places`: field n of the document is at index n - 1; `owners`: the part of each of the document's nodes."""

    document: Document
    places: tuple[TypedPlace, ...]
    owners: tuple[str, ...]

    @property
    def names(self) -> dict[int, str]:
        """The bookmark of each field; of a table's row only the first cell has one."""
        seen: set[tuple[str, str]] = set()
        names: dict[int, str] = {}
        for number, place in enumerate(self.places, start=1):
            in_table = place.part in _TABLES and place.field in _TABLES[place.part]
            if not in_table or (place.part, place.block) not in seen:
                names[number] = bookmark_name("s", *place)
            seen.add((place.part, place.block))
        return names


_TABLES = {
    part.key: CELLS[zone.shape.key]
    for part in template.PARTS
    for zone in part.zones
    if zone.shape is not None and zone.shape.key in CELLS
}


def tag(
    report: Report, contents: Mapping[str, Content], numbers: Numbers, proposals: Proposed, *, project: bool
) -> Tagged:
    """The whole report; by each stored part's key `contents` holds its content and `numbers` of which revision that is,
    `proposals` what is marked in it. What a rectification says of itself is no part's: it goes with the cover.
    """
    places: list[TypedPlace] = []
    nodes: list[Node] = list(statement.nodes(report, numbers))
    owners: list[str] = ["cover"] * len(nodes)
    made_at = document.signed_at(report)
    for part in template.PARTS:
        content = proposed(contents.get(part.key, ()), proposals.get(part.key, ()), each=True)
        if part.kind is template.PartKind.WRITTEN:
            content = tuple(_tagged(block, part, places) for block in content)
        beside = {"follow_up": contents.get("follow_up", ())} if part.key == "unmet" else {}
        made = list(document.part_nodes(part, {**beside, part.key: content}, made_at))
        nodes += made
        owners += [part.key] * len(made)
    return Tagged(document.framed(report, tuple(nodes), project=project), tuple(places), tuple(owners))


def _tagged(block: Block, part: template.Part, places: list[TypedPlace]) -> Block:
    fields = dict(block.fields)
    for name, text in _printed(block, part):
        places.append(TypedPlace(part.key, block.id, name))
        fields[name] = tagged(text, len(places))
    if block.kind is not BlockKind.ROW:
        fields["text"] = block.text[: len(block.text) - len(strip_marker(block))] + fields["text"]
    return replace(block, fields=fields)


def _printed(block: Block, part: template.Part) -> Iterator[tuple[str, str]]:
    """The fields of a block that are printed, with their words: of a table's row the empty ones too,
    and a caption that is yet to be written.
    """
    if block.kind is not BlockKind.ROW:
        yield "text", strip_marker(block).strip()
        return
    shape = part.zone(block.zone).shape
    if shape is None:
        return
    cells = CELLS.get(shape.key, ())
    for name in shape.field_names:
        text = (
            executed(block) if (shape.key, name) == ("follow_up", "execution") else block.fields.get(name, "").strip()
        )
        if name in cells or (shape.key, name) == CAPTION or (text and name not in _FIXED):
            yield name, text

"""The neutral document: what the screen, the PDF and the Word file are written from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from app.content.inline import Span as Span
from app.content.inline import Spans as Spans


class Marker(StrEnum):
    DASH = "dash"
    TICK = "tick"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` 1 to 4; `anchor` is unique in the document; `in_contents` says whether the contents list it."""

    level: int
    text: str
    anchor: str
    in_contents: bool = True
    new_page: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    spans: Spans
    centred: bool = False


@dataclass(frozen=True, slots=True)
class Items:
    marker: Marker
    items: tuple[Spans, ...]
    start: int = 1


@dataclass(frozen=True, slots=True)
class Column:
    """`share` is the column's part of the table's width (all shares are added up); `hyphenate` is never set for names."""

    title: str
    share: float = 1.0
    centred: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """`total`, where there is one, is a last row in bold. `label` is the spoken name of the table."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    label: str
    total: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Signatory:
    """One column of the signature block. `slot` names the signature field: "rapporteur" or "chair"."""

    slot: str
    quality: str
    name: Spans
    lines: tuple[Spans, ...] = ()
    signed: tuple[str, ...] = ()
    """What stands in the room of the signature on a paper copy: who has signed already, and how."""


@dataclass(frozen=True, slots=True)
class SignatureBlock:
    """Left: rapporteur. Right: "Fait à …, le …", then the session's chair."""

    left: Signatory
    right: Signatory
    made_at: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A photograph, `width` by `height` pixels: the hashes of two stored JPEGs, and `alt`, which is spoken in its place."""

    file: str
    thumbnail: str
    width: int
    height: int
    caption: Spans
    alt: str


Node = Heading | Paragraph | Items | Table | SignatureBlock | Picture


@dataclass(frozen=True, slots=True)
class Cover:
    """`title` is printed in capitals in a box, `date` in brackets under it, `month` at the foot; `notice` over the title."""

    organisation: str
    title: str
    date: str
    month: str
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Attestation:
    """How a reader of the paper checks it: `code` stands in the foot of each page and, at the document's end, under `title`
    with the `sentences` and a QR code of `address`.
    """

    code: str
    address: str
    title: str
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """`closing` is kept together on one page with what precedes it: the conclusion and the signature block stand there."""

    cover: Cover
    nodes: tuple[Node, ...]
    title: str
    language: str = "fr"
    contents_title: str = "Table des matières"
    project: bool = False
    """A draft: watermarked PROJET on every page."""
    watermark: str = ""
    """One word across every page, in the place of PROJET."""
    compact: bool = False
    """A short document: the cover's words head its first page, and it has no contents."""
    source_label: str = "Données du rapport"
    """What the attached source is called."""
    reference: str = ""
    """Short text at the foot of each page beside the page number, e.g. the report's number and version."""
    attestation: Attestation | None = None
    page_codes: tuple[str, ...] = ()
    """On a paper to be signed: what the QR code of each page says, from the first page on."""
    keep_together: frozenset[str] = field(default_factory=frozenset)
    """Anchors of the level-1 headings whose nodes must stay on one page (the conclusion with its signatures)."""
    files: Mapping[str, bytes] = field(default_factory=dict, compare=False)
    """The JPEG of each `Picture` by its hash, for what is written to paper; a screen asks for them by address.
    Not compared: the hashes say what they are.
    """


@dataclass(frozen=True, slots=True)
class SignatureField:
    """Where a visible signature goes. `page` counts from 1; the rest is in PDF points from the page's lower left corner."""

    slot: str
    page: int
    x: float
    y: float
    width: float
    height: float


def leading(nodes: Sequence[Node]) -> frozenset[int]:
    """The paragraphs, by their place, that never end a page: those that announce a list or table, or head what follows."""
    return frozenset(
        place
        for place, (node, following) in enumerate(pairwise(nodes))
        if isinstance(node, Paragraph)
        and (isinstance(following, Items | Table) or (node.spans and all(span.bold for span in node.spans)))
    )

"""The report as a neutral document: each part's nodes, and the whole with its cover."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from app import template
from app.content.blocks import Block, BlockKind, Content
from app.content.inline import Span, Spans, spans, text_spans
from app.content.markdown import heading_level, number, strip_marker
from app.documents.tree import (
    Cover,
    Document,
    Heading,
    Items,
    Marker,
    Node,
    Paragraph,
    Signatory,
    SignatureBlock,
)
from app.reports.models.report import Report
from app.reports.output.grids import GRIDS, texts
from app.reports.rectification import statement
from app.reports.text import erased, masthead, photographs
from app.template import Part, Status
from app.workshops import wording

Contents = Mapping[str, Content]


def whole(report: Report, contents: Contents, *, project: bool) -> Document:
    """The whole report; `contents` holds each stored part's content by key. `project` watermarks a draft."""
    made_at = signed_at(report)
    nodes = (node for part in template.PARTS for node in part_nodes(part, contents, made_at))
    return framed(report, (*statement.nodes(report), *nodes), project=project)


def framed(report: Report, nodes: tuple[Node, ...], *, project: bool) -> Document:
    """These nodes behind the report's cover."""
    front = cover(report)
    named = front.notice or "Rapport"
    return Document(
        cover=front,
        nodes=nodes,
        title=f"{front.notice} : {front.title} ({front.date})" if front.notice else f"{front.title} ({front.date})",
        project=project,
        reference=f"{named} n° {report.id}" + (" – projet" if project else ""),
        keep_together=frozenset({"conclusion"}),
    )


def cover(report: Report) -> Cover:
    """The cover, which says so where the report rectifies another."""
    front = masthead.of(report)
    return Cover(
        organisation=front.organisation,
        title=front.title,
        date=wording.day(front.held_on),
        month=wording.month_and_year(front.held_on),
        notice=statement.TITLE if report.rectifies_id is not None else "",
    )


def signed_at(report: Report) -> str:
    """The line above the chair's signature."""
    front = masthead.of(report)
    return f"Fait à {front.place}, le {wording.day(front.held_on)}"


def part_nodes(part: Part, contents: Contents, made_at: str) -> Iterator[Node]:
    """The nodes of one part, its heading first. `contents` must hold the part's own content and annex 2's."""
    content = contents.get(part.key, ())
    if part.key == "unmet":
        yield from _unmet(content, contents.get("follow_up", ()))
        return
    if part.key == "photographs" and not any(map(photographs.shown, content)):
        return
    if part.level:
        yield Heading(part.level, part.heading, part.key, part.in_contents, part.new_page)
    if part.key == "signatures":
        yield _signatures(content, made_at)
        return
    if gone := erased.told_by(content):
        yield Paragraph((Span(gone),))
        return
    for zone in part.zones:
        blocks = [block for block in content if block.zone == zone.key]
        yield from _zone_nodes(part, zone, blocks)


def _zone_nodes(part: Part, zone: template.Zone, blocks: list[Block]) -> Iterator[Node]:
    if zone.shape is not None:
        yield from GRIDS[zone.shape.key](zone, blocks)
    elif zone.heading:
        for block in blocks:
            text = block.text.strip()
            if text:
                yield Heading(zone.heading, text, f"{part.key}-{zone.key}", in_contents=False)
    else:
        yield from prose_nodes(blocks, part.key)


def prose_nodes(blocks: Iterable[Block], anchor: str) -> Iterator[Node]:
    """Paragraphs, lists and sub-headings of a zone of prose."""
    for kind, run in groupby(blocks, key=lambda block: block.kind):
        group = list(run)
        if kind is BlockKind.ITEM:
            yield Items(Marker.DASH, tuple(_marked(block) for block in group))
        elif kind is BlockKind.NUMBERED:
            yield Items(Marker.NUMBER, tuple(_marked(block) for block in group), start=number(group[0]))
        elif kind is BlockKind.HEADING:
            for block in group:
                level = min(4, 2 + heading_level(block))
                yield Heading(level, strip_marker(block).strip(), f"{anchor}-{block.id}", in_contents=False)
        else:
            yield from (Paragraph(_marked(block)) for block in group if block.text.strip())


def _marked(block: Block) -> Spans:
    return spans(strip_marker(block).strip())


def unmet_rows(follow_up: Content) -> list[Block]:
    """The rows of annex 2 that are not met."""
    return [block for block in follow_up if block.fields.get("status") == Status.NOT_DONE]


def _unmet(lead: Content, follow_up: Content) -> Iterator[Node]:
    rows = unmet_rows(follow_up)
    if not rows:
        return
    written = list(prose_nodes(lead, "unmet"))
    usual = template.UNMET_ONE if len(rows) == 1 else template.UNMET_MANY
    yield from written or [Paragraph(text_spans(usual))]
    yield Items(Marker.DASH, texts(rows))


def _signatures(content: Content, made_at: str) -> SignatureBlock:
    rows = [block for block in content if block.kind is BlockKind.ROW]
    blank = Block("", "signatories", BlockKind.ROW, {})
    left, right = [*rows, blank, blank][:2]
    return SignatureBlock(_signatory("rapporteur", left), _signatory("chair", right), made_at)


def _signatory(slot: str, block: Block) -> Signatory:
    fields = block.fields
    first, surname = fields.get("first_name", "").strip(), fields.get("surname", "").strip()
    name = (Span(f"{first} "),) if first else ()
    lines = tuple(text_spans(text) for key in ("title", "body") if (text := fields.get(key, "").strip()))
    return Signatory(slot, fields.get("quality", ""), (*name, Span(surname, bold=True)), lines)

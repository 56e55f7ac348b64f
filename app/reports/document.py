"""The report as a neutral document: each part's nodes, and the whole with its cover."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from app import template
from app.content.blocks import Block, Content, Kind
from app.content.inline import Span, Spans, spans, text_spans
from app.content.markdown import heading_level, number, strip_marker
from app.documents.tree import (
    Column,
    Cover,
    Document,
    Heading,
    Items,
    Marker,
    Node,
    Paragraph,
    Signatory,
    SignatureBlock,
    Table,
)
from app.reports.attachments import printed
from app.reports.models import Report
from app.reports.personal import erased
from app.reports.rectifying import statement
from app.template import Part, Status
from app.workshops import wording
from app.workshops.models import Workshop

Contents = Mapping[str, Content]


def whole(report: Report, contents: Contents, *, project: bool) -> Document:
    """The whole report; `contents` holds each stored part's content by key. `project` watermarks a draft."""
    made_at = signed_at(report.workshop)
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
    workshop = report.workshop
    return Cover(
        organisation=workshop.campaign.organisation,
        title=wording.report_title(workshop.campaign, workshop),
        date=wording.day(workshop.held_on),
        month=wording.month_and_year(workshop.held_on),
        notice=statement.TITLE if report.rectifies_id is not None else "",
    )


def signed_at(workshop: Workshop) -> str:
    """The line above the chair's signature."""
    return f"Fait à {workshop.place}, le {wording.day(workshop.held_on)}"


def part_nodes(part: Part, contents: Contents, made_at: str) -> Iterator[Node]:
    """The nodes of one part, its heading first. `contents` must hold the part's own content and annex 2's."""
    content = contents.get(part.key, ())
    if part.key == "unmet":
        yield from _unmet(content, contents.get("follow_up", ()))
        return
    if part.key == "photographs" and not any(map(printed.shown, content)):
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
        yield from _GRIDS[zone.shape.key](zone, blocks)
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
        if kind is Kind.ITEM:
            yield Items(Marker.DASH, tuple(_marked(block) for block in group))
        elif kind is Kind.NUMBERED:
            yield Items(Marker.NUMBER, tuple(_marked(block) for block in group), start=number(group[0]))
        elif kind is Kind.HEADING:
            for block in group:
                level = min(4, 2 + heading_level(block))
                yield Heading(level, strip_marker(block).strip(), f"{anchor}-{block.id}", in_contents=False)
        else:
            yield from (Paragraph(_marked(block)) for block in group if block.text.strip())


def _marked(block: Block) -> Spans:
    return spans(strip_marker(block).strip())


def _texts(blocks: list[Block], name: str = "text") -> tuple[Spans, ...]:
    return tuple(text_spans(block.fields[name].strip()) for block in blocks if block.fields.get(name, "").strip())


def _items(marker: Marker, texts: tuple[Spans, ...]) -> Iterator[Node]:
    if texts:
        yield Items(marker, texts)


def _speeches(zone: template.Zone, blocks: list[Block]) -> Iterator[Node]:
    yield from _items(Marker.TICK, _texts(blocks))


def _points(zone: template.Zone, blocks: list[Block]) -> Iterator[Node]:
    yield from _items(Marker.DASH, _texts(blocks))


def _concerns(zone: template.Zone, blocks: list[Block]) -> Iterator[Node]:
    yield from _items(Marker.DASH, tuple(_concern(block) for block in blocks if _said(block)))


def _concern(block: Block) -> Spans:
    answer, by = block.fields.get("answer", "").strip(), block.fields.get("answered_by", "").strip()
    said: Spans = text_spans(block.fields["text"].strip())
    if not answer:
        return said
    lead = f" Réponse de {by} : " if by else " Réponse : "
    return (*said, Span(lead, italic=True), *text_spans(answer))


def _said(block: Block) -> bool:
    return bool(block.fields.get("text", "").strip())


def _recommendations(zone: template.Zone, blocks: list[Block]) -> Iterator[Node]:
    yield from _items(Marker.DASH, tuple(_recommendation(block) for block in blocks if _said(block)))


_DETAILS = (
    ("addressee", "destinataire"),
    ("deadline", "échéance"),
    ("proof", "preuve attendue"),
    ("sector", "secteur"),
)


def _recommendation(block: Block) -> Spans:
    details = [f"{label} : {value}" for name, label in _DETAILS if (value := block.fields.get(name, "").strip())]
    said = text_spans(block.fields["text"].strip())
    return (*said, Span(f" ({' ; '.join(details)})", italic=True)) if details else said


def _bureau(zone: template.Zone, blocks: list[Block]) -> Iterator[Node]:
    """A function held by one person is printed on one line, by several as a list."""
    for function, run in groupby(blocks, key=lambda block: block.fields.get("function", "").strip()):
        holders = [member(block) for block in run]
        if len(holders) == 1:
            yield Paragraph((Span(f"{function} : ", bold=True), *holders[0]))
        else:
            yield Paragraph((Span(f"{_plural(function)} :", bold=True),))
            yield Items(Marker.DASH, tuple(holders))


def _plural(function: str) -> str:
    """ "Personne ressource" gives "Personnes ressources"; what is already plural stays."""
    return " ".join(word if word.endswith(("s", "x")) else word + "s" for word in function.split())


def member(block: Block) -> Spans:
    """A bureau member as printed: civility, first name, SURNAME, title, body."""
    fields = block.fields
    name = " ".join(part for name in ("civility", "first_name", "surname") if (part := fields.get(name, "").strip()))
    rest = [part for name in ("title", "body") if (part := fields.get(name, "").strip())]
    return text_spans(", ".join([name, *rest]))


def _rows(blocks: list[Block], names: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(block.fields.get(name, "") for name in names) for block in blocks)


def _numbered(rows: tuple[tuple[str, ...], ...]) -> tuple[tuple[str, ...], ...]:
    return tuple((str(index), *row) for index, row in enumerate(rows, start=1))


def _follow_up(zone: template.Zone, blocks: list[Block]) -> Iterator[Node]:
    rows = tuple(
        (block.fields.get("text", ""), executed(block), block.fields.get("observations", "")) for block in blocks
    )
    columns = (
        Column("N°", 0.35, centred=True),
        Column("Recommandations", 2.4),
        Column("État d’exécution", 2),
        Column("Observations", 1.5),
    )
    yield Table(columns, _numbered(rows), zone.label)


def executed(block: Block) -> str:
    """What annex 2 says of a recommendation's execution: the words typed, else its status."""
    return block.fields.get("execution", "").strip() or block.fields.get("status", "").capitalize()


def _slots(zone: template.Zone, blocks: list[Block]) -> Iterator[Node]:
    columns = (Column("Heures", 1), Column("Interventions", 2.4), Column("Responsables", 2))
    yield Table(columns, _rows(blocks, ("hours", "text", "responsible")), zone.label)


def _attendees(zone: template.Zone, blocks: list[Block]) -> Iterator[Node]:
    columns = (
        Column("N°", 0.4, centred=True),
        Column("Prénom et nom", 1.8),
        Column("Structure / qualité", 2),
        Column("Contact", 1.1),
        Column("Émargement", 1.1),
    )
    yield Table(columns, _numbered(_rows(blocks, ("name", "body", "contact", "signed"))), zone.label)


def _missions(zone: template.Zone, blocks: list[Block]) -> Iterator[Node]:
    columns = (
        Column("Région", 1.2),
        Column("Missionnaire", 2),
        Column("Date de la rencontre", 1.4),
        Column("Lieu", 1.4),
    )
    yield Table(columns, _rows(blocks, ("territory", "person", "date", "venue")), zone.label)


def _quotas(zone: template.Zone, blocks: list[Block]) -> Iterator[Node]:
    columns = (Column("Qualités des participants", 4), Column("Nombre", 1, centred=True))
    total = sum(int(figure) for block in blocks if (figure := block.fields.get("number", "").strip()).isdecimal())
    rows = _rows(blocks, ("category", "number"))
    yield Table(columns, rows, zone.label, total=("Total", str(total)) if rows else None)


_GRIDS = {
    "speech": _speeches,
    "bureau": _bureau,
    "point": _points,
    "concern": _concerns,
    "recommendation": _recommendations,
    "follow_up": _follow_up,
    "slot": _slots,
    "attendee": _attendees,
    "picture": lambda _, blocks: printed.pictures(blocks),
    "supervision": _missions,
    "quota": _quotas,
}


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
    yield Items(Marker.DASH, _texts(rows))


def _signatures(content: Content, made_at: str) -> SignatureBlock:
    rows = [block for block in content if block.kind is Kind.ROW]
    blank = Block("", "signatories", Kind.ROW, {})
    left, right = [*rows, blank, blank][:2]
    return SignatureBlock(_signatory("rapporteur", left), _signatory("chair", right), made_at)


def _signatory(slot: str, block: Block) -> Signatory:
    fields = block.fields
    first, surname = fields.get("first_name", "").strip(), fields.get("surname", "").strip()
    name = (Span(f"{first} "),) if first else ()
    lines = tuple(text_spans(text) for key in ("title", "body") if (text := fields.get(key, "").strip()))
    return Signatory(slot, fields.get("quality", ""), (*name, Span(surname, bold=True)), lines)

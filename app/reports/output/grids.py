"""The rows of each kind of grid as they are printed: lists, tables, the lines of the bureau."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import groupby

from app import template
from app.content.blocks import Block
from app.content.inline import Span, Spans, text_spans
from app.documents.tree import Column, Items, Marker, Node, Paragraph, Table
from app.reports.text import photographs


def texts(blocks: list[Block], name: str = "text") -> tuple[Spans, ...]:
    """What the rows say in field `name`, those that say nothing left out."""
    return tuple(text_spans(block.fields[name].strip()) for block in blocks if block.fields.get(name, "").strip())


def _items(marker: Marker, texts: tuple[Spans, ...]) -> Iterator[Node]:
    if texts:
        yield Items(marker, texts)


def _speeches(zone: template.Zone, blocks: list[Block]) -> Iterator[Node]:
    yield from _items(Marker.TICK, texts(blocks))


def _points(zone: template.Zone, blocks: list[Block]) -> Iterator[Node]:
    yield from _items(Marker.DASH, texts(blocks))


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


GRIDS: Mapping[str, Callable[[template.Zone, list[Block]], Iterator[Node]]] = {
    "speech": _speeches,
    "bureau": _bureau,
    "point": _points,
    "concern": _concerns,
    "recommendation": _recommendations,
    "follow_up": _follow_up,
    "slot": _slots,
    "attendee": _attendees,
    "picture": lambda _, blocks: photographs.pictures(blocks),
    "supervision": _missions,
    "quota": _quotas,
}
"""By the key of a grid's shape, how its rows are printed."""

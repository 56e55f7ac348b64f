"""The neutral document as the plain data the Typst template reads."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import accumulate
from typing import Any

from app.content.typography import french, printable
from app.documents.glyphs import BREAK, drawable
from app.documents.glyphs import breakable as breakable
from app.documents.qr import picture
from app.documents.tree import (
    Attestation,
    Cover,
    Document,
    Heading,
    Items,
    Node,
    Paragraph,
    Picture,
    Signatory,
    SignatureBlock,
    Span,
    Spans,
    Table,
    leading,
)

Data = dict[str, Any]

BODY_WIDTH = 453.0  # points: A4 less two margins of 2.5 cm
CELL_PADDING = 10.7
LIST_INDENT = 40.0
QR_ROOM = 110.0
TALLEST_PICTURE = 285.0  # points: two pictures with their captions share a page
TALL_ROW = 22  # lines; a page holds about 45 of a table
NARROWEST_SHARE = 0.04
LONGEST_LINE = 300  # letters of a title, a reference: they are repeated on every page or read by machines
LONGEST_HEADING = 2_000  # letters; a heading is a string of the PDF's structure too, and PDF/A-3 limits those


def typeset(document: Document) -> Data:
    """What `report.typ` reads as its `data`, every text filtered and ready to be printed."""
    return {
        "language": document.language,
        "title": _line(document.title) or _line(document.cover.title) or "Document",
        "author": _line(document.cover.organisation),
        "cover": _cover(document.cover),
        "contents_title": _line(document.contents_title),
        "watermark": _line(document.watermark) or ("PROJET" if document.project else ""),
        "compact": document.compact,
        "reference": _line(document.reference),
        "source_label": _line(document.source_label),
        "attestation": _attestation(document.attestation) if document.attestation else None,
        "page_codes": [picture(said, border=1) for said in document.page_codes],
        "groups": list(_groups(document)),
    }


def _attestation(it: Attestation) -> Data:
    width = BODY_WIDTH - QR_ROOM
    return {
        "code": _line(it.code),
        "title": _text(it.title, 11, width),
        "sentences": [_text(sentence, 10, width) for sentence in it.sentences],
        "picture": picture(it.address),
        "spoken": _line(f"Code QR : {it.address}"),
    }


def headings(document: Document) -> tuple[Heading, ...]:
    """The document's headings in the order in which they are printed."""
    return tuple(node for node in map(_sober, document.nodes) if isinstance(node, Heading))


def _sober(node: Node) -> Node:
    """A runaway text that begins with a heading's mark is a bold paragraph."""
    if isinstance(node, Heading) and len(node.text) > LONGEST_HEADING:
        return Paragraph((Span(node.text, bold=True),))
    return node


def _cover(cover: Cover) -> Data:
    return {
        "organisation": _text(cover.organisation.upper(), 16),
        "title": _text(cover.title.upper(), 22, BODY_WIDTH - 60),
        "date": _text(cover.date, 20, BODY_WIDTH - 60),
        "month": _text(cover.month, 14),
        "notice": _text(cover.notice.upper(), 16),
    }


def _groups(document: Document) -> Iterator[Data]:
    """Runs of nodes; a run to be kept together starts at its level-1 heading and ends before the next one."""
    run: list[Data] = []
    together = page = False
    level = 0
    leads = leading(document.nodes)
    for place, node in enumerate(map(_sober, document.nodes)):
        if isinstance(node, Heading):
            level = min(node.level, level + 1)
            kept = node.anchor in document.keep_together if node.level == 1 else together
            if node.new_page or kept != together or (kept and node.level == 1):
                if run:
                    yield {"together": together, "new_page": page, "nodes": run}
                run, together, page = [], kept, node.new_page
        run.append(_heading(node, level) if isinstance(node, Heading) else _node(node, document.files, place in leads))
    if run:
        yield {"together": together, "new_page": page, "nodes": run}


def _heading(node: Heading, level: int) -> Data:
    """`level` never skips one: PDF/UA refuses a third level straight under a first."""
    return {
        "kind": "heading",
        "level": level,
        "text": _text(node.text, 14) or "\u00a0",
        "anchor": _line(node.anchor),
        "in_contents": node.in_contents,
    }


def _node(node: Node, files: Mapping[str, bytes], leads: bool) -> Data:
    if isinstance(node, Paragraph):
        return {"kind": "paragraph", "spans": _spans(node.spans), "centred": node.centred, "leads": leads}
    if isinstance(node, Items):
        items = [_spans(item, BODY_WIDTH - LIST_INDENT) for item in node.items]
        return {"kind": "items", "marker": node.marker.value, "start": max(node.start, 0), "items": items}
    if isinstance(node, Table):
        return _table(node)
    if isinstance(node, SignatureBlock):
        left, right = _signatory(node.left), _signatory(node.right)
        return {
            "kind": "signatures",
            "left": left,
            "right": right,
            "made_at": _text(node.made_at, 12, BODY_WIDTH / 2 - 20),
        }
    if isinstance(node, Picture):
        return _picture(node, files[node.file])
    raise TypeError(f"not a node of a document: {node!r}")


def _picture(node: Picture, jpeg: bytes) -> Data:
    """The JPEG wrapped in a drawing, which Typst takes as text and passes on as it is: no file and no path is named."""
    scale = min(BODY_WIDTH / node.width, TALLEST_PICTURE / node.height)
    size = f'width="{node.width}" height="{node.height}"'
    return {
        "kind": "picture",
        "drawing": f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {node.width} {node.height}">'
        f'<image {size} href="data:image/jpeg;base64,{b64encode(jpeg).decode()}"/></svg>',
        "width": node.width * scale,
        "caption": _spans(node.caption),
        "alt": _line(node.alt),
    }


def _table(node: Table) -> Data:
    shares = [max(column.share, NARROWEST_SHARE) for column in node.columns]
    widths = [BODY_WIDTH * share / sum(shares) - CELL_PADDING for share in shares]
    rows = [_row(row, widths) for row in node.rows]
    return {
        "kind": "table",
        "shares": shares,
        "centred": [column.centred for column in node.columns],
        "titles": _row([column.title for column in node.columns], widths, bold=True),
        "rows": rows,
        "tall": [index for index, row in enumerate(rows) if _lines(row, widths) > TALL_ROW],
        "total": _row(node.total, widths, bold=True) if node.total else [],
    }


def _row(cells: Iterable[str], widths: list[float], *, bold: bool = False) -> list[str]:
    """One text a column, whatever the row holds: a short row is filled up, a long one cut."""
    texts = [_text(cell, 11, width, bold=bold) for cell, width in zip(cells, widths, strict=False)]
    return texts + [""] * (len(widths) - len(texts))


def _lines(row: list[str], widths: list[float]) -> float:
    """Roughly how many lines the row's tallest cell takes."""
    return max(
        (cell.count("\n") + 1 + len(cell) * 11 * 0.55 / width for cell, width in zip(row, widths, strict=True)),
        default=0,
    )


def _signatory(who: Signatory) -> Data:
    width = BODY_WIDTH / 2 - 20
    return {
        "slot": who.slot,
        "quality": _text(who.quality, 12, width),
        "name": _spans(who.name, width),
        "lines": [_spans(line, width) for line in who.lines],
        "signed": [_text(line, 10, width) for line in who.signed],
    }


def _spans(spans: Spans, width: float = BODY_WIDTH) -> list[Any]:
    """Plain words as strings, others as [words, marks] with marks among "b", "i" and "s"."""
    texts = french_across([printable(span.text) for span in spans])
    return [_span(span, text, width) for span, text in zip(spans, texts, strict=True) if text]


def _span(span: Span, text: str, width: float) -> Any:
    text = breakable(drawable(text), 12, width, bold=span.bold)
    marks = "b" * span.bold + "i" * span.italic + "s" * span.superscript
    return [text, marks] if marks else text


def french_across(texts: list[str]) -> list[str]:
    """French spaces, also where the sign stands in another style than the word before it."""
    whole = "".join(texts)
    set_whole = french(whole)
    if len(texts) == 1 or len(set_whole) != len(whole):
        return [french(text) for text in texts]
    ends = list(accumulate(map(len, texts)))
    return [set_whole[end - len(text) : end] for end, text in zip(ends, texts, strict=True)]


@lru_cache(maxsize=4096)
def _text(text: str, size: float, width: float = BODY_WIDTH, *, bold: bool = True) -> str:
    """One text in one style, `size` points tall, for lines `width` points wide."""
    return breakable(drawable(french(printable(text))), size, width, bold=bold)


def _line(text: str) -> str:
    """A text that is read by machines or stands on one line: no line break, no break chances."""
    return " ".join(drawable(french(printable(text[:LONGEST_LINE]))).replace(BREAK, "").split("\n"))

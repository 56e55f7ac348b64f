"""A neutral document as a Word file that looks like the official template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.content.diff import Op
from app.content.stretches import MarkedLine
from app.content.typography import french, legible
from app.documents.tree import Cover, Document, Marker, Picture
from app.documents.word import drawing
from app.documents.word.layout import CAPTION, Grid, Par, Piece, Row, Sides, layout
from app.documents.word.markup import Notes, WordComment, WordWriter, contents_name, escaped, paragraph, placed, run
from app.documents.word.package import PackageFacts, package

TEXT_WIDTH = 9070
"""Twentieths of a point between the margins."""
NARROWEST = 0.04
TALL_ROW = 1_200
"""Letters of a cell from which its row may be cut by a page's end."""
COVER_ROWS = (1000, 11900, 900)
SIGNATURE_ROOM = 1984
KEPT = "<w:keepNext/><w:keepLines/>"
_NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" ' + drawing.NAMESPACES
)


@dataclass(frozen=True, slots=True)
class Edition:
    """What goes into one file besides the document.

    `pages`: the page of each heading by its anchor, for the contents; `names`: the bookmark of each field by its number;
    `voices`: who made the changes marked in the text, by number; `properties`: the file's own properties, to be read back;
    `tracking`: whether Word tracks what is changed in the file.
    """

    made_on: datetime
    pages: Mapping[str, int] = field(default_factory=dict)
    names: Mapping[int, str] = field(default_factory=dict)
    voices: Mapping[int, WordWriter] = field(default_factory=dict)
    remarks: Sequence[WordComment] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    tracking: bool = False


def write(document: Document, edition: Edition) -> bytes:
    """The document as .docx. The same arguments give the same bytes. `made_on` must know its time zone.

    The files of its photographs must be with the document.
    """
    pieces = layout(document)
    notes = Notes(edition.names, edition.voices, edition.remarks)
    body = "".join(_body(document, pieces, edition, notes))
    watermark = legible(document.watermark) or ("PROJET" if document.project else "")
    main = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<w:document {_NAMESPACES}><w:body>{body}'
        f"{_section(bool(watermark), document.compact)}</w:body></w:document>"
    )
    return package(
        main,
        PackageFacts(
            title=document.title,
            author=document.cover.organisation,
            about=document.reference,
            language=document.language,
            made_on=edition.made_on,
            watermark=watermark,
            properties=edition.properties,
            tracking=edition.tracking,
            numbered=tuple(_numbered(pieces)),
            remarks=tuple((edition.remarks[index], number) for index, number in notes.placed.items()),
            pictures=tuple(drawing.files(document)),
        ),
    )


def _numbered(pieces: Sequence[Piece]) -> Iterator[tuple[int, int]]:
    """Each numbered list and the figure it starts with."""
    seen: set[int] = set()
    for piece in pieces:
        if isinstance(piece, Par) and piece.marker is Marker.NUMBER and piece.number not in seen:
            seen.add(piece.number)
            yield piece.number, piece.start


def _body(document: Document, pieces: Sequence[Piece], edition: Edition, notes: Notes) -> Iterator[str]:
    yield _cover(document.cover)
    if not document.compact:
        yield _contents(document, pieces, edition.pages)
    last: Piece | None = None
    for piece in pieces:
        if last is not None and not isinstance(last, Par) and not isinstance(piece, Par):
            yield _SPACER
        yield _piece(piece, notes)
        last = piece
    if not isinstance(last, Par):
        yield _SPACER


_SPACER = '<w:p><w:pPr><w:pStyle w:val="Spacer"/></w:pPr></w:p>'


def _line(text: str) -> str:
    return " ".join(french(legible(text)).split("\n"))


def _styled(style: str, text: str, more: str = "") -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{more}</w:pPr>{run(text)}</w:p>'


def _cover(cover: Cover) -> str:
    """Three rows as tall as the page: the organisation at the top, the boxed title in the middle, the month at the foot."""
    title = _styled("CoverDate", _line(cover.notice.upper())) if cover.notice else ""
    title += _styled("Title", _line(cover.title.upper()))
    if cover.date:
        title += _styled("CoverDate", f"({_line(cover.date)})")
    cells = (
        (_styled("CoverOrganisation", _line(cover.organisation.upper())), "top"),
        (title, "center"),
        (_styled("CoverMonth", _line(cover.month)), "bottom"),
    )
    rows = "".join(
        f'<w:tr><w:trPr><w:cantSplit/><w:trHeight w:val="{height}" w:hRule="atLeast"/></w:trPr><w:tc><w:tcPr>'
        f'<w:tcW w:w="{TEXT_WIDTH}" w:type="dxa"/><w:vAlign w:val="{align}"/></w:tcPr>{words}</w:tc></w:tr>'
        for height, (words, align) in zip(COVER_ROWS, cells, strict=True)
    )
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{TEXT_WIDTH}" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr>'
        f'<w:tblGrid><w:gridCol w:w="{TEXT_WIDTH}"/></w:tblGrid>{rows}</w:tbl>'
    )


def _contents(document: Document, pieces: Sequence[Piece], pages: Mapping[str, int]) -> str:
    """A contents field, filled with the page numbers known: nobody is asked whether to fill it."""
    listed = [piece for piece in pieces if isinstance(piece, Par) and piece.in_contents]
    title = _styled("TOCHeading", _line(document.contents_title), "<w:pageBreakBefore/>")
    if not listed:
        return title
    begin = _field(r' TOC \o "1-4" \h \z ')
    entries = [_entry(par, pages.get(par.anchor), begin if index == 0 else "") for index, par in enumerate(listed)]
    close = f"<w:p><w:pPr>{_style('Spacer')}</w:pPr>{_FIELD_END}</w:p>"
    return (
        '<w:sdt><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/><w:docPartUnique/></w:docPartObj>'
        f"</w:sdtPr><w:sdtContent>{title}{''.join(entries)}{close}</w:sdtContent></w:sdt>"
    )


def _style(style: str) -> str:
    return f'<w:pStyle w:val="{style}"/>'


def _field(order: str) -> str:
    return (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>'
        f'<w:r><w:instrText xml:space="preserve">{escaped(order)}</w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
    )


_FIELD_END = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'


def _entry(par: Par, page: int | None, begin: str) -> str:
    name = contents_name(par.anchor)
    number = _field(rf" PAGEREF {name} \h ") + run(str(page)) + _FIELD_END if page else ""
    words = run("".join(stretch.text for stretch in par.line.stretches if stretch.op is not Op.INSERT))
    return (
        f"<w:p><w:pPr>{_style(f'TOC{par.level}')}</w:pPr>{begin}"
        f'<w:hyperlink w:anchor="{name}" w:history="1">{words}<w:r><w:tab/></w:r>{number}</w:hyperlink></w:p>'
    )


def _piece(piece: Piece, notes: Notes) -> str:
    if isinstance(piece, Grid):
        return _grid(piece, notes)
    if isinstance(piece, Sides):
        return _sides(piece, notes)
    return _par(piece, notes)


def _par(par: Par, notes: Notes, more: str = "") -> str:
    properties = _style(par.style) + (KEPT if par.kept else "") + ("<w:pageBreakBefore/>" if par.new_page else "")
    if par.marker is Marker.NUMBER:
        properties += f'<w:numPr><w:ilvl w:val="0"/><w:numId w:val="{10 + par.number}"/></w:numPr>'
    if par.room:
        properties += f'<w:spacing w:before="{SIGNATURE_ROOM}" w:after="0" w:line="120" w:lineRule="exact"/>'
    name = next((notes.names[number] for number in par.line.fields if number in notes.names), "")
    if par.picture is not None and par.style != CAPTION:
        return paragraph(properties, par.line, notes, more=(_shown(par.picture, par.line, notes), ""))
    around = notes.bookmark(contents_name(par.anchor)) if par.anchor else ("", "")
    for index, remark in enumerate(notes.remarks):
        if par.anchor and remark.anchor == par.anchor and index not in notes.placed:
            start, end = placed(index, notes)
            around = (around[0] + start, end + around[1])
    return paragraph(properties + more, par.line, notes, name, around)


def _shown(picture: Picture, line: MarkedLine, notes: Notes) -> str:
    """The photograph, put in or taken out where all of its line is."""
    shown = drawing.drawing(picture, next(notes.numbers))
    if line.op is Op.EQUAL:
        return shown
    element = "ins" if line.op is Op.INSERT else "del"
    return f"<{notes.change(element, line.by)}>{shown}</w:{element}>"


def _grid(grid: Grid, notes: Notes) -> str:
    shares = [max(column.share, NARROWEST) for column in grid.columns]
    widths = [round(TEXT_WIDTH * share / sum(shares)) for share in shares]
    label = escaped(_line(grid.label))
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    rows = "".join(_row(row, at == 0, widths, grid, notes) for at, row in enumerate(grid.rows))
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="{TEXT_WIDTH}" w:type="dxa"/>'
        '<w:tblLayout w:type="fixed"/><w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" '
        f'w:lastColumn="0" w:noHBand="1" w:noVBand="1"/><w:tblCaption w:val="{label}"/>'
        f'<w:tblDescription w:val="{label}"/></w:tblPr>'
        f"<w:tblGrid>{columns}</w:tblGrid>{rows}</w:tbl>"
    )


_CENTRED = '<w:jc w:val="center"/>'


def _row(row: Row, titles: bool, widths: Sequence[int], grid: Grid, notes: Notes) -> str:
    short = all(len(cell.line.text) < TALL_ROW for cell in row.cells)
    properties = ("<w:cantSplit/>" if short else "") + ("<w:tblHeader/>" if titles else "")
    if row.op is not Op.EQUAL:
        properties += f"<{notes.change('ins' if row.op is Op.INSERT else 'del', row.by)}/>"
    shade = '<w:shd w:val="clear" w:color="auto" w:fill="D9D9D9"/>' if titles else ""
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{shade}<w:vAlign w:val="center"/></w:tcPr>'
        f"{_par(cell, notes, _CENTRED if column.centred and not titles else '')}</w:tc>"
        for cell, width, column in zip(row.cells, widths, grid.columns, strict=True)
    )
    return f"<w:tr>{f'<w:trPr>{properties}</w:trPr>' if properties else ''}{cells}</w:tr>"


def _sides(sides: Sides, notes: Notes) -> str:
    width = TEXT_WIDTH // 2
    cells = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{"".join(_par(par, notes) for par in side)}</w:tc>'
        for side in (sides.left, sides.right)
    )
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{TEXT_WIDTH}" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr>'
        f'<w:tblGrid><w:gridCol w:w="{width}"/><w:gridCol w:w="{width}"/></w:tblGrid>'
        f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr></w:tbl>"
    )


def _section(watermark: bool, compact: bool) -> str:
    headers = '<w:headerReference w:type="default" r:id="rId8"/>' if watermark else ""
    headers += '<w:headerReference w:type="first" r:id="rId9"/>' if watermark else ""
    return (
        f'<w:sectPr>{headers}<w:footerReference w:type="default" r:id="rId6"/>'
        '<w:footerReference w:type="first" r:id="rId7"/>'
        '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1417" w:right="1417" w:bottom="1417" w:left="1417" '
        f'w:header="709" w:footer="709" w:gutter="0"/>{"" if compact else "<w:titlePg/>"}</w:sectPr>'
    )

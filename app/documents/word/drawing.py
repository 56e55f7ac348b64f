"""A photograph in a Word file: the drawing that shows it, and the part of the file that holds it."""

from __future__ import annotations

from collections.abc import Iterator

from app.content.diff import Op
from app.content.inline import Span
from app.content.stretches import line
from app.documents.tree import Document, Picture
from app.documents.typeset import BODY_WIDTH, TALLEST_PICTURE
from app.documents.word.markup import escaped

EMU = 12_700
"""The unit of drawings: so many to the point."""
EXTENSION = "jpeg"
NAMESPACES = 'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"'
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_PIC = "http://schemas.openxmlformats.org/drawingml/2006/picture"


def files(document: Document) -> Iterator[tuple[str, bytes]]:
    """The hash and the JPEG of each photograph, each once. The document must have its files."""
    shown = dict.fromkeys(node.file for node in document.nodes if isinstance(node, Picture))
    return ((file, document.files[file]) for file in shown)


def relation(file: str) -> str:
    """By what name the text calls the file of that hash."""
    return f"rIdP{file[:24]}"


def place(file: str) -> str:
    """Where in the folder of the text the file of that hash lies."""
    return f"media/{file}.{EXTENSION}"


def drawing(picture: Picture, number: int) -> str:
    """One run that shows the photograph as large as in the PDF; `number` is its own among the drawings."""
    scale = min(BODY_WIDTH / picture.width, TALLEST_PICTURE / picture.height) * EMU
    width, height = round(picture.width * scale), round(picture.height * scale)
    name = f'id="{number}" name="Image {number}"'
    return (
        '<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0">'
        f'<wp:extent cx="{width}" cy="{height}"/><wp:docPr {name} descr="{escaped(spoken(picture))}"/>'
        f'<wp:cNvGraphicFramePr><a:graphicFrameLocks xmlns:a="{_A}" noChangeAspect="1"/></wp:cNvGraphicFramePr>'
        f'<a:graphic xmlns:a="{_A}"><a:graphicData uri="{_PIC}"><pic:pic xmlns:pic="{_PIC}">'
        f"<pic:nvPicPr><pic:cNvPr {name}/><pic:cNvPicPr/></pic:nvPicPr>"
        f'<pic:blipFill><a:blip r:embed="{relation(picture.file)}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
        f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{width}" cy="{height}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic>'
        "</wp:inline></w:drawing></w:r>"
    )


def spoken(picture: Picture) -> str:
    """What is read aloud in the photograph's place: its words without what is only proposed, else those of its caption."""
    for spans in ((Span(picture.alt),), picture.caption):
        words = "".join(each.text for each in line(spans).stretches if each.op is not Op.INSERT)
        if words.strip():
            return " ".join(words.split()).removesuffix(" :")
    return ""

"""The Word file that is given out: its parts, its styles, and the order of elements that Word asks for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from itertools import pairwise

import pytest
from docx import Document as open_docx
from lxml import etree

from app.content.inline import Span
from app.documents.tree import (
    Column,
    Cover,
    Document,
    Heading,
    Items,
    Marker,
    Paragraph,
    Signatory,
    SignatureBlock,
    Table,
)
from app.documents.word.writing import Edition, write
from tests.word.office import W, main_of, parts, words_of

AT = datetime(2018, 3, 1, 9, tzinfo=UTC)
# The sequences of the schema (ECMA-376, part 1, annex A), as far as the file uses them.
ORDERS = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs "
    "suppressAutoHyphens spacing ind contextualSpacing jc outlineLvl rPr sectPr pPrChange",
    "rPr": "rStyle rFonts b bCs i iCs caps strike noProof color spacing sz szCs highlight u shd vertAlign lang",
    "tblPr": "tblStyle tblpPr tblW jc tblCellSpacing tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption "
    "tblDescription",
    "tcPr": "tcW gridSpan vMerge tcBorders shd noWrap tcMar vAlign",
    "tbl": "tblPr tblGrid tr",
    "tr": "trPr tc",
    "tc": "tcPr p",
    "sectPr": "headerReference footerReference type pgSz pgMar pgNumType cols vAlign titlePg",
    "style": "name basedOn next uiPriority semiHidden qFormat pPr rPr tblPr",
    "settings": "zoom trackRevisions defaultTabStop autoHyphenation characterSpacingControl compat themeFontLang "
    "doNotAutoCompressPictures",
    "lvl": "start numFmt lvlText lvlJc pPr rPr",
    "numbering": "abstractNum num",
}


def the_document() -> Document:
    name = (Span("Issa "), Span("KONE", bold=True))
    return Document(
        cover=Cover("Groupe de Suivi", "Rapport", "22 février 2018", "Février 2018"),
        nodes=(
            Heading(1, "INTRODUCTION :", "introduction", new_page=True),
            Paragraph(
                (Span("Un mot "), Span("gras", bold=True), Span(" & <fin> ; le 2"), Span("ème", superscript=True))
            ),
            Items(Marker.DASH, ((Span("un"),), (Span("deux"),))),
            Items(Marker.TICK, ((Span("dit"),),)),
            Heading(3, "Présentation", "presentation", in_contents=False),
            Items(Marker.NUMBER, ((Span("trois"),), (Span("quatre"),)), start=3),
            Items(Marker.NUMBER, ((Span("un"),),)),
            Heading(1, "IV. Conclusion :", "conclusion"),
            Paragraph((Span("Fin."),)),
            SignatureBlock(
                Signatory("rapporteur", "Rapporteur", name), Signatory("chair", "Président", name), "Fait à Ségou"
            ),
            Table((Column("N°", 0.3, centred=True), Column("Nom")), (("1", "Awa\nDIOP"),), "Liste", total=("", "1")),
            Table((Column("Vide"),), (), "Rien"),
        ),
        title="Rapport",
        project=True,
        reference="Rapport n° 1",
        keep_together=frozenset({"conclusion"}),
    )


@pytest.fixture(scope="module")
def file() -> bytes:
    return write(
        the_document(), Edition(AT, pages={"introduction": 3, "conclusion": 4}, properties={"Seben": "x" * 450})
    )


def roots(file: bytes) -> Iterator[etree._Element]:
    return (etree.fromstring(content) for name, content in parts(file).items() if name.endswith((".xml", ".rels")))


def test_every_element_stands_where_the_schema_wants_it(file: bytes) -> None:
    seen = set()
    for root in roots(file):
        for element in root.iter(*(f"{W}{name}" for name in ORDERS)):
            name = etree.QName(element).localname
            order = ORDERS[name].split()
            ranks = [order.index(etree.QName(child).localname) for child in element]
            assert all(one <= other for one, other in pairwise(ranks)), etree.tostring(element)
            seen.add(name)
    assert seen == ORDERS.keys()


def test_the_same_document_gives_the_same_bytes_and_python_docx_opens_it(file: bytes) -> None:
    again = write(
        the_document(), Edition(AT, pages={"introduction": 3, "conclusion": 4}, properties={"Seben": "x" * 450})
    )
    assert again == file
    opened = open_docx(BytesIO(file))
    assert opened.core_properties.title == "Rapport" and opened.core_properties.language == "fr-FR"
    styles = [paragraph.style.name for paragraph in opened.paragraphs if paragraph.text.strip()]
    assert styles[:3] == ["Heading 1", "Normal", "List Bullet"]
    section = opened.sections[0]
    assert section.different_first_page_header_footer and "Rapport n° 1" in section.footer.paragraphs[0].text
    assert section.first_page_footer.paragraphs[0].text == ""


def test_the_look_is_the_official_one(file: bytes) -> None:
    root = main_of(file)
    found = {words_of(each): each for each in root.iter(f"{W}p")}
    assert "Un mot gras & <fin>\u202f; le 2ème" in found
    numbers = [each.get(f"{W}val") for each in root.iter(f"{W}numId")]
    assert numbers == ["13", "13", "14"]
    starts = [
        each.get(f"{W}val") for each in etree.fromstring(parts(file)["word/numbering.xml"]).iter(f"{W}startOverride")
    ]
    assert starts == ["3", "1"]
    assert len(list(root.iter(f"{W}tblHeader"))) == 2
    assert [each.get(f"{W}val") for each in root.iter(f"{W}tblCaption")] == ["Liste", "Rien"]
    assert found["Fin."].find(f"{W}pPr/{W}keepNext") is not None
    assert all(
        len(each.text or "") <= 255 for each in etree.fromstring(parts(file)["docProps/custom.xml"]).iter("{*}lpwstr")
    )
    assert b"PROJET" in parts(file)["word/header1.xml"]
    assert b"updateFields" not in parts(file)["word/settings.xml"]
    contents = [words_of(each) for each in root.find(f".//{W}sdtContent").iter(f"{W}p")]
    assert contents[1:3] == ["INTRODUCTION\u00a0:3", "IV. Conclusion\u00a0:4"]
    anchors = {each.get(f"{W}anchor") for each in root.iter(f"{W}hyperlink")}
    assert anchors <= {each.get(f"{W}name") for each in root.iter(f"{W}bookmarkStart")}

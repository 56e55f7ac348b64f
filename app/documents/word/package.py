"""The parts of a Word file around its text: styles, lists, page feet, comments, properties; zipped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from app.documents.word import drawing
from app.documents.word.markup import WordComment, escaped, moment, run

PARTS = Path(__file__).resolve().parent / "parts"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_KINDS = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_OPC = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_CUSTOM = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"
CHUNK = 200
"""Letters of one property of the file: Word's own limit is 255."""


@dataclass(frozen=True, slots=True)
class PackageFacts:
    """What the parts around the text say. `numbered`: each numbered list with its first figure; `remarks`: each comment
    with its number in the file; `pictures`: the hash and the JPEG of each photograph.
    """

    title: str
    author: str
    about: str
    language: str
    made_on: datetime
    watermark: str = ""
    properties: Mapping[str, str] = field(default_factory=dict)
    tracking: bool = False
    numbered: Sequence[tuple[int, int]] = ()
    remarks: Sequence[tuple[WordComment, int]] = ()
    pictures: Sequence[tuple[str, bytes]] = ()


def package(main: str, facts: PackageFacts) -> bytes:
    """The file whose text is `main`."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": _content_types(facts),
        "_rels/.rels": _relations(
            (f"{_RELATIONS}/officeDocument", "word/document.xml"),
            (f"{_OPC}/relationships/metadata/core-properties", "docProps/core.xml"),
            (f"{_RELATIONS}/extended-properties", "docProps/app.xml"),
            (f"{_RELATIONS}/custom-properties", "docProps/custom.xml"),
        ),
        "docProps/core.xml": _core(facts),
        "docProps/app.xml": _static("app.xml"),
        "docProps/custom.xml": _custom(facts),
        "word/document.xml": main,
        "word/_rels/document.xml.rels": _document_relations(facts),
        "word/styles.xml": _static("styles.xml"),
        "word/settings.xml": _settings(facts),
        "word/fontTable.xml": _static("fontTable.xml"),
        "word/numbering.xml": _numbering(facts.numbered),
        "word/footer1.xml": _foot(facts.about),
        "word/footer2.xml": _static("first.xml"),
    }
    if facts.watermark:
        parts |= {f"word/header{n}.xml": _watermark(facts.watermark, n) for n in (1, 2)}
    if facts.remarks:
        parts["word/comments.xml"] = _comments(facts.remarks)
    parts |= {f"word/{drawing.place(file)}": jpeg for file, jpeg in facts.pictures}
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=5) as zipped:
        for name, content in parts.items():
            entry = ZipInfo(name, facts.made_on.timetuple()[:6])
            entry.compress_type = ZIP_DEFLATED
            zipped.writestr(entry, content)
    return file.getvalue()


@cache
def _static(name: str) -> str:
    return (PARTS / name).read_text("utf-8")


def _content_types(facts: PackageFacts) -> str:
    kinds = {
        "/word/document.xml": f"{_KINDS}.document.main+xml",
        "/word/styles.xml": f"{_KINDS}.styles+xml",
        "/word/settings.xml": f"{_KINDS}.settings+xml",
        "/word/fontTable.xml": f"{_KINDS}.fontTable+xml",
        "/word/numbering.xml": f"{_KINDS}.numbering+xml",
        "/word/footer1.xml": f"{_KINDS}.footer+xml",
        "/word/footer2.xml": f"{_KINDS}.footer+xml",
        "/docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
        "/docProps/app.xml": "application/vnd.openxmlformats-officedocument.extended-properties+xml",
        "/docProps/custom.xml": "application/vnd.openxmlformats-officedocument.custom-properties+xml",
    }
    if facts.watermark:
        kinds |= {f"/word/header{n}.xml": f"{_KINDS}.header+xml" for n in (1, 2)}
    if facts.remarks:
        kinds["/word/comments.xml"] = f"{_KINDS}.comments+xml"
    overrides = "".join(f'<Override PartName="{name}" ContentType="{kind}"/>' for name, kind in kinds.items())
    jpeg = f'<Default Extension="{drawing.EXTENSION}" ContentType="image/jpeg"/>' if facts.pictures else ""
    return (
        f'{_XML}<Types xmlns="{_OPC}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{jpeg}{overrides}</Types>'
    )


def _relations(*pairs: tuple[str, str]) -> str:
    lines = "".join(
        f'<Relationship Id="rId{n}" Type="{kind}" Target="{target}"/>' for n, (kind, target) in enumerate(pairs, 1)
    )
    return f'{_XML}<Relationships xmlns="{_OPC}/relationships">{lines}</Relationships>'


def _document_relations(facts: PackageFacts) -> str:
    """rId6 to rId9 are the feet and heads that the section names."""
    targets = [
        ("styles", "styles.xml"),
        ("settings", "settings.xml"),
        ("fontTable", "fontTable.xml"),
        ("numbering", "numbering.xml"),
        ("comments", "comments.xml"),
        ("footer", "footer1.xml"),
        ("footer", "footer2.xml"),
        ("header", "header1.xml"),
        ("header", "header2.xml"),
    ]
    wanted = {"comments": bool(facts.remarks), "header": bool(facts.watermark)}
    lines = "".join(
        f'<Relationship Id="rId{n}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
        if wanted.get(kind, True)
    )
    lines += "".join(
        f'<Relationship Id="{drawing.relation(file)}" Type="{_RELATIONS}/image" Target="{drawing.place(file)}"/>'
        for file, _ in facts.pictures
    )
    return f'{_XML}<Relationships xmlns="{_OPC}/relationships">{lines}</Relationships>'


def _core(facts: PackageFacts) -> str:
    at = moment(facts.made_on)
    return (
        f'{_XML}<cp:coreProperties xmlns:cp="{_OPC}/metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escaped(facts.title)}</dc:title><dc:subject>{escaped(facts.about)}</dc:subject>"
        f"<dc:creator>{escaped(facts.author)}</dc:creator>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{at}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{at}</dcterms:modified>'
        f"<dc:language>{escaped(facts.language)}-FR</dc:language></cp:coreProperties>"
    )


def _custom(facts: PackageFacts) -> str:
    """The file's own properties, each cut into as many as its length asks for: "name1", "name2"…"""
    cut = [
        (f"{name}{n}", value[at : at + CHUNK])
        for name, value in facts.properties.items()
        for n, at in enumerate(range(0, len(value), CHUNK), 1)
    ]
    inner = "".join(
        f'<property fmtid="{_CUSTOM}" pid="{pid}" name="{name}"><vt:lpwstr>{escaped(value)}</vt:lpwstr></property>'
        for pid, (name, value) in enumerate(cut, 2)
    )
    return f'{_XML}<Properties xmlns="{_OFFICE}/custom-properties" xmlns:vt="{_OFFICE}/docPropsVTypes">{inner}</Properties>'


def _settings(facts: PackageFacts) -> str:
    return (
        f'{_XML}<w:settings {_W}><w:zoom w:percent="100"/>{"<w:trackRevisions/>" if facts.tracking else ""}'
        '<w:defaultTabStop w:val="708"/><w:autoHyphenation w:val="false"/><w:characterSpacingControl w:val="doNotCompress"/>'
        # Else the words before a line break are drawn apart to fill a justified line.
        "<w:compat><w:doNotExpandShiftReturn/>"
        '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" '
        f'w:val="15"/></w:compat><w:themeFontLang w:val="{escaped(facts.language)}-FR"/>'
        "<w:doNotAutoCompressPictures/></w:settings>"
    )


_GREY = '<w:color w:val="4D4D4D"/>'
_SYMBOL = '<w:rPr><w:rFonts w:ascii="DejaVu Sans" w:hAnsi="DejaVu Sans" w:cs="DejaVu Sans"/></w:rPr>'


def _numbering(numbered: Sequence[tuple[int, int]]) -> str:
    levels = (("bullet", "–", "", 737, 397), ("bullet", "✓", _SYMBOL, 624, 454), ("decimal", "%1.", "", 794, 454))
    kinds = "".join(
        f'<w:abstractNum w:abstractNumId="{n}"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/>'
        f'<w:numFmt w:val="{kind}"/><w:lvlText w:val="{sign}"/><w:lvlJc w:val="left"/>'
        f'<w:pPr><w:ind w:left="{left}" w:hanging="{hanging}"/></w:pPr>{style}</w:lvl></w:abstractNum>'
        for n, (kind, sign, style, left, hanging) in enumerate(levels)
    )
    plain = "".join(f'<w:num w:numId="{n + 1}"><w:abstractNumId w:val="{n}"/></w:num>' for n in range(len(levels)))
    restarted = "".join(
        f'<w:num w:numId="{10 + number}"><w:abstractNumId w:val="2"/><w:lvlOverride w:ilvl="0">'
        f'<w:startOverride w:val="{start}"/></w:lvlOverride></w:num>'
        for number, start in numbered
    )
    return f"{_XML}<w:numbering {_W}>{kinds}{plain}{restarted}</w:numbering>"


def _foot(reference: str) -> str:
    page = '<w:r><w:rPr><w:sz w:val="22"/></w:rPr><w:fldChar w:fldCharType="{}"/></w:r>'
    order = '<w:r><w:rPr><w:sz w:val="22"/></w:rPr><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r>'
    number = (
        page.format("begin") + order + page.format("separate") + run("2", '<w:sz w:val="22"/>') + page.format("end")
    )
    return (
        f'{_XML}<w:ftr {_W}><w:p><w:pPr><w:pStyle w:val="Footer"/></w:pPr>{run(reference, _GREY)}'
        f"<w:r><w:tab/></w:r>{number}</w:p></w:ftr>"
    )


def _watermark(word: str, number: int) -> str:
    """One word across the page, as Word's own watermarks are made."""
    width, height = (min(470, 90 * len(word)), min(150, 900 // len(word)))
    return (
        f'{_XML}<w:hdr {_W} xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">'
        '<w:p><w:pPr><w:pStyle w:val="Header"/></w:pPr><w:r><w:rPr><w:noProof/></w:rPr><w:pict>'
        '<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" '
        'path="m@7,l@8,m@5,21600l@6,21600e"><v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/>'
        '<v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/><v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/>'
        '<v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/><v:f eqn="if @0 @4 21600"/></v:formulas>'
        '<v:path textpathok="t" o:connecttype="rect"/><v:textpath on="t" fitshape="t"/></v:shapetype>'
        f'<v:shape id="PowerPlusWaterMarkObject{number}" o:spid="_x0000_s{2048 + number}" type="#_x0000_t136" alt="" '
        f'style="position:absolute;margin-left:0;margin-top:0;width:{width}pt;height:{height}pt;rotation:305;'
        "z-index:-251658752;mso-position-horizontal:center;mso-position-horizontal-relative:margin;"
        'mso-position-vertical:center;mso-position-vertical-relative:margin" o:allowincell="f" fillcolor="#e8e8e8" '
        'stroked="f"><v:textpath style="font-family:&quot;Liberation Serif&quot;;font-size:1pt;font-weight:bold" '
        f'string="{escaped(word)}"/></v:shape></w:pict></w:r></w:p></w:hdr>'
    )


def _comments(remarks: Sequence[tuple[WordComment, int]]) -> str:
    lines = "".join(_comment(remark, number) for remark, number in remarks)
    return f"{_XML}<w:comments {_W}>{lines}</w:comments>"


def _comment(remark: WordComment, number: int) -> str:
    initials = "".join(word[0] for word in remark.by.name.split())[:4]
    words = "".join(
        f'<w:p><w:pPr><w:pStyle w:val="CommentText"/></w:pPr>{run(line)}</w:p>' for line in remark.text.split("\n")
    )
    return (
        f'<w:comment w:id="{number}" w:author="{escaped(remark.by.name)}" w:date="{moment(remark.by.at)}" '
        f'w:initials="{escaped(initials)}">{words}</w:comment>'
    )

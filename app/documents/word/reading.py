"""Any Word file as paragraphs: their runs with tracked changes, bookmarks and comments; and what is no text, named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from app.content.typography import legible
from app.documents.word.margins import MarginComment, footnotes, notes_of, properties_of, words
from app.documents.word.opening import TOO_MUCH, UnreadableWord, open_package
from app.documents.word.styles import Styles, W, value

_BLIP = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
_EMBEDDED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_INSERTED = frozenset({f"{W}ins", f"{W}moveTo"})
_DELETED = frozenset({f"{W}del", f"{W}moveFrom"})
_THROUGH = frozenset(
    {f"{W}{name}" for name in ("hyperlink", "smartTag", "customXml", "sdt", "sdtContent", "fldSimple", "dir", "bdo")}
)
_PICTURES = frozenset({f"{W}drawing", f"{W}pict", f"{W}object"})
_NOTES = frozenset({f"{W}footnoteReference", f"{W}endnoteReference"})
MOST_PARAGRAPHS = 60_000
MOST_RUNS = 250_000
"""Of one file: a list of five thousand persons has half as many paragraphs."""
IMAGE = "image"
"""What a picture is called among what is no text."""
_TEXT_BOX = f"{W}txbxContent"


@dataclass(frozen=True, slots=True)
class TrackedBy:
    """Who tracked a change, and when, as the file says it (ISO 8601, or empty)."""

    author: str
    at: str


Cell = tuple[int, int, int]
Marks = tuple[TrackedBy | None, TrackedBy | None]
"""Who put something in, and who took it out."""


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text in one style and one state; put in and taken out again, it is in neither text."""

    text: str
    bold: bool = False
    italic: bool = False
    superscript: bool = False
    inserted: TrackedBy | None = None
    deleted: TrackedBy | None = None


@dataclass(frozen=True, slots=True)
class WordParagraph:
    """One paragraph. `level` is that of a heading, else 0; `listed` "bullet" or "number" in a list; `came` and `went` tell
    of the paragraph's own mark, or its table row's; `cell` counts (table, row, column) from 0; `comments` are (number,
    start, end) in the text of all runs; `extras` names what is no text; `images` are the SHA-256
    of its pictures, empty for one that is not in the file, none for one that was taken out.
    """

    runs: tuple[Run, ...]
    style: str = ""
    level: int = 0
    listed: str = ""
    bookmarks: tuple[str, ...] = ()
    came: TrackedBy | None = None
    went: TrackedBy | None = None
    cell: Cell | None = None
    comments: tuple[tuple[str, int, int], ...] = ()
    extras: tuple[str, ...] = ()
    images: tuple[str, ...] = ()

    @property
    def standing(self) -> str:
        """The text with every tracked change accepted."""
        return "".join(run.text for run in self.runs if run.deleted is None)


@dataclass(frozen=True, slots=True)
class Copy:
    """What a file holds. `properties`: its own; `extras`: footnotes and text boxes, whole."""

    paragraphs: tuple[WordParagraph, ...]
    notes: Mapping[str, MarginComment]
    properties: Mapping[str, str]
    extras: tuple[str, ...] = ()


def read(data: bytes) -> Copy:
    """The file's text. Its contents, heads and feet are left out. Raises `opening.Unreadable`."""
    package = open_package(data)
    root = package.xml(package.main)
    body = root.find(f"{W}body") if root is not None else None
    walk = _Walk(Styles(package.related("styles"), package.related("numbering")), package.images())
    if body is not None:
        walk.blocks(body)
    return Copy(tuple(walk.paragraphs), notes_of(package), properties_of(package), (*walk.boxes, *footnotes(package)))


@dataclass(slots=True)
class _Line:
    """A paragraph while it is read."""

    runs: list[Run] = field(default_factory=list)
    bookmarks: list[str] = field(default_factory=list)
    extras: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    open: dict[str, int] = field(default_factory=dict)
    comments: list[tuple[str, int, int]] = field(default_factory=list)
    length: int = 0


@dataclass(slots=True)
class _Walk:
    """Where one is in the body: the paragraphs read so far, and the bookmarks that stood between two of them."""

    styles: Styles
    images: Mapping[str, str]
    paragraphs: list[WordParagraph] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)
    tables: int = 0
    runs: int = 0
    waiting: list[str] = field(default_factory=list)

    def blocks(
        self,
        parent: etree._Element,
        cell: Cell | None = None,
        row: Marks = (None, None),
    ) -> None:
        for element in parent:
            if element.tag == f"{W}p":
                self._paragraph(element, cell, row)
            elif element.tag == f"{W}tbl":
                self._table(element, cell, row)
            elif element.tag == f"{W}sdt":
                content = element.find(f"{W}sdtContent")
                if content is not None and not _is_contents(element):
                    self.blocks(content, cell, row)
            elif element.tag == f"{W}bookmarkStart":
                self.waiting.append(element.get(f"{W}name", ""))
            elif element.tag in (f"{W}customXml", *_INSERTED, *_DELETED):
                self.blocks(element, cell, row)

    def _table(self, table: etree._Element, outer: Cell | None, row: Marks) -> None:
        number = self.tables
        self.tables += outer is None
        for at, line in enumerate(each for each in table.iter(f"{W}tr") if _within(each, "tbl") is table):
            properties = line.find(f"{W}trPr")
            marks = (_mark(properties, "ins") or row[0], _mark(properties, "del") or row[1])
            column = 0
            for each in line.iter(f"{W}tc"):
                if _within(each, "tr") is line:
                    self.blocks(each, outer or (number, at, column), marks)
                    column += int(value(each.find(f"{W}tcPr/{W}gridSpan")) or 1)

    def _paragraph(self, element: etree._Element, cell: Cell | None, row: Marks) -> None:
        if len(self.paragraphs) >= MOST_PARAGRAPHS or self.runs > MOST_RUNS:
            raise UnreadableWord(TOO_MUCH)
        properties = element.find(f"{W}pPr")
        style = self.styles.of(properties)
        line = _Line(bookmarks=self.waiting)
        self.waiting = []
        self._inside(element, line, None, None)
        if style.contents:
            return
        comments = [*line.comments, *((number, start, line.length) for number, start in line.open.items())]
        marks = properties.find(f"{W}rPr") if properties is not None else None
        self.paragraphs.append(
            WordParagraph(
                tuple(line.runs),
                style.name,
                style.level,
                self.styles.listed(properties, style),
                tuple(line.bookmarks),
                _mark(marks, "ins") or row[0],
                _mark(marks, "del") or row[1],
                cell,
                tuple(comments),
                tuple(line.extras),
                tuple(line.images),
            )
        )

    def _inside(
        self, parent: etree._Element, line: _Line, inserted: TrackedBy | None, deleted: TrackedBy | None
    ) -> None:
        for element in parent:
            tag = element.tag
            if tag == f"{W}r":
                self._run(element, line, inserted, deleted)
            elif tag in _INSERTED:
                self._inside(element, line, _who(element), deleted)
            elif tag in _DELETED:
                self._inside(element, line, inserted, _who(element))
            elif tag in _THROUGH:
                self._inside(element, line, inserted, deleted)
            elif tag == f"{W}bookmarkStart":
                line.bookmarks.append(element.get(f"{W}name", ""))
            elif tag == f"{W}commentRangeStart":
                line.open[element.get(f"{W}id", "")] = line.length
            elif tag == f"{W}commentRangeEnd":
                number = element.get(f"{W}id", "")
                line.comments.append((number, line.open.pop(number, 0), line.length))
            elif tag == f"{_MC}AlternateContent":
                self._alternative(element, line, inserted, deleted)

    def _alternative(
        self, element: etree._Element, line: _Line, inserted: TrackedBy | None, deleted: TrackedBy | None
    ) -> None:
        """Of the forms that one thing is given in, the first."""
        for choice in element:
            self._inside(choice, line, inserted, deleted)
            self._other(choice, line)
            break

    def _run(self, run: etree._Element, line: _Line, inserted: TrackedBy | None, deleted: TrackedBy | None) -> None:
        text = "".join(_letters(element) for element in run)
        for element in run:
            if element.tag in _PICTURES or element.tag == f"{_MC}AlternateContent":
                if deleted is None:
                    self._other(element, line)
            elif element.tag in _NOTES:
                line.extras.append("note")
            elif element.tag == f"{W}commentReference":
                number = element.get(f"{W}id", "")
                if number not in {each[0] for each in line.comments}:
                    line.comments.append((number, line.open.pop(number, line.length), line.length))
        text = legible(text)
        if text:
            bold, italic, superscript = self.styles.run(run.find(f"{W}rPr"))
            line.runs.append(Run(text, bold, italic, superscript, inserted, deleted))
            line.length += len(text)
            self.runs += 1

    def _other(self, element: etree._Element, line: _Line) -> None:
        box = next(element.iter(_TEXT_BOX), None)
        if box is not None:
            self.boxes.append(f"Zone de texte\u00a0: {words(box)}")
        elif element.tag in _PICTURES or next(element.iter(*_PICTURES), None) is not None:
            self._image(element, line)

    def _image(self, element: etree._Element, line: _Line) -> None:
        blip = next(element.iter(_BLIP), None)
        line.extras.append(IMAGE)
        line.images.append(self.images.get(blip.get(_EMBEDDED, ""), "") if blip is not None else "")


def _letters(element: etree._Element) -> str:
    tag = element.tag
    if tag in (f"{W}t", f"{W}delText"):
        return element.text or ""
    if tag in (f"{W}br", f"{W}cr"):
        return "\n" if element.get(f"{W}type", "textWrapping") == "textWrapping" else ""
    return {f"{W}tab": " ", f"{W}noBreakHyphen": "\u2011"}.get(str(tag), "")


def _mark(parent: etree._Element | None, name: str) -> TrackedBy | None:
    element = parent.find(f"{W}{name}") if parent is not None else None
    return None if element is None else _who(element)


def _who(element: etree._Element) -> TrackedBy:
    return TrackedBy(element.get(f"{W}author", ""), element.get(f"{W}date", ""))


def _is_contents(element: etree._Element) -> bool:
    gallery = element.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
    return value(gallery).lower() == "table of contents"


def _within(element: etree._Element, name: str) -> etree._Element:
    """The nearest element of that name around this one."""
    return next(element.iterancestors(f"{W}{name}"))

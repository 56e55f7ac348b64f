"""WordprocessingML in strings: a paragraph's runs with their tracked changes, bookmarks and comments."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count, pairwise

from app.content.diff import Op
from app.content.stretches import MarkedLine, Stretch
from app.content.typography import legible

_ESCAPED = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"}
_SPECIAL = re.compile('[&<>"]')
_NAME = re.compile(r"[^A-Za-z0-9_]")
LONGEST_NAME = 40
"""Letters of a bookmark's name, in Word."""


@dataclass(frozen=True, slots=True)
class WordWriter:
    """Who made a tracked change or a comment, and when."""

    name: str
    at: datetime


@dataclass(frozen=True, slots=True)
class WordComment:
    """A comment: on the words `quote` of the paragraph in which one of `fields` stands (else all of it), or on the heading
    of that `anchor`.
    """

    text: str
    by: WordWriter
    fields: frozenset[int] = frozenset()
    anchor: str = ""
    quote: str = ""


@dataclass(slots=True)
class Notes:
    """What is numbered while a file is written: bookmarks, tracked changes, comments. `names`: bookmarks by field."""

    names: Mapping[int, str]
    voices: Mapping[int, WordWriter]
    remarks: Sequence[WordComment] = ()
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    placed: dict[int, int] = field(default_factory=dict)
    """The comment's number in the file by the index of its remark."""
    used: set[str] = field(default_factory=set)
    marks: dict[int, int] = field(default_factory=dict)
    """How many passages of each amendment have been marked."""

    def bookmark(self, name: str) -> tuple[str, str]:
        """The start and the end of a bookmark; empty where the name is taken or none."""
        if not name or name in self.used:
            return "", ""
        self.used.add(name)
        number = next(self.numbers)
        return f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>', f'<w:bookmarkEnd w:id="{number}"/>'

    def passage(self, voices: Sequence[int]) -> tuple[str, str]:
        """Bookmarks that name the amendments of one marked passage."""
        starts, ends = "", ""
        for voice in voices:
            self.marks[voice] = self.marks.get(voice, 0) + 1
            start, end = self.bookmark(f"a{voice}_{self.marks[voice]}")
            starts, ends = starts + start, end + ends
        return starts, ends

    def change(self, element: str, voices: Sequence[int]) -> str:
        """The attributes of a tracked change by the first of these voices that is known."""
        by = next((self.voices[voice] for voice in voices if voice in self.voices), None)
        name, at = (by.name, by.at) if by else ("?", datetime(1970, 1, 1, tzinfo=UTC))
        return f'w:{element} w:id="{next(self.numbers)}" w:author="{escaped(name)}" w:date="{moment(at)}"'


def bookmark_name(*words: str) -> str:
    """A name that Word takes: letters, figures and low lines, 40 at most."""
    return _NAME.sub("_", "_".join(words))[:LONGEST_NAME]


def contents_name(anchor: str) -> str:
    """The bookmark by which the contents lead to the heading of that anchor."""
    return bookmark_name("_Toc", anchor)


def escaped(text: str) -> str:
    """`text` as XML has it, without what XML cannot hold."""
    return _SPECIAL.sub(lambda found: _ESCAPED[found[0]], legible(text))


def moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def paragraph(properties: str, line: MarkedLine, notes: Notes, name: str = "", more: tuple[str, str] = ("", "")) -> str:
    """One paragraph; `properties` is what stands in its pPr before the paragraph mark's own, `name` its bookmark's."""
    start, end = notes.bookmark(name)
    return f"<w:p>{_properties(properties, line, notes)}{start}{more[0]}{runs(line, notes)}{more[1]}{end}</w:p>"


def _properties(properties: str, line: MarkedLine, notes: Notes) -> str:
    if line.op is Op.EQUAL:
        return f"<w:pPr>{properties}</w:pPr>" if properties else ""
    mark = f"<{notes.change('ins' if line.op is Op.INSERT else 'del', line.by)}/>"
    return f"<w:pPr>{properties}<w:rPr>{mark}</w:rPr></w:pPr>"


def runs(line: MarkedLine, notes: Notes) -> str:
    """The stretches as runs, those put in or taken out as tracked changes, with the comments on them."""
    starts, ends = _commented(line, notes)
    if not starts and not ends:
        return "".join(_run(stretch, notes) for stretch in line.stretches)
    pieces: list[str] = []
    position = 0
    for stretch in line.stretches:
        stop = position + len(stretch.text)
        cuts = sorted({position, stop, *(at for at in (*starts, *ends) if position < at < stop)})
        for left, right in pairwise(cuts):
            pieces += starts.pop(left, ())
            pieces.append(_run(_part(stretch, left - position, right - position), notes))
            pieces += ends.pop(right, ())
        position = stop
    return "".join([*pieces, *(mark for marks in (starts, ends) for each in marks.values() for mark in each)])


def _part(stretch: Stretch, start: int, end: int) -> Stretch:
    cut = stretch.text[start:end]
    return Stretch(cut, stretch.bold, stretch.italic, stretch.superscript, stretch.op, stretch.by, stretch.field)


def _run(stretch: Stretch, notes: Notes) -> str:
    inner = run(stretch.text, _style(stretch), gone=stretch.op is Op.DELETE)
    if stretch.op is Op.EQUAL:
        return inner
    start, end = notes.passage(stretch.by)
    element = "ins" if stretch.op is Op.INSERT else "del"
    return f"{start}<{notes.change(element, stretch.by)}>{inner}</w:{element}>{end}"


def _style(stretch: Stretch) -> str:
    return (
        ("<w:b/><w:bCs/>" if stretch.bold else "")
        + ("<w:i/><w:iCs/>" if stretch.italic else "")
        + ('<w:vertAlign w:val="superscript"/>' if stretch.superscript else "")
    )


def run(text: str, style: str = "", *, gone: bool = False) -> str:
    """One run; `style` is what stands in its rPr. A newline is a line break."""
    element = "delText" if gone else "t"
    lines = "<w:br/>".join(
        f'<w:{element} xml:space="preserve">{escaped(words)}</w:{element}>' if words else ""
        for words in text.split("\n")
    )
    return f"<w:r>{f'<w:rPr>{style}</w:rPr>' if style else ''}{lines}</w:r>"


def _commented(line: MarkedLine, notes: Notes) -> tuple[dict[int, list[str]], dict[int, list[str]]]:
    """By position in the line, the marks of the comments that begin there, and of those that end."""
    starts: dict[int, list[str]] = {}
    ends: dict[int, list[str]] = {}
    fields = set(line.fields)
    for index, remark in enumerate(notes.remarks):
        if index not in notes.placed and not remark.fields.isdisjoint(fields):
            found = _found(remark.quote, line)
            if found is None and not _last_chance(remark, fields):
                continue
            first, last = found or (0, len(line.text))
            start, end = placed(index, notes)
            starts.setdefault(first, []).append(start)
            ends.setdefault(last, []).append(end)
    return starts, ends


def _last_chance(remark: WordComment, fields: set[int]) -> bool:
    """Whether no later paragraph holds a field of the remark's block."""
    return max(remark.fields) in fields


def placed(index: int, notes: Notes) -> tuple[str, str]:
    """The marks around the words that remark `index` is about."""
    number = notes.placed[index] = len(notes.placed)
    end = f'<w:commentRangeEnd w:id="{number}"/><w:r><w:rPr><w:rStyle w:val="CommentReference"/></w:rPr>'
    return f'<w:commentRangeStart w:id="{number}"/>', f'{end}<w:commentReference w:id="{number}"/></w:r>'


def _found(quote: str, line: MarkedLine) -> tuple[int, int] | None:
    """Where the quoted words stand in the line as it reads without what is proposed; blanks count as one."""
    letters: list[str] = []
    at: list[int] = []
    position = 0
    for stretch in line.stretches:
        for letter in stretch.text:
            blank = letter.isspace()
            if stretch.op is not Op.INSERT and not (blank and letters and letters[-1] == " "):
                letters.append(" " if blank else letter)
                at.append(position)
            position += 1
    start = "".join(letters).find(quote) if quote else -1
    return None if start < 0 else (at[start], at[start + len(quote) - 1] + 1)

"""A marked text in stretches: what each one is in, whose mark it bears, and which field of which block it was typed in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from app.content.diff import Op
from app.content.inline import Span
from app.content.marks import (
    ALL_DELETED,
    ALL_INSERTED,
    DELETED,
    END,
    FIGURE,
    FIGURES,
    INSERTED,
    MOVED,
    VOICE,
)

# Signs as those of `app.content.marks`, from the same plane.
_OPEN, _CLOSE = chr(0xE0F07), chr(0xE0F08)
_SIGN = re.compile(f"([{INSERTED}-{MOVED}]|[{VOICE}{_OPEN}][{FIGURES}]+|{_CLOSE})")
_MODES = {INSERTED: Op.INSERT, DELETED: Op.DELETE, END: Op.EQUAL}


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of text in one style, with one mark, of one field. `field` 0: words of the template, typed by nobody here."""

    text: str
    bold: bool = False
    italic: bool = False
    superscript: bool = False
    op: Op = Op.EQUAL
    by: tuple[int, ...] = ()
    field: int = 0


@dataclass(frozen=True, slots=True)
class MarkedLine:
    """The stretches of one paragraph, item or cell; `op` and `by` say that all of it is put in or taken out.

    `fields` are the numbers of the fields that stand in it, empty ones too.
    """

    stretches: tuple[Stretch, ...] = ()
    op: Op = Op.EQUAL
    by: tuple[int, ...] = ()
    fields: tuple[int, ...] = ()

    @property
    def text(self) -> str:
        """All its words, those taken out too."""
        return "".join(stretch.text for stretch in self.stretches)


def tagged(text: str, number: int) -> str:
    """`text` with the signs that it is the field of that number; what was typed must have been made bare before."""
    return _OPEN + "".join(chr(FIGURE + int(figure)) for figure in str(number)) + text + _CLOSE


@dataclass(slots=True)
class _Reading:
    """Where one is in the text: the mark and the field one stands in, and the stretches of the last mark."""

    op: Op = Op.EQUAL
    inside: int = 0
    found: list[Stretch] = field(default_factory=list)
    fields: list[int] = field(default_factory=list)
    last: list[int] = field(default_factory=list)
    whole: Op = Op.EQUAL
    by: list[int] = field(default_factory=list)

    def sign(self, part: str) -> None:
        if part in _MODES:
            self.op = _MODES[part]
            if part != END:
                self.last = []
        elif part in (ALL_INSERTED, ALL_DELETED):
            self.whole, self.last = Op.INSERT if part == ALL_INSERTED else Op.DELETE, []
        elif part[0] == VOICE:
            self._named(_figure(part))
        elif part[0] == _OPEN:
            self.inside = _figure(part)
            self.fields.append(self.inside)
        elif part == _CLOSE:
            self.inside = 0

    def _named(self, voice: int) -> None:
        """Behind a mark a voice is that mark's; else it speaks for the whole."""
        if not self.last:
            self.by.append(voice)
        for index in self.last:
            self.found[index] = replace(self.found[index], by=(*self.found[index].by, voice))

    def words(self, text: str, run: Span) -> None:
        if self.op is Op.EQUAL:
            self.last = []
        else:
            self.last.append(len(self.found))
        self.found.append(Stretch(text, run.bold, run.italic, run.superscript, self.op, field=self.inside))


def line(runs: Sequence[Span]) -> MarkedLine:
    """The runs of one paragraph, marked with all voices behind each mark, or ahead of the text where all of it is meant."""
    reading = _Reading()
    for part, run in _parts(runs):
        if _SIGN.fullmatch(part):
            reading.sign(part)
        else:
            reading.words(part, run)
    return MarkedLine(tuple(reading.found), reading.whole, tuple(reading.by), tuple(reading.fields))


def _parts(runs: Sequence[Span]) -> Iterator[tuple[str, Span]]:
    for run in runs:
        for part in _SIGN.split(run.text):
            if part:
                yield part, run


def _figure(sign: str) -> int:
    return int("".join(str(ord(figure) - FIGURE) for figure in sign[1:]))

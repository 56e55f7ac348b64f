"""Words put in and words taken out, marked inside a text with who by, and a text so marked as HTML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from markupsafe import Markup, escape

from app.content.diff import Op, Words, cached_words
from app.content.inline import Span
from app.content.typography import french

# Of plane 14, where no letter stands: they pass through `legible`, the Markdown parser and the nodes as letters do.
# What was typed is rid of them before it is marked.
INSERTED, DELETED, END, ALL_INSERTED, ALL_DELETED, MOVED, VOICE = (chr(0xE0F00 + n) for n in range(7))
FIGURE = 0xE0F10
FIGURES = f"{chr(FIGURE)}-{chr(FIGURE + 9)}"
_TYPED = re.compile("[\U000e0000-\U000e0fff]")
SIGN = re.compile(f"([{INSERTED}-{MOVED}]|{VOICE}[{FIGURES}]+)")
_EMPHASIS = re.compile(r"[*_\\]")
_BEGIN = {Op.INSERT: INSERTED, Op.DELETE: DELETED}
_WHOLE = {Op.INSERT: ALL_INSERTED, Op.DELETE: ALL_DELETED}


class MarkedPiece(NamedTuple):
    """A stretch of a marked text: kept, put in or taken out, by the voices (amendments, revisions) of these numbers."""

    op: Op
    text: str
    by: tuple[int, ...] = ()


Pieces = Sequence[MarkedPiece]


@dataclass(frozen=True, slots=True)
class Voice:
    """Who speaks in a mark: what stands on its chip, where it leads, and the anchor of the first passage marked."""

    label: str
    name: str
    tone: int
    place: str
    anchor: str


def overlaid(text: str, wordings: Iterable[tuple[int, str]]) -> tuple[MarkedPiece, ...]:
    """`text` with each of `wordings` (voice, text it would give) marked in it: what several take out stands once."""
    cuts: dict[int, None] = {0: None, len(text): None}
    gone: list[tuple[int, int, int]] = []
    come: dict[int, list[tuple[int, str]]] = {}
    for voice, wording in wordings:
        position = 0
        for op, words in _steps(text, wording):
            start, position = position, position + (0 if op is Op.INSERT else len(words))
            if op is Op.DELETE:
                gone.append((start, position, voice))
            elif op is Op.INSERT:
                come.setdefault(start, []).append((voice, words))
            cuts[start] = cuts[position] = None
    pieces: list[MarkedPiece] = []
    places = sorted(cuts)
    for start, end in zip(places, [*places[1:], len(text)], strict=True):
        pieces += (MarkedPiece(Op.INSERT, words, (voice,)) for voice, words in come.get(start, ()))
        if start < end:
            by = tuple(dict.fromkeys(voice for first, last, voice in gone if first <= start and end <= last))
            pieces.append(MarkedPiece(Op.DELETE if by else Op.EQUAL, text[start:end], by))
    return tuple(pieces)


def _steps(old: str, new: str) -> Words:
    """From `old` to `new` in words; whole texts where bold or italics begin or end elsewhere."""
    steps = cached_words(old, new)
    if any(op is not Op.EQUAL and _EMPHASIS.search(text) for op, text in steps):
        return tuple((op, text) for op, text in ((Op.DELETE, old), (Op.INSERT, new)) if text)
    return steps


def layered(pieces: Pieces, text: str, voice: int) -> tuple[MarkedPiece, ...]:
    """`pieces` after one more hand has made `text` of what they left standing. What came and went again is dropped."""
    standing = "".join(piece.text for piece in pieces if piece.op is not Op.DELETE)
    after: list[MarkedPiece] = []
    rest = list(reversed(pieces))
    for op, words in _steps(standing, text):
        if op is Op.INSERT:
            after.append(MarkedPiece(op, words, (voice,)))
            continue
        left = len(words)
        while left:
            piece = rest.pop()
            if piece.op is Op.DELETE:
                after.append(piece)
                continue
            taken, over = piece.text[:left], piece.text[left:]
            if over:
                rest.append(piece._replace(text=over))
            left -= len(taken)
            if op is Op.EQUAL:
                after.append(piece._replace(text=taken))
            elif piece.op is Op.EQUAL:
                after.append(MarkedPiece(op, taken, (voice,)))
    return (*after, *reversed(rest))


def tidied(pieces: Pieces) -> tuple[MarkedPiece, ...]:
    """`pieces` in which a blank that was put in beside the same blank taken out is one that has stayed."""
    after: list[MarkedPiece] = []
    for piece in pieces:
        last = after[-1] if after else MarkedPiece(Op.EQUAL, "")
        came, went = (last, piece) if last.op is Op.INSERT else (piece, last)
        if came.op is Op.INSERT and went.op is Op.DELETE and came.text.isspace():
            if came is last and went.text.startswith(came.text):
                after[-1], piece = MarkedPiece(Op.EQUAL, came.text), went._replace(text=went.text[len(came.text) :])
            elif came is piece and went.text.endswith(came.text):
                after[-1], piece = went._replace(text=went.text[: -len(came.text)]), MarkedPiece(Op.EQUAL, came.text)
        after.append(piece)
    return tuple(piece for piece in after if piece.text)


def marked(pieces: Pieces, each: bool = False) -> str:
    """The pieces as one text with signs in it, a voice named behind its last mark, behind each if there are several.

    With `each`, every mark names all its voices right behind it, for those who must know whose it is.
    """
    several = len({voice for piece in pieces for voice in piece.by}) > 1
    text: list[str] = []
    for index, piece in enumerate(pieces):
        if piece.op is Op.EQUAL:
            text.append(bare(piece.text))
            continue
        text += (_BEGIN[piece.op], bare(piece.text), END)
        following = pieces[index + 1 :]
        text += (_named(voice) for voice in piece.by if each or not _speaks_on(voice, piece, following, several))
    return "".join(text)


def _speaks_on(voice: int, piece: MarkedPiece, following: Pieces, several: bool) -> bool:
    """Whether the voice is better named further on: with what it puts in for what it takes out, or at its last mark."""
    if not several:
        return any(voice in each.by for each in following)
    if piece.op is Op.INSERT:
        return False
    for each in following:
        if each.op is Op.EQUAL:
            return False
        if voice in each.by:
            return True
    return False


def whole(text: str, op: Op, voices: Iterable[int] = (), moved: bool = False, ahead: bool = False) -> str:
    """A marked `text` with the sign that all of the paragraph, item or row it stands in is put in or taken out.

    `ahead`: whose it is, is said before the text, where no mark in it can be meant.
    """
    named = "".join(_named(voice) for voice in voices)
    return _WHOLE[op] + (MOVED if moved else "") + (named + text if ahead else text + named)


def shifted(text: str, voice: int) -> str:
    """An already marked `text` with the sign that it stands elsewhere than it did."""
    return text + MOVED + _named(voice)


def bare(text: str) -> str:
    """`text` without any sign of a mark."""
    return _TYPED.sub("", text)


def is_marked(text: str) -> bool:
    return SIGN.search(text) is not None


def read(text: str, wanted: Op) -> str:
    """A marked text as it reads with what was put in (INSERT) or with what was taken out (DELETE), signs removed."""
    kept: list[str] = []
    mode, base = Op.EQUAL, Op.EQUAL
    for part in SIGN.split(text):
        if part in (ALL_INSERTED, ALL_DELETED):
            mode = base = Op.INSERT if part == ALL_INSERTED else Op.DELETE
        elif part in (INSERTED, DELETED):
            mode = Op.INSERT if part == INSERTED else Op.DELETE
        elif part == END:
            mode = base
        elif not SIGN.fullmatch(part) and mode in (Op.EQUAL, wanted):
            kept.append(part)
    return "".join(kept)


def _named(voice: int) -> str:
    return VOICE + "".join(chr(FIGURE + int(figure)) for figure in str(voice))


_SAID = {
    Op.INSERT: Markup('<span class="hidden">ajouté : </span>'),
    Op.DELETE: Markup('<span class="hidden">supprimé : </span>'),
}
_ELEMENT = {Op.INSERT: "ins", Op.DELETE: "del"}


class Writer:
    """Marked texts as HTML: `ins` and `del` within each text, never across the edge of another element, and chips."""

    def __init__(self, voices: Mapping[int, Voice]) -> None:
        self._voices = voices
        self._anchored: set[str] = set()

    def spans(self, runs: Sequence[Span], around: str = "") -> Markup:
        """The runs of one paragraph, item or cell. `around`: the texts of its row, which may all be marked."""
        mode = base = _all(around or "".join(run.text for run in runs))
        said = mode is Op.EQUAL
        html: list[str] = []
        for run in runs:
            for part in SIGN.split(run.text):
                if part in (INSERTED, DELETED):
                    mode, said = (Op.INSERT if part == INSERTED else Op.DELETE), False
                elif part == END:
                    mode, said = base, True
                elif part == MOVED:
                    html.append('<span class="chip moved">déplacé</span>')
                elif part.startswith(VOICE):
                    html.append(self._chip(part))
                elif part and not SIGN.fullmatch(part):
                    html.append(_run(part, run, mode, said))
                    said = True
        return Markup("".join(html))

    def text(self, text: str, around: str = "") -> Markup:
        return self.spans((Span(text),), around)

    def _chip(self, sign: str) -> str:
        number = int("".join(str(ord(figure) - FIGURE) for figure in sign[1:]))
        voice = self._voices.get(number)
        if voice is None:
            return ""
        anchor = f' id="{voice.anchor}"' if voice.anchor and voice.anchor not in self._anchored else ""
        self._anchored.add(voice.anchor)
        name = escape(voice.name)
        return (
            f'<a class="chip tone-{voice.tone}" href="{escape(voice.place)}"{anchor} title="{name}">'
            f'{escape(voice.label)}<span class="hidden">, {name}</span></a>'
        )


def _all(text: str) -> Op:
    if ALL_INSERTED in text:
        return Op.INSERT
    return Op.DELETE if ALL_DELETED in text else Op.EQUAL


def _run(text: str, run: Span, mode: Op, said: bool) -> str:
    inner = str(escape(french(text)))
    if mode is not Op.EQUAL:
        element = _ELEMENT[mode]
        inner = f"<{element}>{'' if said else _SAID[mode]}{inner}</{element}>"
    for wanted, element in ((run.superscript, "sup"), (run.italic, "em"), (run.bold, "strong")):
        if wanted:
            inner = f"<{element}>{inner}</{element}>"
    return inner

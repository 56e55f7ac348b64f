"""Printed words back to what is stored: styled runs as Markdown, ordinary spaces for those of French typography."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import groupby

from app.content.blocks import BlockKind
from app.content.canonical import clean
from app.content.diff import Op, tokens
from app.content.inline import Span, Spans, spans, text_spans
from app.content.markdown import kind_of
from app.content.sequences import align

_HIGH_SIGN = re.compile(r"[\u202f\u00a0](?=[;!?»])")
_OPENING_QUOTE = re.compile(r"(?<=«)[\u202f\u00a0]")
_COLON = re.compile(r"[\u202f\u00a0](?=:)")
_BLANKS = str.maketrans({"\u00a0": " ", "\u202f": " "})
_STAR = re.compile(r"(\\(?=[*\\_#+.!>()\[\]{}`–—•-])|\*)")
_RAISED = re.compile(r"[^{}\n]{1,20}")
_REACH = 12
"""Letters before a raised ending in which the number that it ends stands."""


def words(runs: Spans, before: str = "") -> str:
    """The runs as the plain text of a field, its spaces as they were typed in `before` where the words are the same."""
    return _as_before(before, _typed("".join(run.text for run in runs)).strip())


def markdown(runs: Spans, before: str = "") -> str:
    """The runs as the Markdown of one block of prose without its marker; words and spaces as in `before` where they stay."""
    joined = _joined(runs)
    source = _source(joined)
    if _bare(spans(source)) != _bare(joined):
        # Marks that touch each other are read otherwise than they were meant: the words come first.
        source = _source(tuple(replace(run, bold=False, italic=False) for run in joined))
    return _as_before(before, source)


def _joined(runs: Spans) -> Spans:
    """Runs of one style as one."""
    return tuple(
        replace(first, text="".join(run.text for run in (first, *rest)))
        for _, (first, *rest) in groupby(runs, key=lambda run: (run.bold, run.italic, run.superscript))
    )


def _source(runs: Spans) -> str:
    pieces: list[str] = []
    said = ""
    for run in runs:
        text = _typed(run.text)
        pieces.append(_styled(text, run, said))
        said = (said + text)[-_REACH:]
    lines = "".join(pieces).strip().split("\n")
    return "  \n".join(_harmless(line.strip()) for line in lines)


def _bare(runs: Spans) -> str:
    return "".join("".join(run.text for run in runs).translate(_BLANKS).split())


def _typed(text: str) -> str:
    text = _OPENING_QUOTE.sub(" ", _HIGH_SIGN.sub(" ", clean(text)))
    return _COLON.sub(" ", text)


def _styled(text: str, run: Span, said: str) -> str:
    if run.superscript and not _rises(said, text) and _RAISED.fullmatch(text):
        text = f"^{{{text}}}"
    escaped = _STAR.sub(r"\\\1", text)
    stars = "*" * (2 * run.bold + run.italic)
    bare = escaped.strip()
    if not stars or not bare:
        return escaped
    start = escaped.index(bare)
    return (
        escaped[:start]
        + "\n".join(f"{stars}{line.strip()}{stars}" for line in bare.split("\n"))
        + escaped[start + len(bare) :]
    )


def _rises(said: str, ending: str) -> bool:
    """Whether the ending of an ordinal is raised by itself."""
    printed = text_spans(said + ending)
    return bool(printed) and printed[-1].superscript and printed[-1].text == ending


def _harmless(line: str) -> str:
    """A line inside a block that would begin another one, its marker made text."""
    kind = kind_of(line)
    if kind is BlockKind.PARAGRAPH:
        return line
    return re.sub(r"^(\d*)", r"\1\\", line, count=1)


def _as_before(before: str, after: str) -> str:
    """`after` with the words of `before` where only their spaces or their way of being marked are told apart."""
    if not before or before == after:
        return after
    old, new = tokens(before), tokens(after)
    pieces: list[str] = []
    left = right = 0
    for op, count in align([_loose(token) for token in old], [_loose(token) for token in new]):
        if op is Op.EQUAL:
            pieces += old[left : left + count]
        elif op is Op.INSERT:
            pieces += new[right : right + count]
        left += 0 if op is Op.INSERT else count
        right += 0 if op is Op.DELETE else count
    return "".join(pieces)


def _loose(token: str) -> str:
    return " " if token.isspace() and "\n" not in token else token.translate(_BLANKS)

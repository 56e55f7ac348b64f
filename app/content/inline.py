"""The inline marks of a text: **bold**, *italic*, raised endings of ordinals; all else prints as typed."""

from __future__ import annotations

import re
import threading
import xml.etree.ElementTree as etree
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from html import unescape

import nh3
from markdown import Markdown
from markdown.inlinepatterns import Pattern
from markdown.treeprocessors import InlineProcessor
from markdown.util import Registry
from markupsafe import Markup

from app.content.typography import legible


@dataclass(frozen=True, slots=True)
class Span:
    """A run of text in one style. A newline in `text` is a line break."""

    text: str
    bold: bool = False
    italic: bool = False
    superscript: bool = False


Spans = tuple[Span, ...]

MOST_MARKS = 400
"""Marks in one block above which it is shown as typed: pairing them takes time that grows with their square."""
MOST_WORK = 2_000_000
"""Marks times characters of one block, likewise."""

_MARK = re.compile(r"[*_\\]")
_HARD_BREAK = re.compile(r"(?: {2,}|\\)\n[ ]*")
_SOFT_BREAK = re.compile(r" ?\n[ ]*")
# No typed text holds this character: `legible` has dropped it.
_BREAK = "\u2028"
_TAG = re.compile(r"(</?(?:em|strong)>)")

# A figure or a Roman numeral with its ending, not part of an address or of a longer number.
# Only I, V and X: with C, D, L and M the words "Ce", "De", "Le" and "Me" would be ordinals.
_ORDINAL = re.compile(
    r"(?<![\w/@.,])(?:"
    r"(?P<first>1|I)(?P<er>ers?|i?[eè]res?|res?)"
    r"|(?P<second>2|II)(?P<nd>nde?s?)"
    r"|(?P<nth>\d+|[IVX]+)(?P<th>i?[eè]mes?|es?)"
    r")(?![\w/@])"
    r"|\^\{(?P<typed>[^{}\n]{1,20})\}"
)

_parsers = threading.local()


@lru_cache(maxsize=20_000)
def spans(source: str, ordinals: bool = True) -> Spans:
    """The styled runs of one block's Markdown, its marker (see `app.content.markdown.strip_marker`) taken off.

    A single newline is a space, as in Markdown; after two spaces or a backslash it is a line break. HTML, links, code
    and whatever else is no mark of ours stays text. Spans next to each other differ in style; none is empty.
    """
    text = legible(source).strip()
    text = _SOFT_BREAK.sub(" ", _HARD_BREAK.sub(_BREAK, text)).replace(_BREAK, "\n")
    marks = len(_MARK.findall(text))
    if not marks or marks > MOST_MARKS or marks * len(text) > MOST_WORK:
        styled: Spans = (Span(text),) if text else ()
    else:
        styled = _parse(text)
    return _raised(styled) if ordinals else styled


@lru_cache(maxsize=20_000)
def text_spans(text: str) -> Spans:
    """The runs of a plain text (a field of a row, a name): no Markdown in it, but ordinals are raised."""
    text = legible(text)
    return _raised((Span(text),)) if text else ()


def _parse(text: str) -> Spans:
    try:
        marked = _to_html(text)
    except RecursionError:
        # Thousands of nested marks; the parser's state is lost with them.
        del _parsers.markdown
        return (Span(text),)
    return tuple(_walk(nh3.clean(marked, tags={"em", "strong"}, attributes={})))


def _to_html(text: str) -> str:
    """One paragraph through python-markdown's inline stage: no block is ever recognised inside it."""
    markdown = _parser()
    root = etree.Element("div")
    etree.SubElement(root, "p").text = text
    for stage in ("inline", "unescape"):
        markdown.treeprocessors[stage].run(root)
    return etree.tostring(root, encoding="unicode", method="html")


def _parser() -> Markdown:
    """One parser a thread (it keeps state while it works), with escapes and emphasis and nothing else."""
    if not hasattr(_parsers, "markdown"):
        markdown = Markdown()
        ours: Registry[Pattern] = Registry()
        ours.register(markdown.inlinePatterns["escape"], "escape", 2)
        ours.register(markdown.inlinePatterns["em_strong"], "em_strong", 1)
        markdown.inlinePatterns = ours
        markdown.ESCAPED_CHARS = [*markdown.ESCAPED_CHARS, "–", "—", "•"]  # they begin an item, as "-" does
        markdown.treeprocessors.register(InlineProcessor(markdown), "inline", 20)
        _parsers.markdown = markdown
    parser: Markdown = _parsers.markdown
    parser.reset()
    return parser


def _walk(marked: str) -> Iterator[Span]:
    """The spans of HTML that nh3 has cleaned: escaped text between `em` and `strong` tags, properly nested."""
    depth = {"em": 0, "strong": 0}
    waiting: Span | None = None
    for piece in _TAG.split(marked):
        if _TAG.fullmatch(piece):
            depth[piece.strip("</>")] += -1 if piece.startswith("</") else 1
        elif piece:
            span = Span(unescape(piece), bold=depth["strong"] > 0, italic=depth["em"] > 0)
            if waiting is not None and replace(waiting, text="") == replace(span, text=""):
                waiting = replace(span, text=waiting.text + span.text)
                continue
            if waiting is not None:
                yield waiting
            waiting = span
    if waiting is not None:
        yield waiting


def _raised(styled: Spans) -> Spans:
    """`styled` with the endings of ordinals in spans of their own, raised."""
    if not any(_ORDINAL.search(span.text) for span in styled):
        return styled
    return tuple(piece for span in styled for piece in _raise_endings(span))


def _raise_endings(span: Span) -> Iterator[Span]:
    done = 0
    for match in _ORDINAL.finditer(span.text):
        ending = next(name for name in ("er", "nd", "th", "typed") if match[name] is not None)
        stem = span.text[done : match.start(ending) if ending != "typed" else match.start()]
        if stem:
            yield replace(span, text=stem)
        yield replace(span, text=match[ending], superscript=True)
        done = match.end()
    if done < len(span.text):
        yield replace(span, text=span.text[done:])


def html(styled: Spans) -> Markup:
    """The spans as escaped HTML: `strong`, `em`, `sup` and `br`, nothing else."""
    return Markup("").join(_element(span) for span in styled)


def _element(span: Span) -> Markup:
    inner = Markup("<br>").join(span.text.split("\n"))
    if span.superscript:
        inner = Markup("<sup>") + inner + Markup("</sup>")
    if span.italic:
        inner = Markup("<em>") + inner + Markup("</em>")
    if span.bold:
        inner = Markup("<strong>") + inner + Markup("</strong>")
    return inner

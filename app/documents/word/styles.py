"""What a Word file's styles and lists make of a paragraph or a run: heading, list item, bold, italic, raised."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING = re.compile(r"(?:heading|titre) (\d)$")
_CONTENTS = re.compile(r"(?:toc|contents|table des matières)\b")
_OFF = frozenset({"0", "false", "off", "none"})
_LONGEST_CHAIN = 20


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph's style: its name in lower case, the level of a heading (else 0), and the list it makes an item of."""

    name: str = ""
    level: int = 0
    list: str = ""
    contents: bool = False


class Styles:
    """The styles of one file, and the kinds of its lists."""

    def __init__(self, styles: etree._Element | None, numbering: etree._Element | None) -> None:
        self._styles = {
            each.get(f"{W}styleId", ""): each for each in (styles.iter(f"{W}style") if styles is not None else ())
        }
        self._known: dict[str, Style] = {}
        self._lists = _kinds(numbering)

    def of(self, properties: etree._Element | None) -> Style:
        """The style that a paragraph's properties name."""
        identifier = value(properties.find(f"{W}pStyle")) if properties is not None else ""
        if identifier not in self._known:
            self._known[identifier] = self._style(identifier)
        return self._known[identifier]

    def listed(self, properties: etree._Element | None, style: Style) -> str:
        """ "bullet" or "number" for an item of a list, by itself or by its style; else nothing."""
        number = value(properties.find(f"{W}numPr/{W}numId")) if properties is not None else ""
        return self._lists.get(number or style.list, "")

    def run(self, properties: etree._Element | None) -> tuple[bool, bool, bool]:
        """Bold, italic, raised."""
        if properties is None:
            return False, False, False
        said = {element.tag: element for element in reversed(properties)}  # one walk: a file has thousands of runs
        named = self._styles.get(value(said.get(f"{W}rStyle")))
        inherited = named.find(f"{W}rPr") if named is not None else None
        bold, italic = (on(said.get(f"{W}{name}"), _of(inherited, name)) for name in ("b", "i"))
        return bold, italic, value(said.get(f"{W}vertAlign")) == "superscript"

    def _style(self, identifier: str) -> Style:
        chain = list(self._chain(identifier))
        names = [value(each.find(f"{W}name")).lower() for each in chain]
        level = 0
        numbered = ""
        for each, name in zip(chain, names, strict=True):
            heading = _HEADING.match(name)
            outline = value(each.find(f"{W}pPr/{W}outlineLvl"))
            level = level or (int(heading[1]) if heading else int(outline) + 1 if outline.isdecimal() else 0)
            numbered = numbered or value(each.find(f"{W}pPr/{W}numPr/{W}numId"))
        name = names[0] if names else identifier.lower()
        return Style(name, level if level < 10 else 0, numbered, any(_CONTENTS.match(each) for each in names))

    def _chain(self, identifier: str) -> list[etree._Element]:
        """The style and those it is based on."""
        chain: list[etree._Element] = []
        while identifier in self._styles and len(chain) < _LONGEST_CHAIN:
            chain.append(self._styles[identifier])
            identifier = value(chain[-1].find(f"{W}basedOn"))
        return chain


def _kinds(numbering: etree._Element | None) -> dict[str, str]:
    if numbering is None:
        return {}
    formats = {
        each.get(f"{W}abstractNumId", ""): value(each.find(f"{W}lvl/{W}numFmt"))
        for each in numbering.iter(f"{W}abstractNum")
    }
    return {
        each.get(f"{W}numId", ""): _kind(formats.get(value(each.find(f"{W}abstractNumId")), ""))
        for each in numbering.iter(f"{W}num")
    }


def _kind(format: str) -> str:
    return {"bullet": "bullet", "none": "", "": ""}.get(format, "number")


def _of(properties: etree._Element | None, name: str) -> bool:
    return on(properties.find(f"{W}{name}"), False) if properties is not None else False


def on(element: etree._Element | None, otherwise: bool) -> bool:
    """Whether a switch such as bold is on; `otherwise` where nothing is said."""
    return otherwise if element is None else element.get(f"{W}val", "1").lower() not in _OFF


def value(element: etree._Element | None) -> str:
    return "" if element is None else element.get(f"{W}val", "")

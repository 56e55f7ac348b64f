"""What stands around a Word file's text: its comments, its footnotes, its own properties."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from app.content.typography import legible
from app.documents.word.opening import Package
from app.documents.word.styles import W

_W15 = "{http://schemas.microsoft.com/office/word/2012/wordml}"
_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"


@dataclass(frozen=True, slots=True)
class MarginComment:
    """A comment; `parent` is the number of the one it answers, or empty."""

    author: str
    at: str
    text: str
    parent: str = ""


def properties_of(package: Package) -> dict[str, str]:
    root = package.properties()
    return {} if root is None else {each.get("name", ""): "".join(each.itertext()) for each in root}


def notes_of(package: Package) -> dict[str, MarginComment]:
    root = package.related("comments")
    if root is None:
        return {}
    extended = package.related("commentsExtended")
    parents = {
        each.get(f"{_W15}paraId", ""): each.get(f"{_W15}paraIdParent", "")
        for each in (extended if extended is not None else ())
    }
    owners: dict[str, str] = {}
    found: dict[str, tuple[etree._Element, str]] = {}
    for comment in root.iter(f"{W}comment"):
        number, last = comment.get(f"{W}id", ""), ""
        for paragraph in comment.iter(f"{W}p"):
            last = paragraph.get(f"{_W14}paraId", "")
            if last:
                owners[last] = number
        found[number] = comment, last
    return {
        number: MarginComment(
            comment.get(f"{W}author", ""),
            comment.get(f"{W}date", ""),
            words(comment),
            owners.get(parents.get(last, ""), ""),
        )
        for number, (comment, last) in found.items()
    }


def words(element: etree._Element) -> str:
    return "\n".join(
        legible("".join(text.text or "" for text in paragraph.iter(f"{W}t"))) for paragraph in element.iter(f"{W}p")
    ).strip()


def footnotes(package: Package) -> Iterator[str]:
    for kind in ("footnotes", "endnotes"):
        root = package.related(kind)
        for note in root if root is not None else ():
            if note.get(f"{W}type") is None and (said := words(note)):
                yield f"Note de bas de page\u00a0: {said}"

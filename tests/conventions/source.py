"""The project's own files, and templates read as HTML: what the convention tests look at."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates"
APP = ROOT / "app"

_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_STATEMENT = re.compile(r"\{%.*?%\}", re.DOTALL)
_EXPRESSION = re.compile(r"\{\{.*?\}\}", re.DOTALL)


@dataclass(slots=True)
class Element:
    """One element of a template; what Jinja writes stands in `attributes` and `inside` as the expression itself."""

    name: str
    attributes: dict[str, str]
    inside: str = ""


class Reader(HTMLParser):
    """Cuts a template into elements; an element's inside is the source between its tags, where it is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self._plain = ""
        self._said: list[str] = []
        self._open: list[tuple[Element, int]] = []
        self._lines: list[int] = [0]

    def read(self, source: str) -> list[Element]:
        blanked = _STATEMENT.sub(_blank, _COMMENT.sub(_blank, source))
        self._plain = _EXPRESSION.sub(self._keep, blanked)
        for line in self._plain.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))
        self.feed(self._plain)
        self.close()
        return self.elements

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = {self._told(name): self._told(value or "") for name, value in attrs}
        element = Element(tag, attributes)
        self.elements.append(element)
        self._open.append((element, self._place() + len(self.get_starttag_text() or "")))

    def handle_endtag(self, tag: str) -> None:
        for at in range(len(self._open) - 1, -1, -1):
            element, start = self._open[at]
            if element.name == tag:
                element.inside = self._told(self._plain[start : self._place()])
                del self._open[at:]
                return

    def _place(self) -> int:
        line, column = self.getpos()
        return self._lines[line - 1] + column

    def _keep(self, found: re.Match[str]) -> str:
        """An expression's quotes would end the attribute it stands in: a word takes its place, one for each wording."""
        if found[0] not in self._said:
            self._said.append(found[0])
        return f"jinja-{self._said.index(found[0])}-" + "\n" * found[0].count("\n")

    def _told(self, text: str) -> str:
        return re.sub(r"jinja-(\d+)-", lambda found: self._said[int(found[1])], text)


def _blank(found: re.Match[str]) -> str:
    return "\n" * found[0].count("\n")


def templates() -> list[Path]:
    return sorted(TEMPLATES.rglob("*.html"))


def elements(page: Path) -> list[Element]:
    return Reader().read(page.read_text())


def modules() -> list[Path]:
    """The application's own Python files."""
    return sorted(APP.rglob("*.py"))


def tracked() -> Iterator[Path]:
    """Every file the project consists of: those under version control, and those about to be."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode()
    yield from (ROOT / name for name in sorted(listed.split("\0")) if name and (ROOT / name).is_file())

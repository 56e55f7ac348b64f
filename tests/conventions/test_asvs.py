"""The list of the security standard's requirements is whole, and names only what exists."""

from __future__ import annotations

import re

from tests.conventions.source import ROOT

REQUIREMENTS = 253
ANSWERS = {"holds", "does not apply", "not yet"}
TEXT = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
LINES = [[cell.strip() for cell in line.strip("|").split("|")] for line in TEXT.splitlines() if line.startswith("| V")]


def test_every_requirement_stands_once_with_one_of_three_answers_and_its_reason() -> None:
    assert [line for line in LINES if len(line) != 4 or line[2] not in ANSWERS or not line[3]] == []
    assert len({line[0] for line in LINES}) == len(LINES) == REQUIREMENTS


def test_what_holds_names_where_and_every_place_named_exists() -> None:
    assert [line[0] for line in LINES if line[2] == "holds" and "`" not in line[3]] == []
    places = re.findall(r"`((?:app|docs|tests|templates|migrations)/[^`]+)`", TEXT)
    assert places
    assert [place for place in places if not (ROOT / place).exists()] == []


def test_each_chapter_has_as_many_lines_as_its_heading_says() -> None:
    headings = re.findall(r"^## (V\d+) .*\((\d+)\)$", TEXT, re.MULTILINE)
    counted = {chapter: sum(line[0].startswith(f"{chapter}.") for line in LINES) for chapter, _ in headings}
    assert counted == {chapter: int(number) for chapter, number in headings}
    assert sum(counted.values()) == len(LINES)

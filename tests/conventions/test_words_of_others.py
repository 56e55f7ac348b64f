"""The project holds no sentence of the real report that it was made for: examples are our own."""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path

import pytest

from tests.conventions.source import ROOT, tracked
from tests.e2e.source import FILE

LENGTH = 8
# What is the official template's own, and stands in every report: headings, and the formula that opens it.
TEMPLATE = (
    "Annexe n°2 : Niveau de mise en œuvre des recommandations de la précédente rencontre",
    "Étape 2 : la mise en œuvre de l’activité",
    "L’an deux mille dix-huit et le vingt-deux",
)
TEXT = {
    ".py",
    ".html",
    ".js",
    ".css",
    ".typ",
    ".md",
    ".toml",
    ".txt",
    ".json",
    ".po",
    ".csv",
    ".svg",
    ".cfg",
    ".ini",
    "",
}


def shingles(text: str) -> dict[tuple[str, ...], str]:
    """Every run of `LENGTH` words, whatever its case and punctuation, with how it reads."""
    words = re.findall(r"\w+", text.casefold())
    runs = zip(*(words[start:] for start in range(LENGTH)), strict=False)
    return {run: " ".join(run) for run in runs if sum(word.isalpha() for word in run) >= LENGTH - 2}


@pytest.mark.skipif(not FILE.exists(), reason="the real report is not beside the project")
def test_no_run_of_eight_words_of_the_real_report_is_in_the_project() -> None:
    theirs = shingles(FILE.read_text())
    assert len(theirs) > 1000
    for run in chain.from_iterable(map(shingles, TEMPLATE)):
        theirs.pop(run, None)
    found = {}
    for path in tracked():
        if path.suffix in TEXT and (same := shingles(_read(path)).keys() & theirs.keys()):
            found[str(path.relative_to(ROOT))] = [theirs[run] for run in same][:3]
    assert found == {}


def _read(path: Path) -> str:
    return path.read_text(errors="replace")

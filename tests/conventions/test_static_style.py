"""The style sheet: colours that can be read, letters that can be written, nothing the browsers aimed at do not know."""

from __future__ import annotations

import hashlib
import re
from itertools import chain
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "app" / "static"
STYLE = re.sub(r"/\*.*?\*/", "", (STATIC / "css" / "seben.css").read_text(), flags=re.DOTALL)

LIGHT = re.search(r"\n  :root \{(.*?)\n  \}", STYLE, re.DOTALL)
DARK = re.search(r"\n  :root\[data-theme=dark\] \{(.*?)\n  \}", STYLE, re.DOTALL)
DARK_BY_SYSTEM = re.search(r"\n    :root:not\(\[data-theme=light\]\) \{(.*?)\n    \}", STYLE, re.DOTALL)

BACKGROUNDS = ("desk", "surface", "paper", "hollow")
SOFT = {"green": "green-soft", "red": "red-soft", "amber": "amber-soft", "action": "action-soft"}
# What is written, and on what. Hollow is the ground of buttons and pills only, which carry ink.
TEXTS = [
    *((ink, ground) for ink in ("ink", "ink-soft") for ground in BACKGROUNDS),
    *((ink, ground) for ink in ("action", "green", "red", "amber") for ground in ("desk", "surface", "paper")),
    *SOFT.items(),
    ("ink", "action-soft"),
    ("on-action", "action"),
    ("on-action", "action-hover"),
]
# What only has to be made out: the edges of fields, and the lines that tell authors apart.
EDGES = [("line-strong", ground) for ground in ("desk", "surface", "paper")] + [
    (f"tone-{n}", "paper") for n in range(4)
]

WRITTEN = "AÀÂÆBCÇDEÉÈÊËFGHIÎÏJKLMNOÔŒPQRSTUÙÛÜVWXYŸZaàâæbcçdeéèêëfghiîïjklmnoôœpqrstuùûüvwxyÿz0123456789"
BAMBARA = "ƐɛƆɔƝɲŊŋ\u0300\u0301\u0302\u0304\u030c"
SIGNS = "«»’“”…–—-‑•·°%€&@§*+/=()[] \u00a0\u202f.,;:!?"


def colours(block: re.Match[str] | None) -> dict[str, str]:
    assert block
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6})\b", block[1]))


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), [(*pair, 4.5) for pair in TEXTS] + [(*pair, 3) for pair in EDGES])
def test_what_is_written_stands_out_from_its_ground(theme: str, ink: str, ground: str, least: float) -> None:
    tokens = colours(LIGHT) | (colours(DARK) if theme == "dark" else {})
    assert contrast(tokens[ink], tokens[ground]) >= least


def test_dark_is_the_same_whether_the_person_or_the_system_chose_it() -> None:
    assert DARK
    assert DARK_BY_SYSTEM
    assert DARK[1].split() == DARK_BY_SYSTEM[1].split()
    assert set(colours(DARK)) == set(colours(LIGHT))


def test_the_style_sheet_keeps_to_what_the_oldest_browsers_know() -> None:
    assert not re.search(r"light-dark\(|:has\(|@scope|@container|color-mix\(|oklch\(|@import", STYLE)
    assert not re.search(r"&[\s.:\[>+~]", STYLE), "nested rules"


def test_a_font_is_fetched_again_when_it_changes() -> None:
    named = re.findall(r"url\(\.\./(fonts/[\w.-]+)\?v=(\w+)\)", STYLE)
    assert len(named) == STYLE.count("url(")
    for path, version in named:
        assert hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:12] == version, path
    assert {path for path, _ in named} == {f"fonts/{path.name}" for path in (STATIC / "fonts").glob("*.woff2")}


@pytest.mark.parametrize("font", sorted(path.name for path in (STATIC / "fonts").glob("*.woff2")))
def test_a_font_writes_french_and_bambara(font: str) -> None:
    known = set(TTFont(STATIC / "fonts" / font).getBestCmap())
    assert not [sign for sign in chain(WRITTEN, BAMBARA, SIGNS) if ord(sign) not in known]


def test_every_class_a_page_is_given_has_a_look_or_is_known_to_need_none() -> None:
    plain = {
        "editing",
        "grid-rows",
        "panel-lead",
        "standing",
        "toc-label",
    }  # said for those who read the page, or by scripts
    styled = set(re.findall(r"\.([a-z][\w-]*)", STYLE))
    for page in sorted((ROOT / "templates").rglob("*.html")):
        given = {
            name
            for classes in re.findall(r'class="([^"{]*)', page.read_text())
            for name in classes.split()
            if name[-1] != "-"
        }
        assert given - styled - plain == set(), page

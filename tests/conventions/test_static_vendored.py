"""What the browser is served: vendored files byte for byte as they came, icons that exist, and the weights promised."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "app" / "static"
VENDOR = STATIC / "vendor"
MANIFEST = json.loads((VENDOR / "MANIFEST.json").read_text())
FILES = {name: checksum for package in MANIFEST for name, checksum in package["files"].items()}

KB = 1000
# On the wire, in bytes, compressed as the server does at worst. The page's are counted with those that come only where a
# deadline is set or words are observed; the editor's come with the first one opened, the device's where a text waits.
BUDGETS = {
    "scripts of the report page": (
        28.5 * KB,
        ["vendor/htmx/htmx.min.js", "js/page.js", "js/store.js", "js/writing.js", "js/clock.js", "js/observing.js"],
    ),
    "script of what waits on the device": (7.5 * KB, ["js/device.js"]),
    "scripts of its editors": (7 * KB, ["js/prose.js", "js/grid.js"]),
    "scripts of signing": (5 * KB, ["js/signature.js", "js/passkey.js"]),
    "scripts that send files": (5 * KB, ["js/sending.js", "js/hashing.js"]),
    "style": (12 * KB, ["css/*.css"]),
    "icons": (4 * KB, ["icons.svg"]),
}
FONTS = 45 * KB


@pytest.mark.parametrize("name", FILES)
def test_a_vendored_file_is_what_its_maker_published(name: str) -> None:
    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == FILES[name]


def test_every_vendored_file_stands_in_the_manifest_with_its_licence() -> None:
    present = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()}
    assert present == {"MANIFEST.json", *FILES}
    for package in MANIFEST:
        assert all(package[field] for field in ("name", "version", "licence", "source"))
        assert any("LICENCE" in name for name in package["files"])


@pytest.mark.parametrize("what", BUDGETS)
def test_what_the_report_page_loads_weighs_no_more_than_promised(what: str) -> None:
    limit, patterns = BUDGETS[what]
    files = [path for pattern in patterns for path in sorted(STATIC.glob(pattern))]
    assert len(files) >= len(patterns)
    assert sum(len(gzip.compress(path.read_bytes(), 9)) for path in files) <= limit


def test_every_script_is_weighed() -> None:
    weighed = {path for _, patterns in BUDGETS.values() for pattern in patterns for path in STATIC.glob(pattern)}
    assert set(STATIC.rglob("*.js")) <= weighed


def test_the_fonts_of_every_page_exist_carry_a_licence_and_weigh_no_more_than_promised() -> None:
    frame = (ROOT / "templates" / "base.html").read_text()
    linked = [STATIC / name for name in re.findall(r'asset\("(css/[\w-]+\.css)"\)', frame)]
    named = {name for path in linked for name in re.findall(r"fonts/([\w-]+\.woff2)", path.read_text())}
    assert named
    assert sum((STATIC / "fonts" / name).stat().st_size for name in named) <= FONTS
    assert list((STATIC / "fonts").glob("LICENCE*.txt"))


def test_every_icon_a_page_asks_for_is_in_the_sprite() -> None:
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text()))
    asked = {
        name
        for page in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r'icon\("([\w-]+)"', page.read_text())
    }
    assert asked
    assert asked <= drawn


def test_no_page_or_script_needs_what_the_content_security_policy_forbids() -> None:
    for page in (ROOT / "templates").rglob("*.html"):
        text = page.read_text()
        assert not re.search(r"\sstyle=|\shx-on|\son[a-z]+=|<style", text), page
        assert not re.search(r"<script(?![^>]*\ssrc=)", text), page
    for script in (STATIC / "js").glob("*.js"):
        assert not re.search(
            r"\beval\(|new Function|innerHTML|outerHTML|insertAdjacentHTML|document\.write", script.read_text()
        ), script

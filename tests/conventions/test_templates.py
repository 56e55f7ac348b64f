"""What every template keeps to: forms that cannot be forged or sent twice, and pages that work without a script."""

from __future__ import annotations

import re
from itertools import chain

import pytest
from flask import Flask
from jinja2 import nodes

from tests.conventions.source import TEMPLATES, Element, elements, modules, templates

PAGES = {str(page.relative_to(TEMPLATES)): page for page in templates()}
# Sent by nobody who is signed in, or to no effect that twice would make worse.
SENT_AS_OFTEN_AS_ONE_LIKES = {
    "base.html": "signing out",
    "security/login.html": "signing in",
    "security/second_factor.html": "signing in",
    "security/forgotten.html": "asking for a link again has a limit of its own",
    "security/reset.html": "the link is spent by its first use",
    "verification/page.html": "nothing is written",
    "journal/_filters.html": "a file leaves the page as it is, and another format is often taken next",
    "live/_beat.html": "a sign of life says the same as often as it is given",
    "errors/resend.html": "the form it repeats has no key that could still count",
}


def forms(page: str) -> list[Element]:
    """The forms of a template that write."""
    return [
        each
        for each in elements(PAGES[page])
        if each.name == "form" and each.attributes.get("method", "get").lower() == "post"
    ]


def place(address: str) -> str:
    return address.partition("#")[0]


def test_the_templates_are_found_and_have_forms() -> None:
    assert len(PAGES) > 50
    assert sum(len(forms(page)) for page in PAGES) > 20


@pytest.mark.parametrize("page", PAGES)
def test_a_form_that_writes_carries_the_session_s_token_and_a_key_of_its_own(page: str) -> None:
    for form in forms(page):
        assert re.search(r'hidden_fields\(|name="csrf_token"', form.inside), form.attributes
        if page not in SENT_AS_OFTEN_AS_ONE_LIKES:
            assert re.search(r'hidden_fields\(|name="once"', form.inside), form.attributes


def test_the_forms_without_a_key_are_still_there() -> None:
    assert all(forms(page) for page in SENT_AS_OFTEN_AS_ONE_LIKES)


@pytest.mark.parametrize("page", PAGES)
def test_what_htmx_asks_for_a_browser_without_it_asks_for_too(page: str) -> None:
    for each in elements(PAGES[page]):
        said = each.attributes
        if "hx-get" in said:
            plain = said.get("href") or said.get("action", "")
            assert place(plain) == place(said["hx-get"]), said
        if "hx-post" in said:
            plain = (each.name, said.get("method"), place(said.get("action", "")))
            assert plain == ("form", "post", place(said["hx-post"]))
        assert not said.keys() & {"hx-put", "hx-patch", "hx-delete", "hx-ws", "hx-sse", "hx-boost"}, said


@pytest.mark.parametrize("page", PAGES)
def test_nothing_in_a_page_is_run_as_script(page: str) -> None:
    for each in elements(PAGES[page]):
        for name, value in each.attributes.items():
            assert name != "style" and not re.match(r"on[a-z]|hx-on|hx-live|hx-action", name), (each.name, name)
            assert not re.match(r"\s*(javascript|js):", value, re.IGNORECASE), (each.name, name, value)
        # A filter in square brackets is evaluated, which the content security policy forbids.
        assert "[" not in each.attributes.get("hx-trigger", "")
        assert each.name not in ("style", "iframe", "object", "embed")
        if each.name == "script":
            assert "src" in each.attributes and not each.inside.strip()


def test_every_template_is_named_by_a_view_or_by_another_template() -> None:
    source = "\n".join(path.read_text() for path in chain(modules(), PAGES.values()))
    by_rule = {"events", "errors"}  # one for each act, one for each status
    assert [page for page in PAGES if f'"{page}"' not in source and page.rpartition("/")[0] not in by_rule] == []


def test_every_template_compiles_and_fills_only_blocks_that_its_frame_has(app: Flask) -> None:
    """What stands in a block that the frame does not know is swallowed without a word."""
    trees = {page: app.jinja_env.parse(path.read_text()) for page, path in PAGES.items()}
    blocks = {page: {block.name for block in tree.find_all(nodes.Block)} for page, tree in trees.items()}
    for page, tree in trees.items():
        app.jinja_env.get_template(page)
        filled = {node.name for node in tree.body if isinstance(node, nodes.Block)}
        frame = tree.find(nodes.Extends)
        if frame is not None:
            known = _blocks_above(frame, trees, blocks)
            assert filled <= known, f"{page}: {filled - known}"


def _blocks_above(frame: nodes.Extends, trees: dict[str, nodes.Template], blocks: dict[str, set[str]]) -> set[str]:
    assert isinstance(frame.template, nodes.Const)
    above = trees[frame.template.value].find(nodes.Extends)
    return blocks[frame.template.value] | (_blocks_above(above, trees, blocks) if above else set())

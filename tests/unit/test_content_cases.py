"""Small inputs that once came out wrong, each one of a kind, with the right value (`tests/cases/text.json`)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.content.blocks import Block, BlockKind, Content
from app.content.changes import apply, cut
from app.content.merge import merge

CASES = json.loads((Path(__file__).parents[1] / "cases" / "text.json").read_text(encoding="utf-8"))
Case = dict[str, str]


def of_kind(kind: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", CASES[kind], ids=[case["id"] for case in CASES[kind]])


def part(text: str) -> Content:
    return (Block("a", "body", BlockKind.PARAGRAPH, {"text": text}),)


@of_kind("merge")
def test_two_persons_words_come_together_or_are_shown_to_a_third(case: Case) -> None:
    merged = merge(part(case["base"]), part(case["mine"]), part(case["theirs"]))
    if case["right"] == "CLASH":
        assert [(clash.mine, clash.theirs) for clash in merged.clashes] == [(case["mine"], case["theirs"])]
    else:
        assert not merged.clashes
        assert [block.text for block in merged.content] == [case["right"]]


@of_kind("adopt")
def test_an_amendment_is_made_in_the_text_of_the_day(case: Case) -> None:
    (change,) = cut(part(case["base"]), part(case["amendment"]))
    outcome = apply(change, part(case["text_of_the_day"]))
    assert not outcome.clashes
    assert [block.text for block in outcome.content] == [case["right"]]

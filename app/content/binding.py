"""What a voice on a text is bound to, however the rest is worded: its figures, its dates, its names, what it denies."""

from __future__ import annotations

import re
from collections import Counter

from app.content.blocks import BlockKind, Content
from app.content.wholes import wholes

NAMES = ("civility", "first_name", "surname", "name", "speaker", "answered_by", "responsible", "addressee", "deadline")
"""Fields of a row that name somebody, or a term, whatever they hold."""
# A word with a capital that does not begin a sentence or a text.
_CAPITAL = re.compile(r"(?<=[^\W_][,)»’'\s-])\s*(?<![\w-])([^\W\d_a-zà-öø-ÿɛɔɲŋœ][\w’'-]*)")


def binding(content: Content) -> Counter[str]:
    """Each figure with its unit, date, name and negation of the text, however spaced, with how often it stands there."""
    found: Counter[str] = Counter()
    for block in content:
        for name, text in block.words.items():
            if block.kind is BlockKind.ROW and name in NAMES:
                found[f"{name} {_spaced(text)}"] += 1
            else:
                found.update(_spaced(each) for each in wholes(text))
                found.update(_CAPITAL.findall(text))
    return found


def _spaced(text: str) -> str:
    return " ".join(text.split())

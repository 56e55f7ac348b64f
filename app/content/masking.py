"""Contacts as a public page shows them: enough to recognise one's own, too little to reach or to name anybody."""

from __future__ import annotations

import re
from dataclasses import replace

from app.content.blocks import Content

DOT = "•"
SHOWN = 2
"""Figures that stay at each end of a telephone number."""
SHORTEST = 6
"""Figures of a number of which some may stay."""
# Figures with what people write between them; what holds an @; any other word.
_PIECE = re.compile(r"[^\s@<>,;:/]*@[^\s@<>,;/]*|\d(?:[\d\s.\-()]*\d)?|[^\W\d]+")


def masked(contact: str) -> str:
    """ "76 45 12 42" gives "76 •• •• 42", "fanta@exemple.ml" gives "f•••@•••"; no other word stays."""
    return _PIECE.sub(_mask, contact)


def mask_field(content: Content, name: str) -> Content:
    """This content, that field masked in all its rows."""
    return tuple(
        replace(block, fields={**block.fields, name: masked(block.fields[name])}) if block.fields.get(name) else block
        for block in content
    )


def _mask(match: re.Match[str]) -> str:
    said = match[0]
    if "@" in said:
        return f"{said[:1].replace('@', '')}{DOT * 3}@{DOT * 3}"
    if not said[0].isdecimal():
        return DOT * 3
    figures = sum(sign.isdecimal() for sign in said)
    if figures < SHORTEST:
        return re.sub(r"\d", DOT, said)
    seen, shown = 0, ""
    for sign in said:
        seen += sign.isdecimal()
        stays = not sign.isdecimal() or seen <= SHOWN or seen > figures - SHOWN
        shown += sign if stays else DOT
    return shown

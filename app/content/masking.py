"""Contacts as a public page shows them: enough to recognise one's own, too little to reach or to name anybody."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from app.content.blocks import Content

DOT = "•"
SHOWN = 2
"""Figures that stay at each end of a telephone number."""
SHORTEST = 6
"""Figures of a number of which some may stay."""
# Figures with what people write between them; what holds an @; any other word.
_PIECE = re.compile(r"[^\s@<>,;:/]*@[^\s@<>,;/]*|\d(?:[\d\s.\-()]*\d)?|[^\W\d]+")

# The same without words, in a text of any kind.
_SOUGHT = re.compile(r"[^\s@<>,;:/]*@[^\s@<>,;/]*|\d(?:[\d\s.\-()]*\d)?")

_NUMBER = re.compile(r"@|(?:\d[\s.\-()]*){6}")


def masked(contact: str) -> str:
    """ "76 45 12 42" gives "76 •• •• 42", "fanta@exemple.ml" gives "f•••@•••"; no other word stays."""
    return _PIECE.sub(_mask, contact)


def mask_field(content: Content, name: str) -> Content:
    """This content, that field masked in all its rows."""
    return tuple(
        replace(block, fields={**block.fields, name: masked(block.fields[name])}) if block.fields.get(name) else block
        for block in content
    )


class Contacts:
    """Contacts that are known, to be masked wherever they stand in a text."""

    def __init__(self, contacts: Iterable[str]) -> None:
        contacts = [" ".join(contact.split()) for contact in contacts]
        self._phrases = sorted({each for each in contacts if " " in each and not _NUMBER.search(each)})
        pieces = [match[0] for contact in contacts for match in _PIECE.finditer(contact)]
        figures = (_figures(piece) for piece in pieces if piece[:1].isdecimal())
        self._numbers = {each for each in figures if len(each) >= SHORTEST}
        self._lengths = sorted({len(each) for each in self._numbers}, reverse=True)
        self._addresses = {piece.lower() for piece in pieces if "@" in piece}

    def hide(self, text: str) -> str:
        """`text` with these telephone numbers and addresses masked, however they are spaced, and what is said in words."""
        for phrase in self._phrases:
            text = text.replace(phrase, masked(phrase))
        return _SOUGHT.sub(self._hidden, text)

    def _hidden(self, match: re.Match[str]) -> str:
        said = match[0]
        if "@" in said:
            return masked(said) if said.lower() in self._addresses else said
        signs, places = list(said), [place for place, sign in enumerate(said) if sign.isdecimal()]
        figures, at = _figures(said), 0
        while at < len(figures):
            length = next((each for each in self._lengths if figures[at : at + each] in self._numbers), 0)
            for place in places[at + SHOWN : at + length - SHOWN] if length else ():
                signs[place] = DOT
            at += length or 1
        return "".join(signs)


def _figures(said: str) -> str:
    return "".join(sign for sign in said if sign.isdecimal())


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

"""French spacing, and the one filter every text passes before it is drawn. For display: nothing here is stored."""

from __future__ import annotations

import re
import unicodedata

NARROW_NBSP = "\u202f"
NBSP = "\u00a0"
ZERO_WIDTH_SPACE = "\u200b"
LETTERS_BEFORE_A_BREAK = 60

_BEFORE_HIGH_SIGN = re.compile(r"(?<=\S) +(?=[;!?»])")
_AFTER_OPENING_QUOTE = re.compile(r"« +(?=\S)")
# "10 : 30" is a time, "3 : 2" a score: a colon between two figures is left as it was typed.
_BEFORE_COLON = re.compile(r"(?<=\S)(?<!\d) +(?=:)|(?<=\d) +(?=:(?! *\d))")

_LINE_ENDS = re.compile("\r\n?|[\u2028\u2029]")
_UNPRINTABLE = re.compile(
    "["
    "\u0000-\u0008\u000b-\u001f\u007f-\u009f"  # controls, all but tab and newline
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # marks that turn the direction of what follows
    "\ufeff\ufff9-\ufffb"  # byte-order mark, interlinear notes
    "\ud800-\udfff"  # lone surrogates
    "\ue000-\uf8ff\U000f0000-\U0010ffff"  # private use, planes 15 and 16
    "\ufdd0-\ufdef"
    + "".join(chr(plane << 16 | low) for plane in range(17) for low in (0xFFFE, 0xFFFF))  # non-characters
    + "]"
)
_MARKS = "\u0300-\u036f"
_ENDLESS = re.compile(rf"((?:[^\s\u200b{_MARKS}][{_MARKS}]*){{{LETTERS_BEFORE_A_BREAK}}})(?=[^\s\u200b{_MARKS}])")


def french(text: str) -> str:
    """`text` with the ordinary spaces beside French punctuation turned into no-break ones.

    Narrow (U+202F) before ; ! ? » and after «, full (U+00A0) before a colon. Only spaces that were typed are replaced,
    none is added, so that addresses, times and words stay as they are. Applying it twice changes nothing.
    """
    text = _BEFORE_HIGH_SIGN.sub(NARROW_NBSP, text)
    text = _AFTER_OPENING_QUOTE.sub("«" + NARROW_NBSP, text)
    return _BEFORE_COLON.sub(NBSP, text)


def legible(text: str) -> str:
    """`text` in NFC without what has no glyph or misleads the eye: controls, direction marks, private use, surrogates.

    A newline stays, a tab becomes a space.
    """
    text = _UNPRINTABLE.sub("", _LINE_ENDS.sub("\n", text)).replace("\t", " ")
    return unicodedata.normalize("NFC", text)


def printable(text: str) -> str:
    """`legible` text whose endless words have a break chance (U+200B) every 60 letters: what an engine may be given."""
    return _ENDLESS.sub(rf"\1{ZERO_WIDTH_SPACE}", legible(text))

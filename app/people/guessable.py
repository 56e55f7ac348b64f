"""How many guesses a password would stand: words and names of people here, keyboards, years, and signs put for letters.

zxcvbn estimates; what it does not know of French, of Mali, of this application and of French keyboards is brought here.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

WORDS = Path(__file__).parent / "words"
READ = 100
"""Signs that are looked at: what begins so well needs no more, and the time it takes has an end."""
# The same key on a French keyboard and on an American one, whose walks zxcvbn knows.
_FRENCH_KEYS = "azertyuiopqsdfghjklmwxcvbn,;:!&é\"'(-è_çà)="
_AMERICAN_KEYS = "qwertyuiopasdfghjkl;zxcvbnm,./1234567890-="
_KEYS = str.maketrans(_FRENCH_KEYS, _AMERICAN_KEYS)


def guesses(password: str, own: Collection[str]) -> float:
    """The power of ten of the guesses that `password` stands; `own` are words of its owner's, as `letters` has them.

    The least of what is found in it as typed, as the keys lie on a French keyboard, without accents and signs, and of what
    is left without the owner's words.
    """
    from zxcvbn_rs_py import zxcvbn  # some 10 MB, which only who chooses a password needs

    known = [*own, *(word for word in _words() if word not in own)]
    return min(zxcvbn(each, known).guesses_log10 if each else 0.0 for each in _read(password[:READ], own))


def letters(text: str) -> str:
    """Letters and figures without case nor accents: "Été-2018 !" and "ete2018" are as easy to guess."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    return "".join(sign for sign in plain if sign.isalnum())


def _read(password: str, own: Collection[str]) -> Iterator[str]:
    typed = unicodedata.normalize("NFC", password).casefold()
    yield typed
    yield typed.translate(_KEYS)
    bare = letters(typed)
    yield bare or typed
    for word in sorted(own, key=len, reverse=True):
        bare = bare.replace(word, "")
    yield bare or ("" if letters(typed) else typed)


@cache
def _words() -> tuple[str, ...]:
    """The commonest first, for that is the order in which they would be tried."""
    lists = ((WORDS / name).read_text("utf-8").split() for name in ("here.txt", "french.txt"))
    return tuple(dict.fromkeys(word for each in lists for word in each))

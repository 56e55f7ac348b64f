"""The code of a validated text: 80 bits as 16 characters that can be read over the telephone."""

from __future__ import annotations

from hashlib import sha256

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: without I, L, O and U."""
LENGTH = 16
_DOMAIN = b"seben/code/1\n"
_HEARD = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None, "\u00a0": None, "\u202f": None, ".": None})


class BadCode(ValueError):
    """Not sixteen characters of the alphabet."""


def code_of(text_hash: str, leaf: bytes) -> str:
    """The code of the text with this hash (hexadecimal), whose validation is the leaf with this leaf hash."""
    bits = int.from_bytes(sha256(_DOMAIN + bytes.fromhex(text_hash) + leaf).digest()[:10], "big")
    return "".join(ALPHABET[bits >> shift & 31] for shift in range(75, -1, -5))


def spoken(code: str) -> str:
    """In groups of four, as it is printed and read aloud."""
    return "-".join(code[at : at + 4] for at in range(0, LENGTH, 4))


def heard(text: str) -> str:
    """The code that somebody typed: any case, with or without dashes, O for zero, I or L for one. Raises `BadCode`."""
    code = text[:80].strip().upper().translate(_HEARD)
    if len(code) != LENGTH or not set(code) <= set(ALPHABET):
        raise BadCode(text)
    return code

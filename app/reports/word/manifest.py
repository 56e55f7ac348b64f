"""What a Word file of ours says of itself: which report, which revision of each part, which amendments; and its seal."""

from __future__ import annotations

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count

import orjson

from app.content.canonical import canonical

NAME = "Seben"
"""Of the file's own properties that hold it, followed by 1, 2…"""


class Foreign(Exception):
    """The file does not say, or not credibly, which report it is a copy of; the message is a French sentence."""


NO_SLIP = (
    "Ce fichier n’est pas une copie d’un rapport de Sɛbɛn, ou ses propriétés ont été retirées\u00a0: on ne peut pas savoir "
    "sur quel texte elle a été faite. Téléchargez le rapport en Word, reportez-y vos modifications, puis déposez-le."
)
FALSE_SLIP = (
    "Les propriétés de ce fichier ont été modifiées ou viennent d’une autre installation de Sɛbɛn\u00a0: téléchargez de "
    "nouveau le rapport en Word, reportez-y vos modifications, puis déposez-le."
)


@dataclass(frozen=True, slots=True)
class Manifest:
    """`numbers`: the revision of each part by its key; `amendments`: the numbers of those marked in the text."""

    report: int
    numbers: Mapping[str, int]
    text_hash: str = ""
    amendments: tuple[int, ...] = field(default=())

    def properties(self, key: bytes) -> dict[str, str]:
        """The properties of a file, sealed with `key`."""
        said = canonical(
            {"report": self.report, "parts": dict(self.numbers), "text": self.text_hash, "shown": list(self.amendments)}
        )
        return {NAME: f"{_letters(said)}.{_letters(_seal(said, key))}"}


def read(properties: Mapping[str, str], key: bytes) -> Manifest:
    """The slip of a file with these properties. Raises `Foreign`."""
    pieces = []
    for number in count(1):
        if (piece := properties.get(f"{NAME}{number}")) is None:
            break
        pieces.append(piece)
    said, dot, seal = "".join("".join(pieces).split()).partition(".")
    if not dot:
        raise Foreign(NO_SLIP)
    try:
        body = _bytes(said)
        if not hmac.compare_digest(_bytes(seal), _seal(body, key)):
            raise Foreign(FALSE_SLIP)
        told = orjson.loads(body)
        return Manifest(told["report"], told["parts"], told["text"], tuple(told["shown"]))
    except (binascii.Error, ValueError, KeyError, TypeError) as error:
        raise Foreign(FALSE_SLIP) from error


def _seal(said: bytes, key: bytes) -> bytes:
    return hmac.digest(b"seben word copy " + key, said, sha256)


def _letters(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode("ascii").rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True)

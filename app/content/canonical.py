"""The one byte form of a value, its hash, and what a stored text may be."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import orjson

from app.content.blocks import BlockKind, Content

_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS


class Limits(NamedTuple):
    characters: int
    """In one field of a block, and in the whole text of a zone of prose."""
    rows: int
    """Blocks in one part."""


LIMITS: Final = Limits(characters=200_000, rows=5_000)


class TooLong(ValueError):
    """A text or a grid over the limits. `field` names what is too long; str() is the sentence the user reads."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def canonical(value: Any) -> bytes:
    """`value` as canonical JSON (RFC 8785) in UTF-8, its strings in NFC.

    `value` is made of mappings with ASCII keys, lists, strings, integers below 2**53, booleans and None: no floats,
    which libraries write in different ways. TypeError for what is no JSON at all.
    """
    written = orjson.dumps(value, option=_OPTIONS)
    # In NFC as a whole, it is so string by string: no quote or comma composes with the letter behind it.
    if written.isascii() or unicodedata.is_normalized("NFC", written.decode()):
        return written
    return orjson.dumps(_normalised(value), option=_OPTIONS)


def _normalised(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        return {key: _normalised(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_normalised(item) for item in value]
    return value


def as_read(content: Content) -> list[tuple[str, str, tuple[tuple[str, str], ...]]]:
    """What a reader reads of `content`, block by block: its words, however they are spaced, and none of its ids."""
    read = []
    for block in content:
        words = {name: " ".join(text.split()) for name, text in block.words.items()}
        read.append((block.zone, block.kind.value, tuple(sorted((name, text) for name, text in words.items() if text))))
    return read


def digest(data: bytes) -> str:
    """SHA-256 as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def content_bytes(content: Content) -> bytes:
    """The canonical form of a part's content: all of it, formatting too, in reading order."""
    return canonical([block.to_json() for block in content])


def content_hash(content: Content) -> str:
    return digest(content_bytes(content))


def clean(text: str) -> str:
    """`text` as it is stored: what was typed, with \\n as the only line end, in NFC.

    NUL and lone surrogates go too: no keyboard types them and no database stores them.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    if not text.isascii():
        text = text.encode("utf-8", "ignore").decode("utf-8")
    return unicodedata.normalize("NFC", text)


def check(content: Content) -> None:
    """Raises TooLong when `content` is over LIMITS."""
    if len(content) > LIMITS.rows:
        raise TooLong(
            "", f"Cette partie compte {_figure(len(content))} lignes ; elle peut en compter {_figure(LIMITS.rows)}."
        )
    prose: dict[str, int] = {}
    for block in content:
        for name, text in block.words.items():
            check_text(text, name)
        if block.kind is not BlockKind.ROW:
            prose[block.zone] = prose.get(block.zone, 0) + len(block.text)
    for zone, characters in prose.items():
        _check_length(characters, zone)


def check_text(text: str, field: str) -> None:
    """Raises TooLong naming `field` when `text` is longer than a field may be."""
    _check_length(len(text), field)


def _check_length(characters: int, field: str) -> None:
    if characters > LIMITS.characters:
        raise TooLong(
            field,
            f"Ce texte est trop long : {_figure(characters)} caractères, pour {_figure(LIMITS.characters)} au plus.",
        )


def _figure(number: int) -> str:
    return f"{number:,}".replace(",", "\u202f")

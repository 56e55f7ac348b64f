"""Signed notes and checkpoints as c2sp.org/signed-note and c2sp.org/tlog-checkpoint write them, with Ed25519. Pure Python.

A note is a text, an empty line, and lines `— name signature`. A checkpoint is a note whose text is three lines: the
log's name, the tree's size, its root.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
MOST_SIGNATURES = 64
REMARK = "# "
CUT = "# coupé"
_NAME = re.compile(r"[^\s+]+")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_SIGNATURE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/=]+)")
_SECRET = "PRIVATE+KEY+"


class BadNote(ValueError):
    """Not a note, key or checkpoint, or not signed as it must be."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key and the name it signs under. `public` is 32 bytes."""

    name: str
    public: bytes

    @property
    def id(self) -> bytes:
        """The four bytes that stand before each signature."""
        return sha256(self.name.encode() + b"\n" + ED25519 + self.public).digest()[:4]

    def __str__(self) -> str:
        """The "vkey" in which others are told of this key."""
        return f"{self.name}+{self.id.hex()}+{_base64(ED25519 + self.public)}"

    @classmethod
    def parse(cls, vkey: str) -> Verifier:
        name, identity, material = _key_parts(vkey)
        found = cls(name, material)
        if found.id.hex() != identity:
            raise BadNote("the key's number is not that of its name and content")
        return found

    def accepts(self, signature: bytes, text: str) -> bool:
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text.encode())
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key and the name it signs under. `secret` is 32 bytes: never print or pickle it."""

    name: str
    secret: bytes = field(repr=False)

    @classmethod
    def new(cls, name: str) -> Signer:
        if not _NAME.fullmatch(name):
            raise BadNote("a key's name has neither spaces nor plus signs")
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def parse(cls, text: str) -> Signer:
        """What `written` gave."""
        if not text.startswith(_SECRET):
            raise BadNote("not a private key")
        name, identity, material = _key_parts(text.removeprefix(_SECRET))
        found = cls(name, material)
        if found.verifier.id.hex() != identity:
            raise BadNote("the key's number is not that of its name and content")
        return found

    @property
    def written(self) -> str:
        """The key as it is kept in a file."""
        return f"{_SECRET}{self.name}+{self.verifier.id.hex()}+{_base64(ED25519 + self.secret)}"

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.name, self._key.public_key().public_bytes_raw())

    @property
    def _key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.secret)

    def sign(self, text: str) -> str:
        """The note of `text`, which ends in a newline."""
        if not text.endswith("\n") or _CONTROL.search(text):
            raise BadNote("a note's text is lines")
        return f"{text}\n— {self.name} {_base64(self.verifier.id + self._key.sign(text.encode()))}\n"


@dataclass(frozen=True, slots=True)
class Checkpointed:
    """What a checkpoint says: the log's name (`origin`), how many leaves its tree has, and their root (32 bytes)."""

    origin: str
    size: int
    root: bytes

    def __str__(self) -> str:
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpointed:
        """Raises `BadNote`. Lines after the third are allowed, and passed over."""
        lines = text.split("\n")
        if len(lines) < 4 or lines.pop() or not all(lines):
            raise BadNote("a checkpoint is three lines")
        origin, size, root = lines[:3]
        if not _SIZE.fullmatch(size):
            raise BadNote("the second line is no size")
        return cls(origin, int(size), _bytes(root, 32))


def opened(note: str, keys: Iterable[Verifier]) -> str:
    """The text of a note, signed by at least one of `keys` and by none of them wrongly. Raises `BadNote`."""
    text, signatures = _taken_apart(note)
    known = {(key.name, key.id): key for key in keys}
    trusted = False
    for name, identity, signature in signatures:
        key = known.get((name, identity))
        if key is not None:
            if not key.accepts(signature, text):
                raise BadNote(f"the signature of {name} is wrong")
            trusted = True
    if not trusted:
        raise BadNote("signed by no known key")
    return text


def checkpoint(note: str, keys: Iterable[Verifier]) -> Checkpointed:
    """What a signed checkpoint says. Raises `BadNote`, also where the log's name is none of the keys'."""
    known = tuple(keys)
    head = Checkpointed.parse(opened(note, known))
    if head.origin not in {key.name for key in known}:
        raise BadNote("the checkpoint of another log")
    return head


def notes_in(text: str) -> list[str]:
    """The notes that stand one after the other in a file, an empty line between them. Raises `BadNote`."""
    found, rest = parted(text)
    if rest:
        raise BadNote("the file does not end with a note")
    return [note for note, _ in found]


def parted(text: str) -> tuple[list[tuple[str, str]], str]:
    """The notes of a file, each with the remark before it, and what stands after the last one.

    Lines that begin with "#" are for people. One that begins with `CUT` follows a note that was cut off while it was
    written: that is passed over.
    """
    found: list[tuple[str, str]] = []
    block: list[str] = []
    remark = ""
    for line in [*text.split("\n"), ""]:
        if line.startswith(CUT):
            block.clear()
            continue
        if block and block[-1].startswith("— ") and not line.startswith("— "):
            found.append(("\n".join(block).lstrip("\n") + "\n", remark))
            block, remark = [], ""
        if line.startswith("#"):
            remark = line.removeprefix(REMARK)
        else:
            block.append(line)
    return found, "\n".join(block).strip("\n")


def _taken_apart(note: str) -> tuple[str, list[tuple[str, bytes, bytes]]]:
    text, parted, lines = note.rpartition("\n\n")
    if not parted or not lines.endswith("\n") or _CONTROL.search(note):
        raise BadNote("not a signed note")
    written = lines[:-1].split("\n")
    if len(written) > MOST_SIGNATURES:
        raise BadNote("too many signatures")
    signatures = []
    for line in written:
        match = _SIGNATURE.fullmatch(line)
        if match is None:
            raise BadNote("not a line of signature")
        raw = _bytes(match[2])
        if len(raw) < 5:
            raise BadNote("not a signature")
        signatures.append((match[1], raw[:4], raw[4:]))
    return text + "\n", signatures


def _key_parts(text: str) -> tuple[str, str, bytes]:
    """Name, number and the 32 bytes of a key."""
    name, _, rest = text.strip().partition("+")
    identity, _, encoded = rest.partition("+")
    if not _NAME.fullmatch(name):
        raise BadNote("not a key")
    material = _bytes(encoded, 33)
    if not material.startswith(ED25519):
        raise BadNote("not an Ed25519 key")
    return name, identity, material[1:]


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: str, length: int = 0) -> bytes:
    """Standard base64 and no other spelling of the same bytes; `length` of them where it is given."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except (ValueError, binascii.Error) as error:
        raise BadNote("not base64") from error
    if _base64(data) != text or (length and len(data) != length):
        raise BadNote("not base64 of this length")
    return data

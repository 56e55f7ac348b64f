"""Files written once and named by their SHA-256: in a local folder, or in any S3-compatible store given by its URL."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from obstore import store as obstores
from obstore.exceptions import AlreadyExistsError, BaseError

READ_ONLY = 0o444
NAME = re.compile("[0-9a-f]{64}")
BLOCK = 8 * 1024 * 1024
"""Bytes of a large file in memory at a time, as it is kept."""
YOUNG = timedelta(hours=12)
"""For how long a file that was put is not thrown away, whoever names it."""
PIECE = 256 * 1024
"""And as it is sent."""

# Whoever asks has an answer within ten seconds, of a store that hangs as well: what failed early is tried once more.
CLIENT: Any = {"connect_timeout": "3s", "timeout": "8s"}
RETRY: Any = {"max_retries": 2, "retry_timeout": timedelta(seconds=1)}

DAMAGED = (
    "Un fichier conservé est endommagé\u00a0: son contenu ne correspond plus à son empreinte. "
    "Prévenez l’administration du site."
)
MISSING = "Ce fichier n’est pas dans le dépôt."
UNREACHABLE = (
    "Le dépôt des fichiers ne répond pas ou est plein\u00a0: rien n’a été enregistré. Recommencez dans un moment."
)


def _far(url: str) -> Any:
    # Options given here stand in the place of what the environment says of the connection.
    plain = os.environ.get("AWS_ALLOW_HTTP", "").lower() in ("1", "true")
    options: Any = {"client_options": {**CLIENT, "allow_http": plain}, "retry_config": RETRY}
    return obstores.from_url(url, **options)


# What a request has put before its write began, and whether that went well: inside it the store is not asked again.
_put_before: ContextVar[dict[str, bool] | None] = ContextVar("put_before", default=None)


@contextmanager
def remembering() -> Iterator[None]:
    """Inside, no file is put twice: who keeps in a write what was put before it keeps nobody waiting for the store."""
    token = _put_before.set({})
    try:
        yield
    finally:
        _put_before.reset(token)


class Damaged(Exception):
    """What is kept under a hash no longer has that hash; the message is a French sentence."""


class Missing(Exception):
    """Nothing is kept under that hash; the message is a French sentence."""


class Unreachable(Exception):
    """The store cannot be read or written now (network, rights, full disk); the message is a French sentence."""


class ListedFile(NamedTuple):
    """A file that is kept: the SHA-256 it is under, its bytes, and when it was last put."""

    name: str
    size: int
    at: datetime


class Store:
    """Write-once files. Safe to share between threads."""

    def __init__(self, url: str, *, make: bool = True) -> None:
        """`url`: a folder's path or `file://` URL, or `s3://bucket/prefix` with the usual `AWS_*` variables.

        `memory:///` is for tests. A local folder is made where it is missing, unless not
        to `make` it is asked: then every reading raises `Unreachable`.
        """
        self._folder = _local_folder(url)
        self._objects: Any = None
        if self._folder is None:
            self._objects = obstores.from_url(url) if url.startswith("memory:") else _far(url)
        elif make or self._folder.is_dir():
            self._objects = obstores.LocalStore(self._folder, mkdir=make)

    @property
    def objects(self) -> Any:
        """The place itself, for what is not kept for good."""
        return self._objects

    def put(self, content: bytes) -> str:
        """Keep `content`, and return its SHA-256 (lower-case hexadecimal), under which `get` finds it.

        Putting the same content again changes nothing, except that it mends a damaged copy. When this returns, the file
        survives a crash of the machine; where it does not return there is either the whole file or none.
        Raises `Unreachable`.
        """
        name = hashlib.sha256(content).hexdigest()
        known = _put_before.get()
        if known is None:
            self._put(name, content)
        elif name not in known:
            known[name] = False
            self._put(name, content)
            known[name] = True
        elif not known[name]:
            raise Unreachable(UNREACHABLE)
        return name

    def _put(self, name: str, content: bytes) -> None:
        path = _path(name)
        try:
            try:
                self._objects.put(path, content, mode="create")
            except AlreadyExistsError:
                if not self._intact(name) or self._is_old(path):
                    self._objects.put(path, content)
            self._settle(path)
        except (BaseError, OSError) as error:
            raise Unreachable(UNREACHABLE) from error

    def put_file(self, file: Path) -> str:
        """As `put`, of a file of any size on this machine, of which little is in memory at a time. Raises `Unreachable`."""
        try:
            name = hashlib.sha256()
            with file.open("rb") as opened:
                while block := opened.read(BLOCK):
                    name.update(block)
                path = _path(name.hexdigest())
                if not self._same(name.hexdigest(), file.stat().st_size) or self._is_old(path):
                    opened.seek(0)
                    self._objects.put(path, opened, use_multipart=True, chunk_size=BLOCK, max_concurrency=2)
            self._settle(path)
        except (BaseError, OSError) as error:
            raise Unreachable(UNREACHABLE) from error
        return name.hexdigest()

    def _is_old(self, path: str) -> bool:
        """Whether it has to be written anew to be young: who throws unnamed files away spares those that are in hand."""
        written: datetime = self._objects.head(path)["last_modified"]
        return datetime.now(UTC) - written > YOUNG

    def remove(self, name: str, before: datetime) -> bool:
        """Throw a file away that was last put before that moment; whether it was. Raises `Unreachable`."""
        try:
            if self._objects.head(_path(name))["last_modified"] >= before:
                return False
            self._objects.delete(_path(name))
        except FileNotFoundError:
            return False
        except (BaseError, OSError) as error:
            raise Unreachable(UNREACHABLE) from error
        return True

    def _same(self, name: str, size: int) -> bool:
        """Whether that very file is kept, read through."""
        if not self.exists(name):
            return False
        found = hashlib.sha256()
        for piece in self.pieces(name, 0, size):
            found.update(piece)
        return found.hexdigest() == name

    def pieces(self, name: str, start: int, end: int) -> Iterator[bytes]:
        """What is kept under `name` from byte `start` up to before `end`, piece by piece; it is not hashed on the way.

        Raises `Missing` at once, and `Unreachable` on the way.
        """
        if not self.exists(name):
            raise Missing(MISSING)
        return self._pieces(_path(name), start, end)

    def _pieces(self, path: str, start: int, end: int) -> Iterator[bytes]:
        try:
            for here in range(start, end, PIECE):
                yield bytes(self._objects.get_range(path, start=here, end=min(here + PIECE, end)))
        except (BaseError, OSError) as error:
            raise Unreachable(UNREACHABLE) from error

    def get(self, name: str) -> bytes:
        """The content whose SHA-256 is `name`, hashed again on the way. Raises `Damaged`, `Missing`, `Unreachable`."""
        if not NAME.fullmatch(name):
            raise Missing(MISSING)
        try:
            content = bytes(self._objects.get(_path(name)).bytes())
        except FileNotFoundError as error:
            raise Missing(MISSING) from error
        except (BaseError, OSError) as error:
            raise Unreachable(UNREACHABLE) from error
        if hashlib.sha256(content).hexdigest() != name:
            raise Damaged(DAMAGED)
        return content

    def exists(self, name: str) -> bool:
        """Whether something is kept under `name`; only `get` says whether it is intact. Raises `Unreachable`."""
        if not NAME.fullmatch(name):
            return False
        try:
            self._objects.head(_path(name))
        except FileNotFoundError:
            return False
        except (BaseError, OSError) as error:
            raise Unreachable(UNREACHABLE) from error
        return True

    def size(self, name: str) -> int:
        """The bytes of what is kept under `name`. Raises `Missing`, `Unreachable`."""
        if not self.exists(name):
            raise Missing(MISSING)
        return int(self._objects.head(_path(name))["size"])

    def require_there(self) -> None:
        """Raises `Unreachable` where the store does not answer, or its folder is not there."""
        if self._objects is None:
            raise Unreachable(UNREACHABLE)
        self.exists("0" * 64)

    def fingerprint(self, name: str) -> tuple[str, int]:
        """The SHA-256 and the bytes of what is kept under `name`, read through, little of it in memory at a time.

        Raises `Missing`, `Unreachable`.
        """
        if not NAME.fullmatch(name):
            raise Missing(MISSING)
        found, size = hashlib.sha256(), 0
        try:
            for block in self._objects.get(_path(name)).stream(min_chunk_size=BLOCK):
                found.update(block)
                size += len(block)
        except FileNotFoundError as error:
            raise Missing(MISSING) from error
        except (BaseError, OSError) as error:
            raise Unreachable(UNREACHABLE) from error
        return found.hexdigest(), size

    def names(self) -> Iterator[str]:
        """Everything that is kept for good, intact or not. Raises `Unreachable` on the way."""
        return (kept.name for kept in self.listed())

    def listed(self) -> Iterator[ListedFile]:
        """As `names`, with what the place knows of each file."""
        try:
            for batch in self._objects.list():
                for each in batch:
                    name = each["path"].rpartition("/")[2]
                    if NAME.fullmatch(name) and each["path"] == _path(name):
                        yield ListedFile(name, int(each["size"]), each["last_modified"].astimezone(UTC))
        except (BaseError, OSError) as error:
            raise Unreachable(UNREACHABLE) from error

    def _intact(self, name: str) -> bool:
        try:
            self.get(name)
        except Damaged:
            return False
        return True

    def _settle(self, path: str) -> None:
        """On a local disk, wait until the file and its name are on it: obstore leaves that to the system."""
        if self._folder is None:
            return
        file = self._folder / path
        file.chmod(READ_ONLY)
        for each in (file, file.parent, self._folder):
            descriptor = os.open(each, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)


def _local_folder(url: str) -> Path | None:
    parts = urlsplit(url)
    if parts.scheme == "file":
        return Path(unquote(parts.path))
    return None if parts.scheme else Path(url).absolute()


def _path(name: str) -> str:
    """In 256 folders, so that none grows too long to list."""
    return f"{name[:2]}/{name}"

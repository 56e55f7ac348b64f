"""Pieces of a file on its way, kept in the store that all servers share, apart from the files for good."""

from __future__ import annotations

import hashlib
from collections.abc import Collection

from obstore.exceptions import BaseError

from app.documents.store import UNREACHABLE, Store, Unreachable

PLACE = "uploads"


class Pieces:
    """The pieces of one upload; each is named by where it begins and by its SHA-256, so that none is taken for another."""

    def __init__(self, store: Store, upload: int) -> None:
        self._objects, self._place = store.objects, f"{PLACE}/{upload}"

    def keep(self, start: int, piece: bytes) -> None:
        """Keep the piece, in the place of a spoilt one too. Raises `Unreachable`."""
        try:
            self._objects.put(self._key(start, hashlib.sha256(piece).hexdigest()), piece)
        except (BaseError, OSError) as error:
            raise Unreachable(UNREACHABLE) from error

    def read(self, start: int, fingerprint: str) -> bytes | None:
        """The piece; None where it is lost or no longer what was kept. Raises `Unreachable`."""
        try:
            piece = bytes(self._objects.get(self._key(start, fingerprint)).bytes())
        except FileNotFoundError:
            return None
        except (BaseError, OSError) as error:
            raise Unreachable(UNREACHABLE) from error
        return piece if hashlib.sha256(piece).hexdigest() == fingerprint else None

    def drop(self, start: int, fingerprint: str) -> None:
        """Throw one piece away. Raises `Unreachable`."""
        _remove(self._objects, [self._key(start, fingerprint)])

    def throw_away(self) -> None:
        """Raises `Unreachable`."""
        _remove(self._objects, [path for path, _ in _listed(self._objects, f"{self._place}/")])

    def _key(self, start: int, fingerprint: str) -> str:
        return f"{self._place}/{start:012}-{fingerprint}"


def sweep(store: Store, known: Collection[int]) -> int:
    """Throw away the pieces of uploads that are not known (any more), and say how many. Raises `Unreachable`."""
    names = {str(each) for each in known}
    gone = [path for path, upload in _listed(store.objects, f"{PLACE}/") if upload not in names]
    _remove(store.objects, gone)
    return len(gone)


def _listed(objects: object, prefix: str) -> list[tuple[str, str]]:
    """The path of each piece, and the upload it belongs to."""
    try:
        found = objects.list(prefix).collect()  # type: ignore[attr-defined]  # any place of obstore's
    except FileNotFoundError:
        return []
    except (BaseError, OSError) as error:
        raise Unreachable(UNREACHABLE) from error
    return [(each["path"], each["path"].split("/")[1]) for each in found]


def _remove(objects: object, paths: list[str]) -> None:
    try:
        for path in paths:
            objects.delete(path)  # type: ignore[attr-defined]  # any place of obstore's
    except FileNotFoundError:
        return
    except (BaseError, OSError) as error:
        raise Unreachable(UNREACHABLE) from error

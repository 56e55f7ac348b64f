"""A tray for what somebody has begun to deposit: pictures and a list of them, kept some days beside the files for good."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from obstore.exceptions import BaseError

from app.documents.store import UNREACHABLE, Store, Unreachable

LIVES = timedelta(days=3)
_LIST = "list.json"


class Tray:
    """The tray of one person for one thing; `name` is made of letters, digits and dashes."""

    def __init__(self, store: Store, name: str) -> None:
        self._objects, self._place = store.objects, f"tray/{name}"

    def read(self, at: datetime) -> dict[str, Any]:
        """The list that was kept, empty where there is none or it is too old at `at`. Raises `Unreachable`."""
        try:
            found = self._objects.get(f"{self._place}/{_LIST}")
            if at - found.meta["last_modified"].astimezone(UTC) > LIVES:
                return {}
            told: dict[str, Any] = orjson.loads(bytes(found.bytes()))
            return told
        except FileNotFoundError:
            return {}
        except (BaseError, OSError) as error:
            raise Unreachable(UNREACHABLE) from error

    def keep(self, told: Mapping[str, Any], pictures: Mapping[str, bytes]) -> None:
        """Put these pictures in, by key, then the list that replaces the one before. Raises `Unreachable`."""
        try:
            for key, picture in pictures.items():
                self._objects.put(f"{self._place}/{key}.jpg", picture)
            self._objects.put(f"{self._place}/{_LIST}", orjson.dumps(dict(told)))
        except (BaseError, OSError) as error:
            raise Unreachable(UNREACHABLE) from error

    def picture(self, key: str) -> bytes:
        """Raises LookupError where there is none of that key, and `Unreachable`."""
        if not key.isascii() or not key.isalnum():
            raise LookupError(key)
        try:
            return bytes(self._objects.get(f"{self._place}/{key}.jpg").bytes())
        except FileNotFoundError as error:
            raise LookupError(key) from error
        except (BaseError, OSError) as error:
            raise Unreachable(UNREACHABLE) from error

    def empty(self) -> None:
        """Throw away what is in it."""
        _remove(self._objects, f"{self._place}/", None)


def sweep(store: Store, at: datetime) -> None:
    """Throw away what anybody has left in a tray for too long at `at`."""
    _remove(store.objects, "tray/", at - LIVES)


def _remove(objects: Any, prefix: str, before: datetime | None) -> None:
    try:
        for found in objects.list(prefix).collect():
            if before is None or found["last_modified"].astimezone(UTC) < before:
                objects.delete(found["path"])
    except FileNotFoundError:
        return
    except (BaseError, OSError) as error:
        raise Unreachable(UNREACHABLE) from error

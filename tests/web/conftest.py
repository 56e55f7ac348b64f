"""Over HTTP the store is watched: whatever act a test takes, no file is put or thrown away inside its write."""

from __future__ import annotations

from typing import Any

import pytest
from flask import has_request_context, request

from app.db import db, reading
from app.documents.store import Store

SEALING = {"signing.sign", "invitations.sign", "papers.attest"}
"""A signature is sealed into the file that stands when it is given, and that is known inside the write alone."""


class Watched:
    """A store's place that minds when it is written to."""

    def __init__(self, objects: Any) -> None:
        self._objects = objects

    def __getattr__(self, name: str) -> Any:
        if name in ("put", "delete"):
            assert not _writing(), f"{request.endpoint}: nobody else can write until the store has answered"
        return getattr(self._objects, name)


def _writing() -> bool:
    """Whether a request that writes has begun to, so that others wait for it."""
    if not has_request_context() or request.endpoint in SEALING:
        return False
    return not reading.get() and db.session().in_transaction()


@pytest.fixture(autouse=True)
def watched_store(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Store.__init__

    def make(self: Store, *args: Any, **kwargs: Any) -> None:
        made(self, *args, **kwargs)
        if self._objects is not None:
            self._objects = Watched(self._objects)

    monkeypatch.setattr(Store, "__init__", make)

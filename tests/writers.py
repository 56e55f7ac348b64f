"""Whether somebody else could write at a given moment, asked of the real database while a request is served."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any

import pysqlite3  # the library that the application has: two of them in one process do not see each other’s locks
import pytest
from flask import Flask
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError


def another_may_write(app: Flask) -> bool:
    """To the report with which the tests begin, without any waiting."""
    url = app.config["DATABASE_URL"]
    if url.startswith("sqlite"):
        with closing(pysqlite3.connect(make_url(url).database or "", timeout=0, isolation_level=None)) as file:
            try:
                file.execute("BEGIN IMMEDIATE")
            except pysqlite3.OperationalError:
                return False
            file.execute("ROLLBACK")
            return True
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT id FROM report WHERE id = 1 FOR UPDATE NOWAIT"))
            return True
    except OperationalError:
        return False
    finally:
        engine.dispose()


@contextmanager
def watched(app: Flask, place: Any, *names: str) -> Iterator[list[tuple[str, bool]]]:
    """Each call of these functions of `place`, and whether somebody else could have written meanwhile."""
    calls: list[tuple[str, bool]] = []

    def watching(name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*args: Any, **kwargs: Any) -> Any:
            calls.append((name, another_may_write(app)))
            return work(*args, **kwargs)

        return noted

    with pytest.MonkeyPatch.context() as patch:
        for name in names:
            patch.setattr(place, name, watching(name, getattr(place, name)))
        yield calls

"""A worker is ready before its first request, and collects little garbage after."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app import create_app, warm

pytestmark = pytest.mark.anywhere


@pytest.fixture(autouse=True)
def collector() -> Iterator[None]:
    """The garbage collector as it was, for the tests that follow."""
    thresholds = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*thresholds)


def test_a_warm_worker_has_every_page_at_hand(app: Flask) -> None:
    assert not app.jinja_env.cache
    warm(app)
    templates = Path(app.root_path).parent / "templates"
    assert len(app.jinja_env.cache) == len([path for path in templates.rglob("*") if path.is_file()])


def test_a_warm_worker_does_not_look_through_what_stays_for_good(app: Flask) -> None:
    assert gc.get_freeze_count() == 0
    warm(app)
    assert gc.get_freeze_count() > 50_000
    assert gc.get_threshold()[0] == 20_000


@pytest.mark.parametrize(("command", "ready"), [(None, True), ("true", False)])
def test_who_serves_is_warm_and_a_command_does_not_wait_for_it(
    app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: Any, ready: bool
) -> None:
    monkeypatch.delenv("FLASK_RUN_FROM_CLI", raising=False)
    if command:
        monkeypatch.setenv("FLASK_RUN_FROM_CLI", command)
    served = create_app({"DATABASE_URL": app.config["DATABASE_URL"]}, tmp_path)
    assert bool(served.jinja_env.cache) is ready
    assert (gc.get_freeze_count() > 0) is ready

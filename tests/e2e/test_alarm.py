"""The alarm of a log that does not go on from what was witnessed, as coordination and supervisors see it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect

from app import anchoring
from app.audit.note import Checkpointed
from app.db import db
from app.workflow import Stage
from tests.cast import LOG, Cast
from tests.e2e.inspection import Inspector, in_the_house
from tests.factories import report_at


@pytest.fixture
def settings(tmp_path: Path) -> dict[str, Any]:
    return {"CHECKPOINT_FILE": str(tmp_path / "points.txt")}


@pytest.fixture
def inspector(app: Flask, browser: Browser, address: str) -> Iterator[Inspector]:
    found = Inspector(browser, app, address)
    yield found
    found.close()


def test_it_stands_above_every_page_and_the_journal_keeps_what_was_declared(
    inspector: Inspector, app: Flask, cast: Cast
) -> None:
    in_the_house(app, lambda: report_at(Stage.READING, cast))
    witnessed = LOG.signer.sign(str(Checkpointed(LOG.signer.name, 12_398, bytes(32))))
    Path(app.config["CHECKPOINT_FILE"]).write_text(f"# 2026-03-03 10:12:05 UTC\n{witnessed}\n", "utf-8")
    in_the_house(app, lambda: anchoring.look(app.config))
    salif = inspector.enter(cast.salif)
    for place, name in (("/rapports", "alarm-reports"), ("/rapports/1", "alarm-report"), ("/journal", "alarm-journal")):
        inspector.visit(salif, place, name)
        expect(salif.get_by_role("alert")).to_contain_text("est plus court")
        expect(salif.get_by_role("alert")).to_contain_text("le 3 mars 2026 à 10 h 12")
    in_the_house(
        app,
        lambda: anchoring.declare(
            app.config, db.session.merge(cast.coumba), "Le disque est tombé en panne le 3 mars au soir."
        ),
    )
    inspector.visit(salif, "/journal", "declared-journal")
    expect(salif.get_by_text("Restauration déclarée")).to_be_visible()
    expect(salif.get_by_role("alert")).to_have_count(0)
    inspector.verdict()

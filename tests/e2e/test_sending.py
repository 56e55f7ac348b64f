"""A film sent by the page's script, over a link and a store that lose pieces: what is attached is what was sent."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Route, expect
from sqlalchemy import select

from app.db import db
from app.reports.models.attachment import Attachment
from app.workflow import Stage
from tests.cast import Cast
from tests.e2e.inspection import Inspector, in_the_house
from tests.factories import report_at

FILM = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00" + os.urandom(6_000_000)


@pytest.fixture
def inspector(app: Flask, browser: Browser, address: str) -> Iterator[Inspector]:
    found = Inspector(browser, app, address)
    yield found
    found.close()


def attached(app: Flask) -> str:
    return in_the_house(app, lambda: str(db.session.scalar(select(Attachment.file_hash))))


@pytest.mark.parametrize("worker", [True, False], ids=["worker", "no worker"])
def test_pieces_that_are_lost_on_the_way_and_in_the_store_are_sent_again(
    inspector: Inspector, app: Flask, cast: Cast, tmp_path: Path, worker: bool
) -> None:
    in_the_house(app, lambda: report_at(Stage.DRAFTING, cast))
    film = tmp_path / "Séance du 7 mars.mp4"
    film.write_bytes(FILM)
    fanta = inspector.enter(cast.fanta)
    if not worker:
        fanta.add_init_script("delete globalThis.Worker")
    turns: list[str] = []

    def spoil(route: Route) -> None:
        turns.append("piece")
        data = route.request.post_data_buffer or b""
        if len(turns) == 2:
            route.continue_(post_data=bytes([data[0] ^ 1]) + data[1:])
        else:
            route.continue_()

    def lose(route: Route) -> None:
        if "lost" not in turns:
            turns.append("lost")
            folder = Path(app.config["STORE_URL"].removeprefix("file://"))
            pieces = sorted(folder.glob("uploads/*/*"))
            pieces[1].unlink()
            pieces[2].chmod(0o644)
            pieces[2].write_bytes(bytes(pieces[2].stat().st_size))
        route.continue_()

    fanta.route("**/pieces-jointes/envois/*", spoil)
    fanta.route("**/pieces-jointes/envois/*/joindre", lose)
    fanta.goto("/rapports/1/pieces-jointes")
    fanta.get_by_label("Enregistrement vidéo").check()
    fanta.get_by_label("Fichier").set_input_files(film)
    fanta.get_by_role("button", name="Joindre").click()
    expect(fanta.get_by_text("« Séance du 7 mars.mp4 » est joint au rapport.")).to_be_visible()
    assert "lost" in turns
    assert attached(app) == hashlib.sha256(FILM).hexdigest()
    inspector.verdict()


def test_a_hash_made_in_the_page_is_that_of_everybody(inspector: Inspector, app: Flask, cast: Cast) -> None:
    in_the_house(app, lambda: report_at(Stage.DRAFTING, cast))
    fanta = inspector.enter(cast.fanta)
    fanta.goto("/rapports/1/pieces-jointes")
    for size in (0, 1, 55, 56, 63, 64, 65, 119, 120, 1_048_577):
        found = fanta.evaluate("size => sebenHashed(new Blob([new Uint8Array(size).fill(65)]))", size)
        assert found == hashlib.sha256(b"A" * size).hexdigest()

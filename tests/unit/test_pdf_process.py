"""Setting a document in several threads, in a process of its own, and within limits."""

from __future__ import annotations

import threading

import pytest
import typst

from app.documents import press
from app.documents.pdf import RenderingFailed, render_apart
from tests.unit.pdf_demo import demo
from tests.unit.pdf_reading import AT, SOURCE, made, report


def test_threads_do_not_disturb_each_other() -> None:
    found: dict[int, bytes] = {}

    def work(number: int) -> None:
        found[number] = made(demo(attendees=20 + number % 2)).pdf

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found[0] == found[2] != found[1] == found[3]


def test_a_process_of_its_own_gives_the_same_document() -> None:
    assert render_apart(demo(), source=SOURCE, made_on=AT) == report()


@pytest.mark.parametrize("limit", [{"megabytes": 120}, {"seconds": 0}], ids=["memory", "time"])
def test_a_limit_reached_is_told_in_french(limit: dict[str, int]) -> None:
    with pytest.raises(RenderingFailed, match="trop long"):
        render_apart(demo(attendees=300), source=SOURCE, made_on=AT, **limit)


def test_what_typst_refuses_is_told_in_french(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> press.Pressed:
        raise typst.TypstError("no", "no")

    monkeypatch.setattr(press, "press", refuse)
    with pytest.raises(RenderingFailed, match="n’a pas pu être mis en page"):
        made(demo())
